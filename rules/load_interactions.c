/*
 * load_interactions - interactions: and bot_must_answer_within: of policy.yaml.
 * What a zone does becomes rules, policy/NAME, that hand its conversations off:
 * of the customer's messages, before the bot is asked, and of the AI's.
 */
#include "rules/interaction.h"
#include "rules/load_amounts.h"
#include "rules/load_parts.h"
#include "rules/load_words.h"

#include <stdio.h>
#include <string.h>

#define MAX_ANSWER_MS 600000u

struct reader {
	struct load *l;
	struct interactions *x;
	struct names zones;             /* that zone_behaviour defines */
	const struct yaml_node **nodes; /* of each zone */
	bool *used;
};

/* ---- what a zone does ---- */

/* "2 ai turns". */
static uint32_t read_turns(struct load *l, const struct yaml_node *n)
{
	if (!n || n->kind != YAML_TEXT)
		return 0;
	size_t digits = strspn(n->text, "0123456789");
	const char *unit = n->text + digits;
	if (!digits ||
	    (strcmp(unit, " ai turns") != 0 && strcmp(unit, " ai turn") != 0)) {
		load_fault(l, n, LOAD_NUMBER, "write 2 ai turns",
		    "\"%s\" is not a number of turns of the AI", n->text);
		return 0;
	}
	struct yaml_node number = *n;
	char *text = load_printf(l, "%.*s", (int)digits, n->text);
	number.text = text ? text : "";
	number.len = digits;
	return load_whole(l, &number, 1, 1000, 0);
}

static void check_zone(
    struct load *l, const struct yaml_node *n, const struct interaction_zone *z)
{
	const struct yaml_node *after = yaml_get(n, "hand_off_after");
	const struct yaml_node *then = yaml_get(n, "then");
	if (!yaml_get(n, "ai_sends"))
		load_fault(l, n->key, LOAD_MISSING,
		    "add ai_sends: yes, no or drafts to a human",
		    "\"ai_sends\" is missing in the zone \"%s\"", z->name);
	if (after && z->sends != AI_SENDS_YES)
		load_fault(l, after->key, LOAD_ZONE_BEHAVIOUR, "take it out",
		    "the AI has no turns in a zone where it sends nothing "
		    "itself");
	if (then && z->sends == AI_SENDS_YES && !after)
		load_fault(l, then->key, LOAD_ZONE_BEHAVIOUR,
		    "add hand_off_after: 2 ai turns, or take it out",
		    "nothing happens in a zone where the AI just sends");
}

static void read_zone(struct reader *r, const struct yaml_node *n)
{
	struct load *l = r->l;
	size_t number = r->x->n_zones;
	struct interaction_zone *z =
	    (struct interaction_zone *)&r->x->zones[number];
	if (!load_check_map(l, n, load_keys_zone, "in a zone"))
		return;
	*z = (struct interaction_zone){
	    .name = load_printf(l, "%s", n->key->text),
	    .sends = (enum ai_sends)load_choice(
		l, yaml_get(n, "ai_sends"), load_words_ai_sends, AI_SENDS_NO),
	    .turns = read_turns(l, yaml_get(n, "hand_off_after")),
	    .line = n->key->line,
	};
	check_zone(l, n, z);
	r->nodes[number] = n;
	r->x->n_zones++;
	if (z->name && names_add(&r->zones, z->name, (uint32_t)number))
		load_out_of_memory(l);
}

static void read_zone_behaviour(struct reader *r, const struct yaml_node *n)
{
	size_t count = n && n->kind == YAML_MAP ? n->n_children : 0;
	if (!count)
		return;
	r->x->zones = load_alloc(r->l, count, sizeof(*r->x->zones));
	r->nodes = load_alloc(r->l, count, sizeof(*r->nodes));
	r->used = load_alloc(r->l, count, sizeof(*r->used));
	if (r->l->no_memory)
		return;
	for (const struct yaml_node *z = n->child; z; z = z->next)
		read_zone(r, z);
}

