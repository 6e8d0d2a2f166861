/*
 * load_entity - patterns, and the kinds of data a pack defines with them: a
 * pattern, digits that add up, words that stand near. All that is given has to
 * hold.
 */
#include "rules/load_amounts.h"
#include "rules/load_parts.h"
#include "rules/load_words.h"
#include "rules/pattern.h"

#include <stdio.h>
#include <string.h>

#define CONTEXT_WITHIN 10u /* words, unless said */

uint32_t load_pattern(struct load *l, const struct yaml_node *n,
    const struct detector *as, const char *key)
{
	if (!n->quoted) {
		load_fault(l, n, LOAD_PATTERN_BARE, "put it in '...'",
		    "a pattern has to be in quotes");
		return DETECTOR_NONE;
	}
	if (strpbrk(n->text, "\b\v")) {
		load_fault(l, n, LOAD_PATTERN, "put it in '...'",
		    "in \"...\" YAML makes a control character of \\b and "
		    "\\v");
		return DETECTOR_NONE;
	}
	if (!key)
		return DETECTOR_NONE;
	uint32_t number = names_find(&l->detector_names, key);
	if (number != NAMES_NONE)
		return number;
	char why[256];
	struct pattern *pattern = NULL;
	enum pattern_err err =
	    pattern_new(&pattern, n->text, n->len, why, sizeof(why));
	if (err == PATTERN_ERR_MEMORY)
		load_out_of_memory(l);
	else if (err)
		load_fault(l, n, LOAD_PATTERN, NULL,
		    "this pattern cannot be used: %s", why);
	if (err)
		return DETECTOR_NONE;
	struct detector d = *as;
	d.pattern = pattern;
	number = load_detector(l, key, &d);
	if (number == DETECTOR_NONE)
		pattern_free(pattern);
	return number;
}

/* ---- entities of a pack ---- */

static char *own_key(struct load *l, const char *name)
{
	return load_printf(
	    l, "entity %s/%s", l->pack ? l->pack->name : "", name);
}

static bool is_ours(const char *name)
{
	for (size_t i = 0; load_words_entity[i]; i++)
		if (strcmp(load_words_entity[i], name) == 0)
			return true;
	return false;
}

static void read_entity(struct load *l, const struct yaml_node *n)
{
	const char *name = n->key->text;
	if (!load_check_map(l, n, load_keys_entity, "in an entity"))
		return;
	if (is_ours(name)) {
		load_fault(l, n->key, LOAD_TWICE, "choose another name",
		    "\"%s\" is already a kind of data", name);
		return;
	}
	const struct yaml_node *pattern = yaml_get(n, "pattern");
	if (!pattern)
		load_fault(l, n->key, LOAD_MISSING, NULL,
		    "\"pattern\" is missing in the entity \"%s\"", name);
	struct detector d = {.kind = DETECTOR_PATTERN};
	d.check = (enum checksum)load_choice(
	    l, yaml_get(n, "check"), load_words_check, CHECKSUM_NONE);
	const struct yaml_node *context = yaml_get(n, "context");
	const struct yaml_node *within = yaml_get(n, "within");
	if (context) {
		d.context.what = load_phrases(l, context);
		d.context.within = within ? load_within(l, n) : CONTEXT_WITHIN;
	} else if (within) {
		load_fault(l, within->key, LOAD_FIND, NULL,
		    "within has to stand beside context");
	}
	char *key = own_key(l, name);
	if (!key || !pattern || pattern->kind != YAML_TEXT)
		return;
	uint32_t number = load_pattern(l, pattern, &d, key);
	if (number != DETECTOR_NONE && names_add(&l->entity_names, key, number))
		load_out_of_memory(l);
}

void load_entities(struct load *l, const struct yaml_node *n)
{
	if (!n || n->kind != YAML_MAP)
		return;
	for (const struct yaml_node *e = n->child; e; e = e->next)
		read_entity(l, e);
}

uint32_t load_own_entity(struct load *l, const char *name)
{
	char *key = own_key(l, name);
	return key ? names_find(&l->entity_names, key) : NAMES_NONE;
}
