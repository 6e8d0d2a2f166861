/*
 * machine_other: what markup says is judged, at its bytes, in every cutting;
 * the text is seen through the markup as before, and also where the markup
 * parts its words.
 */
#include "tests/support/bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void add_rule(
    struct bench *b, enum guard_action action, const char *phrase)
{
	policy_kit_rule(
	    &b->kit, phrase, action, policy_kit_phrases(&b->kit, phrase, NULL));
}

/* Judged whole and in every cutting: the same. */
static struct guard_verdict judge(struct bench *b, const char *text)
{
	bench_every_cut(b, text);
	return *bench_judge(b, text);
}

#define SAID "marmalade is waived"

static void words_of_markup_are_judged_where_they_stand(void **state)
{
	static const char *const texts[] = {
	    "Hi <p title=\"" SAID "\">x</p>",
	    "<img alt='So " SAID " now' src=a.png> yes",
	    "<input name=q placeholder=\"" SAID "\">",
	    "<a href=\"#\" aria-label=\"" SAID "\">x</a>",
	    "<meta content=\"" SAID "\">",
	    "<p data-is=\"" SAID "\">x</p>",
	    "Hello <!-- " SAID " --> there",
	    "Hello<!--" SAID "-->there",
	    "Hello <![CDATA[" SAID "]]>",
	    "re<? " SAID "?>fund",
	    "[x](https://shop.example/ \"" SAID "\") and more",
	    "![x](a.png '" SAID "')",
	    "re![" SAID "](a.png)fund",
	    "re![x](a.png '" SAID "')fund",
	    "\033]0;" SAID "\aHello",
	    "<p title=\"<b title='" SAID "'>x</b>\">y</p>",
	    "<!-- <p title=\"[x](y '" SAID "')\"> -->",
	    "<p title=\"marmalade <i>is</i> wai<b>v</b>ed\">x</p>",
	    "<p title=\"marmalade is wai&#118;ed\">x</p>",
	};
	struct bench *b = *state;
	add_rule(b, GUARD_BLOCK, SAID);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct guard_verdict v = judge(b, texts[i]);
		if (v.action != GUARD_BLOCK || v.n_hits != 1)
			fail_msg("not judged: %s", texts[i]);
		const char *at = strstr(texts[i], "marmalade");
		assert_int_equal(v.hits[0].start, at - texts[i]);
		assert_memory_equal(texts[i] + v.hits[0].end - 2, "ed", 2);
	}
}

static void a_hit_in_markup_is_edited_there(void **state)
{
	struct bench *b = *state;
	add_rule(b, GUARD_REDACT, "marmalade");
	add_rule(b, GUARD_FLAG, "refund");
	const char *text = "A re<b title=\"of marmalade\">fund</b>, marmalade.";
	struct guard_verdict v = judge(b, text);
	assert_int_equal(v.action, GUARD_REDACT);
	assert_int_equal(v.n_hits, 3);
	assert_int_equal(v.n_edits, 2);
	assert_int_equal(v.edits[0].start, strstr(text, "marm") - text);
	assert_int_equal(
	    v.edits[0].end - v.edits[0].start, strlen("marmalade"));
}

static void text_is_seen_through_markup_that_speaks(void **state)
{
	static const char *const texts[] = {
	    "mar<b title=\"of all\">ma</b>lade is waived",
	    "marmalade <span style='a: b'>is</span> waived",
	    "marmalade <!-- of all --> is waived",
	    "mar[ma](https://x.example 'of all')lade is waived",
	};
	struct bench *b = *state;
	add_rule(b, GUARD_BLOCK, SAID);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct guard_verdict v = judge(b, texts[i]);
		if (v.action != GUARD_BLOCK || v.n_hits != 1)
			fail_msg("not seen: %s", texts[i]);
		assert_int_equal(v.hits[0].start, 0);
		assert_int_equal(v.hits[0].end, strlen(texts[i]));
	}
}

