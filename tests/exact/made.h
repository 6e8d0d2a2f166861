/*
 * made - a random policy in YAML, and what its rules are made of.
 *
 *     struct made m;
 *     made_init(&m, &draw, 3);             three rules at most
 *     ... m.policy, m.session, m.rules[i].find[0].items[0] ...
 *     made_clear(&m);
 *
 * The YAML goes through the loader like any other, so whatever an author can
 * write can be drawn here. A construct that is added to the language is added
 * to the tables in made_find.c and made_rule.c; made_knows tells which keys of
 * the key tables there is no line for (test_exact.c fails on them).
 *
 * The ingredients of a rule are texts that take part in it: something its find
 * looks for, a near-word, an excuse. Not all of them hit: numbers stand on both
 * sides of every bound.
 */
#ifndef HANDRAIL_TESTS_EXACT_MADE_H
#define HANDRAIL_TESTS_EXACT_MADE_H

#include "rules/guard_author.h"
#include "tests/exact/draw.h"

#define MADE_RULES 6u
#define MADE_TEXTS 16u /* of one kind of ingredient */
#define MADE_KEYS 3u   /* under one find */
#define MADE_FILES (2 * MADE_RULES * MADE_KEYS)

struct made_texts {
	const char *items[MADE_TEXTS];
	size_t n;
};

struct made_rule {
	struct made_texts find[MADE_KEYS]; /* by key, that of the hit first */
	size_t n_find;
	struct made_texts near;
	struct made_texts beside; /* what excuses, and wording it requires */
	bool adds_up;             /* its amounts do, over the conversation */
	bool scored;              /* a total adds it */
	bool many; /* one match alone may not be enough: a topic */
};

struct made_memory; /* of the strings */

struct made {
	struct draw *draw;
	char *policy_yaml, *pack_yaml;
	struct made_rule rules[MADE_RULES];
	size_t n_rules;
	struct guard_session session;
	struct guard_policy *policy;
	/* Every key under find alone, whatever its bounds, near-words and
	 * exceptions: rule n.k finds key k of rule n. Only of simple ones. */
	struct guard_policy *parts;
	/* private: the session's parts, the file being written */
	struct guard_approval approvals[1];
	struct guard_span_text said[2], ai_said[1];
	struct guard_counted counted[4];
	struct guard_file files[MADE_FILES]; /* of learned topics */
	size_t n_files;
	struct made_memory *memory;
	struct made_out {
		char *s;
		size_t len, cap;
	} out;
	unsigned topics; /* written so far, into topics_out */
	struct made_out topics_out, parts_out;
	bool scoped; /* the policy has a scope: only */
	bool bare;   /* writing parts: no near, no bounds */
	bool simple; /* only what the slow reference understands */
	bool apart;  /* words of their own: nothing excuses itself */
};

/*
 * Draw a policy of 1 to max_rules rules and load it, its examples not judged.
 * A policy that does not load is a mistake of the generator's and ends the
 * program with the diagnostics and the YAML.
 */
void made_init(struct made *, struct draw *, size_t max_rules);
/* As above, but with such keys only that tight.h can decide. */
void made_init_simple(struct made *, struct draw *, size_t max_rules);
void made_clear(struct made *);
/* Has this key of a block (load_keys.h) ever been written, by any policy of
 * this process, or is it one that changes no verdict? */
bool made_knows(const char *block, const char *key);

/* ---- for made_*.c ---- */

/* printf into the file being written; into the topics of the pack. */
void made_put(struct made *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void made_put_topic(struct made *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* This key of a block is being written. */
void made_note(const char *block, const char *key);
/* "KEY:" at an indent, and the note. */
void made_key(
    struct made *, unsigned indent, const char *block, const char *key);
/* A string that lives as long as the policy. */
const char *made_string(struct made *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void made_add(struct made_texts *, const char *text);
/* A word, a phrase as an author writes it; what it looks like in a text is
 * added to texts. */
const char *made_word(struct made *);
const char *made_phrase(struct made *, struct made_texts *);
/* A block list of 1 to 3 phrases behind a key that has been written. */
void made_phrases(struct made *, unsigned indent, struct made_texts *);

/* The find of a rule; a number that excuses it, as a key under unless. */
void made_find(struct made *, struct made_rule *);
void made_excusing_number(struct made *, struct made_rule *);
/* A score of the rule being written; the blocks behind the rules; what the
 * session has counted. */
void made_score(struct made *, struct made_rule *);
void made_totals(struct made *);
void made_offers(struct made *);
/* A topic that is in scope, then (in policy.yaml) the scope. */
void made_scope_topic(struct made *);
void made_scope(struct made *);
void made_zones(struct made *);
void made_counted(struct made *);

#endif
