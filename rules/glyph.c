/* glyph - see glyph.h. Properties come from utf8proc; the short lists here
 * are what it does not know: ASCII forms, zeros, scripts. */
#include "rules/glyph.h"

#include "rules/confusable.h"

#include <string.h>
#include <utf8proc.h>

#define SIGNS_FROM 0x1600 /* before it no sign looks like a letter */

struct range {
	int32_t first, last;
};

static bool in_ranges(int32_t cp, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (cp >= r[i].first && cp <= r[i].last)
			return true;
	}
	return false;
}

#define IN(cp, table) in_ranges(cp, table, sizeof(table) / sizeof(table[0]))

size_t glyph_decode(const char *bytes, size_t n, int32_t *cp)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	if (len > n)
		return 0;
	if (len == 1) {
		*cp = s[0];
		return 1;
	}
	int32_t c = s[0] & (0x7F >> len);
	for (size_t i = 1; i < len; i++)
		c = c << 6 | (s[i] & 0x3F);
	*cp = c;
	return len;
}

size_t glyph_encode(int32_t cp, char *out)
{
	utf8proc_uint8_t buf[GLYPH_MAX_UTF8];
	utf8proc_ssize_t n = utf8proc_encode_char(cp, buf);
	memcpy(out, buf, (size_t)n);
	return (size_t)n;
}

enum glyph_script glyph_script(int32_t cp)
{
	static const struct range latin[] = {{'A', 'Z'}, {'a', 'z'},
	    {0xAA, 0xAA}, {0xBA, 0xBA}, {0xC0, 0x2AF}, {0x1D00, 0x1DBF},
	    {0x1E00, 0x1EFF}, {0x2C60, 0x2C7F}, {0xA720, 0xA7FF},
	    {0xAB30, 0xAB6F}};
	static const struct range greek[] = {{0x370, 0x3FF}, {0x1F00, 0x1FFF}};
	static const struct range cyrillic[] = {{0x400, 0x52F},
	    {0x1C80, 0x1C8F}, {0x2DE0, 0x2DFF}, {0xA640, 0xA69F}};
	if (IN(cp, latin))
		return GLYPH_LATIN;
	if (IN(cp, greek))
		return GLYPH_GREEK;
	return IN(cp, cyrillic) ? GLYPH_CYRILLIC : GLYPH_SCRIPT_OTHER;
}

static enum glyph_class letter_class(int32_t cp)
{
	/* Han, Hiragana, and the scripts of South East Asia that write no
	 * spaces: UAX 29 gives their letters no words without a dictionary. */
	static const struct range single[] = {{0xE00, 0xEFF}, {0x1000, 0x109F},
	    {0x1780, 0x17FF}, {0x1950, 0x19DF}, {0x1A20, 0x1AAF},
	    {0x3005, 0x3007}, {0x3041, 0x309F}, {0x3400, 0x4DBF},
	    {0x4E00, 0x9FFF}, {0xA9E0, 0xA9FF}, {0xAA60, 0xAADF},
	    {0xF900, 0xFAFF}, {0x20000, 0x3FFFF}};
	static const struct range katakana[] = {
	    {0x30A0, 0x30FF}, {0x31F0, 0x31FF}};
	if (cp < 0xE00)
		return GLYPH_LETTER;
	if (IN(cp, single))
		return GLYPH_SINGLE;
	return IN(cp, katakana) ? GLYPH_KATAKANA : GLYPH_LETTER;
}

bool glyph_is_apart(int32_t cp)
{
	static const struct range apart[] = {{0x590, 0x109F}, {0x1100, 0x11FF},
	    {0x1780, 0x17FF}, {0x1950, 0x1AAF}, {0x2E80, 0xA4CF},
	    {0xA960, 0xAADF}, {0xABC0, 0xD7FF}, {0xF900, 0xFAFF},
	    {0x20000, 0x3FFFF}};
	return cp >= 0x590 && IN(cp, apart);
}

enum glyph_class glyph_class(int32_t cp)
{
	if (cp == '%')
		return GLYPH_SYMBOL;
	if (glyph_is_space(cp))
		return GLYPH_SPACE;
	utf8proc_category_t category = utf8proc_category(cp);
	switch (category) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_NL:
		return letter_class(cp);
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return GLYPH_MARK;
	case UTF8PROC_CATEGORY_ND:
		return GLYPH_DIGIT;
	case UTF8PROC_CATEGORY_SC:
		return GLYPH_SYMBOL;
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_NO:
	case UTF8PROC_CATEGORY_PC:
	case UTF8PROC_CATEGORY_PD:
	case UTF8PROC_CATEGORY_PS:
	case UTF8PROC_CATEGORY_PE:
	case UTF8PROC_CATEGORY_PI:
	case UTF8PROC_CATEGORY_PF:
	case UTF8PROC_CATEGORY_PO:
	case UTF8PROC_CATEGORY_SM:
	case UTF8PROC_CATEGORY_SK:
	case UTF8PROC_CATEGORY_SO:
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
		break;
	}
	return GLYPH_OTHER;
}

