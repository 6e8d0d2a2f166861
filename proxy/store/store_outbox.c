/*
 * store_outbox - rows of owed deliveries. The body is sealed under the
 * conversation's key, so an erasure reaches what has not been sent as well.
 */
#include "proxy/store/store_outbox.h"

#include "proxy/base/mem.h"
#include "proxy/store/query.h"
#include "proxy/store/vault.h"

#include <stdlib.h>
#include <string.h>

const char *store_outbox_state_name(enum store_outbox_state state)
{
	switch (state) {
	case STORE_OUTBOX_PENDING:
		return "pending";
	case STORE_OUTBOX_SENT:
		return "sent";
	case STORE_OUTBOX_DEAD:
		return "dead";
	case STORE_OUTBOX_DROPPED:
		return "dropped";
	}
	return "unknown";
}

static void delivery_clear(struct store_delivery *d)
{
	free(d->family);
	free(d->conversation);
	free(d->destination);
	free(d->key);
	free(d->event);
	free(d->error);
	free(d->body);
	*d = (struct store_delivery){0};
}

void store_deliveries_free(struct store_delivery *deliveries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		delivery_clear(&deliveries[i]);
	free(deliveries);
}

bool store_delivery_is_lost(const struct store_delivery *d)
{
	return d->state == STORE_OUTBOX_PENDING && d->error &&
	    strcmp(d->error, STORE_OUTBOX_NOBODY) == 0;
}

static int insert_delivery(struct store_tx *tx, const struct store_delivery *d,
    int64_t gen, const struct buf *sealed)
{
	struct query q;

	query_start(&q, tx,
	    "INSERT INTO outbox(handoff, family, conversation, destination,"
	    " key, event, state, created_us, next_us, gen, body)"
	    " VALUES($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10)"
	    " ON CONFLICT(destination, key) DO NOTHING");
	query_text(&q, d->handoff);
	query_text(&q, d->family);
	query_text(&q, d->conversation);
	query_text(&q, d->destination);
	query_text(&q, d->key);
	query_text(&q, d->event);
	query_int(&q, d->created_us);
	query_int(&q, d->next_us);
	query_int(&q, gen);
	query_blob(&q, sealed->data, sealed->len);
	return query_run(&q);
}

/* Failed was the destination, not the handoff. */
static int forget_failure(struct store_tx *tx, const char *handoff)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE handoffs SET state = 0 WHERE state = 3"
	    " AND ($1 IS NULL OR id = $1)");
	query_text(&q, handoff);
	return query_run(&q);
}

/* There is something new to tell: what was given up goes before it. */
static int revive(struct store_tx *tx, const struct store_delivery *d)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE outbox SET state = 0, tries = 0, next_us = $1"
	    " WHERE handoff = $2 AND destination = $3 AND state = 2");
	query_int(&q, d->next_us);
	query_text(&q, d->handoff);
	query_text(&q, d->destination);
	int err = query_run_one(&q);
	if (err)
		return err == STORE_NOT_FOUND ? STORE_OK : err;
	return forget_failure(tx, d->handoff);
}

int store_delivery_put(struct store_tx *tx, const struct store_delivery *d)
{
	char *class = mem_printf("outbox/%s", d->key);
	struct store_sealed place = {d->family, d->conversation, class, 0, 0};
	struct buf sealed = {0};
	int err = store_seal(tx, &place, d->body, d->len, &sealed);

	if (!err)
		err = insert_delivery(tx, d, place.gen, &sealed);
	if (!err && tx->ops->changed(tx->backend) > 0)
		err = revive(tx, d);
	buf_clear(&sealed);
	free(class);
	return err;
}

#define DELIVERY_COLUMNS                                                       \
	"SELECT o.id, o.handoff, o.family, o.conversation, o.destination,"     \
	" o.key, o.event, o.state, o.tries, o.created_us, o.next_us,"          \
	" o.done_us, o.error, o.begun_us, o.trying FROM outbox o "
/* No older event of the same handoff is owed to the same destination; one that
 * was given up is. */
#define IS_FIRST                                                               \
	" NOT EXISTS(SELECT 1 FROM outbox p WHERE p.state IN (0, 2)"           \
	" AND p.handoff = o.handoff AND p.destination = o.destination"         \
	" AND p.id < o.id) "
/* What it tells is not on record yet. */
#define IS_UNRECORDED                                                          \
	" EXISTS(SELECT 1 FROM audit_pending a WHERE a.handoff = o.handoff) "

