/* raise: only upwards, and among urgent ones for a graver rule; what the store
 * cannot write at once it writes later. */
#include "proxy/handoff/raise.h"

#include "tests/unit/handoff/proxy.h"

#include "proxy/base/file.h"
#include "proxy/handoff/desk.h"

static const struct row {
	const char *queue, *priority, *severity; /* open */
	const char *to, *with;                   /* by a rule */
	enum guard_severity rule;
	bool raised;
} rows[] = {
    {"billing", "normal", "high", "crisis", "urgent", GUARD_SEVERITY_LOW, true},
    {"billing", "low", "", "billing", "normal", GUARD_SEVERITY_LOW, true},
    {"billing", "normal", "low", "care", "normal", GUARD_SEVERITY_CRITICAL,
	false},
    {"crisis", "urgent", "low", "care", "high", GUARD_SEVERITY_CRITICAL, false},
    {"security", "urgent", "high", "crisis", "urgent", GUARD_SEVERITY_CRITICAL,
	true},
    {"crisis", "urgent", "critical", "security", "urgent", GUARD_SEVERITY_HIGH,
	false},
    {"crisis", "urgent", "high", "crisis", "urgent", GUARD_SEVERITY_CRITICAL,
	false},
    {"desk", "urgent", "", "crisis", "urgent", GUARD_SEVERITY_LOW, true},
};

static void test_is_raised_by(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];
		struct guard_rule_info by = {.severity = r->rule};
		struct store_handoff open = {.queue = (char *)r->queue,
		    .priority = (char *)r->priority,
		    .severity = (char *)r->severity};
		struct handoff_raise raise = {
		    .rule = &by, .queue = r->to, .priority = r->with};

		if (handoff_is_raised_by(&open, &raise) != r->raised)
			fail_msg("row %zu", i);
	}
}

static atomic_int first_result, n_results;

static void on_raised(void *arg, uint64_t ticket, int result)
{
	if (atomic_load(&n_results) == 0)
		atomic_store(&first_result, result);
	atomic_fetch_add(&n_results, 1);
}

static bool is_urgent(struct proxy *p)
{
	struct store_handoff *list;
	size_t n;

	assert_int_equal(desk_list(p->f.store, false, &list, &n), 0);
	assert_int_equal(n, 1);
	bool urgent = strcmp(list[0].priority, "urgent") == 0;
	store_handoffs_free(list, n);
	return urgent;
}

/* The caller is told at once, and once; what it asked for comes true. */
static void test_written_later(void **state)
{
	struct proxy p;
	struct buf text = {0};
	const struct handoff_raised to = {on_raised, NULL, 1};

	proxy_init(&p);
	struct conversation_lease *lease = begin(&p, "c-1");
	hand_off(&p, lease, "file");
	atomic_store(&disk_room, 100);
	handoff_raise(p.handoffs, lease,
	    &(struct handoff_raise){.time_us = clock_now_us(),
		.rule = &rule,
		.queue = "crisis",
		.priority = "urgent",
		.destination = "file"},
	    &to);
	conversation_end(lease);
	fixture_wait(atomic_load(&n_results) == 1);
	assert_int_equal(atomic_load(&first_result), STORE_FULL);
	usleep(1200000); /* tried again meanwhile */
	assert_false(is_urgent(&p));
	atomic_store(&disk_room, SIZE_MAX);
	fixture_wait(is_urgent(&p));
	fixture_wait(
	    (buf_reset(&text), file_read(p.file, &text, 1 << 20)) == 0 &&
	    strstr(text.data, "\"event\":\"handoff.raised\""));
	assert_int_equal(atomic_load(&n_results), 1);
	buf_clear(&text);
	proxy_clear(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_is_raised_by),
	    cmocka_unit_test(test_written_later),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
