/* combine: how far a find reaches, and how far what excuses it; whole and in
 * every cutting. */
#include "tests/support/every_cut.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char pack[] =
    PACK_HEAD "rules:\n"
	      "  - id: a\n    title: A\n"
	      "    find: {percent: {above: 5, near: [off, discount]}}\n"
	      "    ignore_negated: yes\n"
	      "    unless: [{phrases: [APR]}]\n"
	      "    then: {block: {say: No.}}\n"
	      "    examples:\n      matches:\n        - It is 20% off.\n"
	      "      passes:\n        - It is 20%.\n"
	      "  - id: b\n    title: B\n"
	      "    find: {phrases: [waive ... fee]}\n"
	      "    ignore_negated: yes\n    then: {block: {say: No.}}\n"
	      "    examples:\n      matches:\n        - I waive the fee.\n"
	      "      passes:\n        - It is a fee.\n"
	      "  - id: c\n    title: C\n"
	      "    find: {money: {above: 50}, phrases: [refunded]}\n"
	      "    then: {block: {say: No.}}\n"
	      "    examples:\n      matches:\n        - I refunded $75.\n"
	      "      passes:\n        - It is $75.\n";

struct judging {
	struct policy_source source;
	struct guard_session session;
	struct every_cut in;
};

static int setup(void **state)
{
	struct judging *j = calloc(1, sizeof(*j));
	if (!j)
		return -1;
	source_add(&j->source, "policy.yaml", POLICY);
	source_add(&j->source, "packs/p.yaml", pack);
	j->in.policy = source_load(&j->source);
	j->in.scanner = guard_scanner_new();
	j->in.session = &j->session;
	*state = j;
	return j->in.policy && j->in.scanner ? 0 : -1;
}

static int teardown(void **state)
{
	struct judging *j = *state;
	guard_scanner_free(j->in.scanner);
	guard_policy_unref(j->in.policy);
	free(j);
	return 0;
}

static void check(
    struct judging *j, const char *text, enum guard_action expected)
{
	struct guard_message m = {
	    .text = text, .len = strlen(text), .speaker = GUARD_AI};
	struct guard_verdict v = {0};
	guard_check(j->in.scanner, j->in.policy, j->in.session, &m, &v);
	if (v.action != expected)
		fail_msg("\"%s\": %s", text, guard_action_name(v.action));
	every_cut(&j->in, text);
}

#define CHECK_ALL(j, texts, expected)                                          \
	for (size_t i_ = 0; i_ < sizeof(texts) / sizeof(*(texts)); i_++)       \
	check(j, (texts)[i_], expected)

static void a_find_reaches_over_a_wrapped_line(void **state)
{
	static const char *const found[] = {
	    "I can do 20%\noff",
	    "I can do 20%\r\noff for you",
	    "Here is a discount\nof 20% for you",
	    "A discount of\n20% for you",
	    "A discount of\n\xc2\xa0(20%) for you",
	    "I'll waive the\nlate fee",
	    "I'll waive the\n**late fee**",
	    "I'll waive\nthe\nlate\nfee",
	    "I have refunded\n$75.00 to your card",
	    "It is $75\nthat I refunded",
	    "We can do 20%\n<b>off</b>",
	    "Lines\nof 20%\noff",
	    "Off we go\nto 20%\nof a very long line that is over its window",
	};
	static const char *const apart[] = {
	    "I can do 20%.\noff",
	    "I can do 20%\n\noff",
	    "I can do 20%\r\n\r\noff",
	    "I can do 20%\n \noff",
	    "Battery at 20%\n- Off-peak",
	    "Battery at 20%\n* off-peak",
	    "Battery at 20%\nOff-peak",
	    "Battery at 20%\n**Off-peak**",
	    "Battery:\n20% is left\n\noff",
	    "Discount:\n20% is left of it",
	    "I waive it\nThe fee stays",
	};
	CHECK_ALL(*state, found, GUARD_BLOCK);
	CHECK_ALL(*state, apart, GUARD_DELIVER);
}

/* Where a line has all that is asked for, only the line can excuse it; where
 * lines have it together, they do. */
static void an_exception_stays_in_its_line(void **state)
{
	static const char *const kept[] = {
	    "That is our APR\nso 20% off for you",
	    "20% off for you\nwhat an APR",
	    "Unfortunately not today\nso 20% off for you",
	    "I can't move the date\n20% off is yours, my friend",
	    "I won't call\nso I waive the fee",
	};
	static const char *const excused[] = {
	    "We can't give you a discount\nof 20% today",
	    "We can't give you 20%\noff",
	    "The APR is 20%\nless any discount",
	    "A discount\nof 20%\nwhatever the APR",
	    "I can't waive the\nlate fee",
	};
	CHECK_ALL(*state, kept, GUARD_BLOCK);
	CHECK_ALL(*state, excused, GUARD_DELIVER);
}

/* Tags of blocks are line breaks. */
static void a_block_is_a_line(void **state)
{
	static const char *const kept[] = {
	    "<ul><li>Our APR is high</li><li>20% off for you</li></ul>",
	    "<p>We can't move it</p><p>20% off for you</p>",
	    "<p>We can't move it<p>20% off for you",
	    "We can't move it<br>20% off for you",
	    "We can't move it<br/>\n20% off for you",
	    "<h1>Our APR</h1>20% off for you",
	    "<div>Our APR</div><div>20% off for you</div>",
	    "<tr><td>APR</td><td>9%</td></tr><tr><td>Sale</td><td>20% off</td>",
	    "<td>APR</td><td>20% off</td>",
	    "<dt>APR</dt><dd>20% off</dd>",
	    /* the find reaches where it did */
	    "I can do 20%<br>off",
	    "I can do <div>20%</div><div>off</div>",
	    "<tr><td>Discount</td><td>20%</td></tr>",
	    "<tr>\n<td>Discount</td>\n\n <td>20%</td>\n</tr>",
	    "<dt>Discount</dt>\n<dd>20%</dd>",
	    "I'll waive the<br>\nlate fee",
	    "<button>20%</button> off",
	};
	static const char *const passed[] = {
	    "<li>Battery at 20%</li><li>Off-peak</li>",
	    "<p>Battery at 20%</p>\n<p>Off-peak</p>",
	    "<td>Battery</td><td>20%</td></tr>\n<tr><td>Off-peak</td>",
	    "<p>The APR is 20%, less any discount</p>",
	    "<td>We can't give a discount of</td><td>20%</td>",
	    "We can't give you <button>20% off</button>",
	    "We can't give you <b>20%</b> off",
	};
	CHECK_ALL(*state, kept, GUARD_BLOCK);
	CHECK_ALL(*state, passed, GUARD_DELIVER);
}

/* A passage ends after so many lines and bytes. */
static void a_passage_has_an_end(void **state)
{
	static char text[4096];
	size_t n = (size_t)snprintf(text, sizeof(text), "refunded\n");
	for (size_t i = 0; i < 15; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "so\n");
	snprintf(text + n, sizeof(text) - n, "it is $75");
	check(*state, text, GUARD_DELIVER);
	snprintf(text + n - 3, sizeof(text) - n, "it is $75");
	check(*state, text, GUARD_BLOCK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_find_reaches_over_a_wrapped_line),
	    cmocka_unit_test(an_exception_stays_in_its_line),
	    cmocka_unit_test(a_block_is_a_line),
	    cmocka_unit_test(a_passage_has_an_end),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
