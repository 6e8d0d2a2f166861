/*
 * request - a handoff begins: lock, record, owed delivery and audit record in
 * one transaction.
 *
 *   whole --written--> done
 *     | full disk
 *   bare  --written--> amend --written--> done
 *     | not even that: the caller is told, later again from whole
 *
 * A record with a long conversation may need more room than a full disk has
 * kept back, and without the row the lock would not outlive the process. So a
 * bare one without the texts takes its place; they are added once there is
 * room, unless they were erased meanwhile.
 */
#include "proxy/handoff/erased.h"
#include "proxy/handoff/handoff_service.h"
#include "proxy/handoff/outbox.h"
#include "proxy/handoff/packet.h"
#include "proxy/store/store_log.h"
#include "proxy/store/store_outbox.h"
#include "proxy/store/store_pauses.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

struct records { /* the same handoff as JSON */
	struct buf whole, bare;
};

struct asking {
	struct again_job again;
	struct handoffs *service;
	char *family, *id;
	struct conversation_lock lock;
	struct handoff_done done;     /* fn NULL: it was called */
	struct store_handoff handoff; /* without its record */
	struct buf line;              /* for the audit log */
	char *recalled;               /* handoff_request; or NULL */
	struct records told;
	struct records untold; /* instead, once a try has failed */
	bool bare;             /* this try, and what was written */
};

static void wipe(struct buf *text)
{
	if (text->data)
		OPENSSL_cleanse(text->data, text->len);
	buf_clear(text);
}

static void records_clear(struct records *r)
{
	wipe(&r->whole);
	wipe(&r->bare);
}

static void asking_free(struct asking *a)
{
	free(a->family);
	free(a->id);
	store_handoff_clear(&a->handoff);
	buf_clear(&a->line);
	free(a->recalled);
	records_clear(&a->told);
	records_clear(&a->untold);
	free(a);
}

static bool has_destination(const struct store_handoff *h)
{
	return strcmp(h->destination, HANDOFF_DESK) != 0;
}

/* Owe an event to whom the handoff goes. */
static int put_event(struct store_tx *tx, const struct store_handoff *h,
    const char *event, const char *key, const struct buf *body)
{
	struct store_delivery d = {.family = h->family,
	    .conversation = h->conversation,
	    .destination = h->destination,
	    .key = (char *)key,
	    .event = (char *)event,
	    .created_us = clock_now_us(),
	    .next_us = clock_now_us(),
	    .body = body->data,
	    .len = body->len};

	memcpy(d.handoff, h->id, sizeof(d.handoff));
	return store_delivery_put(tx, &d);
}

/* ---- the texts come after ---- */

static int put_amended(struct store_tx *tx, const struct store_handoff *h,
    const struct buf *record)
{
	struct packet_event event = {
	    h->id, h->family, h->conversation, clock_now_us()};
	struct buf body = {0};
	char key[PACKET_KEY_SIZE];

	if (!has_destination(h) || h->state == STORE_HANDOFF_RETURNED)
		return STORE_OK;
	packet_amended(&body, key, &event, record);
	int err = put_event(tx, h, "handoff.amended", key, &body);
	wipe(&body);
	return err;
}

static int amend_run(struct store_tx *tx, struct store_job *job)
{
	struct asking *a = (struct asking *)job;
	struct store_handoff h;
	int err = store_handoff_get(tx, a->lock.handoff, &h);

	if (!err && !h.erased) {
		a->handoff.record = a->told.whole.data;
		err = store_handoff_amend(tx, &a->handoff);
		a->handoff.record = NULL;
		err = err ? err : put_amended(tx, &h, &a->told.whole);
	}
	store_handoff_clear(&h);
	return err;
}

static void amend_done(struct store_job *job, int err)
{
	struct asking *a = (struct asking *)job;

	if (again_is_of_use(err)) {
		again_later(a->service->again, &a->again);
		return;
	}
	if (err)
		log_line(LOG_ERROR, a->lock.handoff,
		    "its texts cannot be stored: %s", store_err_text(err));
	else
		outbox_wake(a->service->outbox);
	asking_free(a);
}

