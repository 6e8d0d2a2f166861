/*
 * load - guard_policy_load: files in memory to a compiled policy, or to the
 * reasons why not.
 *
 * The digest names the policy by its bytes: SHA-256 over lines
 * "HASH  PATH\n" in the order of the paths' bytes, as `sha256sum` prints them,
 * of policy.yaml and every pack, file of lists and learned topic in use.
 * Conversation tests and unused files are left out: they change no verdict.
 */
#include "rules/conversation.h"
#include "rules/examples.h"
#include "rules/index.h"
#include "rules/interaction.h"
#include "rules/load_amounts.h"
#include "rules/load_overlay.h"
#include "rules/load_parts.h"
#include "rules/load_topic.h"
#include "rules/pattern.h"
#include "rules/sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TEXT_BYTES ((size_t)1 << 20)
#define DEFAULT_HITS 1000u
#define DEFAULT_PATTERN_STEPS 500000u

void load_init(
    struct load *l, const struct guard_source *source, diag_fn *diag, void *arg)
{
	*l = (struct load){.source = source, .diag = diag, .arg = arg};
	l->files.size = sizeof(struct load_file);
	l->lists.size = sizeof(struct load_list);
	l->topics.size = sizeof(struct load_topic);
	l->detectors.size = sizeof(struct detector);
	l->rules.size = sizeof(struct rule);
	l->refers.size = sizeof(struct load_refer);
	l->texts.size = sizeof(struct load_text);
	l->topic_rules.size = sizeof(struct rule);
	l->zones.size = sizeof(const struct zone_rules *);
	l->rollouts.size = sizeof(struct load_rollout);
	l->classifiers.size = sizeof(struct classifier);
	l->changes.size = sizeof(struct load_change);
	l->written.size = sizeof(struct written);
	l->detector_words.size = sizeof(const char *);
	l->conversations.size = sizeof(struct conversation);
	l->test_docs.size = sizeof(struct yaml_doc *);
	arena_init(&l->scratch);
}

void load_clear(struct load *l)
{
	for (size_t i = 0; i < l->files.n; i++)
		yaml_doc_free(LOAD_ITEM(&l->files, struct load_file, i)->doc);
	for (size_t i = 0; i < l->test_docs.n; i++)
		yaml_doc_free(*LOAD_ITEM(&l->test_docs, struct yaml_doc *, i));
	struct load_array *arrays[] = {&l->files, &l->lists, &l->topics,
	    &l->detectors, &l->rules, &l->refers, &l->texts, &l->zones,
	    &l->rollouts, &l->classifiers, &l->topic_rules, &l->changes,
	    &l->conversations, &l->test_docs, &l->written, &l->detector_words};
	for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++)
		free(arrays[i]->items);
	struct names *tables[] = {&l->file_names, &l->list_names,
	    &l->topic_names, &l->detector_names, &l->rule_names,
	    &l->queue_names, &l->zone_names, &l->entity_names, &l->type_words,
	    &l->zone_words};
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		names_clear(tables[i]);
	phrase_builder_free(l->phrases);
	phrase_builder_free(l->written_phrases);
	arena_clear(&l->scratch);
}

/* ---- digest ---- */

static int by_path(const void *a, const void *b)
{
	const struct load_file *x = a, *y = b;
	return strcmp(x->file->path, y->file->path);
}

static void make_digest(struct load *l)
{
	struct sha256 all;
	char hex[SHA256_HEX_LEN + 1];
	sha256_init(&all);
	/* Nothing refers to a file by number any more. */
	qsort(l->files.items, l->files.n, sizeof(struct load_file), by_path);
	for (size_t i = 0; i < l->files.n; i++) {
		const struct guard_file *f =
		    LOAD_ITEM(&l->files, struct load_file, i)->file;
		struct sha256 one;
		sha256_init(&one);
		sha256_add(&one, f->bytes, f->len);
		sha256_end(&one, hex);
		sha256_add(&all, hex, SHA256_HEX_LEN);
		sha256_add(&all, "  ", 2);
		sha256_add(&all, f->path, strlen(f->path));
		sha256_add(&all, "\n", 1);
	}
	sha256_end(&all, hex);
	snprintf(
	    l->policy->digest, sizeof(l->policy->digest), "sha256:%s", hex);
}

/* ---- finishing ---- */

static int by_id(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;
	return strcmp(x->info.id, y->info.id);
}

