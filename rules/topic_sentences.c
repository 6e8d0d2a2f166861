/*
 * topic_sentences - guard_topics_load: the sentences of a pack's learned
 * topics, cut into pieces the way they are judged (topic.h).
 *
 * Nothing is learned from a sentence that cannot teach what it says: two
 * sentences in one example, an example without words, one that stands twice
 * (it would be learned and tested on at once), or on both sides.
 */
#include "rules/load_parts.h"
#include "rules/load_topic.h"
#include "rules/topic.h"

#include <stdlib.h>
#include <string.h>

struct guard_topics {
	struct guard_policy *policy; /* its arena holds all of it */
	struct guard_topic *items;
	size_t n;
};

/* One topic while it is read. */
struct reading {
	struct load *l;
	const struct example *examples;
	struct guard_topic_sentence *items;
	size_t n;
	struct names seen; /* as they are read, to the number of the item */
	struct text text;
};

/* ---- one sentence ---- */

static struct yaml_node place_of(const struct load *l, const struct example *e)
{
	return (struct yaml_node){.kind = YAML_TEXT,
	    .file = yaml_file(l->doc),
	    .line = e->line,
	    .col = e->col,
	    .width = 1,
	    .text = e->text,
	    .len = e->len};
}

/* Words as they are read, any number as 0: what tells sentences apart. */
static char *folded(struct reading *r)
{
	const struct text *t = &r->text;
	size_t len = 0, at = 0;
	for (size_t i = 0; i < t->n_tokens; i++)
		len += t->tokens[i].fold_len + 1;
	char *out = load_alloc(r->l, len + 1, 1);
	for (size_t i = 0; out && i < t->n_tokens; i++) {
		const struct token *k = &t->tokens[i];
		bool number = k->kind == TOKEN_NUMBER;
		size_t n = number ? 1 : k->fold_len;
		memcpy(out + at, number ? "0" : text_fold(t, k), n);
		at += n;
		out[at++] = ' ';
	}
	return out;
}

static void add_pieces(struct reading *r, struct guard_topic_sentence *s)
{
	const struct text *t = &r->text;
	uint16_t word[TOPIC_WORD_PIECES];
	size_t n = 0;
	for (size_t i = 0; i < t->n_tokens; i++)
		n += topic_pieces(t, &t->tokens[i], false, word);
	uint16_t *all = load_alloc(r->l, n, sizeof(*all));
	s->pieces = all;
	for (size_t i = 0; all && i < t->n_tokens; i++) {
		size_t more = topic_pieces(t, &t->tokens[i], false, word);
		memcpy(all + s->n_pieces, word, more * sizeof(*word));
		s->n_pieces += more;
	}
}

/* Reads it into r->text; false after reporting. */
static bool read_text(struct reading *r, const struct example *e)
{
	struct text *t = &r->text;
	text_reset(t);
	int err = text_feed(t, e->text, e->len);
	if (!err)
		err = text_end(t);
	if (err == TEXT_ERR_MEMORY) {
		load_out_of_memory(r->l);
		return false;
	}
	struct yaml_node at = place_of(r->l, e);
	if (err)
		load_fault(r->l, &at, LOAD_TOPIC_LEARN, NULL,
		    "this is too long, or no text");
	else if (!t->n_tokens)
		load_fault(r->l, &at, LOAD_TOPIC_LEARN, "take it out",
		    "there is no word in this: nothing can be learned from "
		    "it");
	else if (t->n_sentences > 1)
		load_fault(r->l, &at, LOAD_TOPIC_LEARN,
		    "put each on a line of its own",
		    "these are %zu sentences; each is judged, and so learned "
		    "from, by itself",
		    t->n_sentences);
	return !err && t->n_tokens && t->n_sentences == 1;
}

/* Is it there already? Says so. */
static bool is_known(struct reading *r, const struct example *e, uint32_t known)
{
	if (known == NAMES_NONE)
		return false;
	const struct guard_topic_sentence *first = &r->items[known];
	struct yaml_node at = place_of(r->l, e);
	if (first->like != e->matches)
		load_fault(r->l, &at, LOAD_TOPIC_LEARN,
		    "it is on the topic or it is not: take one of them out",
		    "this reads as the sentence in line %u, which stands under "
		    "%s:",
		    first->line, first->like ? "like" : "unlike");
	else
		load_fault(r->l, &at, LOAD_TOPIC_LEARN,
		    "take one of them out: a sentence that is there twice is "
		    "learned from and tested on at once",
		    "this reads as the sentence in line %u", first->line);
	return true;
}

static void read_sentence(struct reading *r, const struct example *e)
{
	if (!read_text(r, e))
		return;
	char *key = folded(r);
	if (!key || is_known(r, e, names_find(&r->seen, key)))
		return;
	if (names_add(&r->seen, key, (uint32_t)r->n)) {
		load_out_of_memory(r->l);
		return;
	}
	struct guard_topic_sentence *s = &r->items[r->n++];
	*s = (struct guard_topic_sentence){.text = e->text,
	    .len = e->len,
	    .like = e->matches,
	    .line = e->line,
	    .col = e->col};
	add_pieces(r, s);
}

/* ---- one topic ---- */

