/*
 * store_pauses - pauses (the kill switch) and operator actions that the
 * running proxy has still to write into the audit log.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_PAUSES_H
#define HANDRAIL_PROXY_STORE_STORE_PAUSES_H

#include "proxy/store/store.h"

enum store_pause_scope {
	STORE_PAUSE_RULE,      /* one rule acts as if in shadow */
	STORE_PAUSE_ALL,       /* every rule does */
	STORE_PAUSE_AI_SPEECH, /* no AI message is delivered at all */
};
const char *store_pause_scope_name(enum store_pause_scope);

struct store_pause {
	int64_t id;
	enum store_pause_scope scope;
	char *rule;                          /* "" unless RULE */
	int64_t from_us, until_us, ended_us; /* ended 0: runs to until */
	char *reason, *by;
};
void store_pauses_free(struct store_pause *, size_t n);
/* Tells a running proxy. *id gets the row's number. */
int store_pause_put(struct store_tx *, const struct store_pause *, int64_t *id)
    __attribute__((warn_unused_result));
/* NOT_FOUND; CONFLICT when it is over already. */
int store_pause_end(struct store_tx *, int64_t id, int64_t now_us)
    __attribute__((warn_unused_result));
/* Those still running at now; now 0: all. */
int store_pauses_list(struct store_tx *, int64_t now_us,
    struct store_pause **out, size_t *n) __attribute__((warn_unused_result));

/*
 * An audit record of what its own transaction does, so that none is without
 * the other: what another process did, and a handoff. The fields of the same
 * names in audit/record.h, where type is its name ("operator.action",
 * "handoff.returned", "erase"). family and conversation
 * are as in the store: the audit module makes its pseudonym of them. NULL and
 * 0: absent. Never message text.
 */
struct store_audit {
	int64_t id, time_us, until_us;
	char *type, *family, *conversation;
	char *actor, *action, *detail, *basis;
	char *handoff, *queue, *priority, *destination;
	char *line; /* the whole record, from record_line: it goes before all
		       else */
};
void store_audits_free(struct store_audit *, size_t n);
int store_put_pending_audit(struct store_tx *, const struct store_audit *)
    __attribute__((warn_unused_result));
/* The oldest max; they stay until dropped, so write first, then drop. */
int store_take_pending_audit(struct store_tx *, size_t max,
    struct store_audit **out, size_t *n) __attribute__((warn_unused_result));
int store_drop_pending_audit(struct store_tx *, int64_t up_to_id)
    __attribute__((warn_unused_result));

#endif
