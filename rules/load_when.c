/*
 * load_when - when a rule applies, what excuses its hits, what wording it
 * requires.
 */
#include "rules/load_amounts.h"
#include "rules/load_parts.h"

#include <stdio.h>
#include <string.h>

static struct words words(struct load *l, const struct yaml_node *n)
{
	size_t count = 0;
	if (!n)
		return (struct words){0};
	const char *const *any = load_words(l, n, &count);
	return (struct words){any, any ? count : 0};
}

static enum guard_tristate tristate(struct load *l, const struct yaml_node *n)
{
	unsigned i = load_choice(l, n, load_words_yes, 2);
	return i == 2 ? GUARD_UNKNOWN : i == 1 ? GUARD_YES : GUARD_NO;
}

static struct ai_turn_range ai_turn(struct load *l, const struct yaml_node *n)
{
	struct ai_turn_range r = {0, 0};
	if (!n || n->kind != YAML_TEXT)
		return r;
	if (strcmp(n->text, "first") == 0)
		return (struct ai_turn_range){1, 1};
	static const char more[] = "more than ", less[] = "less than ";
	struct yaml_node number = *n;
	bool is_more = strncmp(n->text, more, sizeof(more) - 1) == 0;
	bool is_less = strncmp(n->text, less, sizeof(less) - 1) == 0;
	if (is_more || is_less) {
		number.text += sizeof(more) - 1;
		number.len -= sizeof(more) - 1;
	}
	uint32_t turn = load_whole(l, &number, is_less ? 2 : 1, 1000000, 0);
	if (!turn)
		return r;
	if (is_more)
		return (struct ai_turn_range){turn + 1, UINT32_MAX};
	if (is_less)
		return (struct ai_turn_range){1, turn - 1};
	return (struct ai_turn_range){turn, turn};
}

static bool has_word(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->any[i], word) == 0)
			return true;
	return false;
}

static void check_segments(
    struct load *l, const struct yaml_node *n, const struct when *w)
{
	for (size_t i = 0; i < w->segment.n; i++)
		if (!has_word(&w->segment_not, w->segment.any[i]))
			return;
	if (w->segment.n)
		load_fault(l, yaml_get(n, "segment_not")->key, LOAD_DEAD,
		    "take the segments out of one of the two",
		    "this never holds: segment_not has every segment that "
		    "segment asks for");
}

/* A word that no conversation has: most likely misspelt. */
static void check_words(struct load *l, const struct yaml_node *n,
    const struct names *known, const char *what)
{
	bool list = n && n->kind == YAML_LIST;
	const struct yaml_node *w = list ? n->child : n;
	for (; w && known->n; w = list ? w->next : NULL) {
		char hint[200] = "take it out, or add it to interactions:";
		if (w->kind != YAML_TEXT ||
		    names_find(known, w->text) != NAMES_NONE)
			continue;
		const char *near = names_nearest(known, w->text);
		if (near)
			snprintf(
			    hint, sizeof(hint), "did you mean \"%s\"?", near);
		load_fault(l, w, LOAD_DEAD, hint,
		    "interactions: has no %s \"%s\"", what, w->text);
	}
}

void load_when(struct load *l, const struct yaml_node *n, struct when *w)
{
	if (!n || n->kind != YAML_MAP ||
	    !load_check_map(l, n, load_keys_when, "under when"))
		return;
	w->set = n->n_children > 0;
	w->channel = words(l, yaml_get(n, "channel"));
	w->segment = words(l, yaml_get(n, "segment"));
	w->segment_not = words(l, yaml_get(n, "segment_not"));
	check_segments(l, n, w);
	w->language = words(l, yaml_get(n, "language"));
	w->interaction_type = words(l, yaml_get(n, "interaction_type"));
	w->zone = words(l, yaml_get(n, "zone"));
	check_words(l, yaml_get(n, "interaction_type"), &l->type_words, "type");
	check_words(l, yaml_get(n, "zone"), &l->zone_words, "zone");
	w->customer_is = words(l, yaml_get(n, "customer_is"));
	w->hours = load_hours(l, yaml_get(n, "hours"));
	if (w->hours.set)
		w->zone_rules = load_zone(l, yaml_get(n, "hours"));
	w->ai_turn = ai_turn(l, yaml_get(n, "ai_turn"));
	w->resolved = tristate(l, yaml_get(n, "resolved"));
	w->repeat_contact = tristate(l, yaml_get(n, "repeat_contact"));
}

/* ---- unless ---- */

static uint32_t excuse_number(struct load *l, const struct yaml_node *excuse,
    const char *key, enum number_kind kind)
{
	char where[32];
	const struct yaml_node *n = yaml_get(excuse, key);
	snprintf(where, sizeof(where), "under %s", key);
	struct number_range range;
	if (!load_range(l, n, kind, where, &range))
		return DETECTOR_NONE;
	const struct yaml_node *near = yaml_get(n, "near");
	const struct yaml_node *over = yaml_get(n, "over");
	if (near)
		load_fault(l, near->key, LOAD_FIND, "take it out",
		    "an exception counts wherever it stands in the sentence");
	if (over)
		load_fault(l, over->key, LOAD_OVER, "take it out",
		    "an exception does not add up");
	return load_number(l, &range);
}