static void check_count(
    struct load *l, const struct yaml_node *topic, const char *key, size_t n)
{
	const struct yaml_node *list = yaml_get(topic, key);
	if (n < GUARD_TOPIC_SENTENCES)
		load_fault(l, list ? list->key : topic->key, LOAD_TOPIC_LEARN,
		    "write more of them, as different as they come; some "
		    "dozens are better",
		    "%zu sentences under %s: are too few to learn from; it "
		    "takes %u",
		    n, key, GUARD_TOPIC_SENTENCES);
}

static void read_sentences(
    struct load *l, const struct rule *r, struct guard_topic *out)
{
	struct reading reading = {.l = l,
	    .examples = r->examples,
	    .items = load_alloc(l, r->n_examples, sizeof(*reading.items))};
	if (!reading.items)
		return;
	if (text_init(&reading.text, (size_t)1 << 20)) {
		load_out_of_memory(l);
		return;
	}
	for (size_t i = 0; i < r->n_examples && !l->no_memory; i++)
		read_sentence(&reading, &r->examples[i]);
	out->items = reading.items;
	out->n = reading.n;
	names_clear(&reading.seen);
	text_clear(&reading.text);
}

static void read_topic(
    struct load *l, const struct yaml_node *n, struct guard_topic *out)
{
	struct rule r = {0};
	if (!load_check_map(l, n, load_keys_topic, "in a topic"))
		return;
	*out = (struct guard_topic){.name = load_printf(l, "%s", n->key->text),
	    .file = load_topic_path(l, n),
	    .written = load_printf(l, "%s", yaml_file(l->doc)),
	    .line = n->key->line};
	load_example_lists(l, yaml_get(n, "like"), yaml_get(n, "unlike"), &r);
	size_t n_like = 0;
	for (size_t i = 0; i < r.n_examples; i++)
		n_like += r.examples[i].matches;
	check_count(l, n, "like", n_like);
	check_count(l, n, "unlike", r.n_examples - n_like);
	char *digest = load_alloc(l, SHA256_HEX_LEN + 1, 1);
	if (!digest)
		return;
	load_topic_digest(r.examples, r.n_examples, digest);
	out->sentences = digest;
	read_sentences(l, &r, out);
}

/* ---- the pack ---- */

static bool is_learned(const struct yaml_node *topic)
{
	return topic->kind == YAML_MAP && yaml_get(topic, "learned");
}

static void read_pack(struct load *l, struct guard_topics *out)
{
	const struct yaml_node *root = yaml_root(l->doc);
	if (!load_check_header(l, "pack"))
		return;
	const struct yaml_node *topics = yaml_get(root, "topics");
	bool map = topics && topics->kind == YAML_MAP;
	size_t n = map ? topics->n_children : 0;
	const struct yaml_node *t = map ? topics->child : NULL;
	out->items = load_alloc(l, n, sizeof(*out->items));
	for (; out->items && t; t = t->next)
		if (is_learned(t))
			read_topic(l, t, &out->items[out->n++]);
	if (!out->n && !l->no_memory)
		load_fault(l, topics ? topics->key : root, LOAD_TOPIC_LEARN,
		    "topics: {NAME: {learned: NAME.topic, like: [...], unlike: "
		    "[...]}}",
		    "no topic of this pack says learned:");
}

static void no_pack(struct load *l, const char *pack)
{
	const struct load_code_row *row = &load_codes[LOAD_NO_PACK];
	load_see(&(struct diag){.level = row->level,
		     .code = row->code,
		     .file = pack,
		     .message = "there is no such pack"},
	    l);
}

static enum guard_err read_source(
    struct load *l, struct guard_topics *out, const char *pack)
{
	const struct load_file *file =
	    !l->no_memory && load_has_file(l, pack) ? load_open(l, pack) : NULL;
	const struct load_pack place = {.name = pack};
	if (!file && !l->no_memory)
		no_pack(l, pack);
	if (file && file->doc) {
		l->doc = file->doc;
		l->pack = &place;
		read_pack(l, out);
	}
	if (!l->no_memory)
		return l->n_errors ? GUARD_ERR_POLICY : GUARD_OK;
	const struct load_code_row *row = &load_codes[LOAD_MEMORY];
	load_see(&(struct diag){.level = row->level,
		     .code = row->code,
		     .file = pack,
		     .message = "memory ran out while loading"},
	    l);
	return GUARD_ERR_MEMORY;
}

enum guard_err guard_topics_load(struct guard_topics **out,
    const struct guard_source *source, const char *pack, diag_fn *diag,
    void *arg)
{
	struct load l;
	struct guard_topics *topics = calloc(1, sizeof(*topics));
	*out = NULL;
	load_init(&l, source, diag, arg);
	l.policy = topics ? load_new_policy(NULL) : NULL;
	l.no_memory = !l.policy;
	enum guard_err err = read_source(&l, topics, pack);
	load_clear(&l);
	if (topics)
		topics->policy = l.policy;
	if (err)
		guard_topics_free(topics);
	else
		*out = topics;
	return err;
}

void guard_topics_free(struct guard_topics *topics)
{
	if (!topics)
		return;
	guard_policy_unref(topics->policy);
	free(topics);
}

size_t guard_topics_count(const struct guard_topics *topics)
{
	return topics->n;
}

const struct guard_topic *guard_topics_at(
    const struct guard_topics *topics, size_t i)
{
	return &topics->items[i];
}
