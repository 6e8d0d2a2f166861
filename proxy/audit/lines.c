/* lines - see lines.h. One segment at a time is in memory. */
#include "proxy/audit/lines.h"

#include "proxy/audit/segment.h"
#include "proxy/base/buf.h"
#include "proxy/base/file.h"

#include <stdlib.h>
#include <string.h>

#define LINES_MAX_SEGMENT_BYTES ((size_t)4 << 30)

static int lines_of(const char *path,
    void (*fn)(void *arg, const char *line, size_t len), void *arg)
{
	struct buf b = {0};
	int err = file_read(path, &b, LINES_MAX_SEGMENT_BYTES);
	for (size_t at = 0; err == 0 && at < b.len;) {
		const char *line = b.data + at;
		const char *stop = memchr(line, '\n', b.len - at);
		if (stop == NULL)
			break;
		size_t len = (size_t)(stop - line);
		fn(arg, line, len);
		at += len + 1;
	}
	buf_clear(&b);
	return err;
}

int lines_each(const char *root, const char *from,
    void (*fn)(void *arg, const char *line, size_t len), void *arg)
{
	char **names = NULL;
	size_t n = 0;
	int err = segment_names(root, &names, &n);
	for (size_t i = 0; i < n && err == 0; i++) {
		if (strcmp(names[i], from) < 0)
			continue;
		char *path = file_join(root, names[i]);
		err = lines_of(path, fn, arg);
		free(path);
	}
	segment_names_free(names, n);
	return err;
}
