/*
 * load_topic - the topics of a pack: phrases by which a topic is known, or a
 * model learned from sentences (topic_file.h), and the sentences themselves.
 */
#include "rules/load_topic.h"

#include "rules/load_parts.h"
#include "rules/sha256.h"
#include "rules/topic.h"
#include "rules/topic_file.h"

#include <stdio.h>
#include <string.h>

#define ENDING ".topic"

/* ---- the model ---- */

static bool is_file_name(const char *s, size_t len)
{
	size_t end = sizeof(ENDING) - 1;
	if (len <= end || len > LOAD_MAX_ID_BYTES ||
	    strcmp(s + len - end, ENDING) != 0)
		return false;
	for (size_t i = 0; i < len - end; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') ||
			(s[i] >= 'A' && s[i] <= 'Z') ||
			(s[i] >= '0' && s[i] <= '9') || s[i] == '_' ||
			s[i] == '-'))
			return false;
	return true;
}

static bool is_name(const struct yaml_node *key)
{
	for (size_t i = 0; i < key->len; i++)
		if ((unsigned char)key->text[i] < ' ')
			return false;
	return key->len > 0 && key->len <= TOPIC_NAME_BYTES;
}

char *load_topic_path(struct load *l, const struct yaml_node *topic)
{
	const struct yaml_node *n = yaml_get(topic, "learned");
	const char *pack = yaml_file(l->doc), *slash = strrchr(pack, '/');
	if (n->kind != YAML_TEXT || !is_file_name(n->text, n->len)) {
		load_fault(l, n, LOAD_ID,
		    "such as investment-advice.topic: letters, digits, - and "
		    "_; it lies beside the pack",
		    "this is not the name of a learned topic's file");
		return NULL;
	}
	if (!is_name(topic->key)) {
		load_fault(l, topic->key, LOAD_ID, NULL,
		    "the name of a learned topic has 1 to %u bytes, in one "
		    "line",
		    TOPIC_NAME_BYTES);
		return NULL;
	}
	return load_printf(
	    l, "%.*s%s", slash ? (int)(slash + 1 - pack) : 0, pack, n->text);
}

