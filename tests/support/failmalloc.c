/*
 * failmalloc - allocation functions that fail on demand.
 *
 * The linker sends every call of malloc() in our objects to __wrap_malloc()
 * and gives the real one the name __real_malloc(). strdup and its like
 * allocate inside libc, unseen, so they are wrapped as well.
 */
#include "tests/support/failmalloc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t n, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
int __real_vasprintf(char **out, const char *format, va_list args);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t n, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);
int __wrap_vasprintf(char **out, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
int __wrap_asprintf(char **out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static _Thread_local size_t countdown; /* 0: not armed */
static _Thread_local bool failing;     /* all from now on */
static _Thread_local bool keep_failing;
static _Thread_local bool happened;

static bool must_fail(void)
{
	if (countdown > 0 && --countdown == 0) {
		happened = true;
		failing = keep_failing;
		errno = ENOMEM;
		return true;
	}
	if (failing)
		errno = ENOMEM;
	return failing;
}

void *__wrap_malloc(size_t size)
{
	return must_fail() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return must_fail() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return must_fail() ? NULL : __real_realloc(old, size);
}

void *__wrap_reallocarray(void *old, size_t n, size_t size)
{
	return must_fail() ? NULL : __real_reallocarray(old, n, size);
}

char *__wrap_strdup(const char *s)
{
	return must_fail() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t n)
{
	return must_fail() ? NULL : __real_strndup(s, n);
}

int __wrap_vasprintf(char **out, const char *format, va_list args)
{
	if (must_fail()) {
		*out = NULL;
		return -1;
	}
	return __real_vasprintf(out, format, args);
}

int __wrap_asprintf(char **out, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = __wrap_vasprintf(out, format, args);
	va_end(args);
	return n;
}

static void arm(size_t n, bool keep)
{
	happened = false;
	failing = false;
	keep_failing = keep;
	countdown = n;
}

void failmalloc_arm(size_t n)
{
	arm(n, false);
}

int failmalloc_disarm(void)
{
	countdown = 0;
	failing = false;
	return happened;
}

size_t failmalloc_each(failmalloc_fn *run, void *arg)
{
	for (size_t n = 1;; n++) {
		int result;

		arm(n, false);
		result = run(arg);
		if (!failmalloc_disarm()) {
			if (result == 0)
				return n - 1;
			fprintf(stderr,
			    "failmalloc: the run failed (%d) "
			    "although no allocation did\n",
			    result);
			abort();
		}
		arm(n, true);
		(void)run(arg);
		failmalloc_disarm();
	}
}
