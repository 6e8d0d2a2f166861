/*
 * queue - where handoffs wait for people, and when people are there. Immutable,
 * in the policy's arena.
 */
#ifndef HANDRAIL_RULES_QUEUE_H
#define HANDRAIL_RULES_QUEUE_H

#include "rules/guard_policy.h"
#include "rules/zone.h"

struct queue_hours {
	unsigned days;     /* bit 0: Sunday; of the day it begins on */
	uint16_t from, to; /* minutes; to <= from: past midnight */
};

struct queue {
	const char *name, *destination, *priority;
	struct guard_place at; /* where it names its destination */
	const struct queue_hours *hours;
	size_t n_hours; /* 0: always */
	const struct zone_rules *zone;
	const struct queue *otherwise; /* outside them; set with hours */
};

/* Is somebody there? So we take it where the time is not known (0). */
bool queue_is_open(const struct queue *, int64_t time_us);

#endif
