/*
 * index - from detectors to the rules that use them, so that a message costs
 * what it matches and not what the policy holds.
 *
 * Built once from a policy's rules and detectors, in the policy's arena.
 */
#ifndef HANDRAIL_RULES_INDEX_H
#define HANDRAIL_RULES_INDEX_H

#include "rules/address_words.h"
#include "rules/policy.h"

struct pattern_wake; /* pattern_wake.h */

#define INDEX_NO_SLOT UINT32_MAX

struct index_rules { /* rules, ascending */
	uint32_t *rules;
	size_t n;
};

struct index_text { /* one text of a TEXT_IS detector, as it is compared */
	uint32_t detector;
	const char *folded;
	size_t len;
};

/* Detectors of conditions, of which phrases end at one place of the trie: these
 * are found as one match, whose detector is the number of the bundle. */
struct index_bundle {
	struct any_of of; /* ascending */
	struct index_rules wakes;
	uint64_t bits; /* index_bit of them all */
};

struct index {
	struct index_rules *hits; /* by detector: rules whose first clause
				     has it */
	/* Of these, those that fire by it alone, and those that sleep until
	 * what index_wakers says stands beside it (sleep.h), the widest window
	 * first. Rules that sleep on a number do so by its kind. */
	struct index_rules *awake, *asleep;
	struct index_rules values[NUMBER_KINDS];
	struct index_rules *wakes; /* by detector: rules it wakes */
	/* What phrases that end at place i of the trie are found as, detectors
	 * and bundles: told[told_at[i]] up to told[told_at[i + 1]]. */
	const uint32_t *told, *told_at;
	const struct index_bundle *bundles;
	uint32_t first_bundle; /* its number: behind those of detectors */
	struct any_of numbers[NUMBER_KINDS]; /* detectors of each kind that
						somebody else asks about */
	bool *condition; /* by detector: some rule asks whether it
			    stands near a match, beside it, or
			    excuses or negates it */
	uint16_t *asks;  /* by rule: bits 1 << enum detector_kind of what
			    it asks for beside its hit */
	uint16_t heard[GUARD_HUMAN + 1]; /* by speaker: bits 1 << enum
				detector_kind of all its rules ask about */
	uint64_t *asks_for;              /* by rule: index_bit of the same */
	uint32_t *must_slot;             /* by detector: where it is noted that
					    required wording was seen */
	size_t n_must_slots;
	struct index_rules whole;    /* rules with no find */
	struct index_rules prepends; /* rules with PREPEND and a find */
	struct index_rules allows;   /* rules with ALLOW */
	struct index_rules totals;   /* rules that are one */
	struct index_rules onlys;    /* rules that are a scope */
	struct index_rules scorers; /* rules some total adds; remembered ones */
	uint32_t *scorer_of;        /* by rule: its place in scorers, or
				       INDEX_NO_SLOT */
	struct index_rules *excused; /* by rule: the ALLOW rules that name it */
	struct index_rules kinds[DETECTOR_KINDS]; /* rules whose first clause
						     has one of the kind */
	struct index_text *texts;
	size_t n_texts;
	bool wants_customer;           /* some rule has said_by_customer */
	struct index_rules wordings;   /* rules with MUST_CONVERSATION */
	struct index_rules classified; /* rules that ask a classifier */
	const struct lexicon_state *number_starts; /* number_start.h */
	const struct pattern_wake *patterns;       /* NULL: a few only */
	struct address_words addresses; /* if a rule looks for them */
	bool remembers; /* some rule looks back over the conversation */
};

/* The classifier the rule needs to hear, from 1; 0: none. */
static inline uint32_t rule_classifier(const struct rule *r)
{
	return r->n_clauses ? r->clauses[r->n_clauses - 1].classifier : 0;
}

static inline uint64_t index_bit(uint32_t detector)
{
	return (uint64_t)1 << detector % 64;
}

/* The bundle of this number; NULL: it is a detector's. */
static inline const struct index_bundle *index_bundle_of(
    const struct index *x, uint32_t number)
{
	return number < x->first_bundle ? NULL
					: &x->bundles[number - x->first_bundle];
}

static inline uint64_t index_bits(const struct index *x, uint32_t found)
{
	const struct index_bundle *b = index_bundle_of(x, found);
	return b ? b->bits : index_bit(found);
}

static inline const struct index_rules *index_wakes(
    const struct index *x, uint32_t found)
{
	const struct index_bundle *b = index_bundle_of(x, found);
	return b ? &b->wakes : &x->wakes[found];
}

static inline bool index_has(const struct any_of *any, uint32_t detector)
{
	for (size_t i = 0; i < any->n; i++)
		if (any->detectors[i] == detector)
			return true;
	return false;
}

/* How many of these are what was found, or in it? */
size_t index_says_bundle(
    const struct index *, const struct any_of *, uint32_t bundle);
static inline size_t index_says(
    const struct index *x, const struct any_of *any, uint32_t found)
{
	return index_bundle_of(x, found) ? index_says_bundle(x, any, found)
					 : index_has(any, found);
}

/* What has to stand beside the first clause, any of it; NULL: nothing. */
const struct any_of *index_wakers(const struct rule *);

/*
 * To be called by the loader when rules, detectors and phrases are complete;
 * sets policy->index. 0, or -1 when memory runs out.
 */
int index_build(struct guard_policy *) __attribute__((warn_unused_result));
/* The part of it that sleep.h needs, from the rest; for index_build. */
int index_build_sleep(struct guard_policy *, struct index *)
    __attribute__((warn_unused_result));
/* And the bundles, from both. */
int index_build_bundles(struct guard_policy *, struct index *)
    __attribute__((warn_unused_result));

#endif
