/* verdict - see verdict.h. */
#include "rules/verdict.h"

#include <stdlib.h>
#include <string.h>

void verdict_clear(struct verdict_store *s)
{
	free(s->hits);
	free(s->founds);
	free(s->whats);
	edits_clear(&s->edits);
	*s = (struct verdict_store){0};
}

static int reserve(struct verdict_store *s, size_t n)
{
	if (n <= s->cap_hits)
		return 0;
	struct guard_hit *hits = realloc(s->hits, n * sizeof(*hits));
	if (hits)
		s->hits = hits;
	struct found *founds = realloc(s->founds, n * sizeof(*founds));
	if (founds)
		s->founds = founds;
	void *whats = realloc(s->whats, n * sizeof(*s->whats));
	if (whats)
		s->whats = whats;
	if (!hits || !founds || !whats)
		return -1;
	s->cap_hits = n;
	return 0;
}

/* ---- hits ---- */

static int by_start(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	if (x->detector != y->detector)
		return x->detector < y->detector ? -1 : 1;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return (x->total > y->total) - (x->total < y->total);
}

static size_t sort_founds(
    struct verdict_store *s, const struct found *from, size_t n)
{
	size_t kept = 0;
	if (!n)
		return 0;
	memcpy(s->founds, from, n * sizeof(*from));
	qsort(s->founds, n, sizeof(*from), by_start);
	for (size_t i = 0; i < n; i++) {
		const struct found *f = &s->founds[i];
		const struct found *last = kept ? &s->founds[kept - 1] : NULL;
		if (!last || last->start != f->start || last->end != f->end ||
		    last->rule != f->rule)
			s->founds[kept++] = *f;
	}
	return kept;
}

static void list_hits(struct verdict_store *s, const struct guard_policy *p,
    size_t n, struct guard_verdict *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct found *f = &s->founds[i];
		s->hits[i] = (struct guard_hit){
		    .start = f->start,
		    .end = f->end,
		    .rule = f->rule,
		    .action = p->rules[f->rule].info.action,
		    .mode = (enum guard_mode)f->mode,
		};
		if (what_print(s->whats[i], p, f))
			s->hits[i].what = s->whats[i];
	}
	out->hits = s->hits;
	out->n_hits = n;
}

/* Does a decide rather than b, of two enforced hits? */
static bool outranks(
    const struct guard_policy *p, const struct found *a, const struct found *b)
{
	enum guard_action x = p->rules[a->rule].info.action;
	enum guard_action y = p->rules[b->rule].info.action;
	if (x != y)
		return x > y;
	return a->class < b->class; /* else the earlier one in the list */
}

static size_t find_deciding(
    const struct verdict_store *s, const struct guard_policy *p, size_t n)
{
	size_t best = n;
	for (size_t i = 0; i < n; i++) {
		const struct found *f = &s->founds[i];
		if (f->mode != GUARD_ENFORCE ||
		    p->rules[f->rule].info.action == GUARD_ALLOW)
			continue;
		if (best == n || outranks(p, f, &s->founds[best]))
			best = i;
	}
	return best;
}

/* ---- what the customer and the queue get ---- */

static const char *either(const char *a, const char *b)
{
	return a ? a : b;
}

static const char *queue_priority(
    const struct guard_policy *p, const char *queue)
{
	for (size_t i = 0; queue && i < p->n_queues; i++)
		if (!strcmp(p->queues[i].name, queue))
			return p->queues[i].priority;
	return NULL;
}

/* What a rule or a fallback says of a handoff; NULL: as the policy does. */
struct handoff_words {
	const char *say, *queue, *priority;
};

static void say_handoff(const struct machine *m, const struct handoff_words *w,
    struct guard_verdict *out)
{
	const struct guard_policy *p = m->policy;
	const char *queue = either(w->queue, p->handoff_queue);
	out->action = GUARD_HANDOFF;
	out->say = either(w->say, p->handoff_say);
	out->priority = either(
	    either(w->priority, queue_priority(p, queue)), p->handoff_priority);
	out->queue = guard_open_queue(p, queue, m->scope.session->time_us);
}

static void fall_back(const struct machine *m, enum guard_undecided why,
    struct guard_verdict *out)
{
	const struct guard_policy *p = m->policy;
	const struct guard_fallback *f = &p->fallback[GUARD_CANNOT_DECIDE];
	out->undecided = why;
	out->n_hits = out->deciding = out->n_edits = 0;
	if (f->action == GUARD_BLOCK) {
		out->action = GUARD_BLOCK;
		out->say = either(f->say, p->handoff_say);
		return;
	}
	say_handoff(
	    m, &(struct handoff_words){f->say, f->queue, f->priority}, out);
}

static int list_edits(
    struct verdict_store *s, const struct machine *m, struct guard_verdict *out)
{
	if (edits_collect(&s->edits, m))
		return -1;
	out->edits = s->edits.items;
	out->n_edits = s->edits.n;
	return 0;
}

