/* secret_word - JSON web tokens (RFC 7519) and passwords. */
#include "rules/secret_kinds.h"

#include <string.h>

#define JWT_HEADER_BYTES 512u
#define JWT_MIN_PART 4u
#define PASSWORD_MIN 6u
#define PASSWORD_MAX 128u
#define ORDINARY_MAX 9u /* letters: fewer than any key or token has */
#define CONTEXT_BYTES 96u
#define CONTEXT_WORDS 4u /* "is now set to" */

static const char *const names[] = {"password", "passwort", "passwd",
    "passcode", "passphrase", "pass phrase", "pwd", "contrase\u00F1a",
    "mot de passe", "pin code", NULL};

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
static bool ends_with(const struct secret_in *in, size_t end, const char *name)
{
	size_t len = strlen(name);
	if (end < len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (lower(in->s[end - len + i]) != name[i])
			return false;
	}
	return end == len || !secret_is_letter(in->s[end - len - 1]);
}

static bool ends_with_any(
    const struct secret_in *in, size_t end, const char *const *list)
{
	for (size_t i = 0; list[i]; i++) {
		if (ends_with(in, end, list[i]))
			return true;
	}
	return false;
}

static size_t skip_back(const struct secret_in *in, size_t i)
{
	while (i > 0 && (is_space(in->s[i - 1]) || is_quote(in->s[i - 1])))
		i--;
	return i;
}

static size_t word_back(const struct secret_in *in, size_t i)
{
	while (i > 0 &&
	    (secret_is_letter(in->s[i - 1]) ||
		(unsigned char)in->s[i - 1] >= 0x80))
		i--;
	return i;
}

bool secret_is_value_of(const struct secret_in *in, size_t start,
    const char *const *wanted, bool *said)
{
	static const char *const gives[] = {"is", "was", "to", "be", NULL};
	size_t i = skip_back(in, start);
	bool given = false;
	*said = false;
	for (unsigned words = 0;
	     words <= CONTEXT_WORDS && i > 0 && start - i < CONTEXT_BYTES;
	     words++) {
		char c = in->s[i - 1];
		if (!given && (c == ':' || c == '=')) {
			i = skip_back(in, i - 1);
			given = true;
			continue;
		}
		if (given && ends_with_any(in, i, wanted))
			return true;
		size_t word = word_back(in, i);
		if (word == i)
			return false; /* another sentence, a number */
		if (!given && ends_with_any(in, i, gives))
			*said = given = true;
		i = skip_back(in, word);
	}
	return false;
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

/* ---- passwords ---- */

enum mark { ENDS = 1, TRAILS = 2, SIGN = 4 };

/* What ends a password, what only follows one, what a word does not have. */
static const unsigned char marks[256] = {[' '] = ENDS,
    ['\t'] = ENDS,
    ['\n'] = ENDS,
    ['\r'] = ENDS,
    ['"'] = ENDS,
    ['\''] = ENDS,
    ['`'] = ENDS,
    ['<'] = ENDS,
    ['>'] = ENDS,
    ['.'] = TRAILS,
    [','] = TRAILS,
    [';'] = TRAILS,
    [':'] = TRAILS,
    [')'] = TRAILS,
    [']'] = TRAILS,
    ['}'] = TRAILS,
    ['*'] = TRAILS | SIGN,
    ['!'] = SIGN,
    ['#'] = SIGN,
    ['$'] = SIGN,
    ['%'] = SIGN,
    ['&'] = SIGN,
    ['+'] = SIGN,
    ['='] = SIGN,
    ['?'] = SIGN,
    ['@'] = SIGN,
    ['^'] = SIGN,
    ['~'] = SIGN,
    ['|'] = SIGN,
    ['\\'] = SIGN};

size_t secret_skip_word(const struct secret_in *in, size_t i)
{
	size_t start = i;
	if (i < in->n && secret_is_letter(in->s[i]))
		i++; /* also a capital */
	while (i < in->n && chars_are(in->s[i], CHARS_SMALL))
		i++;
	if (i == start || i - start > ORDINARY_MAX || in->n - i < 2)
		return 0;
	unsigned next = marks[(unsigned char)in->s[i]];
	unsigned behind = marks[(unsigned char)in->s[i + 1]];
	bool ends = (next & ENDS) || ((next & TRAILS) && (behind & ENDS));
	return ends ? i : 0;
}

struct look {
	size_t letters, digits, upper, lower, signs;
};

static struct look look_at(const char *s, size_t n)
{
	struct look l = {0};
	for (size_t i = 0; i < n; i++) {
		char c = s[i];
		l.digits += secret_is_digit(c);
		l.letters += secret_is_letter(c) || (unsigned char)c >= 0x80;
		l.upper += c >= 'A' && c <= 'Z' && i > 0;
		l.lower += c >= 'a' && c <= 'z';
		l.signs += (marks[(unsigned char)c] & SIGN) != 0;
	}
	return l;
}

/* Like a password, and not like a word: letters with digits or signs; behind a
 * sign ("password:") also capitals inside, or digits alone. */
static bool looks_like_password(const char *s, size_t n, bool said)
{
	if (n < PASSWORD_MIN)
		return false;
	size_t inner = n;
	while (inner > 0 && (s[inner - 1] == '!' || s[inner - 1] == '?'))
		inner--;
	struct look l = look_at(s, inner);
	if (l.letters && (l.digits || l.signs))
		return !memmem(s, n, "://", 3);
	return !said && ((l.upper && l.lower) || l.digits == n);
}

enum secret_answer secret_password(
    const struct secret_in *in, size_t start, size_t *end)
{
	bool said;
	size_t i = start;
	while (i < in->n && i - start < PASSWORD_MAX &&
	    !(marks[(unsigned char)in->s[i]] & ENDS))
		i++;
	bool open = i >= in->n && !in->final && i - start < PASSWORD_MAX;
	while (i > start && marks[(unsigned char)in->s[i - 1]] & TRAILS)
		i--;
	/* The look is cheap and seldom right; what stands in front is settled.
	 */
	if (!open && !looks_like_password(in->s + start, i - start, false))
		return SECRET_NO;
	if (!secret_is_value_of(in, start, names, &said))
		return SECRET_NO;
	if (open)
		return SECRET_MORE;
	*end = i;
	return looks_like_password(in->s + start, i - start, said) ? SECRET_YES
								   : SECRET_NO;
}
