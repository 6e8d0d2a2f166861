/*
 * secret_kinds - one recogniser for each kind of secret. Private to secret.c.
 *
 * All look at the plain view from a place where a secret may start. The
 * answers are those of entity_kinds.h: settled ones stay.
 */
#ifndef HANDRAIL_RULES_SECRET_KINDS_H
#define HANDRAIL_RULES_SECRET_KINDS_H

#include "rules/chars.h"
#include "rules/secret.h"

struct secret_in {
	const char *s; /* the plain view from its beginning */
	size_t n;
	bool final;
};

enum secret_answer { SECRET_NO, SECRET_YES, SECRET_MORE };

enum secret_answer secret_api_key(
    const struct secret_in *, size_t start, size_t *end);
enum secret_answer secret_private_key(
    const struct secret_in *, size_t start, size_t *end);
enum secret_answer secret_jwt(
    const struct secret_in *, size_t start, size_t *end);
enum secret_answer secret_password(
    const struct secret_in *, size_t start, size_t *end);

/*
 * Is what starts here given as the value of one of the names (lower case,
 * NULL-terminated): "NAME: value", "NAME=value", "NAME is now value"? *said is
 * set when it was a word ("is") and not a sign that gave it.
 */
bool secret_is_value_of(const struct secret_in *, size_t start,
    const char *const *names, bool *said);

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
