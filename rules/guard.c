/* guard - names, references and what the outside may know of a policy. */
#include "rules/guard.h"
#include "rules/pattern.h"
#include "rules/policy.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

struct guard_policy *guard_policy_ref(struct guard_policy *p)
{
	atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
	return p;
}

void guard_policy_unref(struct guard_policy *p)
{
	if (!p)
		return;
	unsigned before =
	    atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel);
	assert(before > 0);
	if (before > 1)
		return;
	/* All but compiled patterns lies in the arena. */
	for (size_t i = 0; i < p->n_detectors; i++)
		pattern_free(
		    (struct pattern *)(uintptr_t)p->detectors[i].pattern);
	arena_clear(&p->arena);
	free(p);
}

const char *guard_policy_name(const struct guard_policy *p)
{
	return p->name;
}

const char *guard_policy_digest(const struct guard_policy *p)
{
	return p->digest;
}

size_t guard_policy_rules(const struct guard_policy *p)
{
	return p->n_rules;
}

void guard_policy_rule(
    const struct guard_policy *p, size_t index, struct guard_rule_info *out)
{
	assert(index < p->n_rules);
	*out = p->rules[index].info;
}

void guard_policy_fallback(const struct guard_policy *p, enum guard_event event,
    struct guard_fallback *out)
{
	*out = p->fallback[event];
}

size_t guard_policy_queues(const struct guard_policy *p)
{
	return p->n_queues;
}

const char *guard_policy_queue(const struct guard_policy *p, size_t index)
{
	assert(index < p->n_queues);
	return p->queues[index].name;
}

const char *guard_policy_destination(
    const struct guard_policy *p, const char *queue)
{
	for (size_t i = 0; queue && i < p->n_queues; i++)
		if (!strcmp(p->queues[i].name, queue) &&
		    p->queues[i].destination)
			return p->queues[i].destination;
	return "desk";
}
