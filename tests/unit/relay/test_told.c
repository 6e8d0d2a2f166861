/* told: an answer as people are to read it. */
#include "proxy/relay/told.h"

#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct channel *channel;

static const char answer[] =
    "{\"id\":\"x\",\"note\":\"aside\",\"choices\":[{\"index\":0,\"message\":{"
    "\"role\":\"assistant\",\"reasoning_content\":\"Hm.\",\"content\":\"Card "
    "4111 ok.\",\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\","
    "\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\\\"b\\\"}\"}}]}}]"
    "}";

static uint32_t series_of(
    const struct channel_body *body, enum channel_kind kind)
{
	for (uint32_t i = 0; i < body->n_series; i++)
		if (body->series[i].kind == kind)
			return i;
	fail();
	return 0;
}

static void read_answer(struct channel_body *body)
{
	assert_int_equal(channel_body_read(channel, span_str(answer), body), 0);
}

static void test_as_it_is(void **state)
{
	struct channel_body body;
	struct verdicts v;
	struct told t;

	told_init(&t);
	verdicts_init(&v);
	read_answer(&body);
	told_body(&t, &body, &v);
	assert_false(t.differs);
	assert_int_equal(t.fired, -1);
	assert_string_equal(t.of[CHANNEL_SAID].all.data, "Card 4111 ok.");
	assert_string_equal(t.of[CHANNEL_REASONING].all.data, "Hm.");
	assert_string_equal(t.of[CHANNEL_TOOL].all.data, "f\n{\"a\":\"b\"}");
	assert_int_equal(told_main(&t), CHANNEL_SAID);
	assert_true(told_is_shown(&t, CHANNEL_TOOL));
	assert_false(told_is_shown(&t, CHANNEL_OTHER));
	assert_false(told_is_shown(&t, CHANNEL_ERROR));
	told_clear(&t);
	channel_body_clear(&body);
}

/* Edits are applied where they belong, and to nothing else. */
static void test_edited(void **state)
{
	struct channel_body body;
	struct told t;
	read_answer(&body);
	struct verdicts_edit edit = {.series = series_of(&body, CHANNEL_SAID),
	    .edit = {.start = 5, .end = 9, .text = "[x]", .len = 3}};
	struct verdicts v = {
	    .deciding = SIZE_MAX, .edits = &edit, .n_edits = 1};

	told_init(&t);
	told_body(&t, &body, &v);
	assert_true(t.differs);
	assert_string_equal(t.of[CHANNEL_SAID].all.data, "Card 4111 ok.");
	assert_string_equal(t.of[CHANNEL_SAID].seen.data, "Card [x] ok.");
	assert_string_equal(t.of[CHANNEL_REASONING].seen.data, "Hm.");
	told_clear(&t);
	channel_body_clear(&body);
}

/* What fired is shown, whatever it is. */
static void test_fired(void **state)
{
	struct channel_body body;
	struct told t;
	read_answer(&body);
	struct verdicts_hit hit = {.series = series_of(&body, CHANNEL_OTHER)};
	struct verdicts v = {.hits = &hit, .n_hits = 1};

	told_init(&t);
	told_body(&t, &body, &v);
	assert_int_equal(t.fired, CHANNEL_OTHER);
	assert_true(told_is_shown(&t, CHANNEL_OTHER));
	told_clear(&t);
	channel_body_clear(&body);
}

static void test_unreadable(void **state)
{
	struct told t;
	char big[10000];

	told_init(&t);
	told_unreadable(&t, span_str("<html>\n<b>Down</b>"));
	assert_string_equal(t.unreadable.data, "<html>\n<b>Down</b>");
	memset(big, 'a', sizeof(big));
	told_unreadable(&t, (struct span){big, sizeof(big)});
	assert_int_equal(t.unreadable.len, 4096);
	memset(big, 1, sizeof(big));
	told_unreadable(&t, (struct span){big, sizeof(big)});
	assert_string_equal(
	    t.unreadable.data, "(more than 4096 bytes that are no text)");
	told_unreadable(&t, (struct span){NULL, 0});
	assert_int_equal(t.unreadable.len, 0);
	told_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_as_it_is),
	    cmocka_unit_test(test_edited),
	    cmocka_unit_test(test_fired),
	    cmocka_unit_test(test_unreadable),
	};
	channel = openai_channel("");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	channel_free(channel);
	return failed;
}