/* ---- the matrix ---- */

static uint32_t zone_named(struct reader *r, const struct yaml_node *n)
{
	if (n->kind != YAML_TEXT)
		return 0;
	uint32_t zone = names_find(&r->zones, n->text);
	if (zone == NAMES_NONE) {
		const char *near = names_nearest(&r->zones, n->text);
		char hint[200] =
		    "define it under zone_behaviour: NAME: {ai_sends: yes}";
		if (near)
			snprintf(
			    hint, sizeof(hint), "did you mean \"%s\"?", near);
		load_fault(r->l, n, LOAD_NO_ZONE, hint,
		    "the zone \"%s\" is not defined", n->text);
		return 0;
	}
	r->used[zone] = true;
	return zone;
}

static void read_row(
    struct reader *r, const struct yaml_node *zones, enum complexity complexity)
{
	static const char *const rows[] = {[COMPLEXITY_LOW] = "low complexity",
	    [COMPLEXITY_HIGH] = "high complexity"};
	const struct yaml_node *row = yaml_get(zones, rows[complexity]);
	if (!row) {
		load_fault(r->l, zones->key, LOAD_MISSING,
		    "the matrix has four zones: low and high complexity, each "
		    "calm and upset",
		    "\"%s\" is missing under zones", rows[complexity]);
		return;
	}
	if (row->kind != YAML_MAP ||
	    !load_check_map(r->l, row, load_keys_zone_row, "under zones"))
		return;
	for (unsigned e = 0; e < EMOTIONS; e++) {
		const struct yaml_node *zone =
		    yaml_get(row, load_words_emotion[e]);
		if (zone)
			r->x->zone_of[complexity][e] = zone_named(r, zone);
		else
			load_fault(r->l, row->key, LOAD_MISSING, NULL,
			    "\"%s\" is missing under %s", load_words_emotion[e],
			    rows[complexity]);
	}
}

static void read_zones(struct reader *r, const struct yaml_node *n)
{
	if (!n || n->kind != YAML_MAP ||
	    !load_check_map(r->l, n, load_keys_zones, "under zones"))
		return;
	read_row(r, n, COMPLEXITY_LOW);
	read_row(r, n, COMPLEXITY_HIGH);
	for (size_t i = 0; i < r->x->n_zones; i++)
		if (!r->used[i])
			load_fault(r->l, r->nodes[i]->key, LOAD_UNUSED,
			    "name it under zones:",
			    "no conversation is in the zone \"%s\"",
			    r->x->zones[i].name);
}

/* ---- types ---- */

static void read_type(
    struct load *l, const struct yaml_node *n, struct interaction_type *t)
{
	t->name = load_printf(l, "%s", n->key->text);
	t->line = n->key->line;
	t->complexity = COMPLEXITY_HIGH;
	if (!load_check_map(l, n, load_keys_interaction, "in a type"))
		return;
	if (!yaml_get(n, "complexity"))
		load_fault(l, n->key, LOAD_MISSING, "add complexity: high",
		    "\"complexity\" is missing in the type \"%s\"", t->name);
	t->complexity = (enum complexity)load_choice(l,
	    yaml_get(n, "complexity"), load_words_complexity, COMPLEXITY_HIGH);
	t->emotion = (enum emotion)load_choice(
	    l, yaml_get(n, "emotion"), load_words_emotion, EMOTION_CALM);
}

static void read_types(struct reader *r, const struct yaml_node *n)
{
	size_t count = n && n->kind == YAML_MAP ? n->n_children : 0;
	struct interaction_type *all =
	    load_alloc(r->l, count + 1, sizeof(*all));
	if (!all)
		return;
	r->x->types = all;
	for (const struct yaml_node *t = count ? n->child : NULL; t;
	     t = t->next)
		read_type(r->l, t, &all[r->x->n_types++]);
}

/* ---- upset ---- */

