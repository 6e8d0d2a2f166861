/*
 * load_examples - the sentences that show what a rule does, and what is given
 * with them. They are judged once the policy is compiled (examples.c).
 */
#include "rules/load_classify.h"
#include "rules/load_parts.h"

#include <string.h>

#define MAX_EXAMPLES 10000u /* of one rule and kind */

static const char *const example_keys[] = {"text", NULL};

static enum guard_tristate tristate(struct load *l, const struct yaml_node *n)
{
	unsigned i = load_choice(l, n, load_words_yes, 2);
	return i == 2 ? GUARD_UNKNOWN : i == 1 ? GUARD_YES : GUARD_NO;
}

static void read_approval(
    struct load *l, const struct yaml_node *n, struct guard_approval *a)
{
	*a = (struct guard_approval){.up_to_minor = -1, .uses = 1};
	a->name = load_printf(l, "%s", n->key->text);
	if (n->kind == YAML_TEXT) {
		a->id = load_printf(l, "%s", n->text);
		return;
	}
	if (!load_check_map(l, n, load_keys_approval, "in an approval"))
		return;
	a->id = load_text(l, n, "id", true);
	const struct yaml_node *up_to = yaml_get(n, "up_to");
	if (up_to)
		load_hundredths(l, up_to, &a->up_to_minor);
	a->currency = load_text(l, n, "currency", false);
	a->expires_us = load_time(l, yaml_get(n, "expires"));
	a->uses = load_whole(l, yaml_get(n, "uses"), 0, 1000000, 1);
}

static void read_approvals(
    struct load *l, const struct yaml_node *n, struct guard_session *s)
{
	if (!n || n->kind != YAML_MAP)
		return;
	struct guard_approval *all = load_alloc(l, n->n_children, sizeof(*all));
	if (!all)
		return;
	for (const struct yaml_node *a = n->child; a; a = a->next)
		read_approval(l, a, &all[s->n_approvals++]);
	s->approvals = all;
}

static const struct guard_span_text *read_said(
    struct load *l, const struct yaml_node *n, size_t *count)
{
	*count = 0;
	if (!n)
		return NULL;
	const char *const *texts = load_words(l, n, count);
	struct guard_span_text *said =
	    texts ? load_alloc(l, *count, sizeof(*said)) : NULL;
	if (!said) {
		*count = 0;
		return NULL;
	}
	for (size_t i = 0; i < *count; i++)
		said[i] = (struct guard_span_text){texts[i], strlen(texts[i])};
	return said;
}

struct guard_session *load_given(struct load *l, const struct yaml_node *n)
{
	struct guard_session *s = load_alloc(l, 1, sizeof(*s));
	if (!s || !n)
		return s;
	if (!load_check_map(l, n, load_keys_given, "under given"))
		return s;
	read_approvals(l, yaml_get(n, "approvals"), s);
	s->ai_turn = load_whole(l, yaml_get(n, "ai_turn"), 1, 1000000, 0);
	s->segment = load_text(l, n, "segment", false);
	s->channel = load_text(l, n, "channel", false);
	s->language = load_text(l, n, "language", false);
	s->interaction_type = load_text(l, n, "interaction_type", false);
	s->zone = load_text(l, n, "zone", false);
	s->customer = load_text(l, n, "customer_is", false);
	s->conversation = load_text(l, n, "conversation", false);
	s->resolved = tristate(l, yaml_get(n, "resolved"));
	s->repeat_contact = tristate(l, yaml_get(n, "repeat_contact"));
	s->upset = tristate(l, yaml_get(n, "upset"));
	s->time_us = load_time(l, yaml_get(n, "time"));
	s->customer_said =
	    read_said(l, yaml_get(n, "customer_said"), &s->n_customer_said);
	s->ai_said = read_said(l, yaml_get(n, "ai_said"), &s->n_ai_said);
	s->answers = load_scores(l, yaml_get(n, "scores"));
	return s;
}

static void assume_fact(const char **fact, const struct words *when)
{
	if (!*fact && when->n)
		*fact = when->any[0];
}

