/*
 * recover - see recover.h.
 *
 * Only the last segment is read: which streams were open when it was begun is
 * in `open.jsonl` beside the log. Refuses to go on when it cannot read what is
 * there: a log that starts again at 1 would look like a forged one.
 */
#include "proxy/audit/recover.h"

#include "proxy/audit/scan.h"
#include "proxy/base/clock.h"
#include "proxy/base/file.h"
#include "proxy/base/log.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RECOVER_MAX_SEGMENT_BYTES ((size_t)4 << 30)

void recover_number(struct buf *out, const char *line, size_t len, uint64_t seq)
{
	const char *mark = memchr(line, RECORD_SEQ_MARK, len);
	assert(mark != NULL);
	size_t before = (size_t)(mark - line);
	buf_add(out, line, before);
	buf_add_int(out, (int64_t)seq);
	buf_add(out, mark + 1, len - before - 1);
}

/* Bytes up to and including the last whole line. */
static size_t recover_keep(const struct buf *b)
{
	size_t keep = b->len;
	while (keep > 0) {
		const char *stop = memrchr(b->data, '\n', keep);
		if (stop == NULL)
			return 0;
		keep = (size_t)(stop - b->data) + 1;
		const char *start = memrchr(b->data, '\n', keep - 1);
		start = start == NULL ? b->data : start + 1;
		if (scan_is_whole(start, (size_t)(stop - start)))
			return keep;
		keep = (size_t)(start - b->data);
	}
	return 0;
}

static int64_t recover_time(const char *line, size_t len)
{
	size_t n = 0;
	const char *value = scan_field(line, len, "time", &n);
	struct tm utc = {0};
	char text[32];
	if (value == NULL || n >= sizeof(text))
		return 0;
	memcpy(text, value, n);
	text[n] = '\0';
	if (strptime(text, "%Y-%m-%dT%H:%M:%S", &utc) == NULL)
		return 0;
	return (int64_t)timegm(&utc) * CLOCK_SECOND_US;
}

static void recover_replay(struct recover *r, const struct buf *b, size_t keep)
{
	for (size_t at = 0; at < keep;) {
		const char *line = b->data + at;
		const char *stop = memchr(line, '\n', keep - at);
		size_t n = (size_t)(stop - line);
		streams_note(&r->streams, line, n);
		r->seq = scan_number(line, n, "seq");
		r->last_us = recover_time(line, n);
		r->stopped = scan_is(line, n, "type", "stop");
		at += n + 1;
	}
}

static void recover_live(struct recover *r, const struct buf *b, size_t keep)
{
	const char *end = b->data + keep;
	for (const char *at = b->data; keep > 0 && at < end; r->live++)
		at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
	if (keep > 0)
		r->live_us = recover_time(b->data, strcspn(b->data, "\n"));
}

struct recover_missing recover_missing(
    const struct segment *s, uint64_t before, uint64_t seq, int64_t begun_us)
{
	struct recover_missing m = {
	    .n = seq - before, .first = before + 1, .last = seq, begun_us};
	struct buf b = {0};
	char *path = file_join(s->root, s->name);
	if (!segment_is_in_place(s, 0) ||
	    file_read(path, &b, RECOVER_MAX_SEGMENT_BYTES) < 0)
		buf_reset(&b);
	free(path);
	for (size_t at = 0; at < b.len;) {
		const char *line = b.data + at;
		const char *stop = memchr(line, '\n', b.len - at);
		size_t n = stop ? (size_t)(stop - line) : b.len - at;
		uint64_t number = scan_number(line, n, "seq");
		at += n + 1;
		if (!stop || !scan_is_whole(line, n) || number < m.first)
			continue;
		m.n--;
		if (number == m.first) {
			m.first++;
			m.from_us = recover_time(line, n);
		} else if (m.last == seq) {
			m.last = number - 1;
		}
	}
	buf_clear(&b);
	return m;
}

/* One segment, from the newest: 1 when it holds records, 0 when it is empty,
 * or -errno. The newest is the one to go on with. */
static int recover_segment(
    struct recover *r, struct segment *s, const char *name, bool newest)
{
	char *path = file_join(s->root, name);
	struct buf b = {0};
	int err = file_read(path, &b, RECOVER_MAX_SEGMENT_BYTES);
	free(path);
	size_t keep = err < 0 ? 0 : recover_keep(&b);
	if (err == 0 && newest)
		err = segment_resume(s, name, keep);
	if (err == 0) {
		r->torn += b.len - keep;
		recover_replay(r, &b, keep);
		if (newest)
			recover_live(r, &b, keep);
	}
	buf_clear(&b);
	return err < 0 ? err : keep > 0;
}

