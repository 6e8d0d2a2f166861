/* packet: the record is readable JSON whatever the texts are. */
#include "tests/unit/store/fixture.h"

#include "proxy/base/buf.h"
#include "proxy/handoff/packet.h"

#include <jansson.h>

static const char *str(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "(absent)";
}

/* Bytes that are no UTF-8, quotes, controls: always readable JSON. */
static void test_hostile_texts(void **state)
{
	static const char bad[] =
	    "\xff\xfe\x80 \"quoted\" \x01\x1b[2J \xe2\x80";
	struct conversation_lock lock = {"h-1", 1};
	struct store_message m = {.seq = 1,
	    .text = (char *)bad,
	    .len = sizeof(bad)}; /* with its NUL */
	struct conversation_view view = {.turns = &m, .n_turns = 1};
	struct handoff_request r = {.cause = "cannot_read",
	    .withheld = bad,
	    .withheld_len = sizeof(bad),
	    .customer = bad};
	struct packet_source source = {&r, &view, &lock, bad, bad};
	struct buf out = {0};

	packet_write(&out, &source);
	json_t *json = json_loadb(
	    out.data, out.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	if (!json)
		fail_msg("not JSON: %s", out.data);
	assert_string_equal(str(json_object_get(json, "reason"), "words"),
	    "The answer could not be read.");
	json_decref(json);
	buf_clear(&out);
}

static void test_summary_is_short(void **state)
{
	struct conversation_lock lock = {"h-1", 1};
	char *text = mem_zero(9001);
	for (int i = 0; i < 9000; i += 3)
		memcpy(text + i, "\xe2\x82\xac", 3);
	struct store_message m = {.seq = 1, .text = text, .len = 9000};
	struct conversation_view view = {.turns = &m, .n_turns = 1};
	struct handoff_request r = {.cause = "rule",
	    .withheld = text,
	    .withheld_len = 9000,
	    .customer_told = text};
	struct packet_source source = {&r, &view, &lock, "web", "c"};
	struct buf out = {0};

	packet_write(&out, &source);
	json_t *json = json_loadb(out.data, out.len, 0, NULL);
	assert_non_null(json);
	assert_true(strlen(str(json, "summary")) <= PACKET_SUMMARY_BYTES);
	/* Cut between characters: no replacement character came in. */
	assert_null(strstr(str(json, "summary"), "\xef\xbf\xbd"));
	json_decref(json);
	buf_clear(&out);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hostile_texts),
	    cmocka_unit_test(test_summary_is_short),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
