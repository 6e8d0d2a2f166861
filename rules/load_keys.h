/*
 * load_keys - every key of the rule language, once: its name, what may stand
 * there, and what it means in the author's words.
 *
 * The loader checks against these tables and a schema or a reference can be
 * printed from them, so they cannot drift apart.
 */
#ifndef HANDRAIL_RULES_LOAD_KEYS_H
#define HANDRAIL_RULES_LOAD_KEYS_H

enum load_shape {
	SHAPE_TEXT,
	SHAPE_LIST,
	SHAPE_MAP,
	SHAPE_WORDS,     /* a text, or a list of texts */
	SHAPE_SENTENCES, /* a list of sentences, one a line */
	SHAPE_ANY,       /* the reader of the block decides */
};

struct load_key {
	const char *name;
	enum load_shape shape;
	const char *about;
};

#define LOAD_MAX_KEYS 32u /* in one block */

/* Each ends with a NULL name. */
extern const struct load_key load_keys_policy[], load_keys_pack[],
    load_keys_lists[], load_keys_environment[], load_keys_rollout[],
    load_keys_queue[], load_keys_handoff_defaults[], load_keys_topic[],
    load_keys_entity[], load_keys_interactions[], load_keys_interaction[],
    load_keys_upset[], load_keys_zones[], load_keys_zone_row[],
    load_keys_zone[], load_keys_only[], load_keys_rule[], load_keys_find[],
    load_keys_classifier[], load_keys_number[], load_keys_money[],
    load_keys_total[], load_keys_offers[], load_keys_detect[],
    load_keys_allowed[], load_keys_allowed_number[], load_keys_allowed_money[],
    load_keys_links[], load_keys_unless[], load_keys_when[], load_keys_must[],
    load_keys_must_item[], load_keys_effective[], load_keys_then[],
    load_keys_redact[], load_keys_block[], load_keys_handoff[],
    load_keys_allow[], load_keys_examples[], load_keys_example[],
    load_keys_given[], load_keys_approval[], load_keys_fallback[],
    load_keys_extended[], load_keys_change[], load_keys_set[],
    load_keys_set_find[], load_keys_set_limit[], load_keys_add_to[],
    load_keys_add_find[], load_keys_tests[], load_keys_test[], load_keys_turn[];

/* All blocks by name, for printing; ends with a NULL name. */
struct load_block {
	const char *name, *where; /* where: "under percent" */
	const struct load_key *keys;
};
extern const struct load_block load_blocks[];

#endif