/* Neither with the names HTML has, nor with what stands elsewhere. */
static void pieces_of_markup_make_no_phrase(void **state)
{
	static const char *const texts[] = {
	    "<p title=\"marmalade\" lang=\"is\" class=\"waived\">x</p>",
	    "<p title=\"marmalade\">so</p> then <p title=\"is waived\">y</p>",
	    "[a](marmalade) then [b](is) then [c](waived)",
	    "<input placeholder=\"x\" title='y'>",
	};
	struct bench *b = *state;
	add_rule(b, GUARD_BLOCK, SAID);
	add_rule(b, GUARD_BLOCK, "placeholder");
	add_rule(b, GUARD_BLOCK, "input");
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (judge(b, texts[i]).n_hits)
			fail_msg("found something: %s", texts[i]);
}

/* A handoff in the markup stands before one in the text, and behind it. */
static void the_first_handoff_decides_wherever_it_stands(void **state)
{
	struct bench *b = *state;
	add_rule(b, GUARD_HANDOFF, "marmalade");
	add_rule(b, GUARD_HANDOFF, "refund ... credit");
	add_rule(b, GUARD_REDACT, "fee");
	struct guard_verdict v =
	    judge(b, "No fee. <p title='marmalade now'>A refund as a credit");
	assert_int_equal(v.action, GUARD_HANDOFF);
	assert_int_equal(v.hits[v.deciding].rule, 0);
	v = judge(b, "A refund <p title='fee marmalade now'>as a credit");
	assert_int_equal(v.hits[v.deciding].rule, 1);
	v = judge(b, "<p title='a refund <i>as</i> credit'>marmalade fee");
	assert_int_equal(v.hits[v.deciding].rule, 1);
}

static void what_excuses_is_beside_it(void **state)
{
	struct bench *b = *state;
	struct policy_kit *k = &b->kit;
	struct rule *r = policy_kit_rule(
	    k, "r", GUARD_BLOCK, policy_kit_phrases(k, "marmalade", NULL));
	policy_kit_excuse(k, r)->beside =
	    policy_kit_any(k, policy_kit_phrases(k, "jar", NULL));
	assert_int_equal(judge(b, "<p title='a jar of marmalade'>x").n_hits, 0);
	assert_int_equal(judge(b, "A jar <p title='of marmalade'>x").n_hits, 1);
	assert_int_equal(
	    judge(b, "Our marmalade <p title='no jar'>x").n_hits, 1);
}

/* The rule's words with others glued to them by markup. */
static void markup_inside_a_word_may_part_it(void **state)
{
	static const char *const texts[] = {
	    "<think>" SAID "</think>Hello",
	    "Hello<answer>" SAID "</answer>ok",
	    "<tool_call>" SAID "</tool_call></b>Hello",
	    "so"
	    "<b>" SAID "<img src=\"x\">so",
	    "so<i></i>" SAID "<!-- -->so",
	    "**" SAID "**so",
	    "so`" SAID "`so",
	    "so~~" SAID "~~so",
	    "[" SAID "](http://shop.example/ 'now')so",
	    "so\033[1m" SAID "\033[0mso",
	    "so<b>marmalade</b>is<b>waived</b>so",
	    "caf\u00E9**" SAID "**\u00E9t\u00E9",
	    /* The numbers of notes. */
	    "So " SAID "\u00B9, so",
	    "So " SAID "\u00B2\u00B3",
	    "So " SAID "\u2460.",
	    "So marmalade\u00B9 is\u2082 waived\u2777",
	};
	struct bench *b = *state;
	add_rule(b, GUARD_BLOCK, SAID);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct guard_verdict v = judge(b, texts[i]);
		if (v.action != GUARD_BLOCK || v.n_hits != 1)
			fail_msg("%zu hits: %s", v.n_hits, texts[i]);
		assert_int_equal(
		    v.hits[0].start, strstr(texts[i], "marmalade") - texts[i]);
		assert_memory_equal(texts[i] + v.hits[0].end - 2, "ed", 2);
	}
}

