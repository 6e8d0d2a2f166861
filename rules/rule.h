/*
 * rule - one compiled rule: what it finds, what excuses it, what it does.
 *
 * Whatever can be found in a text is a detector with a number; a rule names
 * detectors and only combines what they match. Immutable, in the policy's
 * arena.
 */
#ifndef HANDRAIL_RULES_RULE_H
#define HANDRAIL_RULES_RULE_H

#include "rules/detector.h"
#include "rules/guard.h"

struct guard_change;

/* One key under find: all of a rule's clauses must match within one sentence
 * (the hits are those of the first clause). */
struct clause {
	struct any_of what;
	struct near near;    /* what.n 0: none */
	unsigned at_least;   /* topics: so many distinct matches; else 1 */
	uint32_t classifier; /* whose answer it is, from 1; 0: nobody's. The
				rule's last clause then */
};

struct excuse {               /* one item under unless */
	struct any_of beside; /* words, numbers in the sentence of the hit */
	bool in_clause;       /* in the clause of the hit, that is */
	const char *approval; /* or NULL */
	bool said_by_customer;
	const char *const *texts; /* values that are excused, or NULL */
	int64_t until_us;         /* 0: no end */
	const char *until;        /* as it is written, or NULL */
	const char *file;         /* where it stands */
	unsigned line;
};

enum must_where { MUST_SAME_MESSAGE, MUST_CONVERSATION };
struct must { /* must_say, must_also_say: every item has to be there */
	const struct any_of *all;
	size_t n;
	enum must_where where;
};

struct ai_turn_range {
	uint32_t min, max;
}; /* inclusive */
struct words {
	const char *const *any;
	size_t n;
};             /* n 0: no condition */
struct hours { /* minutes of the local day */
	bool set, outside;
	uint16_t from, to;
};
struct when {
	bool set;
	struct words channel, segment, segment_not, language, interaction_type,
	    zone, customer_is;
	struct hours hours;
	struct ai_turn_range ai_turn; /* {0,0}: no condition */
	enum guard_tristate resolved, repeat_contact;
	const struct zone_rules *zone_rules; /* zone.h: of the pack */
};

/* What of the amounts a rule finds is allowed: an entry of offers, or the
 * limit of a rule that adds up. */
struct allowance {
	const char *name; /* "goodwill credit"; NULL: the rule's own limit */
	const char *sum;  /* what its total is remembered by; NULL: it does
			     not add up */
	bool has_number;  /* false: any value, kind and currency */
	struct number_range number; /* its kind and currency */
	int64_t up_to;              /* inclusive, in the unit of the kind */
	struct near near;           /* what.n 0: anywhere */
	struct when when;
};

/* A rule that fires by the scores of others. */
struct total {
	const uint32_t *adds; /* rules with a score */
	size_t n;             /* 0: the rule is no total */
	uint32_t at_least;
	bool over_conversation;
};

/* The topics a message may be about (only.h). */
struct only_topic {
	const char *name; /* "orders/order status" */
	struct any_of says;
	unsigned at_least; /* distinct ones of them */
};
struct only {
	const struct only_topic *topics;
	size_t n;
	struct any_of small_talk;
};

struct example {
	const char *text;
	size_t len;
	bool matches; /* false: passes */
	unsigned line, col;
	const struct guard_session *given; /* never NULL */
};

struct rule_place { /* in the rule's file; line 0: nowhere */
	unsigned line, col, width;
};

struct rule {
	struct guard_rule_info info;
	struct rule_place at, find_at, must_at; /* its id, keys of it */
	bool has_find; /* false: fires by when or must_say alone */
	const struct clause *clauses;
	size_t n_clauses;
	bool ignore_negated;
	bool has_allowances; /* its hits are amounts no allowance covers */
	const struct allowance *allowances;
	size_t n_allowances;
	uint32_t repeats; /* detector of words that say an amount again */
	uint32_t score;   /* in totals; 0: none */
	bool remembered;  /* that it fired counts, with no total, too */
	const char *once; /* or NULL: not where this rule has fired before */
	struct total total;
	const struct only *only; /* NULL: the rule is no scope */
	const struct excuse *unless;
	size_t n_unless;
	struct when when;
	struct must must_say, must_also_say;
	int64_t from_us, to_us; /* effective; 0: open */
	/* A change has lowered info.mode up to this time; 0: for good. */
	int64_t mode_until_us;
	int64_t shadow_until_us; /* 0: nobody wants to look again */
	enum guard_mode mode_after;
	/* Both before the environment lowered them. */
	enum guard_mode mode_written, mode_after_written;
	const struct guard_change *changes; /* guard_author.h */
	size_t n_changes;
	const char *text; /* redact with, append, prepend, replace, say */
	const char *queue, *priority;
	unsigned include;       /* of a handoff; 0: as the policy says */
	const uint32_t *allows; /* rules excused by an ALLOW */
	size_t n_allows;
	bool rollout_by_customer;
	const struct example *examples;
	size_t n_examples;
};

#endif
