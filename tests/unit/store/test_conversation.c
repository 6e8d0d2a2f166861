/* conversation: leases, the line, locks, transcripts, what comes back. */
#include "tests/unit/store/conversations.h"

#include "proxy/base/clock.h"
#include "proxy/store/conversation_table.h"
#include "proxy/store/conversation_view.h"
#include "proxy/store/store_transcript.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static void test_one_at_a_time(void **state)
{
	struct table t;

	table_new(&t, (struct conversations_options){.max_waiting = 2});
	struct conversation_lease *a = begin(t.c, "c-1", 1);
	struct conversation_lease *b = begin(t.c, "c-1", 2);
	struct conversation_lease *c = begin(t.c, "c-1", 3);
	struct conversation_lease *d = begin(t.c, "c-1", 4);
	struct conversation_lease *other = begin(t.c, "c-2", 5);

	assert_int_equal(conversation_state(a), CONVERSATION_OPEN);
	assert_int_equal(conversation_state(b), CONVERSATION_WAITING);
	assert_int_equal(conversation_state(c), CONVERSATION_WAITING);
	assert_int_equal(conversation_state(d), CONVERSATION_REFUSED);
	assert_int_equal(conversation_refusal(d), CONVERSATION_LINE_FULL);
	assert_int_equal(conversation_state(other), CONVERSATION_OPEN);
	conversation_end(d);
	conversation_end(b); /* leaves the line */
	conversation_end(a);
	assert_int_equal(conversation_state(c), CONVERSATION_OPEN);
	assert_int_equal(atomic_load(&bell.last), 3);
	conversation_end(c);
	conversation_end(other);
	conversation_end(NULL);
	table_end(&t);
}

static void test_waits_no_longer_than_said(void **state)
{
	struct table t;

	table_new(&t, (struct conversations_options){.wait_us = 50000});
	struct conversation_lease *a = begin(t.c, "c-1", 1);
	struct conversation_lease *b = begin(t.c, "c-1", 2);
	store_start(t.f.store);
	fixture_wait(conversation_state(b) != CONVERSATION_WAITING);
	assert_int_equal(conversation_state(b), CONVERSATION_REFUSED);
	assert_int_equal(conversation_refusal(b), CONVERSATION_TIMED_OUT);
	fixture_wait(atomic_load(&bell.last) == 2);
	conversation_end(a);
	conversation_end(b);
	table_end(&t);
}

static void test_lock(void **state)
{
	struct table t;
	struct conversation_lock lock, again;

	table_new(&t, (struct conversations_options){0});
	struct conversation_lease *a = begin(t.c, "c-1", 1);
	struct conversation_lease *b = begin(t.c, "c-1", 2);

	assert_false(conversation_is_locked(a));
	conversation_lock(a, &lock);
	assert_true(conversation_is_locked(a));
	assert_int_equal(lock.epoch, 1);
	assert_int_equal(strlen(lock.handoff), 26);
	conversation_lock(a, &again);
	assert_string_equal(lock.handoff, again.handoff);
	assert_int_equal(again.epoch, 1);
	assert_int_equal(conversations_locked(t.c), 1);
	/* It is being written: the others wait for it, then a person has it. */
	conversation_end(a);
	assert_int_equal(conversation_state(b), CONVERSATION_WAITING);
	a = begin(t.c, "c-1", 3);
	assert_int_equal(conversation_state(a), CONVERSATION_WAITING);
	conversation_lock_saved(t.c, "web", "c-1", 1);
	assert_int_equal(conversation_state(b), CONVERSATION_HANDED_OFF);
	assert_int_equal(atomic_load(&bell.last), 2);
	conversation_end(b);
	assert_int_equal(conversation_state(a), CONVERSATION_HANDED_OFF);
	conversation_end(a);
	/* A return of another handoff does nothing. */
	conversation_unlock(t.c, "web", "c-1", "h-other");
	assert_int_equal(conversations_locked(t.c), 1);
	conversation_unlock(t.c, "web", "c-1", lock.handoff);
	assert_int_equal(conversations_locked(t.c), 0);
	a = begin(t.c, "c-1", 4);
	assert_int_equal(conversation_state(a), CONVERSATION_OPEN);
	conversation_lock(a, &again);
	assert_int_equal(again.epoch, 2);
	assert_string_not_equal(lock.handoff, again.handoff);
	conversation_end(a);
	table_end(&t);
}

