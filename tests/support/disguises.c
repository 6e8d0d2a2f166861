/* disguises - see disguises.h. */
#include "tests/support/disguises.h"

#include "rules/glyph.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

const struct disguise_phrase disguise_phrases[DISGUISE_PHRASES] = {
    {"refund", "refund"},
    {"money back", "money back"},
    {"I guarantee it", "i guarantee it"},
    {"waive ... fee", "waive your fee"},
    {"24 months free", "24 months free"},
    {"won't bill you", "won't bill you"},
};

/* ---- making disguises ---- */

struct disguise_writer {
	char *s;
	size_t n;
};

static void write_text(struct disguise_writer *w, const char *s)
{
	size_t n = strlen(s);
	assert_true(w->n + n < DISGUISE_BYTES);
	memcpy(w->s + w->n, s, n + 1);
	w->n += n;
}

static void write_cp(struct disguise_writer *w, int32_t cp)
{
	char c[GLYPH_MAX_UTF8 + 1] = {0};
	glyph_encode(cp, c);
	write_text(w, c);
}

static bool is_letter(int32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
}

static bool is_word(int32_t cp)
{
	return is_letter(cp) || (cp >= '0' && cp <= '9') || cp == '\'' ||
	    (cp >= 0x80 && !glyph_is_invisible(cp) && !glyph_is_space(cp));
}

/* Letters by offset: small from a on, capitals from A on. */
static void by_offset(
    const struct disguise_maker *m, const char *in, struct disguise_writer *w)
{
	while (*in) {
		char c = *in++;
		if (c >= 'a' && c <= 'z')
			write_cp(w, m->small + (c - 'a'));
		else if (c >= 'A' && c <= 'Z')
			write_cp(w, m->capital + (c - 'A'));
		else
			write_text(w, (char[]){c, '\0'});
	}
}

/* What the list has, the first that fits. */
static void by_list(
    const struct disguise_maker *m, const char *in, struct disguise_writer *w)
{
	while (*in) {
		const char *const *pair = m->list;
		while (*pair && strncmp(in, pair[0], strlen(pair[0])) != 0)
			pair += 2;
		write_text(w, *pair ? pair[1] : (char[]){*in, '\0'});
		in += *pair ? strlen(pair[0]) : 1;
	}
}

/* Something between any two characters of a word, something between words. */
static void put_between(
    const struct disguise_maker *m, const char *in, struct disguise_writer *w)
{
	bool inside = false;
	while (*in) {
		int32_t cp;
		size_t n = glyph_decode(in, strlen(in), &cp);
		bool word = is_word(cp) && !glyph_is_extender(cp);
		if (inside && word)
			write_text(w, m->between);
		if (cp == ' ' && m->words)
			write_text(w, m->words);
		else
			write_cp(w, cp);
		inside = word || (inside && glyph_is_extender(cp));
		in += n;
	}
}

/* Behind every letter, the last too. */
static void put_behind(
    const struct disguise_maker *m, const char *in, struct disguise_writer *w)
{
	while (*in) {
		int32_t cp;
		in += glyph_decode(in, strlen(in), &cp);
		write_cp(w, cp);
		if (is_word(cp) && cp != '\'')
			write_text(w, m->between);
	}
}

static void write_part(struct disguise_writer *w, const char *s, size_t n)
{
	char part[DISGUISE_BYTES];
	assert_true(n < sizeof(part));
	memcpy(part, s, n);
	part[n] = '\0';
	write_text(w, part);
}

/* The inner characters of every word of three and more between two marks. */
static void put_around(
    const struct disguise_maker *m, const char *in, struct disguise_writer *w)
{
	while (*in) {
		size_t n = strcspn(in, " "), first = 0, last = 0, chars = 0;
		for (size_t i = 0; i < n; chars++) {
			int32_t cp;
			size_t len = glyph_decode(in + i, n - i, &cp);
			first = i == 0 ? len : first;
			last = i;
			i += len;
		}
		bool marked = chars > 2;
		write_part(w, in, marked ? first : n);
		if (marked) {
			write_text(w, m->between);
			write_part(w, in + first, last - first);
			write_text(w, m->words);
			write_part(w, in + last, n - last);
		}
		in += n;
		if (*in)
			write_part(w, in++, 1);
	}
}