static void amend_lost(struct again_job *job)
{
	struct asking *a = (struct asking *)job;

	log_line(LOG_ERROR, a->lock.handoff,
	    "the texts of its record could not be stored before the end");
	asking_free(a);
}

/* Not durable: the space kept back is for locks. */
static void amend_later(struct asking *a)
{
	log_line(LOG_ERROR, a->lock.handoff,
	    "the disk is full: stored without its texts; they follow once "
	    "there is room");
	a->again.job = (struct store_job){
	    .run = amend_run, .done = amend_done, .bytes = a->told.whole.len};
	a->again.lost = amend_lost;
	again_later(a->service->again, &a->again);
}

/* ---- lock, record, delivery ---- */

static int put_record(struct store_tx *tx, const struct asking *a)
{
	if (!a->line.len)
		return STORE_OK;
	return store_put_pending_audit(tx,
	    &(struct store_audit){.type = (char *)"handoff.requested",
		.time_us = a->handoff.requested_us,
		.handoff = (char *)a->handoff.id,
		.line = a->line.data});
}

static int put_requested(struct store_tx *tx, const struct store_handoff *h,
    const struct buf *record)
{
	struct buf body = {0};
	char key[PACKET_KEY_SIZE];

	if (!has_destination(h))
		return STORE_OK;
	packet_requested(&body, key, h->id, record);
	int err = put_event(tx, h, "handoff.requested", key, &body);
	wipe(&body);
	return err;
}

static int put_handoff(
    struct store_tx *tx, const struct asking *a, const struct buf *record)
{
	struct store_handoff h = a->handoff;

	h.record = record->data;
	if (a->bare)
		h.seq = 0; /* it holds no message: all there are come after */
	int err = store_handoff_put(tx, &h);
	return err ? err : put_requested(tx, &h, record);
}

/* Its words waited for room in memory, where no erasure reaches them. */
static int put_erased(struct store_tx *tx, const struct asking *a)
{
	static char none[] = "";
	struct asking left = *a;
	struct buf record = {0};

	left.handoff.words = none;
	erased_record(&record, &left.handoff);
	int err = put_handoff(tx, &left, &record);
	buf_clear(&record);
	return err;
}

/* At the first try they have just been put together. */
static int was_erased(struct store_tx *tx, const struct asking *a, bool *erased)
{
	struct store_conversation row;

	if (a->untold.whole.len)
		return STORE_OK;
	int err = store_conversation_get(tx, a->family, a->id, &row);

	*erased = !err && row.erased_us >= a->handoff.requested_us;
	if (!err)
		store_conversation_clear(&row);
	return err;
}

static int asking_run(struct store_tx *tx, struct store_job *job)
{
	struct asking *a = (struct asking *)job;
	bool erased = false;
	int err = store_conversation_lock(
	    tx, a->family, a->id, a->lock.epoch, a->lock.handoff);

	if (!err)
		err = was_erased(tx, a, &erased);
	if (!err && erased)
		err = put_erased(tx, a);
	else if (!err)
		err = put_handoff(
		    tx, a, a->bare ? &a->told.bare : &a->told.whole);
	if (!err && a->recalled)
		err = store_recalled_settle(tx, a->recalled);
	return err ? err : put_record(tx, a);
}

static void answer(struct asking *a, int err)
{
	if (a->done.fn)
		a->done.fn(a->done.arg, a->done.ticket, err);
	a->done.fn = NULL;
}

static void asking_written(struct asking *a)
{
	struct handoffs *service = a->service;

	pthread_mutex_lock(&service->lock);
	service->metrics.saved_total++;
	service->metrics.unsaved--;
	pthread_mutex_unlock(&service->lock);
	conversation_lock_saved(
	    service->conversations, a->family, a->id, a->lock.epoch);
	if (has_destination(&a->handoff))
		outbox_wake(service->outbox);
	answer(a, STORE_OK);
	if (a->bare)
		amend_later(a);
	else
		asking_free(a);
}

/* Whoever hears of the failure refuses the customer. */
static void asking_failed(struct asking *a, int err)
{
	conversation_lock_unsaved(
	    a->service->conversations, a->family, a->id, a->lock.epoch);
	if (a->untold.whole.len) {
		log_line(LOG_ERROR, a->lock.handoff,
		    "cannot be stored: %s; trying again", store_err_text(err));
		records_clear(&a->told);
		a->told = a->untold;
		a->untold = (struct records){0};
	}
	answer(a, err);
	a->bare = false;
	again_later(a->service->again, &a->again);
}