/* Rules get their final numbers: the order of their ids. */
static void sort_rules(struct load *l)
{
	if (!l->rules.n)
		return;
	char **ids = calloc(l->rules.n, sizeof(*ids));
	if (!ids) {
		load_out_of_memory(l);
		return;
	}
	/* allow and totals name rules by number: go through their ids. */
	for (size_t i = 0; i < l->rules.n; i++)
		ids[i] = (char *)LOAD_ITEM(&l->rules, struct rule, i)->info.id;
	qsort(l->rules.items, l->rules.n, sizeof(struct rule), by_id);
	names_clear(&l->rule_names);
	for (size_t i = 0; i < l->rules.n && !l->no_memory; i++)
		if (names_add(&l->rule_names,
			LOAD_ITEM(&l->rules, struct rule, i)->info.id,
			(uint32_t)i))
			load_out_of_memory(l);
	for (size_t i = 0; i < l->rules.n && !l->no_memory; i++) {
		struct rule *r = LOAD_ITEM(&l->rules, struct rule, i);
		for (size_t k = 0; k < r->n_allows; k++)
			((uint32_t *)r->allows)[k] =
			    names_find(&l->rule_names, ids[r->allows[k]]);
		for (size_t k = 0; k < r->total.n; k++)
			((uint32_t *)r->total.adds)[k] =
			    names_find(&l->rule_names, ids[r->total.adds[k]]);
	}
	free(ids);
}

static void number_kinds(struct load *l)
{
	struct guard_policy *p = l->policy;
	uint32_t *all = load_alloc(l, p->n_detectors, sizeof(*all));
	if (!all)
		return;
	size_t n = 0;
	for (size_t kind = 0; kind < DETECTOR_KINDS; kind++) {
		p->of_kind[kind].detectors = all + n;
		for (size_t i = 0; i < p->n_detectors; i++)
			if ((size_t)p->detectors[i].kind == kind)
				all[n++] = (uint32_t)i;
		p->of_kind[kind].n =
		    (size_t)(all + n - p->of_kind[kind].detectors);
	}
}

static void *move_to_arena(struct load *l, const struct load_array *a)
{
	void *items = load_alloc(l, a->n, a->size);
	if (items && a->n)
		memcpy(items, a->items, a->n * a->size);
	return items;
}

static void finish(struct load *l)
{
	struct guard_policy *p = l->policy;
	sort_rules(l);
	struct rule *rules = move_to_arena(l, &l->rules);
	if (rules) {
		p->rules = rules;
		p->n_rules = l->rules.n;
	}
	struct rule *topics = move_to_arena(l, &l->topic_rules);
	if (topics) {
		p->topics = topics;
		p->n_topics = l->topic_rules.n;
	}
	struct conversation *tests = move_to_arena(l, &l->conversations);
	if (tests) {
		p->conversations = tests;
		p->n_conversations = l->conversations.n;
	}
	p->classifiers = move_to_arena(l, &l->classifiers);
	p->n_classifiers = p->classifiers ? l->classifiers.n : 0;
	if (p->interactions)
		((struct interactions *)p->interactions)->upset_rule =
		    names_find(&l->rule_names, INTERACTION_UPSET);
	p->detector_words = move_to_arena(l, &l->detector_words);
	struct written *written = move_to_arena(l, &l->written);
	if (written) {
		p->written = written;
		p->n_written = l->written.n;
	}
	if (l->no_memory)
		return;
	number_kinds(l);
	if (l->written_phrases) {
		p->written_phrases =
		    phrase_builder_finish(l->written_phrases, &p->arena);
		l->no_memory |= !p->written_phrases;
	}
	p->phrases = phrase_builder_finish(l->phrases, &p->arena);
	if (!p->phrases || index_build(p))
		load_out_of_memory(l);
}

/* The policy owns patterns from here on, whatever happens. */
static void take_detectors(struct load *l)
{
	struct detector *detectors = move_to_arena(l, &l->detectors);
	if (detectors) {
		l->policy->detectors = detectors;
		l->policy->n_detectors = l->detectors.n;
		return;
	}
	for (size_t i = 0; i < l->detectors.n; i++)
		pattern_free((struct pattern *)LOAD_ITEM(
		    &l->detectors, struct detector, i)
				 ->pattern);
}

/* What to say of a file nothing asks for. */
static const struct unused {
	const char *folder, *ending, *message, *hint;
} unused[] = {
    {"packs/", ".topic", "no topic is learned from this file",
	"name it under learned: in a topic of a pack beside it"},
    {"packs/", "", "no rule of this pack is in force",
	"add it to packs: or extends: in policy.yaml"},
    {"lists/", "", "no pack uses these lists",
	"name it under use_lists: in a pack"},
};

static const struct unused *unused_as(const char *path)
{
	size_t len = strlen(path);
	for (size_t i = 0; i < sizeof(unused) / sizeof(*unused); i++) {
		size_t end = strlen(unused[i].ending);
		if (strncmp(path, unused[i].folder, 6) == 0 && len >= end &&
		    strcmp(path + len - end, unused[i].ending) == 0)
			return &unused[i];
	}
	return NULL;
}

/* What could not be read may have asked for them. */
static void report_unused(struct load *l)
{
	const struct guard_source *s = l->source;
	if (l->n_errors)
		return;
	for (size_t i = 0; i < s->n_own; i++) {
		const char *path = s->own[i].path;
		const struct unused *as = unused_as(path);
		if (!as || names_find(&l->file_names, path) != NAMES_NONE)
			continue;
		const struct load_code_row *row = &load_codes[LOAD_UNUSED];
		struct diag d = {
		    .level = row->level,
		    .code = row->code,
		    .file = path,
		    .line = 1,
		    .col = 1,
		    .width = 1,
		    .message = as->message,
		    .hint = as->hint,
		};
		load_see(&d, l);
	}
}

