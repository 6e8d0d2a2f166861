/* find - see find.h. Closed segments and what is whole of the newest. */
#include "proxy/audit/find.h"

#include "proxy/audit/writer.h"
#include "proxy/base/clock.h"
#include "proxy/base/file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FIND_MAX_SEGMENT_BYTES ((size_t)4 << 30)
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

static int find_in_segment(
    const char *path, const struct buf *lines, size_t n, bool *found)
{
	struct buf b = {0};
	int err = file_read(path, &b, FIND_MAX_SEGMENT_BYTES);
	for (size_t at = 0; err == 0 && at < b.len;) {
		const char *line = b.data + at;
		const char *stop = memchr(line, '\n', b.len - at);
		if (stop == NULL)
			break;
		size_t len = (size_t)(stop - line);
		for (size_t i = 0; i < n; i++)
			found[i] = found[i] || find_same(line, len, &lines[i]);
		at += len + 1;
	}
	buf_clear(&b);
	return err;
}

int audit_find(struct audit *a, const struct buf *lines, size_t n,
    int64_t since_us, bool *found)
{
	char hour[FIND_HOUR_SIZE], **names = NULL;
	size_t n_names = 0;
	memset(found, 0, n * sizeof(*found));
	if (n == 0)
		return 0;
	find_hour(
	    hour, since_us > FIND_EARLIER_US ? since_us - FIND_EARLIER_US : 0);
	int err = segment_names(a->root, &names, &n_names);
	for (size_t i = 0; i < n_names && err == 0; i++) {
		if (strncmp(names[i], hour, FIND_HOUR_SIZE - 1) < 0)
			continue;
		char *path = file_join(a->root, names[i]);
		err = find_in_segment(path, lines, n, found);
		free(path);
	}
	segment_names_free(names, n_names);
	return err;
}
