/*
 * entity_kinds - one recogniser for each kind of entity. Private to entity.c.
 *
 * All look at the folded view from a place where an entity may start, and
 * answer whether it does and where it ends. ENTITY_MORE: the bytes so far do
 * not tell. A settled answer stays the same when more bytes come.
 */
#ifndef HANDRAIL_RULES_ENTITY_KINDS_H
#define HANDRAIL_RULES_ENTITY_KINDS_H

#include "rules/chars.h"
#include "rules/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct entity_in {
	const char *s; /* the folded view from its beginning */
	size_t n;
	bool final; /* no more will come */
	const struct text *text;
};

enum entity_answer { ENTITY_NO, ENTITY_YES, ENTITY_MORE };

/* Digits with separators between, as a person writes a long number. */
#define ENTITY_LEAST_DIGITS 7u /* no card, telephone, ... has fewer */
#define ENTITY_RUN_DIGITS 20u  /* one more than any entity has */
struct entity_run {
	char digits[ENTITY_RUN_DIGITS];
	size_t ends[ENTITY_RUN_DIGITS]; /* byte behind each digit */
	char seps[ENTITY_RUN_DIGITS];   /* in front of each digit; '\0' none */
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

/* The letter at i, which may be of another script and look Latin, or the digit;
 * '\0': neither. *len: its bytes. */
char entity_latin(const struct entity_in *, size_t i, size_t *len);

/* Bytes of the character beyond ASCII at i if it is of a word (a sign). */
size_t entity_high_char(const struct entity_in *, size_t i, bool word);

static inline bool entity_is_digit(char c)
{
	return chars_are(c, CHARS_DIGIT);
}

/* Of the folded view: capitals are none. Bytes beyond ASCII are: whether of a
 * letter, entity_word_char says. */
static inline bool entity_is_alnum(char c)
{
	return chars_are(c, CHARS_SMALL | CHARS_DIGIT | CHARS_HIGH);
}

/* Bytes of the letter or digit at i; 0: it is neither. */
static inline size_t entity_word_char(const struct entity_in *in, size_t i)
{
	if (!chars_are(in->s[i], CHARS_HIGH))
		return entity_is_alnum(in->s[i]);
	return entity_high_char(in, i, true);
}

/* Bytes of the sign at i; 0: a letter, a digit, a currency, a percent sign. */
static inline size_t entity_sign(const struct entity_in *in, size_t i)
{
	char c = in->s[i];
	if (!chars_are(c, CHARS_HIGH))
		return !entity_is_alnum(c) && c != '$' && c != '%';
	return entity_high_char(in, i, false);
}

/* Is the character in front of byte i a letter or digit? */
static inline bool entity_is_glued(const struct entity_in *in, size_t i)
{
	if (i == 0 || !entity_is_alnum(in->s[i - 1]))
		return false;
	do {
		i--;
	} while (((unsigned char)in->s[i] & 0xC0) == 0x80);
	return entity_word_char(in, i) > 0;
}

/* Was the character at i written as a capital? */
static inline bool entity_is_capital(const struct entity_in *in, size_t i)
{
	const struct text *t = in->text;
	size_t n = (unsigned char)in->s[i] < 0x80 ? 1 : 2;
	uint32_t from = text_from(&t->folded, i);
	return !entity_is_digit(in->s[i]) && i + n <= in->n &&
	    from + n <= t->len && memcmp(t->bytes + from, in->s + i, n) != 0;
}

#endif
