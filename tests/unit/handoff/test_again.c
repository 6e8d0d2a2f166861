/* again: many wait while the disk is full, and come in order with the room. */
#include "tests/unit/store/fixture.h"

#include "proxy/handoff/again.h"
#include "proxy/store/backend.h"
#include "proxy/store/store_lane.h"

#include <stdatomic.h>

#define JOBS 500
#define CASES 20 /* what they are about */
/* Jobs for which there is room from their second try on: the first about its
 * case, and one behind another that has none. */
#define SMALL 15
#define BEHIND (CASES + 5)

static atomic_bool disk_full;
static atomic_int tries, failures, written;
static int order[JOBS]; /* in which they were written */
static char cases[CASES][8];
static struct again *again;

struct item {
	struct again_job again;
	int number;
	bool waited;
};

/* Full stays full, as where the space kept back cannot be had again. */
static bool recover(struct backend *b)
{
	return !atomic_load(&disk_full) && store_sqlite_ops.recover(b);
}

static int item_run(struct store_tx *tx, struct store_job *job)
{
	const struct item *item = (struct item *)job;
	bool fits =
	    item->waited && (item->number == SMALL || item->number == BEHIND);

	atomic_fetch_add(&tries, 1);
	return atomic_load(&disk_full) && !fits ? STORE_FULL : STORE_OK;
}

static void item_done(struct store_job *job, int err)
{
	struct item *item = (struct item *)job;

	if (err) {
		item->waited = true;
		again_later(again, &item->again);
		atomic_fetch_add(&failures, 1);
		return;
	}
	order[atomic_load(&written)] = item->number;
	atomic_fetch_add(&written, 1);
	free(item);
}

static void item_lost(struct again_job *job)
{
	free(job);
}

static void submit(struct store *store, int number)
{
	struct item *item = mem_zero(sizeof(*item));

	item->again.job = (struct store_job){
	    .run = item_run, .done = item_done, .durable = true};
	item->again.lost = item_lost;
	item->again.about = cases[number % CASES];
	item->number = number;
	store_submit(store, &item->again.job);
}

static void begin(struct fixture *f, struct backend_ops *ops)
{
	fixture_init(f);
	*ops = *f->store->ops;
	ops->recover = recover;
	f->store->ops = ops;
	again = again_new(f->store);
	atomic_store(&disk_full, true);
	atomic_store(&tries, 0);
	atomic_store(&failures, 0);
	atomic_store(&written, 0);
	for (int i = 0; i < CASES; i++)
		snprintf(
		    cases[i], sizeof(cases[i]), "h-%u", (unsigned)i % 1000);
	store_start(f->store);
	for (int i = 0; i < JOBS; i++)
		submit(f->store, i);
	fixture_wait(atomic_load(&failures) >= JOBS);
}

static void end(struct fixture *f)
{
	store_close(f->store);
	f->store = NULL;
	again_free(again);
	fixture_clear(f);
}

/* A round is its jobs together, then each alone. */
static void test_few_tries_while_full(void **state)
{
	struct fixture f;
	struct backend_ops ops;

	begin(&f, &ops);
	int before = atomic_load(&tries);
	usleep(4000000);
	int more = atomic_load(&tries) - before;
	assert_in_range(more, AGAIN_FEW, 8 * (AGAIN_FEW + 1));
	end(&f);
}

static void test_all_come_in_order(void **state)
{
	struct fixture f;
	struct backend_ops ops;
	int last[CASES];

	begin(&f, &ops);
	usleep(2500000); /* in the middle of a pass */
	atomic_store(&disk_full, false);
	fixture_wait(atomic_load(&written) == JOBS);
	memset(last, -1, sizeof(last));
	for (int i = 0; i < JOBS; i++) {
		assert_true(last[order[i] % CASES] < order[i]);
		last[order[i] % CASES] = order[i];
	}
	end(&f);
}

/* Others are tried in vain before it all the time. */
static void test_only_its_own_case_keeps_one_back(void **state)
{
	struct fixture f;
	struct backend_ops ops;

	begin(&f, &ops);
	fixture_wait(atomic_load(&written) > 0);
	usleep(2500000); /* more than a pass */
	assert_int_equal(atomic_load(&written), 1);
	assert_int_equal(order[0], SMALL);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_few_tries_while_full),
	    cmocka_unit_test(test_all_come_in_order),
	    cmocka_unit_test(test_only_its_own_case_keeps_one_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
