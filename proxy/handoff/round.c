/*
 * round - see round.h.
 *
 *   due rows -> row: trying -> deliver (one try each)
 *     -> row: sent | next try | dead
 *
 * That a try begins is on disk before it does, so that an erasure names whom
 * it cannot reach; what came of it only after it has ended, so a crash in
 * between repeats the try with the same key. Rows of one handoff to one
 * destination go in order: a later event waits until the earlier one is sent,
 * or dropped by a person. One that was given up is tried again when there is a
 * later one.
 */
#include "proxy/handoff/round.h"

#include "proxy/base/clock.h"
#include "proxy/base/id.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/handoff/erased.h"
#include "proxy/store/store_handoffs.h"
#include "proxy/store/store_pauses.h"

#include <stdlib.h>
#include <string.h>

#define STORE_WAIT_US CLOCK_SECOND_US /* after a store error */

struct round {
	const struct round_of *of_what;
	struct store_delivery *rows;
	size_t n;
	int64_t next_us; /* when the next row is due */
	bool store_failed;
	struct deliver_try tries[DELIVER_MAX];
	struct store_delivery *of[DELIVER_MAX]; /* row of a try */
	bool settled[DELIVER_MAX]; /* meanwhile, by somebody else */
	size_t n_tries;
};

static int round_due(struct store_tx *tx, void *arg)
{
	struct round *round = arg;
	struct store_due due = {
	    round->of_what->name, clock_now_us(), DELIVER_MAX};

	return store_deliveries_due(
	    tx, due, &round->rows, &round->n, &round->next_us);
}

static int put_failed(struct store_tx *tx, const struct store_delivery *row)
{
	return store_put_pending_audit(tx,
	    &(struct store_audit){.time_us = row->done_us,
		.type = (char *)"handoff.failed",
		.family = row->family,
		.conversation = row->conversation,
		.handoff = (char *)row->handoff,
		.destination = row->destination,
		.detail = row->error});
}

static int row_tried(struct store_tx *tx, void *arg)
{
	const struct store_delivery *row = arg;
	int err = store_delivery_tried(tx, row);

	if (err || row->state != STORE_OUTBOX_DEAD ||
	    strcmp(row->event, "handoff.requested") != 0)
		return err;
	err = store_handoff_fail(tx, row->handoff);
	return err ? err : put_failed(tx, row);
}

/* What the receiver asks for counts up to the operator's longest wait: one
 * wrong answer is not to keep a customer's case back for a day. */
static int64_t backoff_us(
    const struct outbox_destination *to, unsigned tries, int64_t after_s)
{
	int64_t longest_us = (int64_t)to->max_wait_ms * 1000;
	uint64_t wait_ms = to->base_ms;
	uint32_t random;

	for (unsigned i = 1; i < tries && wait_ms < to->max_wait_ms; i++)
		wait_ms *= 2;
	if (wait_ms > to->max_wait_ms)
		wait_ms = to->max_wait_ms;
	/* Half of it is jitter, so that many do not come back at once. */
	id_random(&random, sizeof(random));
	wait_ms = wait_ms / 2 + random % (wait_ms / 2 + 1);
	int64_t wait_us = (int64_t)wait_ms * 1000;
	int64_t after_us = after_s * CLOCK_SECOND_US;
	if (after_us > longest_us)
		after_us = longest_us;
	return wait_us > after_us ? wait_us : after_us;
}

/* The outcome of a try, onto the row. */
static void settle(struct store_delivery *row, const struct deliver_try *try)
{
	int64_t now_us = clock_now_us();

	row->tries++;
	free(row->error);
	row->error = try->sent ? NULL : mem_strdup(try->error);
	if (try->sent) {
		row->state = STORE_OUTBOX_SENT;
		row->done_us = now_us;
	} else if (row->tries >= try->to->max_tries) {
		row->state = STORE_OUTBOX_DEAD;
		row->done_us = now_us;
	} else {
		row->next_us = now_us +
		    backoff_us(try->to, row->tries, try->retry_after_s);
	}
}

static void say(const struct store_delivery *row)
{
	switch (row->state) {
	case STORE_OUTBOX_SENT:
		log_line(LOG_INFO, row->handoff, "%s delivered to %s",
		    row->event, row->destination);
		return;
	case STORE_OUTBOX_PENDING:
		log_line(LOG_WARN, row->handoff,
		    "%s not delivered to %s (try %u): %s", row->event,
		    row->destination, row->tries, row->error);
		return;
	case STORE_OUTBOX_DEAD:
		log_line(LOG_ERROR, row->handoff,
		    "%s GIVEN UP for %s after %u tries: %s", row->event,
		    row->destination, row->tries, row->error);
		return;
	case STORE_OUTBOX_DROPPED:
		return;
	}
}

