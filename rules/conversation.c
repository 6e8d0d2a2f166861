/* conversation - see conversation.h. */
#include "rules/conversation.h"

#include "rules/load_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a conversation remembers from turn to turn, as the proxy does: of the
 * AI's messages only what reached the customer counts. */
struct memory {
	struct guard_session session; /* its arrays are the ones below */
	struct guard_approval *approvals;
	struct guard_span_text *customer, *ai;
	char **texts; /* delivered with edits: for free() */
	size_t n_texts;
	uint32_t turns;  /* of the AI, delivered */
	bool zone_given; /* else it is worked out */
	struct guard_memory counted;
};

struct run {
	struct guard_scanner *scanner, *again;
	struct guard_policy policy; /* a copy whose modes are as written */
	guard_step_fn *report;
	void *arg;
	const struct conversation *test;
	struct memory memory;
};

static void memory_clear(struct memory *m)
{
	for (size_t i = 0; i < m->n_texts; i++)
		free(m->texts[i]);
	free(m->texts);
	free(m->approvals);
	free(m->customer);
	free(m->ai);
	guard_memory_clear(&m->counted);
	*m = (struct memory){0};
}

/* Room for all that the test can bring. */
static int memory_begin(struct memory *m, const struct conversation *c)
{
	size_t approvals = 1, customer = c->n_steps + 1, ai = c->n_steps + 1;
	for (size_t i = 0; i < c->n_steps; i++) {
		const struct guard_session *given = c->steps[i].given;
		approvals += given ? given->n_approvals : 0;
		customer += given ? given->n_customer_said : 0;
		ai += given ? given->n_ai_said : 0;
	}
	*m = (struct memory){0};
	m->approvals = calloc(approvals, sizeof(*m->approvals));
	m->customer = calloc(customer, sizeof(*m->customer));
	m->ai = calloc(ai, sizeof(*m->ai));
	m->texts = calloc(c->n_steps + 1, sizeof(*m->texts));
	m->session.approvals = m->approvals;
	m->session.customer_said = m->customer;
	m->session.ai_said = m->ai;
	return m->approvals && m->customer && m->ai && m->texts ? 0 : -1;
}

/* ---- given ---- */

static void give_approval(struct memory *m, const struct guard_approval *a)
{
	size_t i = 0;
	while (i < m->session.n_approvals &&
	    strcmp(m->approvals[i].name, a->name) != 0)
		i++;
	m->approvals[i] = *a;
	if (i == m->session.n_approvals)
		m->session.n_approvals++;
}

static void give_text(const char **to, const char *from)
{
	if (from)
		*to = from;
}

/* What was delivered counts from now on. */
static int count(struct memory *m, const struct guard_memory *more)
{
	int err = 0;
	for (size_t i = 0; i < more->n && !err; i++)
		err = guard_memory_add(&m->counted, &more->rows[i]);
	m->session.counted = m->counted.rows;
	m->session.n_counted = m->counted.n;
	return err;
}

static int count_message(struct run *run, const struct guard_message *message)
{
	struct guard_memory more = {0};
	int err = guard_remember(
	    run->again, &run->policy, &run->memory.session, message, &more);
	if (!err)
		err = count(&run->memory, &more);
	guard_memory_clear(&more);
	return err;
}

/* What is given adds to what is known; what it leaves out stays. */
static int give(struct run *run, const struct guard_session *given)
{
	struct memory *m = &run->memory;
	int err = 0;
	struct guard_session *s = &m->session;
	if (given->time_us)
		s->time_us = given->time_us;
	if (given->ai_turn)
		m->turns = given->ai_turn - 1;
	give_text(&s->conversation, given->conversation);
	give_text(&s->channel, given->channel);
	give_text(&s->segment, given->segment);
	give_text(&s->language, given->language);
	give_text(&s->interaction_type, given->interaction_type);
	m->zone_given |= given->zone != NULL;
	give_text(&s->zone, given->zone);
	give_text(&s->customer, given->customer);
	if (given->resolved != GUARD_UNKNOWN)
		s->resolved = given->resolved;
	if (given->repeat_contact != GUARD_UNKNOWN)
		s->repeat_contact = given->repeat_contact;
	if (given->answers)
		s->answers = given->answers;
	if (given->upset != GUARD_UNKNOWN)
		s->upset = given->upset;
	for (size_t i = 0; i < given->n_approvals; i++)
		give_approval(m, &given->approvals[i]);
	for (size_t i = 0; i < given->n_customer_said; i++) {
		const struct guard_span_text *said = &given->customer_said[i];
		const struct guard_message before = {
		    GUARD_CUSTOMER, said->text, said->len};
		m->customer[s->n_customer_said++] = *said;
		if (!m->zone_given)
			guard_interaction(run->again, &run->policy, s, &before);
	}
	for (size_t i = 0; i < given->n_ai_said && !err; i++) {
		const struct guard_span_text *said = &given->ai_said[i];
		const struct guard_message before = {
		    GUARD_AI, said->text, said->len};
		m->ai[s->n_ai_said++] = *said;
		err = count_message(run, &before);
	}
	return err;
}

