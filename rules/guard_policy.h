/*
 * guard_policy - a policy: files in memory in, one immutable thing out, and
 * what may be asked about it.
 *
 * A policy never changes once it is loaded and may be read by any number of
 * threads. It is counted: it lives as long as somebody holds a reference.
 * Strings in what is answered are UTF-8 and live as long as the caller's
 * reference. An index out of range is the caller's mistake and asserts.
 */
#ifndef HANDRAIL_RULES_GUARD_POLICY_H
#define HANDRAIL_RULES_GUARD_POLICY_H

#include "rules/diag.h"
#include "rules/guard_fallback.h"
#include "rules/guard_session.h"
#include "rules/guard_verdict.h"

struct guard_policy;

enum guard_err {
	GUARD_OK = 0,
	GUARD_ERR_MEMORY = -1,
	GUARD_ERR_POLICY = -2, /* at least one error diagnostic was given */
};
enum guard_severity {
	GUARD_SEVERITY_LOW,
	GUARD_SEVERITY_MEDIUM,
	GUARD_SEVERITY_HIGH,
	GUARD_SEVERITY_CRITICAL,
};

/* ---- loading ---- */

struct guard_file {
	const char *path;  /* relative to its folder: "packs/offers.yaml" */
	const char *bytes; /* len of them, whatever they are */
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
	uint32_t max_pattern_steps; /* of all patterns in one message, beyond
				       what a pass over it takes [500000] */
};

#pragma GCC visibility push(default)

/*
 * Load, check and compile a policy and judge its embedded examples and its
 * own texts (say, replace, append, bridge). Every finding goes to diag, on
 * this thread, before the call returns. limits may be NULL. On GUARD_OK *out
 * holds one reference for the caller; otherwise *out is NULL and diag has been
 * called with at least one error.
 */
enum guard_err guard_policy_load(struct guard_policy **out,
    const struct guard_source *, const struct guard_limits *, diag_fn *diag,
    void *arg) __attribute__((warn_unused_result));
/* One more reference, for the caller; answers its argument. Any thread. */
struct guard_policy *guard_policy_ref(struct guard_policy *);
/* One reference less; the last one frees it. Accepts NULL. Any thread. */
void guard_policy_unref(struct guard_policy *);

/* ---- what it is ---- */

/* "sha256:..." of the sha256sum-format manifest of all files used. */
const char *guard_policy_digest(const struct guard_policy *);
const char *guard_policy_name(const struct guard_policy *);

/* A rule as the outside may know it. */
struct guard_rule_info {
	const char *id; /* "offers/refund-over-limit" */
	const char *title;
	const char *why;     /* or NULL */
	const char *owner;   /* or NULL */
	const char *file;    /* "packs/offers.yaml" */
	unsigned line;       /* from 1 */
	const char *changed; /* by changes: "policy.yaml:15", or NULL */
	uint32_t version;    /* of its pack */
	enum guard_severity severity;
	enum guard_action action;
	enum guard_mode mode;     /* effective, rollout aside */
	unsigned rollout_percent; /* 100: everybody */
	enum guard_speaker speaker;
	bool by_zone; /* what a zone of the matrix does: no fault was found */
};
/* How many rules; indexes are 0 to that. How many examples were judged. */
size_t guard_policy_rules(const struct guard_policy *);
size_t guard_policy_examples(const struct guard_policy *);
void guard_policy_rule(
    const struct guard_policy *, size_t index, struct guard_rule_info *out);
/* A channel the rule asks for, if it asks for none of these; else NULL. */
const char *guard_policy_unknown_channel(
    const struct guard_policy *, size_t index, const char *const *channels);
const char *guard_severity_name(enum guard_severity);

/* The policy's queues by index, for checks against what the operator has. */
size_t guard_policy_queues(const struct guard_policy *);
const char *guard_policy_queue(const struct guard_policy *, size_t index);
struct guard_place {
	const char *file;          /* NULL: nowhere */
	unsigned line, col, width; /* from 1; characters */
};
struct guard_place guard_policy_queue_place(/* of its destination: */
    const struct guard_policy *, size_t index);
/* Where a queue's handoffs go: a destination of the operator's, or "desk". */
const char *guard_policy_destination(
    const struct guard_policy *, const char *queue);

/* What the person who takes over gets to see, as the policy says it. */
enum guard_include {
	GUARD_INCLUDE_TRANSCRIPT = 1 << 0,
	GUARD_INCLUDE_WITHHELD_DRAFT = 1 << 1,
	GUARD_INCLUDE_RULE = 1 << 2,
	GUARD_INCLUDE_INTERACTION_TYPE = 1 << 3,
	GUARD_INCLUDE_CUSTOMER_FACTS = 1 << 4,
	GUARD_INCLUDE_OPEN_TASKS = 1 << 5,
};
#define GUARD_INCLUDES 6u
/* Bits, by this rule (SIZE_MAX: by any other); 0: not said, everything. */
unsigned guard_policy_include(const struct guard_policy *, size_t rule);
/* "transcript", "withheld_draft", ... by number of the bit. */
const char *guard_include_name(unsigned bit);
/* Does a person's answer give the conversation back to the AI? */
bool guard_policy_ai_may_speak_again(const struct guard_policy *);

/* A wall clock's time in the zone of the first rule with hours (none: UTC), as
 * unix microseconds; minute is of the day. */
int64_t guard_policy_time(const struct guard_policy *, int year, unsigned month,
    unsigned day, unsigned minute);

#pragma GCC visibility pop

#endif
