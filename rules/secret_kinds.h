/*
 * secret_kinds - one recogniser for each kind of secret. Private to secret.c.
 *
 * All look at the plain view from a place where a secret may start. The
 * answers are those of entity_kinds.h: settled ones stay.
 */
#ifndef HANDRAIL_RULES_SECRET_KINDS_H
#define HANDRAIL_RULES_SECRET_KINDS_H

#include "rules/beside.h"
#include "rules/secret.h"

struct secret_in {
	const char *s; /* the plain view from its beginning */
	size_t n;
	bool final;
	/* By alphabet, characters known to be of it: many places where a secret
	 * may start are inside one run. */
	struct secret_span *runs;
};

/* Does what begins at i stand right behind a word and a sign that keys have
 * inside (order-AKIA...)? Then only what is one by its own marks begins there.
 */
bool secret_is_joined(const struct secret_in *, size_t i);

enum secret_answer { SECRET_NO, SECRET_YES, SECRET_MORE };

enum secret_alphabet {
	SECRET_ALNUM,
	SECRET_UPPER,
	SECRET_HEX,
	SECRET_URL, /* base64url */
	SECRET_DOTTED,
	SECRET_BASE64, /* either */
	SECRET_ANY,    /* what values in running text are made of */
};
_Static_assert(SECRET_ANY + 1 == SECRET_ALPHABETS, "one run for each");
bool secret_in_alphabet(char c, enum secret_alphabet);
/* Characters of the alphabet from i on, SECRET_MAX_BYTES at most. */
size_t secret_run(const struct secret_in *, size_t i, enum secret_alphabet);
/* A key as its issuer writes it. */
enum secret_answer secret_issued(
    const struct secret_in *, size_t start, size_t *end);
/* Not only words, not only digits: letters with a digit, or of both cases
 * mixed. */
bool secret_is_random(const char *s, size_t n);
/* "YOUR_API_KEY", "example", "xxxx": stands for a secret and is none. */
bool secret_is_placeholder(const char *s, size_t n);

enum secret_answer secret_api_key(
    const struct secret_in *, size_t start, size_t *end);
enum secret_answer secret_private_key(
    const struct secret_in *, size_t start, size_t *end);
enum secret_answer secret_jwt(
    const struct secret_in *, size_t start, size_t *end);
enum secret_answer secret_password(
    const struct secret_in *, size_t start, size_t *end);
enum secret_answer secret_entropy(
    const struct secret_in *, size_t start, size_t *end);

struct secret_name {
	const char *text; /* lower case */
	size_t len;
};
#define SECRET_NAME(text)                                                      \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}
/* How what starts here is given as the value of one of the names (the last has
 * no text). */
enum secret_given {
	SECRET_NOT_GIVEN,
	SECRET_BY_SIGN, /* "NAME: value", "NAME=value", "<NAME>value" */
	SECRET_BY_WORD, /* "the NAME of X is now value" */
	SECRET_BESIDE,  /* "NAME value" */
};
enum secret_given secret_given_as(
    const struct secret_in *, size_t start, const struct secret_name *names);

/* Behind an ordinary word: small letters, the first perhaps a capital, that no
 * kind of secret may look like. 0 when what starts here has to be looked at. */
size_t secret_skip_word(const struct secret_in *, size_t start);

static inline bool secret_is_letter(char c)
{
	return chars_are(c, CHARS_LETTER);
}

static inline bool secret_is_digit(char c)
{
	return chars_are(c, CHARS_DIGIT);
}

/* base64url (RFC 4648, section 5) */
static inline bool secret_is_base64url(char c)
{
	return chars_are(c, CHARS_ALNUM | CHARS_JOIN);
}

#endif