/* ---- delivered ---- */

static bool same_verdict(
    const struct guard_verdict *a, const struct guard_verdict *b)
{
	bool same = a->action == b->action && a->undecided == b->undecided &&
	    a->n_hits == b->n_hits;
	for (size_t i = 0; same && i < a->n_hits; i++)
		same = a->hits[i].rule == b->hits[i].rule &&
		    a->hits[i].start == b->hits[i].start &&
		    a->hits[i].end == b->hits[i].end;
	return same;
}

/* An approval without which the message would have been judged otherwise has
 * been used by it. */
static void spend(struct run *run, const struct guard_message *message,
    const struct guard_verdict *v)
{
	struct memory *m = &run->memory;
	for (size_t i = 0; i < m->session.n_approvals; i++) {
		uint32_t uses = m->approvals[i].uses;
		struct guard_verdict without;
		if (!uses)
			continue;
		m->approvals[i].uses = 0;
		guard_check(
		    run->again, &run->policy, &m->session, message, &without);
		bool used = !same_verdict(v, &without);
		m->approvals[i].uses = used ? uses - 1 : uses;
	}
}

static int remember(struct run *run, const struct guard_message *message,
    const struct guard_verdict *v)
{
	struct memory *m = &run->memory;
	struct guard_span_text said = {message->text, message->len};
	if (message->speaker == GUARD_CUSTOMER)
		m->customer[m->session.n_customer_said++] = said;
	if (message->speaker != GUARD_AI)
		return count_message(run, message);
	if (v->action >= GUARD_REPLACE)
		return 0;
	if (v->n_edits) {
		char *text = guard_apply_edits(
		    said.text, said.len, v->edits, v->n_edits, &said.len);
		if (!text)
			return -1;
		m->texts[m->n_texts++] = text;
		said.text = text;
	}
	/* Both look at the conversation as it was when it was judged. */
	struct guard_memory more = {0};
	const struct guard_message seen = {GUARD_AI, said.text, said.len};
	int err =
	    guard_remember(run->again, &run->policy, &m->session, &seen, &more);
	spend(run, message, v);
	if (!err)
		err = count(m, &more);
	guard_memory_clear(&more);
	m->ai[m->session.n_ai_said++] = said;
	m->turns++;
	return err;
}

/* ---- steps ---- */

static bool decided_by(const struct guard_verdict *v, size_t rule)
{
	for (size_t i = 0; i < v->n_hits; i++)
		if (v->hits[i].rule == rule &&
		    v->hits[i].mode == GUARD_ENFORCE &&
		    v->hits[i].action == v->action)
			return true;
	return false;
}

static size_t rule_of(const struct guard_policy *p, const char *id)
{
	size_t i = 0;
	while (id && i < p->n_rules && strcmp(p->rules[i].info.id, id) != 0)
		i++;
	return i;
}

static void report(struct run *run, const struct step *s,
    const struct guard_message *message, const struct guard_verdict *v)
{
	bool action = !s->has_action || v->action == s->action;
	size_t rule = rule_of(&run->policy, s->because);
	bool because = !s->because || decided_by(v, rule);
	const struct guard_step out = {
	    .test = run->test->name,
	    .file = run->test->file,
	    .line = s->line,
	    .col = s->col,
	    .message = message,
	    .session = &run->memory.session,
	    .has_action = s->has_action,
	    .action = s->action,
	    .because = s->because,
	    .rule = rule,
	    .good = action && because && v->undecided != GUARD_UNDECIDED_MEMORY,
	    .verdict = v,
	};
	run->report(&out, run->arg);
}

