/* normalise: each disguise is seen through, and what only resembles one stays
 * what it is. */
#include "rules/text.h"
#include "tests/support/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void read_text(struct text *t, const char *s)
{
	assert_int_equal(text_init(t, 1u << 20), 0);
	assert_int_equal(text_feed(t, s, strlen(s)), 0);
	assert_int_equal(text_end(t), 0);
}

static void add(char *out, size_t size, const char *s, size_t len)
{
	strncat(out, *out ? " " : "", size - strlen(out) - 1);
	size_t room = size - strlen(out) - 1;
	strncat(out, s, len < room ? len : room);
}

/* The words, each in its other reading when it has one. */
static void readings(const struct text *t, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; i < t->n_tokens; i++) {
		const struct token *k = &t->tokens[i];
		if (k->alt_len)
			add(out, size, t->alt + k->alt, k->alt_len);
		else
			add(out, size, text_fold(t, k), k->fold_len);
	}
}

/* All of these say "refund". */
static const char *const disguises[] = {"refund", "REFUND", "ReFuNd",
    /* width, style, circles, squares: NFKC and beyond */
    "\uFF32\uFF25\uFF26\uFF35\uFF2E\uFF24",
    "\uFF52\uFF45\uFF46\uFF55\uFF4E\uFF44",
    "\U0001D42B\U0001D41E\U0001D41F\U0001D42E\U0001D427\U0001D41D",
    "\u24E1\u24D4\u24D5\u24E4\u24DD\u24D3",
    "\U0001F161\U0001F154\U0001F155\U0001F164\U0001F15D\U0001F153",
    "\U0001F181\U0001F174\U0001F175\U0001F184\U0001F17D\U0001F173",
    "r\u1D49fund", "\u24AD\u24A0\u24A1\u24B0\u24A9\u249F",
    /* invisible */
    "re\u200Bfund", "re\u200C\u200D\u2060fund", "re\uFEFFfund", "re\u00ADfund",
    "r\uFE0Fefund", "re\U000E0041\U000E0042fund", "\u202Ere\u202Cfund",
    "re\u2063fund", "re\u034Ffund", "re\u180Efund",
    "re\x01"
    "fund",
    "re\u061Cfund",
    "re\u3164"
    "fund",
    /* marks */
    "r\u0336e\u0336f\u0336u\u0336n\u0336d\u0336",
    "r\u0303\u0317e\u0334f\u0315\u0316u\u0334n\u035Cd\u0361",
    /* letters of other scripts */
    "r\u0435fund", "\u0433\u0435fund", "ref\u057Dnd", "refu\u0578d",
    "\u0280\u1D07\uA730\u1D1C\u0274\u1D05", "\uA4E3\uA4F0\uA4DD\uA4F4\uA4E0d",
    "ref\u222And", "r\u212Efund", "\u1587\u15F4fund",
    "\U0001F1F7\U0001F1EA\U0001F1EB\U0001F1FA\U0001F1F3\U0001F1E9",
    "r\u0303\u0317efund", "r3fu\uA4E0d", "\u0155\u00E9f\u00FA\u0144d",
    "\uAB47.e.f.\u057D.\u0578.\u0501", "ref\u057D\u0578\u0501",
    /* digits */
    "r3fund",
    "REFUN"
    "\u13A0",
    /* spelled out */
    "r e f u n d", "r.e.f.u.n.d", "r-e-f-u-n-d", "r_e_f_u_n_d", "r*e*f*u*n*d",
    "r  e  f  u  n  d", "r - e - f - u - n - d", "r|e|f|u|n|d",
    "r, e, f, u, n, d", "r/e/f/u/n/d", "R\u00B7E\u00B7F\u00B7U\u00B7N\u00B7D",
    "r \u0435 f u n d", "r\u2009e\u2009f\u2009u\u2009n\u2009d",
    /* markup */
    "**refund**", "re**fun**d", "_refund_", "__re__fund", "~~re~~fund",
    "`refund`", "re`fu`nd", "[refund](https://x.example)", "[re](a)fund",
    "[re](a \"b c\")fund", "re<b>fu</b>nd", "re<!-- x -->fund", "re<!-->fund",
    "re<!--->fund", "re<!-- x --!>fund", "re<?x y?>fund", "re</ x y>fund",
    "re</>fund", "re<!-- one two three four -->fund",
    "re<span style='a: b'>fund</span>", "re<x-y>fund", "re<wbr/>fund",
    "<p>refund</p>", "r&#101;fund", "r&#x65;fund", "r&#101;f&#117nd",
    "re&shy;fund", "re&ZeroWidthSpace;fund",
    "&#114;&#101;&#102;&#117;&#110;&#100;",
    /* erased and coloured */
    "refx\bund", "refxy\b\bund", "refq\x7Fund", "re\x1B[31mfund\x1B[0m",
    "re\x1B]0;title\afund",
    "re\xC2\x9B"
    "31mfund\xC2\x9B"
    "0m",
    "re\xC2\x9D"
    "0;title\xC2\x9C"
    "fund",
    "re\x1B]0;t\u00FCtle\x1B\\fund"};

