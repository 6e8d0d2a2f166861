/*
 * load_classify - classifiers under find and their answers under given.
 * Included by the load_*.c files only.
 */
#ifndef HANDRAIL_RULES_LOAD_CLASSIFY_H
#define HANDRAIL_RULES_LOAD_CLASSIFY_H

#include "rules/load.h"

/* The detectors of a classifier under find, any of which is enough; *number is
 * which it is, from 1. None after reporting. */
struct any_of load_classifier(
    struct load *, const struct yaml_node *, uint32_t *number);
/* scores: of given; NULL when absent, or after reporting. */
const struct guard_answers *load_scores(
    struct load *, const struct yaml_node *);

#endif