/* Not on disk, and not soon: nobody may use it until it is. */
static void test_lock_that_cannot_be_written(void **state)
{
	struct table t;
	struct conversation_lock lock;

	table_new(&t, (struct conversations_options){0});
	struct conversation_lease *a = begin(t.c, "c-1", 1);
	struct conversation_lease *b = begin(t.c, "c-1", 2);
	conversation_lock(a, &lock);
	conversation_lock_unsaved(t.c, "web", "c-1", lock.epoch);
	assert_int_equal(conversation_refusal(b), CONVERSATION_UNSAVED);
	assert_int_equal(atomic_load(&bell.last), 2);
	conversation_end(b);
	b = begin(t.c, "c-1", 3);
	assert_int_equal(conversation_refusal(b), CONVERSATION_UNSAVED);
	conversation_end(b);
	conversation_end(a);
	conversation_unlock(t.c, "web", "c-1", lock.handoff);
	conversation_lock_saved(t.c, "web", "c-1", lock.epoch);
	a = begin(t.c, "c-1", 4);
	assert_int_equal(conversation_state(a), CONVERSATION_HANDED_OFF);
	conversation_lock_unsaved(t.c, "web", "c-1", lock.epoch); /* late */
	b = begin(t.c, "c-1", 5);
	assert_int_equal(conversation_state(b), CONVERSATION_WAITING);
	conversation_end(b);
	conversation_end(a);
	table_end(&t);
}

static int save_lock(struct store_tx *tx, void *arg)
{
	struct conversation_lock *lock = arg;

	return store_conversation_lock(
	    tx, "web", "c-1", lock->epoch, lock->handoff);
}

static void test_lock_survives_restart(void **state)
{
	struct table t;
	struct conversation_lock lock, again;

	table_new(&t, (struct conversations_options){0});
	struct conversation_lease *a = begin(t.c, "c-1", 1);
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "where is my money?");
	conversation_lock(a, &lock);
	assert_int_equal(store_call(t.f.store, false, save_lock, &lock), 0);
	conversation_end(a);
	table_close(&t);
	fixture_open(&t.f);
	table_open(&t, (struct conversations_options){0});
	assert_int_equal(conversations_locked(t.c), 1);
	a = begin(t.c, "c-1", 2);
	assert_int_equal(conversation_state(a), CONVERSATION_HANDED_OFF);
	assert_true(conversation_locked_as(a, &again));
	assert_string_equal(again.handoff, lock.handoff);
	struct conversation_view *view = conversation_view(a);
	assert_int_equal(view->n_turns, 1);
	assert_string_equal(view->turns[0].text, "where is my money?");
	conversation_view_free(view);
	conversation_end(a);
	table_end(&t);
}

static void test_view(void **state)
{
	struct table t;

	table_new(&t, (struct conversations_options){.max_turns = 4});
	struct conversation_lease *a = begin(t.c, "c-1", 1);
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "one");
	add(a, STORE_AI, STORE_DELIVERED, "two");
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "three");
	add(a, STORE_AI, STORE_WITHHELD, "four");
	struct conversation_view *view = conversation_view(a);
	assert_int_equal(view->ai_turn, 3);
	assert_int_equal(view->customer_turns, 2);
	assert_int_equal(view->n_turns, 4);
	assert_false(view->truncated);
	assert_int_equal(view->n_customer_said, 2);
	assert_string_equal(view->customer_said[1].text, "three");
	assert_int_equal(view->n_ai_said, 1);
	assert_string_equal(view->ai_said[0].text, "two");
	conversation_view_free(view);
	add(a, STORE_AI, STORE_EDITED, "five");
	view = conversation_view(a);
	assert_int_equal(view->ai_turn, 4);
	assert_int_equal(view->n_turns, 4);
	assert_true(view->truncated);
	assert_string_equal(view->turns[0].text, "two");
	assert_int_equal(view->turns[3].seq, 5);
	conversation_view_free(view);
	conversation_view_free(NULL);
	conversation_end(a);
	table_end(&t);
}