/* yes, or "within 7 days": the days are those of whoever tells us. */
static void read_repeat(struct reader *r, const struct yaml_node *n)
{
	static const char within[] = "within ";
	if (!n || n->kind != YAML_TEXT)
		return;
	const char *days = n->text + sizeof(within) - 1;
	bool good = yaml_is(n, "yes") ||
	    (strncmp(n->text, within, sizeof(within) - 1) == 0 &&
		strspn(days, "0123456789") > 0 &&
		(strcmp(days + strspn(days, "0123456789"), " days") == 0 ||
		    strcmp(days, "1 day") == 0));
	if (!good)
		load_fault(r->l, n, LOAD_VALUE, "write within 7 days",
		    "this is not when a contact is a repeated one");
	r->x->upset_by_repeat = good;
}

/* All phrases of the list as the one clause of a rule. */
static struct any_of read_upset_phrases(
    struct reader *r, const struct yaml_node *n)
{
	struct any_of all = {0};
	for (const struct yaml_node *i = n->child; i; i = i->next) {
		if (!load_check_map(
			r->l, i, load_keys_upset, "under upset_when"))
			continue;
		read_repeat(r, yaml_get(i, "repeat_contact"));
		struct any_of more = load_phrases(r->l, yaml_get(i, "phrases"));
		uint32_t *both =
		    load_alloc(r->l, all.n + more.n + 1, sizeof(*both));
		if (!both)
			return (struct any_of){0};
		for (size_t k = 0; k < all.n + more.n; k++)
			both[k] = k < all.n ? all.detectors[k]
					    : more.detectors[k - all.n];
		all = (struct any_of){both, all.n + more.n};
		if (!i->n_children)
			load_fault(r->l, i, LOAD_EMPTY,
			    "say phrases: [...] or repeat_contact: within 7 "
			    "days",
			    "nobody is upset by this");
	}
	return all;
}

/* ---- the rules ---- */

/* A rule of the policy's own, not yet among the rules. */
static size_t begin(struct load *l, const struct yaml_node *at,
    const char *name, struct rule *rule)
{
	size_t number = load_begin_rule(l, at, rule);
	if (number == SIZE_MAX)
		return number;
	load_name_rule(l, at->key, name, rule);
	rule->info.line = at->key->line;
	rule->at = rule->find_at = rule->must_at =
	    (struct rule_place){at->key->line, at->key->col, at->key->width};
	rule->info.owner = l->pack->owner;
	rule->info.version = l->pack->version;
	rule->info.severity = GUARD_SEVERITY_LOW;
	rule->info.mode = GUARD_ENFORCE;
	return number;
}

static void read_upset(struct reader *r, const struct yaml_node *n)
{
	struct rule rule;
	struct clause *clause = load_alloc(r->l, 1, sizeof(*clause));
	if (!n || n->kind != YAML_LIST || !clause)
		return;
	*clause =
	    (struct clause){.what = read_upset_phrases(r, n), .at_least = 1};
	if (!clause->what.n)
		return;
	size_t number = begin(r->l, n, "upset", &rule);
	if (number == SIZE_MAX)
		return;
	rule.info.title = "The customer is upset";
	rule.info.speaker = GUARD_CUSTOMER;
	rule.info.action = GUARD_LOG;
	rule.has_find = rule.remembered = true;
	rule.clauses = clause;
	rule.n_clauses = 1;
	load_end_rule(r->l, number, &rule);
}

static const char *title_of(struct load *l, const struct interaction_zone *z)
{
	switch (z->sends) {
	case AI_SENDS_NO:
		return "A person leads this conversation";
	case AI_SENDS_DRAFTS:
		return "What the AI writes here is a draft for a person";
	case AI_SENDS_YES:
		break;
	}
	return load_printf(l, "A person goes on after %u turn%s of the AI",
	    (unsigned)z->turns, z->turns == 1 ? "" : "s");
}

