/*
 * dialect_variant - `variants:` of a channel: what its JSON bodies and its
 * event streams look like.
 */
#include "proxy/channel/dialect.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

static void clear_texts(struct variant *v)
{
	for (size_t i = 0; i < v->n_texts; i++) {
		pointer_clear(&v->texts[i].ptr);
		free(v->texts[i].as);
		free(v->texts[i].either);
	}
	free(v->texts);
	v->texts = NULL;
	v->n_texts = 0;
}

static void clear_mirrors(struct variant *v)
{
	for (size_t i = 0; i < v->n_mirrors; i++)
		pointer_clear(&v->mirrors[i].ptr);
	free(v->mirrors);
	v->mirrors = NULL;
	v->n_mirrors = 0;
}

static void clear_streamed(struct variant *v)
{
	for (size_t i = 0; i < v->n_streamed; i++)
		template_clear(&v->streamed[i]);
	free(v->streamed);
	v->streamed = NULL;
	v->n_streamed = 0;
}

static void clear_ignores(struct variant *v)
{
	for (size_t i = 0; i < v->n_ignores; i++) {
		pointer_clear(&v->ignores[i].ptr);
		dialect_free_words(v->ignores[i].is);
	}
	free(v->ignores);
	v->ignores = NULL;
	v->n_ignores = 0;
}

static void clear_sets(struct variant *v)
{
	for (size_t i = 0; i < v->n_sets; i++) {
		pointer_clear(&v->sets[i].ptr);
		template_clear(&v->sets[i].value);
	}
	free(v->sets);
	v->sets = NULL;
	v->n_sets = 0;
}

void dialect_clear_variant(struct variant *v)
{
	clear_texts(v);
	clear_mirrors(v);
	clear_sets(v);
	pointer_clear(&v->messages);
	free(v->key);
	clear_ignores(v);
	clear_streamed(v);
	dialect_clear_pointers(&v->number);
	dialect_clear_pointers(&v->media);
	dialect_clear_pointers(&v->hold);
	dialect_clear_pointers(&v->otherwise);
	dialect_clear_pointers(&v->remove);
	pointer_clear(&v->end_if);
	pointer_clear(&v->error);
	free(v->done);
	free(v->gap);
	template_clear(&v->emit_text);
	template_clear(&v->emit_end);
	template_clear(&v->emit_done);
	paths_clear(&v->paths);
}

/* ---- the machine over all pointers ---- */

static size_t add_pointers(
    struct paths_entry *to, const struct pointers *from, enum paths_role role)
{
	for (size_t i = 0; i < from->n; i++)
		to[i] =
		    (struct paths_entry){.ptr = &from->items[i], .role = role};
	return from->n;
}

static size_t add_entries(const struct variant *v, struct paths_entry *e)
{
	size_t n = 0;

	for (size_t i = 0; i < v->n_texts; i++)
		e[n++] = (struct paths_entry){.ptr = &v->texts[i].ptr,
		    .role = PATHS_TEXT,
		    .item = (uint16_t)i};
	for (size_t i = 0; i < v->n_mirrors; i++)
		e[n++] = (struct paths_entry){.ptr = &v->mirrors[i].ptr,
		    .role = PATHS_MIRROR,
		    .item = (uint16_t)i};
	for (size_t i = 0; i < v->n_ignores; i++)
		e[n++] = (struct paths_entry){.ptr = &v->ignores[i].ptr,
		    .role = PATHS_IGNORE,
		    .item = (uint16_t)i};
	n += add_pointers(e + n, &v->media, PATHS_MEDIA);
	n += add_pointers(e + n, &v->hold, PATHS_HOLD);
	n += add_pointers(e + n, &v->otherwise, PATHS_OTHERWISE);
	if (v->has_messages)
		e[n++] = (struct paths_entry){
		    .ptr = &v->messages, .role = PATHS_MESSAGE};
	if (v->has_end_if)
		e[n++] = (struct paths_entry){
		    .ptr = &v->end_if, .role = PATHS_END_IF};
	if (v->has_error)
		e[n++] =
		    (struct paths_entry){.ptr = &v->error, .role = PATHS_ERROR};
	return n;
}

static void number_labels(struct variant *v)
{
	uint16_t last = 0;

	for (size_t i = 0; i < v->n_texts; i++) {
		struct text_rule *rule = &v->texts[i];
		for (size_t k = 0; k < i && rule->as != NULL; k++)
			if (v->texts[k].as != NULL &&
			    strcmp(v->texts[k].as, rule->as) == 0)
				rule->label = v->texts[k].label;
		if (rule->as != NULL && rule->label == 0)
			rule->label = ++last;
	}
}

void dialect_compile(
    struct loader *l, const struct yaml_node *block, struct variant *v)
{
	size_t room = v->n_texts + v->n_mirrors + v->n_ignores + v->media.n +
	    v->hold.n + v->otherwise.n + 3;
	struct paths_entry *e = mem_array(room, sizeof *e);
	size_t n = add_entries(v, e);