static int answer(
    struct verdict_store *s, const struct machine *m, struct guard_verdict *out)
{
	const struct guard_policy *p = m->policy;
	if (out->deciding == out->n_hits)
		return 0;
	const struct rule *r = &p->rules[out->hits[out->deciding].rule];
	out->action = r->info.action;
	switch (r->info.action) {
	case GUARD_DELIVER:
	case GUARD_ALLOW:
	case GUARD_LOG:
	case GUARD_FLAG:
		return 0;
	case GUARD_REDACT:
	case GUARD_PREPEND:
	case GUARD_APPEND:
		return list_edits(s, m, out);
	case GUARD_REPLACE:
	case GUARD_BLOCK:
		out->say = either(r->text,
		    either(
			p->fallback[GUARD_CANNOT_DECIDE].say, p->handoff_say));
		return 0;
	case GUARD_HANDOFF:
		break;
	}
	say_handoff(
	    m, &(struct handoff_words){r->text, r->queue, r->priority}, out);
	return 0;
}

/* Does hit a tell more than b? */
static bool tells_more(const struct guard_policy *p, const struct guard_hit *a,
    const struct guard_hit *b)
{
	const struct guard_rule_info *x = &p->rules[a->rule].info;
	const struct guard_rule_info *y = &p->rules[b->rule].info;
	if (x->severity != y->severity)
		return x->severity > y->severity;
	if (!x->why != !y->why)
		return x->why;
	return a->what && !b->what;
}

size_t guard_verdict_reason(
    const struct guard_policy *p, const struct guard_verdict *v)
{
	size_t best = v->deciding;
	for (size_t i = 0; v->deciding < v->n_hits && i < v->n_hits; i++) {
		const struct guard_hit *h = &v->hits[i];
		if (h->mode == GUARD_ENFORCE &&
		    h->action == v->hits[v->deciding].action &&
		    tells_more(p, h, &v->hits[best]))
			best = i;
	}
	return best;
}

/* Are the hits those of the text up to its fault, however it was cut? */
static bool knows_hits(enum guard_undecided why)
{
	switch (why) {
	case GUARD_DECIDED:
	case GUARD_UNDECIDED_TOO_LONG:
	case GUARD_UNDECIDED_NOT_UTF8:
	case GUARD_UNDECIDED_CLASSIFIER:
		return true;
	case GUARD_UNDECIDED_MEMORY:
	case GUARD_UNDECIDED_PATTERN:
	case GUARD_UNDECIDED_HITS:
	case GUARD_UNDECIDED_EDIT:
		break;
	}
	return false;
}

void verdict_build(
    struct verdict_store *s, const struct machine *m, struct guard_verdict *out)
{
	*out = (struct guard_verdict){
	    .action = GUARD_DELIVER, .edit_rule = SIZE_MAX};
	if (m->undecided != GUARD_DECIDED && !m->has_best) {
		fall_back(m, m->undecided, out);
		return;
	}
	bool only_best = !knows_hits(m->undecided);
	const struct found *from = only_best ? &m->best : m->founds;
	size_t n = only_best ? 1 : m->n_founds;
	if (reserve(s, n)) {
		fall_back(m, GUARD_UNDECIDED_MEMORY, out);
		return;
	}
	n = sort_founds(s, from, n);
	list_hits(s, m->policy, n, out);
	out->deciding = find_deciding(s, m->policy, n);
	if (answer(s, m, out))
		fall_back(m, GUARD_UNDECIDED_MEMORY, out);
}

void verdict_rejudge(const struct machine *edited, struct guard_verdict *out)
{
	const struct guard_policy *p = edited->policy;
	if (edited->undecided != GUARD_DECIDED) {
		fall_back(edited, edited->undecided, out);
		return;
	}
	const struct found *first = NULL;
	for (size_t i = 0; i < edited->n_founds; i++) {
		const struct found *f = &edited->founds[i];
		enum guard_action action = p->rules[f->rule].info.action;
		bool fires = f->mode == GUARD_ENFORCE &&
		    (action == GUARD_REDACT || action >= GUARD_REPLACE);
		if (fires && (!first || by_start(f, first) < 0))
			first = f;
	}
	if (!first)
		return;
	const struct rule *r = &p->rules[first->rule];
	const struct guard_fallback *f = &p->fallback[GUARD_CANNOT_DECIDE];
	bool handoff = r->info.action == GUARD_HANDOFF;
	out->undecided = GUARD_UNDECIDED_EDIT;
	out->edit_rule = first->rule;
	out->deciding = out->n_hits;
	out->n_edits = 0;
	say_handoff(edited,
	    &(struct handoff_words){handoff && r->text ? r->text : f->say,
		either(r->queue, f->queue), either(r->priority, f->priority)},
	    out);
}
