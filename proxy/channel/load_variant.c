/*
 * load_variant - `variants:` of a channel: what its JSON bodies and its event
 * streams look like.
 */
#include "proxy/channel/load.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

static void clear_texts(struct variant *v)
{
	for (size_t i = 0; i < v->n_texts; i++) {
		pointer_clear(&v->texts[i].ptr);
		free(v->texts[i].as);
	}
	free(v->texts);
	v->texts = NULL;
	v->n_texts = 0;
}

static void clear_mirrors(struct variant *v)
{
	for (size_t i = 0; i < v->n_mirrors; i++) {
		pointer_clear(&v->mirrors[i].ptr);
		pointer_clear(&v->mirrors[i].same);
		load_free_words(v->mirrors[i].labels);
	}
	free(v->mirrors);
	v->mirrors = NULL;
	v->n_mirrors = 0;
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

void load_clear_variant(struct variant *v)
{
	clear_texts(v);
	clear_mirrors(v);
	clear_sets(v);
	pointer_clear(&v->messages);
	free(v->key);
	load_clear_pointers(&v->ignore);
	load_clear_pointers(&v->media);
	load_clear_pointers(&v->remove);
	pointer_clear(&v->end_if);
	pointer_clear(&v->error);
	free(v->done);
	free(v->gap);
	template_clear(&v->emit_text);
	template_clear(&v->emit_end);
	template_clear(&v->emit_done);
}

/* The list under key, or NULL (a fault when it is something else). */
static const struct yaml_node *list_of(
    struct loader *l, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *list = yaml_get(map, key);

	if (list == NULL || list->kind == YAML_LIST)
		return list;
	load_fault(
	    l, list, "C002", "begin each line with -", "%s takes a list", key);
	return NULL;
}

static bool has_ptr(
    struct loader *l, const struct yaml_node *row, struct pointer *out)
{
	const struct yaml_node *ptr = yaml_get(row, "ptr");

	if (ptr == NULL) {
		load_fault(
		    l, row, "C006", "add ptr: /where/it/is", "ptr is missing");
		return false;
	}
	return load_pointer_at(l, ptr, out);
}

static void load_texts(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	static const char *const keys[] = {"ptr", "as", "kind", "decode", NULL};
	static const char *const kinds[] = {"said", "tool", "other", NULL};
	static const char *const decodes[] = {"none", "json", NULL};
	const struct yaml_node *list = list_of(l, map, "text");

	if (list == NULL)
		return;
	clear_texts(v);
	v->texts = mem_array(list->n_children + 1, sizeof *v->texts);
	for (const struct yaml_node *i = list->child; i; i = i->next) {
		struct text_rule *rule = &v->texts[v->n_texts];
		int kind = CHANNEL_SAID, decode = 0;
		if (!load_keys(l, i, keys, "under text") ||
		    !has_ptr(l, i, &rule->ptr))
			continue;
		v->n_texts++;
		load_text(l, i, "as", &rule->as);
		load_choice(l, i, "kind", kinds, &kind);
		load_choice(l, i, "decode", decodes, &decode);
		rule->kind = (enum channel_kind)kind;
		rule->nested = decode == 1;
	}
}

static void load_mirrors(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	static const char *const keys[] = {"ptr", "judge", "same", "as", NULL};
	const struct yaml_node *list = list_of(l, map, "mirrors");

	if (list == NULL)
		return;
	clear_mirrors(v);
	v->mirrors = mem_array(list->n_children + 1, sizeof *v->mirrors);
	for (const struct yaml_node *i = list->child; i; i = i->next) {
		struct mirror_rule *rule = &v->mirrors[v->n_mirrors];
		if (!load_keys(l, i, keys, "under mirrors") ||
		    !has_ptr(l, i, &rule->ptr))
			continue;
		v->n_mirrors++;
		load_bool(l, i, "judge", &rule->judge);
		load_words(l, i, "as", &rule->labels);
		load_pointer(l, i, "same", &rule->same, &rule->repeats);
		if (rule->repeats == rule->judge ||
		    rule->repeats != (rule->labels != NULL))
			load_fault(l, i, "C006",
			    "give same: and as:, or judge: true",
			    "nothing says that this mirror repeats a text");
	}
}

static void load_replace(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	static const char *const keys[] = {"set", "remove", NULL};
	static const char *const set_keys[] = {"ptr", "value", NULL};
	const struct yaml_node *node = yaml_get(map, "replace");

	if (node == NULL || !load_keys(l, node, keys, "under replace"))
		return;
	load_pointers(l, node, "remove", &v->remove);
	const struct yaml_node *list = list_of(l, node, "set");
	if (list == NULL)
		return;
	clear_sets(v);
	v->sets = mem_array(list->n_children + 1, sizeof *v->sets);
	for (const struct yaml_node *i = list->child; i; i = i->next) {
		struct set_rule *rule = &v->sets[v->n_sets];
		if (!load_keys(l, i, set_keys, "under set") ||
		    !has_ptr(l, i, &rule->ptr))
			continue;
		v->n_sets++;
		const struct yaml_node *value = yaml_get(i, "value");
		if (value != NULL)
			load_template_at(l, value, &rule->value);
		else
			load_fault(l, i, "C006", "add value: \"{{json text}}\"",
			    "value is missing");
	}
}

static void load_emit(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	static const char *const keys[] = {"text", "end", "done", NULL};
	struct template *const parts[] = {
	    &v->emit_text, &v->emit_end, &v->emit_done};
	const struct yaml_node *node = yaml_get(map, "emit");

	if (node == NULL)
		return;
	if (node->kind == YAML_TEXT) {
		load_template_at(l, node, &v->emit_text);
		return;
	}
	if (!load_keys(l, node, keys, "under emit"))
		return;
	for (int i = 0; keys[i] != NULL; i++) {
		const struct yaml_node *value = yaml_get(node, keys[i]);
		if (value != NULL)
			load_template_at(l, value, parts[i]);
	}
}

static void load_variant(
    struct loader *l, const struct yaml_node *map, struct variant *v)
{
	load_pointer(l, map, "messages", &v->messages, &v->has_messages);
	load_text(l, map, "key", &v->key);
	load_texts(l, map, v);
	load_mirrors(l, map, v);
	load_pointers(l, map, "ignore", &v->ignore);
	load_pointers(l, map, "media", &v->media);
	load_pointer(l, map, "error", &v->error, &v->has_error);
	load_replace(l, map, v);
	load_emit(l, map, v);
	load_pointer(l, map, "end_if", &v->end_if, &v->has_end_if);
	load_text(l, map, "done", &v->done);
	load_text(l, map, "gap", &v->gap);
}

static void load_heartbeat(
    struct loader *l, const struct yaml_node *sse, struct channel *c)
{
	static const char *const keys[] = {"every", "bytes", NULL};
	const struct yaml_node *node = yaml_get(sse, "heartbeat");

	if (node != NULL && load_keys(l, node, keys, "under heartbeat")) {
		load_duration_ms(l, node, "every", &c->heartbeat_ms);
		load_text(l, node, "bytes", &c->heartbeat);
	}
	load_duration_ms(l, sse, "max_hold", &c->max_hold_ms);
}

void load_variants(
    struct loader *l, const struct yaml_node *map, struct channel *c)
{
	static const char *const kinds[] = {"json", "sse", NULL};
	static const char *const json_keys[] = {"messages", "key", "text",
	    "mirrors", "ignore", "media", "error", "replace", "emit", NULL};
	static const char *const sse_keys[] = {"messages", "key", "text",
	    "mirrors", "ignore", "media", "error", "emit", "end_if", "done",
	    "gap", "heartbeat", "max_hold", NULL};
	const struct yaml_node *node = yaml_get(map, "variants");

	if (node == NULL || !load_keys(l, node, kinds, "under variants"))
		return;
	const struct yaml_node *json = yaml_get(node, "json");
	const struct yaml_node *sse = yaml_get(node, "sse");
	if (json != NULL && load_keys(l, json, json_keys, "under json"))
		load_variant(l, json, &c->json);
	if (sse != NULL && load_keys(l, sse, sse_keys, "under sse")) {
		load_variant(l, sse, &c->sse);
		load_heartbeat(l, sse, c);
	}
}
