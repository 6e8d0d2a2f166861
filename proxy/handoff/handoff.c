/*
 * handoff - see handoff.h. Three jobs: request (lock, packet, delivery, audit
 * record), customer's message (delivery), replies sent (marks, return).
 *
 * All of them must come true sooner or later: when the store cannot write they
 * are kept and repeated every second, for as long as the process lives. What a
 * reply's customer has had is remembered meanwhile, so that it is not shown
 * twice.
 */
#include "proxy/handoff/handoff.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/handoff/handoff_service.h"
#include "proxy/handoff/outbox.h"
#include "proxy/handoff/packet.h"
#include "proxy/handoff/returned.h"
#include "proxy/store/store_outbox.h"
#include "proxy/store/store_pauses.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

struct work { /* what the jobs have in common */
	struct again_job again;
	struct handoffs *service;
	char *family, *id;
	struct conversation_lock lock;
	struct handoff_done done;
	bool answered; /* done was called */
	/* by kind, unused ones are zero */
	struct store_handoff handoff;
	struct buf untold; /* the record, should the first try fail */
	struct buf line;   /* for the audit log */
	struct store_delivery delivery;
	int64_t *ids; /* replies */
	size_t n_ids;
	int64_t now_us;
	bool returned;
};

static void work_free(struct work *w)
{
	free(w->family);
	free(w->id);
	store_handoff_clear(&w->handoff);
	free(w->delivery.destination);
	free(w->delivery.key);
	free(w->delivery.event);
	if (w->delivery.body)
		OPENSSL_cleanse(w->delivery.body, w->delivery.len);
	free(w->delivery.body);
	buf_clear(&w->untold);
	buf_clear(&w->line);
	free(w->ids);
	free(w);
}

static void work_done(struct store_job *job, int err);
static void work_lost(struct again_job *);

static struct work *work_new(struct handoffs *service,
    struct conversation_lease *lease, const struct handoff_done *done)
{
	struct work *w = mem_zero(sizeof(*w));

	w->again.job.done = work_done;
	w->again.job.durable = true;
	w->again.lost = work_lost;
	w->service = service;
	w->family = mem_strdup(conversation_family(lease));
	w->id = mem_strdup(conversation_id(lease));
	if (done)
		w->done = *done;
	w->answered = !done || !done->fn;
	return w;
}

static void answer(struct work *w, int err)
{
	if (!w->answered)
		w->done.fn(w->done.arg, w->done.ticket, err);
	w->answered = true;
}

static void forget_sent(struct handoffs *service, const struct work *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < service->n_sent; i++) {
		bool mine = false;

		for (size_t k = 0; k < w->n_ids; k++)
			mine = mine || service->sent[i] == w->ids[k];
		if (!mine)
			service->sent[kept++] = service->sent[i];
	}
	service->n_sent = kept;
}

static void work_written(struct work *w)
{
	struct handoffs *service = w->service;

	pthread_mutex_lock(&service->lock);
	forget_sent(service, w);
	if (w->handoff.record) {
		service->metrics.saved_total++;
		service->metrics.unsaved--;
	}
	pthread_mutex_unlock(&service->lock);
	if (w->handoff.record)
		conversation_lock_saved(
		    service->conversations, w->family, w->id, w->lock.epoch);
	if (w->returned)
		conversation_unlock(
		    service->conversations, w->family, w->id, w->lock.handoff);
	if (w->delivery.body || w->returned)
		outbox_wake(service->outbox);
}

/* Whoever hears of the failure refuses the customer. */
static void request_failed(struct work *w)
{
	struct store_delivery *d = &w->delivery;
	struct buf body = {0};
	char key[PACKET_KEY_SIZE];

	if (!w->handoff.record)
		return;
	conversation_lock_unsaved(
	    w->service->conversations, w->family, w->id, w->lock.epoch);
	if (w->answered || !w->untold.len)
		return;
	if (d->body) {
		packet_requested(&body, key, w->lock.handoff, &w->untold);
		free(d->body);
		d->len = body.len;
		d->body = buf_steal(&body);
	}
	free(w->handoff.record);
	w->handoff.record = buf_steal(&w->untold);
}

static void work_done(struct store_job *job, int err)
{
	struct work *w = (struct work *)job;
	struct handoffs *service = w->service;

	if (!err)
		work_written(w);
	else
		request_failed(w);
	if (err && !w->answered)
		log_line(LOG_ERROR, w->lock.handoff,
		    "cannot be stored: %s; trying again", store_err_text(err));
	answer(w, err);
	if (!err) {
		work_free(w);
		return;
	}
	again_later(service->again, &w->again);
}

static void work_lost(struct again_job *job)
{
	struct work *w = (struct work *)job;

	log_line(LOG_ERROR, w->lock.handoff,
	    "could not be stored before the end: LOST (%s/%s)", w->family,
	    w->id);
	work_free(w);
}

struct handoffs *handoffs_new(struct store *store,
    struct conversations *conversations, struct outbox *outbox)
{
	struct handoffs *service = mem_zero(sizeof(*service));

