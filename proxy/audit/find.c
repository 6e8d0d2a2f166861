/* find - see find.h. Closed segments and what is whole of the newest. */
#include "proxy/audit/find.h"

#include "proxy/audit/lines.h"
#include "proxy/audit/writer.h"
#include "proxy/base/clock.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#define FIND_EARLIER_US (3600 * CLOCK_SECOND_US)
#define FIND_HOUR_SIZE sizeof("2026/11/03/14")

static void find_hour(char out[FIND_HOUR_SIZE], int64_t us)
{
	time_t seconds = (time_t)(us / CLOCK_SECOND_US);
	struct tm utc;
	gmtime_r(&seconds, &utc);
	size_t n = strftime(out, FIND_HOUR_SIZE, "%Y/%m/%d/%H", &utc);
	assert(n > 0);
}

/* Is line (without its newline) want, with digits where that has its mark? */
static bool find_same(const char *line, size_t len, const struct buf *want)
{
	const char *mark = memchr(want->data, RECORD_SEQ_MARK, want->len);
	assert(mark != NULL && want->data[want->len - 1] == '\n');
	size_t before = (size_t)(mark - want->data);
	size_t after = want->len - before - 2, digits = 0;
	if (len < before + after || memcmp(line, want->data, before) != 0)
		return false;
	while (before + digits < len && line[before + digits] >= '0' &&
	    line[before + digits] <= '9')
		digits++;
	return digits > 0 && len == before + digits + after &&
	    memcmp(line + before + digits, mark + 1, after) == 0;
}

struct find {
	const struct buf *lines;
	size_t n;
	bool *found;
};

static void find_line(void *arg, const char *line, size_t len)
{
	const struct find *f = arg;
	for (size_t i = 0; i < f->n; i++)
		f->found[i] = f->found[i] || find_same(line, len, &f->lines[i]);
}

int audit_find(struct audit *a, const struct buf *lines, size_t n,
    int64_t since_us, bool *found)
{
	char hour[FIND_HOUR_SIZE];
	struct find f = {lines, n, found};
	memset(found, 0, n * sizeof(*found));
	if (n == 0)
		return 0;
	find_hour(
	    hour, since_us > FIND_EARLIER_US ? since_us - FIND_EARLIER_US : 0);
	return lines_each(a->root, hour, find_line, &f);
}
