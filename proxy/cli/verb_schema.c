/*
 * verb_schema - `handrail schema KIND`: JSON Schema (draft-07) of a policy's
 * files, made of the tables the loader reads by. Editors complete and explain
 * keys with it:
 *
 *   # yaml-language-server: $schema=pack-1.json
 *
 * YAML makes numbers and booleans of some texts; the loader does not, so
 * wherever a text may stand they are allowed here.
 */
#include "proxy/base/json_out.h"
#include "proxy/base/mem.h"
#include "proxy/cli/author.h"
#include "proxy/cli/verbs.h"
#include "rules/guard_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: handrail schema KIND\n"
    "  KIND  policy, pack, lists or tests: which of a policy's files\n"
    "Prints JSON Schema (draft-07) with what each key means. In a file, the\n"
    "line\n"
    "  # yaml-language-server: $schema=pack-1.json\n"
    "makes editors complete and explain its keys.\n";

static const struct kind {
	const char *name, *title;
} kinds[] = {
    {"policy", "Handrail: policy.yaml"},
    {"pack", "Handrail: a pack of rules"},
    {"lists", "Handrail: lists of phrases"},
    {"tests", "Handrail: conversation tests"},
};
#define N_KINDS (sizeof(kinds) / sizeof(*kinds))

/* A rule as one begins it: in shadow, with both kinds of examples. */
static const char rule_snippet[] =
    "id: ${1:short-name}\n"
    "title: ${2:What the rule says, for people}\n"
    "why: ${3:The reason, for whoever reads the log}\n"
    "severity: ${4|medium,low,high,critical|}\n"
    "mode: shadow\n"
    "find: {phrases: [${5:words to find}]}\n"
    "then: ${6|handoff,block,flag,log|}\n"
    "examples:\n"
    "  matches:\n"
    "    - ${7:A message the rule must find.}\n"
    "  passes:\n"
    "    - ${8:One it must let pass.}\n";

struct schema {
	struct json_out json;
	const char **blocks; /* to be defined; the first is the root */
	size_t n_blocks;
};

/* ---- what is referred to gets defined ---- */

static void need_block(struct schema *s, const char *block)
{
	for (size_t i = 0; i < s->n_blocks; i++)
		if (strcmp(s->blocks[i], block) == 0)
			return;
	s->blocks =
	    mem_realloc_array(s->blocks, s->n_blocks + 1, sizeof(*s->blocks));
	s->blocks[s->n_blocks++] = block;
}

/* All that can be reached from the root, the root itself first. */
static void collect(struct schema *s, const char *root)
{
	struct guard_key k;
	need_block(s, root);
	for (size_t b = 0; b < s->n_blocks; b++)
		for (size_t i = 0; guard_block_key(s->blocks[b], i, &k); i++)
			for (size_t v = 0; v < k.n_values; v++)
				if (k.values[v].held == GUARD_HELD_BLOCK)
					need_block(s, k.values[v].block);
}

/* "must_say item" as a name that needs no escape in a reference. */
static char *definition_name(const char *block)
{
	char *name = mem_strdup(block);
	for (char *p = name; *p; p++)
		if (*p == ' ')
			*p = '_';
	return name;
}

/* ---- values ---- */

static void put_text(struct json_out *j)
{
	json_out_key(j, "type");
	json_out_array(j);
	json_out_str(j, "string");
	json_out_str(j, "number");
	json_out_str(j, "boolean");
	json_out_end(j);
}

static void put_words(struct json_out *j, const char *const *words)
{
	json_out_key(j, "enum");
	json_out_array(j);
	for (; *words; words++) {
		json_out_str(j, *words);
		if (strcmp(*words, "yes") == 0 || strcmp(*words, "no") == 0)
			json_out_bool(j, **words == 'y');
		if (**words >= '0' && **words <= '9')
			json_out_int(j, strtol(*words, NULL, 10));
	}
	json_out_end(j);
}

static void put_held(struct json_out *j, const struct guard_value *v)
{
	json_out_object(j);
	switch (v->held) {
	case GUARD_HELD_TEXT:
		put_text(j);
		break;
	case GUARD_HELD_WORD:
		put_words(j, v->words);
		break;
	case GUARD_HELD_NOTHING:
		json_out_key(j, "maxProperties");
		json_out_int(j, 0);
		json_out_key(j, "type");
		json_out_array(j);
		json_out_str(j, "null");
		json_out_str(j, "object");
		json_out_end(j);
		break;
	case GUARD_HELD_BLOCK: {
		char *name = definition_name(v->block);
		char *ref = mem_printf("#/definitions/%s", name);
		json_out_key(j, "$ref");
		json_out_str(j, ref);
		free(ref);
		free(name);
		break;
	}
	}
	json_out_end(j);
}

static size_t count_holder(const struct guard_key *k, enum guard_holder holder)
{
	size_t n = 0;
	for (size_t i = 0; i < k->n_values; i++)
		n += k->values[i].holder == holder;
	return n;
}

/* {"anyOf": [...]} of all that a holder of the key may hold, or the only one.
 */
static void put_any(
    struct json_out *j, const struct guard_key *k, enum guard_holder holder)
{
	bool only = count_holder(k, holder) == 1;
	for (size_t i = 0; i < k->n_values && only; i++)
		if (k->values[i].holder == holder)
			put_held(j, &k->values[i]);
	if (only)
		return;
	json_out_object(j);
	json_out_key(j, "anyOf");
	json_out_array(j);
	for (size_t i = 0; i < k->n_values; i++)
		if (k->values[i].holder == holder)
			put_held(j, &k->values[i]);
	json_out_end(j);
	json_out_end(j);
}