/* An example that does not say otherwise happens where its rule applies, so
 * that nobody has to repeat the channel under each sentence. Turns, times and
 * answers are what examples are about: those have to be given. */
static void assume_place(struct guard_session *s, const struct when *w)
{
	assume_fact(&s->channel, &w->channel);
	assume_fact(&s->segment, &w->segment);
	assume_fact(&s->language, &w->language);
	assume_fact(&s->interaction_type, &w->interaction_type);
	assume_fact(&s->zone, &w->zone);
	assume_fact(&s->customer, &w->customer_is);
}

static void read_example(struct load *l, const struct yaml_node *n,
    const struct when *when, struct example *e)
{
	const struct yaml_node *text = n, *given = NULL;
	if (n->kind == YAML_MAP) {
		if (!load_check_map(l, n, load_keys_example, "in an example"))
			return;
		text = yaml_get(n, "text");
		given = yaml_get(n, "given");
		if (text->kind != YAML_TEXT) {
			load_sentence(l, text); /* says what is wrong */
			return;
		}
		if (yaml_check_sentences(l->doc, text, NULL, load_see, l))
			return;
	}
	if (!text->len)
		load_fault(l, text, LOAD_EMPTY, NULL, "this example is empty");
	e->text = arena_strndup(&l->policy->arena, text->text, text->len);
	if (!e->text)
		load_out_of_memory(l);
	e->len = text->len;
	e->line = text->line;
	e->col = text->col;
	struct guard_session *s = load_given(l, given);
	if (s)
		assume_place(s, when);
	e->given = s;
}

static size_t count_of(const struct yaml_node *n)
{
	return !n ? 0 : n->kind == YAML_LIST ? n->n_children : 1;
}

static void read_kind(struct load *l, const struct yaml_node *n, bool matches,
    struct example *all, struct rule *r)
{
	if (!n || yaml_check_list(l->doc, n, load_see, l) ||
	    yaml_check_sentences(l->doc, n, example_keys, load_see, l))
		return;
	bool list = n->kind == YAML_LIST;
	const struct yaml_node *i = list ? n->child : n;
	for (; i && !l->no_memory; i = list ? i->next : NULL) {
		struct example *e = &all[r->n_examples];
		e->matches = matches;
		read_example(l, i, &r->when, e);
		r->n_examples += e->text && e->given;
	}
}

void load_example_lists(struct load *l, const struct yaml_node *matches,
    const struct yaml_node *passes, struct rule *r)
{
	if (count_of(matches) > MAX_EXAMPLES ||
	    count_of(passes) > MAX_EXAMPLES) {
		load_fault(l, matches ? matches : passes, LOAD_TOO_MANY, NULL,
		    "a rule may have %u examples of a kind", MAX_EXAMPLES);
		return;
	}
	struct example *all =
	    load_alloc(l, count_of(matches) + count_of(passes), sizeof(*all));
	if (!all)
		return;
	r->examples = all;
	read_kind(l, matches, true, all, r);
	read_kind(l, passes, false, all, r);
}

void load_examples(struct load *l, const struct yaml_node *rule, struct rule *r)
{
	const struct yaml_node *n = yaml_get(rule, "examples");
	if (n &&
	    (n->kind != YAML_MAP ||
		!load_check_map(l, n, load_keys_examples, "under examples")))
		return;
	const struct yaml_node *matches = yaml_get(n, "matches");
	const struct yaml_node *passes = yaml_get(n, "passes");
	if ((!count_of(matches) || !count_of(passes)) &&
	    (r->info.mode == GUARD_ENFORCE || r->mode_after == GUARD_ENFORCE))
		load_fault(l, yaml_get(rule, "id") ? yaml_get(rule, "id") : n,
		    LOAD_EXAMPLES,
		    "add the other kind under examples:, or mode: shadow",
		    "%s cannot be enforced without examples of both kinds "
		    "(matches: and passes:)",
		    r->info.id);
	load_example_lists(l, matches, passes, r);
}
