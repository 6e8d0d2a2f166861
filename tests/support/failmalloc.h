/*
 * failmalloc - what happens when the n-th allocation fails, for every n.
 *
 * Every unit test is linked with -Wl,--wrap for malloc, calloc, realloc,
 * reallocarray, strdup, strndup, asprintf and vasprintf, so calls from our
 * own code are seen, with the sanitizers too. Calls from inside shared
 * libraries (libyaml, PCRE2) are not; a library that takes an allocator is
 * reached through ours.
 *
 * Counting is per thread and only on while a run lasts.
 */
#ifndef HANDRAIL_TESTS_SUPPORT_FAILMALLOC_H
#define HANDRAIL_TESTS_SUPPORT_FAILMALLOC_H

#include <stddef.h>

/*
 * One run of the code under test from scratch. Answers 0 for success, anything
 * else when it reported that memory ran out. It frees what it made either way
 * (the leak sanitizer looks at the end of the test). No cmocka assertion
 * inside: those allocate; return a value and let failmalloc_each judge.
 */
typedef int failmalloc_fn(void *arg);

/*
 * Run with the n-th allocation failing alone, and again with all from the n-th
 * on failing, for n = 1, 2, ... until a run makes fewer than n allocations;
 * that last run must answer 0 or the program ends with a message. Returns the
 * number of allocations that were made to fail once, so that a test can assert
 * that it tested something.
 */
size_t failmalloc_each(failmalloc_fn *run, void *arg);

/* Fail the n-th allocation of this thread from now on; 0: none any more. */
void failmalloc_arm(size_t n);
/* Disarm; true if the failure armed last has happened. */
int failmalloc_disarm(void);

#endif
