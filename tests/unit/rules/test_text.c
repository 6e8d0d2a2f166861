/* text: the same arrays for every cutting, exact maps, limits and errors. */
#include "rules/text_state.h"
#include "tests/support/failmalloc.h"
#include "tests/support/guard_page.h"
#include "tests/support/shared.h"
#include "tests/support/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MAX_BYTES (1u << 20)

/* One of everything that is settled late or dropped. */
static const char *const texts[] = {"", " ", "a", "Hello there. How are you?\n",
    "We **refund** $1,250.00 now. Hello! (Yes.) No\r\n\r\nmore",
    "r e f u n d you   r.e.f.u.n.d r-e-f-u-n-d ok I can a b test",
    "r  e  f  u  n  d  y o u  a, b, c r, e, f, u, n, d p. m. x",
    "i   g u a r a n t e e   i t w o n ' t  w.o.n.'.t a ' b x. r e f. ' u",
    "\U0001F1FA\U0001F1F8 \U0001F1F7\U0001F1EA\U0001F1EB x\U0001F1FA "
    "ref\u222And \u9000\uFE00 a@b@c.d gu4r4n733",
    "re<b>fu</b>nd re<!-- x -->fund a <refund of $500> <br>x<p class='q'>",
    "<p>One</p><p>two.</p>\n\n<td>x</td>\n<td>Y</td><tr><br>z\n<b>n</b>\r\nq",
    "<a href=\"http://x/?a=1&amp;b=2\">link</a> < > <> <a <b <!-- <!- -->",
    "text <!-- we will refund you all of it --> text<!-- a b c d e -->text",
    "re<!-->fund re<!--->fund re<!-- x --!>fund<!--x--!> re<?x y?>fund </ x>",
    "re\xC2\x9B"
    "31mfund \xC2\x9D"
    "0;t\xC2\x9C \xC2\x9D"
    "0;t\x1B\\ \xC2\x9Bx\xC2\x9D tr3@sure",
    "[re](http://x.y)fund [here](https://a.b \"t\") arr[0] [1](x y) ](",
    "m0ney r3fund 1st b1ll $1.5k p@ssword john@acme.example ca$h US$75 a$",
    "r\u0435fund \u0412\u0430\u043C \u0441\u043E\u0440 cIaim "
    "\u1D00\u0299\u1D04",
    "r\u0303e\u0303f\u0303 cafe\u0301 caf\u00E9 cafe&#769; a\u0301\u0302\u0303",
    "refx\bund \b\bx\x7F \x1B[31mred\x1B[0m \x1B]0;t\a \x1B]x \x1B[3",
    "&amp;&lt;&#101;&#x65; &#101 &#x; &bogus; & &am AT&T &nbsp;&shy;x",
    "snake_case a__b a_b_\u0435_c1 1_2 x y_z p q[r]s_t j_j@k.l r_x\b\b_y "
    "re![](http://x)fund a![b c](d \"e\")f x![ y! z![a](b) 1![](c)2 w![a]( !",
    "https://x.y/r%65fund%20a%C3%A9%C3 50%ab www.a%20%20b%2 "
    "a.b/%00%F0%9F%98%80c",
    "l\u00B7l_$a@b$c d e_\u30AB_f g[h",
    "snake_case _em_ __b__ re_fund 2*3 * item ~~no~~ ~5 `x` a~b \\*\\* \\",
    "\u9000\u6B3E\u3002\u8C22\uFF01\u597D \u30AB\u30BF \u3072\u3089 "
    "\u0E2A\u0E27\u0E31\u0E2A \u0939\u093F\u0928\u094D\u0926\u0940 "
    "\uD55C\uAD6D \u1112\u1161\u11AB",
    "\u0661\u0662\u0663\u066B\u0664 5\u00BD% 1\u00A0250,00 1'250 10\u201315%",
    "\u05E9\u05B8\u05DC\u05D5\u05B9\u05DD \u0645\u064E\u0631\u062D "
    "\u200Eabc\u200B\u00ADd \uFE0F\U000E0041 \u2764\uFE0F",
    "don't 'tis rock'n'roll dogs' \"Why?\" he asked... Yes!) \u2026 no",
    "50. 50.5. 1,250. 3.5.2 10:30 2026-11-03 100% 75\u20AC \uFF05",
    "\uFDFA \u00A8 \u2122 \uFB01nal \u0130stanbul stra\u00DFe \u01C5"};
