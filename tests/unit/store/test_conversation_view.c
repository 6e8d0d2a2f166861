/* conversation_view: what is known of a conversation, for who judges. */
#include "tests/unit/store/fixture.h"

#include "proxy/base/clock.h"
#include "proxy/store/conversation_view.h"

static void no_bell(void *arg, uint64_t ticket)
{
}

static void add_kind(struct conversation_lease *lease,
    enum store_speaker speaker, enum store_kind kind, const char *text)
{
	struct conversation_message m = {.speaker = speaker,
	    .kind = kind,
	    .time_us = clock_now_us(),
	    .text = text,
	    .len = strlen(text)};

	conversation_add(lease, &m);
}

/* What came before is context: it counts turns, and what the AI is said to
 * have said then excuses nothing. */
static void test_history_and_media(void **state)
{
	struct conversations_options options = {0};
	struct conversation_request request = {
	    .family = "web", .id = "c-1", .ready = no_bell};
	struct fixture f;

	fixture_init(&f);
	struct conversations *table = conversations_new(f.store, &options);
	struct conversation_lease *a = conversation_begin(table, &request);
	assert_true(conversation_is_new(a));
	add_kind(a, STORE_CUSTOMER, STORE_HISTORY, "before");
	add_kind(a, STORE_AI, STORE_HISTORY, "said then");
	add_kind(a, STORE_CUSTOMER, STORE_WORDS, "now");
	add_kind(a, STORE_CUSTOMER, STORE_MEDIA, "image");
	assert_false(conversation_is_new(a));
	struct conversation_view *view = conversation_view(a);
	assert_int_equal(view->n_turns, 4);
	assert_int_equal(view->turns[3].kind, STORE_MEDIA);
	assert_int_equal(view->ai_turn, 2);
	assert_int_equal(view->customer_turns, 2);
	assert_int_equal(view->n_ai_said, 0);
	assert_int_equal(view->n_customer_said, 2);
	assert_string_equal(view->customer_said[0].text, "before");
	assert_false(view->answered);
	conversation_view_free(view);
	conversation_answered(a);
	view = conversation_view(a);
	assert_true(view->answered);
	conversation_view_free(view);
	conversation_end(a);
	store_close(f.store);
	f.store = NULL;
	conversations_free(table);
	fixture_clear(&f);
}

/* A message counts as one turn, whatever became of it and however many rows it
 * has; a failure of the bot is none. */
static void test_turns_of_the_ai(void **state)
{
	struct conversations_options options = {0};
	struct conversation_request request = {
	    .family = "web", .id = "c-1", .ready = no_bell};
	struct conversation_message m = {.speaker = STORE_AI,
	    .status = STORE_EDITED,
	    .time_us = clock_now_us(),
	    .text = "a",
	    .len = 1};
	struct fixture f;

	fixture_init(&f);
	struct conversations *table = conversations_new(f.store, &options);
	struct conversation_lease *a = conversation_begin(table, &request);
	uint32_t first = conversation_add(a, &m);
	m.kind = STORE_ORIGINAL;
	m.status = STORE_WITHHELD;
	m.beside = true;
	conversation_add(a, &m);
	m.kind = STORE_WORDS;
	m.beside = false;
	conversation_add(a, &m);
	add_kind(a, STORE_CUSTOMER, STORE_WORDS, "and?");
	add_kind(a, STORE_AI, STORE_ERROR, "down");
	struct conversation_view *view = conversation_view(a);
	assert_int_equal(view->ai_turn, 3);
	assert_int_equal(view->n_ai_said, 1);
	assert_false(view->answered);
	conversation_view_free(view);
	conversation_withhold(a, first);
	view = conversation_view(a);
	assert_int_equal(view->n_ai_said, 0);
	assert_int_equal(view->turns[0].status, STORE_WITHHELD);
	assert_int_equal(view->turns[2].kind, STORE_WORDS);
	assert_int_equal(view->turns[3].status, STORE_DELIVERED);
	conversation_view_free(view);
	conversation_replace(a, first);
	view = conversation_view(a);
	assert_int_equal(view->turns[2].kind, STORE_ORIGINAL);
	assert_int_equal(view->turns[2].status, STORE_WITHHELD);
	assert_int_equal(view->turns[3].kind, STORE_WORDS);
	conversation_view_free(view);
	conversation_end(a);
	store_close(f.store);
	f.store = NULL;
	conversations_free(table);
	fixture_clear(&f);
}

/* Whatever is said, put out or erased after it was taken. */
static void test_view_stays(void **state)
{
	struct conversations_options options = {.max_turns = 20};
	struct conversation_request request = {
	    .family = "web", .id = "c-1", .ready = no_bell};
	struct fixture f;
	char text[40];

	fixture_init(&f);
	struct conversations *table = conversations_new(f.store, &options);
	struct conversation_lease *a = conversation_begin(table, &request);
	struct conversation_view *views[100];
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "message %d", i);
		add_kind(
		    a, i % 2 ? STORE_AI : STORE_CUSTOMER, STORE_WORDS, text);
		views[i] = conversation_view(a);
	}
	conversation_end(a);
	store_close(f.store);
	f.store = NULL;
	conversations_free(table);
	for (int i = 0; i < 100; i++) {
		size_t n = views[i]->n_turns;

		assert_int_equal(n, i < 20 ? i + 1 : 20);
		assert_int_equal(views[i]->truncated, i >= 20);
		for (size_t k = 0; k < n; k++) {
			snprintf(text, sizeof(text), "message %zu",
			    (size_t)i + 1 - n + k);
			assert_string_equal(views[i]->turns[k].text, text);
			assert_int_equal(views[i]->turns[k].seq, i + 2 - n + k);
		}
		assert_int_equal(
		    views[i]->n_customer_said + views[i]->n_ai_said, n);
		conversation_view_free(views[i]);
	}
	fixture_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_history_and_media),
	    cmocka_unit_test(test_view_stays),
	    cmocka_unit_test(test_turns_of_the_ai),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
