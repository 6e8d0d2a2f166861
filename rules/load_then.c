/*
 * load_then - what a rule does: one action with its texts. Every text a
 * customer may read is kept to be judged by the policy itself.
 */
#include "rules/load_amounts.h"
#include "rules/load_parts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char redacted[] = "[removed]";
static const char block_say[] = LOAD_DEFAULT_BLOCK;

void load_own_text(struct load *l, const struct yaml_node *n, const char *text)
{
	if (!n || !text)
		return;
	if (!*text && n->key && strcmp(n->key->text, "say") == 0)
		load_fault(l, n, LOAD_EMPTY,
		    "write what happens next, or leave say out",
		    "the customer would be told nothing");
	if (!*text)
		return;
	struct load_text *t = load_push(l, &l->texts);
	if (t)
		*t = (struct load_text){.text = text, .at = *n, .doc = l->doc};
}

const char *load_priority(struct load *l, const struct yaml_node *n)
{
	unsigned i = load_choice(l, n, load_words_priority, 4);
	return load_words_priority[i];
}

const char *load_queue(struct load *l, const struct yaml_node *n)
{
	if (!n || n->kind != YAML_TEXT)
		return NULL;
	uint32_t i = names_find(&l->queue_names, n->text);
	if (i != NAMES_NONE)
		return l->policy->queues[i].name;
	const char *near = names_nearest(&l->queue_names, n->text);
	char hint[200] = "define it under queues: in policy.yaml";
	if (near)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	load_fault(l, n, LOAD_NO_QUEUE, hint, "the queue \"%s\" is not defined",
	    n->text);
	return NULL;
}

unsigned load_include(struct load *l, const struct yaml_node *n)
{
	bool list = n && n->kind == YAML_LIST;
	const struct yaml_node *i = list ? n->child : n;
	unsigned bits = 0;
	for (; i; i = list ? i->next : NULL) {
		if (i->kind != YAML_TEXT) {
			load_fault(l, i, LOAD_SHAPE, NULL,
			    "transcript, withheld_draft, ... is expected here");
			continue;
		}
		unsigned bit =
		    load_choice(l, i, load_words_include, GUARD_INCLUDES);
		if (bit < GUARD_INCLUDES)
			bits |= 1u << bit;
	}
	if (list && !n->child)
		load_fault(l, n, LOAD_EMPTY,
		    "leave it out: then the person sees everything",
		    "the person would see nothing");
	if (bits && !(bits & GUARD_INCLUDE_TRANSCRIPT))
		load_fault(l, n, LOAD_INCLUDE, "add transcript",
		    "the person does not see what has been said, and will ask "
		    "the customer again");
	return bits;
}

static bool is_empty(const struct yaml_node *n)
{
	return n->kind == YAML_TEXT ? n->len == 0 : n->n_children == 0;
}

/* {say: ...} under block or handoff; the text alone is the common mistake. */
static bool check_options(struct load *l, const struct yaml_node *n,
    const struct load_key *keys, const char *where)
{
	return is_empty(n) || load_check_map(l, n, keys, where);
}

static void then_redact(
    struct load *l, const struct yaml_node *n, struct rule *r)
{
	r->text = redacted;
	if (!check_options(l, n, load_keys_redact, "under redact"))
		return;
	const struct yaml_node *with = yaml_get(n, "with");
	if (!with || with->kind != YAML_TEXT)
		return;
	r->text = load_sentence(l, with);
	load_own_text(l, with, r->text);
}

static void then_text(struct load *l, const struct yaml_node *n, struct rule *r)
{
	r->text = load_sentence(l, n);
	if (r->text && !*r->text)
		load_fault(l, n, LOAD_EMPTY, NULL, "this text is empty");
	load_own_text(l, n, r->text);
}

/* Added wording must not run into the message it is added to: where the
 * author wrote no white space between, a blank line or a space is put there. */
static void set_apart(
    struct load *l, struct rule *r, const char *before, const char *after)
{
	size_t len = r->text ? strlen(r->text) : 0;
	size_t size = strlen(before) + len + strlen(after) + 1;
	char *text = len ? arena_alloc(&l->policy->arena, size) : NULL;
	if (len && !text)
		l->no_memory = true;
	if (!text)
		return;
	snprintf(text, size, "%s%s%s", before, r->text, after);
	r->text = text;
}

static void then_append(
    struct load *l, const struct yaml_node *n, struct rule *r)
{
	then_text(l, n, r);
	if (r->text && !strchr(" \t\r\n", r->text[0]))
		set_apart(l, r, "\n\n", "");
}

