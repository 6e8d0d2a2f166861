/*
 * load_amounts - the blocks about amounts and what they add up to: typed
 * numbers, `over: conversation`, `totals:`, `offers:`. Included by the load_*.c
 * files only.
 */
#ifndef HANDRAIL_RULES_LOAD_AMOUNTS_H
#define HANDRAIL_RULES_LOAD_AMOUNTS_H

#include "rules/load.h"

#define LOAD_MAX_SCORE 1000u

/* ---- load_rule.c ---- */

/* For blocks that become a rule: take a place among the rules (SIZE_MAX: no
 * memory), name it PACK/NAME, read what every rule has, put it there. */
size_t load_begin_rule(struct load *, const struct yaml_node *, struct rule *);
void load_name_rule(
    struct load *, const struct yaml_node *at, const char *name, struct rule *);
void load_rule_head(struct load *, const struct yaml_node *, struct rule *);
void load_end_rule(struct load *, size_t number, const struct rule *);

/* ---- load_then.c ---- */

/* The rule being read names others, which are looked for after all rules. */
void load_refer(struct load *, const struct yaml_node *rules, bool adds);

/* ---- load_detect.c ---- */

/* The detector of a list the pack may have; DETECTOR_NONE if not. */
uint32_t load_list(struct load *, const char *name);

/* ---- load_number.c ---- */

/* within: of a map, in words; UINT_MAX: the sentence. */
unsigned load_within(struct load *, const struct yaml_node *map);
/* near and within of a map; false when there is no near that can be used. */
bool load_near(struct load *, const struct yaml_node *map, struct near *out);
/* A limit in the unit of its kind; false after reporting, or when absent. */
bool load_bound(
    struct load *, const struct yaml_node *, enum number_kind, int64_t *out);
/* "USD"; stays when absent. */
void load_currency(struct load *, const struct yaml_node *, char out[4]);
/* above, below and currency of a number (where: "under money"); false after
 * reporting, or when absent. */
bool load_range(struct load *, const struct yaml_node *, enum number_kind,
    const char *where, struct number_range *out);
uint32_t load_number(struct load *, const struct number_range *);

/* ---- load_sums.c ---- */

/*
 * over: of a number under find. When its amounts add up, the limit becomes the
 * rule's allowance, the range is left without one, and true is returned.
 */
bool load_over(struct load *, const struct yaml_node *number,
    struct number_range *, struct rule *);
/* over: conversation? message and nothing mean no. */
bool load_over_conversation(struct load *, const struct yaml_node *);
/* The detector of <repeat words>: the pack's list, else words of our own. */
uint32_t load_repeats(struct load *);
/* Is its name: one that people can read? */
bool load_check_name(struct load *, const struct yaml_node *map);
void load_totals(struct load *, const struct yaml_node *);
/* After load_resolve_refers. */
void load_check_totals(struct load *);

/* ---- load_offers.c ---- */

void load_offers(struct load *, const struct yaml_node *);

#endif