	service->store = store;
	service->conversations = conversations;
	service->outbox = outbox;
	pthread_mutex_init(&service->lock, NULL);
	service->again = again_new(store);
	return service;
}

void handoffs_free(struct handoffs *service)
{
	if (!service)
		return;
	again_free(service->again);
	free(service->sent);
	pthread_mutex_destroy(&service->lock);
	free(service);
}

void handoffs_metrics(struct handoffs *service, struct handoffs_metrics *out)
{
	pthread_mutex_lock(&service->lock);
	*out = service->metrics;
	pthread_mutex_unlock(&service->lock);
}

/* ---- request ---- */

static int put_record(struct store_tx *tx, const struct work *w)
{
	if (!w->line.len)
		return STORE_OK;
	return store_put_pending_audit(tx,
	    &(struct store_audit){.type = (char *)"handoff.requested",
		.time_us = w->handoff.requested_us,
		.handoff = (char *)w->handoff.id,
		.line = w->line.data});
}

static int request_run(struct store_tx *tx, struct store_job *job)
{
	struct work *w = (struct work *)job;
	int err = store_conversation_lock(
	    tx, w->family, w->id, w->lock.epoch, w->lock.handoff);

	if (!err)
		err = store_handoff_put(tx, &w->handoff);
	if (!err && w->delivery.body)
		err = store_delivery_put(tx, &w->delivery);
	return err ? err : put_record(tx, w);
}

static const char *or_else(const char *s, const char *otherwise)
{
	return s ? s : otherwise;
}

static void fill_handoff(struct work *w, const struct handoff_request *r,
    const struct conversation_view *view)
{
	struct store_handoff *h = &w->handoff;

	memcpy(h->id, w->lock.handoff, sizeof(h->id));
	h->family = mem_strdup(w->family);
	h->conversation = mem_strdup(w->id);
	h->epoch = w->lock.epoch;
	h->state = STORE_HANDOFF_REQUESTED;
	h->queue = mem_strdup(or_else(r->queue, HANDOFF_DESK));
	h->priority = mem_strdup(or_else(r->priority, "normal"));
	h->destination = mem_strdup(or_else(r->destination, HANDOFF_DESK));
	h->reason = mem_strdup(r->rule ? r->rule->id : or_else(r->cause, ""));
	h->words = mem_strdup(packet_reason(r));
	h->severity =
	    mem_strdup(r->rule ? guard_severity_name(r->rule->severity) : "");
	h->requested_us = r->time_us;
	if (view->n_turns)
		h->seq = view->turns[view->n_turns - 1].seq;
}

/* Takes ownership of body. */
static void fill_delivery(struct work *w, const char *destination,
    const char *event, const char *key, struct buf *body)
{
	struct store_delivery *d = &w->delivery;

	memcpy(d->handoff, w->lock.handoff, sizeof(d->handoff));
	d->family = w->family; /* borrowed from the work */
	d->conversation = w->id;
	d->destination = mem_strdup(destination);
	d->key = mem_strdup(key);
	d->event = mem_strdup(event);
	d->created_us = d->next_us = clock_now_us();
	d->len = body->len;
	d->body = buf_steal(body);
	w->again.job.bytes += d->len;
}

static void fill_request(struct work *w, struct conversation_lease *lease,
    const struct handoff_request *r)
{
	struct conversation_view *view = conversation_view(lease);
	struct handoff_request left = *r;
	struct packet_source source = {&left, view, &w->lock, w->family, w->id};
	struct buf record = {0}, body = {0};
	char key[PACKET_KEY_SIZE];

	if (conversation_was_erased(lease, r->time_us)) {
		left.customer = left.open_tasks = NULL;
		left.n_withheld = left.n_facts = 0;
	}
	fill_handoff(w, r, view);
	packet_write(&record, &source);
	left.untold = true;
	packet_write(&w->untold, &source);
	if (strcmp(w->handoff.destination, HANDOFF_DESK) != 0) {
		packet_requested(&body, key, w->lock.handoff, &record);
		fill_delivery(
		    w, w->handoff.destination, "handoff.requested", key, &body);
	}
	w->again.job.bytes += record.len;
	w->handoff.record = buf_steal(&record);
	conversation_view_free(view);
}

void handoff_request(struct handoffs *service, struct conversation_lease *lease,
    const struct handoff_request *request, const struct handoff_done *done,
    struct conversation_lock *out)
{
	struct work *w = work_new(service, lease, done);

	conversation_lock(lease, &w->lock);
	if (out)
		*out = w->lock;
	w->again.job.run = request_run;
	if (request->record)
		request->record(request->record_arg, &w->lock, &w->line);
	fill_request(w, lease, request);
	pthread_mutex_lock(&service->lock);
	service->metrics.requested_total++;
	service->metrics.unsaved++;
	pthread_mutex_unlock(&service->lock);
	conversation_flush(lease); /* the person's record is not ahead of it */
	store_submit(service->store, &w->again.job);
}