static void asking_done(struct store_job *job, int err)
{
	struct asking *a = (struct asking *)job;

	if (!err) {
		asking_written(a);
	} else if (err == STORE_FULL && !a->bare) {
		a->bare = true;
		store_submit(a->service->store, &a->again.job);
	} else {
		asking_failed(a, err);
	}
}

static void asking_lost(struct again_job *job)
{
	struct asking *a = (struct asking *)job;

	log_line(LOG_ERROR, a->lock.handoff,
	    "could not be stored before the end (%s/%s): it is in force again "
	    "at the next start if the audit log has its decision, without its "
	    "texts",
	    a->family, a->id);
	asking_free(a);
}

/* ---- what is asked ---- */

static const char *or_else(const char *s, const char *otherwise)
{
	return s ? s : otherwise;
}

static void fill_handoff(struct asking *a, const struct handoff_request *r,
    const struct conversation_view *view)
{
	struct store_handoff *h = &a->handoff;

	memcpy(h->id, a->lock.handoff, sizeof(h->id));
	h->family = mem_strdup(a->family);
	h->conversation = mem_strdup(a->id);
	h->epoch = a->lock.epoch;
	h->state = STORE_HANDOFF_REQUESTED;
	h->queue = mem_strdup(or_else(r->queue, HANDOFF_DESK));
	h->priority = mem_strdup(or_else(r->priority, "normal"));
	h->destination = mem_strdup(or_else(r->destination, HANDOFF_DESK));
	h->reason = mem_strdup(r->rule ? r->rule->id : or_else(r->cause, ""));
	h->words = mem_strdup(packet_reason(r));
	h->severity =
	    mem_strdup(r->rule ? guard_severity_name(r->rule->severity) : "");
	h->requested_us = r->time_us;
	h->ai_may_speak_again = r->ai_may_speak_again;
	if (view->n_turns)
		h->seq = view->turns[view->n_turns - 1].seq;
}

static void write_records(
    struct records *out, struct packet_source *source, bool untold)
{
	struct handoff_request r = *source->request;
	struct packet_source same = *source;

	same.request = &r;
	r.untold = untold;
	packet_write(&out->whole, &same);
	r.bare = true;
	packet_write(&out->bare, &same);
}

static void fill(struct asking *a, struct conversation_lease *lease,
    const struct handoff_request *r)
{
	struct conversation_view *view = conversation_view(lease);
	struct handoff_request left = *r;
	struct packet_source source = {&left, view, &a->lock, a->family, a->id};

	if (conversation_was_erased(lease, r->time_us)) {
		left.customer = left.open_tasks = NULL;
		left.n_withheld = left.n_facts = 0;
	}
	fill_handoff(a, r, view);
	write_records(&a->told, &source, false);
	write_records(&a->untold, &source, true);
	a->again.job.bytes = 2 * a->told.whole.len;
	conversation_view_free(view);
}

void handoff_request(struct handoffs *service, struct conversation_lease *lease,
    const struct handoff_request *request, const struct handoff_done *done,
    struct conversation_lock *out)
{
	struct asking *a = mem_zero(sizeof(*a));

	a->again.job = (struct store_job){
	    .run = asking_run, .done = asking_done, .durable = true};
	a->again.lost = asking_lost;
	a->again.about = a->lock.handoff;
	a->service = service;
	a->family = mem_strdup(conversation_family(lease));
	a->id = mem_strdup(conversation_id(lease));
	if (done)
		a->done = *done;
	if (request->recalled)
		a->recalled = mem_strdup(request->recalled);
	conversation_lock(lease, &a->lock);
	if (out)
		*out = a->lock;
	if (request->record)
		request->record(request->record_arg, &a->lock, &a->line);
	fill(a, lease, request);
	pthread_mutex_lock(&service->lock);
	service->metrics.requested_total++;
	service->metrics.unsaved++;
	pthread_mutex_unlock(&service->lock);
	conversation_flush(lease); /* the person's record is not ahead of it */
	store_submit(service->store, &a->again.job);
}
