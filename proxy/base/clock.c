/* clock - see clock.h. Knows UTC only. */
#include "proxy/base/clock.h"

#include <assert.h>
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

/* value in so many digits at out, which is moved behind them. */
static void clock_digits(char **out, int value, int digits)
{
	for (int i = digits - 1; i >= 0; i--, value /= 10)
		(*out)[i] = (char)('0' + value % 10);
	*out += digits;
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
	clock_digits(&out, utc.tm_year + 1900, 4);
	*out++ = '-';
	clock_digits(&out, utc.tm_mon + 1, 2);
	*out++ = '-';
	clock_digits(&out, utc.tm_mday, 2);
	*out++ = 'T';
	clock_digits(&out, utc.tm_hour, 2);
	*out++ = ':';
	clock_digits(&out, utc.tm_min, 2);
	*out++ = ':';
	clock_digits(&out, utc.tm_sec, 2);
	*out++ = '.';
	clock_digits(&out, (int)part, 6);
	*out++ = 'Z';
	*out = '\0';
}
