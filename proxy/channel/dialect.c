/*
 * dialect - a channel from YAML: preset first, then the block over it, then
 * what must be there is looked for. Nothing half-read is ever returned.
 */
#include "proxy/channel/dialect.h"

#include "proxy/base/mem.h"

#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_BODY_BYTES ((size_t)4 << 20)
#define DEFAULT_TEXT_BYTES ((size_t)1 << 20)
#define DEFAULT_EVENT_BYTES ((size_t)1 << 20)
#define DEFAULT_FRAMES 200000
#define DEFAULT_DEPTH 64
#define MAX_DEPTH 128
#define DEFAULT_NODES 200000

static const char *const top_keys[] = {"id", "preset", "family", "inspect",
    "match", "other_requests", "stream_if", "messages_asked", "ids", "inbound",
    "facts", "strip_request_headers", "keys", "variants", "limits", NULL};

static struct channel *channel_new(void)
{
	struct channel *c = mem_zero(sizeof *c);

	c->other = CHANNEL_DENY;
	c->heartbeat = mem_strdup("");
	c->limits = (struct channel_limits){DEFAULT_BODY_BYTES,
	    DEFAULT_TEXT_BYTES, DEFAULT_EVENT_BYTES, DEFAULT_FRAMES,
	    DEFAULT_DEPTH, DEFAULT_NODES};
	return c;
}

static void clear_matches(struct channel *c)
{
	for (size_t i = 0; i < c->n_matches; i++) {
		dialect_free_words(c->matches[i].methods);
		dialect_free_words(c->matches[i].segments);
	}
	free(c->matches);
	c->matches = NULL;
	c->n_matches = 0;
}

static void clear_media(struct channel *c)
{
	for (size_t i = 0; i < c->n_inbound_media; i++) {
		free(c->inbound_media[i].word);
		pointer_clear(&c->inbound_media[i].ptr);
	}
	free(c->inbound_media);
	c->inbound_media = NULL;
	c->n_inbound_media = 0;
}

void channel_free(struct channel *c)
{
	if (c == NULL)
		return;
	clear_matches(c);
	free(c->id);
	free(c->family);
	pointer_clear(&c->stream_if);
	free(c->stream_equals);
	pointer_clear(&c->asked);
	dialect_clear_sources(&c->conversation);
	dialect_clear_sources(&c->customer);
	dialect_clear_sources(&c->message);
	pointer_clear(&c->inbound_message);
	pointer_clear(&c->inbound_answer);
	dialect_clear_pointers(&c->inbound_text);
	clear_media(c);
	for (int i = 0; i < N_FACTS; i++)
		dialect_clear_sources(&c->facts[i]);
	dialect_free_words(c->strip);
	dialect_free_words(c->strip_passed);
	dialect_free_words(c->keys);
	free(c->known);
	dialect_clear_variant(&c->json);
	dialect_clear_variant(&c->sse);
	free(c->heartbeat);
	free(c);
}

/* ---- match ---- */

/* The path split at its slashes. */
static void dialect_path(
    struct loader *l, const struct yaml_node *row, struct match_rule *rule)
{
	const struct yaml_node *path = yaml_get(row, "path");
	size_t n = 0, deep = 0;

	if (path == NULL || path->kind != YAML_TEXT || path->text[0] != '/') {
		dialect_fault(l, path ? path : row, "C002",
		    "for example: /v1/chat/completions",
		    "path begins with a slash");
		return;
	}
	rule->segments = mem_array(path->len + 2, sizeof *rule->segments);
	for (const char *at = path->text + 1;;) {
		size_t len = strcspn(at, "/");
		if (len > 0 || at[len] != '\0')
			rule->segments[n++] = mem_strndup(at, len);
		deep += len == 2 && at[0] == '*' && at[1] == '*';
		if (at[len] == '\0')
			break;
		at += len + 1;
	}
	if (deep > 1)
		dialect_fault(
		    l, path, "C002", NULL, "more than one ** in path");
}

static void dialect_matches(
    struct loader *l, const struct yaml_node *map, struct channel *c)
{
	static const char *const keys[] = {"methods", "path", "as", NULL};
	static const char *const routes[] = {"judge", "pass", "deny", NULL};
	const struct yaml_node *list = yaml_get(map, "match");