/* ---- the customer writes on ---- */

static int says_run(struct store_tx *tx, struct store_job *job)
{
	struct work *w = (struct work *)job;
	struct store_handoff h;
	int err = store_handoff_get(tx, w->lock.handoff, &h);

	if (err)
		return err;
	free(w->delivery.destination);
	w->delivery.destination = mem_strdup(h.destination);
	if (strcmp(h.destination, HANDOFF_DESK) != 0)
		err = store_delivery_put(tx, &w->delivery);
	store_handoff_clear(&h);
	return err;
}

void handoff_customer_says(struct handoffs *service,
    struct conversation_lease *lease,
    const struct conversation_message *message, const struct handoff_done *done)
{
	struct work *w = work_new(service, lease, done);
	struct packet_event event = {
	    w->lock.handoff, w->family, w->id, message->time_us};
	struct store_message m = {.speaker = message->speaker,
	    .status = message->status,
	    .kind = message->kind,
	    .time_us = message->time_us,
	    .text = (char *)message->text,
	    .len = message->len};
	struct buf body = {0};
	char key[PACKET_KEY_SIZE];

	conversation_locked_as(lease, &w->lock);
	m.seq = conversation_add(lease, message);
	packet_customer(&body, key, &event, &m);
	fill_delivery(w, HANDOFF_DESK, "message.customer", key, &body);
	w->again.job.run = says_run;
	conversation_flush(lease);
	store_submit(service->store, &w->again.job);
}

/* ---- the person answers ---- */

struct fetch {
	struct store_job job;
	struct handoffs *service;
	struct conversation_lock lock;
	struct handoff_replies answer;
	struct store_reply *replies;
	size_t n;
};

static int fetch_run(struct store_tx *tx, struct store_job *job)
{
	struct fetch *f = (struct fetch *)job;

	store_replies_free(f->replies, f->n); /* of a run before */
	return store_replies_get(tx, f->lock.handoff, true, &f->replies, &f->n);
}

static bool was_sent(const struct handoffs *service, int64_t id)
{
	for (size_t i = 0; i < service->n_sent; i++)
		if (service->sent[i] == id)
			return true;
	return false;
}

static void fetch_done(struct store_job *job, int err)
{
	struct fetch *f = (struct fetch *)job;
	size_t kept = 0;

	pthread_mutex_lock(&f->service->lock);
	for (size_t i = 0; i < f->n; i++) {
		struct store_reply reply = f->replies[i];

		if (was_sent(f->service, reply.id)) {
			free(reply.by);
			free(reply.text);
		} else {
			f->replies[kept++] = reply;
		}
	}
	pthread_mutex_unlock(&f->service->lock);
	f->answer.fn(f->answer.arg, f->answer.ticket, err, f->replies, kept);
	free(f);
}

void handoff_fetch_replies(struct handoffs *service,
    struct conversation_lease *lease, const struct handoff_replies *answer_to)
{
	struct fetch *f = mem_zero(sizeof(*f));

	f->job.run = fetch_run;
	f->job.done = fetch_done;
	/* In line with the writes: the marks of the last response come first.
	 */
	f->service = service;
	f->answer = *answer_to;
	conversation_locked_as(lease, &f->lock);
	store_submit(service->store, &f->job);
}

static int sent_run(struct store_tx *tx, struct store_job *job)
{
	struct work *w = (struct work *)job;
	struct store_delivered marks = {
	    w->lock.handoff, w->ids, w->n_ids, w->now_us};
	int err = store_replies_delivered(tx, &marks, &w->returned);

	if (!err && w->returned)
		err = returned_record(tx, w->lock.handoff, w->now_us);
	return err;
}

static void remember_sent(struct handoffs *service, const struct work *w)
{
	pthread_mutex_lock(&service->lock);
	service->sent = mem_realloc_array(service->sent,
	    service->n_sent + w->n_ids + 1, sizeof(*service->sent));
	for (size_t i = 0; i < w->n_ids; i++)
		service->sent[service->n_sent++] = w->ids[i];
	pthread_mutex_unlock(&service->lock);
}

void handoff_replies_sent(struct handoffs *service,
    struct conversation_lease *lease, const struct store_reply *replies,
    size_t n)
{
	struct work *w = work_new(service, lease, NULL);

	conversation_locked_as(lease, &w->lock);
	w->now_us = clock_now_us();
	w->ids = mem_array(n + 1, sizeof(*w->ids));
	for (size_t i = 0; i < n; i++) {
		struct conversation_message m = {.speaker = STORE_HUMAN,
		    .status = STORE_DELIVERED,
		    .time_us = w->now_us,
		    .text = replies[i].text,
		    .len = replies[i].len};

		w->ids[w->n_ids++] = replies[i].id;
		if (replies[i].text)
			conversation_add(lease, &m);
	}
	remember_sent(service, w);
	w->again.job.run = sent_run;
	conversation_flush(lease); /* shown means kept */
	store_submit(service->store, &w->again.job);
}
