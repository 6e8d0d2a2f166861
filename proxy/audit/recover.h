/*
 * recover - what the last run left behind: where the log goes on, and what it
 * could not close.
 */
#ifndef HANDRAIL_PROXY_AUDIT_RECOVER_H
#define HANDRAIL_PROXY_AUDIT_RECOVER_H

#include "proxy/audit/record.h"
#include "proxy/audit/segment.h"
#include "proxy/audit/streams.h"

struct recover {
	uint64_t seq;           /* of the last whole record; 0: none */
	uint64_t live;          /* records in the segment that goes on */
	int64_t live_us;        /* time of the first of them; 0: none */
	int64_t last_us;        /* its time, to the second; 0: none */
	bool stopped;           /* it was a stop, or there is none */
	uint64_t torn;          /* bytes of a torn line that were cut */
	struct streams streams; /* open */
};

/*
 * Look through root, cut a torn last line, leave segment where the log goes
 * on (or without a file). 0, or -1 and the reason in why.
 */
int recover_read(struct recover *out, struct segment *, char *why,
    size_t why_size) __attribute__((warn_unused_result));
/* What the last run could not say itself. */
struct recover_doubt {
	bool power_lost;      /* and it did not stop before */
	uint64_t known_seq;   /* a record of that number was written; 0: none */
	uint64_t lost;        /* records it had not been able to write, ... */
	int64_t lost_from_us; /* ... from then on */
};
/* Append the lines that close what was left open, with their numbers: an
 * interrupted for each stream; a gap for each doubt there is. Returns how
 * many. */
uint64_t recover_lines(struct recover *, const struct record_maker *,
    int64_t now_us, const struct recover_doubt *, struct buf *out);
void recover_clear(struct recover *);

/* Which records of a segment are not in its file any more. */
struct recover_missing {
	uint64_t n, first, last; /* n: 0 when all are there */
	int64_t from_us;         /* to the second: not after the first */
};
/* The segment has those behind the number before, up to seq; they were begun
 * at begun_us. */
struct recover_missing recover_missing(
    const struct segment *, uint64_t before, uint64_t seq, int64_t begun_us);

/* Append the interrupted that closes the stream. */
void recover_close(struct buf *out, const struct record_maker *,
    const struct stream_open *, int64_t now_us, uint64_t seq);
/* Append a line of record_line with seq in its place. */
void recover_number(
    struct buf *out, const char *line, size_t len, uint64_t seq);

#endif