	number_labels(v);
	for (size_t i = 0; i < n; i++)
		if (v->has_messages && e[i].ptr->relative &&
		    e[i].role != PATHS_MESSAGE && e[i].role != PATHS_ERROR)
			e[i].before = &v->messages;
	if (paths_build(&v->paths, e, n) != 0)
		dialect_fault(l, block, "C003",
		    "use fewer pointers with * or ** in them",
		    "the pointers of this channel are too many to combine");
	free(e);
}

/* The list under key, or NULL (a fault when it is something else). */
static const struct yaml_node *list_of(
    struct loader *l, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *list = yaml_get(map, key);

	if (list == NULL || list->kind == YAML_LIST)
		return list;
	dialect_fault(
	    l, list, "C002", "begin each line with -", "%s takes a list", key);
	return NULL;
}

static bool has_ptr(
    struct loader *l, const struct yaml_node *row, struct pointer *out)
{
	const struct yaml_node *ptr = yaml_get(row, "ptr");

	if (ptr == NULL) {
		dialect_fault(
		    l, row, "C006", "add ptr: /where/it/is", "ptr is missing");
		return false;
	}
	return dialect_pointer_at(l, ptr, out);
}

static void dialect_texts(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	static const char *const keys[] = {
	    "ptr", "as", "either", "kind", "decode", NULL};
	static const char *const kinds[] = {[CHANNEL_SAID] = "said",
	    [CHANNEL_TOOL] = "tool",
	    [CHANNEL_REASONING] = "reasoning",
	    [CHANNEL_ERROR] = "error",
	    [CHANNEL_OTHER] = "other",
	    NULL};
	static const char *const decodes[] = {"none", "json", NULL};
	const struct yaml_node *list = list_of(l, map, "text");

	if (list == NULL)
		return;
	clear_texts(v);
	v->texts = mem_array(list->n_children + 1, sizeof *v->texts);
	for (const struct yaml_node *i = list->child; i; i = i->next) {
		struct text_rule *rule = &v->texts[v->n_texts];
		int kind = CHANNEL_SAID, decode = 0;
		if (!dialect_keys(l, i, keys, "under text") ||
		    !has_ptr(l, i, &rule->ptr))
			continue;
		v->n_texts++;
		dialect_text(l, i, "as", &rule->as);
		dialect_text(l, i, "either", &rule->either);
		if (rule->either != NULL && rule->as == NULL)
			dialect_fault(l, i, "C006", "add as: content",
			    "either: needs a label to tell the fields apart");
		dialect_choice(l, i, "kind", kinds, &kind);
		dialect_choice(l, i, "decode", decodes, &decode);
		rule->kind = (enum channel_kind)kind;
		rule->nested = decode == 1;
	}
}

static void dialect_mirrors(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	static const char *const keys[] = {"ptr", "tokens", NULL};
	const struct yaml_node *list = list_of(l, map, "mirrors");

	if (list == NULL)
		return;
	clear_mirrors(v);
	v->mirrors = mem_array(list->n_children + 1, sizeof *v->mirrors);
	for (const struct yaml_node *i = list->child; i; i = i->next) {
		struct mirror_rule *rule = &v->mirrors[v->n_mirrors];
		if (!dialect_keys(l, i, keys, "under mirrors") ||
		    !has_ptr(l, i, &rule->ptr))
			continue;
		v->n_mirrors++;
		dialect_bool(l, i, "tokens", &rule->tokens);
	}
}

/* A pointer, or {ptr: ..., is: [...]}, or {ptr: ..., noise: true}. */
static void dialect_ignores(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	static const char *const keys[] = {"ptr", "is", "noise", NULL};
	const struct yaml_node *list = list_of(l, map, "ignore");

	if (list == NULL)
		return;
	clear_ignores(v);
	v->ignores = mem_array(list->n_children + 1, sizeof *v->ignores);
	for (const struct yaml_node *i = list->child; i; i = i->next) {
		struct ignore_rule *rule = &v->ignores[v->n_ignores];
		if (i->kind == YAML_TEXT) {
			v->n_ignores += dialect_pointer_at(l, i, &rule->ptr);
			continue;
		}
		if (!dialect_keys(l, i, keys, "under ignore") ||
		    !has_ptr(l, i, &rule->ptr))
			continue;
		v->n_ignores++;
		dialect_words(l, i, "is", &rule->is);
		dialect_bool(l, i, "noise", &rule->noise);
	}
}