static void read_delivery(struct query *q, struct store_delivery *d)
{
	*d = (struct store_delivery){.id = query_get_int(q, 0)};
	query_get_fixed(q, 1, d->handoff, sizeof(d->handoff));
	d->family = query_get_text(q, 2);
	d->conversation = query_get_text(q, 3);
	d->destination = query_get_text(q, 4);
	d->key = query_get_text(q, 5);
	d->event = query_get_text(q, 6);
	d->state = (enum store_outbox_state)query_get_int(q, 7);
	d->tries = (unsigned)query_get_int(q, 8);
	d->created_us = query_get_int(q, 9);
	d->next_us = query_get_int(q, 10);
	d->done_us = query_get_int(q, 11);
	d->error = query_is_null(q, 12) ? NULL : query_get_text(q, 12);
	d->begun_us = query_get_int(q, 13);
	d->trying = query_get_int(q, 14) != 0;
}

/* q: its gen and body. */
static int open_body(
    struct store_tx *tx, struct query *q, struct store_delivery *d)
{
	char *class = mem_printf("outbox/%s", d->key);
	struct store_sealed place = {
	    d->family, d->conversation, class, 0, query_get_int(q, 0)};
	struct buf plain = {0};
	size_t n;
	const void *sealed = query_get_blob(q, 1, &n);
	int err = store_unseal(tx, &place, sealed, n, &plain);

	free(d->body);
	d->body = NULL;
	d->len = 0;

	if (!err) {
		d->len = plain.len;
		d->body = buf_steal(&plain);
	}
	d->erased = err == STORE_ERASED;
	buf_clear(&plain);
	free(class);
	return d->erased ? STORE_OK : err;
}

/* Every row of q; 0, or the error with nothing in out. */
static int read_all(struct query *q, struct store_delivery **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	while (query_step(q)) {
		*out = mem_realloc_array(*out, *n + 1, sizeof(**out));
		read_delivery(q, &(*out)[*n]);
		(*n)++;
	}
	int err = query_end(q);
	if (err) {
		store_deliveries_free(*out, *n);
		*out = NULL;
		*n = 0;
	}
	return err;
}

static int next_due(
    struct store_tx *tx, const struct store_due *due, int64_t *next_us)
{
	struct query q;

	*next_us = INT64_MAX;
	query_start(&q, tx,
	    "SELECT MIN(o.next_us) FROM outbox o WHERE o.state = 0"
	    " AND o.next_us > $1 AND o.destination = $2 AND" IS_FIRST);
	query_int(&q, due->now_us);
	query_text(&q, due->destination);
	if (query_step(&q) && !query_is_null(&q, 0))
		*next_us = query_get_int(&q, 0);
	int err = query_end(&q);
	if (err)
		return err;
	query_start(&q, tx,
	    "SELECT 1 FROM outbox o WHERE o.state = 0 AND o.next_us <= $1"
	    " AND o.destination = $2 AND" IS_UNRECORDED "LIMIT 1");
	query_int(&q, due->now_us);
	query_text(&q, due->destination);
	if (query_step(&q))
		*next_us = due->now_us + STORE_TICK_MS * 1000;
	return query_end(&q);
}

int store_deliveries_due(struct store_tx *tx, struct store_due due,
    struct store_delivery **out, size_t *n, int64_t *next_us)
{
	struct query q;

	query_start(&q, tx,
	    DELIVERY_COLUMNS
	    "LEFT JOIN handoffs h ON h.id = o.handoff"
	    " WHERE o.state = 0 AND o.next_us <= $1 AND o.destination = $2"
	    " AND" IS_FIRST "AND NOT" IS_UNRECORDED
	    "ORDER BY CASE h.priority WHEN 'urgent' THEN 0 WHEN 'high' THEN 1"
	    " WHEN 'low' THEN 3 ELSE 2 END, o.next_us, o.id LIMIT $3");
	query_int(&q, due.now_us);
	query_text(&q, due.destination);
	query_int(&q, (int64_t)due.max);
	int err = read_all(&q, out, n);
	return err ? err : next_due(tx, &due, next_us);
}

int store_outbox_owed_to(
    struct store_tx *tx, void (*fn)(void *arg, const char *name), void *arg)
{
	struct query q;

	query_start(
	    &q, tx, "SELECT DISTINCT destination FROM outbox WHERE state = 0");
	while (query_step(&q)) {
		char *name = query_get_text(&q, 0);
		fn(arg, name);
		free(name);
	}
	return query_end(&q);
}

static int read_body(struct store_tx *tx, struct store_delivery *d)
{
	struct query q;

	query_start(
	    &q, tx, "SELECT gen, body FROM outbox WHERE id = $1 AND state = 0");
	query_int(&q, d->id);
	int err = query_step(&q) ? open_body(tx, &q, d) : STORE_NOT_FOUND;
	int ended = query_end(&q);
	return ended ? ended : err;
}

int store_delivery_begin(
    struct store_tx *tx, struct store_delivery *d, int64_t now_us)
{
	struct query q;
	int err = read_body(tx, d);

