/*
 * load_sums - what adds up: amounts over a conversation, scores in totals.
 */
#include "rules/load_amounts.h"
#include "rules/load_overlay.h"
#include "rules/load_parts.h"

#include <inttypes.h>
#include <string.h>

/* ---- over ---- */

/* What says that an amount was promised before. Not "the same" or "again":
 * "I'll give you the same again" promises more. */
static const char *const repeats[] = {
    "as I said",
    "as I've said",
    "as I mentioned",
    "as I told you",
    "as I explained",
    "as we said",
    "as we discussed",
    "as discussed",
    "as mentioned",
    "as stated",
    "as noted",
    "as promised",
    "as agreed",
    "as before",
    "like I said",
    "like I mentioned",
    "I already said",
    "I already mentioned",
    "already told you",
    "said before",
    "said earlier",
    "mentioned before",
    "mentioned earlier",
    "mentioned above",
    "that same",
    "to recap",
    "to repeat",
    "to sum up",
    "to summarise",
    "to summarize",
};

uint32_t load_repeats(struct load *l)
{
	uint32_t d = load_list(l, "repeat words");
	if (d != DETECTOR_NONE)
		return d;
	size_t before = l->detectors.n;
	d = load_detector(
	    l, "repeats", &(struct detector){.kind = DETECTOR_PHRASES});
	if (d == DETECTOR_NONE || l->detectors.n == before)
		return d;
	for (size_t i = 0; i < sizeof(repeats) / sizeof(*repeats); i++)
		if (phrase_builder_add(
			l->phrases, d, repeats[i], strlen(repeats[i])))
			load_out_of_memory(l); /* nothing else can fail */
	return d;
}

bool load_over_conversation(struct load *l, const struct yaml_node *n)
{
	return load_choice(l, n, load_words_over, 0) == 1;
}

static bool check_over(struct load *l, const struct yaml_node *over,
    const struct number_range *range, const struct rule *r)
{
	if (r->has_allowances)
		load_fault(l, over->key, LOAD_OVER, "write a rule for each",
		    "only one number of a rule can add up");
	else if (range->has_below)
		load_fault(l, over->key, LOAD_OVER, "take below out",
		    "what adds up only grows: it has a limit above");
	else if (!range->has_above)
		load_fault(l, over->key, LOAD_OVER, "add above: 50",
		    "over: conversation needs the limit of the total");
	else
		return true;
	return false;
}

bool load_over(struct load *l, const struct yaml_node *number,
    struct number_range *range, struct rule *r)
{
	const struct yaml_node *over = yaml_get(number, "over");
	if (!over || !load_over_conversation(l, over) ||
	    !check_over(l, over, range, r))
		return false;
	struct allowance *a = load_alloc(l, 1, sizeof(*a));
	if (!a)
		return false;
	int64_t limit = range->above;
	range->has_above = false;
	range->above = 0;
	*a = (struct allowance){
	    .sum = r->info.id ? r->info.id : "",
	    .has_number = true,
	    .number = *range,
	    .up_to = limit,
	};
	r->has_allowances = true;
	r->allowances = a;
	r->n_allowances = 1;
	r->repeats = load_repeats(l);
	return true;
}

/* ---- totals ---- */

/* Any words that fit on a line: it is read by people and in conversation
 * tests. */
static bool is_name(const char *s)
{
	size_t n = strlen(s);
	for (const char *p = s; *p; p++)
		if (*p == '/' || (unsigned char)*p < ' ')
			return false;
	return n > 0 && n <= LOAD_MAX_ID_BYTES;
}

bool load_check_name(struct load *l, const struct yaml_node *n)
{
	const struct yaml_node *name = yaml_get(n, "name");
	if (!name || name->kind != YAML_TEXT) {
		if (!name)
			load_text(l, n, "name", true);
		return false;
	}
	if (!is_name(name->text)) {
		load_fault(l, name, LOAD_ID, "use at most 64 letters and no /",
		    "\"%s\" cannot be a name", name->text);
		return false;
	}
	return true;
}

