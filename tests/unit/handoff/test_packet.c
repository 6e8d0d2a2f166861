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
	struct handoff_text draft = {STORE_UNREADABLE, bad, sizeof(bad)};
	struct handoff_request r = {.cause = "cannot_read",
	    .withheld = &draft,
	    .n_withheld = 1,
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
	struct handoff_text draft = {STORE_WORDS, text, 9000};
	struct handoff_request r = {.cause = "rule",
	    .withheld = &draft,
	    .n_withheld = 1,
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

static json_t *packet_of(const struct packet_source *source)
{
	struct buf out = {0};

	packet_write(&out, source);
	json_t *json = json_loadb(out.data, out.len, 0, NULL);
	assert_non_null(json);
	buf_clear(&out);
	return json;
}

/* Every text nobody saw, the one that fired first and alone under text. */
static void test_withheld_parts(void **state)
{
	struct conversation_lock lock = {"h-1", 1};
	const struct handoff_text parts[] = {
	    {STORE_TOOL, "send\n{\"to\":1}", 13}, {STORE_WORDS, "Done.", 5}};
	struct conversation_view view = {0};
	struct handoff_request r = {
	    .cause = "rule", .withheld = parts, .n_withheld = 2};
	struct packet_source source = {&r, &view, &lock, "web", "c"};

	json_t *json = packet_of(&source);
	const json_t *withheld = json_object_get(json, "withheld");
	assert_string_equal(str(withheld, "text"), "send\n{\"to\":1}");
	const json_t *list = json_object_get(withheld, "parts");
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(str(json_array_get(list, 0), "kind"), "tool");
	assert_string_equal(str(json_array_get(list, 1), "kind"), "words");
	assert_string_equal(str(json_array_get(list, 1), "text"), "Done.");
	json_decref(json);
	r.n_withheld = 0;
	json = packet_of(&source);
	assert_true(json_is_null(json_object_get(json, "withheld")));
	json_decref(json);
}

static const char *words_of(const struct packet_source *source)
{
	static char words[200];
	json_t *json = packet_of(source);

	snprintf(words, sizeof(words), "%s",
	    str(json_object_get(json, "reason"), "words"));
	json_decref(json);
	return words;
}

/* The person sees what the policy says, and what of it nobody knows. */
static void test_what_the_policy_includes(void **state)
{
	static const char *const parts[] = {
	    "transcript", "withheld", "zone", "interaction_type", "open_tasks"};
	struct conversation_lock lock = {"h-1", 1};
	struct store_message m = {
	    .seq = 1, .text = (char *)"My PIN is 1", .len = 11};
	struct conversation_view view = {.turns = &m, .n_turns = 1};
	const struct handoff_text draft = {STORE_WORDS, "A draft.", 8};
	const struct handoff_fact fact = {"segment", "gold"};
	const struct guard_rule_info rule = {
	    .id = "p/a", .title = "T", .file = "p.yaml"};
	struct handoff_request r = {.cause = "rule",
	    .rule = &rule,
	    .what = "money 1.00 USD",
	    .policy = "sha256:1",
	    .withheld = &draft,
	    .n_withheld = 1,
	    .customer = "7",
	    .facts = &fact,
	    .n_facts = 1,
	    .interaction_type = "order",
	    .zone = "ai leads",
	    .open_tasks = "refund form sent"};
	struct packet_source source = {&r, &view, &lock, "web", "c"};

	json_t *json = packet_of(&source);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_non_null(json_object_get(json, parts[i]));
	assert_null(json_object_get(json, "include"));
	assert_string_equal(str(json, "open_tasks"), "refund form sent");
	json_decref(json);
	r.include = GUARD_INCLUDE_CUSTOMER_FACTS | GUARD_INCLUDE_OPEN_TASKS;
	r.open_tasks = NULL;
	json = packet_of(&source);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_null(json_object_get(json, parts[i]));
	const json_t *list = json_object_get(json, "include");
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(
	    json_string_value(json_array_get(list, 0)), "customer_facts");
	list = json_object_get(json, "missing");
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(
	    json_string_value(json_array_get(list, 0)), "open_tasks");
	const json_t *reason = json_object_get(json, "reason");
	assert_int_equal(json_object_size(reason), 2); /* cause, words */
	assert_string_equal(str(json, "summary"), "A rule asks for a person.");
	assert_string_equal(
	    str(json_object_get(json, "customer"), "segment"), "gold");
	json_decref(json);
	r.include = GUARD_INCLUDE_TRANSCRIPT | GUARD_INCLUDE_RULE;
	json = packet_of(&source);
	assert_non_null(json_object_get(json, "transcript"));
	assert_null(json_object_get(json, "withheld"));
	assert_int_equal(
	    json_object_size(json_object_get(json, "customer")), 1); /* id */
	json_decref(json);
	assert_string_equal(words_of(&source), "T");
}

static struct store_message turn(
    enum store_kind kind, enum store_status status, const char *text)
{
	return (struct store_message){.speaker = STORE_AI,
	    .kind = kind,
	    .status = status,
	    .text = (char *)text,
	    .len = strlen(text)};
}

/* Where the rest of a message stands beside its beginning, the whole of it
 * would say it twice; what was there before an edit is worth reading. */
static void test_transcript(void **state)
{
	struct conversation_lock lock = {"h-1", 1};
	struct store_message turns[] = {
	    turn(STORE_PART, STORE_DELIVERED, "a"),
	    turn(STORE_REST, STORE_WITHHELD, "b"),
	    turn(STORE_ORIGINAL, STORE_WITHHELD, "ab"),
	    turn(STORE_WORDS, STORE_EDITED, "c"),
	    turn(STORE_ORIGINAL, STORE_WITHHELD, "C"),
	};
	struct conversation_view view = {.turns = turns, .n_turns = 5};
	struct handoff_request r = {.cause = "rule"};
	struct packet_source source = {&r, &view, &lock, "web", "c"};

	json_t *json = packet_of(&source);
	const json_t *transcript = json_object_get(json, "transcript");
	const json_t *list = json_object_get(transcript, "messages");
	assert_int_equal(json_array_size(list), 4);
	assert_int_equal(
	    json_integer_value(json_object_get(transcript, "count")), 4);
	assert_string_equal(str(json_array_get(list, 0), "kind"), "part");
	assert_string_equal(str(json_array_get(list, 1), "kind"), "rest");
	assert_string_equal(str(json_array_get(list, 2), "status"), "edited");
	assert_string_equal(str(json_array_get(list, 3), "kind"), "original");
	json_decref(json);
}

/* The summary is made of sentences, whatever they are made of. */
static void test_summary_reads_well(void **state)
{
	static const struct guard_rule_info rule = {
	    .title = "No promises", .id = "a/b", .file = "packs/a.yaml"};
	struct conversation_lock lock = {"h-1", 1};
	const struct handoff_text draft = {STORE_WORDS, "You get $5.", 11};
	struct store_message m = {.text = (char *)"a refund", .len = 8};
	struct conversation_view view = {.turns = &m, .n_turns = 1};
	struct handoff_request r = {.cause = "rule",
	    .rule = &rule,
	    .withheld = &draft,
	    .n_withheld = 1,
	    .customer_told = "Wait."};
	struct packet_source source = {&r, &view, &lock, "web", "c"};

	json_t *json = packet_of(&source);
	assert_string_equal(str(json, "summary"),
	    "No promises. The customer's last message: \"a refund\". "
	    "Withheld from the AI: \"You get $5.\" The customer was told: "
	    "\"Wait.\"");
	json_decref(json);
}

/* Totals by name, kind and currency, sorted, with words for people. */
static void test_amounts(void **state)
{
	static struct guard_counted rows[] = {
	    {"p/late", GUARD_COUNTED_SIGNAL, "", 0, 2},
	    {"p/credit", GUARD_COUNTED_MONEY, "USD", 4000, 1},
	    {"p/credit", GUARD_COUNTED_MONEY, "EUR", 550, 1},
	    {"p/credit", GUARD_COUNTED_MONEY, "USD", 1000, 3},
	    {"p/off", GUARD_COUNTED_PERCENT, "", 1050, 1},
	    {"p/free", GUARD_COUNTED_DURATION, "", 2592000, 1},
	    {"p/pause", GUARD_COUNTED_DURATION, "", 5400, 1},
	    {"p/gifts", GUARD_COUNTED_COUNT, "", 200, 1}};
	static const char *const expected[][4] = {
	    {"p/credit", "EUR", "550", "5.50 EUR"},
	    {"p/credit", "USD", "7000", "70.00 USD"},
	    {"p/free", "(absent)", "2592000", "30 days"},
	    {"p/gifts", "(absent)", "200", "2"},
	    {"p/late", "(absent)", "2", "2 times"},
	    {"p/off", "(absent)", "1050", "10.50 %"},
	    {"p/pause", "(absent)", "5400", "90 minutes"}};
	struct conversation_lock lock = {"h-1", 1};
	struct conversation_view view = {.counted = {rows, 8, 8}};
	struct handoff_request r = {.cause = "rule"};
	struct packet_source source = {&r, &view, &lock, "web", "c"};
	json_t *json = packet_of(&source);
	const json_t *amounts = json_object_get(json, "amounts");

	assert_int_equal(json_array_size(amounts), 7);
	for (size_t i = 0; i < 7; i++) {
		const json_t *one = json_array_get(amounts, i);
		char total[32];

		snprintf(total, sizeof(total), "%lld",
		    (long long)json_integer_value(
			json_object_get(one, "total")));
		assert_string_equal(str(one, "name"), expected[i][0]);
		assert_string_equal(str(one, "currency"), expected[i][1]);
		assert_string_equal(total, expected[i][2]);
		assert_string_equal(str(one, "words"), expected[i][3]);
	}
	json_decref(json);
}

/* The store could not keep it at once, and the customer was refused. */
static void test_untold(void **state)
{
	struct conversation_lock lock = {"h-1", 1};
	struct store_message turns[] = {
	    turn(STORE_WORDS, STORE_WITHHELD, "a"),
	    turn(STORE_WORDS, STORE_DELIVERED, "A colleague will help."),
	};
	turns[0].seq = 1;
	turns[1].seq = 2;
	turns[1].speaker = STORE_SYSTEM;
	struct conversation_view view = {.turns = turns, .n_turns = 2};
	struct handoff_request r = {.cause = "rule",
	    .customer_told = turns[1].text,
	    .told_seq = 2,
	    .untold = true};
	struct packet_source source = {&r, &view, &lock, "web", "c"};

	json_t *json = packet_of(&source);
	assert_true(json_is_null(json_object_get(json, "customer_told")));
	assert_null(strstr(str(json, "summary"), "A colleague"));
	assert_non_null(strstr(str(json, "summary"), "could not be told"));
	const json_t *own = json_array_get(
	    json_object_get(json_object_get(json, "transcript"), "messages"),
	    1);
	assert_string_equal(str(own, "status"), "withheld");
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hostile_texts),
	    cmocka_unit_test(test_amounts),
	    cmocka_unit_test(test_summary_is_short),
	    cmocka_unit_test(test_withheld_parts),
	    cmocka_unit_test(test_what_the_policy_includes),
	    cmocka_unit_test(test_transcript),
	    cmocka_unit_test(test_summary_reads_well),
	    cmocka_unit_test(test_untold),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
