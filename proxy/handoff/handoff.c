/*
 * handoff - see handoff.h. While it lasts: customer's message (delivery),
 * replies sent (marks, return). How it begins is in request.c.
 *
 * Both must come true sooner or later (again.h). What a reply's customer has
 * had is remembered meanwhile, so that it is not shown twice.
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
	free(w->delivery.destination);
	free(w->delivery.key);
	free(w->delivery.event);
	if (w->delivery.body)
		OPENSSL_cleanse(w->delivery.body, w->delivery.len);
	free(w->delivery.body);
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
	w->again.about = w->lock.handoff;
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
	pthread_mutex_unlock(&service->lock);
	if (w->delivery.body || w->returned)
		outbox_wake(service->outbox);
}

static void work_done(struct store_job *job, int err)
{
	struct work *w = (struct work *)job;

	if (!err)
		work_written(w);
	else if (!w->answered)
		log_line(LOG_ERROR, w->lock.handoff,
		    "cannot be stored: %s; trying again", store_err_text(err));
	answer(w, !err && w->returned ? HANDOFF_GIVES_BACK : err);
	if (!err) {
		work_free(w);
		return;
	}
	again_later(w->service->again, &w->again);
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

/* ---- the customer writes on ---- */

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
	 * Durable, or on a full disk it would wait for room: it needs none. */
	f->job.durable = true;
	f->service = service;
	f->answer = *answer_to;
	conversation_locked_as(lease, &f->lock);
	store_submit(service->store, &f->job);
}

/* As if another process had given it back: recorded first, then in force. */
static int give_back(struct store_tx *tx, const struct work *w)
{
	int err = returned_record(tx, w->lock.handoff, w->now_us);

	return err ? err
		   : store_tell(tx,
			 &(struct store_change){.kind = STORE_CHANGE_RETURNED,
			     .family = w->family,
			     .conversation = w->id,
			     .handoff = w->lock.handoff});
}

static int sent_run(struct store_tx *tx, struct store_job *job)
{
	struct work *w = (struct work *)job;
	struct store_delivered marks = {
	    w->lock.handoff, w->ids, w->n_ids, w->now_us};
	int err = store_replies_delivered(tx, &marks, &w->returned);

	if (!err && w->returned)
		err = give_back(tx, w);
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
    size_t n, const struct handoff_done *done)
{
	struct work *w = work_new(service, lease, done);

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