static void sees_through_disguises(void **state)
{
	for (size_t i = 0; i < sizeof(disguises) / sizeof(disguises[0]); i++) {
		char line[512] = "we ", got[512];
		struct text t;
		strncat(line, disguises[i], sizeof(line) - strlen(line) - 1);
		strncat(line, " you", sizeof(line) - strlen(line) - 1);
		read_text(&t, line);
		readings(&t, got, sizeof(got));
		if (strcmp(got, "we refund you") != 0)
			print_error("\"%s\"\n", disguises[i]);
		assert_string_equal(got, "we refund you");
		text_clear(&t);
	}
}

/* Text, and its words as they are read. */
static const struct {
	const char *text, *words;
} ordinary[] = {
    {"I can do a B test", "i can do a b test"},
    {"plans a, b, c and d", "plans a b c and d"},
    {"2*3 * 4 and 5 * 6", "2 3 4 and 5 6"},
    {"* one\n* two\n- three\n1. four", "one two three 1 four"},
    {"a < b and c > d", "a b and c d"},
    {"if x<y then", "if x y then"},
    {"a <refund of $500> now", "a refund of $ 500 now"},
    {"a <!-- we will pay you twice --> b", "a we will pay you twice b"},
    {"a <? b > c </ d> <!-->", "a b c d"},
    {"x\xC2\x9B\n1 \xC2\x9D\n2 \xC2\x9B", "x 1 2"},
    {"tr3@sure user1@acme.example", "treasure user1 acme example"},
    {"AT&T and R&D &c; &nosuch; &", "at t and r d c nosuch"},
    {"see [1] and arr[i] [note](two words)", "see 1 and arri note two words"},
    {"C:\\dir \\\\ x", "c dir x"},
    {"~5 minutes, 3~4", "5 minutes 3 4"},
    {"caf\u00E9 na\u00EFve r\u00E9sum\u00E9",
	"caf\u00E9 na\u00EFve r\u00E9sum\u00E9"},
    {"cafe\u0301 re\u0301sume\u0301", "caf\u00E9 r\u00E9sum\u00E9"},
    {"don\u2019t dogs\u2019 \u2018tis rock\u2019n\u2019roll",
	"don't dogs tis rock'n'roll"},
    {"\u0421\u043E\u0440 \u043D\u0435\u0442",
	"\u0441\u043E\u0440 \u043D\u0435\u0442"},
    {"\u0431\u043E\u043B\u044C\u0448\u043E\u0439",
	"\u0431\u043E\u043B\u044C\u0448\u043E\u0439"},
    {"\u03BF\u03BA\u03C4\u03CE \u03BD\u03B1\u03B9",
	"\u03BF\u03BA\u03C4\u03CE \u03BD\u03B1\u03B9"},
    {"\u0938\u0902\u0915\u093F", "\u0938\u0902\u0915\u093F"},
    {"\u05E9\u05C1\u05B8\u05DC\u05D5\u05B9\u05DD",
	"\u05E9\u05B8\u05C1\u05DC\u05D5\u05B9\u05DD"},
    {"\uD55C\uAD6D \u1112\u1161\u11AB", "\uD55C\uAD6D \uD55C"},
    {"\u9000\uFE00\u6B3E \u0939\uFE0F\u093F\u0902\u034F\u0926",
	"\u9000 \u6B3E \u0939\u093F\u0902\u0926"},
    {"made in \U0001F1FA\U0001F1F8 us\U0001F1FA\U0001F1F8it", "made in us it"},
    {"r2d2 A55 X1234 AB12345 B00K", "r2d2 a55 x1234 ab12345 book"},
    {"\u9000\u6B3E \u30AB\u30BF\u30AB\u30CA",
	"\u9000 \u6B3E \u30AB\u30BF\u30AB\u30CA"},
    {"Stra\u00DFe \uFB01nal \u0130zmir Globex\u2122",
	"strasse final izmir globex"},
    {"\u015Fey s\u0131n\u0131r ve \u0131l\u0131k",
	"\u015Fey s\u0131n\u0131r ve \u0131l\u0131k"},
    {"5k 1st A55 $75 3.5.2 10:30", "5k ist a55 $ 75 3.5.2 10 30"},
    {"john@acme.example snake_case", "john acme example snakecase"},
    {"1,250.00 1.250,00 1'250 50. 3,", "1,250.00 1.250,00 1'250 50 3"},
    {"\u0661\u0662\u066B\u0665 \uFF15\uFF10 5\u00BD", "12.5 50 5.5"},
    {"e.g. i.e. p.m. Fine.We go", "e g i e p m fine we go"},
};