int recover_read(struct recover *r, struct segment *s, char *why, size_t size)
{
	char **names = NULL, *open = file_join(s->root, "open.jsonl");
	size_t n = 0;
	*r = (struct recover){.stopped = true};
	int err = segment_names(s->root, &names, &n);
	const char *at = s->root;
	if (err == 0) {
		err = streams_load(&r->streams, open);
		at = err < 0 ? open : at;
	}
	for (size_t i = n; err == 0 && i > 0; i--) {
		at = names[i - 1];
		err = recover_segment(r, s, names[i - 1], i == n);
	}
	if (err < 0)
		snprintf(why, size, "cannot read %s in the audit log %s: %s",
		    at, s->root, strerror(-err));
	free(open);
	segment_names_free(names, n);
	return err < 0 ? -1 : 0;
}

static void recover_add(struct buf *out, const struct record_maker *maker,
    const struct record *record, uint64_t seq)
{
	struct buf line = {0};
	record_line(maker, record, &line);
	recover_number(out, line.data, line.len, seq);
	buf_clear(&line);
}

void recover_close(struct buf *out, const struct record_maker *maker,
    const struct stream_open *open, int64_t now_us, uint64_t seq)
{
	char *conversation = scan_text(open->line, open->len, "conversation");
	char *trace = scan_text(open->line, open->len, "trace");
	char *policy = scan_text(open->line, open->len, "policy");
	struct record record = {.type = RECORD_INTERRUPTED,
	    .time_us = now_us,
	    .pseudonym = conversation,
	    .conv_seq =
		(uint32_t)scan_number(open->line, open->len, "conv_seq"),
	    .stream = open->id,
	    .trace = trace,
	    .policy = policy,
	    .opened = open->seq,
	    .released = open->missed ? (int64_t)open->released : -1,
	    .reason = open->missed
		? "This message ended while the audit log could not be "
		  "written; the customer has what had been sent of it by "
		  "then, and nothing behind that."
		: "Handrail ended while this message was being sent, or while "
		  "the audit log could not be written; how much of it the "
		  "customer saw is not known."};
	recover_add(out, maker, &record, seq);
	free(conversation);
	free(trace);
	free(policy);
}

struct recovering {
	struct recover *r;
	const struct record_maker *maker;
	int64_t now_us;
	struct buf *out;
};

static void recover_interrupted(void *arg, const struct stream_open *open)
{
	struct recovering *to = arg;
	recover_close(to->out, to->maker, open, to->now_us, ++to->r->seq);
}

static void recover_gap(
    struct recovering *to, const char *reason, int64_t from_us, uint64_t lost)
{
	log_line(LOG_WARN, "audit", "%s", reason);
	recover_add(to->out, to->maker,
	    &(struct record){.type = RECORD_GAP,
		.time_us = to->now_us,
		.from_us = from_us,
		.to_us = to->now_us,
		.lost = lost,
		.reason = reason},
	    ++to->r->seq);
}

static void recover_gaps(
    struct recovering *to, const struct recover_doubt *doubt)
{
	int64_t last_us = to->r->last_us;
	uint64_t missing =
	    doubt->known_seq > to->r->seq ? doubt->known_seq - to->r->seq : 0;
	if (missing > 0)
		recover_gap(to,
		    "The log ends before records that had been written to it: "
		    "these are missing, and perhaps more. The numbers behind "
		    "this are given again.",
		    last_us, missing);
	else if (doubt->power_lost)
		recover_gap(to,
		    "The machine stopped without warning; records of messages "
		    "that passed in its last seconds may be missing.",
		    last_us, 0);
	if (doubt->lost > 0)
		recover_gap(to,
		    "The log could not be written, and Handrail ended before "
		    "it could say so: the policy's "
		    "if_the_audit_log_cannot_write was followed.",
		    doubt->lost_from_us, doubt->lost);
}

uint64_t recover_lines(struct recover *r, const struct record_maker *maker,
    int64_t now_us, const struct recover_doubt *doubt, struct buf *out)
{
	uint64_t before = r->seq;
	struct recovering to = {r, maker, now_us, out};
	recover_gaps(&to, doubt);
	streams_each(&r->streams, recover_interrupted, &to);
	streams_clear(&r->streams);
	return r->seq - before;
}

void recover_clear(struct recover *r)
{
	streams_clear(&r->streams);
}
