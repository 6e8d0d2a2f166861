/*
 * store_conversations - rows of conversations and their keys; what is said in
 * them is in store_transcript.h.
 *
 * Text goes in and comes out plain; on disk it is sealed (vault.h). A
 * conversation's key is made when first needed. After an erasure the rows
 * stay, their text opens no more (STORE_ERASED), and a message that comes
 * later gets a key of the next generation.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_CONVERSATIONS_H
#define HANDRAIL_PROXY_STORE_STORE_CONVERSATIONS_H

#include "proxy/base/buf.h"
#include "proxy/store/store.h"

#define STORE_HANDOFF_ID_SIZE 27 /* "h-", 24 hex digits, NUL */
#define STORE_SALT_BYTES 16

enum store_speaker { STORE_CUSTOMER, STORE_AI, STORE_HUMAN, STORE_SYSTEM };
enum store_status {
	STORE_DELIVERED,
	STORE_EDITED,   /* what the customer got in place of the original */
	STORE_WITHHELD, /* never shown to the customer */
	STORE_DRAFT,    /* for the person only */
};
/* What a message is, where it is not simply words of the chat. */
enum store_kind {
	STORE_WORDS,
	STORE_HISTORY, /* from before the conversation came through here: as
			  the client told it, not judged */
	STORE_MEDIA,   /* something that is not text; its text is a word for
			  it: "image" */
	/* Of the AI: */
	STORE_PART, /* the customer has this much of a message; the REST
		       of it, which follows, was withheld */
	STORE_REST,
	STORE_ORIGINAL, /* as it was written before it was edited or cut */
	STORE_TOOL,     /* a call, with its arguments */
	STORE_REASONING,
	STORE_ERROR, /* the bot reports a failure: no turn, no answer */
	STORE_OTHER,
	STORE_UNREADABLE, /* bytes of what could not be read */
	/* Of the system: the service stopped in the middle of an answer. */
	STORE_INTERRUPTED,
};
const char *store_speaker_name(enum store_speaker); /* "customer", ... */
const char *store_status_name(enum store_status);   /* "delivered", ... */
const char *store_kind_name(enum store_kind);       /* "words", ... */

struct store_message {
	uint32_t seq; /* from 1, dense */
	enum store_speaker speaker;
	enum store_status status;
	enum store_kind kind;
	int64_t time_us;
	bool erased; /* text is NULL, its key is gone */
	char *text;  /* NUL-terminated */
	size_t len;
	unsigned char salt[STORE_SALT_BYTES]; /* of the audit's commitment */
};

struct store_conversation {
	char *family, *id;
	bool locked;
	uint32_t epoch;                      /* locks so far */
	char handoff[STORE_HANDOFF_ID_SIZE]; /* of the latest lock, or "" */
	uint32_t ai_turns, customer_turns, last_seq;
	int64_t created_us, updated_us, erased_us; /* 0: never */
	bool asking;     /* the bot has the question */
	uint32_t judged; /* number of the latest message judged; 0: none */
};
void store_conversation_clear(struct store_conversation *);

int store_conversation_get(struct store_tx *, const char *family,
    const char *id, struct store_conversation *out)
    __attribute__((warn_unused_result));
int store_conversation_lock(struct store_tx *, const char *family,
    const char *id, uint32_t epoch, const char *handoff)
    __attribute__((warn_unused_result));
int store_conversation_unlock(struct store_tx *, const char *family,
    const char *id) __attribute__((warn_unused_result));
/* Every locked conversation; fn's argument is borrowed for the call. */
int store_conversations_locked(struct store_tx *,
    void (*fn)(void *arg, const struct store_conversation *), void *arg)
    __attribute__((warn_unused_result));

/* The names of all; borrowed for the call. */
int store_conversations_names(struct store_tx *,
    void (*fn)(void *arg, const char *family, const char *id), void *arg)
    __attribute__((warn_unused_result));

/* Seal or open text of the conversation for a row elsewhere. gen is the
 * generation of the key, kept beside the sealed text. */
struct store_sealed {
	const char *family, *id, *class;
	int64_t number;
	int64_t gen;
};
int store_seal(struct store_tx *, struct store_sealed *place, const void *text,
    size_t len, struct buf *out) __attribute__((warn_unused_result));
int store_unseal(struct store_tx *, const struct store_sealed *place,
    const void *sealed, size_t len, struct buf *out)
    __attribute__((warn_unused_result));

/* Destroy the keys; *n gets how many conversations held one. Each leaves an
 * `erase` record for the audit log and tells a running proxy. Call store_scrub
 * after. */
struct store_erasure {
	int64_t now_us;
	const char *actor, *reason, *basis; /* basis may be NULL */
	/* Of a second pass: when the first one was, whose erasures have their
	 * records already. 0: it is the first. */
	int64_t first_us;
};
int store_erase_conversation(struct store_tx *, const char *family,
    const char *id, const struct store_erasure *, size_t *n)
    __attribute__((warn_unused_result));
int store_erase_customer(struct store_tx *, const char *customer,
    const struct store_erasure *, size_t *n)
    __attribute__((warn_unused_result));
/* Of another process: a running proxy is to store what it has not stored yet.
 * It has, or has failed to, when it has taken note (store_told.h). */
int store_want_all(struct store_tx *) __attribute__((warn_unused_result));

#endif