void load_topic_digest(
    const struct example *all, size_t n, char out[SHA256_HEX_LEN + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned sums[SHA256_HEX_LEN] = {0};
	for (size_t i = 0; i < n; i++) {
		struct sha256 one;
		char hex[SHA256_HEX_LEN + 1];
		sha256_init(&one);
		sha256_add(&one, all[i].matches ? "+" : "-", 1);
		sha256_add(&one, all[i].text, all[i].len);
		sha256_end(&one, hex);
		for (size_t k = 0; k < SHA256_HEX_LEN; k++)
			sums[k] ^= (unsigned)(strchr(digits, hex[k]) - digits);
	}
	for (size_t k = 0; k < SHA256_HEX_LEN; k++)
		out[k] = digits[sums[k]];
	out[SHA256_HEX_LEN] = '\0';
}

static void file_fault(
    struct load *l, const char *path, const struct topic_fault *f)
{
	const struct load_code_row *row = &load_codes[LOAD_TOPIC_FILE];
	if (!f->line) {
		load_out_of_memory(l);
		return;
	}
	load_see(&(struct diag){.level = row->level,
		     .code = row->code,
		     .file = path,
		     .line = f->line,
		     .col = f->col,
		     .width = f->width,
		     .message = f->message,
		     .hint = f->hint},
	    l);
}

static const struct guard_topic_model *read_model(struct load *l,
    const struct yaml_node *topic, const struct guard_file *file)
{
	struct topic_fault fault;
	const struct guard_topic_model *m =
	    topic_file_read(&l->policy->arena, file->bytes, file->len, &fault);
	if (m && strcmp(m->topic, topic->key->text) != 0) {
		fault = (struct topic_fault){.line = 3, .col = 1, .width = 1};
		snprintf(fault.message, sizeof(fault.message),
		    "this was made for the topic \"%.60s\", not for \"%.60s\"",
		    m->topic, topic->key->text);
		fault.hint = "each learned topic has a file of its own: "
			     "handrail topic train";
		m = NULL;
	}
	if (!m)
		file_fault(l, file->path, &fault);
	return m;
}

/* The detector of a learned topic; DETECTOR_NONE after reporting. */
static uint32_t learned(struct load *l, const struct yaml_node *topic)
{
	const struct yaml_node *n = yaml_get(topic, "learned");
	char *path = load_topic_path(l, topic);
	const struct guard_file *file = path ? load_open_plain(l, path) : NULL;
	if (path && !file && !l->no_memory)
		load_fault(l, n, LOAD_TOPIC_FILE,
		    "make it of like: and unlike: with handrail topic train "
		    "and the name of this file",
		    "there is no %s", path);
	struct detector d = {.kind = DETECTOR_TOPIC};
	d.topic = file ? read_model(l, topic, file) : NULL;
	if (!d.topic)
		return DETECTOR_NONE;
	if (l->n_models++ == TOPIC_MAX_MODELS) {
		load_fault(l, n, LOAD_TOO_MANY, NULL,
		    "a policy may have %u learned topics", TOPIC_MAX_MODELS);
		return DETECTOR_NONE;
	}
	char hex[SHA256_HEX_LEN + 1];
	struct sha256 sum;
	sha256_init(&sum);
	sha256_add(&sum, file->bytes, file->len);
	sha256_end(&sum, hex);
	char *key = load_printf(
	    l, "learned \"%s\" of %s (%.12s)", d.topic->topic, path, hex);
	return key ? load_detector(l, key, &d) : DETECTOR_NONE;
}

/* ---- one topic ---- */

/* A model of other sentences than stand here: no fault, the examples are
 * judged, but new ones have taught it nothing. */
static void check_learned(
    struct load *l, const struct yaml_node *n, const struct rule *r)
{
	char now[SHA256_HEX_LEN + 1];
	const struct any_of *what = &r->clauses[0].what;
	if (!what->n)
		return;
	uint32_t model = what->detectors[what->n - 1];
	const struct detector *d =
	    LOAD_ITEM(&l->detectors, struct detector, model);
	load_topic_digest(r->examples, r->n_examples, now);
	if (strcmp(d->topic->sentences, now) != 0)
		load_fault(l, yaml_get(n, "learned"), LOAD_TOPIC_OLD,
		    "handrail topic train learns from them again",
		    "like: and unlike: are not the sentences this file was "
		    "made of");
}

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
	if (yaml_get(n, "learned"))
		check_learned(l, n, &r);
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
	const struct yaml_node *written = yaml_get(n, "at_least");
	size_t ways = says ? ways_to_say(says) : SIZE_MAX;
	if (written && yaml_get(n, "learned"))
		load_fault(l, written->key, LOAD_FIND, "take it out",
		    "at_least counts phrases; the sentences of a learned topic "
		    "are found one by one");
	else if (ways < at_least)
		load_fault(l, written, LOAD_DEAD,
		    "add phrases, or lower at_least",
		    "the topic \"%s\" is never found: it has %zu of the %u "
		    "phrases that have to be there",
		    n->key->text, ways, at_least);
}

/* Its phrases, and its model behind them. */
static struct any_of read_what(
    struct load *l, const struct yaml_node *n, const struct yaml_node *says)
{
	struct any_of phrases = load_phrases(l, says);
	if (!yaml_get(n, "learned"))
		return phrases;
	uint32_t model = learned(l, n);
	uint32_t *all = load_alloc(l, phrases.n + 1, sizeof(*all));
	if (!all || model == DETECTOR_NONE)
		return (struct any_of){0};
	if (phrases.n)
		memcpy(all, phrases.detectors, phrases.n * sizeof(*all));
	all[phrases.n] = model;
	return (struct any_of){all, phrases.n + 1};
}

static void read_topic(struct load *l, const struct yaml_node *n)
{
	if (!load_check_map(l, n, load_keys_topic, "in a topic"))
		return;
	const struct yaml_node *says = yaml_get(n, "says");
	if (!says && !yaml_get(n, "learned"))
		load_fault(l, n->key, LOAD_MISSING,
		    "says: its phrases, or learned: the file of a model",
		    "\"says\" is missing in the topic \"%s\"", n->key->text);
	struct load_topic topic = {
	    .says = read_what(l, n, says),
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

/* ---- all of a pack ---- */

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
