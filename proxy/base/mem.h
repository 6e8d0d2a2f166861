/*
 * mem - memory that is always there.
 *
 * The proxy has no useful answer to being out of memory (a half-built verdict
 * is worse than a restart), so these abort with one line on stderr, also when
 * a size overflows. Never NULL; freed with free(). Any thread.
 */
#ifndef HANDRAIL_PROXY_BASE_MEM_H
#define HANDRAIL_PROXY_BASE_MEM_H

#include <stddef.h>

void *mem_alloc(size_t n) __attribute__((returns_nonnull));
void *mem_zero(size_t n) __attribute__((returns_nonnull));
/* n * size bytes, zeroed. */
void *mem_array(size_t n, size_t size) __attribute__((returns_nonnull));
void *mem_realloc(void *p, size_t n) __attribute__((returns_nonnull));
/* n * size bytes; what is new is not zeroed. */
void *mem_realloc_array(void *p, size_t n, size_t size)
    __attribute__((returns_nonnull));
char *mem_strdup(const char *s) __attribute__((returns_nonnull, nonnull));
/* Exactly n bytes of s and a NUL. */
char *mem_strndup(const char *s, size_t n) __attribute__((returns_nonnull));
char *mem_printf(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), returns_nonnull));
/* For memory that a library says it cannot get. */
void mem_exhausted(void) __attribute__((noreturn));
/* a + b, a * b; abort on overflow. */
size_t mem_add(size_t a, size_t b);
size_t mem_mul(size_t a, size_t b);

#endif
