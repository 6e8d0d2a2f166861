/*
 * load_offers - what the AI may offer. The block becomes one rule, PACK/offers:
 * it finds every offer, and its allowances are the entries that are allowed;
 * so it is judged, explained and tested like any other rule.
 */
#include "rules/load_amounts.h"
#include "rules/load_overlay.h"
#include "rules/load_parts.h"

#include <limits.h>
#include <string.h>

#define N_KINDS ((unsigned)NUMBER_KINDS)

struct offers {
	struct load *l;
	struct rule rule;
	bool kinds[N_KINDS]; /* that detect looks for */
	struct names names;  /* of the entries */
};

/* ---- detect ---- */

static void read_kinds(struct offers *o, const struct yaml_node *with)
{
	bool list = with && with->kind == YAML_LIST;
	const struct yaml_node *n = list ? with->child : with;
	for (; n; n = list ? n->next : NULL) {
		if (n->kind != YAML_TEXT) {
			load_fault(o->l, n, LOAD_SHAPE, NULL,
			    "percent, money, duration or count is expected "
			    "here");
			continue;
		}
		unsigned kind =
		    load_choice(o->l, n, load_words_number, N_KINDS);
		if (kind < N_KINDS)
			o->kinds[kind] = true;
	}
	if (list && !with->child)
		load_fault(o->l, with, LOAD_EMPTY, "write [percent, money]",
		    "this list is empty");
}

static struct any_of numbers(struct offers *o)
{
	uint32_t *all = load_alloc(o->l, N_KINDS, sizeof(*all));
	struct any_of any = {all, 0};
	for (unsigned kind = 0; all && kind < N_KINDS; kind++) {
		const struct number_range r = {.kind = (enum number_kind)kind};
		if (!o->kinds[kind])
			continue;
		all[any.n] = load_number(o->l, &r);
		any.n += all[any.n] != DETECTOR_NONE;
	}
	return any;
}

static void read_detect(struct offers *o, const struct yaml_node *n)
{
	struct load *l = o->l;
	if (!n || n->kind != YAML_MAP ||
	    !load_check_map(l, n, load_keys_detect, "under detect"))
		return;
	const struct yaml_node *phrases = yaml_get(n, "phrases");
	const struct yaml_node *with = yaml_get(n, "with");
	if (!phrases)
		load_fault(l, n->key, LOAD_MISSING,
		    "add phrases: [<offer words>]",
		    "\"phrases\" is missing under detect");
	read_kinds(o, with);
	struct clause *c = load_alloc(l, 1, sizeof(*c));
	if (!c)
		return;
	struct any_of words = load_phrases(l, phrases);
	*c = (struct clause){.what = with ? numbers(o) : words, .at_least = 1};
	if (with)
		c->near = (struct near){words, load_within(l, n)};
	else if (yaml_get(n, "within"))
		load_fault(l, yaml_get(n, "within")->key, LOAD_FIND,
		    "say within what: with: [money]",
		    "within has to stand beside with");
	o->rule.has_find = true;
	o->rule.clauses = c;
	o->rule.n_clauses = c->what.n ? 1 : 0;
}

/* ---- allowed ---- */

static void read_limit(struct offers *o, const struct yaml_node *n,
    enum number_kind kind, struct allowance *a)
{
	struct load *l = o->l;
	if (a->has_number)
		load_fault(l, n->key, LOAD_OVER, "write an entry for each",
		    "an allowed offer has one limit");
	if (n->kind != YAML_MAP ||
	    !load_check_map(l, n,
		kind == NUMBER_MONEY ? load_keys_allowed_money
				     : load_keys_allowed_number,
		"in an allowed offer"))
		return;
	if (!o->kinds[kind])
		load_fault(l, n->key, LOAD_OVER, "add it to with: there",
		    "detect does not look for %s", load_words_number[kind]);
	a->has_number = true;
	a->number.kind = kind;
	const struct yaml_node *up_to = yaml_get(n, "up_to");
	if (up_to)
		(void)load_bound(l, up_to, kind, &a->up_to);
	else
		load_fault(l, n->key, LOAD_MISSING, "add up_to: 25",
		    "\"up_to\" is missing here");
	load_currency(l, yaml_get(n, "currency"), a->number.currency);
	if (load_over_conversation(l, yaml_get(n, "over")) && a->name)
		a->sum = load_printf(l, "%s: %s", o->rule.info.id, a->name);
}

