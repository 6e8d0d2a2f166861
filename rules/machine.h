/*
 * machine - one text on its way through all scanners to hits, in any cutting.
 *
 *   bytes -> text -> matches -> pendings -> founds
 *
 * guard_check feeds it at once, a stream in pieces; there is no other way to
 * a verdict. What it finds depends on the text alone: a match becomes a hit
 * or not by what stands in the text, never by when it was fed.
 *
 * Errors end the search: undecided says why. After UNDECIDED_PATTERN and
 * UNDECIDED_HITS the machine reads on, as a handoff would still outrank.
 */
#ifndef HANDRAIL_RULES_MACHINE_H
#define HANDRAIL_RULES_MACHINE_H

#include "rules/classify.h"
#include "rules/combine.h"
#include "rules/entity.h"
#include "rules/index.h"
#include "rules/link.h"
#include "rules/machine_other.h"
#include "rules/number.h"
#include "rules/only.h"
#include "rules/pattern.h"
#include "rules/phrase.h"
#include "rules/scope.h"
#include "rules/secret.h"
#include "rules/sleep.h"
#include "rules/sums.h"
#include "rules/topic.h"
#include "rules/totals.h"
#include "rules/wording.h"

/* Which of two equally strong hits decides: the smaller. */
enum found_class {
	FOUND_AT_ONCE, /* a rule with only `when` */
	FOUND_BY_TEXT,
	FOUND_AT_END, /* required wording was missing; or a zone hands off,
			 which any rule with a reason of its own goes before */
};

struct found {               /* a hit */
	uint32_t start, end; /* equal: the whole message */
	uint32_t rule;
	uint8_t mode;      /* enum guard_mode */
	uint8_t class;     /* enum found_class */
	uint32_t detector; /* DETECTOR_NONE: no value */
	int64_t value;
	int64_t total; /* of the allowance, or of a total's scores */
	const struct allowance *allowance; /* that it breaks; may be NULL */
	char currency[4];
};

struct edits; /* edit.h */

/* What a machine that judges an edited text knows of the one before. */
struct unedited {
	struct machine *machine; /* NULL: it is no edited text */
	const struct edits *edits;
};

struct machine {
	const struct guard_policy *policy; /* borrowed */
	struct unedited unedited;
	struct machine *visible; /* of which it is another reading; or NULL */
	struct machine_others others;
	struct scope scope;
	struct text text;
	struct phrase_scan phrases;
	struct number_scan numbers;
	struct entity_scan entities;
	struct link_scan links;
	struct secret_scan secrets;
	struct topic_scan topics;
	struct pattern_scan *patterns; /* NULL until a policy has some */
	size_t alive[DETECTOR_KINDS];  /* of each scanner, match.h */
	struct matches fresh;          /* what the last scan has found */
	struct matches values;         /* and the numbers among it */
	struct live live;              /* combine.h */
	struct sleepers sleepers;
	struct matches counted;
	size_t live_kept; /* of live after the last clean-up */
	size_t looked;    /* text.settled at the last look; SIZE_MAX: never */
	struct excuse_said said;
	struct sums sums;
	struct totals totals;
	struct only_scan only;
	struct pending *pendings;
	size_t n_pendings, cap_pendings;
	struct found *founds;
	size_t n_founds, cap_founds;
	struct found best; /* the handoff that decides so far */
	bool has_best;
	bool has_redact;      /* an enforced REDACT among founds */
	bool has_prepend;     /* an enforced PREPEND */
	size_t withheld_from; /* start of the first enforced hit whose text no
				 edit can mend; SIZE_MAX: none */
	struct wording wording;
	struct classify classify;
	bool texts_alive; /* the text may still become a listed one */
	bool whole_waits; /* a rule with only `when` waits for an ALLOW */
	bool has_text;    /* text_init has been called */
	bool stopped;     /* nothing more is looked for */
	bool whole;       /* one machine_feed, then the end: look once */
	bool ended;
	enum guard_undecided undecided;
};

/* How a machine is to judge; nothing is copied. */
struct machine_how {
	const struct guard_policy *policy;
	const struct guard_session *session;
	enum guard_speaker speaker;
	enum scope_purpose purpose;
	struct unedited unedited;
	struct machine *visible;
	size_t only; /* SCOPE_RULE */
	bool whole;  /* see struct machine */
};

void machine_init(struct machine *);
void machine_clear(struct machine *);
/* Start over, keeping the memory. Faults show in undecided. */
void machine_begin(struct machine *, const struct machine_how *);
/* False: it read nothing new, and everything is as it was. */
bool machine_feed(struct machine *, const char *bytes, size_t len);
/* What is to come is no part of a unit that has begun (text_settle). */
void machine_settle(struct machine *);
/* No more bytes will come; more answers may, before the end (machine_look). */
void machine_close(struct machine *);
void machine_look(struct machine *);
void machine_end(struct machine *);
/* Has the text itself gone wrong? What was asked of it before counts, whenever
 * it is answered. */
bool machine_is_faulty(const struct machine *);
/* It cannot be decided: why. The first reason stays. */
void machine_give_up(struct machine *, enum guard_undecided why);
/* No match of any kind is still to come that starts before this byte. */
size_t machine_frontier(const struct machine *);
/* For what works for the machine: what combine_look asks about, and a match
 * that may become a hit of the rule. */
struct combine_facts machine_facts(struct machine *);
int machine_add_pending(struct machine *, uint32_t rule, const struct match *)
    __attribute__((warn_unused_result));
/* Bring what is fresh, and the values among it, to the rules. As above. */
int machine_route(struct machine *) __attribute__((warn_unused_result));
/* Has an enforced rule hit? */
bool machine_has_fired(const struct machine *, size_t rule);

#endif
