/*
 * load - what the files that compile a policy share. Nobody else includes it;
 * the way in is guard_policy_load.
 *
 *   policy.yaml -> packs -> lists, topics -> rules -> detectors -> index
 *                                                  -> examples are judged
 *
 * A fault is reported where it stands and reading goes on: an author wants all
 * of them at once. Nothing compiled is used when there was one. Memory that
 * runs out sets no_memory, is reported once and stops everything.
 */
#ifndef HANDRAIL_RULES_LOAD_H
#define HANDRAIL_RULES_LOAD_H

#include "rules/load_codes.h"
#include "rules/load_keys.h"
#include "rules/names.h"
#include "rules/phrase.h"
#include "rules/policy.h"
#include "rules/yaml.h"
#include "rules/zone.h"

#define LOAD_MAX_ID_BYTES 64u
#define LOAD_MAX_WITHIN_WORDS 100u
#define LOAD_MAX_PACKS 256u
#define LOAD_MAX_CLAUSES 32u
#define LOAD_MAX_NAME_BYTES 64u   /* of classifiers and their labels */
#define LOAD_MAX_SPELLINGS 20000u /* of one phrase with lists in it */

#define LOAD_DEFAULT_BLOCK "I'm sorry, I can't help with that here."
#define LOAD_DEFAULT_HANDOFF                                                   \
	"I'm bringing in a colleague. They can see our whole chat, so you "    \
	"won't have to repeat yourself."

struct load_file { /* of the policy, found in one of the two folders */
	const struct guard_file *file;
	struct yaml_doc *doc; /* NULL: could not be read, reported */
	bool plain;           /* no YAML: doc stays NULL */
};

struct load_list {
	const struct yaml_node *node; /* its phrases */
	const struct yaml_doc *doc;
	uint32_t detector;  /* DETECTOR_NONE: not asked for yet */
	bool checked, good; /* its phrases are phrases */
};

struct load_pack {
	const struct yaml_doc *doc;
	const struct guard_file *file;
	const char *name, *owner;
	uint32_t version;
	const char *const *lists;      /* files it uses, NULL-terminated */
	const struct zone_rules *zone; /* NULL: none stated */
};

struct load_topic {
	const char *name; /* pack/topic */
	const struct yaml_node *key;
	const struct yaml_doc *doc;
	struct any_of says; /* phrases, and the model behind them */
	unsigned at_least;
	bool used;
};

/* A text the policy sends itself, to be judged at the end. */
struct load_text {
	const char *text;
	struct yaml_node at;
	const struct yaml_doc *doc;
};

struct load_refer {    /* rules are named before all are known */
	uint32_t rule; /* that names them: number in l->rules */
	bool adds;     /* a total adds their scores; else it allows them */
	struct yaml_node node;
	const struct yaml_doc *doc;
	const struct load_pack *pack;
};

struct load_rollout {
	const struct yaml_node *rule; /* its text */
	bool chosen;                  /* its environment is the one in use */
	unsigned percent;
	bool by_customer;
};

struct load_change { /* of changes: in policy.yaml */
	const struct yaml_node *node;
	const char *rule; /* pack/id */
	bool used;        /* its rule has been read */
};

/* A grown array; items of one size. */
struct load_array {
	void *items;
	size_t n, cap, size;
};

struct load {
	struct guard_policy *policy;
	const struct guard_source *source;
	diag_fn *diag;
	void *arg;
	unsigned n_errors;
	bool no_memory;
	unsigned n_models;          /* learned topics so far */
	const struct yaml_doc *doc; /* being read */
	const struct load_pack *pack;
	const struct zone_rules *policy_zone;
	struct phrase_builder *phrases;
	struct phrase_builder *written_phrases; /* NULL: not asked for */
	struct load_array written;              /* struct written */
	struct load_array detector_words;       /* const char * */
	struct load_array files;                /* struct load_file */
	struct load_array lists;                /* struct load_list */
	struct load_array topics;               /* struct load_topic */
	struct load_array detectors;            /* struct detector */
	struct load_array rules;                /* struct rule */
	struct load_array refers;               /* struct load_refer */
	struct load_array texts;                /* struct load_text */
	struct names file_names, list_names, topic_names, detector_names,
	    rule_names, queue_names, zone_names, entity_names;
	/* Of interactions, before any rule asks for them; empty: there are
	 * none. */
	struct names type_words, zone_words;
	struct load_array zones;       /* const struct zone_rules * */
	enum guard_mode most;          /* what the environment allows */
	struct load_array topic_rules; /* struct rule, with their examples */
	struct load_array rollouts;    /* struct load_rollout */
	struct load_array classifiers; /* struct classifier */
	struct load_array changes;     /* struct load_change */
	struct load_array conversations, test_docs; /* struct yaml_doc * */
	struct arena scratch; /* rules with changes laid over them */
};

#endif
