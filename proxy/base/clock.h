/*
 * clock - the time, as signed microseconds.
 */
#ifndef HANDRAIL_PROXY_BASE_CLOCK_H
#define HANDRAIL_PROXY_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_SECOND_US INT64_C(1000000)

/* Since 1970-01-01T00:00:00Z; may be set back by the operator. */
int64_t clock_now_us(void);
/* Since some moment in the past; never goes back. For durations. */
int64_t clock_mono_us(void);
/* "2026-11-03T14:02:19.907551Z": always 27 characters and a NUL. Years before
 * 0000 and after 9999 are written as the nearest moment that fits. */
void clock_rfc3339(char out[32], int64_t us);

#endif