static void dialect_replace(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	static const char *const keys[] = {"set", "remove", NULL};
	static const char *const set_keys[] = {"ptr", "value", NULL};
	const struct yaml_node *node = yaml_get(map, "replace");

	if (node == NULL || !dialect_keys(l, node, keys, "under replace"))
		return;
	dialect_pointers(l, node, "remove", &v->remove);
	const struct yaml_node *list = list_of(l, node, "set");
	if (list == NULL)
		return;
	clear_sets(v);
	v->sets = mem_array(list->n_children + 1, sizeof *v->sets);
	for (const struct yaml_node *i = list->child; i; i = i->next) {
		struct set_rule *rule = &v->sets[v->n_sets];
		if (!dialect_keys(l, i, set_keys, "under set") ||
		    !has_ptr(l, i, &rule->ptr))
			continue;
		v->n_sets++;
		const struct yaml_node *value = yaml_get(i, "value");
		if (value != NULL)
			dialect_template_at(l, value, &rule->value);
		else
			dialect_fault(l, i, "C006",
			    "add value: \"{{json text}}\"", "value is missing");
	}
}

static void dialect_emit(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	static const char *const keys[] = {"text", "end", "done", NULL};
	struct template *const parts[] = {
	    &v->emit_text, &v->emit_end, &v->emit_done};
	const struct yaml_node *node = yaml_get(map, "emit");

	if (node == NULL)
		return;
	if (node->kind == YAML_TEXT) {
		dialect_template_at(l, node, &v->emit_text);
		return;
	}
	if (!dialect_keys(l, node, keys, "under emit"))
		return;
	for (int i = 0; keys[i] != NULL; i++) {
		const struct yaml_node *value = yaml_get(node, keys[i]);
		if (value != NULL)
			dialect_template_at(l, value, parts[i]);
	}
}

static void dialect_streamed(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	static const char *const keys[] = {"number", "emit", NULL};
	const struct yaml_node *node = yaml_get(map, "streamed");

	if (node == NULL || !dialect_keys(l, node, keys, "under streamed"))
		return;
	dialect_pointers(l, node, "number", &v->number);
	const struct yaml_node *list = list_of(l, node, "emit");
	if (list == NULL)
		return;
	clear_streamed(v);
	v->streamed = mem_array(list->n_children + 1, sizeof *v->streamed);
	for (const struct yaml_node *i = list->child; i; i = i->next)
		dialect_template_at(l, i, &v->streamed[v->n_streamed++]);
}

static void dialect_variant(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	dialect_pointer(l, map, "messages", &v->messages, &v->has_messages);
	dialect_text(l, map, "key", &v->key);
	dialect_texts(l, map, v);
	dialect_mirrors(l, map, v);
	dialect_ignores(l, map, v);
	dialect_pointers(l, map, "media", &v->media);
	dialect_pointers(l, map, "hold", &v->hold);
	dialect_pointers(l, map, "otherwise", &v->otherwise);
	dialect_pointer(l, map, "error", &v->error, &v->has_error);
	dialect_replace(l, map, v);
	dialect_emit(l, map, v);
	dialect_streamed(l, map, v);
	dialect_pointer(l, map, "end_if", &v->end_if, &v->has_end_if);
	dialect_text(l, map, "done", &v->done);
	dialect_text(l, map, "gap", &v->gap);
}

static void dialect_heartbeat(
    struct loader *l, const struct yaml_node *sse, struct channel *c)
{
	static const char *const keys[] = {"every", "bytes", NULL};
	const struct yaml_node *node = yaml_get(sse, "heartbeat");

	if (node != NULL && dialect_keys(l, node, keys, "under heartbeat")) {
		dialect_duration_ms(l, node, "every", &c->heartbeat_ms);
		dialect_text(l, node, "bytes", &c->heartbeat);
	}
	dialect_duration_ms(l, sse, "max_hold", &c->max_hold_ms);
}

void dialect_variants(
    struct loader *l, const struct yaml_node *map, struct channel *c)
{
	static const char *const kinds[] = {"json", "sse", NULL};
	static const char *const json_keys[] = {"messages", "key", "text",
	    "otherwise", "mirrors", "ignore", "media", "error", "replace",
	    "emit", "streamed", NULL};
	static const char *const sse_keys[] = {"messages", "key", "text",
	    "otherwise", "mirrors", "ignore", "media", "hold", "error", "emit",
	    "end_if", "done", "gap", "heartbeat", "max_hold", NULL};
	const struct yaml_node *node = yaml_get(map, "variants");

	if (node == NULL || !dialect_keys(l, node, kinds, "under variants"))
		return;
	const struct yaml_node *json = yaml_get(node, "json");
	const struct yaml_node *sse = yaml_get(node, "sse");
	if (json != NULL && dialect_keys(l, json, json_keys, "under json"))
		dialect_variant(l, json, &c->json);
	if (sse != NULL && dialect_keys(l, sse, sse_keys, "under sse")) {
		dialect_variant(l, sse, &c->sse);
		dialect_heartbeat(l, sse, c);
	}
}