	if (list == NULL)
		return;
	clear_matches(c);
	if (list->kind != YAML_LIST) {
		dialect_fault(l, list, "C002", "begin each line with -",
		    "match takes a list");
		return;
	}
	c->matches = mem_array(list->n_children + 1, sizeof *c->matches);
	for (const struct yaml_node *i = list->child; i; i = i->next) {
		int route = CHANNEL_JUDGE;
		struct match_rule *rule = &c->matches[c->n_matches];
		if (!dialect_keys(l, i, keys, "under match"))
			continue;
		c->n_matches++;
		dialect_words(l, i, "methods", &rule->methods);
		dialect_path(l, i, rule);
		dialect_choice(l, i, "as", routes, &route);
		rule->route = (enum channel_route)route;
	}
}

/* ---- the rest of the request side ---- */

static void dialect_ids(
    struct loader *l, const struct yaml_node *map, struct channel *c)
{
	static const char *const keys[] = {
	    "conversation", "customer", "message", "on_missing", NULL};
	static const char *const words[] = {"reject", "anonymous", NULL};
	const struct yaml_node *ids = yaml_get(map, "ids");
	int missing = c->anonymous;

	if (ids == NULL || !dialect_keys(l, ids, keys, "under ids"))
		return;
	dialect_sources(l, ids, "conversation", &c->conversation);
	dialect_sources(l, ids, "customer", &c->customer);
	dialect_sources(l, ids, "message", &c->message);
	dialect_choice(l, ids, "on_missing", words, &missing);
	c->anonymous = missing == 1;
}

/* {image: POINTER, audio: POINTER}: the word people are told, and where. */
static void dialect_media(
    struct loader *l, const struct yaml_node *inbound, struct channel *c)
{
	const struct yaml_node *map = yaml_get(inbound, "media");

	if (map == NULL)
		return;
	clear_media(c);
	if (map->kind != YAML_MAP) {
		dialect_fault(l, map, "C002",
		    "for example: {image: \"content/*[type=image_url]\"}",
		    "media takes names with a pointer each");
		return;
	}
	c->inbound_media =
	    mem_array(map->n_children + 1, sizeof *c->inbound_media);
	for (const struct yaml_node *i = map->child; i; i = i->next) {
		struct media_rule *m = &c->inbound_media[c->n_inbound_media];
		if (!dialect_pointer_at(l, i, &m->ptr))
			continue;
		m->word = mem_strdup(i->key->text);
		c->n_inbound_media++;
	}
}

static void dialect_inbound(
    struct loader *l, const struct yaml_node *map, struct channel *c)
{
	static const char *const keys[] = {
	    "message", "answer", "text", "media", NULL};
	const struct yaml_node *node = yaml_get(map, "inbound");

	if (node == NULL || !dialect_keys(l, node, keys, "under inbound"))
		return;
	dialect_pointer(
	    l, node, "message", &c->inbound_message, &c->has_inbound);
	dialect_pointer(
	    l, node, "answer", &c->inbound_answer, &c->has_inbound_answer);
	dialect_pointers(l, node, "text", &c->inbound_text);
	dialect_media(l, node, c);
}

static void dialect_facts(
    struct loader *l, const struct yaml_node *map, struct channel *c)
{
	static const char *const names[N_FACTS + 1] = {
	    [FACT_SEGMENT] = "segment",
	    [FACT_LANGUAGE] = "language",
	    [FACT_INTERACTION_TYPE] = "interaction_type",
	    [FACT_ZONE] = "zone",
	    [FACT_RESOLVED] = "resolved",
	    [FACT_REPEAT_CONTACT] = "repeat_contact",
	    [FACT_OPEN_TASKS] = "open_tasks",
	};
	const struct yaml_node *node = yaml_get(map, "facts");

	if (node == NULL || !dialect_keys(l, node, names, "under facts"))
		return;
	for (int i = 0; i < N_FACTS; i++)
		dialect_sources(l, node, names[i], &c->facts[i]);
}

static void dialect_stream_if(
    struct loader *l, const struct yaml_node *map, struct channel *c)
{
	static const char *const keys[] = {"ptr", "equals", NULL};
	const struct yaml_node *node = yaml_get(map, "stream_if");