	if (err || d->erased)
		return err;
	d->begun_us = now_us;
	d->trying = true;
	query_start(&q, tx,
	    "UPDATE outbox SET begun_us = $1, trying = 1 WHERE id = $2");
	query_int(&q, now_us);
	query_int(&q, d->id);
	return query_run_one(&q);
}

int store_delivery_tried(struct store_tx *tx, const struct store_delivery *d)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE outbox SET state = $1, tries = $2, next_us = $3,"
	    " done_us = $4, error = $5, trying = 0,"
	    " body = CASE WHEN $1 = 1 THEN NULL ELSE body END"
	    " WHERE id = $6");
	query_int(&q, d->state);
	query_int(&q, d->tries);
	query_int(&q, d->next_us);
	query_int(&q, d->done_us);
	query_text(&q, d->error);
	query_int(&q, d->id);
	return query_run_one(&q);
}

int store_deliveries_list(struct store_tx *tx, const char *handoff,
    struct store_delivery **out, size_t *n)
{
	struct query q;

	if (handoff) {
		query_start(&q, tx,
		    DELIVERY_COLUMNS "WHERE o.handoff = $1 ORDER BY o.id");
		query_text(&q, handoff);
	} else {
		query_start(&q, tx,
		    DELIVERY_COLUMNS "WHERE o.state IN (0, 2) ORDER BY o.id");
	}
	return read_all(&q, out, n);
}

#define IS_HANDED_OUT                                                          \
	" AND o.begun_us > 0"                                                  \
	" ORDER BY o.destination, o.handoff, o.id"

int store_deliveries_handed_out(struct store_tx *tx,
    const struct store_whose *whose, struct store_delivery **out, size_t *n)
{
	char index[VAULT_INDEX_SIZE];
	struct query q;

	if (whose->customer) {
		vault_index(tx->vault, "customer", whose->customer,
		    strlen(whose->customer), index);
		query_start(&q, tx,
		    DELIVERY_COLUMNS
		    "JOIN conversations c ON c.family = o.family"
		    " AND c.id = o.conversation"
		    " WHERE c.customer = $1" IS_HANDED_OUT);
		query_text(&q, index);
	} else {
		query_start(&q, tx,
		    DELIVERY_COLUMNS "WHERE o.family = $1 AND"
				     " o.conversation = $2" IS_HANDED_OUT);
		query_text(&q, whose->family);
		query_text(&q, whose->conversation);
	}
	return read_all(&q, out, n);
}

static int count_owed(struct store_tx *tx, const char *handoff, size_t *n)
{
	struct query q;

	*n = 0;
	query_start(&q, tx,
	    "SELECT COUNT(*) FROM outbox WHERE state IN (0, 2)"
	    " AND ($1 IS NULL OR handoff = $1)");
	query_text(&q, handoff);
	if (query_step(&q))
		*n = (size_t)query_get_int(&q, 0);
	return query_end(&q);
}

int store_deliveries_retry(
    struct store_tx *tx, const char *handoff, int64_t now_us, size_t *n)
{
	struct query q;
	int err = count_owed(tx, handoff, n);

	if (err)
		return err;
	query_start(&q, tx,
	    "UPDATE outbox SET state = 0, tries = 0, next_us = $1"
	    " WHERE state IN (0, 2) AND ($2 IS NULL OR handoff = $2)");
	query_int(&q, now_us);
	query_text(&q, handoff);
	err = query_run(&q);
	return err ? err : forget_failure(tx, handoff);
}

int store_deliveries_drop(
    struct store_tx *tx, const char *handoff, int64_t now_us, size_t *n)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE outbox SET state = 3, done_us = $1, body = NULL"
	    " WHERE handoff = $2 AND (state = 2"
	    " OR (state = 0 AND error = $3))");
	query_int(&q, now_us);
	query_text(&q, handoff);
	query_text(&q, STORE_OUTBOX_NOBODY);
	int err = query_run(&q);
	*n = err ? 0 : (size_t)tx->ops->changed(tx->backend);
	return err;
}

int store_outbox_count(struct store_tx *tx, struct store_outbox_counts *out)
{
	struct query q;

	*out = (struct store_outbox_counts){0};
	query_start(&q, tx,
	    "SELECT (SELECT COUNT(*) FROM outbox WHERE state = 0),"
	    " (SELECT COUNT(*) FROM outbox WHERE state = 2),"
	    " (SELECT COUNT(*) FROM outbox WHERE state = 0 AND error = $1)");
	query_text(&q, STORE_OUTBOX_NOBODY);
	if (query_step(&q)) {
		out->pending = (size_t)query_get_int(&q, 0);
		out->dead = (size_t)query_get_int(&q, 1);
		out->nobody = (size_t)query_get_int(&q, 2);
	}
	return query_end(&q);
}