#define N_TEXTS (sizeof(texts) / sizeof(texts[0]))

static void assert_same_view(
    const struct text_view *a, const struct text_view *b)
{
	assert_int_equal(a->len, b->len);
	if (a->len == 0)
		return;
	assert_memory_equal(a->bytes, b->bytes, a->len);
	for (size_t i = 0; i < a->len; i++) {
		assert_int_equal(text_from(a, i), text_from(b, i));
		assert_int_equal(text_to(a, i), text_to(b, i));
	}
}

static void assert_same(const struct text *a, const struct text *b)
{
	assert_int_equal(a->err, b->err);
	assert_int_equal(a->len, b->len);
	assert_int_equal(a->settled, b->settled);
	assert_int_equal(a->open_token, b->open_token);
	assert_same_view(&a->folded, &b->folded);
	assert_same_view(&a->plain, &b->plain);
	assert_int_equal(a->alt_len, b->alt_len);
	if (a->alt_len)
		assert_memory_equal(a->alt, b->alt, a->alt_len);
	assert_int_equal(a->n_tokens, b->n_tokens);
	for (size_t i = 0; i < a->n_tokens; i++) {
		const struct token *x = &a->tokens[i], *y = &b->tokens[i];
		assert_int_equal(x->start, y->start);
		assert_int_equal(x->end, y->end);
		assert_int_equal(x->fold, y->fold);
		assert_int_equal(x->fold_len, y->fold_len);
		assert_int_equal(x->alt_len, y->alt_len);
		if (x->alt_len)
			assert_int_equal(x->alt, y->alt);
		assert_int_equal(x->sentence, y->sentence);
		assert_int_equal(x->kind, y->kind);
		assert_int_equal(x->glued, y->glued);
		assert_int_equal(x->letters, y->letters);
		assert_int_equal(x->n_letters, y->n_letters);
	}
	assert_int_equal(a->n_sentences, b->n_sentences);
	for (size_t i = 0; i < a->n_sentences; i++)
		assert_memory_equal(&a->sentences[i], &b->sentences[i],
		    sizeof(a->sentences[i]));
}

static void assert_view_maps(const struct text *t, const struct text_view *v)
{
	for (size_t i = 0; i < v->len; i++) {
		assert_true(text_from(v, i) < text_to(v, i));
		assert_true(text_to(v, i) <= t->settled);
		if (i) {
			assert_true(text_from(v, i) >= text_from(v, i - 1));
			assert_true(text_to(v, i) >= text_to(v, i - 1));
		}
	}
}

static void assert_token(const struct text *t, size_t i)
{
	const struct token *k = &t->tokens[i];
	assert_true(k->start < k->end && k->end <= t->settled);
	assert_true(k->fold_len > 0);
	assert_true(k->fold + k->fold_len <= t->folded.len);
	assert_int_equal(text_from(&t->folded, k->fold), k->start);
	assert_true(k->alt + k->alt_len <= t->alt_len);
	assert_true(k->sentence < t->n_sentences);
	const struct sentence *s = &t->sentences[k->sentence];
	assert_true(k->start >= s->start && k->end <= s->end);
	assert_true(
	    i >= s->first_token && i < (size_t)s->first_token + s->n_tokens);
	if (i == 0)
		return;
	/* One character can fold to two words (Thai sara am). */
	assert_true(k->start >= k[-1].end ||
	    (k->start >= k[-1].start && k->end == k[-1].end));
	assert_int_equal(k->glued, k[-1].fold + k[-1].fold_len == k->fold);
}

static void assert_sane(const struct text *t)
{
	assert_view_maps(t, &t->folded);
	assert_view_maps(t, &t->plain);
	assert_true(t->open_token <= t->settled && t->settled <= t->len);
	for (size_t i = 0; i < t->n_tokens; i++)
		assert_token(t, i);
	for (size_t i = 0; i < t->n_sentences; i++) {
		const struct sentence *s = &t->sentences[i];
		assert_true(s->start <= s->end && s->end <= t->len);
		assert_true(s->closed || i + 1 == t->n_sentences);
		if (i)
			assert_true(s->start >= s[-1].end);
	}
}

