/* clock - see clock.h. Knows UTC only. */
#include "proxy/base/clock.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

#define CLOCK_MIN_S INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */
#define CLOCK_MAX_S INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

static int64_t clock_read_us(clockid_t which)
{
	struct timespec now;
	int failed = clock_gettime(which, &now);
	assert(failed == 0);
	return (int64_t)now.tv_sec * CLOCK_SECOND_US + now.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
	return clock_read_us(CLOCK_REALTIME);
}

int64_t clock_mono_us(void)
{
	return clock_read_us(CLOCK_MONOTONIC);
}

void clock_rfc3339(char out[32], int64_t us)
{
	int64_t seconds = us / CLOCK_SECOND_US, part = us % CLOCK_SECOND_US;
	if (part < 0) {
		part += CLOCK_SECOND_US;
		seconds--;
	}
	if (seconds < CLOCK_MIN_S)
		seconds = CLOCK_MIN_S, part = 0;
	if (seconds > CLOCK_MAX_S)
		seconds = CLOCK_MAX_S, part = CLOCK_SECOND_US - 1;
	time_t when = (time_t)seconds;
	struct tm utc;
	struct tm *ok = gmtime_r(&when, &utc);
	assert(ok != NULL);
	/* The remainders tell the compiler what the clamps guarantee. */
	snprintf(out, 32, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ",
	    (unsigned)(utc.tm_year + 1900) % 10000u,
	    (unsigned)(utc.tm_mon + 1) % 100u, (unsigned)utc.tm_mday % 100u,
	    (unsigned)utc.tm_hour % 100u, (unsigned)utc.tm_min % 100u,
	    (unsigned)utc.tm_sec % 100u, (unsigned)part % 1000000u);
}
