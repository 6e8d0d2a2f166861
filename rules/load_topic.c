/*
 * load_topic - the topics of a pack: phrases by which a topic is known, and
 * sentences that show what belongs to it.
 */
#include "rules/load_parts.h"

#include <stdio.h>
#include <string.h>

/* A topic's sentences are tested like a rule's that finds the topic. */
static void add_topic_rule(struct load *l, const struct yaml_node *n,
    const struct load_topic *topic, const char *id)
{
	struct clause *clause = load_alloc(l, 1, sizeof(*clause));
	if (!clause)
		return;
	*clause =
	    (struct clause){.what = topic->says, .at_least = topic->at_least};
	struct rule r = {
	    .info = {.id = id,
		.title = id,
		.file = load_printf(l, "%s", yaml_file(l->doc)),
		.line = n->key->line,
		.action = GUARD_LOG,
		.mode = GUARD_ENFORCE,
		.rollout_percent = 100},
	    .has_find = true,
	    .clauses = clause,
	    .n_clauses = topic->says.n ? 1 : 0,
	};
	load_example_lists(l, yaml_get(n, "like"), yaml_get(n, "unlike"), &r);
	struct rule *slot = load_push(l, &l->topic_rules);
	if (slot)
		*slot = r;
}

/* As many distinct matches as a text may have; SIZE_MAX: no end of them. */
static size_t ways_to_say(const struct yaml_node *says)
{
	size_t n = 0;
	const struct yaml_node *c =
	    says->kind == YAML_LIST ? says->child : says;
	for (; c; c = says->kind == YAML_LIST ? c->next : NULL, n++)
		if (c->kind != YAML_TEXT || strpbrk(c->text, "<*.\xE2"))
			return SIZE_MAX; /* lists, endings, gaps */
	return n;
}

static void check_at_least(struct load *l, const struct yaml_node *n,
    const struct yaml_node *says, unsigned at_least)
{
	size_t ways = says ? ways_to_say(says) : SIZE_MAX;
	if (ways < at_least)
		load_fault(l, yaml_get(n, "at_least"), LOAD_DEAD,
		    "add phrases, or lower at_least",
		    "the topic \"%s\" is never found: it has %zu of the %u "
		    "phrases that have to be there",
		    n->key->text, ways, at_least);
}

static void read_topic(struct load *l, const struct yaml_node *n)
{
	if (!load_check_map(l, n, load_keys_topic, "in a topic"))
		return;
	const struct yaml_node *says = yaml_get(n, "says");
	if (!says)
		load_fault(l, n->key, LOAD_MISSING, NULL,
		    "\"says\" is missing in the topic \"%s\"", n->key->text);
	struct load_topic topic = {
	    .says = load_phrases(l, says),
	    .at_least = load_whole(l, yaml_get(n, "at_least"), 1, 100, 1),
	};
	check_at_least(l, n, says, topic.at_least);
	char *key = load_printf(l, "%s/%s", l->pack->name, n->key->text);
	struct load_topic *slot = key ? load_push(l, &l->topics) : NULL;
	if (!slot)
		return;
	topic.name = key;
	topic.key = n->key;
	topic.doc = l->doc;
	*slot = topic;
	if (names_add(&l->topic_names, key, (uint32_t)l->topics.n - 1))
		load_out_of_memory(l);
	add_topic_rule(l, n, &topic, key);
}

void load_topics(struct load *l, const struct yaml_node *topics)
{
	if (topics && topics->kind == YAML_MAP)
		for (const struct yaml_node *t = topics->child; t; t = t->next)
			read_topic(l, t);
}

void load_check_topics(struct load *l)
{
	for (size_t i = 0; i < l->topics.n; i++) {
		const struct load_topic *t =
		    LOAD_ITEM(&l->topics, struct load_topic, i);
		l->doc = t->doc;
		if (!t->used)
			load_fault(l, t->key, LOAD_UNUSED,
			    "find it in a rule: find: {topic: NAME}, or name "
			    "it under only: in policy.yaml",
			    "nothing finds the topic \"%s\"", t->key->text);
	}
}
