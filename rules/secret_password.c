/* secret_password - passwords and PINs, by the word in front and what they look
 * like; those in URLs by their place. */
#include "rules/glyph.h"
#include "rules/secret_kinds.h"

#include <string.h>

#define PASSWORD_MIN 6u
#define PIN_MIN 4u
#define PIN_MAX 12u
#define PASSWORD_MAX 128u
#define USER_MAX 64u
#define ORDINARY_MAX 9u /* letters: fewer than any key or token has */

static const struct secret_name names[] = {SECRET_NAME("password"),
    SECRET_NAME("passwort"), SECRET_NAME("passwd"), SECRET_NAME("passcode"),
    SECRET_NAME("passphrase"), SECRET_NAME("pass phrase"), SECRET_NAME("pwd"),
    SECRET_NAME("pw"), SECRET_NAME("kennwort"), SECRET_NAME("contrase\u00F1a"),
    SECRET_NAME("mot de passe"), SECRET_NAME("wachtwoord"),
    SECRET_NAME("senha"), SECRET_NAME("has\u0142o"),
    SECRET_NAME("l\u00F6senord"), SECRET_NAME("adgangskode"),
    SECRET_NAME("passord"), SECRET_NAME("\u043F\u0430\u0440\u043E\u043B\u044C"),
    SECRET_NAME("\u5BC6\u7801"), {NULL, 0}};
static const struct secret_name pins[] = {SECRET_NAME("pin"),
    SECRET_NAME("pin code"), SECRET_NAME("pin number"), SECRET_NAME("passcode"),
    {NULL, 0}};

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

/* A quote or bracket beyond ASCII. */
static bool is_high_quote(const struct secret_in *in, size_t i)
{
	int32_t cp = 0;
	return chars_are(in->s[i], CHARS_HIGH) &&
	    glyph_decode(in->s + i, in->n - i, &cp) && glyph_is_bracket(cp);
}

/* Behind a quote, and up to the same or to one beyond ASCII. */
static bool is_quoted(const struct secret_in *in, size_t start, size_t end)
{
	char c = start > 0 ? in->s[start - 1] : '\0';
	if (chars_are(c, CHARS_HIGH))
		return is_high_quote(in, beside_back(in->s, start)) &&
		    end < in->n && is_high_quote(in, end);
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

#define LETTERS (CHARS_LETTER | CHARS_HIGH)

struct look {                 /* classes of characters (chars.h) */
	unsigned any, behind; /* of some; of some but the first */
	bool all_digits, all_letters;
	bool signs;
};

static struct look look_at(const char *s, size_t n)
{
	unsigned any = 0, behind = 0, signs = 0;
	size_t letters = 0, digits = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned class = chars_table[(unsigned char)s[i]];
		any |= class;
		behind |= i ? class : 0;
		signs |= marks[(unsigned char)s[i]];
		letters += (class & LETTERS) != 0;
		digits += (class & CHARS_DIGIT) != 0;
	}
	return (struct look){
	    any, behind, digits == n, letters == n, (signs & SIGN) != 0};
}

/* What is written like a password, and not like a word. */
static bool looks_like_password(
    const char *s, size_t n, enum secret_given given, bool quoted)
{
	size_t inner = n;
	if (n < PIN_MIN)
		return false;
	while (inner > 0 && (s[inner - 1] == '!' || s[inner - 1] == '?'))
		inner--;
	struct look l = look_at(s, inner);
	if (inner == n && l.all_digits)
		return given == SECRET_BY_SIGN || given == SECRET_BY_WORD;
	if (n < PASSWORD_MIN)
		return false;
	bool letters = l.any & LETTERS, digits = l.any & CHARS_DIGIT;
	bool upper = l.behind & CHARS_CAPITAL;
	bool mixed = letters && (digits || l.signs);
	bool looks = false;
	switch (given) {
	case SECRET_NOT_GIVEN:
		break;
	case SECRET_BY_SIGN:
		looks = mixed || quoted || (upper && (l.any & CHARS_SMALL));
		break;
	case SECRET_BY_WORD:
		looks = mixed || (quoted && inner == n && l.all_letters);
		break;
	case SECRET_BESIDE:
		looks = letters && digits &&
		    (l.signs || upper || quoted || inner < n);
		break;
	}
	return looks && !memmem(s, n, "://", 3);
}

static bool is_pin(const struct secret_in *in, size_t start, size_t n)
{
	if (n < PIN_MIN || n > PIN_MAX || !look_at(in->s + start, n).all_digits)
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

/* Up to what ends a value. */
static size_t read_value(const struct secret_in *in, size_t start)
{
	size_t i = start, len;
	for (; i < in->n && i - start < PASSWORD_MAX; i += len) {
		(void)beside_at(in->s, in->n, i, &len);
		if (marks[(unsigned char)in->s[i]] & ENDS ||
		    is_high_quote(in, i))
			break;
	}
	return i;
}

/* Does the character that ends at i > 0 only follow a value? */
static bool trails(const struct secret_in *in, size_t i)
{
	char c = in->s[i - 1];
	return chars_are(c, CHARS_HIGH) ? beside_before(in->s, i) == BESIDE_SIGN
					: marks[(unsigned char)c] & TRAILS;
}

enum secret_answer secret_password(
    const struct secret_in *in, size_t start, size_t *end)
{
	enum secret_answer url = in_url(in, start, end);
	if (url != SECRET_NO)
		return url;
	size_t i = read_value(in, start);
	bool open = i >= in->n && !in->final && i - start < PASSWORD_MAX;
	bool quoted = is_quoted(in, start, i);
	while (i > start && trails(in, i))
		i = beside_back(in->s, i);
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