static void read_name(
    struct offers *o, const struct yaml_node *n, struct allowance *a)
{
	struct load *l = o->l;
	if (!load_check_name(l, n))
		return;
	a->name = load_text(l, n, "name", true);
	if (!a->name)
		return;
	if (names_find(&o->names, a->name) != NAMES_NONE)
		load_fault(l, yaml_get(n, "name"), LOAD_TWICE,
		    "give one of them another name",
		    "an offer of this name is allowed already");
	else if (names_add(&o->names, a->name, 0))
		load_out_of_memory(l);
}

static void read_entry(
    struct offers *o, const struct yaml_node *n, struct allowance *a)
{
	struct load *l = o->l;
	load_check_map(l, n, load_keys_allowed, "in an allowed offer");
	if (n->kind != YAML_MAP)
		return;
	read_name(o, n, a);
	for (unsigned kind = 0; kind < N_KINDS; kind++) {
		const struct yaml_node *limit =
		    yaml_get(n, load_words_number[kind]);
		if (limit)
			read_limit(o, limit, (enum number_kind)kind, a);
	}
	(void)load_near(l, n, &a->near);
	load_when(l, yaml_get(n, "when"), &a->when);
	if (!a->has_number && !yaml_get(n, "near"))
		load_fault(l, n, LOAD_OVER,
		    "add near:, or a limit such as "
		    "money: {up_to: 25}",
		    "this entry would allow every offer");
}

static void read_allowed(struct offers *o, const struct yaml_node *n)
{
	if (!n || n->kind != YAML_LIST)
		return;
	struct allowance *all = load_alloc(o->l, n->n_children, sizeof(*all));
	if (!all)
		return;
	o->rule.allowances = all;
	for (const struct yaml_node *e = n->child; e; e = e->next)
		read_entry(o, e, &all[o->rule.n_allowances++]);
}

/* ---- the block ---- */

static void check_examples(struct load *l, const struct yaml_node *n)
{
	if (yaml_get(n, "examples"))
		return;
	load_fault(l, n->key, LOAD_OFFERS_UNTESTED,
	    "add examples: with matches: and passes:",
	    "no example shows what these offers allow");
}

static void read_rule(struct offers *o, const struct yaml_node *n)
{
	struct load *l = o->l;
	struct rule *r = &o->rule;
	load_name_rule(l, n->key, "offers", r);
	n = load_changed_rule(l, n, "offers", load_keys_offers, r);
	r->info.title = load_text(l, n, "title", false);
	if (!r->info.title)
		r->info.title = "An offer that is not allowed";
	load_rule_head(l, n, r);
	if (!yaml_get(n, "detect"))
		load_text(l, n, "detect", true);
	read_detect(o, yaml_get(n, "detect"));
	r->has_allowances = true;
	r->repeats = load_repeats(l);
	read_allowed(o, yaml_get(n, "allowed"));
	/* A refusal offers nothing. */
	r->ignore_negated = load_yes(l, yaml_get(n, "ignore_negated"), true);
	load_unless(l, yaml_get(n, "unless"), r);
	load_then(l, n, "otherwise", r);
	if (r->info.action == GUARD_ALLOW)
		load_fault(l, yaml_get(n, "otherwise"), LOAD_ACTION, NULL,
		    "what is not allowed cannot be allowed");
	check_examples(l, n);
	if (yaml_get(n, "examples"))
		load_examples(l, n, r);
}

void load_offers(struct load *l, const struct yaml_node *n)
{
	if (!n || n->kind != YAML_MAP)
		return;
	struct offers o = {.l = l};
	load_check_map(l, n, load_keys_offers, "under offers");
	size_t number = load_begin_rule(l, n, &o.rule);
	if (number == SIZE_MAX)
		return;
	read_rule(&o, n);
	names_clear(&o.names);
	load_end_rule(l, number, &o.rule);
}