static int run_step(struct run *run, const struct step *s)
{
	struct memory *m = &run->memory;
	if (s->given && give(run, s->given))
		return -1;
	if (!s->text)
		return 0;
	const struct guard_message message = {s->speaker, s->text, s->len};
	struct guard_verdict v;
	m->session.ai_turn = m->turns + 1;
	if (!m->zone_given)
		guard_interaction(
		    run->scanner, &run->policy, &m->session, &message);
	guard_check(run->scanner, &run->policy, &m->session, &message, &v);
	if (s->checked)
		report(run, s, &message, &v);
	return remember(run, &message, &v);
}

static int run_test(struct run *run, const struct conversation *c)
{
	run->test = c;
	int err = memory_begin(&run->memory, c);
	for (size_t i = 0; i < c->n_steps && !err; i++)
		err = run_step(run, &c->steps[i]);
	memory_clear(&run->memory);
	return err;
}

/* Everything but the rules is the policy's. */
static int as_written(struct guard_policy *out, const struct guard_policy *p)
{
	memcpy(out, p, sizeof(*out));
	struct rule *rules = calloc(p->n_rules + 1, sizeof(*rules));
	out->rules = rules;
	if (!rules)
		return -1;
	for (size_t i = 0; i < p->n_rules; i++) {
		rules[i] = p->rules[i];
		rules[i].info.mode = p->rules[i].mode_written;
		rules[i].mode_after = p->rules[i].mode_after_written;
		rules[i].info.rollout_percent = 100;
	}
	return 0;
}

int guard_conversations(
    const struct guard_policy *policy, guard_step_fn *report_fn, void *arg)
{
	struct run run = {
	    .scanner = guard_scanner_new(),
	    .again = guard_scanner_new(),
	    .report = report_fn,
	    .arg = arg,
	};
	int err = as_written(&run.policy, policy);
	if (!run.scanner || !run.again)
		err = -1;
	for (size_t i = 0; i < policy->n_conversations && !err; i++)
		err = run_test(&run, &policy->conversations[i]);
	guard_scanner_free(run.scanner);
	guard_scanner_free(run.again);
	free((void *)run.policy.rules);
	return err;
}

/* ---- in words, and at load ---- */

static void add(char *out, size_t cap, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void add(char *out, size_t cap, const char *fmt, ...)
{
	size_t len = strlen(out);
	va_list args;
	va_start(args, fmt);
	vsnprintf(out + len, cap - len, fmt, args);
	va_end(args);
}

void guard_step_why(const struct guard_policy *p, const struct guard_step *s,
    char *out, size_t cap)
{
	const struct guard_verdict *v = s->verdict;
	out[0] = '\0';
	if (v->undecided)
		add(out, cap, "it could not be decided (%s)",
		    guard_undecided_name(v->undecided));
	if (v->deciding == v->n_hits) {
		add(out, cap, "%s", v->undecided ? "" : "no rule fired");
		return;
	}
	const struct guard_hit *h = &v->hits[v->deciding];
	const struct guard_rule_info *r = &p->rules[h->rule].info;
	int len = (int)(h->end - h->start);
	add(out, cap, "%s%s (%s:%u) ", v->undecided ? "; " : "", r->id, r->file,
	    r->line);
	if (len == 0)
		add(out, cap, "fires");
	else
		add(out, cap, "finds \"%.*s\"", len > 80 ? 80 : len,
		    s->message->text + h->start);
	if (h->what)
		add(out, cap, ": %s", h->what);
}

static void see_step(const struct guard_step *s, void *arg)
{
	struct load *l = arg;
	char why[400], message[600], hint[200] = "";
	if (s->verdict->undecided == GUARD_UNDECIDED_MEMORY)
		load_out_of_memory(l);
	if (s->good || l->no_memory)
		return;
	guard_step_why(l->policy, s, why, sizeof(why));
	if (s->has_action && s->verdict->action != s->action)
		snprintf(message, sizeof(message),
		    "expected %s, but got %s: %s", guard_action_name(s->action),
		    guard_action_name(s->verdict->action), why);
	else
		snprintf(message, sizeof(message),
		    "expected because of %s, but %s", s->because, why);
	snprintf(hint, sizeof(hint), "test \"%.150s\"", s->test);
	load_see(&(struct diag){.level = load_codes[LOAD_STEP].level,
		     .code = load_codes[LOAD_STEP].code,
		     .file = s->file,
		     .line = s->line,
		     .col = s->col,
		     .width = 1,
		     .message = message,
		     .hint = hint},
	    l);
}

void conversations_judge(struct load *l)
{
	if (guard_conversations(l->policy, see_step, l))
		load_out_of_memory(l);
}