/* What was appended stays: compare the arrays before and after a piece. */
static void assert_grew(const struct text *t, const struct token *before,
    size_t n_before, size_t fold_len)
{
	assert_true(t->n_tokens >= n_before);
	assert_true(t->folded.len >= fold_len);
	for (size_t i = 0; i < n_before; i++)
		assert_memory_equal(&before[i].start, &t->tokens[i].start,
		    sizeof(before[i].start));
}

static void run_split(const struct split *split, void *arg)
{
	const struct text *whole = arg;
	struct text t;
	assert_int_equal(text_init(&t, MAX_BYTES), 0);
	int err = 0;
	for (size_t i = 0; i < split->n && err == 0; i++) {
		struct token before[512];
		size_t n = t.n_tokens < 512 ? t.n_tokens : 512;
		if (n)
			memcpy(before, t.tokens, n * sizeof(before[0]));
		size_t fold_len = t.folded.len, settled = t.settled;
		err =
		    text_feed(&t, split->pieces[i].data, split->pieces[i].len);
		assert_grew(&t, before, n, fold_len);
		assert_true(t.settled >= settled);
		assert_sane(&t);
	}
	if (err == 0)
		err = text_end(&t);
	if (err != whole->err || t.n_tokens != whole->n_tokens)
		print_error("%s of \"%.*s\"\n", split->how, (int)whole->len,
		    whole->bytes);
	assert_same(&t, whole);
	text_clear(&t);
}

static void read_whole(struct text *t, const char *bytes, size_t len)
{
	assert_int_equal(text_init(t, MAX_BYTES), 0);
	if (text_feed(t, bytes, len) == 0)
		(void)!text_end(t);
}

static void check_splits(const char *bytes, size_t len)
{
	struct text whole;
	read_whole(&whole, bytes, len);
	assert_sane(&whole);
	split_all(bytes, len, run_split, &whole);
	text_clear(&whole);
}

static void same_for_every_cutting(void **state)
{
	for (size_t i = 0; i < N_TEXTS; i++)
		check_splits(texts[i], strlen(texts[i]));
}

static void same_for_a_text_of_everything(void **state)
{
	char all[8192] = "";
	for (size_t i = 0; i < N_TEXTS; i++) {
		strncat(all, texts[i], sizeof(all) - strlen(all) - 1);
		strncat(all, i % 3 ? " " : "", sizeof(all) - strlen(all) - 1);
	}
	check_splits(all, strlen(all));
}

static void not_utf8_stops_where_it_is(void **state)
{
	static const char *const bad[] = {"ab\xFF", "a b \xE2\x28x",
	    "x \xC0\x80", "\xED\xA0\x80", "hi \xF4\x90\x80\x80 there",
	    "cut \xE2\x82", "\x80"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct text t;
		read_whole(&t, bad[i], strlen(bad[i]));
		assert_int_equal(t.err, TEXT_ERR_NOT_UTF8);
		assert_int_equal(text_feed(&t, "x", 1), TEXT_ERR_NOT_UTF8);
		text_clear(&t);
		check_splits(bad[i], strlen(bad[i]));
	}
}

static void too_long_is_said(void **state)
{
	struct text t;
	assert_int_equal(text_init(&t, 10), 0);
	assert_int_equal(text_feed(&t, "0123456789", 10), 0);
	assert_int_equal(text_feed(&t, "x", 1), TEXT_ERR_TOO_LONG);
	assert_int_equal(t.len, 10);
	assert_int_equal(text_end(&t), TEXT_ERR_TOO_LONG);
	text_reset(&t);
	assert_int_equal(text_feed(&t, "01234567890", 11), TEXT_ERR_TOO_LONG);
	assert_int_equal(t.len, 10);
	text_clear(&t);
}

static void reset_forgets_everything(void **state)
{
	struct text t, fresh;
	read_whole(&t, texts[5], strlen(texts[5]) / 2);
	for (size_t i = 0; i < N_TEXTS; i++) {
		text_reset(&t);
		assert_int_equal(text_feed(&t, texts[i], strlen(texts[i])), 0);
		assert_int_equal(text_end(&t), 0);
		read_whole(&fresh, texts[i], strlen(texts[i]));
		assert_same(&t, &fresh);
		text_clear(&fresh);
	}
	text_clear(&t);
}

