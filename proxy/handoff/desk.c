/*
 * desk - see desk.h. Every write also tells a running proxy (store_tell), so
 * that it notices within two ticks.
 */
#include "proxy/handoff/desk.h"

#include "proxy/base/clock.h"
#include "proxy/handoff/returned.h"
#include "proxy/handoff/unstored.h"
#include "proxy/store/store_pauses.h"
#include "proxy/store/store_transcript.h"

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

	int err = store_handoffs_list(tx, list->all, list->out, list->n);
	if (!err)
		err = unstored_list(tx, list->out, list->n);
	if (err) {
		store_handoffs_free(*list->out, *list->n);
		*list->out = NULL;
		*list->n = 0;
	}
	return err;
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

/* One id that begins as typed: the full one, into out. */
static int complete(
    struct store_tx *tx, const char *typed, struct desk_outcome *out)
{
	char ids[2][STORE_HANDOFF_ID_SIZE];
	size_t n;
	int err = store_handoff_find(tx, typed, 2, ids, &n);

	if (err)
		return err;
	if (n == 0 || !typed[0])
		return STORE_NOT_FOUND;
	memcpy(out->id, ids[0], STORE_HANDOFF_ID_SIZE);
	if (n == 1 || strcmp(ids[0], typed) == 0)
		return STORE_OK;
	memcpy(out->other, ids[1], STORE_HANDOFF_ID_SIZE);
	return STORE_CONFLICT;
}

/* The handoff that is meant, to be cleared by the caller in any case. */
static int meant(struct store_tx *tx, const char *typed,
    struct desk_outcome *out, struct store_handoff *h)
{
	*out = (struct desk_outcome){0};
	*h = (struct store_handoff){0};
	int err = complete(tx, typed, out);
	if (!err)
		err = store_handoff_get(tx, out->id, h);
	out->state = h->state;
	out->returned_us = h->returned_us;
	return err;
}

struct action {
	const char *typed;
	const char *by, *text; /* reply or note */
	struct desk_case *out;
	struct desk_outcome *outcome;
};

static int show_run(struct store_tx *tx, void *arg)
{
	struct action *a = arg;
	struct desk_case *c = a->out;

	desk_case_clear(c);
	int err = meant(tx, a->typed, a->outcome, &c->handoff);
	const char *id = a->outcome->id;
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

int desk_show(struct store *store, const char *id, struct desk_case *out,
    struct desk_outcome *outcome)
{
	struct action a = {.typed = id, .out = out, .outcome = outcome};

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
	    &(struct store_change){.kind = kind,
		.family = h->family,
		.conversation = h->conversation,
		.handoff = h->id});
}

static int give_back_by_reply(
    struct store_tx *tx, struct action *a, const struct store_handoff *h)
{
	int err =
	    a->by ? store_handoff_set_returned_by(tx, h->id, a->by) : STORE_OK;

	return err ? err
		   : store_handoff_return(
			 tx, h->id, clock_now_us(), &a->outcome->later);
}

static int reply_run(struct store_tx *tx, void *arg)
{
	struct action *a = arg;
	int64_t now_us = clock_now_us();
	struct store_handoff h;
	int err = meant(tx, a->typed, a->outcome, &h);

	if (!err)
		err = store_reply_put(tx, h.id, a->by, a->text, now_us);
	if (!err && !h.accepted_us)
		err = returned_audit(tx, &h,
		    &(struct returned_what){.type = "handoff.accepted",
			.actor = a->by,
			.now_us = now_us});
	/* The reply waits, so the conversation is not back before it is told.
	 */
	if (!err && h.ai_may_speak_again)
		err = give_back_by_reply(tx, a, &h);
	if (!err)
		err = tell(tx, STORE_CHANGE_REPLY, &h);
	store_handoff_clear(&h);
	return err;
}

int desk_reply(struct store *store, const char *id, const char *by,
    const char *text, struct desk_outcome *outcome)
{
	struct action a = {
	    .typed = id, .by = by, .text = text, .outcome = outcome};

	return store_call(store, false, reply_run, &a);
}

static int return_write(
    struct store_tx *tx, struct action *a, const struct store_handoff *h)
{
	int64_t now_us = clock_now_us();
	int err = a->text ? store_handoff_note(tx, h->id, a->text) : STORE_OK;

	if (!err && a->by)
		err = store_handoff_set_returned_by(tx, h->id, a->by);
	if (!err)
		err =
		    store_handoff_return(tx, h->id, now_us, &a->outcome->later);
	if (!err)
		err = returned_audit(tx, h,
		    &(struct returned_what){.type = "operator.action",
			.action = "handoff.return",
			.actor = a->by,
			.now_us = now_us});
	if (err || a->outcome->later)
		return err;
	err = returned_record(tx, h->id, now_us);
	if (!err)
		err = tell(tx, STORE_CHANGE_RETURNED, h);
	return err ? err : tell(tx, STORE_CHANGE_OUTBOX, h);
}

static int return_run(struct store_tx *tx, void *arg)
{
	struct action *a = arg;
	struct store_handoff h;
	int err = meant(tx, a->typed, a->outcome, &h);

	if (!err)
		err = return_write(tx, a, &h);
	store_handoff_clear(&h);
	return err;
}

int desk_return(struct store *store, const char *id, const char *by,
    const char *note, struct desk_outcome *outcome)
{
	struct action a = {
	    .typed = id, .by = by, .text = note, .outcome = outcome};

	return store_call(store, false, return_run, &a);
}

/* On record, and the outbox looks. */
static int outbox_changed(struct store_tx *tx, const struct action *a,
    const char *action, struct store_handoff *h)
{
	int err = store_put_pending_audit(tx,
	    &(struct store_audit){.time_us = clock_now_us(),
		.type = (char *)"operator.action",
		.action = (char *)action,
		.actor = (char *)a->by,
		.family = h->family,
		.conversation = h->conversation,
		.handoff = h->id[0] ? h->id : NULL});

	return err ? err
		   : store_tell(tx,
			 &(struct store_change){.kind = STORE_CHANGE_OUTBOX,
			     .family = "",
			     .conversation = "",
			     .handoff = ""});
}

static int retry_run(struct store_tx *tx, void *arg)
{
	struct action *a = arg;
	struct store_handoff h = {0};
	int err = STORE_OK;

	*a->outcome = (struct desk_outcome){0};
	if (a->typed)
		err = meant(tx, a->typed, a->outcome, &h);
	if (!err)
		err = store_deliveries_retry(tx, a->typed ? h.id : NULL,
		    clock_now_us(), &a->outcome->deliveries);
	if (!err && a->outcome->deliveries)
		err = outbox_changed(tx, a, "handoff.retry", &h);
	store_handoff_clear(&h);
	return err;
}

int desk_retry(struct store *store, const char *id, const char *by,
    struct desk_outcome *outcome)
{
	struct action a = {.typed = id, .by = by, .outcome = outcome};

	return store_call(store, false, retry_run, &a);
}

static int drop_run(struct store_tx *tx, void *arg)
{
	struct action *a = arg;
	struct store_handoff h;
	int err = meant(tx, a->typed, a->outcome, &h);

	if (!err)
		err = store_deliveries_drop(
		    tx, h.id, clock_now_us(), &a->outcome->deliveries);
	if (!err && a->outcome->deliveries)
		err = outbox_changed(tx, a, "handoff.drop", &h);
	store_handoff_clear(&h);
	return err;
}

int desk_drop(struct store *store, const char *id, const char *by,
    struct desk_outcome *outcome)
{
	struct action a = {.typed = id, .by = by, .outcome = outcome};

	return store_call(store, false, drop_run, &a);
}
