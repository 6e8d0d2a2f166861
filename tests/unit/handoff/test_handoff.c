/* handoff, desk: from the verdict to the person and back, through
 * kills and restarts. */
#include "tests/unit/handoff/proxy.h"

#include "proxy/base/buf.h"
#include "proxy/base/file.h"
#include "proxy/handoff/deliver.h"
#include "proxy/handoff/desk.h"

#include <jansson.h>
#include <signal.h>
#include <sys/wait.h>

static const char *str(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "(absent)";
}

/* ---- the record ---- */

static void test_record(void **state)
{
	struct proxy p;
	struct desk_case c;
	struct desk_outcome outcome;

	proxy_init(&p);
	struct conversation_lease *lease = begin(&p, "c-1");
	struct conversation_lock lock = hand_off(&p, lease, NULL);
	conversation_end(lease);
	assert_int_equal(desk_show(p.f.store, lock.handoff, &c, &outcome), 0);
	assert_string_equal(c.handoff.queue, "billing");
	assert_string_equal(c.handoff.destination, "desk");
	assert_string_equal(c.handoff.reason, "offers/refund");
	json_t *r = json_loads(c.handoff.record, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(r);
	assert_string_equal(str(r, "handoff_id"), lock.handoff);
	assert_string_equal(str(r, "conversation_id"), "c-1");
	assert_string_equal(
	    str(r, "customer_told"), "A colleague will help you.");
	const json_t *reason = json_object_get(r, "reason");
	assert_string_equal(str(reason, "words"), rule.why);
	assert_string_equal(str(reason, "line"), "packs/offers.yaml:47");
	assert_string_equal(str(reason, "severity"), "high");
	const json_t *customer = json_object_get(r, "customer");
	assert_string_equal(str(customer, "id"), "ann");
	assert_string_equal(str(customer, "name"), "Ann \"A\" B");
	assert_string_equal(str(json_object_get(r, "withheld"), "text"),
	    "I approved your refund of $900.");
	const json_t *messages =
	    json_object_get(json_object_get(r, "transcript"), "messages");
	assert_int_equal(json_array_size(messages), 1);
	assert_string_equal(
	    str(json_array_get(messages, 0), "speaker"), "customer");
	assert_non_null(strstr(str(r, "summary"), "I want my $900 back"));
	char *link =
	    mem_printf("https://localhost:8444/handoffs/%s", lock.handoff);
	assert_string_equal(str(json_object_get(r, "links"), "console"), link);
	free(link);
	json_decref(r);
	desk_case_clear(&c);
	proxy_clear(&p);
}

/* ---- there and back ---- */

struct fetched {
	atomic_int n; /* -1: not yet */
	struct store_reply *list;
};

static void on_replies(
    void *arg, uint64_t ticket, int err, struct store_reply *list, size_t n)
{
	struct fetched *f = arg;

	assert_int_equal(err, 0);
	f->list = list;
	atomic_store(&f->n, (int)n);
}

static struct fetched fetch(struct proxy *p, struct conversation_lease *lease)
{
	struct fetched f = {.n = -1};
	struct handoff_replies to = {on_replies, &f, 1};

	handoff_fetch_replies(p->handoffs, lease, &to);
	fixture_wait(atomic_load(&f.n) >= 0);
	return f;
}

static void test_reply_and_return(void **state)
{
	struct proxy p;
	struct desk_outcome outcome;

	proxy_init(&p);
	struct conversation_lease *lease = begin(&p, "c-1");
	struct conversation_lock lock = hand_off(&p, lease, NULL);
	conversation_end(lease);
	struct store *desk = other_process(&p);
	lease = begin(&p, "c-1");
	assert_int_equal(conversation_state(lease), CONVERSATION_HANDED_OFF);
	struct fetched f = fetch(&p, lease);
	assert_int_equal(f.n, 0);
	/* Cut short on purpose: as a person types it. */
	char id[9];
	snprintf(id, sizeof(id), "%.8s", lock.handoff);
	assert_int_equal(
	    desk_reply(desk, id, "bob", "Hello, I am Bob", &outcome), 0);
	assert_int_equal(
	    desk_reply(desk, id, "bob", "It is settled", &outcome), 0);
	assert_int_equal(desk_return(desk, id, "bob", "refunded", &outcome), 0);
	assert_true(outcome.later);
	usleep(300000);
	assert_true(conversation_is_locked(lease));
	f = fetch(&p, lease);
	assert_int_equal(f.n, 2);
	assert_string_equal(f.list[0].text, "Hello, I am Bob");
	int before = atomic_load(&answers);
	handoff_replies_sent(p.handoffs, lease, f.list, 2, &done);
	store_replies_free(f.list, 2);
	/* At once again: nothing is shown twice. */
	f = fetch(&p, lease);
	assert_int_equal(f.n, 0);
	fixture_wait(atomic_load(&answers) == before + 1);
	assert_int_equal(atomic_load(&answer_err), HANDOFF_GIVES_BACK);
	fixture_wait(!conversation_is_locked(lease));
	conversation_end(lease);
	lease = begin(&p, "c-1");
	assert_int_equal(conversation_state(lease), CONVERSATION_OPEN);
	conversation_end(lease);
	struct desk_case c;
	assert_int_equal(desk_show(desk, lock.handoff, &c, &outcome), 0);
	assert_int_equal(c.handoff.state, STORE_HANDOFF_RETURNED);
	assert_true(c.handoff.accepted_us > 0);
	assert_string_equal(c.handoff.note, "refunded");
	assert_int_equal(c.n_replies, 2);
	desk_case_clear(&c);
	assert_int_equal(
	    desk_reply(desk, id, "bob", "too late", &outcome), STORE_CONFLICT);
	assert_int_equal(
	    desk_return(desk, id, "bob", NULL, &outcome), STORE_CONFLICT);
	assert_string_equal(outcome.id, lock.handoff);
	assert_int_equal(outcome.state, STORE_HANDOFF_RETURNED);
	assert_true(outcome.returned_us > 0);
	assert_int_equal(
	    desk_reply(desk, "h-none", "bob", "x", &outcome), STORE_NOT_FOUND);
	store_close(desk);
	proxy_clear(&p);
}

static void test_return_unlocks_outside(void **state)
{
	struct proxy p;
	struct desk_outcome outcome;

	proxy_init(&p);
	struct conversation_lease *lease = begin(&p, "c-1");
	struct conversation_lock lock = hand_off(&p, lease, "file");
	conversation_end(lease);
	struct store *desk = other_process(&p);
	assert_int_equal(
	    desk_return(desk, lock.handoff, "bob", NULL, &outcome), 0);
	assert_false(outcome.later);
	fixture_wait(conversations_locked(p.conversations) == 0);
	store_close(desk);
	struct buf text = {0};
	fixture_wait(
	    (buf_reset(&text), file_read(p.file, &text, 1 << 20)) == 0 &&
	    strstr(text.data, "\"event\":\"handoff.returned\""));
	buf_clear(&text);
	proxy_clear(&p);
}

static void test_customer_writes_on(void **state)
{
	struct proxy p;
	struct buf text = {0};
	struct desk_case c;
	struct desk_outcome outcome;

	proxy_init(&p);
	struct conversation_lease *lease = begin(&p, "c-1");
	struct conversation_lock lock = hand_off(&p, lease, "file");
	int before = atomic_load(&answers);
	struct conversation_message m = {.speaker = STORE_CUSTOMER,
	    .time_us = clock_now_us(),
	    .text = "hello?",
	    .len = 6};
	handoff_customer_says(p.handoffs, lease, &m, &done);
	fixture_wait(atomic_load(&answers) == before + 1);
	conversation_end(lease);
	fixture_wait(
	    (buf_reset(&text), file_read(p.file, &text, 1 << 20)) == 0 &&
	    strstr(text.data, "\"event\":\"message.customer\""));
	assert_non_null(strstr(text.data, "\"text\":\"hello?\""));
	assert_true(strstr(text.data, "handoff.requested") <
	    strstr(text.data, "message.customer"));
	assert_int_equal(desk_show(p.f.store, lock.handoff, &c, &outcome), 0);
	assert_int_equal(c.n_later, 1);
	assert_string_equal(c.later[0].text, "hello?");
	desk_case_clear(&c);
	buf_clear(&text);
	proxy_clear(&p);
}

/* ---- kills ---- */

#define KILLED 60

/* A stream of handoffs; tells through the pipe which were promised. */
static void stream(struct proxy *p, int out)
{
	char id[16];

	for (int i = 0; i < KILLED * 100; i++) {
		snprintf(id, sizeof(id), "c-%d", i);
		struct conversation_lease *lease = begin(p, id);
		struct conversation_lock lock = hand_off(p, lease, "file");
		conversation_end(lease);
		char line[64] = "";
		int n =
		    snprintf(line, sizeof(line), "%s %s\n", id, lock.handoff);
		if (write(out, line, (size_t)n) != n)
			_exit(1);
	}
	_exit(0);
}

static void promised_is_kept(struct proxy *p, char *line)
{
	char *handoff = strchr(line, ' ');
	struct buf text = {0};

	assert_non_null(handoff);
	*handoff++ = '\0';
	struct conversation_lease *lease = begin(p, line);
	if (conversation_state(lease) != CONVERSATION_HANDED_OFF)
		fail_msg("%s is not locked any more", line);
	conversation_end(lease);
	assert_int_equal(file_read(p->file, &text, 1 << 26), 0);
	char *key = mem_printf("\"id\":\"%s/requested\"", handoff);
	if (!strstr(text.data, key))
		fail_msg("%s was never delivered", handoff);
	free(key);
	buf_clear(&text);
}

static size_t pending(struct proxy *p)
{
	struct outbox_metrics m;

	outbox_metrics(p->outbox, &m);
	return m.pending + m.dead;
}

/* Only what was under way at the kill may be in the file twice, and its key
 * says so. */
static void expect_few_doubled(struct proxy *p)
{
	struct buf text = {0};
	json_t *seen = json_object();
	size_t doubled = 0;
	char *end;

	assert_int_equal(file_read(p->file, &text, 1 << 26), 0);
	for (char *row = text.data; (end = strchr(row, '\n')); row = end + 1) {
		json_t *event = json_loadb(row, (size_t)(end - row), 0, NULL);
		if (!event)
			continue; /* cut by the kill, and sent again */
		doubled += json_object_get(seen, str(event, "id")) != NULL;
		json_object_set_new(seen, str(event, "id"), json_true());
		json_decref(event);
	}
	if (doubled > DELIVER_MAX) /* one group */
		fail_msg("%zu lines are there twice", doubled);
	assert_true(json_object_size(seen) >= KILLED);
	json_decref(seen);
	buf_clear(&text);
}

/* kill -9 in the middle, start again: every promised handoff is locked and is
 * delivered; by key none is there twice more than a kill can make it. */
static void test_killed_in_a_stream(void **state)
{
	struct proxy p;
	int pipes[2], status, n = 0;
	char lines[KILLED * 64] = "";
	size_t len = 0;

	memset(&p, 0, sizeof(p));
	fixture_init(&p.f);
	store_close(p.f.store);
	p.f.store = NULL;
	snprintf(p.file, sizeof(p.file), "%s/out.jsonl", p.f.dir);
	assert_int_equal(pipe(pipes), 0);
	pid_t child = fork();
	if (child == 0) {
		fixture_open(&p.f);
		proxy_start(&p);
		stream(&p, pipes[1]);
	}
	close(pipes[1]);
	while (n < KILLED && len < sizeof(lines) - 1) {
		ssize_t got =
		    read(pipes[0], lines + len, sizeof(lines) - 1 - len);
		if (got <= 0)
			fail_msg("the child ended early");
		len += (size_t)got;
		n = 0;
		for (size_t i = 0; i < len; i++)
			n += lines[i] == '\n';
	}
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	close(pipes[0]);
	fixture_open(&p.f);
	proxy_start(&p);
	fixture_wait(pending(&p) == 0);
	char *at = lines;
	for (char *end; (end = strchr(at, '\n')); at = end + 1) {
		*end = '\0';
		promised_is_kept(&p, at);
	}
	expect_few_doubled(&p);
	proxy_clear(&p);
}

/* The store cannot write the lock: it holds in memory, the caller is told, the
 * conversation is refused, and once there is room all of it is written. */
static void test_store_cannot_write(void **state)
{
	struct proxy p;
	struct store *other;
	struct handoff_request request = request_of("file");
	struct conversation_lock lock;
	struct store_options options = {.busy_ms = 50};
	char why[256];

	memset(&p, 0, sizeof(p));
	fixture_init(&p.f);
	store_close(p.f.store);
	options.sqlite = p.f.path;
	options.vault = p.f.vault;
	assert_int_equal(store_open(&p.f.store, &options, why, sizeof(why)), 0);
	snprintf(p.file, sizeof(p.file), "%s/out.jsonl", p.f.dir);
	proxy_start(&p);
	struct conversation_lease *lease = begin(&p, "c-1");
	other = other_process(&p);
	char *command =
	    mem_printf("(echo 'BEGIN IMMEDIATE;'; sleep 2; echo 'COMMIT;') |"
		       " sqlite3 %s >/dev/null & sleep 0.5",
		p.f.path);
	assert_int_equal(system(command), 0);
	free(command);
	int before = atomic_load(&answers);
	handoff_request(p.handoffs, lease, &request, &done, &lock);
	assert_true(conversation_is_locked(lease));
	fixture_wait(atomic_load(&answers) == before + 1);
	assert_int_equal(atomic_load(&answer_err), STORE_BUSY);
	conversation_end(lease);
	lease = begin(&p, "c-1");
	assert_int_equal(conversation_refusal(lease), CONVERSATION_UNSAVED);
	conversation_end(lease);
	struct handoffs_metrics m;
	handoffs_metrics(p.handoffs, &m);
	assert_int_equal(m.unsaved, 1);
	for (int i = 0; i < 1000; i++) {
		handoffs_metrics(p.handoffs, &m);
		if (m.unsaved == 0)
			break;
		usleep(10000);
	}
	assert_int_equal(m.unsaved, 0);
	lease = begin(&p, "c-1");
	assert_int_equal(conversation_state(lease), CONVERSATION_HANDED_OFF);
	conversation_end(lease);
	struct store_handoff *list;
	size_t n;
	assert_int_equal(desk_list(other, false, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].id, lock.handoff);
	store_handoffs_free(list, n);
	store_close(other);
	proxy_clear(&p);
}

/* A person takes a long conversation on a full disk: without its transcript,
 * which is shown from what is kept. */
static void test_taken_without_room(void **state)
{
	struct proxy p;
	struct desk_case c;
	struct desk_outcome outcome;
	struct desk_take what = {"web", "c-1", "bob", "she is upset"};
	char text[20001];

	proxy_init(&p);
	struct conversation_lease *lease = begin(&p, "c-1");
	memset(text, 'w', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	add(lease, STORE_CUSTOMER, STORE_DELIVERED, text);
	conversation_flush(lease);
	conversation_end(lease);
	assert_int_equal(store_scrub(p.f.store), 0); /* after the flush */
	atomic_store(&disk_room, 6000);
	assert_int_equal(desk_take(p.f.store, &what, &outcome), 0);
	atomic_store(&disk_room, SIZE_MAX);
	struct desk_outcome taken = outcome;
	assert_int_equal(desk_show(p.f.store, taken.id, &c, &outcome), 0);
	assert_non_null(strstr(c.handoff.record, "\"incomplete\":true"));
	assert_non_null(strstr(c.handoff.record, "she is upset"));
	assert_int_equal(c.n_later, 1);
	assert_int_equal(c.later[0].len, sizeof(text) - 1);
	desk_case_clear(&c);
	proxy_clear(&p);
}

static void test_audit_rows(void **state)
{
	struct proxy p;
	struct desk_outcome outcome;

	struct buf types = {0};

	proxy_init(&p);
	struct conversation_lease *lease = begin(&p, "c-1");
	struct conversation_lock lock = hand_off(&p, lease, NULL);
	assert_int_equal(
	    desk_reply(p.f.store, lock.handoff, "bob", "hi", &outcome), 0);
	assert_int_equal(
	    desk_return(p.f.store, lock.handoff, "bob", NULL, &outcome), 0);
	struct fetched f = fetch(&p, lease);
	handoff_replies_sent(p.handoffs, lease, f.list, (size_t)f.n, NULL);
	store_replies_free(f.list, (size_t)f.n);
	fixture_wait(!conversation_is_locked(lease));
	conversation_end(lease);
	assert_int_equal(
	    store_call(p.f.store, false, fixture_record, &types), 0);
	proxy_stop(&p);
	buf_add(&p.types, types.data, types.len);
	assert_string_equal(p.types.data,
	    "handoff.accepted+ operator.action+ handoff.returned+ ");
	buf_clear(&types);
	buf_clear(&p.types);
	fixture_clear(&p.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_record),
	    cmocka_unit_test(test_reply_and_return),
	    cmocka_unit_test(test_return_unlocks_outside),
	    cmocka_unit_test(test_customer_writes_on),
	    cmocka_unit_test(test_killed_in_a_stream),
	    cmocka_unit_test(test_store_cannot_write),
	    cmocka_unit_test(test_taken_without_room),
	    cmocka_unit_test(test_audit_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
