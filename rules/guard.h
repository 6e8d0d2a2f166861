/*
 * guard - the judging engine: policy in, message in, verdict out.
 *
 * A policy is compiled once from files in memory and is then immutable: it may
 * be read by any number of threads and lives as long as somebody holds a
 * reference. A scanner is one thread's scratch. A stream is one message that
 * arrives in pieces; it belongs to one thread at a time.
 *
 * The engine opens no file, reads no clock and has no globals. The same policy
 * bytes, session and message give the same verdict on every machine.
 *
 * All offsets are bytes of the original UTF-8 text. All strings in results
 * are UTF-8, NUL-terminated and borrowed from the policy unless said
 * otherwise; they live as long as the caller's reference to the policy.
 */
#ifndef HANDRAIL_RULES_GUARD_H
#define HANDRAIL_RULES_GUARD_H

#include "rules/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct guard_policy;
struct guard_scanner;
struct guard_stream;

enum guard_err {
	GUARD_OK = 0,
	GUARD_ERR_MEMORY = -1,
	GUARD_ERR_POLICY = -2, /* at least one error diagnostic was given */
};

/* Weakest to strongest: the larger one wins. */
enum guard_action {
	GUARD_DELIVER,
	GUARD_ALLOW, /* excuses named rules; never a verdict */
	GUARD_LOG,
	GUARD_FLAG,
	GUARD_REDACT,
	GUARD_PREPEND,
	GUARD_APPEND,
	GUARD_REPLACE,
	GUARD_BLOCK,
	GUARD_HANDOFF,
};
enum guard_mode { GUARD_OFF, GUARD_SHADOW, GUARD_ENFORCE };
enum guard_severity {
	GUARD_SEVERITY_LOW,
	GUARD_SEVERITY_MEDIUM,
	GUARD_SEVERITY_HIGH,
	GUARD_SEVERITY_CRITICAL,
};
enum guard_speaker { GUARD_AI, GUARD_CUSTOMER, GUARD_HUMAN };
enum guard_tristate { GUARD_UNKNOWN, GUARD_NO, GUARD_YES };

/* Why the engine could not decide. The policy's fallback is the verdict. */
enum guard_undecided {
	GUARD_DECIDED,
	GUARD_UNDECIDED_TOO_LONG, /* over max_text_bytes */
	GUARD_UNDECIDED_NOT_UTF8,
	GUARD_UNDECIDED_MEMORY,
	GUARD_UNDECIDED_PATTERN, /* a pattern hit its match limit */
	GUARD_UNDECIDED_HITS,    /* over max_hits */
	GUARD_UNDECIDED_EDIT,    /* an edited text still breaks a rule */
};
/* "too_long", ...; "deliver", ...: the words used in YAML, logs and JSON. */
const char *guard_undecided_name(enum guard_undecided);
const char *guard_action_name(enum guard_action);
const char *guard_mode_name(enum guard_mode);
const char *guard_severity_name(enum guard_severity);

/* ---- policy ---- */

struct guard_file {
	const char *path; /* relative to its folder: "packs/offers.yaml" */
	const char *bytes;
	size_t len;
};

/*
 * Everything a policy is made of. own is the policy's folder; shipped holds
 * the packs and lists that come with Handrail ("packs/...", "lists/..."),
 * used where own has no file of that name. Borrowed for the call.
 */
struct guard_source {
	const struct guard_file *own;
	size_t n_own;
	const struct guard_file *shipped;
	size_t n_shipped;
	const char *environment; /* of policy.yaml; NULL: rules' own modes */
	/* TZif bytes of an IANA zone, or NULL when unknown. May be NULL. */
	const unsigned char *(*zone)(void *arg, const char *name, size_t *len);
	void *zone_arg;
};

struct guard_limits {               /* zero means the default in brackets */
	size_t max_text_bytes;      /* of one message [1 MiB] */
	size_t max_hits;            /* of one message [1000] */
	uint32_t max_pattern_steps; /* PCRE2 match limit [100000] */
};