/* What becomes of its conversations. */
static void read_action(
    struct load *l, const struct yaml_node *n, struct rule *action)
{
	const struct yaml_node *then = yaml_get(n, "then");
	bool handoff = then && load_action_of(then) == GUARD_HANDOFF;
	*action = (struct rule){0};
	if (handoff)
		load_then(l, n, "then", action);
	else
		load_then_handoff(l, action);
	if (then && !handoff)
		load_fault(l, then, LOAD_ACTION, "write then: handoff",
		    "a zone hands over to a person; it does nothing else");
}

static void add_rule(struct reader *r, size_t zone, const struct rule *action,
    enum guard_speaker speaker)
{
	struct load *l = r->l;
	const struct interaction_zone *z = &r->x->zones[zone];
	bool second = speaker == GUARD_AI && z->sends != AI_SENDS_DRAFTS;
	char *name = load_printf(l, "%s%s", z->name, second ? " (ai)" : "");
	const char **word = load_alloc(l, 1, sizeof(*word));
	struct rule rule;
	size_t number =
	    word && name ? begin(l, r->nodes[zone], name, &rule) : SIZE_MAX;
	if (number == SIZE_MAX)
		return;
	*word = z->name;
	rule.info.title = title_of(l, z);
	rule.info.speaker = speaker;
	rule.info.by_zone = true;
	rule.info.action = action->info.action;
	rule.text = action->text;
	rule.queue = action->queue;
	rule.priority = action->priority;
	rule.include = action->include;
	if (z->sends != AI_SENDS_DRAFTS) {
		rule.once = load_printf(l, "%s/%s", l->pack->name, z->name);
		rule.remembered = speaker == GUARD_CUSTOMER;
	}
	rule.when = (struct when){.set = true, .zone = {word, 1}};
	if (z->turns)
		rule.when.ai_turn =
		    (struct ai_turn_range){z->turns + 1, UINT32_MAX};
	load_end_rule(l, number, &rule);
}

/* Before the bot is asked, by what the customer writes; and whatever the AI
 * says first. A draft has to be written to be one. */
static void add_rules(struct reader *r)
{
	for (size_t i = 0; i < r->x->n_zones && !r->l->no_memory; i++) {
		const struct interaction_zone *z = &r->x->zones[i];
		struct rule action;
		if (!z->name || (z->sends == AI_SENDS_YES && !z->turns))
			continue;
		read_action(r->l, r->nodes[i], &action);
		if (z->sends != AI_SENDS_DRAFTS)
			add_rule(r, i, &action, GUARD_CUSTOMER);
		add_rule(r, i, &action, GUARD_AI);
	}
}

static void read_interactions(struct load *l, const struct yaml_node *n)
{
	static const char *const needed[] = {
	    "types", "zones", "zone_behaviour", NULL};
	struct interactions *x = load_alloc(l, 1, sizeof(*x));
	struct reader r = {.l = l, .x = x};
	if (!x || n->kind != YAML_MAP)
		return;
	load_check_map(l, n, load_keys_interactions, "under interactions");
	for (size_t i = 0; needed[i]; i++)
		if (!yaml_get(n, needed[i]))
			load_fault(l, n->key, LOAD_MISSING, NULL,
			    "\"%s\" is missing under interactions", needed[i]);
	x->upset_rule = SIZE_MAX;
	read_types(&r, yaml_get(n, "types"));
	read_zone_behaviour(&r, yaml_get(n, "zone_behaviour"));
	read_zones(&r, yaml_get(n, "zones"));
	read_upset(&r, yaml_get(n, "upset_when"));
	add_rules(&r);
	names_clear(&r.zones);
	l->policy->interactions = x;
}

/* ---- how long the bot may take ---- */

