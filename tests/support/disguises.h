/*
 * disguises - how to write each row of rules/disguise.c: makers that put a
 * phrase in disguise, one or more for every row.
 */
#ifndef HANDRAIL_TESTS_SUPPORT_DISGUISES_H
#define HANDRAIL_TESTS_SUPPORT_DISGUISES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISGUISE_BYTES 8192 /* room for a phrase in two disguises */

struct disguise_writer;
struct disguise_maker;
typedef void disguise_fn(
    const struct disguise_maker *, const char *in, struct disguise_writer *);

struct disguise_maker {
	const char *name;
	disguise_fn *make;
	int32_t small, capital;  /* of letters that lie in order: what a is */
	const char *const *list; /* pairs: what, instead of what */
	const char *between;     /* characters of a word */
	const char *words;       /* between words, or NULL: as it was */
	unsigned
	    beyond; /* phrases it is not for, a bit each: beyond its limit */
	bool outer; /* has signs of its own: letters are disguised before */
};

/* What rules find, and how the AI says it. */
#define DISGUISE_PHRASES 6
struct disguise_phrase {
	const char *phrase, *said;
};
extern const struct disguise_phrase disguise_phrases[DISGUISE_PHRASES];

extern const struct disguise_maker disguise_makers[];
extern const size_t disguise_n_makers;

/* Write what is said of a phrase, or what a maker made of it, in disguise;
 * out has DISGUISE_BYTES. False: it is not for that phrase, or changes
 * nothing. */
bool disguise_make(
    const struct disguise_maker *, size_t phrase, const char *in, char *out);

#endif
