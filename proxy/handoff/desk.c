/*
 * desk - see desk.h. Every write also tells a running proxy (store_tell), so
 * that it notices within two ticks.
 */
#include "proxy/handoff/desk.h"

#include "proxy/base/clock.h"
#include "proxy/handoff/returned.h"
#include "proxy/store/store_pauses.h"

#include <string.h>

#define MAX_LATER 1000 /* messages after the record's */

void desk_case_clear(struct desk_case *c)
{
	store_handoff_clear(&c->handoff);
	store_messages_free(c->later, c->n_later);
	store_replies_free(c->replies, c->n_replies);
	store_deliveries_free(c->deliveries, c->n_deliveries);
	*c = (struct desk_case){0};
}

struct list {
	bool all;
	struct store_handoff **out;
	size_t *n;
};

static int list_run(struct store_tx *tx, void *arg)
{
	struct list *list = arg;

	return store_handoffs_list(tx, list->all, list->out, list->n);
}

int desk_list(
    struct store *store, bool all, struct store_handoff **out, size_t *n)
{
	struct list list = {all, out, n};

	return store_call(store, true, list_run, &list);
}

struct owed {
	struct store_delivery **out;
	size_t *n;
};

static int owed_run(struct store_tx *tx, void *arg)
{
	struct owed *owed = arg;

	return store_deliveries_list(tx, NULL, owed->out, owed->n);
}

int desk_owed(struct store *store, struct store_delivery **out, size_t *n)
{
	struct owed owed = {out, n};

	return store_call(store, true, owed_run, &owed);
}

/* One id that begins as typed: the full one, into id. */
static int complete(struct store_tx *tx, const char *typed, char *id)
{
	char ids[2][STORE_HANDOFF_ID_SIZE];
	size_t n;
	int err = store_handoff_find(tx, typed, 2, ids, &n);

	if (err)
		return err;
	if (n == 0 || !typed[0])
		return STORE_NOT_FOUND;
	if (n > 1 && strcmp(ids[0], typed) != 0)
		return STORE_CONFLICT;
	memcpy(id, ids[0], STORE_HANDOFF_ID_SIZE);
	return STORE_OK;
}

struct action {
	const char *typed;
	const char *by, *text; /* reply or note */
	struct desk_case *out;
	bool later;
};

static int show_run(struct store_tx *tx, void *arg)
{
	struct action *a = arg;
	struct desk_case *c = a->out;
	char id[STORE_HANDOFF_ID_SIZE];

	desk_case_clear(c);
	int err = complete(tx, a->typed, id);
	if (!err)
		err = store_handoff_get(tx, id, &c->handoff);
	if (!err) {
		struct store_range range = {c->handoff.seq, MAX_LATER};

		err = store_messages_get(tx, c->handoff.family,
		    c->handoff.conversation, range, &c->later, &c->n_later);
	}
	if (!err)
		err = store_replies_get(
		    tx, id, false, &c->replies, &c->n_replies);
	if (!err)
		err = store_deliveries_list(
		    tx, id, &c->deliveries, &c->n_deliveries);
	return err;
}

int desk_show(struct store *store, const char *id, struct desk_case *out)
{
	struct action a = {.typed = id, .out = out};

	*out = (struct desk_case){0};
	int err = store_call(store, true, show_run, &a);
	if (err)
		desk_case_clear(out);
	return err;
}

static int tell(struct store_tx *tx, enum store_change_kind kind,
    const struct store_handoff *h)
{
	return store_tell(tx,
	    &(struct store_change){kind, h->family, h->conversation, h->id});
}

static int reply_run(struct store_tx *tx, void *arg)
{
	struct action *a = arg;
	int64_t now_us = clock_now_us();
	char id[STORE_HANDOFF_ID_SIZE];
	struct store_handoff h = {0};
	int err = complete(tx, a->typed, id);

	if (!err)
		err = store_handoff_get(tx, id, &h);
	if (!err)
		err = store_reply_put(tx, id, a->by, a->text, now_us);
	if (!err && !h.accepted_us)
		err = returned_audit(tx, &h,
		    &(struct returned_what){.type = "handoff.accepted",
			.actor = a->by,
			.now_us = now_us});
	if (!err)
		err = tell(tx, STORE_CHANGE_REPLY, &h);
	store_handoff_clear(&h);
	return err;
}

int desk_reply(
    struct store *store, const char *id, const char *by, const char *text)
{
	struct action a = {.typed = id, .by = by, .text = text};

	return store_call(store, false, reply_run, &a);
}

static int return_write(
    struct store_tx *tx, struct action *a, const struct store_handoff *h)
{
	int64_t now_us = clock_now_us();
	int err = a->text ? store_handoff_note(tx, h->id, a->text) : STORE_OK;

	if (!err)
		err = store_handoff_return(tx, h->id, now_us, &a->later);
	if (!err)
		err = returned_audit(tx, h,
		    &(struct returned_what){.type = "operator.action",
			.action = "handoff.return",
			.actor = a->by,
			.now_us = now_us});
	if (err || a->later)
		return err;
	err = returned_record(tx, h->id, now_us);
	if (!err)
		err = tell(tx, STORE_CHANGE_RETURNED, h);
	return err ? err : tell(tx, STORE_CHANGE_OUTBOX, h);
}

static int return_run(struct store_tx *tx, void *arg)
{
	struct action *a = arg;
	char id[STORE_HANDOFF_ID_SIZE];
	struct store_handoff h = {0};
	int err = complete(tx, a->typed, id);

	if (!err)
		err = store_handoff_get(tx, id, &h);
	if (!err)
		err = return_write(tx, a, &h);
	store_handoff_clear(&h);
	return err;
}

int desk_return(struct store *store, const char *id, const char *by,
    const char *note, bool *later)
{
	struct action a = {.typed = id, .by = by, .text = note};
	int err = store_call(store, false, return_run, &a);

	*later = a.later;
	return err;
}