/* Folding twice changes nothing: no unit makes a new one. */
static void folding_is_idempotent(void **state)
{
	for (size_t i = 0; i < N_TEXTS; i++) {
		if (strstr(texts[i], "&lt;") || strchr(texts[i], '\\'))
			continue; /* escaped markup is markup the second time */
		struct text once, twice;
		read_whole(&once, texts[i], strlen(texts[i]));
		read_whole(&twice, once.folded.len ? once.folded.bytes : "",
		    once.folded.len);
		if (once.folded.len != twice.folded.len)
			print_error("folding \"%s\"\n", texts[i]);
		assert_int_equal(once.folded.len, twice.folded.len);
		if (once.folded.len)
			assert_memory_equal(once.folded.bytes,
			    twice.folded.bytes, once.folded.len);
		text_clear(&once);
		text_clear(&twice);
	}
}

static void reads_no_byte_too_far(void **state)
{
	for (size_t i = 0; i < N_TEXTS; i++) {
		size_t len = strlen(texts[i]);
		struct guard_page page;
		struct text t;
		guard_page_init(&page, texts[i], len);
		read_whole(&t, page.data, page.len);
		assert_int_equal(t.err, 0);
		text_clear(&t);
		guard_page_clear(&page);
	}
}

static int read_all(void *arg)
{
	struct text t;
	int err = text_init(&t, MAX_BYTES);
	for (size_t i = 0; i < N_TEXTS && err == 0; i++) {
		err = text_feed(&t, texts[i], strlen(texts[i]));
		if (err == 0)
			err = text_end(&t);
		if (err == 0)
			text_reset(&t);
	}
	text_clear(&t);
	return err;
}

static void survives_running_out_of_memory(void **state)
{
	assert_true(failmalloc_each(read_all, NULL) > 5);
}

static void a_long_word_is_cut(void **state)
{
	char buf[5000];
	memset(buf, 'a', sizeof(buf));
	struct text t;
	read_whole(&t, buf, sizeof(buf));
	assert_true(t.n_tokens >= 5);
	assert_sane(&t);
	text_clear(&t);
	/* and look-ahead ends: an unclosed comment is text after 256 bytes */
	memset(buf, 'b', sizeof(buf));
	memcpy(buf, "x <!-- ", 7);
	assert_int_equal(text_init(&t, MAX_BYTES), 0);
	assert_int_equal(text_feed(&t, buf, 100), 0);
	assert_int_equal(t.settled, 2);
	assert_int_equal(text_feed(&t, buf + 100, 300), 0);
	assert_true(t.settled > 256);
	text_clear(&t);
}

/* A word as long as a limit, give or take some bytes, in which a reader does
 * not see everything; and words behind it. */
static size_t long_word(char *out, size_t limit, size_t seen, const char *mark)
{
	static const char tail[] = "refund it ok.";
	size_t mark_len = strlen(mark), n = 0;
	memset(out, 'a', seen);
	n += seen;
	memcpy(out + n, mark, mark_len);
	n += mark_len;
	memset(out + n, 'b', limit - seen);
	n += limit - seen;
	memcpy(out + n, tail, sizeof(tail));
	return n + sizeof(tail) - 1;
}

static void cut_at(const char *bytes, size_t len, size_t at, struct text *whole)
{
	const struct split_piece pieces[] = {
	    {bytes, at}, {bytes + at, len - at}};
	const struct split split = {"a cut at a limit", pieces, 2};
	run_split(&split, whole);
}

static void cut_around(const char *bytes, size_t len, size_t limit)
{
	struct text whole;
	read_whole(&whole, bytes, len);
	cut_at(bytes, len, 64, &whole);
	cut_at(bytes, len, limit - 1, &whole);
	cut_at(bytes, len, limit + 1, &whole);
	text_clear(&whole);
}