	if (node == NULL || !dialect_keys(l, node, keys, "under stream_if"))
		return;
	dialect_pointer(l, node, "ptr", &c->stream_if, &c->has_stream_if);
	dialect_text(l, node, "equals", &c->stream_equals);
	if (!c->has_stream_if || c->stream_equals == NULL)
		dialect_fault(l, node, "C006",
		    "write {ptr: /stream, equals: true}",
		    "stream_if takes ptr and equals");
}

static void dialect_limits(
    struct loader *l, const struct yaml_node *map, struct channel *c)
{
	static const char *const keys[] = {"max_body", "max_text", "max_event",
	    "max_frames", "max_depth", "max_nodes", NULL};
	const struct yaml_node *node = yaml_get(map, "limits");
	struct channel_limits *m = &c->limits;

	if (node == NULL || !dialect_keys(l, node, keys, "under limits"))
		return;
	dialect_size(l, node, "max_body", true, &m->max_body_bytes);
	dialect_size(l, node, "max_text", true, &m->max_text_bytes);
	dialect_size(l, node, "max_event", true, &m->max_event_bytes);
	dialect_size(l, node, "max_frames", false, &m->max_frames);
	dialect_size(l, node, "max_depth", false, &m->max_depth);
	dialect_size(l, node, "max_nodes", false, &m->max_nodes);
	if (m->max_depth > MAX_DEPTH)
		dialect_fault(
		    l, node, "C002", "at most 128", "max_depth is too large");
}

static void dialect_block(
    struct loader *l, const struct yaml_node *map, struct channel *c)
{
	static const char *const routes[] = {"judge", "pass", "deny", NULL};
	static const char *const inspects[] = {"response", NULL};
	int other = c->other, inspect = 0;

	if (!dialect_keys(l, map, top_keys, "in a channel"))
		return;
	dialect_text(l, map, "id", &c->id);
	dialect_text(l, map, "family", &c->family);
	dialect_choice(l, map, "inspect", inspects, &inspect);
	dialect_matches(l, map, c);
	dialect_choice(l, map, "other_requests", routes, &other);
	c->other = (enum channel_route)other;
	dialect_stream_if(l, map, c);
	dialect_pointer(l, map, "messages_asked", &c->asked, &c->has_asked);
	dialect_ids(l, map, c);
	dialect_inbound(l, map, c);
	dialect_facts(l, map, c);
	dialect_words(l, map, "strip_request_headers", &c->strip);
	dialect_words(l, map, "keys", &c->keys);
	dialect_variants(l, map, c);
	dialect_limits(l, map, c);
}

/* ---- member names that are no text ---- */

static void know(struct channel *c, const char *key)
{
	c->known =
	    mem_realloc_array(c->known, c->n_known + 1, sizeof *c->known);
	c->known[c->n_known++] = key;
}

static void know_pointer(struct channel *c, const struct pointer *p)
{
	for (size_t i = 0; i < p->n_steps; i++) {
		if (p->steps[i].kind == POINTER_KEY)
			know(c, p->steps[i].key);
		if (p->steps[i].filter_key != NULL)
			know(c, p->steps[i].filter_key);
	}
}

static void know_variant(struct channel *c, const struct variant *v)
{
	const struct pointers *lists[] = {
	    &v->media, &v->remove, &v->hold, &v->otherwise};

	know_pointer(c, &v->messages);
	know_pointer(c, &v->end_if);
	know_pointer(c, &v->error);
	for (size_t i = 0; i < v->n_texts; i++)
		know_pointer(c, &v->texts[i].ptr);
	for (size_t i = 0; i < v->n_mirrors; i++)
		know_pointer(c, &v->mirrors[i].ptr);
	for (size_t i = 0; i < v->n_ignores; i++)
		know_pointer(c, &v->ignores[i].ptr);
	for (size_t k = 0; k < 4; k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			know_pointer(c, &lists[k]->items[i]);
	if (v->key != NULL)
		know(c, v->key);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void know_keys(struct channel *c)
{
	for (size_t i = 0; c->keys != NULL && c->keys[i] != NULL; i++)
		know(c, c->keys[i]);
	know_variant(c, &c->json);
	know_variant(c, &c->sse);
	if (c->n_known > 0)
		qsort(c->known, c->n_known, sizeof *c->known, by_text);
}

/* ---- fields that name somebody ---- */

static void add_field(struct channel *c, size_t *n, const char *name)
{
	c->strip_passed =
	    mem_realloc_array(c->strip_passed, *n + 2, sizeof *c->strip_passed);
	c->strip_passed[(*n)++] = mem_strdup(name);
	c->strip_passed[*n] = NULL;
}

static void add_sources(struct channel *c, size_t *n, const struct sources *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->items[i].kind == SOURCE_HEADER)
			add_field(c, n, s->items[i].name);
		if (s->items[i].kind == SOURCE_COOKIE)
			add_field(c, n, "cookie");
	}
}

