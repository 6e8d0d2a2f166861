/*
 * pattern_chars - what PCRE2 is asked: is this a regular expression at all, and
 * which characters does one item of it (\w, [a-f], \p{Greek}, é) stand for?
 *
 * Nothing is ever searched with PCRE2: it is given one character at a time, so
 * what it answers cannot take long. Immutable and shared once made.
 */
#ifndef HANDRAIL_RULES_PATTERN_CHARS_H
#define HANDRAIL_RULES_PATTERN_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pattern_chars_err {
	PATTERN_CHARS_OK = 0,
	PATTERN_CHARS_ERR_MEMORY = -1,
	PATTERN_CHARS_ERR_REFUSED = -2,
};

/* Would PCRE2 take it? REFUSED writes a sentence for the author. */
enum pattern_chars_err pattern_chars_check(const char *source, size_t len,
    char *reason, size_t reason_size) __attribute__((warn_unused_result));

struct pattern_chars;
/* One item that stands for one character; caseless as (?i) does. */
enum pattern_chars_err pattern_chars_new(
    struct pattern_chars **out, const char *item, size_t len, bool caseless)
    __attribute__((warn_unused_result));
void pattern_chars_free(struct pattern_chars *); /* accepts NULL */

/* One thread's scratch. */
struct pattern_asker;
struct pattern_asker *pattern_asker_new(void);   /* NULL: no memory */
void pattern_asker_free(struct pattern_asker *); /* accepts NULL */

/* Does the item stand for the character whose UTF-8 is c? 1, 0, or -1 when
 * memory runs out. */
int pattern_chars_have(const struct pattern_chars *, struct pattern_asker *,
    const char *c, size_t len);

#endif