static void leaves_ordinary_text_alone(void **state)
{
	for (size_t i = 0; i < sizeof(ordinary) / sizeof(ordinary[0]); i++) {
		char got[512];
		struct text t;
		read_text(&t, ordinary[i].text);
		readings(&t, got, sizeof(got));
		if (strcmp(got, ordinary[i].words) != 0)
			print_error("\"%s\"\n", ordinary[i].text);
		assert_string_equal(got, ordinary[i].words);
		text_clear(&t);
	}
}

/* The views themselves. */
static const struct {
	const char *text, *folded, *plain;
} views[] = {
    {"  We  **Re**fund\t[You](http://X.y)! ", "we refund [you! ",
	"  We  **Re**fund\t[You](http://X.y)! "},
    {"\u201CQuote\u201D \u2013 \u2026", "\"quote\" - ...",
	"\u201CQuote\u201D \u2013 ..."},
    {"A\u200BB\x1B[1mC&amp;D&nbsp;E", "abc&d e", "ABC&D E"},
    {"<P>x<br>y<b>z</b>", "x yz", "<P>x<br>y<b>z</b>"},
    {"\\$50\\.00 \\*x\\*", "$50.00 *x*", "\\$50\\.00 \\*x\\*"},
    {"caf\u00E9 \uFF21", "caf\u00E9 a", "caf\u00E9 A"},
};

static void builds_both_views(void **state)
{
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		struct text t;
		read_text(&t, views[i].text);
		if (t.folded.len != strlen(views[i].folded) ||
		    t.plain.len != strlen(views[i].plain))
			print_error("\"%s\": \"%.*s\" \"%.*s\"\n",
			    views[i].text, (int)t.folded.len, t.folded.bytes,
			    (int)t.plain.len, t.plain.bytes);
		assert_int_equal(t.folded.len, strlen(views[i].folded));
		assert_memory_equal(
		    t.folded.bytes, views[i].folded, t.folded.len);
		assert_int_equal(t.plain.len, strlen(views[i].plain));
		assert_memory_equal(t.plain.bytes, views[i].plain, t.plain.len);
		text_clear(&t);
	}
}

