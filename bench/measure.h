/* measure - time, memory and samples for the engine's bench. */
#ifndef HANDRAIL_BENCH_MEASURE_H
#define HANDRAIL_BENCH_MEASURE_H

#include <stddef.h>
#include <stdint.h>

struct samples {
	uint32_t *items;
	size_t n, cap;
};

uint64_t measure_now_ns(void);
uint64_t measure_cpu_ns(void); /* of this thread */
void samples_add(struct samples *, uint64_t ns);
void samples_clear(struct samples *);
/* The value that so many per mille of the samples do not exceed; 0: none. */
uint32_t samples_at(struct samples *, unsigned per_mille);

/* Bytes the allocator has handed out, and bytes of the process in memory (what
 * the allocator keeps for later is given back first). */
size_t measure_heap_bytes(void);
size_t measure_resident_bytes(void);

#endif
