/* wording: what was said once in a conversation need not be said again. */
#include "tests/unit/rules/chat.h"

#include "tests/support/failmalloc.h"

#define RULE(first, where)                                                     \
	"rules:\n  - id: terms\n    title: Terms\n"                            \
	"    find: {phrases: [free month*]}\n    must_also_say:\n      all:\n" \
	"        - phrases: [" first "]\n        - phrases: [see our site]\n"  \
	"      where: " where "\n    then: {block: {say: Wait.}}\n"            \
	"    examples:\n      matches:\n        - A free month.\n"             \
	"      passes:\n        - Hello.\n"
#define SO_FAR RULE("terms apply", "conversation so far")

static void what_was_said_once_is_remembered(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, SO_FAR);
	CHAT(&c, "A free month.",
	    "block: *p/terms[2-12] without the required wording");
	CHAT(&c, "Terms apply to all of it.", "deliver:");
	CHAT(&c, "A free month.",
	    "block: *p/terms[2-12] without the required wording");
	CHAT(&c, "A free month: see our site.", "deliver:");
	CHAT(&c, "A free month.", "deliver:");
	assert_int_equal(c.memory.n, 2);
	CHAT(&c, "Terms apply: see our site.", "deliver:");
	assert_int_equal(c.memory.n, 2); /* nothing new */
	assert_int_equal(c.memory.rows[0].times, 1);
	chat_close(&c);
}

static void the_same_message_has_no_past(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, RULE("terms apply", "same message"));
	CHAT(&c, "Terms apply: see our site.", "deliver:");
	assert_int_equal(c.memory.n, 0);
	CHAT(&c, "A free month.",
	    "block: *p/terms[2-12] without the required wording");
	chat_close(&c);
}

static void what_was_withheld_has_not_been_said(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, SO_FAR);
	CHAT(&c, "A free month, terms apply.",
	    "block: *p/terms[2-12] without the required wording");
	CHAT(&c, "A free month: see our site.",
	    "block: *p/terms[2-12] without the required wording");
	chat_close(&c);
}

/* The memory goes on under another policy: its words count, if it has them. */
static void other_words_have_to_be_said(void **state)
{
	(void)state;
	struct chat c, other;
	chat_open(&c, SO_FAR);
	CHAT(&c, "Terms apply: see our site.", "deliver:");
	chat_open(&other, RULE("conditions apply", "conversation so far"));
	other.memory = c.memory;
	c.memory = (struct guard_memory){0};
	CHAT(&other, "A free month.",
	    "block: *p/terms[2-12] without the required wording");
	CHAT(&other, "Conditions apply.", "deliver:");
	CHAT(&other, "A free month.", "deliver:");
	chat_close(&other);
	chat_close(&c);
}

static int remember(void *arg)
{
	struct chat *c = arg;
	static const char text[] = "Terms apply: see our site.";
	const struct guard_message m = {GUARD_AI, text, sizeof(text) - 1};
	struct guard_memory memory = {0};
	struct guard_scanner *scanner = guard_scanner_new();
	int err = scanner
	    ? guard_remember(scanner, c->policy, NULL, &m, &memory)
	    : -1;
	if (!err && memory.n != 2)
		abort();
	guard_memory_clear(&memory);
	guard_scanner_free(scanner);
	return err;
}

static void memory_may_run_out(void **state)
{
	(void)state;
	struct chat c;
	chat_open(&c, SO_FAR);
	assert_true(failmalloc_each(remember, &c) > 5);
	chat_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_said_once_is_remembered),
	    cmocka_unit_test(the_same_message_has_no_past),
	    cmocka_unit_test(what_was_withheld_has_not_been_said),
	    cmocka_unit_test(other_words_have_to_be_said),
	    cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