/* What both readings find is one hit; what one of them joins, one only. */
static void what_both_readings_find_is_found_once(void **state)
{
	struct bench *b = *state;
	add_rule(b, GUARD_REDACT, "marmalade");
	add_rule(b, GUARD_FLAG, "mar");
	struct guard_verdict v =
	    judge(b, "marmalade, mar**ma**lade and <b>marmalade</b>jars");
	assert_int_equal(v.n_edits, 3);
	assert_int_equal(v.n_hits, 4);
	assert_int_equal(v.hits[1].rule, 0);
	assert_int_equal(v.hits[2].rule, 1);
	assert_int_equal(v.hits[1].start, v.hits[2].start);
	v = judge(b, "marma**lade** and **m**armalades, a**b**c mar-**x**y");
	assert_int_equal(v.n_hits, 2);
}

/* Each reading has its own sentence: a refusal in one is none in the other. */
static void each_reading_is_excused_by_itself(void **state)
{
	struct bench *b = *state;
	struct policy_kit *k = &b->kit;
	struct rule *r = policy_kit_rule(
	    k, "r", GUARD_BLOCK, policy_kit_phrases(k, "marmalade", NULL));
	policy_kit_excuse(k, r)->beside =
	    policy_kit_any(k, policy_kit_phrases(k, "jar", NULL));
	assert_int_equal(judge(b, "A jar of<b>marmalade</b>now").n_hits, 0);
	assert_int_equal(judge(b, "A<b>jar</b>of marmalade").n_hits, 1);
	assert_int_equal(judge(b, "A j<b>ar</b> of marmalade").n_hits, 1);
}

#define N(list) (sizeof(list) / sizeof(*(list)))

/* The text reads no markup at the outer opening, and one inside of it: with
 * that parting words, the outer one must not become markup after all, and hide
 * the middle of what has gone out. */
static void what_is_no_markup_stays_none(void **state)
{
	static const char *const outer[] = {"<a f=\"", "<img alt='", "<!--",
	    "<![CDATA[", "![", "[x](", "[x](y \"", "&#", "\033]0;", "\033[3",
	    "<"};
	static const char *const inner[] = {"](x)", "](x\")", "](x')", "<b>",
	    "<b\"\">", "<b''>", "<a\nb>", "<!--\n-->", "![y\"](x\")",
	    "![a<b\n>c](x)", "**", "\033[1m", "\033]0;x\a"};
	static const char *const end[] = {
	    "e\">", "e'>", "e -->", "](x)", "5;", "e\")", "e')", "\a"};
	static const char *const said[] = {
	    "mar%smalade is waived", "marmalade %sis waived"};
	struct bench *b = *state;
	char markup[64], text[128];
	add_rule(b, GUARD_BLOCK, SAID);
	size_t n = N(outer) * N(inner) * N(end) * N(said);
	for (size_t i = 0; i < n; i++) {
		size_t k = i / N(said), m = k / N(end);
		snprintf(markup, sizeof(markup), "%st%s%s", outer[m / N(inner)],
		    inner[m % N(inner)], end[k % N(end)]);
		const char *form = said[i % N(said)];
		size_t at = (size_t)(strchr(form, '%') - form);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)at, form, markup,
		    form + at + 2);
		bench_every_cut(b, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		words_of_markup_are_judged_where_they_stand, bench_setup,
		bench_teardown),
	    cmocka_unit_test_setup_teardown(
		a_hit_in_markup_is_edited_there, bench_setup, bench_teardown),
	    cmocka_unit_test_setup_teardown(
		text_is_seen_through_markup_that_speaks, bench_setup,
		bench_teardown),
	    cmocka_unit_test_setup_teardown(
		pieces_of_markup_make_no_phrase, bench_setup, bench_teardown),
	    cmocka_unit_test_setup_teardown(
		the_first_handoff_decides_wherever_it_stands, bench_setup,
		bench_teardown),
	    cmocka_unit_test_setup_teardown(
		what_excuses_is_beside_it, bench_setup, bench_teardown),
	    cmocka_unit_test_setup_teardown(
		markup_inside_a_word_may_part_it, bench_setup, bench_teardown),
	    cmocka_unit_test_setup_teardown(
		what_both_readings_find_is_found_once, bench_setup,
		bench_teardown),
	    cmocka_unit_test_setup_teardown(
		each_reading_is_excused_by_itself, bench_setup, bench_teardown),
	    cmocka_unit_test_setup_teardown(
		what_is_no_markup_stays_none, bench_setup, bench_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