static void then_prepend(
    struct load *l, const struct yaml_node *n, struct rule *r)
{
	then_text(l, n, r);
	size_t len = r->text ? strlen(r->text) : 0;
	if (len && !strchr(" \t\r\n", r->text[len - 1]))
		set_apart(l, r, "", " ");
}

static void then_block(
    struct load *l, const struct yaml_node *n, struct rule *r)
{
	r->text = block_say;
	if (!check_options(l, n, load_keys_block, "under block"))
		return;
	const struct yaml_node *say = yaml_get(n, "say");
	if (!say)
		return;
	r->text = load_sentence(l, say);
	load_own_text(l, say, r->text);
}

static const char *queue_priority(const struct load *l, const char *queue)
{
	const struct guard_policy *p = l->policy;
	uint32_t i = queue ? names_find(&l->queue_names, queue) : NAMES_NONE;
	const char *own = i == NAMES_NONE ? NULL : p->queues[i].priority;
	return own ? own : p->handoff_priority;
}

static void then_handoff(
    struct load *l, const struct yaml_node *n, struct rule *r)
{
	r->text = l->policy->handoff_say;
	r->queue = l->policy->handoff_queue;
	if (!is_empty(n) &&
	    load_check_map(l, n, load_keys_handoff, "under handoff")) {
		const char *queue = load_queue(l, yaml_get(n, "queue"));
		if (queue)
			r->queue = queue;
		const struct yaml_node *say = yaml_get(n, "say");
		if (say) {
			r->text = load_sentence(l, say);
			load_own_text(l, say, r->text);
		}
		r->priority = load_priority(l, yaml_get(n, "priority"));
		r->include = load_include(l, yaml_get(n, "include"));
	}
	if (!r->priority)
		r->priority = queue_priority(l, r->queue);
}

void load_then_handoff(struct load *l, struct rule *r)
{
	static const struct yaml_node nothing = {.kind = YAML_TEXT, .text = ""};
	r->info.action = GUARD_HANDOFF;
	then_handoff(l, &nothing, r);
}

static void then_allow(
    struct load *l, const struct yaml_node *n, struct rule *r)
{
	if (!load_check_map(l, n, load_keys_allow, "under allow"))
		return;
	const struct yaml_node *rules = yaml_get(n, "rules");
	if (!rules || is_empty(rules)) {
		load_fault(l, n->key, LOAD_MISSING, NULL,
		    "\"rules\" is missing under allow");
		return;
	}
	bool only_text = r->n_clauses == 1 &&
	    LOAD_ITEM(
		&l->detectors, struct detector, r->clauses[0].what.detectors[0])
		    ->kind == DETECTOR_TEXT_IS;
	if (!only_text || !r->to_us)
		load_fault(l, n->key, LOAD_ACTION,
		    "add find: text_is: and effective: to:",
		    "allow needs the exact text and an end date");
	load_refer(l, rules, false);
}

static const struct {
	const char *name;
	enum guard_action action;
	void (*read)(struct load *, const struct yaml_node *, struct rule *);
} actions[] = {
    {"log", GUARD_LOG, NULL},
    {"flag", GUARD_FLAG, NULL},
    {"redact", GUARD_REDACT, then_redact},
    {"prepend", GUARD_PREPEND, then_prepend},
    {"append", GUARD_APPEND, then_append},
    {"replace", GUARD_REPLACE, then_text},
    {"block", GUARD_BLOCK, then_block},
    {"handoff", GUARD_HANDOFF, then_handoff},
    {"allow", GUARD_ALLOW, then_allow},
};
#define N_ACTIONS (sizeof(actions) / sizeof(*actions))

static size_t find_action(const char *name)
{
	size_t i = 0;
	while (i < N_ACTIONS && strcmp(actions[i].name, name) != 0)
		i++;
	return i;
}

static void check_speaker(
    struct load *l, const struct yaml_node *n, const struct rule *r)
{
	enum guard_action a = r->info.action;
	if (r->info.speaker == GUARD_CUSTOMER && a != GUARD_LOG &&
	    a != GUARD_FLAG && a != GUARD_HANDOFF)
		load_fault(l, n, LOAD_ACTION, "use log, flag or handoff",
		    "what a customer says cannot be changed or withheld");
	if (a == GUARD_REDACT && !r->has_find)
		load_fault(l, n, LOAD_ACTION, "add find:",
		    "there is nothing to redact: the rule finds nothing");
}