bool glyph_is_space(int32_t cp)
{
	if (cp < 0x80)
		return cp == ' ' || (cp >= '\t' && cp <= '\r');
	if (cp < 0x1680)
		return cp == 0x85 || cp == 0xA0;
	return cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 ||
	    cp == 0x2029 || cp == 0x202F || cp == 0x205F || cp == 0x2800 ||
	    cp == 0x3000; /* 2800: braille without dots */
}

bool glyph_is_break(int32_t cp)
{
	return (cp >= '\n' && cp <= '\r') || cp == 0x85 || cp == 0x2028 ||
	    cp == 0x2029;
}

bool glyph_is_small(int32_t cp)
{
	return cp < 0x80 ? cp >= 'a' && cp <= 'z'
			 : utf8proc_category(cp) == UTF8PROC_CATEGORY_LL;
}

bool glyph_is_note(int32_t cp)
{
	static const struct {
		int32_t first, last;
	} notes[] = {{0xB2, 0xB3}, {0xB9, 0xB9}, {0x2070, 0x2079},
	    {0x2080, 0x2089}, {0x2460, 0x249B}, {0x24EA, 0x24FF},
	    {0x2776, 0x2793}, {0x3251, 0x325F}, {0x32B1, 0x32BF}};
	for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
		if (cp >= notes[i].first && cp <= notes[i].last)
			return true;
	return false;
}

bool glyph_is_flag_letter(int32_t cp)
{
	return cp >= 0x1F1E6 && cp <= 0x1F1FF;
}

bool glyph_is_invisible(int32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
		return !glyph_is_space(cp);
	if (cp < 0xA0)
		return false;
	if (cp >= 0xFFF9 && cp <= 0xFFFB) /* interlinear annotation */
		return true;
	return utf8proc_get_property(cp)->ignorable;
}

bool glyph_is_bracket(int32_t cp)
{
	utf8proc_category_t category = utf8proc_category(cp);
	return category == UTF8PROC_CATEGORY_PS ||
	    category == UTF8PROC_CATEGORY_PE ||
	    category == UTF8PROC_CATEGORY_PI ||
	    category == UTF8PROC_CATEGORY_PF;
}

bool glyph_is_extender(int32_t cp)
{
	if (cp < 0x300)
		return false;
	if (cp >= 0x1161 && cp <= 0x11FF) /* Hangul vowels and finals */
		return true;
	return glyph_class(cp) == GLYPH_MARK;
}

/* Characters that NFKC leaves alone but that stand for ASCII ones, and some
 * that it would turn into letters. 0: leave it to NFKC; -1: nothing is left.
 */
static int32_t ascii_form(int32_t cp)
{
	static const struct {
		int32_t first, last, form;
	} forms[] = {
	    {0xA8, 0xA8, -1},  /* spacing accents are no letters */
	    {0xAB, 0xAB, '"'}, /* guillemets */
	    {0xAF, 0xAF, -1},
	    {0xB4, 0xB4, '\''}, /* typed for an apostrophe */
	    {0xB8, 0xB8, -1},
	    {0xBB, 0xBB, '"'},
	    {0x2B9, 0x2B9, '\''},
	    {0x2BB, 0x2BD, '\''},
	    {0x2D8, 0x2DD, -1},
	    {0x66A, 0x66A, '%'}, /* Arabic percent, decimal, thousands */
	    {0x66B, 0x66B, '.'},
	    {0x66C, 0x66C, ','},
	    {0x2010, 0x2015, '-'},
	    {0x2018, 0x2019, '\''},
	    {0x201A, 0x201A, ','},
	    {0x201B, 0x201B, '\''},
	    {0x201C, 0x201F, '"'},
	    {0x2030, 0x2031, '%'}, /* per mille, per ten thousand */
	    {0x2032, 0x2032, '\''},
	    {0x2033, 0x2033, '"'},
	    {0x2035, 0x2035, '\''},
	    {0x2036, 0x2036, '"'},
	    {0x2044, 0x2044, '/'},
	    {0x2120, 0x2120, -1}, /* service and trade marks: no letters */
	    {0x2122, 0x2122, -1},
	    {0x2212, 0x2212, '-'},
	    {0x2215, 0x2215, '/'},
	    {0xA78B, 0xA78C, '\''},
	    {0xFE58, 0xFE58, '-'},
	};
	if (cp < 0xA8)
		return 0;
	if (glyph_is_flag_letter(cp))
		return 'a' + (cp - 0x1F1E6);
	if (cp >= 0x249C && cp <= 0x24B5) /* letters in parentheses */
		return 'a' + (cp - 0x249C);
	if (cp >= 0x1F110 && cp <= 0x1F129)
		return 'a' + (cp - 0x1F110);
	if (cp >= 0x1F150 && cp <= 0x1F169) /* letters in black circles */
		return 'a' + (cp - 0x1F150);
	if (cp >= 0x1F170 && cp <= 0x1F189) /* and squares */
		return 'a' + (cp - 0x1F170);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (cp >= forms[i].first && cp <= forms[i].last)
			return forms[i].form;
	}
	return 0;
}

