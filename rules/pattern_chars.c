/* pattern_chars - see pattern_chars.h. The one place that knows PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/pattern_chars.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS                                                                \
	(PCRE2_UTF | PCRE2_UCP | PCRE2_NO_AUTO_CAPTURE |                       \
	    PCRE2_NEVER_BACKSLASH_C)

/* What PCRE2 says in words of its own trade, said for authors. */
static const char *plainer(int error)
{
	switch (error) {
	case PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH:
	case PCRE2_ERROR_LOOKBEHIND_TOO_LONG:
		return "(?<=...) has to look back over a fixed number of "
		       "characters; write each alternative out";
	case PCRE2_ERROR_BAD_SUBPATTERN_REFERENCE: /* groups take no numbers */
		return "it refers back to a group, or calls one (\\1, \\g, "
		       "(?1)); write out what may stand there";
	case PCRE2_ERROR_PATTERN_TOO_LARGE:
		return "it is too large when its repeats are written out";
	default:
		return NULL;
	}
}

static enum pattern_chars_err refuse(
    int error, size_t offset, char *reason, size_t reason_size)
{
	unsigned char why[128];
	if (error == PCRE2_ERROR_HEAP_FAILED)
		return PATTERN_CHARS_ERR_MEMORY;
	if (pcre2_get_error_message(error, why, sizeof(why)) < 0)
		snprintf((char *)why, sizeof(why), "error %d", error);
	const char *text = plainer(error) ? plainer(error) : (char *)why;
	snprintf(
	    reason, reason_size, "%s (at character %zu)", text, offset + 1);
	return PATTERN_CHARS_ERR_REFUSED;
}

enum pattern_chars_err pattern_chars_check(
    const char *source, size_t len, char *reason, size_t reason_size)
{
	int error = 0;
	size_t offset = 0;
	pcre2_code *code = pcre2_compile(
	    (PCRE2_SPTR)source, len, OPTIONS, &error, &offset, NULL);
	if (!code)
		return refuse(error, offset, reason, reason_size);
	pcre2_code_free(code);
	return PATTERN_CHARS_OK;
}

/* The compiled code is the object: a struct of ours would only point at it. */
enum pattern_chars_err pattern_chars_new(
    struct pattern_chars **out, const char *item, size_t len, bool caseless)
{
	int error = 0;
	size_t offset = 0;
	*out = (struct pattern_chars *)pcre2_compile((PCRE2_SPTR)item, len,
	    OPTIONS | PCRE2_ANCHORED | PCRE2_ENDANCHORED |
		(caseless ? PCRE2_CASELESS : 0),
	    &error, &offset, NULL);
	if (*out)
		return PATTERN_CHARS_OK;
	return error == PCRE2_ERROR_HEAP_FAILED ? PATTERN_CHARS_ERR_MEMORY
						: PATTERN_CHARS_ERR_REFUSED;
}

void pattern_chars_free(struct pattern_chars *p)
{
	pcre2_code_free((pcre2_code *)p);
}

struct pattern_asker *pattern_asker_new(void)
{
	return (struct pattern_asker *)pcre2_match_data_create(1, NULL);
}

void pattern_asker_free(struct pattern_asker *a)
{
	pcre2_match_data_free((pcre2_match_data *)a);
}

int pattern_chars_have(const struct pattern_chars *p, struct pattern_asker *a,
    const char *c, size_t len)
{
	int rc = pcre2_match((const pcre2_code *)p, (PCRE2_SPTR)c, len, 0,
	    PCRE2_NO_UTF_CHECK, (pcre2_match_data *)a, NULL);
	if (rc >= 0)
		return 1;
	return rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}
