/*
 * load_policy - policy.yaml: which packs, where handoffs go, what happens when
 * nothing could be judged, and how far the environment lets rules go.
 */
#include "rules/load_overlay.h"
#include "rules/load_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_handoff_defaults(struct load *l, const struct yaml_node *n)
{
	struct guard_policy *p = l->policy;
	p->handoff_say = LOAD_DEFAULT_HANDOFF;
	p->handoff_queue = "desk";
	p->handoff_priority = "normal";
	if (!n)
		return;
	if (!load_check_map(
		l, n, load_keys_handoff_defaults, "under handoff_defaults"))
		return;
	const char *queue = load_queue(l, yaml_get(n, "queue"));
	if (queue)
		p->handoff_queue = queue;
	const char *priority = load_priority(l, yaml_get(n, "priority"));
	if (priority)
		p->handoff_priority = priority;
	const struct yaml_node *say = yaml_get(n, "say");
	const char *text = load_sentence(l, say);
	if (text) {
		p->handoff_say = text;
		load_own_text(l, say, text);
	}
	p->include = load_include(l, yaml_get(n, "include"));
	p->ai_may_speak_again =
	    load_yes(l, yaml_get(n, "ai_may_speak_again"), false);
}

/* ---- fallbacks ---- */

struct fallback_line {
	const char *key;
	enum guard_event event;
	bool may_deliver; /* deliver, flag, error */
	enum guard_action unsaid;
};

static const struct fallback_line fallback_lines[] = {
    {"if_the_engine_cannot_decide", GUARD_CANNOT_DECIDE, false, GUARD_HANDOFF},
    {"if_a_message_cannot_be_read", GUARD_CANNOT_READ, false, GUARD_HANDOFF},
    {"if_the_audit_log_cannot_write", GUARD_CANNOT_RECORD, false,
	GUARD_HANDOFF},
    {"if_the_bot_fails", GUARD_BOT_FAILED, true, GUARD_DELIVER},
    {"if_a_message_has_media", GUARD_HAS_MEDIA, true, GUARD_FLAG},
};

static void fallback_options(
    struct load *l, const struct yaml_node *n, struct guard_fallback *f)
{
	if (!load_check_map(l, n, load_keys_fallback, "here"))
		return;
	if (n->n_children != 1) {
		load_fault(
		    l, n, LOAD_ACTION, NULL, "write one of handoff and block");
		return;
	}
	const struct yaml_node *options = n->child;
	bool handoff = strcmp(options->key->text, "handoff") == 0;
	f->action = handoff ? GUARD_HANDOFF : GUARD_BLOCK;
	if (!load_check_map(l, options,
		handoff ? load_keys_handoff : load_keys_block,
		handoff ? "under handoff" : "under block"))
		return;
	const struct yaml_node *say = yaml_get(options, "say");
	f->say = load_sentence(l, say);
	load_own_text(l, say, f->say);
	f->queue = load_queue(l, yaml_get(options, "queue"));
	f->priority = load_priority(l, yaml_get(options, "priority"));
	if (handoff)
		f->include = load_include(l, yaml_get(options, "include"));
}

static void fallback_word(struct load *l, const struct yaml_node *n,
    const struct fallback_line *line, struct guard_fallback *f)
{
	static const char after[] = "handoff after ";
	static const char *const strict[] = {"handoff", "block", NULL};
	static const char *const media[] = {
	    "handoff", "block", "deliver", "flag", NULL};
	static const char *const fails[] = {"handoff", "block", "error", NULL};
	bool bot = line->event == GUARD_BOT_FAILED;
	if (bot && strncmp(n->text, after, sizeof(after) - 1) == 0) {
		struct yaml_node number = *n;
		number.text += sizeof(after) - 1;
		number.len -= sizeof(after) - 1;
		f->action = GUARD_HANDOFF;
		f->after = load_whole(l, &number, 1, 1000, 1);
		return;
	}
	switch (load_choice(l, n,
	    bot                     ? fails
		: line->may_deliver ? media
				    : strict,
	    4)) {
	case 0:
		f->action = GUARD_HANDOFF;
		break;
	case 1:
		f->action = GUARD_BLOCK;
		break;
	case 2:
		f->action = GUARD_DELIVER;
		break;
	case 3:
		f->action = GUARD_FLAG;
		break;
	}
}

