/*
 * recall - what the log says of conversations that nobody else may know any
 * more: how many of their messages it has numbered, and which of them a person
 * was asked for and has not given back.
 *
 * The log is on another disk than the store, perhaps, and what it holds has
 * left the process: a store that was full, or lost its last writes, is read
 * up from it.
 */
#ifndef HANDRAIL_PROXY_AUDIT_RECALL_H
#define HANDRAIL_PROXY_AUDIT_RECALL_H

#include "proxy/audit/segment.h"

struct audit;

/* How far the log had come: behind a record of that segment. */
struct audit_place {
	char segment[SEGMENT_NAME_SIZE]; /* "": from the beginning */
	uint64_t seq;
};

struct recalled {
	char *pseudonym; /* NULL: a free slot */
	uint32_t judged; /* the highest conv_seq; 0: none */
	char *handoff;   /* asked for, not returned; NULL: there is none */
	char *line;      /* that says so, with its number */
};

struct recall {
	struct recalled *slots; /* by hash of the pseudonym */
	size_t n, cap;
};

/* Take note of what the log holds behind the place. 0, or -errno where it
 * cannot be read. */
int audit_recall(struct audit *, const struct audit_place *after,
    struct recall *) __attribute__((warn_unused_result));
void recall_clear(struct recall *);
/* NULL: nothing is known of it. */
struct recalled *recall_find(const struct recall *, const char *pseudonym);
/* The same, made when it is not there. */
struct recalled *recall_take(struct recall *, const char *pseudonym);
/* No handoff of it is open. */
void recall_settle(struct recalled *);
/* Take note of one line, without its newline. */
void recall_note(struct recall *, const char *line, size_t len);

#endif
