/*
 * load_parts - the steps of loading a policy, one .c file each. Included by
 * the load_*.c files only.
 */
#ifndef HANDRAIL_RULES_LOAD_PARTS_H
#define HANDRAIL_RULES_LOAD_PARTS_H

#include "rules/load_read.h"

/* ---- load_detect.c: what can be found, each once ---- */

/* The number of an equal detector or of a new one; key tells it apart. */
uint32_t load_detector(struct load *, const char *key, const struct detector *);
struct any_of load_one(struct load *, uint32_t detector);
/* Phrases and <lists>, as detectors. */
struct any_of load_phrases(struct load *, const struct yaml_node *);
uint32_t load_negation(struct load *);

/* ---- load_entity.c ---- */

/* The detector of a pattern, as the given one with that pattern; key tells it
 * from others, NULL: memory ran out. DETECTOR_NONE after reporting. */
uint32_t load_pattern(struct load *, const struct yaml_node *,
    const struct detector *as, const char *key);
void load_entities(struct load *, const struct yaml_node *);
/* The detector of the pack's own entity of that name, or NAMES_NONE. */
uint32_t load_own_entity(struct load *, const char *name);
/* The good list of that name, or NULL after reporting at the node. */
struct load_list *load_list_named(
    struct load *, const struct yaml_node *, const char *name, size_t len);

/* ---- load_topic.c ---- */

/* The topics of the pack being read; may be NULL. */
void load_topics(struct load *, const struct yaml_node *topics);
/* After all that may find one: topics nothing does. */
void load_check_topics(struct load *);

/* ---- load_spell.c ---- */

/* Add a phrase to the group of a detector; with <lists> in it, each way to
 * spell it out. */
void load_spell(
    struct load *, uint32_t detector, const struct yaml_node *phrase);

/* ---- the blocks ---- */

void load_policy_file(struct load *);                  /* load_policy.c */
void load_lists_file(struct load *, const char *name); /* load_pack.c */
/* NULL after reporting. */
const struct load_pack *load_pack_file(
    struct load *, const struct yaml_node *name);
void load_rule(struct load *, const struct yaml_node *); /* load_rule.c */
void load_find(struct load *, const struct yaml_node *, struct rule *);
void load_unless(struct load *, const struct yaml_node *, struct rule *);
void load_when(struct load *, const struct yaml_node *, struct when *);
void load_must(struct load *, const struct yaml_node *, struct must *);
/* The action under key. */
void load_then(struct load *, const struct yaml_node *rule, const char *key,
    struct rule *);
/* As by "then: handoff". */
void load_then_handoff(struct load *, struct rule *);
/* The policy as the pack that rules of its own are of: "policy", with the lists
 * of all packs that have been read. NULL: memory ran out. */
const struct load_pack *load_policy_pack(struct load *);
void load_only(struct load *, const struct yaml_node *); /* load_only.c */
/* The types and zones that rules may ask for, before they are read; then
 * interactions and bot_must_answer_within, of policy.yaml's root. */
void load_interaction_words(struct load *, const struct yaml_node *root);
void load_interactions(struct load *, const struct yaml_node *root);
void load_examples(struct load *, const struct yaml_node *, struct rule *);
/* matches and passes, either may be NULL; what is neither is reported. */
void load_example_lists(struct load *, const struct yaml_node *matches,
    const struct yaml_node *passes, struct rule *);
/* A handoff or block text of the policy's own; kept to be judged. */
void load_own_text(struct load *, const struct yaml_node *, const char *text);
/* "low", ... or NULL. */
const char *load_priority(struct load *, const struct yaml_node *);
const char *load_queue(struct load *, const struct yaml_node *);
/* Bits of enum guard_include; 0: absent. */
unsigned load_include(struct load *, const struct yaml_node *);
/* All of them, into the policy: load_queue.c. */
void load_queues(struct load *, const struct yaml_node *);
/* What a rule's mode: and then: say, without reporting anything. */
enum guard_mode load_mode_of(const struct yaml_node *rule);
enum guard_action load_action_of(const struct yaml_node *then);
/* A rule that is referred to and not there (P027). */
void load_no_rule(struct load *, const struct yaml_node *at, const char *id);
/* Letters, digits, - and _; not too long. */
bool load_is_id(const char *);
/* What is known about the conversation; zeros for NULL. */
struct guard_session *load_given(struct load *, const struct yaml_node *);
/* After all rules are known: the conversation tests. */
void load_tests(struct load *);
/* After all rules are known: modes and rollouts of the environment. */
void load_apply_environment(struct load *);
/* After all rules: those that others name. */
void load_resolve_refers(struct load *);
/* The file of that path in the policy's own folder or the shipped one. */
const struct load_file *load_open(struct load *, const char *path);
/* The same, of a file that is no YAML. */
const struct guard_file *load_open_plain(struct load *, const char *path);
/* Could every file be read? If not, what they define is not missing. */
bool load_is_whole(const struct load *);
bool load_has_file(const struct load *, const char *path);
/* format: 1 and the kind; false after reporting. */
bool load_check_header(struct load *, const char *kind);

#define LOAD_ITEM(array, type, i) (&((type *)(array)->items)[i])

#endif
