/*
 * dialect_value - single values: texts, numbers with units, pointers, sources.
 */
#include "proxy/channel/dialect.h"

#include "proxy/base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void dialect_fault(struct loader *l, const struct yaml_node *node,
    const char *code, const char *hint, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	l->faults++;
	yaml_report(
	    l->doc, node, DIAG_ERROR, code, hint, l->diag, l->arg, "%s", text);
}

bool dialect_keys(struct loader *l, const struct yaml_node *node,
    const char *const *allowed, const char *where)
{
	if (node->kind != YAML_MAP) {
		dialect_fault(l, node, "C002", NULL,
		    "%s: keys with values belong "
		    "here",
		    where);
		return false;
	}
	unsigned unknown =
	    yaml_check_keys(l->doc, node, allowed, where, l->diag, l->arg);
	l->faults += unknown;
	return unknown == 0;
}

static const struct yaml_node *scalar(
    struct loader *l, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (node != NULL && node->kind != YAML_TEXT) {
		dialect_fault(l, node, "C002", NULL, "%s takes one value", key);
		return NULL;
	}
	return node;
}

void dialect_text(
    struct loader *l, const struct yaml_node *map, const char *key, char **out)
{
	const struct yaml_node *node = scalar(l, map, key);

	if (node == NULL)
		return;
	free(*out);
	*out = mem_strdup(node->text);
}

void dialect_choice(struct loader *l, const struct yaml_node *map,
    const char *key, const char *const *words, int *out)
{
	const struct yaml_node *node = scalar(l, map, key);

	if (node == NULL)
		return;
	for (int i = 0; words[i] != NULL; i++)
		if (yaml_is(node, words[i])) {
			*out = i;
			return;
		}
	char hint[128];
	const char *near = yaml_nearest(node->text, words);
	snprintf(hint, sizeof hint,
	    near ? "did you mean %s?" : "for example: %s",
	    near ? near : words[0]);
	dialect_fault(
	    l, node, "C002", hint, "%s cannot be \"%s\"", key, node->text);
}

void dialect_bool(
    struct loader *l, const struct yaml_node *map, const char *key, bool *out)
{
	static const char *const words[] = {"false", "true", NULL};
	int value = *out;

	dialect_choice(l, map, key, words, &value);
	*out = value != 0;
}

void dialect_free_words(char **words)
{
	for (size_t i = 0; words != NULL && words[i] != NULL; i++)
		free(words[i]);
	free(words);
}

void dialect_words(
    struct loader *l, const struct yaml_node *map, const char *key, char ***out)
{
	const struct yaml_node *list = yaml_get(map, key);
	size_t n = 0;

	if (list == NULL)
		return;
	if (list->kind != YAML_LIST) {
		dialect_fault(
		    l, list, "C002", "write [a, b]", "%s takes a list", key);
		return;
	}
	dialect_free_words(*out);
	*out = mem_array(list->n_children + 1, sizeof **out);
	for (const struct yaml_node *i = list->child; i; i = i->next)
		if (i->kind == YAML_TEXT)
			(*out)[n++] = mem_strdup(i->text);
		else
			dialect_fault(
			    l, i, "C002", NULL, "a word belongs here");
}

/* ---- numbers ---- */

struct unit {
	const char *name;
	uint64_t factor;
};

/* value * unit, or false. No unit at all: factor 1 when units allow "". */
static bool number(
    const char *text, const struct unit *units, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++) {
		if (value > max / 10)
			return false;
		value = value * 10 + (uint64_t)(*at - '0');
	}
	if (at == text)
		return false;
	while (*at == ' ')
		at++;
	for (; units->name != NULL; units++)
		if (strcmp(at, units->name) == 0) {
			*out = value * units->factor;
			return value <= max / units->factor;
		}
	return false;
}

void dialect_duration_ms(struct loader *l, const struct yaml_node *map,
    const char *key, uint32_t *out)
{
	static const struct unit units[] = {
	    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {NULL, 0}};
	const struct yaml_node *node = scalar(l, map, key);
	uint64_t value = 0;

	if (node == NULL)
		return;
	if (number(node->text, units, UINT32_MAX, &value))
		*out = (uint32_t)value;
	else
		dialect_fault(l, node, "C002", "write 10s, 500ms or 2m",
		    "%s is no time: \"%s\"", key, node->text);
}

