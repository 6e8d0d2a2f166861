/* secret_password - passwords and PINs, by the word in front and what they look
 * like; those in URLs by their place. */
#include "rules/secret_kinds.h"

#include <string.h>

#define PASSWORD_MIN 6u
#define PIN_MIN 4u
#define PIN_MAX 12u
#define PASSWORD_MAX 128u
#define USER_MAX 64u
#define ORDINARY_MAX 9u /* letters: fewer than any key or token has */

static const char *const names[] = {"password", "passwort", "passwd",
    "passcode", "passphrase", "pass phrase", "pwd", "pw", "kennwort",
    "contrase\u00F1a", "mot de passe", "wachtwoord", "senha", "has\u0142o",
    "l\u00F6senord", "adgangskode", "passord",
    "\u043F\u0430\u0440\u043E\u043B\u044C", "\u5BC6\u7801", NULL};
static const char *const pins[] = {
    "pin", "pin code", "pin number", "passcode", NULL};

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

/* Behind a quote, and up to the same. */
static bool is_quoted(const struct secret_in *in, size_t start, size_t end)
{
	char c = start > 0 ? in->s[start - 1] : '\0';
	return (c == '"' || c == '\'' || c == '`') && end < in->n &&
	    in->s[end] == c;
}

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
	return ends && !is_quoted(in, start, i) ? i : 0;
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

/* What is written like a password, and not like a word. */
static bool looks_like_password(
    const char *s, size_t n, enum secret_given given, bool quoted)
{
	size_t inner = n;
	while (inner > 0 && (s[inner - 1] == '!' || s[inner - 1] == '?'))
		inner--;
	struct look l = look_at(s, inner);
	if (l.digits == n)
		return n >= PIN_MIN &&
		    (given == SECRET_BY_SIGN || given == SECRET_BY_WORD);
	if (n < PASSWORD_MIN || memmem(s, n, "://", 3))
		return false;
	bool mixed = l.letters && (l.digits || l.signs);
	switch (given) {
	case SECRET_NOT_GIVEN:
		return false;
	case SECRET_BY_SIGN:
		return mixed || quoted || (l.upper && l.lower);
	case SECRET_BY_WORD:
		return mixed || (quoted && l.letters == n);
	case SECRET_BESIDE:
		return l.letters && l.digits &&
		    (l.signs || l.upper || quoted || inner < n);
	}
	return false;
}

static bool is_pin(const struct secret_in *in, size_t start, size_t n)
{
	struct look l = look_at(in->s + start, n);
	if (l.digits != n || n < PIN_MIN || n > PIN_MAX)
		return false;
	enum secret_given given = secret_given_as(in, start, pins);
	return given != SECRET_NOT_GIVEN;
}

/* ---- in URLs ---- */

/* The end of the password in //user:password@host, or start. */
static enum secret_answer in_url(
    const struct secret_in *in, size_t start, size_t *end)
{
	size_t i = start > 0 && in->s[start - 1] == ':' ? start - 1 : 0;
	size_t user = i;
	while (user > 0 && i - user < USER_MAX &&
	    (chars_are(
		in->s[user - 1], CHARS_ALNUM | CHARS_JOIN | CHARS_POINT)))
		user--;
	if (user == i || user < 2 || in->s[user - 1] != '/' ||
	    in->s[user - 2] != '/')
		return SECRET_NO;
	size_t stop = start;
	while (stop < in->n && stop - start < PASSWORD_MAX &&
	    !strchr(" /?#@\t\n\r\"<>", in->s[stop]))
		stop++;
	if (stop >= in->n)
		return in->final ? SECRET_NO : SECRET_MORE;
	if (in->s[stop] != '@' || stop == start)
		return SECRET_NO;
	*end = stop;
	return SECRET_YES;
}

/* ---- both ---- */

enum secret_answer secret_password(
    const struct secret_in *in, size_t start, size_t *end)
{
	enum secret_answer url = in_url(in, start, end);
	if (url != SECRET_NO)
		return url;
	size_t i = start;
	while (i < in->n && i - start < PASSWORD_MAX &&
	    !(marks[(unsigned char)in->s[i]] & ENDS))
		i++;
	bool open = i >= in->n && !in->final && i - start < PASSWORD_MAX;
	bool quoted = is_quoted(in, start, i);
	while (i > start && marks[(unsigned char)in->s[i - 1]] & TRAILS)
		i--;
	size_t n = i - start;
	/* The look is cheap and seldom right; what stands in front is settled.
	 */
	if (!open &&
	    !looks_like_password(in->s + start, n, SECRET_BY_SIGN, quoted))
		return SECRET_NO;
	enum secret_given given = secret_given_as(in, start, names);
	if (open)
		return given == SECRET_NOT_GIVEN &&
			secret_given_as(in, start, pins) == SECRET_NOT_GIVEN
		    ? SECRET_NO
		    : SECRET_MORE;
	*end = i;
	return looks_like_password(in->s + start, n, given, quoted) ||
		is_pin(in, start, n)
	    ? SECRET_YES
	    : SECRET_NO;
}