static void read_fallback(struct load *l, const struct yaml_node *root,
    const struct fallback_line *line)
{
	struct guard_policy *p = l->policy;
	struct guard_fallback f = {.action = line->unsaid};
	const struct yaml_node *n = yaml_get(root, line->key);
	if (n && n->kind == YAML_TEXT)
		fallback_word(l, n, line, &f);
	else if (n)
		fallback_options(l, n, &f);
	if (!f.say)
		f.say = f.action == GUARD_BLOCK ? LOAD_DEFAULT_BLOCK
						: p->handoff_say;
	if (!f.include)
		f.include = p->include;
	if (!f.queue)
		f.queue = p->handoff_queue;
	if (!f.priority)
		f.priority = p->handoff_priority;
	p->fallback[line->event] = f;
	p->fallback_line[line->event] = n ? n->key->line : 0;
}

/* ---- environments ---- */

static void read_rollout(
    struct load *l, const struct yaml_node *n, bool chosen, struct rollout *out)
{
	if (!load_check_map(l, n, load_keys_rollout, "in a rollout"))
		return;
	load_text(l, n, "rule", true);
	load_text(l, n, "percent", true);
	struct load_rollout r = {
	    .rule = yaml_get(n, "rule"),
	    .chosen = chosen,
	    .percent = load_whole(l, yaml_get(n, "percent"), 0, 100, 100),
	    .by_customer = load_choice(l, yaml_get(n, "by"),
			       load_words_rollout_by, 0) == 1,
	};
	const char *rule = r.rule ? r.rule->text : NULL;
	*out =
	    (struct rollout){load_printf(l, "%s", rule ? rule : ""), r.percent};
	struct load_rollout *slot = r.rule ? load_push(l, &l->rollouts) : NULL;
	if (slot)
		*slot = r;
}

static void read_environment(struct load *l, const struct yaml_node *n,
    bool chosen, struct environment *out)
{
	out->name = load_printf(l, "%s", n->key->text);
	out->line = n->key->line;
	out->most = GUARD_ENFORCE;
	if (!load_check_map(l, n, load_keys_environment, "in an environment"))
		return;
	enum guard_mode most = (enum guard_mode)load_choice(
	    l, yaml_get(n, "mode"), load_words_mode, GUARD_ENFORCE);
	out->most = most;
	if (chosen) {
		l->most = most;
		l->policy->environment = out->name;
	}
	const struct yaml_node *rollout = yaml_get(n, "rollout");
	size_t count = rollout ? rollout->n_children : 0;
	struct rollout *all = load_alloc(l, count + 1, sizeof(*all));
	const struct yaml_node *r = count && all ? rollout->child : NULL;
	out->rollouts = all;
	for (; r; r = r->next)
		read_rollout(l, r, chosen, &all[out->n_rollouts++]);
}

/* Who asks for it is not the policy: its own names help most. */
static void report_no_environment(
    struct load *l, const struct yaml_node *root, const char *near)
{
	const struct yaml_node *all = yaml_get(root, "environments");
	char hint[400] = "define it under environments:";
	size_t at = 0;
	if (near)
		snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	bool map = all && all->kind == YAML_MAP;
	for (const struct yaml_node *n = map && !near ? all->child : NULL;
	     n && at < sizeof(hint); n = n->next)
		at += (size_t)snprintf(hint + at, sizeof(hint) - at, "%s%s",
		    at ? ", " : "ask for one of these: ", n->key->text);
	load_fault(l, all ? all->key : root, LOAD_NO_ENVIRONMENT, hint,
	    "the environment \"%s\" is asked for and not defined",
	    l->source->environment);
}

static void read_environments(struct load *l, const struct yaml_node *root)
{
	const char *wanted = l->source->environment;
	const struct yaml_node *all = yaml_get(root, "environments");
	bool found = false;
	struct names known = {0};
	l->most = GUARD_ENFORCE;
	bool map = all && all->kind == YAML_MAP;
	struct environment *kept =
	    load_alloc(l, (map ? all->n_children : 0) + 1, sizeof(*kept));
	const struct yaml_node *n = map && kept ? all->child : NULL;
	l->policy->environments = kept;
	for (; n; n = n->next) {
		bool chosen = wanted && strcmp(n->key->text, wanted) == 0;
		found |= chosen;
		read_environment(
		    l, n, chosen, &kept[l->policy->n_environments++]);
		if (names_add(&known, n->key->text, 0))
			load_out_of_memory(l);
	}
	if (wanted && !found)
		report_no_environment(l, root, names_nearest(&known, wanted));
	names_clear(&known);
}

