/*
 * limit - the limits of numbers as authors write them: "50", "12.50", "3 days",
 * "money above 50 USD".
 */
#ifndef HANDRAIL_RULES_LIMIT_H
#define HANDRAIL_RULES_LIMIT_H

#include "rules/detector.h"

#include <stddef.h>
#include <stdint.h>

const char *limit_kind(enum number_kind); /* "money" */
/* The step of a limit: one, or the largest unit of time it is made of. */
int64_t limit_step(enum number_kind, int64_t value);
void limit_print(char *out, size_t cap, enum number_kind, int64_t value);
void limit_print_range(char *out, size_t cap, const struct number_range *);

#endif