static void name_fields(struct channel *c)
{
	size_t n = 0;

	c->strip_passed = mem_array(1, sizeof *c->strip_passed);
	for (char **i = c->strip; *i != NULL; i++)
		add_field(c, &n, *i);
	add_sources(c, &n, &c->conversation);
	add_sources(c, &n, &c->customer);
}

/* ---- the whole ---- */

static void dialect_preset(
    struct loader *l, const struct yaml_node *name, struct channel *c)
{
	struct span bytes = {NULL, 0};

	if (name->kind == YAML_TEXT)
		bytes = channel_preset(name->text);
	if (bytes.p == NULL) {
		const char *const *names = channel_preset_names();
		const char *near = name->kind == YAML_TEXT
		    ? yaml_nearest(name->text, names)
		    : NULL;
		char hint[128];
		snprintf(hint, sizeof hint, "%s %s",
		    near ? "did you mean" : "for example:",
		    near ? near : names[0]);
		dialect_fault(l, name, "C001", hint, "no preset of that name");
		return;
	}
	char file[128];
	snprintf(file, sizeof file, "presets/%s.yaml", name->text);
	struct loader own = {.diag = l->diag, .arg = l->arg};
	struct yaml_doc *doc =
	    yaml_parse(file, bytes.p, bytes.len, l->diag, l->arg);
	own.doc = doc;
	if (doc == NULL)
		l->faults++;
	else
		dialect_block(&own, yaml_root(doc), c);
	l->faults += own.faults;
	yaml_doc_free(doc);
}

static void check_whole(
    struct loader *l, const struct yaml_node *block, const struct channel *c)
{
	if (c->id == NULL)
		dialect_fault(l, block, "C006", "add id: web", "id is missing");
	if (c->n_matches == 0)
		dialect_fault(l, block, "C006", "add match: or preset:",
		    "no request of this channel is judged");
	if (c->conversation.n == 0 && !c->anonymous)
		dialect_fault(l, block, "C006",
		    "add ids: conversation, or on_missing: anonymous",
		    "nothing says what conversation a request belongs to");
	if (c->json.n_texts == 0 || c->json.emit_text.pieces == NULL)
		dialect_fault(l, block, "C006",
		    "add text: and emit: under json",
		    "nothing says where a JSON body has its text, or how to "
		    "write one");
	if (c->has_stream_if &&
	    (c->sse.n_texts == 0 || c->sse.emit_text.pieces == NULL))
		dialect_fault(l, block, "C006", "add text: and emit: under sse",
		    "nothing says where a stream has its text, or how to "
		    "write one");
}

struct channel *channel_load(const struct yaml_doc *doc,
    const struct yaml_node *block, const char *id, diag_fn *diag, void *arg)
{
	struct loader l = {doc, diag, arg, 0};
	struct channel *c = channel_new();
	const struct yaml_node *preset =
	    block->kind == YAML_TEXT ? block : yaml_get(block, "preset");

	if (preset != NULL)
		dialect_preset(&l, preset, c);
	if (id != NULL) {
		free(c->id);
		c->id = mem_strdup(id);
	}
	if (block->kind != YAML_TEXT)
		dialect_block(&l, block, c);
	if (l.faults == 0)
		check_whole(&l, block, c);
	dialect_compile(&l, block, &c->json);
	dialect_compile(&l, block, &c->sse);
	if (l.faults > 0) {
		channel_free(c);
		return NULL;
	}
	if (c->family == NULL)
		c->family = mem_strdup(c->id);
	if (c->strip == NULL)
		c->strip = mem_array(1, sizeof *c->strip);
	know_keys(c);
	name_fields(c);
	return c;
}