static void apply_rollout(struct load *l, const struct load_rollout *o)
{
	if (o->rule->kind != YAML_TEXT)
		return;
	uint32_t k = names_find(&l->rule_names, o->rule->text);
	if (k == NAMES_NONE && load_is_whole(l))
		load_no_rule(l, o->rule, o->rule->text);
	if (k == NAMES_NONE || !o->chosen)
		return;
	struct rule *r = LOAD_ITEM(&l->rules, struct rule, k);
	if (r->info.rollout_percent < 100)
		load_fault(l, o->rule, LOAD_TWICE, "take one of them out",
		    "the rule %s is rolled out twice here", o->rule->text);
	r->info.rollout_percent = o->percent;
	r->rollout_by_customer = o->by_customer;
}

void load_apply_environment(struct load *l)
{
	for (size_t i = 0; i < l->rules.n; i++) {
		struct rule *r = LOAD_ITEM(&l->rules, struct rule, i);
		r->mode_written = r->info.mode;
		r->mode_after_written = r->mode_after;
		if (r->info.mode > l->most)
			r->info.mode = l->most;
		if (r->mode_after > l->most)
			r->mode_after = l->most;
	}
	for (size_t i = 0; i < l->rollouts.n; i++)
		apply_rollout(
		    l, LOAD_ITEM(&l->rollouts, struct load_rollout, i));
}

/* ---- the file ---- */

static int by_text(const void *a, const void *b)
{
	const struct yaml_node *x = *(const struct yaml_node *const *)a;
	const struct yaml_node *y = *(const struct yaml_node *const *)b;
	return strcmp(x->text ? x->text : "", y->text ? y->text : "");
}

/* In the order of their names: what the policy does must not depend on the
 * order in which packs are listed. */
static void read_packs(struct load *l, const struct yaml_node *n)
{
	size_t count = !n ? 0 : n->kind == YAML_LIST ? n->n_children : 1;
	if (count > LOAD_MAX_PACKS) {
		load_fault(l, n, LOAD_TOO_MANY, NULL,
		    "a policy may have %u packs", LOAD_MAX_PACKS);
		return;
	}
	const struct yaml_node *all[LOAD_MAX_PACKS];
	size_t k = 0;
	const struct yaml_node *c =
	    count && n->kind == YAML_LIST ? n->child : n;
	for (; k < count; c = c->next)
		all[k++] = c;
	qsort(all, count, sizeof(*all), by_text);
	for (size_t i = 0; i < count && !l->no_memory; i++)
		load_pack_file(l, all[i]);
}

void load_policy_file(struct load *l)
{
	const struct yaml_node *root = yaml_root(l->doc);
	if (!load_check_header(l, "policy"))
		return;
	load_check_map(l, root, load_keys_policy, "in policy.yaml");
	l->policy->name = load_text(l, root, "name", true);
	l->policy_zone = load_zone_named(l, yaml_get(root, "timezone"));
	load_queues(l, yaml_get(root, "queues"));
	if (l->no_memory)
		return;
	read_handoff_defaults(l, yaml_get(root, "handoff_defaults"));
	for (size_t i = 0; i < sizeof(fallback_lines) / sizeof(*fallback_lines);
	     i++)
		read_fallback(l, root, &fallback_lines[i]);
	read_environments(l, root);
	load_interaction_words(l, root);
	load_changes(l, yaml_get(root, "changes"));
	const struct yaml_node *packs = yaml_get(root, "packs");
	if (!packs && !yaml_get(root, "extends"))
		load_text(l, root, "packs", true);
	if (packs && packs->kind != YAML_MAP)
		read_packs(l, packs);
	load_extends(l, yaml_get(root, "extends"));
	l->pack = load_policy_pack(l);
	if (l->pack) {
		load_interactions(l, root);
		load_only(l, yaml_get(root, "only"));
	}
	l->pack = NULL;
}
