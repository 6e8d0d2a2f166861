/*
 * mem - allocation that aborts instead of failing.
 *
 * It refuses to return NULL and to wrap a size. A request for zero bytes is a
 * pointer that may be freed.
 */
#include "proxy/base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void mem_exhausted(void)
{
	static const char words[] = "handrail: out of memory\n";
	ssize_t ignored = write(2, words, sizeof(words) - 1);
	(void)ignored;
	abort();
}

size_t mem_add(size_t a, size_t b)
{
	if (a > SIZE_MAX - b)
		mem_exhausted();
	return a + b;
}

size_t mem_mul(size_t a, size_t b)
{
	if (b > 0 && a > SIZE_MAX / b)
		mem_exhausted();
	return a * b;
}

void *mem_alloc(size_t n)
{
	/* Over PTRDIFF_MAX malloc fails by contract; sanitizers warn. */
	void *p = n > PTRDIFF_MAX ? NULL : malloc(n > 0 ? n : 1);
	if (p == NULL)
		mem_exhausted();
	return p;
}

void *mem_zero(size_t n)
{
	void *p = n > PTRDIFF_MAX ? NULL : calloc(1, n > 0 ? n : 1);
	if (p == NULL)
		mem_exhausted();
	return p;
}

void *mem_array(size_t n, size_t size)
{
	return mem_zero(mem_mul(n, size));
}

void *mem_realloc(void *old, size_t n)
{
	void *p = n > PTRDIFF_MAX ? NULL : realloc(old, n > 0 ? n : 1);
	if (p == NULL)
		mem_exhausted();
	return p;
}

void *mem_realloc_array(void *old, size_t n, size_t size)
{
	return mem_realloc(old, mem_mul(n, size));
}

char *mem_strndup(const char *s, size_t n)
{
	char *copy = mem_alloc(mem_add(n, 1));
	if (n > 0)
		memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *mem_strdup(const char *s)
{
	return mem_strndup(s, strlen(s));
}

char *mem_printf(const char *fmt, ...)
{
	va_list args;
	char *out = NULL;
	va_start(args, fmt);
	int n = vasprintf(&out, fmt, args);
	va_end(args);
	if (n < 0)
		mem_exhausted();
	return out;
}