/* The row must be written, or a delivered event would be sent again and
 * again; until it is, nothing else is. */
static void save(struct round *round, struct store_delivery *row)
{
	const struct round_of *what = round->of_what;

	say(row);
	int err = store_call(what->store, false, row_tried, row);
	what->count(what->arg, row->state);
	if (err) {
		round->store_failed = true;
		log_line(LOG_ERROR, "outbox", "cannot write down a try: %s",
		    store_err_text(err));
	}
}

static void on_tried(void *arg, struct deliver_try *try)
{
	struct round *round = arg;
	struct store_delivery *row = round->of[try - round->tries];

	settle(row, try);
	save(round, row);
}

/* It waits until there is one. */
static void postpone(struct round *round, struct store_delivery *row)
{
	if (destinations_lose(row))
		say(row);
	if (store_call(round->of_what->store, false, row_tried, row))
		round->store_failed = true;
}

struct found {
	const char *id;
	struct store_handoff handoff;
};

static int find_handoff(struct store_tx *tx, void *arg)
{
	struct found *f = arg;
	int err = store_handoff_get(tx, f->id, &f->handoff);

	return err == STORE_NOT_FOUND ? STORE_OK : err;
}

/* Its text is gone: what it is about is told all the same. */
static bool replace_erased(struct round *round, struct store_delivery *row)
{
	struct found f = {.id = row->handoff};
	struct buf body = {0};

	if (store_call(round->of_what->store, true, find_handoff, &f)) {
		round->store_failed = true;
		return false;
	}
	erased_event(&body, row, &f.handoff);
	store_handoff_clear(&f.handoff);
	row->len = body.len;
	row->body = buf_steal(&body);
	return true;
}

/* Those that have a destination; the rest waits for one. */
static void round_choose(struct round *round)
{
	for (size_t i = 0; i < round->n; i++) {
		struct store_delivery *row = &round->rows[i];
		const struct outbox_destination *to = destinations_find(
		    round->of_what->destinations, row->destination);

		if (!to) {
			postpone(round, row);
			continue;
		}
		round->of[round->n_tries] = row;
		round->tries[round->n_tries++].to = to;
	}
}

/* A row that somebody has settled meanwhile has no try. */
static int begin_run(struct store_tx *tx, void *arg)
{
	struct round *round = arg;
	int64_t now_us = clock_now_us();
	int err = STORE_OK;

	for (size_t i = 0; i < round->n_tries && !err; i++) {
		struct store_delivery *row = round->of[i];

		err = store_delivery_begin(tx, row, now_us);
		round->settled[i] = err == STORE_NOT_FOUND;
		if (err == STORE_NOT_FOUND)
			err = STORE_OK;
	}
	return err;
}

/* What each try carries; those that cannot be made now are left out. */
static void round_fill(struct round *round)
{
	size_t n = 0;

	for (size_t i = 0; i < round->n_tries; i++) {
		struct store_delivery *row = round->of[i];

		if (round->settled[i] ||
		    (row->erased && !replace_erased(round, row)))
			continue;
		round->of[n] = row;
		round->tries[n++] =
		    (struct deliver_try){.to = round->tries[i].to,
			.key = row->key,
			.event = row->event,
			.body = row->body,
			.len = row->len};
	}
	round->n_tries = n;
}

static void round_prepare(struct round *round)
{
	round_choose(round);
	if (round->n_tries == 0)
		return;
	int err = store_call(round->of_what->store, false, begin_run, round);
	if (err) {
		log_line(LOG_ERROR, "outbox", "cannot write down a try: %s",
		    store_err_text(err));
		round->store_failed = true;
		round->n_tries = 0;
	}
	round_fill(round);
}

int64_t round_run(const struct round_of *what)
{
	struct round round = {.of_what = what};
	int64_t now_us = clock_now_us();
	int err = store_call(what->store, true, round_due, &round);

	if (!err) {
		round_prepare(&round);
		deliver_run(what->deliver,
		    &(struct deliver_group){round.tries, round.n_tries,
			on_tried, &round, what->stop});
	}
	store_deliveries_free(round.rows, round.n);
	if (err || round.store_failed)
		return now_us + STORE_WAIT_US;
	if (round.n > 0)
		return now_us; /* there may be more, or a next event */
	return round.next_us;
}
