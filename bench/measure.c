/* measure - see measure.h. */
#include "bench/measure.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static uint64_t read_clock(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t measure_now_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

uint64_t measure_cpu_ns(void)
{
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

void samples_add(struct samples *s, uint64_t ns)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 4096;
		s->items = realloc(s->items, s->cap * sizeof(*s->items));
		if (!s->items)
			abort();
	}
	s->items[s->n++] = ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
}

void samples_clear(struct samples *s)
{
	free(s->items);
	*s = (struct samples){0};
}

static int by_value(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

uint32_t samples_at(struct samples *s, unsigned per_mille)
{
	if (!s->n)
		return 0;
	qsort(s->items, s->n, sizeof(*s->items), by_value);
	return s->items[(s->n - 1) * per_mille / 1000];
}

size_t measure_heap_bytes(void)
{
	struct mallinfo2 m = mallinfo2();
	return m.uordblks + m.hblkhd;
}

size_t measure_resident_bytes(void)
{
	size_t pages = 0;
	malloc_trim(0);
	FILE *f = fopen("/proc/self/statm", "r");
	if (!f || fscanf(f, "%*s %zu", &pages) != 1)
		abort();
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}