/* Letters as references: by number, in both ways. */
static void as_entities(
    const struct disguise_maker *m, const char *in, struct disguise_writer *w)
{
	for (size_t i = 0; *in; i++) {
		int32_t cp;
		char s[16];
		in += glyph_decode(in, strlen(in), &cp);
		snprintf(
		    s, sizeof(s), i % 2 ? "&#x%x;" : "&#%d;", (unsigned)cp);
		if (is_letter(cp) || cp >= 0x80)
			write_text(w, s);
		else
			write_cp(w, cp);
	}
}

static void every_second(
    const struct disguise_maker *m, const char *in, struct disguise_writer *w)
{
	for (size_t i = 0; *in; i++, in++) {
		char c = *in;
		bool small = c >= 'a' && c <= 'z';
		write_text(w,
		    (char[]){small && i % 2 ? (char)(c - 'a' + 'A') : c, '\0'});
	}
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Limits of the table's rows: "it" would be a flag, an accented i is no i;
 * digits that are spelled out stay digits; a gap ends with its line. */
#define WAIVE (1u << 3)
#define GUARANTEE (1u << 2)
#define MONTHS (1u << 4)

const struct disguise_maker disguise_makers[] = {
    {"capitals", every_second, .small = 0},
    {"full width", by_offset, .small = 0xFF41, .capital = 0xFF21},
    {"mathematical letters", by_offset, .small = 0x1D41A, .capital = 0x1D400},
    {"mathematical letters", by_offset, .small = 0x1D4EA, .capital = 0x1D4D0},
    {"mathematical letters", by_offset, .small = 0x1D586, .capital = 0x1D56C},
    {"mathematical letters", by_offset, .small = 0x1D5BA, .capital = 0x1D5A0},
    {"mathematical letters", by_offset, .small = 0x1D68A, .capital = 0x1D670},
    {"circled letters", by_offset, .small = 0x24D0, .capital = 0x24B6},
    {"squared letters", by_offset, .small = 0x1F130, .capital = 0x1F130},
    {"filled circles", by_offset, .small = 0x1F150, .capital = 0x1F150},
    {"filled squares", by_offset, .small = 0x1F170, .capital = 0x1F170},
    {"parenthesized letters", by_offset, .small = 0x249C, .capital = 0x1F110},
    {"flag letters", by_offset, .small = 0x1F1E6, .capital = 0x1F1E6,
	.beyond = GUARANTEE},
    {"superscript letters", by_list,
	.list = LIST("a", "\u1D43", "b", "\u1D47", "d", "\u1D48", "e", "\u1D49",
	    "f", "\u1DA0", "g", "\u1D4D", "k", "\u1D4F", "m", "\u1D50", "n",
	    "\u207F", "o", "\u1D52", "r", "\u02B3", "t", "\u1D57", "u",
	    "\u1D58", "w", "\u02B7", "y", "\u02B8")},
    {"Cyrillic letters", by_list,
	.list = LIST("a", "\u0430", "c", "\u0441", "e", "\u0435", "i", "\u0456",
	    "o", "\u043E", "p", "\u0440", "x", "\u0445", "y", "\u0443")},
    {"Greek letters", by_list,
	.list = LIST("o", "\u03BF", "a", "\u03B1", "u", "\u03C5", "v", "\u03BD",
	    "i", "\u03B9", "p", "\u03C1", "y", "\u03B3")},
    {"letters of many scripts", by_list,
	.list = LIST("u", "\u057D", "n", "\u0578", "g", "\u0581", "r", "\uAB47",
	    "d", "\u0501", "c", "\u1D04", "o", "\u0585", "l", "\uA4E1", "v",
	    "\uA4E6", "w", "\u13B3")},
    {"small capitals", by_list,
	.list = LIST("a", "\u1D00", "b", "\u0299", "c", "\u1D04", "d", "\u1D05",
	    "e", "\u1D07", "f", "\uA730", "g", "\u0262", "h", "\u029C", "i",
	    "\u026A", "k", "\u1D0B", "l", "\u029F", "m", "\u1D0D", "n",
	    "\u0274", "o", "\u1D0F", "r", "\u0280", "s", "\uA731", "t",
	    "\u1D1B", "u", "\u1D1C", "v", "\u1D20", "w", "\u1D21", "y",
	    "\u028F")},
    {"signs as letters", by_list,
	.list = LIST("u", "\u222A", "t", "\u22A4", "v", "\u2228", "e", "\u212E",
	    "a", "\u237A")},
    {"letters with a stroke", by_list,
	.list = LIST("d", "\u0111", "l", "\u0142", "o", "\u00F8", "b", "\u0180",
	    "t", "\u0167")},
    {"capital I for l", by_list, .list = LIST("ll", "lI")},
    {"digits of other scripts", by_list,
	.list = LIST("2", "\u0662", "4", "\u0664")},
    {"digits of other scripts", by_list,
	.list = LIST("2", "\u0968", "4", "\u096A")},
    {"leet", by_list,
	.list = LIST("tee", "733", "und", "und", "fund", "fund", "mone", "m0ne",
	    "bac", "b4c", "ref", "r3f", "gua", "gu4", "waiv", "w4iv", "free",
	    "fr33", "bill", "b1ll")},
    {"leet", by_list, .list = LIST("a", "@", "ths ", "ths ")},
    {"zero-width characters", put_between, .between = "\u200B"},
    {"zero-width characters", put_between, .between = "\u200C\u200D\u2060"},
    {"zero-width characters", put_between, .between = "\uFEFF"},
    {"soft hyphens", put_between, .between = "\u00AD"},
    {"variation selectors", put_between, .between = "\uFE0F"},
    {"variation selectors", put_between, .between = "\U000E0101"},
    {"tag characters", put_between, .between = "\U000E0061\U000E007F"},
    {"bidi controls", put_between, .between = "\u202D\u2066\u2069"},
    {"control characters", put_between, .between = "\x01"},
    {"combining marks", put_behind, .between = "\u0336"},
    {"combining marks", put_behind, .between = "\u0301", .beyond = GUARANTEE},
    {"combining marks", put_behind, .between = "\u0308", .beyond = GUARANTEE},
    {"combining marks", put_behind, .between = "\u0303\u0317\u0334"},
    {"spaced letters", put_between, .between = " ", .words = "   ",
	.beyond = MONTHS},
    {"spaced letters", put_between, .between = "  ", .words = " - ",
	.beyond = MONTHS},
    {"spaced letters", put_between, .between = "\u2009", .words = "\u2003 ",
	.beyond = MONTHS},
    {"spaced letters, no word ends", put_between, .between = " ", .words = " ",
	.beyond = MONTHS},
    {"dotted letters", put_between, .between = ".", .beyond = MONTHS},
    {"hyphenated letters", put_between, .between = "-", .beyond = MONTHS},
    {"letters and underscores", put_between, .between = "_", .beyond = MONTHS},
    {"unusual white space", put_between, .between = "",
	.words = "\u00A0 \u3000"},
    {"unusual white space", put_between, .between = "", .words = " \n\t ",
	.beyond = WAIVE},
    {"typographic signs", by_list, .list = LIST("'", "\u2019")},
    {"Markdown emphasis", .outer = true, .make = put_around, .between = "**",
	.words = "**"},
    {"Markdown emphasis", .outer = true, .make = put_around, .between = "__",
	.words = "__"},
    {"Markdown strikethrough", .outer = true, .make = put_around,
	.between = "~~", .words = "~~"},
    {"Markdown code", .outer = true, .make = put_around, .between = "`",
	.words = "`"},
    {"Markdown links", .outer = true, .make = put_around, .between = "[",
	.words = "](https://x.example \"y\")"},
    {"Markdown images", .outer = true, .make = put_between,
	.between = "![x](https://x.example \"y\")", .beyond = MONTHS},
    {"HTML tags", .outer = true, .make = put_around, .between = "<b>",
	.words = "</b>"},
    {"HTML tags", .outer = true, .make = put_between,
	.between = "<span style='a: b'></span>"},
    {"HTML comments", .outer = true, .make = put_between,
	.between = "<!-- x -->"},
    {"HTML entities", .outer = true, .make = as_entities},
    {"HTML entities", .outer = true, .make = put_between, .between = "&shy;",
	.words = "&nbsp;"},
    {"backspaces", .outer = true, .make = put_between, .between = "x\b"},
    {"backspaces", .outer = true, .make = put_between, .between = "xy\b\x7F"},
    {"terminal escapes", .outer = true, .make = put_between,
	.between = "\x1B[31m"},
    {"terminal escapes", .outer = true, .make = put_around,
	.between = "\x1B]0;t\a", .words = "\x1B[0m"},
};

const size_t disguise_n_makers =
    sizeof(disguise_makers) / sizeof(disguise_makers[0]);

bool disguise_make(
    const struct disguise_maker *m, size_t phrase, const char *in, char *out)
{
	if (m->beyond >> phrase & 1)
		return false;
	struct disguise_writer w = {.s = out};
	out[0] = '\0';
	m->make(m, in, &w);
	return strcmp(in, out) != 0;
}