static void test_small_facts(void **state)
{
	struct table t;

	table_new(&t, (struct conversations_options){0});
	struct conversation_lease *a = begin(t.c, "c-1", 1);
	assert_int_equal(conversation_bot_failed(a), 1);
	assert_int_equal(conversation_bot_failed(a), 2);
	conversation_bot_answered(a);
	assert_int_equal(conversation_bot_failed(a), 1);
	assert_true(conversation_may_tell_waiting(a, 1000, 500));
	assert_false(conversation_may_tell_waiting(a, 1400, 500));
	assert_true(conversation_may_tell_waiting(a, 1500, 500));
	assert_string_equal(conversation_family(a), "web");
	assert_string_equal(conversation_id(a), "c-1");
	conversation_end(a);
	table_end(&t);
}

static int erase_run(struct store_tx *tx, void *arg)
{
	struct store_erasure why = {
	    .now_us = clock_now_us(), .actor = "dpo", .reason = "asked"};
	size_t n;

	return store_erase_conversation(tx, "web", "c-1", &why, &n);
}

/* By another process, while this one has the text in memory. */
static void test_erased_outside(void **state)
{
	struct table t;
	struct store_options options = {0};
	struct store *other;
	char why[256];

	table_new(&t, (struct conversations_options){0});
	store_start(t.f.store);
	struct conversation_lease *a = begin(t.c, "c-1", 1);
	fixture_wait(conversation_state(a) == CONVERSATION_OPEN);
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "forget me");
	conversation_flush(a);
	fixture_wait(store_waiting(t.f.store) == 0);
	usleep(50000);
	options.sqlite = t.f.path;
	options.vault = t.f.vault;
	assert_int_equal(store_open(&other, &options, why, sizeof(why)), 0);
	assert_int_equal(store_call(other, false, erase_run, NULL), 0);
	store_close(other);
	for (int i = 0;; i++) {
		struct conversation_view *view = conversation_view(a);
		size_t n = view->n_turns;

		conversation_view_free(view);
		if (n == 0)
			break;
		if (i == 200)
			fail_msg("the text is still in memory");
		usleep(5000);
	}
	conversation_end(a);
	table_end(&t);
}

/* ---- when messages are written ---- */

static int count_run(struct store_tx *tx, void *arg)
{
	struct store_message *messages;
	struct store_range range = {0, 100};
	size_t *n = arg;
	int err = store_messages_get(tx, "web", "c-1", range, &messages, n);

	store_messages_free(messages, *n);
	return err;
}

static size_t stored(struct table *t)
{
	size_t n;

	assert_int_equal(store_call(t->f.store, true, count_run, &n), 0);
	return n;
}

/* Before store_start no tick comes in between. */
static void test_written_together(void **state)
{
	struct table t;
	static char large[(64 << 10) + 1];

	memset(large, 'x', sizeof(large) - 1);
	table_new(&t, (struct conversations_options){0});
	struct conversation_lease *a = begin(t.c, "c-1", 1);
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "one");
	add(a, STORE_AI, STORE_DELIVERED, "two");
	assert_int_equal(stored(&t), 0);
	conversation_flush(a);
	assert_int_equal(stored(&t), 2);
	conversation_flush(a); /* nothing waits */
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "three");
	assert_int_equal(stored(&t), 2);
	add(a, STORE_AI, STORE_DELIVERED, large);
	assert_int_equal(stored(&t), 4);
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "five");
	assert_int_equal(stored(&t), 4);
	conversation_end(a);
	assert_int_equal(stored(&t), 5);
	table_end(&t);
}

