/* topic_file - see topic_file.h. Read in the order it is written in: anything
 * else is a fault. */
#include "rules/topic_file.h"

#include "rules/sha256.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW 16u /* weights a line */
#define TITLE "handrail topic "
#define VERSION "1"
#define COMMENT                                                                \
	"# Made by `handrail topic train`: docs/TOPICS.md. Not to be "         \
	"edited.\n"
#define CHECK "check: "
/* "check: ", the digest and its line feed */
#define CHECK_BYTES (sizeof(CHECK) - 1 + SHA256_HEX_LEN + 1)

static const char train_again[] =
    "keep the file as it was written, or make it again: handrail topic train";

/* ---- writing ---- */

struct writer {
	char *bytes;
	size_t len;
};

static void put(struct writer *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void put(struct writer *w, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int n =
	    vsnprintf(w->bytes + w->len, TOPIC_FILE_BYTES - w->len, fmt, args);
	va_end(args);
	assert(n >= 0 && (size_t)n < TOPIC_FILE_BYTES - w->len);
	w->len += (size_t)n;
}

char *guard_topic_write(const struct guard_topic_model *m, size_t *len)
{
	char hex[SHA256_HEX_LEN + 1];
	struct writer w = {malloc(TOPIC_FILE_BYTES), 0};
	if (!w.bytes)
		return NULL;
	put(&w, TITLE VERSION "\n" COMMENT "topic: %.*s\nsentences: %.*s\n",
	    (int)TOPIC_NAME_BYTES, m->topic, SHA256_HEX_LEN, m->sentences);
	put(&w, "like: %" PRIu32 " of %" PRIu32 "\n", m->like_found, m->like);
	put(&w, "unlike: %" PRIu32 " of %" PRIu32 "\n", m->unlike_found,
	    m->unlike);
	put(&w, "threshold: %" PRId32 "\nweights: %u\n", m->threshold,
	    GUARD_TOPIC_BUCKETS);
	for (size_t i = 0; i < GUARD_TOPIC_BUCKETS; i++) {
		if (i % ROW == 0)
			put(&w, "%zu", i);
		put(&w, " %d%s", m->weights[i], i % ROW == ROW - 1 ? "\n" : "");
	}
	struct sha256 sum;
	sha256_init(&sum);
	sha256_add(&sum, w.bytes, w.len);
	sha256_end(&sum, hex);
	put(&w, CHECK "%s\n", hex);
	*len = w.len;
	return w.bytes;
}

/* ---- reading ---- */

struct reader {
	const char *at, *end; /* of what is not read yet */
	const char *line_start;
	unsigned line;
	struct topic_fault *fault;
	bool failed;
};

static void fail(struct reader *r, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void fail(struct reader *r, const char *hint, const char *fmt, ...)
{
	va_list args;
	if (r->failed)
		return;
	r->failed = true;
	r->fault->line = r->line;
	r->fault->col = (unsigned)(r->at - r->line_start) + 1;
	r->fault->width = 1;
	r->fault->hint = hint;
	va_start(args, fmt);
	vsnprintf(r->fault->message, sizeof(r->fault->message), fmt, args);
	va_end(args);
}

static bool next_is(const struct reader *r, const char *s)
{
	size_t n = strlen(s);
	return (size_t)(r->end - r->at) >= n && memcmp(r->at, s, n) == 0;
}

/* Exactly this text; it may end the line. */
static void take(struct reader *r, const char *s)
{
	size_t n = strlen(s);
	if (r->failed)
		return;
	if (!next_is(r, s)) {
		bool ends = *s == '\n';
		fail(r, train_again, "%s%.*s%s is expected here",
		    ends ? "the end of the line" : "\"",
		    ends ? 0 : (int)strcspn(s, "\n"), s, ends ? "" : "\"");
		return;
	}
	r->at += n;
	if (s[n - 1] == '\n') {
		r->line++;
		r->line_start = r->at;
	}
}

/* A whole number as it is printed: no plus, no leading zeros. */
static int64_t take_number(struct reader *r, int64_t least, int64_t most)
{
	const char *s = r->at;
	bool minus = s < r->end && *s == '-';
	int64_t value = 0;
	size_t n = 0;
	for (s += minus; s < r->end && *s >= '0' && *s <= '9' && n < 11;
	     s++, n++)
		value = value * 10 + (*s - '0');
	bool padded = n > 1 && r->at[minus] == '0';
	value = minus ? -value : value;
	if (!r->failed &&
	    (!n || padded || (minus && !value) || value < least ||
		value > most)) {
		fail(r, train_again,
		    "a whole number from %" PRId64 " to %" PRId64
		    " is expected here",
		    least, most);
		return 0;
	}
	r->at = s;
	return value;
}

/* The rest of the line, without its end, in the arena. */
static char *take_line(struct reader *r, struct arena *a, size_t most)
{
	const char *end =
	    r->failed ? NULL : memchr(r->at, '\n', (size_t)(r->end - r->at));
	size_t n = end ? (size_t)(end - r->at) : 0;
	if (!n || n > most || memchr(r->at, '\0', n) ||
	    memchr(r->at, '\r', n)) {
		fail(r, train_again,
		    "a text of 1 to %zu bytes is expected here", most);
		return NULL;
	}
	char *s = arena_strndup(a, r->at, n);
	if (!s) {
		fail(r, NULL, "memory ran out");
		r->fault->line = 0;
	}
	r->at = end;
	return s;
}

static void read_title(struct reader *r)
{
	if (!next_is(r, TITLE)) {
		fail(r,
		    "learned: names a file that handrail topic train has made",
		    "this is not the file of a learned topic");
		return;
	}
	take(r, TITLE);
	size_t version = 0;
	while (r->at + version < r->end && version < 20 &&
	    r->at[version] > ' ' && r->at[version] < 0x7F)
		version++;
	if (version != 1 || *r->at != *VERSION)
		fail(r,
		    "make it again with this version of Handrail: handrail "
		    "topic train",
		    "this file has the form %.*s; this version reads "
		    "form " VERSION,
		    (int)version, r->at);
	take(r, VERSION "\n");
}

/* At its last line; whatever stands in it then was written by us. */
static void check_sum(struct reader *r, const char *bytes, size_t len)
{
	char hex[SHA256_HEX_LEN + 1];
	if (r->failed)
		return;
	size_t above = len >= CHECK_BYTES ? len - CHECK_BYTES : len;
	struct reader last = *r;
	last.at = last.line_start = bytes + above;
	for (const char *s = r->at; s < last.at; s++)
		last.line += *s == '\n';
	if (above == len || bytes[len - 1] != '\n' || !next_is(&last, CHECK)) {
		fail(&last, train_again,
		    "this file does not end with its check: it is cut short, "
		    "or has been added to");
	} else {
		struct sha256 sum;
		sha256_init(&sum);
		sha256_add(&sum, bytes, above);
		sha256_end(&sum, hex);
		last.at += strlen(CHECK);
		if (memcmp(last.at, hex, SHA256_HEX_LEN) != 0)
			fail(&last, train_again,
			    "the check does not fit: something in this file "
			    "has been changed since it was made");
	}
	r->failed = last.failed;
}

static void read_counts(struct reader *r, uint32_t *found, uint32_t *all)
{
	*found = (uint32_t)take_number(r, 0, UINT32_MAX);
	take(r, " of ");
	*all = (uint32_t)take_number(r, *found, UINT32_MAX);
	take(r, "\n");
}

static void read_weights(struct reader *r, struct guard_topic_model *m)
{
	for (size_t i = 0; i < GUARD_TOPIC_BUCKETS && !r->failed; i++) {
		if (i % ROW == 0)
			take_number(r, (int64_t)i, (int64_t)i);
		take(r, " ");
		m->weights[i] = (int16_t)take_number(
		    r, -GUARD_TOPIC_WEIGHT, GUARD_TOPIC_WEIGHT);
		if (i % ROW == ROW - 1)
			take(r, "\n");
	}
}

static void read_model(
    struct reader *r, struct arena *a, struct guard_topic_model *m)
{
	take(r, COMMENT);
	take(r, "topic: ");
	m->topic = take_line(r, a, TOPIC_NAME_BYTES);
	take(r, "\n");
	take(r, "sentences: ");
	m->sentences = take_line(r, a, SHA256_HEX_LEN);
	take(r, "\n");
	take(r, "like: ");
	read_counts(r, &m->like_found, &m->like);
	take(r, "unlike: ");
	read_counts(r, &m->unlike_found, &m->unlike);
	take(r, "threshold: ");
	m->threshold = (int32_t)take_number(r, 0, INT32_MAX);
	take(r, "\n");
	take(r, "weights: ");
	take_number(r, GUARD_TOPIC_BUCKETS, GUARD_TOPIC_BUCKETS);
	take(r, "\n");
	read_weights(r, m);
	if (!r->failed && (size_t)(r->end - r->at) != CHECK_BYTES)
		fail(r, train_again, "\"" CHECK "\" is expected here");
}

const struct guard_topic_model *topic_file_read(
    struct arena *a, const char *bytes, size_t len, struct topic_fault *fault)
{
	struct reader r = {.at = bytes,
	    .end = bytes + len,
	    .line_start = bytes,
	    .line = 1,
	    .fault = fault};
	*fault = (struct topic_fault){0};
	if (len > TOPIC_FILE_BYTES) {
		fail(&r, train_again,
		    "this file has %zu bytes; that of a learned topic has at "
		    "most %zu",
		    len, TOPIC_FILE_BYTES);
		return NULL;
	}
	read_title(&r);
	check_sum(&r, bytes, len);
	struct guard_topic_model *m =
	    r.failed ? NULL : arena_alloc(a, sizeof(*m));
	if (r.failed || !m)
		return NULL;
	read_model(&r, a, m);
	return r.failed ? NULL : m;
}
