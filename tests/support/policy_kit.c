/* policy_kit - see policy_kit.h. */
#include "tests/support/policy_kit.h"
#include "rules/index.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *p)
{
	if (!p) {
		fputs("policy_kit: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

void policy_kit_init(struct policy_kit *k)
{
	struct guard_policy *p = must(calloc(1, sizeof(*p)));
	k->policy = p;
	atomic_init(&p->refs, 1);
	arena_init(&p->arena);
	p->limits = (struct guard_limits){
	    .max_text_bytes = 1u << 20,
	    .max_hits = 1000,
	    .max_pattern_steps = 500000,
	};
	p->name = "kit";
	p->handoff_say = "A colleague will help you.";
	p->handoff_queue = "desk";
	p->handoff_priority = "normal";
	for (size_t i = 0; i <= GUARD_HAS_MEDIA; i++)
		p->fallback[i] = (struct guard_fallback){
		    .action = GUARD_HANDOFF, .say = "One moment, please."};
	k->builder = must(phrase_builder_new());
	k->rules =
	    must(arena_array(&p->arena, POLICY_KIT_MAX, sizeof(*k->rules)));
	k->detectors =
	    must(arena_array(&p->arena, POLICY_KIT_MAX, sizeof(*k->detectors)));
	p->rules = k->rules;
	p->detectors = k->detectors;
	p->negation = policy_kit_phrases(k, "not", "can't", "cannot",
	    "not able to", "unfortunately", "never", NULL);
}

void policy_kit_clear(struct policy_kit *k)
{
	phrase_builder_free(k->builder);
	guard_policy_unref(k->policy);
}

uint32_t policy_kit_detector(struct policy_kit *k, const struct detector *d)
{
	struct guard_policy *p = k->policy;
	if (p->n_detectors == POLICY_KIT_MAX)
		must(NULL);
	k->detectors[p->n_detectors] = *d;
	return (uint32_t)p->n_detectors++;
}

uint32_t policy_kit_phrases(struct policy_kit *k, const char *first, ...)
{
	uint32_t id = policy_kit_detector(
	    k, &(struct detector){.kind = DETECTOR_PHRASES});
	va_list args;
	va_start(args, first);
	for (const char *s = first; s; s = va_arg(args, const char *)) {
		enum phrase_err err =
		    phrase_builder_add(k->builder, id, s, strlen(s));
		if (err) {
			fprintf(stderr, "policy_kit: \"%s\" %s\n", s,
			    phrase_err_text(err));
			exit(1);
		}
	}
	va_end(args);
	return id;
}

uint32_t policy_kit_texts(struct policy_kit *k, const char *first, ...)
{
	const char **texts = must(
	    arena_array(&k->policy->arena, POLICY_KIT_MAX, sizeof(*texts)));
	size_t n = 0;
	va_list args;
	va_start(args, first);
	for (const char *s = first; s && n + 1 < POLICY_KIT_MAX;
	     s = va_arg(args, const char *))
		texts[n++] = s;
	va_end(args);
	return policy_kit_detector(
	    k, &(struct detector){.kind = DETECTOR_TEXT_IS, .texts = texts});
}

struct any_of policy_kit_any(struct policy_kit *k, uint32_t detector)
{
	uint32_t *one = must(arena_array(&k->policy->arena, 1, sizeof(*one)));
	*one = detector;
	return (struct any_of){one, 1};
}

struct clause *policy_kit_clauses(
    struct policy_kit *k, struct rule *r, size_t n)
{
	struct clause *c = must(arena_array(&k->policy->arena, n, sizeof(*c)));
	for (size_t i = 0; i < n; i++)
		c[i].at_least = 1;
	r->clauses = c;
	r->n_clauses = n;
	return c;
}

struct excuse *policy_kit_excuse(struct policy_kit *k, struct rule *r)
{
	struct excuse *e = must(arena_array(&k->policy->arena, 1, sizeof(*e)));
	r->unless = e;
	r->n_unless = 1;
	return e;
}

struct rule *policy_kit_rule(struct policy_kit *k, const char *id,
    enum guard_action action, uint32_t detector)
{
	struct guard_policy *p = k->policy;
	if (p->n_rules == POLICY_KIT_MAX)
		must(NULL);
	struct rule *r = &k->rules[p->n_rules++];
	r->info.id = id;
	r->info.title = id;
	r->info.file = "kit.yaml";
	r->info.action = action;
	r->info.mode = GUARD_ENFORCE;
	r->info.speaker = GUARD_AI;
	r->info.rollout_percent = 100;
	r->has_find = detector != DETECTOR_NONE;
	if (r->has_find)
		policy_kit_clauses(k, r, 1)->what = policy_kit_any(k, detector);
	return r;
}

static void list_kinds(struct guard_policy *p)
{
	for (size_t kind = 0; kind < DETECTOR_KINDS; kind++) {
		uint32_t *list =
		    must(arena_array(&p->arena, p->n_detectors, sizeof(*list)));
		size_t n = 0;
		for (uint32_t i = 0; i < p->n_detectors; i++)
			if ((size_t)p->detectors[i].kind == kind)
				list[n++] = i;
		p->of_kind[kind] = (struct any_of){list, n};
	}
}

struct guard_policy *policy_kit_policy(struct policy_kit *k)
{
	struct guard_policy *p = k->policy;
	list_kinds(p);
	p->phrases = must((void *)phrase_builder_finish(k->builder, &p->arena));
	if (index_build(p))
		must(NULL);
	return p;
}