/* Words and numbers that excuse from anywhere in the sentence. */
static struct any_of read_beside(struct load *l, const struct yaml_node *n)
{
	static const struct {
		const char *key;
		enum number_kind kind;
	} numbers[] = {
	    {"percent", NUMBER_PERCENT},
	    {"money", NUMBER_MONEY},
	    {"duration", NUMBER_DURATION},
	    {"count", NUMBER_COUNT},
	};
	const size_t n_numbers = sizeof(numbers) / sizeof(*numbers);
	struct any_of phrases = load_phrases(l, yaml_get(n, "phrases"));
	uint32_t *all = load_alloc(l, phrases.n + n_numbers, sizeof(*all));
	if (!all)
		return (struct any_of){0};
	struct any_of out = {all, phrases.n};
	for (size_t i = 0; i < phrases.n; i++)
		all[i] = phrases.detectors[i];
	for (size_t i = 0; i < n_numbers; i++) {
		all[out.n] =
		    excuse_number(l, n, numbers[i].key, numbers[i].kind);
		out.n += all[out.n] != DETECTOR_NONE;
	}
	return out;
}

/* How far the words and numbers of an exception reach. */
static bool in_clause(
    struct load *l, const struct yaml_node *n, const struct any_of *beside)
{
	const struct yaml_node *within = yaml_get(n, "within");
	if (!within)
		return false;
	if (!beside->n)
		load_fault(l, within->key, LOAD_FIND,
		    "write phrases: [...] beside it, or take it out",
		    "within has to stand beside phrases or a number");
	return load_choice(l, within, load_words_reach, 0) == 1;
}

static void read_excuse(
    struct load *l, const struct yaml_node *n, struct excuse *e)
{
	if (!load_check_map(l, n, load_keys_unless, "under unless"))
		return;
	e->beside = read_beside(l, n);
	e->in_clause = in_clause(l, n, &e->beside);
	e->approval = load_text(l, n, "approval", false);
	const struct yaml_node *said = yaml_get(n, "said_by_customer");
	e->said_by_customer = load_yes(l, said, false);
	if (said && yaml_is(said, "no"))
		load_fault(l, said, LOAD_VALUE, "leave it out",
		    "only said_by_customer: yes can excuse");
	const struct yaml_node *texts = yaml_get(n, "text_is");
	size_t count = 0;
	if (texts && !yaml_check_list(l->doc, texts, load_see, l) &&
	    !yaml_check_sentences(l->doc, texts, NULL, load_see, l))
		e->texts = load_words(l, texts, &count);
	e->until_us = load_date(l, yaml_get(n, "until"), 1);
	e->until = load_text(l, n, "until", false);
	e->file = load_printf(l, "%s", n->file);
	e->line = n->line;
	if (!e->beside.n && !yaml_get(n, "approval") && !said && !texts)
		load_fault(l, n, LOAD_EMPTY,
		    "say what excuses: phrases, money, approval, "
		    "said_by_customer or text_is",
		    "this exception excuses nothing");
}

void load_unless(struct load *l, const struct yaml_node *n, struct rule *r)
{
	if (!n || n->kind != YAML_LIST)
		return;
	if (!r->has_find) {
		load_fault(l, n->key, LOAD_FIND, "use when: instead",
		    "unless excuses what find has found; there is no find");
		return;
	}
	struct excuse *all = load_alloc(l, n->n_children, sizeof(*all));
	if (!all)
		return;
	for (const struct yaml_node *e = n->child; e; e = e->next)
		read_excuse(l, e, &all[r->n_unless++]);
	r->unless = all;
}

/* ---- required wording ---- */

static struct any_of read_wording(struct load *l, const struct yaml_node *n)
{
	if (!load_check_map(l, n, load_keys_must_item, "in required wording"))
		return (struct any_of){0};
	const struct yaml_node *phrases = yaml_get(n, "phrases");
	if (!phrases)
		load_fault(
		    l, n, LOAD_MISSING, NULL, "\"phrases\" is missing here");
	return load_phrases(l, phrases);
}

void load_must(struct load *l, const struct yaml_node *n, struct must *m)
{
	if (!n)
		return;
	const struct yaml_node *all = n;
	if (n->kind != YAML_LIST) {
		if (!load_check_map(
			l, n, load_keys_must, "under required wording"))
			return;
		m->where = load_choice(l, yaml_get(n, "where"),
		    load_words_where, MUST_SAME_MESSAGE);
		all = yaml_get(n, "all");
	}
	if (!all || !all->child) {
		load_fault(l, n, LOAD_EMPTY, "add: - phrases: [...]",
		    "no wording is required here");
		return;
	}
	struct any_of *items = load_alloc(l, all->n_children, sizeof(*items));
	if (!items)
		return;
	for (const struct yaml_node *i = all->child; i; i = i->next)
		items[m->n++] = read_wording(l, i);
	m->all = items;
}
