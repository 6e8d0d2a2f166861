/* request: on a full disk the lock is written without the texts, and they
 * follow. */
#include "tests/unit/handoff/proxy.h"

#include "proxy/base/buf.h"
#include "proxy/base/file.h"
#include "proxy/handoff/desk.h"

#define LONG_BYTES 20000 /* more than the disk has room for */
#define ROOM_BYTES 6000  /* enough for what is needed */

/* A conversation that a rule takes while the disk is full. */
static struct conversation_lock hand_off_full(struct proxy *p)
{
	char text[LONG_BYTES + 1];
	struct conversation_lease *lease = begin(p, "c-1");

	memset(text, 'w', LONG_BYTES);
	text[LONG_BYTES] = '\0';
	add(lease, STORE_CUSTOMER, STORE_DELIVERED, text);
	atomic_store(&disk_room, ROOM_BYTES);
	struct conversation_lock lock = hand_off(p, lease, "file");
	conversation_end(lease);
	return lock;
}

static char *record_of(struct proxy *p, const char *id)
{
	struct desk_case c;
	struct desk_outcome outcome;

	assert_int_equal(desk_show(p->f.store, id, &c, &outcome), 0);
	char *record = c.handoff.record ? mem_strdup(c.handoff.record) : NULL;
	desk_case_clear(&c);
	return record;
}

static bool record_has(struct proxy *p, const char *id, const char *what)
{
	char *record = record_of(p, id);
	bool has = record && strstr(record, what);

	free(record);
	return has;
}

static bool file_has(struct proxy *p, const char *what)
{
	struct buf text = {0};
	bool has =
	    file_read(p->file, &text, 1 << 20) == 0 && strstr(text.data, what);

	buf_clear(&text);
	return has;
}

static void test_lock_outlives_the_end(void **state)
{
	struct proxy p;

	proxy_init(&p);
	struct conversation_lock lock = hand_off_full(&p);
	assert_true(record_has(&p, lock.handoff, "\"incomplete\":true"));
	assert_true(record_has(&p, lock.handoff, rule.why));
	assert_false(record_has(&p, lock.handoff, "\"transcript\""));
	assert_false(record_has(&p, lock.handoff, "\"withheld\""));
	proxy_stop(&p);
	atomic_store(&disk_room, SIZE_MAX);
	fixture_open(&p.f);
	proxy_start(&p);
	struct conversation_lease *lease = begin(&p, "c-1");
	assert_int_equal(conversation_state(lease), CONVERSATION_HANDED_OFF);
	conversation_end(lease);
	fixture_wait(file_has(&p, "/requested\""));
	proxy_clear(&p);
}

static void test_texts_follow(void **state)
{
	struct proxy p;

	proxy_init(&p);
	struct conversation_lock lock = hand_off_full(&p);
	fixture_wait(file_has(&p, "\"incomplete\":true"));
	atomic_store(&disk_room, SIZE_MAX);
	fixture_wait(file_has(&p, "\"event\":\"handoff.amended\""));
	assert_true(file_has(&p, "I approved your refund of $900."));
	assert_true(record_has(&p, lock.handoff, "wwwww"));
	assert_false(record_has(&p, lock.handoff, "incomplete"));
	struct desk_case c;
	struct desk_outcome outcome;
	assert_int_equal(desk_show(p.f.store, lock.handoff, &c, &outcome), 0);
	assert_int_equal(c.n_later, 0);
	desk_case_clear(&c);
	proxy_clear(&p);
}

static int erase_run(struct store_tx *tx, void *arg)
{
	size_t n;

	return store_erase_conversation(tx, "web", "c-1",
	    &(struct store_erasure){clock_now_us(), "bob", "asked", NULL, 0},
	    &n);
}

/* What was erased meanwhile does not come back with the room. */
static void test_erased_meanwhile(void **state)
{
	struct proxy p;

	proxy_init(&p);
	struct conversation_lock lock = hand_off_full(&p);
	assert_int_equal(store_call(p.f.store, false, erase_run, NULL), 0);
	atomic_store(&disk_room, SIZE_MAX);
	usleep(1500000); /* it is tried every second */
	char *record = record_of(&p, lock.handoff);
	assert_null(record);
	assert_false(file_has(&p, "handoff.amended"));
	proxy_clear(&p);
}

/* Nor what waited in memory, because there was no room for anything. */
static void test_erased_while_it_waits(void **state)
{
	struct proxy p;
	struct handoff_request request = request_of("file");
	struct conversation_lock lock;

	proxy_init(&p);
	struct conversation_lease *lease = begin(&p, "c-1");
	int before = atomic_load(&answers);
	atomic_store(&disk_room, 300);
	handoff_request(p.handoffs, lease, &request, &done, &lock);
	fixture_wait(atomic_load(&answers) == before + 1);
	conversation_end(lease);
	assert_int_equal(store_call(p.f.store, false, erase_run, NULL), 0);
	atomic_store(&disk_room, SIZE_MAX);
	fixture_wait(file_has(&p, "handoff.requested"));
	assert_true(record_has(&p, lock.handoff, "\"erased\":true"));
	assert_false(record_has(&p, lock.handoff, "refund of $900"));
	assert_false(file_has(&p, "refund of $900"));
	proxy_clear(&p);
}

/* Not even that: the caller hears it, and all of it is written at last, as
 * what nobody was told. */
static void test_no_room_at_all(void **state)
{
	struct proxy p;
	struct handoff_request request = request_of("file");
	struct conversation_lock lock;
	struct handoffs_metrics m;

	proxy_init(&p);
	struct conversation_lease *lease = begin(&p, "c-1");
	int before = atomic_load(&answers);
	atomic_store(&disk_room, 10);
	handoff_request(p.handoffs, lease, &request, &done, &lock);
	fixture_wait(atomic_load(&answers) == before + 1);
	assert_int_equal(atomic_load(&answer_err), STORE_FULL);
	conversation_end(lease);
	atomic_store(&disk_room, SIZE_MAX);
	fixture_wait((handoffs_metrics(p.handoffs, &m), m.unsaved == 0));
	assert_true(record_has(&p, lock.handoff, "\"customer_told\":null"));
	assert_false(record_has(&p, lock.handoff, "incomplete"));
	assert_int_equal(atomic_load(&answers), before + 1);
	proxy_clear(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lock_outlives_the_end),
	    cmocka_unit_test(test_texts_follow),
	    cmocka_unit_test(test_erased_meanwhile),
	    cmocka_unit_test(test_erased_while_it_waits),
	    cmocka_unit_test(test_no_room_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
