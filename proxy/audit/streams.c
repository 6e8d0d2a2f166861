/*
 * streams - see streams.h. A search tree by the stream's id; lines that are
 * about no stream are none of its business.
 */
#include "proxy/audit/streams.h"

#include "proxy/audit/scan.h"
#include "proxy/base/file.h"
#include "proxy/base/mem.h"

#include <assert.h>
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#define STREAMS_MAX_FILE_BYTES ((size_t)1 << 30)

static int stream_compare(const void *a, const void *b)
{
	const struct stream_open *x = a, *y = b;
	return strcmp(x->id, y->id);
}

static void stream_free(void *p)
{
	struct stream_open *s = p;
	free(s->id);
	free(s->line);
	free(s);
}

static void streams_add(
    struct streams *set, char *id, const char *line, size_t len)
{
	struct stream_open *s = mem_zero(sizeof(*s));
	s->id = id;
	s->seq = scan_number(line, len, "seq");
	s->line = mem_strndup(line, len);
	s->len = len;
	void *node = tsearch(s, &set->tree, stream_compare);
	assert(node != NULL);
	if (*(struct stream_open **)node == s)
		set->n++;
	else
		stream_free(s);
}

/* NULL: it is not open. */
static struct stream_open *streams_find(const struct streams *set, char *id)
{
	struct stream_open key = {.id = id};
	void *node = tfind(&key, &set->tree, stream_compare);
	return node != NULL ? *(struct stream_open **)node : NULL;
}

static void streams_remove(struct streams *set, char *id)
{
	struct stream_open *s = streams_find(set, id);
	if (s != NULL) {
		tdelete(s, &set->tree, stream_compare);
		set->n_missed -= s->missed;
		stream_free(s);
		set->n--;
	}
	free(id);
}

/* Most lines are of no stream. Inside a string its quotes are escaped: this is
 * a key, if perhaps of another object. */
static bool may_have_stream(const char *line, size_t len)
{
	static const char key[] = "\"stream\":";
	return memmem(line, len, key, sizeof(key) - 1) != NULL;
}

static bool closes(const char *line, size_t len)
{
	return scan_is(line, len, "type", "decision") ||
	    scan_is(line, len, "type", "interrupted");
}

void streams_note(struct streams *set, const char *line, size_t len)
{
	char *id =
	    may_have_stream(line, len) ? scan_text(line, len, "stream") : NULL;
	if (id == NULL)
		return;
	if (scan_is(line, len, "type", "stream.open"))
		streams_add(set, id, line, len);
	else if (closes(line, len))
		streams_remove(set, id);
	else
		free(id);
}

void streams_miss(struct streams *set, const char *line, size_t len)
{
	if (!may_have_stream(line, len) || !closes(line, len))
		return;
	char *id = scan_text(line, len, "stream");
	struct stream_open *s = id != NULL ? streams_find(set, id) : NULL;
	if (s != NULL) {
		set->n_missed += !s->missed;
		s->missed = true;
		s->released = scan_number(line, len, "released");
	}
	free(id);
}

void streams_clear(struct streams *set)
{
	tdestroy(set->tree, stream_free);
	*set = (struct streams){0};
}

struct streams_walk {
	const struct stream_open **items;
	size_t n;
};

static void streams_visit(const void *node, VISIT which, void *arg)
{
	struct streams_walk *walk = arg;
	if (which == postorder || which == leaf)
		walk->items[walk->n++] = *(struct stream_open *const *)node;
}

static int stream_compare_seq(const void *a, const void *b)
{
	const struct stream_open *x = *(const struct stream_open *const *)a;
	const struct stream_open *y = *(const struct stream_open *const *)b;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

void streams_each(const struct streams *set,
    void (*fn)(void *arg, const struct stream_open *), void *arg)
{
	struct streams_walk walk = {
	    .items = mem_array(set->n, sizeof(*walk.items))};
	twalk_r(set->tree, streams_visit, &walk);
	assert(walk.n == set->n);
	qsort(walk.items, walk.n, sizeof(*walk.items), stream_compare_seq);
	for (size_t i = 0; i < walk.n; i++)
		fn(arg, walk.items[i]);
	free(walk.items);
}

static void streams_add_line(void *arg, const struct stream_open *s)
{
	struct buf *out = arg;
	buf_add(out, s->line, s->len);
	buf_addc(out, '\n');
}

void streams_list(const struct streams *set, struct buf *out)
{
	streams_each(set, streams_add_line, out);
}

int streams_save(const struct streams *set, const char *path)
{
	struct buf lines = {0};
	streams_list(set, &lines);
	int err = file_write_atomic(path, lines.data, lines.len, 0640);
	buf_clear(&lines);
	return err;
}

int streams_load(struct streams *set, const char *path)
{
	struct buf lines = {0};
	int err = file_read(path, &lines, STREAMS_MAX_FILE_BYTES);
	if (err == -ENOENT)
		err = 0;
	const char *at = lines.data, *end = at + lines.len;
	while (err == 0 && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop == NULL ? end : stop) - at);
		streams_note(set, at, n);
		at += n + 1;
	}
	buf_clear(&lines);
	return err;
}