/* An exchange that goes on is written at the tick. */
static void test_written_at_the_tick(void **state)
{
	struct table t;

	table_new(&t, (struct conversations_options){0});
	store_start(t.f.store);
	struct conversation_lease *a = begin(t.c, "c-1", 1);
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "one");
	fixture_wait(stored(&t) == 1);
	add(a, STORE_CUSTOMER, STORE_DELIVERED, "two");
	fixture_wait(stored(&t) == 2);
	conversation_end(a);
	table_end(&t);
}

/* ---- many threads ---- */

#define THREADS 4
#define ROUNDS 300
#define NAMES 8

struct worker {
	struct conversations *table;
	atomic_int *inside; /* by conversation */
	atomic_int *open;
	unsigned seed;
};

static void exchange(struct worker *w, struct conversation_lease *lease, int n)
{
	struct conversation_lock lock;

	if (atomic_fetch_add(&w->inside[n], 1) != 0)
		fail_msg("two leases of one conversation");
	add(lease, STORE_CUSTOMER, STORE_DELIVERED, "question");
	if (conversation_state(lease) == CONVERSATION_OPEN) {
		atomic_fetch_add(w->open, 1);
		if (rand_r(&w->seed) % 8 == 0) {
			conversation_lock(lease, &lock);
			conversation_lock_saved(w->table, "web",
			    conversation_id(lease), lock.epoch);
			assert_true(conversation_is_locked(lease));
		} else {
			add(lease, STORE_AI, STORE_DELIVERED, "answer");
		}
	} else if (conversation_locked_as(lease, &lock)) {
		conversation_unlock(
		    w->table, "web", conversation_id(lease), lock.handoff);
	}
	struct conversation_view *view = conversation_view(lease);
	assert_true(view->n_turns > 0);
	conversation_view_free(view);
	atomic_fetch_sub(&w->inside[n], 1);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	char id[16];

	for (int i = 0; i < ROUNDS; i++) {
		int n = rand_r(&w->seed) % NAMES;

		snprintf(id, sizeof(id), "c-%d", n);
		struct conversation_lease *lease = begin(w->table, id, 1);
		for (int k = 0; k < 2000 &&
		     conversation_state(lease) == CONVERSATION_WAITING;
		     k++)
			usleep(500);
		enum conversation_state s = conversation_state(lease);
		if (s == CONVERSATION_OPEN || s == CONVERSATION_HANDED_OFF)
			exchange(w, lease, n);
		conversation_end(lease);
	}
	return NULL;
}

static void test_many_threads(void **state)
{
	struct table t;
	pthread_t threads[THREADS];
	struct worker workers[THREADS];
	atomic_int inside[NAMES] = {0}, open = 0;

	table_new(&t, (struct conversations_options){0});
	store_start(t.f.store);
	for (int i = 0; i < THREADS; i++) {
		workers[i] =
		    (struct worker){t.c, inside, &open, (unsigned)i + 1};
		pthread_create(&threads[i], NULL, work, &workers[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_true(open > ROUNDS);
	table_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_at_a_time),
	    cmocka_unit_test(test_waits_no_longer_than_said),
	    cmocka_unit_test(test_lock),
	    cmocka_unit_test(test_lock_that_cannot_be_written),
	    cmocka_unit_test(test_lock_survives_restart),
	    cmocka_unit_test(test_view),
	    cmocka_unit_test(test_small_facts),
	    cmocka_unit_test(test_erased_outside),
	    cmocka_unit_test(test_written_together),
	    cmocka_unit_test(test_written_at_the_tick),
	    cmocka_unit_test(test_many_threads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
