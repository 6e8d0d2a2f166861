/*
 * entity_kinds - one recogniser for each kind of entity. Private to entity.c.
 *
 * All look at the folded view from a place where an entity may start, and
 * answer whether it does and where it ends. ENTITY_MORE: the bytes so far do
 * not tell. A settled answer stays the same when more bytes come.
 */
#ifndef HANDRAIL_RULES_ENTITY_KINDS_H
#define HANDRAIL_RULES_ENTITY_KINDS_H

#include "rules/entity_chars.h"

#include <stdbool.h>
#include <stddef.h>

enum entity_answer { ENTITY_NO, ENTITY_YES, ENTITY_MORE };

/* Digits with separators between, as a person writes a long number. */
#define ENTITY_LEAST_DIGITS 7u /* no card, telephone, ... has fewer */
#define ENTITY_RUN_DIGITS 20u  /* one more than any entity has */
struct entity_run {
	char digits[ENTITY_RUN_DIGITS];
	size_t ends[ENTITY_RUN_DIGITS]; /* byte behind each digit */
	char seps[ENTITY_RUN_DIGITS];   /* in front of each digit; '\0' none */
	bool noted[ENTITY_RUN_DIGITS];  /* a bracket left out in front: [1] */
	size_t n;
	bool more; /* it may go on with bytes still to come */
};

/* What separates. */
struct entity_gap {
	size_t len; /* bytes; 0: nothing that could */
	char kind;  /* the first byte of its sign, '(' of brackets, ' ' */
	bool more;  /* it may go on with bytes still to come: len is 0 */
};
#define ENTITY_MIXED_GAP '?' /* the kind of several signs */

/* The gap at i, in front of a letter or digit. seps: which characters may
 * separate, up to three of them, at most one of which is not a space, unless it
 * is a bracket. NULL: three of any that are signs. */
struct entity_gap entity_gap(
    const struct entity_in *, size_t i, const char *seps);
/* Up to max digits from the one at start, with gaps between. */
void entity_run_read(const struct entity_in *, size_t start, const char *seps,
    size_t max, struct entity_run *);
/* Are there fewer digits from start on, however they are separated, than the
 * shortest number of several groups has? False while more may come. */
bool entity_run_is_short(const struct entity_in *, size_t start);
/* Does a group of digits end behind digit i? */
bool entity_run_breaks(const struct entity_run *, size_t i);

enum entity_answer entity_card(
    const struct entity_in *, size_t start, size_t *end);
enum entity_answer entity_ssn(
    const struct entity_in *, size_t start, size_t *end);
enum entity_answer entity_phone(
    const struct entity_in *, size_t start, size_t *end);
enum entity_answer entity_iban(
    const struct entity_in *, size_t start, size_t *end);
enum entity_answer entity_nino(
    const struct entity_in *, size_t start, size_t *end);
enum entity_answer entity_email(
    const struct entity_in *, size_t start, size_t *end);
enum entity_answer entity_address(
    const struct entity_in *, size_t start, size_t *end);

#define ENTITY_MAX_LOCAL 64u /* bytes (RFC 5321, 4.5.3.1) */
/* Bytes of the character at i if an e-mail address has such in front of its @;
 * 0: none has. */
size_t entity_local_char(const struct entity_in *, size_t i);

/* The word that ends before i, or one of no bytes at the beginning and where
 * the sentence begins. */
size_t entity_word_before(const struct entity_in *, size_t i, size_t *len);
bool entity_is_listed(const char *word, size_t len, const char *const *words);

/* May an address begin with the word at start? With most none does. */
bool entity_may_be_postal(const struct entity_in *, size_t start);

/* Words that may stand in front of a number; ends with words NULL. Those that
 * do not decide only add to what stands further away. */
struct entity_words {
	const char *const *words; /* folded, NULL-terminated */
	bool decides;
};
/*
 * 1 + the place of the list with the nearest word in front of start, in the
 * same sentence and near, that decides; 0: there is none. *also likewise, of a
 * list that does not decide.
 */
unsigned entity_context(const struct entity_in *, size_t start,
    const struct entity_words *lists, unsigned *also);
/* Is there one of the words? */
bool entity_has_context(
    const struct entity_in *, size_t start, const char *const *words);

#endif