/* "10 s", "500 ms", "2 min"; 0 after reporting. */
static uint32_t read_ms(struct load *l, const struct yaml_node *n)
{
	static const struct {
		const char *unit;
		uint32_t ms;
	} units[] = {{" ms", 1}, {" s", 1000}, {" min", 60000}};
	size_t digits = n->text ? strspn(n->text, "0123456789") : 0;
	for (size_t i = 0; digits && digits < 7 && i < 3; i++) {
		uint64_t ms = 0;
		if (strcmp(n->text + digits, units[i].unit) != 0)
			continue;
		for (size_t k = 0; k < digits; k++)
			ms = ms * 10 + (uint64_t)(n->text[k] - '0');
		ms *= units[i].ms;
		if (ms >= 1 && ms <= MAX_ANSWER_MS)
			return (uint32_t)ms;
	}
	load_fault(l, n, LOAD_NUMBER, "write 10 s; at most 10 min",
	    "this is not how long a bot may take");
	return 0;
}

static void read_limit(struct load *l, const struct yaml_node *n)
{
	const struct interactions *x = l->policy->interactions;
	struct names zones = {0};
	for (size_t i = 0; x && i < x->n_zones; i++) {
		struct interaction_zone *z =
		    (struct interaction_zone *)&x->zones[i];
		if (z->name && names_add(&zones, z->name, 0))
			load_out_of_memory(l);
		if (!z->name || strcmp(z->name, n->key->text) != 0)
			continue;
		z->answer_ms = read_ms(l, n);
		names_clear(&zones);
		return;
	}
	const char *near = names_nearest(&zones, n->key->text);
	char hint[200] = "name a zone of interactions:, or write "
			 "bot_must_answer_within: 10 s";
	if (near)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	load_fault(l, n->key, LOAD_NO_ZONE, hint,
	    "the zone \"%s\" is not defined", n->key->text);
	names_clear(&zones);
}

static void read_answer_within(struct load *l, const struct yaml_node *n)
{
	static const char *const actions[] = {"handoff", "block", NULL};
	struct guard_policy *p = l->policy;
	struct guard_fallback *f = &p->fallback[GUARD_BOT_LATE];
	const struct yaml_node *then = yaml_get(n, "then");
	bool block = load_choice(l, then, actions, 0) == 1;
	*f = (struct guard_fallback){
	    .action = block ? GUARD_BLOCK : GUARD_HANDOFF,
	    .say = block ? LOAD_DEFAULT_BLOCK : p->handoff_say,
	    .queue = p->handoff_queue,
	    .priority = p->handoff_priority,
	    .include = p->include,
	};
	if (!n)
		return;
	p->fallback_line[GUARD_BOT_LATE] = n->key->line;
	if (n->kind == YAML_TEXT)
		p->answer_ms = read_ms(l, n);
	else if (n->kind == YAML_LIST || !n->n_children)
		load_fault(l, n, LOAD_SHAPE, "write 10 s, or {ZONE: 10 s}",
		    "a time, or a time for each zone is expected here");
	for (const struct yaml_node *z = n->kind == YAML_MAP ? n->child : NULL;
	     z; z = z->next)
		if (z != then)
			read_limit(l, z);
}

static void add_words(
    struct load *l, struct names *to, const struct yaml_node *map)
{
	const struct yaml_node *n =
	    map && map->kind == YAML_MAP ? map->child : NULL;
	for (; n; n = n->next)
		if (names_add(to, n->key->text, 0))
			load_out_of_memory(l);
}

void load_interaction_words(struct load *l, const struct yaml_node *root)
{
	const struct yaml_node *n = yaml_get(root, "interactions");
	if (!n || n->kind != YAML_MAP)
		return;
	add_words(l, &l->type_words, yaml_get(n, "types"));
	add_words(l, &l->zone_words, yaml_get(n, "zone_behaviour"));
}

void load_interactions(struct load *l, const struct yaml_node *root)
{
	const struct yaml_node *n = yaml_get(root, "interactions");
	if (l->no_memory)
		return;
	if (n)
		read_interactions(l, n);
	read_answer_within(l, yaml_get(root, "bot_must_answer_within"));
}