/*
 * Load, check and compile a policy and judge its embedded examples and its
 * own texts (say, replace, append, bridge). Every finding goes to diag. On
 * GUARD_OK *out holds one reference for the caller; otherwise *out is NULL
 * and diag has been called with at least one error.
 */
enum guard_err guard_policy_load(struct guard_policy **out,
    const struct guard_source *, const struct guard_limits *, diag_fn *diag,
    void *arg) __attribute__((warn_unused_result));
struct guard_policy *guard_policy_ref(struct guard_policy *);
void guard_policy_unref(struct guard_policy *); /* accepts NULL */

/* "sha256:..." of the sha256sum-format manifest of all files used. */
const char *guard_policy_digest(const struct guard_policy *);
const char *guard_policy_name(const struct guard_policy *);

/* A rule as the outside may know it. Index is stable within a policy. */
struct guard_rule_info {
	const char *id; /* "offers/refund-over-limit" */
	const char *title;
	const char *why;   /* or NULL */
	const char *owner; /* or NULL */
	const char *file;  /* "packs/offers.yaml" */
	unsigned line;
	uint32_t version; /* of its pack */
	enum guard_severity severity;
	enum guard_action action;
	enum guard_mode mode; /* effective, rollout aside */
	enum guard_speaker speaker;
};
size_t guard_policy_rules(const struct guard_policy *);
void guard_policy_rule(
    const struct guard_policy *, size_t index, struct guard_rule_info *out);

/* What the policy says when no rule is involved. */
enum guard_event {
	GUARD_CANNOT_DECIDE,
	GUARD_CANNOT_READ,
	GUARD_CANNOT_RECORD,
	GUARD_BOT_FAILED,
	GUARD_HAS_MEDIA,
};
struct guard_fallback {
	enum guard_action action; /* HANDOFF, BLOCK, FLAG or DELIVER */
	uint32_t after;           /* BOT_FAILED: handoff after so many; 0: at
				     once (with HANDOFF) */
	const char *say;
	const char *queue;
	const char *priority;
};
void guard_policy_fallback(
    const struct guard_policy *, enum guard_event, struct guard_fallback *out);

/* The policy's queues by index, for checks against what the operator has. */
size_t guard_policy_queues(const struct guard_policy *);
const char *guard_policy_queue(const struct guard_policy *, size_t index);
/* Where a queue's handoffs go: a destination of the operator's, or "desk". */
const char *guard_policy_destination(
    const struct guard_policy *, const char *queue);

/* A wall clock's time in the policy's zone (that of the first rule with
 * hours, else or without a policy UTC) as unix microseconds; minute is of the
 * day. */
int64_t guard_policy_time(const struct guard_policy *, int year, unsigned month,
    unsigned day, unsigned minute);

/* ---- what the engine may know about the conversation ---- */

struct guard_span_text {
	const char *text;
	size_t len;
};
struct guard_approval {
	const char *name;     /* "refund" */
	const char *id;       /* "APR-20931" */
	int64_t up_to_minor;  /* amount covered in minor units; -1: any */
	const char *currency; /* or NULL */
	int64_t expires_us;   /* unix microseconds; 0: never */
	uint32_t uses;        /* left; 0 means spent */
};
/* Read-only input; NULL, 0 and UNKNOWN mean absent (DESIGN.md 13). */
struct guard_session {
	int64_t time_us;  /* unix microseconds */
	uint32_t ai_turn; /* of this message, from 1; 0: unknown, means 1 */
	const char *conversation; /* for sticky rollouts */
	const char *channel, *segment, *language, *interaction_type, *zone;
	const char *customer;
	enum guard_tristate resolved, repeat_contact;
	const struct guard_approval *approvals;
	size_t n_approvals;
	const struct guard_span_text *customer_said; /* oldest first */
	size_t n_customer_said;
	const struct guard_span_text *ai_said; /* delivered, oldest first */
	size_t n_ai_said;
	const unsigned char *paused; /* by rule index, 1: as if in shadow (the
					kill switch); NULL: none */
	bool aside; /* not the message itself (a tool call, an error text):
		       required wording is not looked for */
};