void dialect_size(struct loader *l, const struct yaml_node *map,
    const char *key, bool bytes, size_t *out)
{
	static const struct unit units[] = {
	    {"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"B", 1}, {NULL, 0}};
	static const struct unit plain[] = {{"", 1}, {NULL, 0}};
	const struct yaml_node *node = scalar(l, map, key);
	uint64_t value = 0;

	if (node == NULL)
		return;
	if (number(node->text, bytes ? units : plain, UINT32_MAX / 4, &value) &&
	    value > 0)
		*out = (size_t)value;
	else
		dialect_fault(l, node, "C002",
		    bytes ? "write 512KiB or 4MiB" : "write a whole number",
		    "%s is no size: \"%s\"", key, node->text);
}

/* ---- pointers, templates, sources ---- */

bool dialect_pointer_at(
    struct loader *l, const struct yaml_node *node, struct pointer *out)
{
	const char *why = "a text belongs here";

	if (node->kind == YAML_TEXT &&
	    pointer_parse(out, node->text, &why) == 0)
		return true;
	dialect_fault(l, node, "C003",
	    "for example: /choices/*/message/content", "not a pointer: %s",
	    why);
	return false;
}

void dialect_pointer(struct loader *l, const struct yaml_node *map,
    const char *key, struct pointer *out, bool *has)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (node == NULL)
		return;
	pointer_clear(out);
	*has = dialect_pointer_at(l, node, out);
}

void dialect_clear_pointers(struct pointers *p)
{
	for (size_t i = 0; i < p->n; i++)
		pointer_clear(&p->items[i]);
	free(p->items);
	*p = (struct pointers){NULL, 0};
}

void dialect_pointers(struct loader *l, const struct yaml_node *map,
    const char *key, struct pointers *out)
{
	const struct yaml_node *list = yaml_get(map, key);

	if (list == NULL)
		return;
	dialect_clear_pointers(out);
	if (list->kind != YAML_LIST) {
		dialect_fault(l, list, "C002", "write [/a, /b]",
		    "%s takes a list of pointers", key);
		return;
	}
	out->items = mem_array(list->n_children + 1, sizeof *out->items);
	for (const struct yaml_node *i = list->child; i; i = i->next)
		if (dialect_pointer_at(l, i, &out->items[out->n]))
			out->n++;
}

void dialect_template_at(
    struct loader *l, const struct yaml_node *node, struct template *out)
{
	const char *why = "a text belongs here";

	template_clear(out);
	if (node->kind != YAML_TEXT ||
	    template_parse(out, node->text, &why) != 0)
		dialect_fault(l, node, "C004", NULL, "not a template: %s", why);
}

void dialect_clear_sources(struct sources *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->items[i].name);
		pointer_clear(&s->items[i].ptr);
	}
	free(s->items);
	*s = (struct sources){NULL, 0};
}

static void dialect_source(
    struct loader *l, const struct yaml_node *node, struct sources *out)
{
	static const char *const prefixes[] = {
	    "header:", "cookie:", "req:", "res:"};
	struct source *source = &out->items[out->n];
	const char *why = NULL;

	for (int k = 0; k < 4 && node->kind == YAML_TEXT; k++) {
		size_t n = strlen(prefixes[k]);
		if (strncmp(node->text, prefixes[k], n) != 0 ||
		    node->text[n] == '\0')
			continue;
		if (k >= SOURCE_REQUEST &&
		    pointer_parse(&source->ptr, node->text + n, &why) != 0)
			break;
		source->kind = (enum source_kind)k;
		source->name = mem_strdup(node->text + n);
		out->n++;
		return;
	}
	dialect_fault(l, node, "C005",
	    "write header:NAME, cookie:NAME, req:/pointer or res:/pointer",
	    "not a place a value can come from%s%s", why ? ": " : "",
	    why ? why : "");
}

void dialect_sources(struct loader *l, const struct yaml_node *map,
    const char *key, struct sources *out)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (node == NULL)
		return;
	dialect_clear_sources(out);
	out->items = mem_array(node->n_children + 1, sizeof *out->items);
	if (node->kind != YAML_LIST) {
		dialect_source(l, node, out);
		return;
	}
	for (const struct yaml_node *i = node->child; i; i = i->next)
		dialect_source(l, i, out);
}
