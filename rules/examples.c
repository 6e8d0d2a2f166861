/* examples - see examples.h. */
#include "rules/examples.h"

#include "rules/check.h"
#include "rules/index.h"
#include "rules/load_parts.h"

#include <stdio.h>
#include <string.h>

int examples_topics(
    struct guard_policy *probe, const struct guard_policy *policy)
{
	memcpy(probe, policy, sizeof(*probe));
	arena_init(&probe->arena);
	probe->rules = policy->topics;
	probe->n_rules = policy->n_topics;
	probe->n_topics = 0;
	probe->index = NULL;
	return index_build(probe);
}

/* What the AI said before it counts. */
int examples_run(struct guard_scanner *scanner,
    const struct guard_policy *policy, size_t rule, const struct example *e,
    struct guard_verdict *v)
{
	const struct guard_message m = {
	    policy->rules[rule].info.speaker, e->text, e->len};
	struct guard_session session = *e->given;
	struct guard_memory memory = {0};
	int err = guard_remember_rule(scanner, policy, rule, &session, &memory);
	session.counted = memory.rows;
	session.n_counted = memory.n;
	if (!err)
		guard_check_rule(scanner, policy, rule, &session, &m, v);
	guard_memory_clear(&memory);
	return err;
}

static int run_rule(struct guard_scanner *scanner,
    const struct guard_policy *policy, size_t index, guard_example_fn *report,
    void *arg)
{
	const struct rule *r = &policy->rules[index];
	for (size_t i = 0; i < r->n_examples; i++) {
		const struct example *e = &r->examples[i];
		struct guard_verdict v;
		if (examples_run(scanner, policy, index, e, &v))
			return -1;
		struct guard_example out = {
		    .rule = r->info.id,
		    .file = r->info.file,
		    .line = e->line,
		    .col = e->col,
		    .text = e->text,
		    .len = e->len,
		    .matches = e->matches,
		    .undecided = v.undecided,
		    .hit = v.n_hits ? &v.hits[0] : NULL,
		    .given = e->given,
		};
		out.good = v.undecided == GUARD_DECIDED &&
		    (v.n_hits > 0) == e->matches;
		report(&out, arg);
	}
	return 0;
}

static int run_all(struct guard_scanner *scanner,
    const struct guard_policy *policy, guard_example_fn *report, void *arg)
{
	int err = 0;
	for (size_t i = 0; i < policy->n_rules && !err; i++)
		err = run_rule(scanner, policy, i, report, arg);
	return err;
}

int guard_examples(
    const struct guard_policy *policy, guard_example_fn *report, void *arg)
{
	struct guard_scanner *scanner = guard_scanner_new();
	if (!scanner)
		return -1;
	struct guard_policy probe;
	int rc = examples_topics(&probe, policy);
	if (rc == 0)
		rc = run_all(scanner, policy, report, arg);
	if (rc == 0)
		rc = run_all(scanner, &probe, report, arg);
	guard_scanner_free(scanner);
	arena_clear(&probe.arena);
	return rc;
}

/* ---- at load ---- */

static void describe_hit(const struct guard_example *o, char *out, size_t cap)
{
	const struct guard_hit *h = o->hit;
	int len = (int)(h->end - h->start);
	if (len == 0)
		snprintf(out, cap, "fires");
	else
		snprintf(out, cap, "finds \"%.*s\"%s%s%s", len > 80 ? 80 : len,
		    o->text + h->start, h->what ? " (" : "",
		    h->what ? h->what : "", h->what ? ")" : "");
}

static void find_miss(
    struct load *l, const struct guard_example *o, char out[GUARD_MISS_BYTES])
{
	uint32_t rule = names_find(&l->rule_names, o->rule);
	if (rule == NAMES_NONE)
		return;
	const struct guard_message m = {
	    l->policy->rules[rule].info.speaker, o->text, o->len};
	if (guard_why_in_words(l->policy, rule, o->given, &m, out))
		load_out_of_memory(l);
}

static void report_outcome(const struct guard_example *o, void *arg)
{
	struct load *l = arg;
	if (o->good || l->no_memory)
		return;
	if (o->undecided == GUARD_UNDECIDED_MEMORY) {
		load_out_of_memory(l);
		return;
	}
	char what[GUARD_MISS_BYTES] = "", message[400 + sizeof(what)];
	enum load_code code = LOAD_UNDECIDED;
	const char *id = o->rule;
	if (o->undecided) {
		snprintf(message, sizeof(message),
		    "%s could not decide about this example (%s)", id,
		    guard_undecided_name(o->undecided));
	} else if (o->hit) {
		code = LOAD_WRONGLY_MATCHED;
		describe_hit(o, what, sizeof(what));
		snprintf(message, sizeof(message),
		    "this example should pass, but %s %s", id, what);
	} else {
		code = LOAD_NEVER_MATCHED;
		snprintf(message, sizeof(message),
		    "this example should match, but %s does not fire", id);
		find_miss(l, o, what);
	}
	struct diag d = {
	    .level = load_codes[code].level,
	    .code = load_codes[code].code,
	    .file = o->file,
	    .line = o->line,
	    .col = o->col,
	    .width = 1,
	    .message = message,
	    .hint = code == LOAD_NEVER_MATCHED && *what ? what : NULL,
	};
	load_see(&d, l);
}

/* What the customer reads is no place for the names of rules. */
static void look_for_ids(struct load *l, const struct load_text *t)
{
	for (size_t i = 0; i < l->policy->n_rules; i++) {
		const char *id = l->policy->rules[i].info.id;
		if (strstr(t->text, id))
			load_fault(l, &t->at, LOAD_OWN_TEXT,
			    "say it in the customer's words",
			    "this text would tell the customer the name of a "
			    "rule, %s",
			    id);
	}
}

static void judge_text(
    struct load *l, struct guard_scanner *scanner, const struct load_text *t)
{
	enum guard_undecided undecided = GUARD_DECIDED;
	size_t rule = guard_check_own_text(
	    scanner, l->policy, t->text, strlen(t->text), &undecided);
	l->doc = t->doc;
	look_for_ids(l, t);
	if (undecided == GUARD_UNDECIDED_MEMORY)
		load_out_of_memory(l);
	else if (undecided)
		load_fault(l, &t->at, LOAD_UNDECIDED, NULL,
		    "it could not be decided whether this text may be sent "
		    "(%s)",
		    guard_undecided_name(undecided));
	else if (rule < l->policy->n_rules)
		load_fault(l, &t->at, LOAD_OWN_TEXT,
		    "change the text, or the rule",
		    "this text would itself be stopped by %s",
		    l->policy->rules[rule].info.id);
}

void examples_judge(struct load *l)
{
	if (guard_examples(l->policy, report_outcome, l)) {
		load_out_of_memory(l);
		return;
	}
	struct guard_scanner *scanner = guard_scanner_new();
	if (!scanner) {
		load_out_of_memory(l);
		return;
	}
	for (size_t i = 0; i < l->texts.n && !l->no_memory; i++)
		judge_text(
		    l, scanner, LOAD_ITEM(&l->texts, struct load_text, i));
	guard_scanner_free(scanner);
}