/* "then: handoff", or "then: {handoff: {...}}". */
void load_then(struct load *l, const struct yaml_node *rule, const char *key,
    struct rule *r)
{
	const struct yaml_node *then = yaml_get(rule, key);
	if (!then) {
		char hint[64];
		snprintf(hint, sizeof(hint), "add %s: handoff", key);
		load_fault(l, rule->child ? rule->child->key : rule,
		    LOAD_MISSING, hint, "\"%s\" is missing here", key);
		return;
	}
	const struct yaml_node *n = then;
	size_t i = N_ACTIONS;
	static const struct yaml_node nothing = {.kind = YAML_TEXT, .text = ""};
	const struct yaml_node *value = &nothing;
	if (then->kind == YAML_TEXT) {
		const char *names[N_ACTIONS + 1] = {NULL};
		for (size_t k = 0; k < N_ACTIONS; k++)
			names[k] = actions[k].name;
		i = load_choice(l, then, names, N_ACTIONS);
	} else if (load_check_map(l, then, load_keys_then, "under then")) {
		if (then->n_children != 1) {
			load_fault(l, then, LOAD_ACTION,
			    "write two rules for two actions",
			    "a rule has exactly one action");
			return;
		}
		n = value = then->child;
		i = find_action(n->key->text);
	}
	if (i == N_ACTIONS)
		return;
	r->info.action = actions[i].action;
	if (value == &nothing && r->info.action >= GUARD_PREPEND &&
	    r->info.action <= GUARD_REPLACE) {
		load_fault(l, then, LOAD_EMPTY, NULL,
		    "write the text: then: {%s: ...}", actions[i].name);
		return;
	}
	if (value == &nothing && r->info.action == GUARD_ALLOW) {
		load_fault(l, then, LOAD_MISSING, NULL,
		    "write the rules: then: {allow: {rules: [...]}}");
		return;
	}
	if (actions[i].read)
		actions[i].read(l, value, r);
	else if (!is_empty(value))
		load_fault(l, value, LOAD_SHAPE, NULL, "%s takes no options",
		    actions[i].name);
	if (r->text == redacted || r->text == block_say)
		load_own_text(l, then, r->text);
	check_speaker(l, n, r);
}

enum guard_action load_action_of(const struct yaml_node *then)
{
	const struct yaml_node *n = then;
	if (n && n->kind == YAML_MAP && n->n_children == 1)
		n = n->child->key;
	size_t i = n && n->kind == YAML_TEXT ? find_action(n->text) : N_ACTIONS;
	return i == N_ACTIONS ? GUARD_DELIVER : actions[i].action;
}

/* ---- rules that are named, after all are known ---- */

void load_refer(struct load *l, const struct yaml_node *rules, bool adds)
{
	struct load_refer *r = load_push(l, &l->refers);
	if (r)
		*r = (struct load_refer){
		    (uint32_t)l->rules.n - 1, adds, *rules, l->doc, l->pack};
}

void load_no_rule(struct load *l, const struct yaml_node *at, const char *id)
{
	const char *near = names_nearest(&l->rule_names, id);
	char hint[200] = "write it as pack/id";
	if (near)
		snprintf(hint, sizeof(hint), "did you mean %s?", near);
	load_fault(
	    l, at, LOAD_NO_RULE, hint, "the rule %s is not defined", at->text);
}

static uint32_t named_rule(
    struct load *l, const struct load_pack *pack, const struct yaml_node *n)
{
	if (n->kind != YAML_TEXT) {
		load_fault(l, n, LOAD_SHAPE, NULL, "a rule is expected here");
		return NAMES_NONE;
	}
	char id[2 * LOAD_MAX_ID_BYTES + 2];
	bool full = strchr(n->text, '/') != NULL;
	snprintf(id, sizeof(id), "%s%s%s", full ? "" : pack->name,
	    full ? "" : "/", n->text);
	uint32_t i = names_find(&l->rule_names, id);
	if (i != NAMES_NONE || !load_is_whole(l))
		return i;
	load_no_rule(l, n, id);
	return NAMES_NONE;
}

void load_resolve_refers(struct load *l)
{
	for (size_t k = 0; k < l->refers.n && !l->no_memory; k++) {
		struct load_refer *a =
		    LOAD_ITEM(&l->refers, struct load_refer, k);
		const struct yaml_node *n = &a->node;
		bool list = n->kind == YAML_LIST;
		uint32_t *rules =
		    load_alloc(l, list ? n->n_children : 1, sizeof(*rules));
		if (!rules)
			return;
		size_t count = 0;
		l->doc = a->doc;
		const struct yaml_node *i = list ? n->child : n;
		for (; i; i = list ? i->next : NULL) {
			rules[count] = named_rule(l, a->pack, i);
			count += rules[count] != NAMES_NONE;
		}
		struct rule *r = LOAD_ITEM(&l->rules, struct rule, a->rule);
		if (a->adds) {
			r->total.adds = rules;
			r->total.n = count;
		} else {
			r->allows = rules;
			r->n_allows = count;
		}
	}
}