/* A decimal digit of any script as ASCII. */
static int32_t ascii_digit(int32_t cp)
{
	static const int32_t zeros[] = {0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6,
	    0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
	    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946,
	    0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
	    0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x10D30,
	    0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0,
	    0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950, 0x11C50, 0x11D50,
	    0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1E140, 0x1E2F0, 0x1E950};
	for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++) {
		if (cp >= zeros[i] && cp <= zeros[i] + 9)
			return '0' + (cp - zeros[i]);
	}
	return cp;
}

/* Decompose into out, sort marks canonically, compose. */
static size_t normalise(
    const int32_t *cluster, size_t n, int32_t *out, utf8proc_option_t options)
{
	utf8proc_int32_t buf[GLYPH_MAX_FOLDED];
	size_t len = 0;
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && glyph_is_invisible(cluster[i]))
			continue; /* a variation selector is a mark, too */
		int last_boundclass = 0;
		utf8proc_ssize_t got = utf8proc_decompose_char(cluster[i],
		    buf + len, (utf8proc_ssize_t)(GLYPH_MAX_FOLDED - len),
		    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | options,
		    &last_boundclass);
		if (got < 0 || (size_t)got > GLYPH_MAX_FOLDED - len)
			break; /* absurdly many marks: the rest is noise */
		len += (size_t)got;
	}
	for (size_t i = 1; i < len; i++) {
		utf8proc_int32_t cp = buf[i];
		utf8proc_propval_t class =
		    utf8proc_get_property(cp)->combining_class;
		size_t j = i;
		for (; class && j > 0; j--) {
			if (utf8proc_get_property(buf[j - 1])
				->combining_class <= class)
				break;
			buf[j] = buf[j - 1];
		}
		buf[j] = cp;
	}
	utf8proc_ssize_t done = utf8proc_normalize_utf32(
	    buf, (utf8proc_ssize_t)len, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
	len = done < 0 ? 0 : (size_t)done;
	for (size_t i = 0; i < len; i++)
		out[i] = buf[i];
	return len;
}

bool glyph_keeps_marks(int32_t base)
{
	if (base < 0x300)
		return false;
	if (glyph_script(base) != GLYPH_SCRIPT_OTHER)
		return false;
	enum glyph_class class = glyph_class(base);
	return class == GLYPH_LETTER || class == GLYPH_SINGLE ||
	    class == GLYPH_KATAKANA || class == GLYPH_MARK;
}

/* A sign that is read as a letter: the union sign, the estimated sign. */
static int32_t letter_form(int32_t cp)
{
	bool ordinary;
	const char *latin = cp >= SIGNS_FROM && glyph_class(cp) == GLYPH_OTHER
	    ? confusable_latin(cp, &ordinary)
	    : NULL;
	return latin ? latin[0] : 0;
}

size_t glyph_fold(
    const int32_t *cluster, size_t n, int32_t *out, unsigned *noise)
{
	int32_t cp = cluster[0];
	if (n == 1 && cp > ' ' && cp < 0x7F) { /* utf8proc would say the same */
		out[0] = cp >= 'A' && cp <= 'Z' ? cp | 0x20 : cp;
		return 1;
	}
	int32_t form = ascii_form(cp);
	if (form == 0)
		form = letter_form(cp);
	if (form < 0)
		return 0;
	if (form > 0) {
		out[0] = form;
		return 1;
	}
	size_t len = normalise(cluster, n, out, UTF8PROC_CASEFOLD);
	if (len == 0)
		return 0;
	bool keep = glyph_keeps_marks(out[0]);
	size_t kept = 0;
	for (size_t i = 0; i < len; i++) {
		enum glyph_class class = glyph_class(out[i]);
		if (i > 0 && !keep && class == GLYPH_MARK) {
			if (n > 1)
				++*noise;
			continue;
		}
		if (out[i] == ' ' && cluster[0] != ' ' &&
		    !glyph_is_space(cluster[0]))
			continue; /* a spacing accent */
		int32_t ascii = ascii_form(out[i]);
		if (class == GLYPH_DIGIT)
			out[kept++] = ascii_digit(out[i]);
		else if (ascii >= 0)
			out[kept++] = ascii ? ascii : out[i];
	}
	return kept;
}

size_t glyph_compose(const int32_t *cluster, size_t n, int32_t *out)
{
	return normalise(cluster, n, out, 0);
}

int32_t glyph_without_accent(int32_t cp)
{
	if (cp < 0xC0 || glyph_script(cp) != GLYPH_LATIN)
		return cp;
	utf8proc_int32_t buf[GLYPH_MAX_CLUSTER];
	int last_boundclass = 0;
	utf8proc_ssize_t n = utf8proc_decompose_char(
	    cp, buf, GLYPH_MAX_CLUSTER, UTF8PROC_DECOMPOSE, &last_boundclass);
	return n > 0 && buf[0] < 0x80 ? buf[0] : cp;
}
