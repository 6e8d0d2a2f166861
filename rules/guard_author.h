/*
 * guard_author - the engine's face for authors' tools: what a policy costs,
 * whether its examples hold, what keeps a rule from firing. guard.h is enough
 * for everybody else.
 */
#ifndef HANDRAIL_RULES_GUARD_AUTHOR_H
#define HANDRAIL_RULES_GUARD_AUTHOR_H

#include "rules/guard.h"

#pragma GCC visibility push(default)

/* guard_policy_load that does not judge the examples and texts: for reporting
 * each of them. */
enum guard_err guard_policy_load_untested(struct guard_policy **out,
    const struct guard_source *, diag_fn *diag, void *arg)
    __attribute__((warn_unused_result));

/* A change the policy makes to a rule of somebody else's pack. */
struct guard_change {
	const char *file; /* "policy.yaml" */
	unsigned line;
	const char *reason;         /* never NULL */
	const char *ticket, *until; /* or NULL */
	int64_t until_us;           /* the first moment after it; 0: none */
};
/* In the order they are laid over the rule; borrowed from the policy. */
const struct guard_change *guard_policy_changes(
    const struct guard_policy *, size_t rule, size_t *n);

/*
 * One example with its outcome. It tests its rule alone, enforced, whatever
 * mode and rollout say; a topic's like and unlike sentences are judged as by a
 * rule that finds the topic.
 */
struct guard_example {
	const char *rule; /* "offers/refund-over-limit", or pack/topic */
	const char *file;
	unsigned line, col;
	const char *text;
	size_t len;
	bool matches; /* it should; false: it should pass */
	bool good;    /* it does as it should, and was decided */
	enum guard_undecided undecided;
	const struct guard_hit *hit; /* the first, NULL: nothing fired */
	const struct guard_session *given;
};
/* Borrowed for the call. */
typedef void guard_example_fn(const struct guard_example *, void *arg);
/* All of them, rules first, in their order. 0, or -1 when memory runs out. */
int guard_examples(const struct guard_policy *, guard_example_fn *, void *arg)
    __attribute__((warn_unused_result));

/* What each rule costs (P060 to P065), at its line: whether it holds a stream
 * for more than a word or an open phrase (POLICY.md 1.13), and what wakes its
 * patterns. */
void guard_policy_cost(const struct guard_policy *, diag_fn *, void *arg);

/* What has ended by a time (P041 to P044), and what will within
 * GUARD_SOON_DAYS (P045): exceptions, rules, lowered modes, shadows. */
#define GUARD_SOON_DAYS 30
void guard_policy_expiries(
    const struct guard_policy *, int64_t time_us, diag_fn *, void *arg);

/* What keeps a rule from firing on a message. */
enum guard_why {
	GUARD_WHY_FIRES,     /* nothing does */
	GUARD_WHY_SPEAKER,   /* somebody else speaks */
	GUARD_WHY_WHEN,      /* its when does not hold */
	GUARD_WHY_DATES,     /* not in force at this time */
	GUARD_WHY_EXCUSED,   /* unless */
	GUARD_WHY_NEGATED,   /* ignore_negated */
	GUARD_WHY_NEAR,      /* nothing of near is close enough */
	GUARD_WHY_WORDING,   /* the required wording is there */
	GUARD_WHY_TOO_FEW,   /* of a topic's phrases */
	GUARD_WHY_TOGETHER,  /* not all of find is in one sentence */
	GUARD_WHY_ALLOWED,   /* its amounts are allowed, alone or in all */
	GUARD_WHY_TOTAL,     /* the scores it adds come to less */
	GUARD_WHY_TOPIC,     /* it is on a topic that is in scope */
	GUARD_WHY_TALK,      /* it is nothing but small talk */
	GUARD_WHY_SEVERAL,   /* several of these together */
	GUARD_WHY_NOT_FOUND, /* nothing of find is in the text */
	GUARD_WHY_UNDECIDED,
	GUARD_WHY_KINDS,
};
/* In words, to follow the rule's name. */
const char *guard_why_text(enum guard_why);

struct guard_why_answer {
	bool reasons[GUARD_WHY_KINDS];
	struct guard_hit hit; /* FIRES: the first; `what` is dropped */
	const char *unmet;    /* WHEN: the first key that does not hold, or
				 NULL; static */
	const char *exception_file; /* EXCUSED: where the first stands that */
	unsigned exception_line;    /* excuses alone; borrowed from the policy,
				       or NULL and 0 */
};
/*
 * The rule is judged alone, enforced, and again with one of its conditions
 * taken out at a time: those without which it fires are the reasons. Where
 * more than one stands in the way (SEVERAL), all that do are named. 0, or -1
 * when memory runs out.
 */
int guard_why_not(const struct guard_policy *, size_t rule,
    const struct guard_session *, const struct guard_message *,
    struct guard_why_answer *out) __attribute__((warn_unused_result));

#define GUARD_MISS_BYTES 400u
/* What of find is in a message and what is not ("discount" found, but no
 * percent above 10); empty where guard_why_not says that nothing is missing. Of
 * phrases the nearest one, where the policy was loaded untested. 0, or -1 when
 * memory runs out. */
int guard_near_miss(const struct guard_policy *, size_t rule,
    const struct guard_message *, const struct guard_why_answer *,
    char out[GUARD_MISS_BYTES]) __attribute__((warn_unused_result));
/* This and what else keeps the rule from firing, in one line. As above. */
int guard_why_in_words(const struct guard_policy *, size_t rule,
    const struct guard_session *, const struct guard_message *,
    char out[GUARD_MISS_BYTES]) __attribute__((warn_unused_result));

#define GUARD_HIT_WORDS 5
struct guard_weighed {
	size_t start, end; /* bytes of the message */
	int64_t weight;    /* what the word adds to the score, thousandths */
};
/*
 * The words that weighed most for a hit of a rule that finds a learned topic,
 * in its sentence, the heaviest first. Answers how many, at most
 * GUARD_HIT_WORDS; 0 for other hits; -1 when memory runs out.
 */
int guard_hit_words(const struct guard_policy *, const struct guard_message *,
    const struct guard_hit *, struct guard_weighed out[GUARD_HIT_WORDS])
    __attribute__((warn_unused_result));

/* How many exceptions a rule has, and which is meant. */
size_t guard_exceptions(const struct guard_policy *, size_t rule);
struct guard_exception {
	size_t rule, index;
};
/* Why it has not excused the hit of its rule in a message that was judged so.
 * 0, or -1 when memory runs out. */
int guard_not_excused(const struct guard_policy *,
    const struct guard_exception *, const struct guard_session *,
    const struct guard_message *, char out[GUARD_MISS_BYTES])
    __attribute__((warn_unused_result));

#pragma GCC visibility pop

#endif
