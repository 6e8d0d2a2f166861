/* guard - the words of guard.h's enums, and a policy's queues. */
#include "rules/guard.h"
#include "rules/policy.h"
#include "rules/zone.h"

#include <assert.h>

const char *guard_undecided_name(enum guard_undecided undecided)
{
	switch (undecided) {
	case GUARD_DECIDED:
		return "decided";
	case GUARD_UNDECIDED_TOO_LONG:
		return "too_long";
	case GUARD_UNDECIDED_NOT_UTF8:
		return "not_utf8";
	case GUARD_UNDECIDED_MEMORY:
		return "memory";
	case GUARD_UNDECIDED_PATTERN:
		return "pattern";
	case GUARD_UNDECIDED_HITS:
		return "hits";
	case GUARD_UNDECIDED_EDIT:
		return "edit";
	case GUARD_UNDECIDED_CLASSIFIER:
		return "classifier";
	}
	return "unknown";
}

const char *guard_action_name(enum guard_action action)
{
	switch (action) {
	case GUARD_DELIVER:
		return "deliver";
	case GUARD_ALLOW:
		return "allow";
	case GUARD_LOG:
		return "log";
	case GUARD_FLAG:
		return "flag";
	case GUARD_REDACT:
		return "redact";
	case GUARD_PREPEND:
		return "prepend";
	case GUARD_APPEND:
		return "append";
	case GUARD_REPLACE:
		return "replace";
	case GUARD_BLOCK:
		return "block";
	case GUARD_HANDOFF:
		return "handoff";
	}
	return "unknown";
}

const char *guard_mode_name(enum guard_mode mode)
{
	switch (mode) {
	case GUARD_OFF:
		return "off";
	case GUARD_SHADOW:
		return "shadow";
	case GUARD_ENFORCE:
		return "enforce";
	}
	return "unknown";
}

const char *guard_severity_name(enum guard_severity severity)
{
	switch (severity) {
	case GUARD_SEVERITY_LOW:
		return "low";
	case GUARD_SEVERITY_MEDIUM:
		return "medium";
	case GUARD_SEVERITY_HIGH:
		return "high";
	case GUARD_SEVERITY_CRITICAL:
		return "critical";
	}
	return "unknown";
}

size_t guard_policy_queues(const struct guard_policy *p)
{
	return p->n_queues;
}

struct guard_place guard_policy_queue_place(
    const struct guard_policy *p, size_t index)
{
	assert(index < p->n_queues);
	return p->queues[index].at;
}

const char *guard_policy_queue(const struct guard_policy *p, size_t index)
{
	assert(index < p->n_queues);
	return p->queues[index].name;
}

int64_t guard_policy_time(const struct guard_policy *p, int year,
    unsigned month, unsigned day, unsigned minute)
{
	const struct zone_rules *zone = zone_utc();
	for (size_t i = 0; p && i < p->n_rules; i++) {
		if (!p->rules[i].when.zone_rules)
			continue;
		zone = p->rules[i].when.zone_rules;
		break;
	}
	return zone_unix_us(zone,
	    &(struct zone_civil){
		.year = year, .month = month, .day = day, .minute = minute});
}