static void put_list(
    struct json_out *j, const struct guard_key *k, enum guard_holder holder)
{
	json_out_object(j);
	json_out_key(j, "items");
	put_any(j, k, holder);
	json_out_key(j, "type");
	json_out_str(j, "array");
	json_out_end(j);
}

static void put_holder(
    struct json_out *j, const struct guard_key *k, enum guard_holder holder)
{
	switch (holder) {
	case GUARD_HOLDER_ONE:
		put_any(j, k, holder);
		return;
	case GUARD_HOLDER_LIST:
		put_list(j, k, holder);
		return;
	case GUARD_HOLDER_NAMED:
	case GUARD_HOLDER_NAMED_LIST:
		break;
	}
	json_out_object(j);
	json_out_key(j, "additionalProperties");
	if (holder == GUARD_HOLDER_NAMED)
		put_any(j, k, holder);
	else
		put_list(j, k, holder);
	json_out_key(j, "type");
	json_out_str(j, "object");
	json_out_end(j);
}

static void put_key(struct json_out *j, const struct guard_key *k)
{
	json_out_object(j);
	json_out_key(j, "anyOf");
	json_out_array(j);
	for (int h = GUARD_HOLDER_ONE; h <= GUARD_HOLDER_NAMED_LIST; h++)
		if (count_holder(k, (enum guard_holder)h))
			put_holder(j, k, (enum guard_holder)h);
	json_out_end(j);
	json_out_key(j, "description");
	json_out_str(j, k->about);
	json_out_end(j);
}

/* ---- blocks ---- */

static int by_name(const void *a, const void *b)
{
	const struct guard_key *x = a, *y = b;
	return strcmp(x->name, y->name);
}

/* In the order of their names, as json_out wants them; for free(). */
static struct guard_key *sorted_keys(const char *block, size_t *n)
{
	struct guard_key *keys = NULL, k;
	for (*n = 0; guard_block_key(block, *n, &k); (*n)++) {
		keys = mem_realloc_array(keys, *n + 1, sizeof(*keys));
		keys[*n] = k;
	}
	if (*n)
		qsort(keys, *n, sizeof(*keys), by_name);
	return keys;
}

static void put_snippet(struct json_out *j)
{
	json_out_key(j, "defaultSnippets");
	json_out_array(j);
	json_out_object(j);
	json_out_key(j, "bodyText");
	json_out_str(j, rule_snippet);
	json_out_key(j, "description");
	json_out_str(j, "A rule, in shadow until you trust it.");
	json_out_key(j, "label");
	json_out_str(j, "rule");
	json_out_end(j);
	json_out_end(j);
}

/* The rest of an object that "additionalProperties" has begun. */
static void put_properties(struct json_out *j, const char *block)
{
	size_t n = 0;
	struct guard_key *keys = sorted_keys(block, &n);
	json_out_key(j, "properties");
	json_out_object(j);
	for (size_t i = 0; i < n; i++) {
		json_out_key(j, keys[i].name);
		put_key(j, &keys[i]);
	}
	json_out_end(j);
	json_out_key(j, "required");
	json_out_array(j);
	for (size_t i = 0; i < n; i++)
		if (keys[i].required)
			json_out_str(j, keys[i].name);
	json_out_end(j);
	free(keys);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void put_definitions(struct schema *s)
{
	struct json_out *j = &s->json;
	json_out_key(j, "definitions");
	json_out_object(j);
	const char **sorted = s->blocks + 1; /* behind the root */
	if (s->n_blocks > 2)
		qsort(sorted, s->n_blocks - 1, sizeof(*sorted), by_text);
	for (size_t i = 1; i < s->n_blocks; i++) {
		char *name = definition_name(s->blocks[i]);
		json_out_key(j, name);
		free(name);
		json_out_object(j);
		json_out_key(j, "additionalProperties");
		json_out_bool(j, false);
		if (strcmp(s->blocks[i], "rule") == 0)
			put_snippet(j);
		put_properties(j, s->blocks[i]);
		json_out_key(j, "type");
		json_out_str(j, "object");
		json_out_end(j);
	}
	json_out_end(j);
}

static void print_schema(const struct kind *kind)
{
	struct buf out = {0};
	struct schema s = {0};
	struct json_out *j = &s.json;
	json_out_init(j, &out);
	collect(&s, kind->name);
	json_out_object(j);
	json_out_key(j, "$schema");
	json_out_str(j, "http://json-schema.org/draft-07/schema#");
	json_out_key(j, "additionalProperties");
	json_out_bool(j, false);
	put_definitions(&s);
	put_properties(j, kind->name);
	json_out_key(j, "title");
	json_out_str(j, kind->title);
	json_out_key(j, "type");
	json_out_str(j, "object");
	json_out_end(j);
	buf_addc(&out, '\n');
	fwrite(out.data, 1, out.len, stdout);
	buf_clear(&out);
	free(s.blocks);
}

int verb_schema(int argc, char **argv)
{
	const char *name = NULL;
	const struct author_option none[] = {{NULL, NULL, NULL}};
	struct author_args args = {
	    .verb = "schema",
	    .usage = usage,
	    .options = none,
	    .rest = &name,
	    .max_rest = 1,
	};
	int rc = author_parse(&args, argc, argv);
	if (rc)
		return rc < 0 ? EXIT_USAGE : EXIT_GOOD;
	for (size_t i = 0; i < N_KINDS && name; i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		print_schema(&kinds[i]);
		return EXIT_GOOD;
	}
	fprintf(stderr,
	    "handrail schema: name policy, pack, lists or tests\n%s", usage);
	return EXIT_USAGE;
}
