/*
 * store_handoffs - rows of handoffs and of the replies a person writes.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_HANDOFFS_H
#define HANDRAIL_PROXY_STORE_STORE_HANDOFFS_H

#include "proxy/store/store_conversations.h"

enum store_handoff_state {
	STORE_HANDOFF_REQUESTED,
	STORE_HANDOFF_ACCEPTED, /* a person has answered */
	STORE_HANDOFF_RETURNED, /* the AI has the conversation again */
	STORE_HANDOFF_FAILED,   /* no destination took it; still locked */
};
const char *store_handoff_state_name(enum store_handoff_state);

struct store_handoff {
	char id[STORE_HANDOFF_ID_SIZE];
	char *family, *conversation;
	uint32_t epoch;
	enum store_handoff_state state;
	bool returning; /* returned once the waiting replies are delivered */
	bool ai_may_speak_again; /* a reply makes it returning */
	char *queue, *priority, *destination;
	char *reason;   /* rule id, or what could not be done; no text */
	char *words;    /* the same in plain words, the policy's; or "" */
	char *severity; /* of the rule, or "" */
	int64_t requested_us, accepted_us, returned_us; /* 0: not yet */
	char *returned_by; /* who asked for it, or "" */
	uint32_t seq;      /* last message the record holds */
	bool erased;       /* record is NULL, its key is gone */
	char *record;      /* JSON of handoff.h; NULL in lists */
	char *note;        /* the person's, on returning; NULL in lists */
	size_t replies_waiting;
};
void store_handoff_clear(struct store_handoff *);
void store_handoffs_free(struct store_handoff *, size_t n);

/* Fill in the id: made of family, conversation and epoch, so that whoever
 * takes the same lock makes the same one. */
void store_handoff_name(const struct vault *, struct store_handoff *);
/* Inserting an id that is there changes nothing: STORE_OK. */
int store_handoff_put(struct store_tx *, const struct store_handoff *)
    __attribute__((warn_unused_result));
/* The record of that id, and its seq, are those of now. */
int store_handoff_amend(struct store_tx *, const struct store_handoff *)
    __attribute__((warn_unused_result));
/* Is there one of that id, in whatever state? */
int store_handoff_is_known(struct store_tx *, const char *id, bool *known)
    __attribute__((warn_unused_result));
int store_handoff_get(struct store_tx *, const char *id,
    struct store_handoff *out) __attribute__((warn_unused_result));
/* Open ones first come first; with all, returned ones too. */
int store_handoffs_list(struct store_tx *, bool all, struct store_handoff **out,
    size_t *n) __attribute__((warn_unused_result));
/* CONFLICT when it is returned already. */
int store_handoff_accept(struct store_tx *, const char *id, int64_t now_us)
    __attribute__((warn_unused_result));
/* From now on queue, priority, destination, reason, words and severity are
 * those of now. */
int store_handoff_raise(struct store_tx *, const char *id,
    const struct store_handoff *now) __attribute__((warn_unused_result));
int store_handoff_fail(struct store_tx *, const char *id)
    __attribute__((warn_unused_result));
/*
 * Unlock the conversation; with replies waiting it becomes returning and
 * *later is set: store_replies_delivered finishes it. CONFLICT when returned
 * already. store_handoff_finish unlocks at once.
 */
int store_handoff_return(struct store_tx *, const char *id, int64_t now_us,
    bool *later) __attribute__((warn_unused_result));
int store_handoff_finish(struct store_tx *, const char *id, int64_t now_us)
    __attribute__((warn_unused_result));

int store_handoff_set_returned_by(struct store_tx *, const char *id,
    const char *by) __attribute__((warn_unused_result));
int store_handoff_note(struct store_tx *, const char *id, const char *note)
    __attribute__((warn_unused_result));
/* Ids that begin with prefix, at most max: to complete one typed short. */
int store_handoff_find(struct store_tx *, const char *prefix, size_t max,
    char (*ids)[STORE_HANDOFF_ID_SIZE], size_t *n)
    __attribute__((warn_unused_result));

struct store_reply {
	int64_t id;
	char handoff[STORE_HANDOFF_ID_SIZE];
	int64_t time_us, delivered_us; /* 0: not yet */
	char *by;                      /* who wrote it, or NULL */
	bool erased;
	char *text;
	size_t len;
};
void store_replies_free(struct store_reply *, size_t n);
int store_reply_put(struct store_tx *, const char *handoff, const char *by,
    const char *text, int64_t now_us) __attribute__((warn_unused_result));
/* Oldest first; an erased one has no text (mark it delivered). waiting: only
 * those not delivered. */
int store_replies_get(struct store_tx *, const char *handoff, bool waiting,
    struct store_reply **out, size_t *n) __attribute__((warn_unused_result));
/* *returned: it was the last of a returning handoff, now unlocked. */
struct store_delivered {
	const char *handoff;
	const int64_t *ids;
	size_t n;
	int64_t now_us;
};
int store_replies_delivered(struct store_tx *, const struct store_delivered *,
    bool *returned) __attribute__((warn_unused_result));

#endif
