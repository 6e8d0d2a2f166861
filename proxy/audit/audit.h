/*
 * audit - the audit log of one node: takes lines, answers when they are safe.
 *
 *   submit -> queue -> writer thread: number, write(2)  -> done (WRITTEN)
 *                        `-> sync thread: fdatasync     -> done (DURABLE)
 *
 * Lines are written in the order they were taken; done is called in that order
 * among those of one need. A line is never dropped silently: done says OK, or
 * says why not, and the policy's if_the_audit_log_cannot_write decides. After
 * a failure the log tries again by itself, writing a `gap` record first.
 *
 * Segments: DIRECTORY/NODE/YYYY/MM/DD/HH.jsonl (UTC), then HH_0002.jsonl and
 * so on when one is full; closed ones are read-only. One process at a time
 * (DIRECTORY/NODE/lock).
 *
 * Any thread may submit. done comes from the audit's threads and may only
 * post to the caller's loop.
 */
#ifndef HANDRAIL_PROXY_AUDIT_AUDIT_H
#define HANDRAIL_PROXY_AUDIT_AUDIT_H

#include "proxy/audit/recall.h"
#include "proxy/audit/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct audit;
struct audit_io; /* segment.h: replaced in tests */

enum audit_durability {
	AUDIT_ENFORCED, /* on disk before an effect: need is what it says */
	AUDIT_EVERY,    /* every record on disk first: WRITTEN is DURABLE */
};

struct audit_options {         /* zero means the default in brackets */
	const char *directory; /* created when absent */
	const struct record_maker *maker; /* outlives the audit */
	enum audit_durability durability;
	size_t max_queue_bytes;    /* waiting lines [16 MiB] */
	size_t max_segment_bytes;  /* [64 MiB] */
	unsigned retry_ms;         /* between tries after a failure [1000] */
	uint64_t known_seq;        /* a record of this number was written once,
				      as somebody else knows [nobody does] */
	const struct audit_io *io; /* [the system's] */
	int64_t (*now_us)(void);   /* [clock_now_us] */
};

/*
 * Open the log: lock it, cut a torn last line, continue the numbers, write an
 * `interrupted` record for every stream left open and a `gap` record where
 * records are missing or may be, start the threads. 0, or -1 and the reason in
 * why.
 */
int audit_open(struct audit **out, const struct audit_options *, char *why,
    size_t why_size) __attribute__((warn_unused_result));
/* Write and sync what was taken, answer every done, stop. Accepts NULL. */
void audit_close(struct audit *);

enum audit_need {
	AUDIT_WRITTEN, /* has left the process: survives its crash */
	AUDIT_DURABLE, /* on disk: survives a power loss */
};
enum audit_result {
	AUDIT_OK,
	AUDIT_AGAIN,     /* there is room now: submit it again */
	AUDIT_DISK_FULL, /* not recorded */
	AUDIT_GONE,      /* not recorded: somebody took the files away */
	AUDIT_FAILED,    /* not recorded, or not known to be on disk */
};
/* "the disk is full", ... */
const char *audit_result_text(enum audit_result);

struct audit_done {
	void (*fn)(void *arg, uint64_t ticket, enum audit_result);
	void *arg;
	uint64_t ticket;
};
/*
 * Hand over one line of record_line (copied). done.fn may be NULL and is
 * called exactly once: with the outcome when this returns true; when the
 * queue is full this returns false, nothing was taken, and done.fn is called
 * with AUDIT_AGAIN once there is room. Never blocks.
 */
bool audit_submit(struct audit *, const char *line, size_t len, enum audit_need,
    const struct audit_done *) __attribute__((warn_unused_result));
/* The two halves of it, for who has many lines at a time: a line that was put
 * is written at the latest after the next audit_wake. */
bool audit_put(struct audit *, const char *line, size_t len, enum audit_need,
    const struct audit_done *) __attribute__((warn_unused_result));
void audit_wake(struct audit *);
/* The same, waiting for the outcome: for the command line and for start and
 * stop, never for an event loop. Never AUDIT_AGAIN. */
enum audit_result audit_submit_wait(struct audit *, const char *line,
    size_t len, enum audit_need) __attribute__((warn_unused_result));
/* Several at once, in order: how many from the first on are recorded, and the
 * outcome of the one after them. */
size_t audit_submit_all(struct audit *, const struct buf *lines, size_t n,
    enum audit_need, enum audit_result *) __attribute__((warn_unused_result));

struct audit_state {
	size_t queue_bytes, queue_records; /* not yet written */
	size_t unsynced;                   /* written, waiting for the disk */
	uint64_t seq;                      /* of the latest record; 0: none */
	struct audit_place place;          /* behind that one */
	uint64_t written_total, failed_total, sync_total;
	enum audit_result health; /* of the latest try: OK, DISK_FULL, FAILED */
	uint64_t interrupted;     /* streams found open at the start */
};
void audit_state(struct audit *, struct audit_state *out);

#endif