static void a_long_word_is_cut_at_one_place(void **state)
{
	static const char *const marks[] = {"\u200B", "\u00AD", "&shy;",
	    "&#97;", "<b>", "</think>", "<!-- -->", "**", "`", "~~", "_", "'",
	    "\033[0m", "x\b", "\x01", "\U000E0041", "\u200D", "\u202E",
	    "\uFE0F", "[z](http://x.example/)", "e\u0301\u0301", "\U0001D41F",
	    "\u0430", "12", "\uFDFA", "3", "@", "\u200B\u200B\u200B\u200B"};
	static const size_t limits[] = {
	    TEXT_LOOK_AHEAD_BYTES, TEXT_TOKEN_BYTES, TEXT_SENTENCE_BYTES, 4096};
	for (size_t l = 0; l < sizeof(limits) / sizeof(*limits); l++)
		for (size_t m = 0; m < sizeof(marks) / sizeof(*marks); m++)
			for (size_t less = 0; less < 6; less++) {
				char buf[4200];
				size_t n = limits[l] - less;
				size_t seen = less % 3 == 0 ? 1
				    : less % 3 == 1         ? n / 2
							    : n - 2;
				size_t len = long_word(buf, n, seen, marks[m]);
				cut_around(buf, len, limits[l]);
			}
}

static void holds_no_more_than_a_word(void **state)
{
	static const char s[] = "Your order will arrive on Monday, I think. ";
	struct text t;
	assert_int_equal(text_init(&t, MAX_BYTES), 0);
	for (size_t i = 0; i + 1 < sizeof(s); i++) {
		assert_int_equal(text_feed(&t, s + i, 1), 0);
		assert_true(i + 1 - t.open_token <= 8);
		if (s[i] == ' ' && s[i - 1] != 'I')
			assert_int_equal(t.open_token, i + 1);
	}
	text_clear(&t);
}

static void finds_tokens_and_sentences(void **state)
{
	struct text t;
	read_whole(&t, "One two. Three four!", 20);
	assert_int_equal(text_token_at(&t, 0), 0);
	assert_int_equal(text_token_at(&t, 2), 0);
	assert_int_equal(text_token_at(&t, 3), 1);
	assert_int_equal(text_token_at(&t, 9), 2);
	assert_int_equal(text_token_at(&t, 20), 4);
	assert_int_equal(text_sentence_at(&t, 0), 0);
	assert_int_equal(text_sentence_at(&t, 8), 0);
	assert_int_equal(text_sentence_at(&t, 9), 1);
	text_clear(&t);
}

/* Ordinary text of some 400 languages: cutting, and no reading that would be
 * another language's word. */
static void ordinary_unicode(void **state)
{
	struct shared_rows *rows = shared_open("unicode_benign.jsonl");
	if (!rows)
		skip();
	const json_t *row;
	size_t tokens = 0, readings = 0;
	while ((row = shared_next(rows))) {
		size_t len;
		const char *s = shared_text(row, "text", &len);
		struct text t;
		read_whole(&t, s, len);
		assert_int_equal(t.err, 0);
		assert_sane(&t);
		for (size_t i = 0; i < t.n_tokens; i++)
			readings += t.tokens[i].alt_len > 0;
		tokens += t.n_tokens;
		split_bytes(s, len, run_split, &t);
		text_clear(&t);
	}
	shared_close(rows);
	assert_true(tokens > 1000);
	if (readings * 100 > tokens)
		print_error("%zu readings in %zu tokens\n", readings, tokens);
	assert_true(readings * 100 <= tokens);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(same_for_every_cutting),
	    cmocka_unit_test(same_for_a_text_of_everything),
	    cmocka_unit_test(not_utf8_stops_where_it_is),
	    cmocka_unit_test(too_long_is_said),
	    cmocka_unit_test(reset_forgets_everything),
	    cmocka_unit_test(folding_is_idempotent),
	    cmocka_unit_test(reads_no_byte_too_far),
	    cmocka_unit_test(survives_running_out_of_memory),
	    cmocka_unit_test(a_long_word_is_cut),
	    cmocka_unit_test(a_long_word_is_cut_at_one_place),
	    cmocka_unit_test(holds_no_more_than_a_word),
	    cmocka_unit_test(finds_tokens_and_sentences),
	    cmocka_unit_test(ordinary_unicode),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
