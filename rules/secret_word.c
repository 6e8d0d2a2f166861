/* secret_word - the words in front of a secret; JSON web tokens (RFC 7519). */
#include "rules/secret_kinds.h"

#include <string.h>

#define JWT_HEADER_BYTES 512u
#define JWT_MIN_PART 4u
#define CONTEXT_BYTES 96u
#define CONTEXT_WORDS 6u /* "is now set to" */

/* ---- what stands in front ---- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_quote(char c)
{
	return c != '\0' && strchr("\"'`*_[(<{", c) != NULL;
}

/* Does the text end with name at byte end, as whole words? */
static bool ends_with(
    const struct secret_in *in, size_t end, const struct secret_name *name)
{
	size_t len = name->len;
	if (end < len)
		return false;
	for (size_t i = len; i > 0; i--) { /* most end in another letter */
		if (lower(in->s[end - len + i - 1]) != name->text[i - 1])
			return false;
	}
	return end == len || !secret_is_letter(in->s[end - len - 1]);
}

static bool ends_with_any(
    const struct secret_in *in, size_t end, const struct secret_name *list)
{
	for (; list->text; list++) {
		if (ends_with(in, end, list))
			return true;
	}
	return false;
}

/* A sign beyond ASCII ends before i: a quote, an arrow, an emoji. It ends no
 * sentence. */
static bool is_high_sign(const struct secret_in *in, size_t i)
{
	static const char stop[] = "\u3002";
	return chars_are(in->s[i - 1], CHARS_HIGH) &&
	    beside_before(in->s, i) == BESIDE_SIGN &&
	    (i < 3 || memcmp(in->s + i - 3, stop, 3) != 0);
}

/* Both down to from, no further: letters may go on without end. */
static size_t skip_back(const struct secret_in *in, size_t i, size_t from)
{
	for (;;) {
		if (i > from && is_high_sign(in, i))
			i = beside_back(in->s, i);
		else if (i > from &&
		    (is_space(in->s[i - 1]) || is_quote(in->s[i - 1])))
			i--;
		else
			return i;
	}
}

static size_t word_back(const struct secret_in *in, size_t i, size_t from)
{
	while (i > from &&
	    (secret_is_letter(in->s[i - 1]) ||
		(chars_are(in->s[i - 1], CHARS_HIGH) &&
		    beside_before(in->s, i) != BESIDE_SIGN)))
		i = beside_back(in->s, i);
	return i;
}

/* Behind these another thing is spoken of. */
static bool is_turn(const struct secret_in *in, size_t end)
{
	static const struct secret_name turns[] = {SECRET_NAME("and"),
	    SECRET_NAME("but"), SECRET_NAME("or"), SECRET_NAME("while"),
	    SECRET_NAME("because"), SECRET_NAME("when"), SECRET_NAME("if"),
	    SECRET_NAME("then"), SECRET_NAME("so"), {NULL, 0}};
	return ends_with_any(in, end, turns);
}

enum secret_given secret_given_as(
    const struct secret_in *in, size_t start, const struct secret_name *wanted)
{
	static const struct secret_name gives[] = {SECRET_NAME("is"),
	    SECRET_NAME("was"), SECRET_NAME("to"), SECRET_NAME("be"),
	    SECRET_NAME("ist"), SECRET_NAME("lautet"), SECRET_NAME("est"),
	    SECRET_NAME("es"), SECRET_NAME("\u00E9"), SECRET_NAME("\u00E8"),
	    {NULL, 0}};
	size_t from = start > CONTEXT_BYTES ? start - CONTEXT_BYTES : 0;
	size_t i = skip_back(in, start, from);
	enum secret_given how = SECRET_NOT_GIVEN;
	for (unsigned words = 0;
	     words <= CONTEXT_WORDS && i > 0 && start - i < CONTEXT_BYTES;
	     words++) {
		char c = in->s[i - 1];
		if (how == SECRET_NOT_GIVEN &&
		    (c == ':' || c == '=' || c == '>')) {
			i = skip_back(in, i - 1, from);
			how = SECRET_BY_SIGN;
			continue;
		}
		if (ends_with_any(in, i, wanted)) {
			if (how != SECRET_NOT_GIVEN)
				return how;
			return words == 0 ? SECRET_BESIDE : SECRET_NOT_GIVEN;
		}
		size_t word = word_back(in, i, from);
		if (word == i || is_turn(in, i))
			return SECRET_NOT_GIVEN; /* another sentence, a number
						  */
		if (how == SECRET_NOT_GIVEN && ends_with_any(in, i, gives))
			how = SECRET_BY_WORD;
		i = skip_back(in, word, from);
	}
	return SECRET_NOT_GIVEN;
}

/* ---- JSON web tokens ---- */

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (secret_is_digit(c))
		return c - '0' + 52;
	return c == '-' ? 62 : 63;
}

/* A JSON object with an algorithm in it. */
static bool is_header(const char *s, size_t n)
{
	char out[JWT_HEADER_BYTES];
	size_t len = 0;
	unsigned bits = 0, have = 0;
	for (size_t i = 0; i < n && len < sizeof(out); i++) {
		bits = bits << 6 | (unsigned)value_of(s[i]);
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[len++] = (char)(bits >> have);
		}
	}
	while (len > 0 && is_space(out[len - 1]))
		len--;
	return len > 2 && out[0] == '{' && out[len - 1] == '}' &&
	    memmem(out, len, "\"alg\"", 5) != NULL;
}

static size_t part(const struct secret_in *in, size_t i, size_t start)
{
	size_t n = 0;
	while (i + n < in->n && i + n - start < SECRET_MAX_BYTES &&
	    secret_is_base64url(in->s[i + n]))
		n++;
	return n;
}

enum secret_answer secret_jwt(
    const struct secret_in *in, size_t start, size_t *end)
{
	if (in->s[start] != 'e' && in->s[start] != 'Z')
		return SECRET_NO; /* base64 of an opening brace */
	size_t at = start;
	for (unsigned parts = 0; parts < 3; parts++) {
		size_t n = part(in, at, start);
		bool cut = at + n - start >= SECRET_MAX_BYTES;
		if (at + n >= in->n && !in->final && !cut)
			return SECRET_MORE;
		if (parts < 2 &&
		    (n < JWT_MIN_PART || cut || at + n >= in->n ||
			in->s[at + n] != '.'))
			return SECRET_NO;
		if (parts == 0 && !is_header(in->s + start, n))
			return SECRET_NO;
		if (parts == 2)
			*end = n ? at + n : at - 1;
		at += n + 1;
	}
	return SECRET_YES;
}