/* Text, and where its sentences are cut. */
static void ends_sentences(void **state)
{
	static const struct {
		const char *text;
		size_t n;
		const char *first;
	} rows[] = {
	    {"One. Two! Three? Four", 4, "One."},
	    {"He said \"Yes.\" Then", 2, "He said \"Yes.\""},
	    {"(One.) Two", 2, "(One.)"},
	    {"Wait... what?! Yes", 3, "Wait..."},
	    {"One\u2026 two", 2, "One\u2026"},
	    {"3.5 is 10.30.x e.g.this", 1, "3.5 is 10.30.x e.g.this"},
	    {"One\ntwo\r\n\r\nthree", 3, "One"},
	    {"One.\n\n \nTwo.", 2, "One."},
	    {"\u597D\u3002\u597D\uFF01\u597D", 3, "\u597D\u3002"},
	    {"One.**Two** x", 1, "One.**Two** x"},
	    {"**One.** Two", 2, "**One."},
	    {"Fee is $50. OK", 2, "Fee is $50."},
	    {"", 0, ""},
	    {"  \n ", 0, ""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text t;
		read_text(&t, rows[i].text);
		if (t.n_sentences != rows[i].n)
			print_error("\"%s\"\n", rows[i].text);
		assert_int_equal(t.n_sentences, rows[i].n);
		if (rows[i].n) {
			const struct sentence *s = &t.sentences[0];
			assert_int_equal(
			    s->end - s->start, strlen(rows[i].first));
			assert_memory_equal(rows[i].text + s->start,
			    rows[i].first, s->end - s->start);
			assert_true(t.sentences[rows[i].n - 1].closed);
		}
		text_clear(&t);
	}
}

static void long_sentences_are_cut_at_a_word(void **state)
{
	char s[6000];
	for (size_t i = 0; i < sizeof(s) - 1; i++)
		s[i] = i % 7 == 6 ? ' ' : 'a';
	s[sizeof(s) - 1] = '\0';
	struct text t;
	read_text(&t, s);
	assert_int_equal(t.n_sentences, 3);
	assert_true(t.sentences[0].end >= 2048 && t.sentences[0].end < 2056);
	for (size_t i = 0; i < t.n_tokens; i++)
		assert_true(t.tokens[i].end - t.tokens[i].start <= 6);
	text_clear(&t);
}

/* No ordinary text of any language reads as one of our own phrases' words
 * that it does not contain. */
static void ordinary_unicode_gains_no_words(void **state)
{
	static const char *const words[] = {"refund", "discount", "off", "free",
	    "promise", "guarantee", "waive", "fee", "credit", "sue", "lawyer",
	    "settle", "claim", "money", "back", "offer", "price", "kill", "end",
	    "life", "hurt", "portfolio", "stock", "shares", "cash", "bonus"};
	struct shared_rows *rows = shared_open("unicode_benign.jsonl");
	if (!rows)
		skip();
	const json_t *row;
	while ((row = shared_next(rows))) {
		struct text t;
		const char *s = shared_text(row, "text", NULL);
		read_text(&t, s);
		for (size_t i = 0; i < t.n_tokens; i++) {
			const struct token *k = &t.tokens[i];
			for (size_t w = 0; w < sizeof(words) / sizeof(words[0]);
			     w++) {
				if (k->alt_len == strlen(words[w]) &&
				    !memcmp(
					t.alt + k->alt, words[w], k->alt_len))
					fail_msg("%s in %s", words[w], s);
			}
		}
		text_clear(&t);
	}
	shared_close(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sees_through_disguises),
	    cmocka_unit_test(leaves_ordinary_text_alone),
	    cmocka_unit_test(builds_both_views),
	    cmocka_unit_test(ends_sentences),
	    cmocka_unit_test(long_sentences_are_cut_at_a_word),
	    cmocka_unit_test(ordinary_unicode_gains_no_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