static void read_total(struct load *l, const struct yaml_node *n)
{
	struct rule r;
	load_check_map(l, n, load_keys_total, "in a total");
	if (n->kind != YAML_MAP)
		return;
	size_t number = load_begin_rule(l, n, &r);
	if (number == SIZE_MAX)
		return;
	const char *name = yaml_get_text(n, "name");
	if (load_check_name(l, n))
		load_name_rule(l, yaml_get(n, "name"), name, &r);
	n = load_changed_rule(l, n, name, load_keys_total, &r);
	r.info.title = load_text(l, n, "title", false);
	if (!r.info.title)
		r.info.title = load_text(l, n, "name", false);
	load_rule_head(l, n, &r);
	const struct yaml_node *adds = yaml_get(n, "adds");
	if (!adds)
		load_text(l, n, "adds", true);
	else
		load_refer(l, adds, true);
	if (!yaml_get(n, "at_least"))
		load_text(l, n, "at_least", true);
	r.total.at_least =
	    load_whole(l, yaml_get(n, "at_least"), 1, 1000000, 1);
	r.total.over_conversation =
	    load_over_conversation(l, yaml_get(n, "over"));
	load_then(l, n, "then", &r);
	if (r.info.action == GUARD_ALLOW)
		load_fault(l, yaml_get(n, "then"), LOAD_ACTION, NULL,
		    "a total cannot allow anything");
	if (yaml_get(n, "examples"))
		load_examples(l, n, &r);
	load_end_rule(l, number, &r);
}

void load_totals(struct load *l, const struct yaml_node *n)
{
	const struct yaml_node *t = n && n->kind == YAML_LIST ? n->child : NULL;
	for (; t && !l->no_memory; t = t->next)
		read_total(l, t);
}

/* Why a rule cannot be a signal of the total; NULL: it can. */
static const char *unfit(const struct rule *total, const struct rule *r)
{
	if (r->total.at_least)
		return "is a total itself";
	if (!r->score)
		return "has no score";
	if (!r->has_find || r->must_also_say.n)
		return "scores by what is missing; only what is found adds up";
	if (r->info.speaker != total->info.speaker)
		return "is about another speaker than the total";
	return NULL;
}

static bool is_twice(const struct total *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (t->adds[k] == t->adds[i])
			return true;
	return false;
}

static void check_total(
    struct load *l, const struct load_refer *refer, unsigned char *is_added)
{
	const struct rule *total =
	    LOAD_ITEM(&l->rules, struct rule, refer->rule);
	uint64_t most = 0;
	l->doc = refer->doc;
	for (size_t i = 0; i < total->total.n; i++) {
		uint32_t number = total->total.adds[i];
		const struct rule *r =
		    LOAD_ITEM(&l->rules, struct rule, number);
		const char *why = unfit(total, r);
		is_added[number] = 1;
		most += r->score;
		if (is_twice(&total->total, i))
			load_fault(l, &refer->node, LOAD_TWICE, NULL,
			    "%s is added twice", r->info.id);
		if (why)
			load_fault(l, &refer->node, LOAD_NO_SCORE,
			    "a total adds rules with score: and find:", "%s %s",
			    r->info.id, why);
	}
	if (!total->total.n && load_is_whole(l) && !l->n_errors)
		load_fault(l, &refer->node, LOAD_EMPTY,
		    "name rules with score:", "this total adds nothing");
	if (total->total.n && !total->total.over_conversation &&
	    most < total->total.at_least && !l->n_errors)
		load_fault(l, &refer->node, LOAD_DEAD_TOTAL,
		    "lower at_least, or write over: conversation",
		    "one message scores at most %" PRIu64 " here: the total "
		    "can never be reached",
		    most);
}

void load_check_totals(struct load *l)
{
	unsigned char *is_added = load_alloc(l, l->rules.n + 1, 1);
	for (size_t i = 0; i < l->refers.n && is_added; i++) {
		const struct load_refer *refer =
		    LOAD_ITEM(&l->refers, struct load_refer, i);
		if (refer->adds)
			check_total(l, refer, is_added);
	}
	for (size_t i = 0; i < l->rules.n && is_added; i++) {
		const struct rule *r = LOAD_ITEM(&l->rules, struct rule, i);
		if (!r->score || is_added[i] || !r->info.id)
			continue;
		const struct load_code_row *row =
		    &load_codes[LOAD_UNUSED_SCORE];
		load_see(&(struct diag){.level = row->level,
			     .code = row->code,
			     .file = r->info.file,
			     .line = r->info.line,
			     .col = 1,
			     .width = 1,
			     .message = "no total adds this rule's score",
			     .hint = "name it under adds: of a total"},
		    l);
	}
}
