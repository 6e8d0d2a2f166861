/*
 * record - one line of the audit log: what happened, as canonical JSON.
 *
 * A record is filled in as a plain value and written by record_line: keys
 * sorted, no spaces, integers only, at most RECORD_MAX_BYTES, never the text
 * of a message. Which field belongs to which type of record is one table
 * (record_fields), from which the writer, a completeness test and the schema
 * come. A field that is set but does not belong to the type is left out.
 *
 * The sequence number is not known before the line's turn comes: record_line
 * leaves RECORD_SEQ_MARK, a byte JSON cannot hold, and the audit thread puts
 * the number there. All functions may be called by any thread.
 */
#ifndef HANDRAIL_PROXY_AUDIT_RECORD_H
#define HANDRAIL_PROXY_AUDIT_RECORD_H

#include "proxy/audit/record_scores.h"
#include "proxy/base/buf.h"
#include "rules/guard.h"

#define RECORD_VERSION 1
#define RECORD_MAX_BYTES (60u * 1024) /* of a line, its newline included */
#define RECORD_SEQ_MARK '\x01'
#define RECORD_KEY_BYTES 32
#define RECORD_SALT_BYTES 16
#define RECORD_PSEUDONYM_SIZE 19 /* "k:", 16 digits, NUL */
#define RECORD_COMMIT_SIZE 72    /* "sha256:", 64 digits, NUL */

enum record_type {
	RECORD_START,
	RECORD_STOP,
	RECORD_POLICY_LOAD,
	RECORD_STREAM_OPEN, /* before the first byte */
	RECORD_STREAM_EDIT, /* on disk before the edited bytes leave */
	RECORD_DECISION,    /* closes a message or a stream */
	RECORD_INTERRUPTED, /* a stream found open after a crash */
	RECORD_HANDOFF_REQUESTED,
	RECORD_HANDOFF_ACCEPTED,
	RECORD_HANDOFF_RETURNED,
	RECORD_HANDOFF_FAILED,
	RECORD_OPERATOR_ACTION,
	RECORD_GAP, /* something could not be recorded */
	RECORD_HEARTBEAT,
	RECORD_ERASE,
	RECORD_TYPES,
};
/* "policy.load", "handoff.requested", ... */
const char *record_type_name(enum record_type);

/* Who writes: shared by all threads, immutable. Strings are borrowed. */
struct record_maker {
	const char *node;
	unsigned char key[RECORD_KEY_BYTES]; /* of the pseudonyms */
};

struct record_handoff {
	const char *id, *queue, *priority;
	const char *destination; /* who gets it */
	const char *cause;       /* "rule", "cannot_decide", ... */
};

struct record_modes { /* how many rules of a policy act how */
	bool known;
	uint64_t enforce, shadow, off;
};

/*
 * NULL and 0 mean absent, unless said otherwise; record_fields says what
 * belongs where. All pointers are borrowed for the call.
 */
struct record {
	enum record_type type;
	int64_t time_us; /* unix microseconds; of a decision: the session's */
	/* The conversation, as its real ids: written as a pseudonym. */
	const char *family, *conversation;
	const char *pseudonym; /* instead, where only that is known */
	uint32_t conv_seq;     /* the message: from 1, dense */
	const char *channel;   /* STREAM_OPEN; elsewhere it is in inputs */
	const char *trace;     /* W3C trace id */
	const char *stream;    /* id_new(): ties STREAM_OPEN, STREAM_EDIT and
				  the DECISION of one stream together */
	const char *policy;    /* digest */

	/* The message; commit NULL: there is none. */
	enum guard_speaker speaker;
	bool own; /* approved words of Handrail's own: speaker "system" */
	const char *commit; /* of record_commit */
	size_t bytes;       /* of its text */
	const char *vault;  /* its number in the transcript of the store, which
			       has salt and text */
	int64_t released;   /* bytes of it the customer has; -1: not a stream */

	/* DECISION, STREAM_EDIT: what was found. Hits, rules and reason come
	 * from verdict and judged_by; without a verdict (a body that cannot be
	 * read) from action, undecided and reason. */
	const struct guard_verdict *verdict;
	const struct guard_policy *judged_by;
	const struct guard_session *inputs;
	const struct record_score *scores; /* of classifiers */
	size_t n_scores;
	enum guard_action action;
	const char *undecided; /* "cannot_read", ...; goes before verdict's */
	int64_t judged_us;     /* how long judging took */
	const char *reason;    /* goes before the deciding rule's why */

	struct record_handoff handoff; /* id NULL: none */
	const char *actor;             /* who did it */
	const char *action_name;       /* OPERATOR_ACTION: "pause", ... */
	const char *detail;
	const char *basis;          /* ERASE: the legal basis */
	const char *engine;         /* START: versions of what decides */
	const char *previous;       /* POLICY_LOAD: digest before */
	uint64_t examples, n_rules; /* POLICY_LOAD */
	const char *environment;    /* POLICY_LOAD: of the policy */
	struct record_modes modes;  /* POLICY_LOAD */
	int64_t until_us;           /* OPERATOR_ACTION: when it ends */
	/* GAP: from when to when, how many records were lost, and after which
	 * number doubt begins. */
	int64_t from_us, to_us;
	uint64_t lost;
	uint64_t opened; /* INTERRUPTED: seq of the STREAM_OPEN */
	uint64_t judged_total, forwarded_total, held_total; /* HEARTBEAT */
};

/* Append the line, newline included. What does not fit RECORD_MAX_BYTES is
 * shortened from the longest end (hits first) and the record says so. */
void record_line(
    const struct record_maker *, const struct record *, struct buf *out);

/* "k:..." of the parts under class ("conversation", "customer"); NULL parts
 * count as empty. */
void record_pseudonym(const struct record_maker *, const char *class,
    const char *family, const char *id, char out[RECORD_PSEUDONYM_SIZE]);
/* AUDIT.md 6. Makes the salt: keep it with the text. */
void record_commit(const void *text, size_t len,
    unsigned char salt[RECORD_SALT_BYTES], char out[RECORD_COMMIT_SIZE]);
/* The same under a salt that is known, to check a text. */
void record_commit_with(const void *text, size_t len,
    const unsigned char salt[RECORD_SALT_BYTES], char out[RECORD_COMMIT_SIZE]);

#endif