struct guard_message {
	enum guard_speaker speaker;
	const char *text;
	size_t len;
};

/* ---- verdicts ---- */

struct guard_hit {
	size_t start, end; /* bytes of the original text; equal: the message */
	size_t rule;       /* index for guard_policy_rule */
	enum guard_action action;
	enum guard_mode mode; /* ENFORCE or SHADOW, rollout decided */
	const char *what; /* typed value in words, never text of the message:
			     "money 75.00 USD > 50.00"; or NULL. Borrowed like
			     the hit */
};

/* Replace bytes start..end of the original by text (redact, prepend, append).
 * In text order, not overlapping. */
struct guard_edit {
	size_t start, end;
	const char *text;
	size_t len;
	size_t rule;
};

struct guard_verdict {
	enum guard_action action; /* strongest enforced, after re-judging */
	enum guard_undecided undecided;
	const struct guard_hit *hits; /* by start, then rule */
	size_t n_hits;
	size_t deciding; /* index into hits; n_hits when there is none */
	const struct guard_edit *edits; /* only for REDACT, PREPEND, APPEND */
	size_t n_edits;
	const char *say;      /* REPLACE, BLOCK, HANDOFF: what the customer
				 gets instead */
	const char *queue;    /* HANDOFF */
	const char *priority; /* HANDOFF */
};

/* NULL when memory runs out. */
struct guard_scanner *guard_scanner_new(void);
void guard_scanner_free(struct guard_scanner *);

/*
 * Judge one whole message. Cannot fail: what goes wrong sets undecided and
 * the policy's fallback. *out and its arrays are borrowed from the scanner
 * until its next use. policy must be the caller's reference for as long as
 * *out is used.
 */
void guard_check(struct guard_scanner *, const struct guard_policy *,
    const struct guard_session *, const struct guard_message *,
    struct guard_verdict *out);

/*
 * One message arriving in pieces (DESIGN.md section 5). The stream takes its
 * own reference to the policy and a copy of what it needs of the session, and
 * keeps the message's text. NULL when memory runs out: treat as
 * GUARD_CANNOT_DECIDE.
 */
struct guard_stream *guard_stream_new(
    struct guard_policy *, const struct guard_session *, enum guard_speaker);
void guard_stream_free(struct guard_stream *);

struct guard_progress {
	size_t safe_len; /* leading bytes of the original that may be
			    released now, with the edits inside them
			    applied; never shrinks */
	const struct guard_edit
	    *edits; /* settled ones, all with end <= safe_len */
	size_t n_edits;
	bool cut;      /* an enforced HANDOFF is settled: stop reading */
	bool withheld; /* REPLACE or BLOCK is settled: nothing more will be
			  released, read on for a handoff */
};
/* Both borrow *out's arrays from the stream until its next use. */
void guard_stream_feed(struct guard_stream *, const char *bytes, size_t len,
    struct guard_progress *out);
/*
 * No more bytes will come (also to be called after a cut, for the verdict).
 * Equal to guard_check of the whole text, but that hits after a cut are not
 * looked for. Edits are all of them, released ones included.
 */
void guard_stream_end(struct guard_stream *, struct guard_verdict *out);
/*
 * Let a stream read on after a cut, so that its end is that of the whole text
 * (for measuring). To be called before the first byte.
 */
void guard_stream_read_on(struct guard_stream *);
/* The text fed so far. */
struct guard_span_text guard_stream_text(const struct guard_stream *);

/* text with the edits applied; malloc'ed, NUL-terminated, NULL: no memory. */
char *guard_apply_edits(const char *text, size_t len,
    const struct guard_edit *edits, size_t n_edits, size_t *out_len);

#endif
