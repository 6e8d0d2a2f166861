/*
 * store_log - what the store knows of the audit log: how far it had come, up
 * to where the store has all that the log has, and what had to be read back
 * from it.
 *
 * Conversations are known by the log's pseudonym here: one that was never
 * stored has no other name left.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_LOG_H
#define HANDRAIL_PROXY_STORE_STORE_LOG_H

#include "proxy/store/store.h"

#define STORE_LOG_SEGMENT_SIZE 32

struct store_log {
	uint64_t seen; /* number of a record that had been written; 0: none */
	/* Behind this one there may be handoffs and numbers that are not in
	 * the rows: the segment and the number; "": from the beginning. */
	char segment[STORE_LOG_SEGMENT_SIZE];
	uint64_t seq;
};
/* Zeros where it was never put. */
int store_log_get(struct store_tx *, struct store_log *out)
    __attribute__((warn_unused_result));
int store_log_put(struct store_tx *, const struct store_log *)
    __attribute__((warn_unused_result));

struct store_recalled {
	const char *pseudonym;
	int64_t time_us;
	uint32_t judged;  /* so many of its messages are numbered */
	const char *line; /* of the log: a person was asked for, which no row
			     tells; NULL: nothing of the kind */
};
int store_recalled_put(struct store_tx *, const struct store_recalled *)
    __attribute__((warn_unused_result));
/* fn's argument is borrowed for the call. */
int store_recalled_list(struct store_tx *,
    void (*fn)(void *arg, const struct store_recalled *), void *arg)
    __attribute__((warn_unused_result));
/* The handoff it tells of is in the store now. */
int store_recalled_settle(struct store_tx *, const char *pseudonym)
    __attribute__((warn_unused_result));
/* Drop those without a line that are older. */
int store_recalled_prune(struct store_tx *, int64_t before_us)
    __attribute__((warn_unused_result));

#endif