/* It would let everything through, and look like a policy that does not. */
static void check_rules(struct load *l)
{
	const struct yaml_node *root = yaml_root(l->doc);
	const struct yaml_node *packs = yaml_get(root, "packs");
	if (l->rules.n || l->n_errors)
		return;
	load_fault(l, packs ? packs->key : root, LOAD_NO_RULES,
	    "name packs under packs:, such as packs: [offers, disclosures]",
	    "this policy has no rule: nothing would be judged");
}

static void read_everything(struct load *l)
{
	l->phrases = phrase_builder_new();
	if (!l->phrases) {
		load_out_of_memory(l);
		return;
	}
	if (!load_has_file(l, "policy.yaml")) {
		const struct load_code_row *row = &load_codes[LOAD_NO_POLICY];
		load_see(&(struct diag){.level = row->level,
			     .code = row->code,
			     .file = "policy.yaml",
			     .message = "this folder has no policy.yaml",
			     .hint = "a policy is a folder with policy.yaml "
				     "in it"},
		    l);
		return;
	}
	const struct load_file *file = load_open(l, "policy.yaml");
	if (!file || !file->doc)
		return;
	const struct yaml_doc *doc = l->doc = file->doc;
	l->policy->negation = load_negation(l);
	load_policy_file(l);
	if (l->no_memory)
		return;
	load_check_topics(l);
	l->doc = doc;
	check_rules(l);
	load_check_changes(l);
	load_apply_environment(l);
	load_resolve_refers(l);
	load_check_totals(l);
	load_tests(l);
	report_unused(l);
}

/* Who does not want the tests judged is going to look at them. */
static enum guard_err compile(struct load *l, bool judge)
{
	if (!judge && !(l->written_phrases = phrase_builder_new()))
		load_out_of_memory(l);
	if (!l->no_memory)
		read_everything(l);
	take_detectors(l);
	if (!l->n_errors && !l->no_memory)
		finish(l);
	if (!l->n_errors && !l->no_memory) {
		make_digest(l);
		if (judge)
			examples_judge(l);
		if (judge && !l->no_memory)
			conversations_judge(l);
	}
	if (l->no_memory) {
		const struct load_code_row *row = &load_codes[LOAD_MEMORY];
		load_see(&(struct diag){.level = row->level,
			     .code = row->code,
			     .file = "policy.yaml",
			     .message = "memory ran out while loading"},
		    l);
		return GUARD_ERR_MEMORY;
	}
	return l->n_errors ? GUARD_ERR_POLICY : GUARD_OK;
}

static struct guard_limits with_defaults(const struct guard_limits *given)
{
	struct guard_limits l = given ? *given : (struct guard_limits){0};
	if (!l.max_text_bytes)
		l.max_text_bytes = DEFAULT_TEXT_BYTES;
	if (!l.max_hits)
		l.max_hits = DEFAULT_HITS;
	if (!l.max_pattern_steps)
		l.max_pattern_steps = DEFAULT_PATTERN_STEPS;
	return l;
}

struct guard_policy *load_new_policy(const struct guard_limits *limits)
{
	struct guard_policy *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	atomic_init(&p->refs, 1);
	arena_init(&p->arena);
	p->limits = with_defaults(limits);
	return p;
}

struct load_reporter {
	diag_fn *diag;
	void *arg;
};

static enum guard_err load(struct guard_policy **out, bool judge,
    const struct guard_source *source, const struct guard_limits *limits,
    const struct load_reporter *to)
{
	*out = NULL;
	struct guard_policy *p = load_new_policy(limits);
	struct load l;
	load_init(&l, source, to->diag, to->arg);
	if (!p) {
		load_see(&(struct diag){.level = DIAG_ERROR,
			     .code = load_codes[LOAD_MEMORY].code,
			     .file = "policy.yaml",
			     .message = "memory ran out while loading"},
		    &l);
		return GUARD_ERR_MEMORY;
	}
	l.policy = p;
	enum guard_err err = compile(&l, judge);
	load_clear(&l);
	if (err) {
		guard_policy_unref(p);
		return err;
	}
	*out = p;
	return GUARD_OK;
}

enum guard_err guard_policy_load(struct guard_policy **out,
    const struct guard_source *source, const struct guard_limits *limits,
    diag_fn *diag, void *arg)
{
	struct load_reporter to = {diag, arg};
	return load(out, true, source, limits, &to);
}

enum guard_err guard_policy_load_untested(struct guard_policy **out,
    const struct guard_source *source, diag_fn *diag, void *arg)
{
	struct load_reporter to = {diag, arg};
	return load(out, false, source, NULL, &to);
}
