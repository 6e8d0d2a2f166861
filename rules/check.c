/*
 * check - whole texts: guard_check and the engine's own uses of it (check.h).
 *
 * A scanner holds two machines: one for the message, one for the text as it
 * would be after its edits.
 */
#include "rules/check.h"
#include "rules/index.h"
#include "rules/verdict.h"

#include <assert.h>
#include <stdlib.h>

struct guard_scanner {
	struct machine message, edited;
	struct verdict_store store;
};

struct guard_scanner *guard_scanner_new(void)
{
	struct guard_scanner *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	machine_init(&s->message);
	machine_init(&s->edited);
	return s;
}

void guard_scanner_free(struct guard_scanner *s)
{
	if (!s)
		return;
	machine_clear(&s->message);
	machine_clear(&s->edited);
	verdict_clear(&s->store);
	free(s);
}

static void run(struct machine *m, const struct machine_how *as,
    const char *text, size_t len)
{
	struct machine_how how = *as;
	assert(how.policy->index);
	how.whole = true;
	machine_begin(m, &how);
	machine_feed(m, text, len);
	machine_end(m);
}

/* The edited text, without edits of its own. */
static void judge_edited(struct guard_scanner *s, struct machine_how how,
    const struct guard_message *message, struct guard_verdict *out)
{
	size_t len;
	char *text = guard_apply_edits(
	    message->text, message->len, out->edits, out->n_edits, &len);
	how.purpose = SCOPE_EDITED;
	how.unedited = (struct unedited){&s->message, &s->store.edits};
	if (text)
		run(&s->edited, &how, text, len);
	else
		s->edited.undecided = GUARD_UNDECIDED_MEMORY;
	s->edited.policy = how.policy;
	s->edited.scope.session = how.session;
	verdict_rejudge(&s->edited, out);
	free(text);
}

void guard_check(struct guard_scanner *s, const struct guard_policy *policy,
    const struct guard_session *session, const struct guard_message *message,
    struct guard_verdict *out)
{
	const struct guard_session nothing = {0};
	struct machine_how how = {
	    .policy = policy,
	    .session = session ? session : &nothing,
	    .speaker = message->speaker,
	    .purpose = SCOPE_MESSAGE,
	};
	run(&s->message, &how, message->text, message->len);
	verdict_build(&s->store, &s->message, out);
	if (out->n_edits)
		judge_edited(s, how, message, out);
}

const struct guard_ask *guard_scanner_asks(
    const struct guard_scanner *s, size_t *n)
{
	return classify_asks(&((struct guard_scanner *)s)->message, 0, n);
}

void guard_check_rule(struct guard_scanner *s,
    const struct guard_policy *policy, size_t rule,
    const struct guard_session *session, const struct guard_message *message,
    struct guard_verdict *out)
{
	const struct guard_session nothing = {0};
	const struct machine_how how = {
	    .policy = policy,
	    .session = session ? session : &nothing,
	    .speaker = message->speaker,
	    .purpose = SCOPE_RULE,
	    .only = rule,
	};
	run(&s->message, &how, message->text, message->len);
	verdict_build(&s->store, &s->message, out);
}

/* ---- what a delivered message counts for ---- */

bool guard_policy_remembers(const struct guard_policy *policy)
{
	return policy->index->remembers;
}

static int add_amounts(const struct sums *s, struct guard_memory *out)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->charges[i].sum &&
		    guard_memory_add(out, &s->charges[i].row))
			return -1;
	return 0;
}

static bool is_remembered(const struct guard_policy *p, uint32_t rule)
{
	const struct index_rules *totals = &p->index->totals;
	if (p->rules[rule].remembered)
		return true;
	for (size_t i = 0; i < totals->n; i++) {
		const struct total *t = &p->rules[totals->rules[i]].total;
		for (size_t k = 0; t->over_conversation && k < t->n; k++)
			if (t->adds[k] == rule)
				return true;
	}
	return false;
}

static int add_signals(const struct machine *m, struct guard_memory *out)
{
	const struct guard_policy *p = m->policy;
	for (size_t i = 0; i < p->index->scorers.n; i++) {
		const struct signal *s = &m->totals.signals[i];
		const struct guard_counted row = {
		    .name = p->rules[s->rule].info.id, .times = 1};
		if (s->seen && is_remembered(p, s->rule) &&
		    guard_memory_add(out, &row))
			return -1;
	}
	return 0;
}

static int remember(struct guard_scanner *s, const struct machine_how *how,
    const char *text, size_t len, struct guard_memory *into)
{
	struct machine *m = &s->message;
	if (!how->policy->index->remembers)
		return 0;
	run(m, how, text, len);
	if (m->undecided == GUARD_UNDECIDED_MEMORY ||
	    add_amounts(&m->sums, into) || add_signals(m, into) ||
	    wording_remember(&m->wording, how->policy, into))
		return -1;
	return 0;
}

int guard_remember(struct guard_scanner *s, const struct guard_policy *policy,
    const struct guard_session *session, const struct guard_message *message,
    struct guard_memory *into)
{
	const struct guard_session nothing = {0};
	const struct machine_how how = {
	    .policy = policy,
	    .session = session ? session : &nothing,
	    .speaker = message->speaker,
	    .purpose = SCOPE_COUNT,
	};
	return remember(s, &how, message->text, message->len, into);
}

static int remember_said(
    struct guard_scanner *s, struct machine_how how, struct guard_memory *into)
{
	struct guard_session session = *how.session;
	how.session = &session;
	int err = 0;
	for (size_t i = 0; i < session.n_ai_said && !err; i++) {
		const struct guard_span_text *said = &session.ai_said[i];
		session.counted = into->rows;
		session.n_counted = into->n;
		err = remember(s, &how, said->text, said->len, into);
	}
	return err;
}

int guard_remember_said(struct guard_scanner *s,
    const struct guard_policy *policy, const struct guard_session *session,
    struct guard_memory *into)
{
	const struct machine_how how = {
	    .policy = policy,
	    .session = session,
	    .speaker = GUARD_AI,
	    .purpose = SCOPE_COUNT,
	};
	return remember_said(s, how, into);
}

int guard_remember_rule(struct guard_scanner *s,
    const struct guard_policy *policy, size_t rule,
    const struct guard_session *session, struct guard_memory *into)
{
	const struct machine_how how = {
	    .policy = policy,
	    .session = session,
	    .speaker = GUARD_AI,
	    .purpose = SCOPE_RULE,
	    .only = rule,
	};
	return remember_said(s, how, into);
}

/* ---- texts of the policy's own ---- */

size_t guard_check_own_text(struct guard_scanner *s,
    const struct guard_policy *policy, const char *text, size_t len,
    enum guard_undecided *undecided)
{
	const struct guard_session nothing = {0};
	const struct machine_how how = {
	    .policy = policy,
	    .session = &nothing,
	    .speaker = GUARD_AI,
	    .purpose = SCOPE_OWN_TEXT,
	};
	struct guard_verdict verdict;
	run(&s->message, &how, text, len);
	verdict_build(&s->store, &s->message, &verdict);
	*undecided = verdict.undecided;
	for (size_t i = 0; i < verdict.n_hits; i++) {
		const struct guard_hit *h = &verdict.hits[i];
		bool fires = h->mode == GUARD_ENFORCE &&
		    (h->action == GUARD_REDACT || h->action >= GUARD_REPLACE);
		if (fires)
			return h->rule;
	}
	return policy->n_rules;
}
