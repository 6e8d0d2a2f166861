/* markup - see markup.h. Each recogniser walks the bytes once; running out of
 * them is answered by out_of_bytes alone. */
#include "rules/markup.h"

#include <string.h>

#define COMMENT_WORDS 4u

static size_t out_of_bytes(const struct markup_in *in)
{
	return in->more ? MARKUP_MORE : 0;
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool markup_is_wordish(char c)
{
	return is_alpha(c) || is_digit(c) || (unsigned char)c >= 0x80;
}

/* ---- entities ---- */

struct entity {
	const char *name;
	int32_t cp;
};

static const struct entity entities[] = {
    {"amp", '&'},
    {"lt", '<'},
    {"gt", '>'},
    {"quot", '"'},
    {"apos", '\''},
    {"nbsp", 0xA0},
    {"shy", 0xAD},
    {"zwj", 0x200D},
    {"zwnj", 0x200C},
    {"lrm", 0x200E},
    {"rlm", 0x200F},
    {"ensp", 0x2002},
    {"emsp", 0x2003},
    {"thinsp", 0x2009},
    {"ZeroWidthSpace", 0x200B},
    {"NoBreak", 0x2060},
    {"InvisibleTimes", 0x2062},
    {"Tab", '\t'},
    {"NewLine", '\n'},
    {"hellip", 0x2026},
    {"ndash", 0x2013},
    {"mdash", 0x2014},
    {"lsquo", 0x2018},
    {"rsquo", 0x2019},
    {"sbquo", 0x201A},
    {"ldquo", 0x201C},
    {"rdquo", 0x201D},
    {"bdquo", 0x201E},
    {"laquo", 0xAB},
    {"raquo", 0xBB},
    {"euro", 0x20AC},
    {"pound", 0xA3},
    {"yen", 0xA5},
    {"cent", 0xA2},
    {"curren", 0xA4},
    {"copy", 0xA9},
    {"reg", 0xAE},
    {"trade", 0x2122},
    {"percnt", '%'},
    {"dollar", '$'},
    {"commat", '@'},
    {"num", '#'},
    {"excl", '!'},
    {"quest", '?'},
    {"period", '.'},
    {"comma", ','},
    {"colon", ':'},
    {"semi", ';'},
    {"lpar", '('},
    {"rpar", ')'},
    {"lsqb", '['},
    {"rsqb", ']'},
    {"lbrack", '['},
    {"rbrack", ']'},
    {"lcub", '{'},
    {"rcub", '}'},
    {"lowbar", '_'},
    {"hyphen", 0x2010},
    {"dash", 0x2010},
    {"plus", '+'},
    {"equals", '='},
    {"ast", '*'},
    {"sol", '/'},
    {"bsol", '\\'},
    {"verbar", '|'},
    {"grave", '`'},
    {"middot", 0xB7},
    {"bull", 0x2022},
    {"deg", 0xB0},
    {"plusmn", 0xB1},
    {"frac12", 0xBD},
    {"frac14", 0xBC},
    {"frac34", 0xBE},
    {"times", 0xD7},
    {"sup1", 0xB9},
    {"sup2", 0xB2},
    {"sup3", 0xB3},
    {"ordf", 0xAA},
    {"ordm", 0xBA},
    {"micro", 0xB5},
    {"agrave", 0xE0},
    {"aacute", 0xE1},
    {"acirc", 0xE2},
    {"atilde", 0xE3},
    {"auml", 0xE4},
    {"aring", 0xE5},
    {"aelig", 0xE6},
    {"ccedil", 0xE7},
    {"egrave", 0xE8},
    {"eacute", 0xE9},
    {"ecirc", 0xEA},
    {"euml", 0xEB},
    {"igrave", 0xEC},
    {"iacute", 0xED},
    {"icirc", 0xEE},
    {"iuml", 0xEF},
    {"eth", 0xF0},
    {"ntilde", 0xF1},
    {"ograve", 0xF2},
    {"oacute", 0xF3},
    {"ocirc", 0xF4},
    {"otilde", 0xF5},
    {"ouml", 0xF6},
    {"oslash", 0xF8},
    {"ugrave", 0xF9},
    {"uacute", 0xFA},
    {"ucirc", 0xFB},
    {"uuml", 0xFC},
    {"yacute", 0xFD},
    {"thorn", 0xFE},
    {"yuml", 0xFF},
    {"szlig", 0xDF},
    {"Agrave", 0xC0},
    {"Aacute", 0xC1},
    {"Acirc", 0xC2},
    {"Atilde", 0xC3},
    {"Auml", 0xC4},
    {"Aring", 0xC5},
    {"AElig", 0xC6},
    {"Ccedil", 0xC7},
    {"Egrave", 0xC8},
    {"Eacute", 0xC9},
    {"Ecirc", 0xCA},
    {"Euml", 0xCB},
    {"Igrave", 0xCC},
    {"Iacute", 0xCD},
    {"Icirc", 0xCE},
    {"Iuml", 0xCF},
    {"Ntilde", 0xD1},
    {"Ograve", 0xD2},
    {"Oacute", 0xD3},
    {"Ocirc", 0xD4},
    {"Otilde", 0xD5},
    {"Ouml", 0xD6},
    {"Oslash", 0xD8},
    {"Ugrave", 0xD9},
    {"Uacute", 0xDA},
    {"Ucirc", 0xDB},
    {"Uuml", 0xDC},
    {"Yacute", 0xDD},
};

/* References to 0x80..0x9F mean Windows-1252 (HTML, 13.2.5.80). */
static int32_t from_windows(int32_t cp)
{
	static const int32_t table[32] = {0x20AC, 0x81, 0x201A, 0x192, 0x201E,
	    0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0x8D,
	    0x17D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013,
	    0x2014, 0x2DC, 0x2122, 0x161, 0x203A, 0x153, 0x9D, 0x17E, 0x178};
	return cp >= 0x80 && cp < 0xA0 ? table[cp - 0x80] : cp;
}

static int digit_value(char c, int base)
{
	if (is_digit(c))
		return c - '0';
	if (base == 16 && c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (base == 16 && c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static size_t numeric_entity(const struct markup_in *in, int32_t *cp)
{
	size_t i = 2;
	if (i >= in->n)
		return out_of_bytes(in);
	int base = in->s[i] == 'x' || in->s[i] == 'X' ? 16 : 10;
	if (base == 16)
		i++;
	size_t first = i;
	int32_t value = 0;
	int digit = 0;
	for (; i < in->n; i++) {
		digit = digit_value(in->s[i], base);
		if (digit < 0)
			break;
		if (value <= 0x10FFFF)
			value = value * base + digit;
	}
	if (i >= in->n && (in->more || i == first))
		return out_of_bytes(in);
	if (i == first || value == 0 || value > 0x10FFFF ||
	    (value >= 0xD800 && value <= 0xDFFF))
		return 0;
	*cp = from_windows(value);
	return i < in->n && in->s[i] == ';' ? i + 1 : i;
}

size_t markup_entity(const struct markup_in *in, int32_t *cp)
{
	if (in->n < 2)
		return out_of_bytes(in);
	if (in->s[1] == '#')
		return numeric_entity(in, cp);
	size_t i = 1;
	while (i < in->n && i <= MARKUP_MAX_NAME &&
	    (is_alpha(in->s[i]) || is_digit(in->s[i])))
		i++;
	if (i == 1 || i > MARKUP_MAX_NAME)
		return 0;
	if (i >= in->n)
		return out_of_bytes(in);
	if (in->s[i] != ';')
		return 0;
	for (size_t e = 0; e < sizeof(entities) / sizeof(entities[0]); e++) {
		const char *name = entities[e].name;
		if (strlen(name) == i - 1 &&
		    memcmp(name, in->s + 1, i - 1) == 0) {
			*cp = entities[e].cp;
			return i + 1;
		}
	}
	return 0;
}

/* ---- tags ---- */

static size_t skip_white(const struct markup_in *in, size_t i)
{
	while (i < in->n && is_white(in->s[i]))
		i++;
	return i;
}

static size_t skip_name(const struct markup_in *in, size_t i)
{
	while (i < in->n && !is_white(in->s[i]) &&
	    strchr("\"'<>/=&", in->s[i]) == NULL)
		i++;
	return i;
}

/* Past the value of an attribute, i at its first byte; 0: malformed; n: the
 * bytes end in it. */
static size_t skip_value(const struct markup_in *in, size_t i)
{
	if (i >= in->n)
		return in->n;
	char quote = in->s[i];
	if (quote == '"' || quote == '\'') {
		const char *end = memchr(in->s + i + 1, quote, in->n - i - 1);
		return end ? (size_t)(end - in->s) + 1 : in->n;
	}
	size_t first = i;
	while (i < in->n && !is_white(in->s[i]) &&
	    strchr("\"'<>=`", in->s[i]) == NULL)
		i++;
	return i == first ? 0 : i;
}

/* Attributes up to and with ">", i behind the name. */
static size_t skip_attributes(const struct markup_in *in, size_t i)
{
	for (;;) {
		size_t gap = skip_white(in, i);
		if (gap < in->n && in->s[gap] == '/')
			gap = skip_white(in, gap + 1);
		if (gap >= in->n)
			return out_of_bytes(in);
		if (in->s[gap] == '>')
			return gap + 1;
		if (gap == i)
			return 0;
		size_t end = skip_name(in, gap);
		if (end >= in->n)
			return out_of_bytes(in);
		size_t sign = skip_white(in, end);
		if (sign >= in->n)
			return out_of_bytes(in);
		if (in->s[sign] != '=') {
			if (!markup_is_bare_attribute(in->s + gap, end - gap))
				return 0;
			i = end;
			continue;
		}
		if (end == gap)
			return 0;
		i = skip_value(in, skip_white(in, sign + 1));
		if (i == 0)
			return 0;
		if (i >= in->n)
			return out_of_bytes(in);
	}
}

/* Whether a word goes on at i: 1 yes, 0 no, -1 cannot tell. */
static int word_follows(const struct markup_in *in, size_t i)
{
	if (i >= in->n)
		return in->more ? -1 : 0;
	return markup_is_wordish(in->s[i]) || in->s[i] == '<' ||
	    in->s[i] == '&';
}

/* The length of "<!-->" and "<!--->", which are whole comments
 * (HTML 13.2.5.43), or of what opens one; 0: neither. */
static size_t open_comment(const struct markup_in *in, bool *over)
{
	static const char open[] = "<!--";
	size_t len = sizeof(open) - 1;
	*over = false;
	if (memcmp(in->s, open, in->n < len ? in->n : len) != 0)
		return 0;
	size_t dash = len < in->n && in->s[len] == '-';
	if (in->n <= len + dash)
		return out_of_bytes(in);
	*over = in->s[len + dash] == '>';
	return *over ? len + dash + 1 : len;
}

/* "-->" and "--!>", or 0. */
static size_t close_comment(const struct markup_in *in, size_t i)
{
	if (memcmp(in->s + i, "-->", 3) == 0)
		return 3;
	return in->n - i >= 4 && memcmp(in->s + i, "--!>", 4) == 0 ? 4 : 0;
}

static size_t comment(const struct markup_in *in, bool in_word)
{
	bool over;
	size_t words = 0, close, i = open_comment(in, &over);
	if (over || i == 0 || i == MARKUP_MORE)
		return i;
	for (;; i++) {
		if (in->n - i < 3)
			return out_of_bytes(in);
		close = close_comment(in, i);
		if (close)
			break;
		if (markup_is_wordish(in->s[i]) &&
		    !markup_is_wordish(in->s[i - 1]))
			words++;
	}
	i += close;
	if (words < COMMENT_WORDS)
		return i;
	int follows = in_word ? word_follows(in, i) : 0;
	return follows < 0 ? MARKUP_MORE : follows ? i : 0;
}

/* "<?x>", "</ x>", "</>": comments to HTML (13.2.5.6 and 7), inside a word. */
static bool is_bogus(const struct markup_in *in)
{
	return in->s[1] == '?' ||
	    (in->s[1] == '/' && in->n > 2 && !is_alpha(in->s[2]));
}

static size_t bogus_comment(const struct markup_in *in)
{
	const char *end = memchr(in->s, '>', in->n);
	if (!end)
		return out_of_bytes(in);
	size_t i = (size_t)(end - in->s) + 1;
	int follows = word_follows(in, i);
	return follows < 0 ? MARKUP_MORE : follows ? i : 0;
}

/* Any "<name>" that stands inside a word. */
static size_t tag_in_word(const struct markup_in *in)
{
	size_t i = 1;
	while (i < in->n && in->s[i] != '>' && in->s[i] != '<' &&
	    !is_white(in->s[i]))
		i++;
	if (i >= in->n)
		return out_of_bytes(in);
	if (in->s[i] != '>')
		return 0;
	int follows = word_follows(in, i + 1);
	return follows < 0 ? MARKUP_MORE : follows ? i + 1 : 0;
}

static const char cdata_opens[] = "<![CDATA[";

bool markup_opens_cdata(const char *s, size_t n)
{
	size_t len = sizeof(cdata_opens) - 1;
	return memcmp(s, cdata_opens, n < len ? n : len) == 0;
}

static size_t cdata(
    const struct markup_in *in, bool in_word, enum markup_parts *parts)
{
	size_t len = sizeof(cdata_opens) - 1;
	if (!markup_opens_cdata(in->s, in->n))
		return 0;
	if (in->n < len)
		return out_of_bytes(in);
	*parts = in_word ? MARKUP_NOTHING : MARKUP_WORDS;
	return len;
}

size_t markup_tag(
    const struct markup_in *in, bool in_word, enum markup_parts *parts)
{
	*parts = MARKUP_NOTHING;
	if (in->n < 2)
		return out_of_bytes(in);
	if (in->s[1] == '!') {
		if (in->n < 3)
			return out_of_bytes(in);
		if (in->s[2] == '-')
			return comment(in, in_word);
	}
	if (in_word && is_bogus(in))
		return bogus_comment(in);
	size_t first = in->s[1] == '/' ? 2 : 1;
	size_t end = first;
	if (end < in->n && in->s[end] == '!')
		end++;
	while (end < in->n && (is_alpha(in->s[end]) || is_digit(in->s[end])))
		end++;
	if (end >= in->n)
		return out_of_bytes(in);
	if (markup_is_tag_name(in->s + first, end - first)) {
		size_t len = skip_attributes(in, end);
		*parts = markup_parts_of(in->s + first, end - first);
		if (len != 0)
			return len;
	}
	size_t len = in_word && end > first ? tag_in_word(in) : 0;
	return len ? len : cdata(in, in_word, parts);
}

/* ---- links ---- */

/* Past a balanced target; in->n when the bytes end in it. */
static size_t skip_target(const struct markup_in *in, size_t i)
{
	unsigned depth = 0;
	for (; i < in->n && !is_white(in->s[i]); i++) {
		if (in->s[i] == '\\' && i + 1 < in->n &&
		    !is_white(in->s[i + 1]))
			i++;
		else if (in->s[i] == '(')
			depth++;
		else if (in->s[i] == ')' && depth-- == 0)
			break;
	}
	return i;
}

size_t markup_link(const struct markup_in *in)
{
	if (in->n < 2)
		return out_of_bytes(in);
	if (in->s[1] != '(')
		return 0;
	size_t i = skip_white(in, 2);
	i = skip_target(in, i);
	i = skip_white(in, i);
	if (i >= in->n)
		return out_of_bytes(in);
	char quote = in->s[i];
	if (quote == '"' || quote == '\'') {
		const char *end = memchr(in->s + i + 1, quote, in->n - i - 1);
		if (!end)
			return out_of_bytes(in);
		i = skip_white(in, (size_t)(end - in->s) + 1);
		if (i >= in->n)
			return out_of_bytes(in);
	}
	return in->s[i] == ')' ? i + 1 : 0;
}

size_t markup_image(const struct markup_in *in)
{
	size_t i = 2;
	if (in->n > 1 && in->s[1] != '[')
		return 0;
	while (i < in->n && !strchr("[]\n", in->s[i]))
		i++;
	if (i >= in->n)
		return out_of_bytes(in);
	if (in->s[i] != ']')
		return 0;
	struct markup_in behind = {in->s + i, in->n - i, in->more};
	size_t len = markup_link(&behind);
	return len == 0 || len == MARKUP_MORE ? len : i + len;
}

/* ---- terminal escapes (ECMA-48) ---- */

static size_t control_string(const struct markup_in *in, size_t i)
{
	for (; i < in->n; i++) {
		char c = in->s[i];
		if (c == '\a')
			return i + 1;
		if (c == '\033' || c == '\xC2') {
			if (i + 1 >= in->n)
				break;
			bool ends =
			    in->s[i + 1] == (c == '\033' ? '\\' : '\x9C');
			if (ends || c == '\033')
				return ends ? i + 2 : 0;
		}
		if (c == '\n')
			return 0;
	}
	return out_of_bytes(in);
}

/* What the two bytes introduce, both as ESC and a letter and as a C1 control.
 */
static char introduces(const char *s)
{
	if (s[0] == '\033')
		return s[1];
	return s[1] == '\x9B' ? '[' : s[1] == '\x9D' ? ']' : '\0';
}

size_t markup_ansi(const struct markup_in *in)
{
	if (in->n < 2)
		return out_of_bytes(in);
	char kind = introduces(in->s);
	if (kind == ']')
		return control_string(in, 2);
	if (kind != '[')
		return 0;
	size_t i = 2;
	while (i < in->n && in->s[i] >= 0x30 && in->s[i] <= 0x3F)
		i++;
	while (i < in->n && in->s[i] >= 0x20 && in->s[i] <= 0x2F)
		i++;
	if (i >= in->n)
		return out_of_bytes(in);
	return in->s[i] >= 0x40 && in->s[i] <= 0x7E ? i + 1 : 0;
}
