/* raise - see raise.h: row and deliveries in one transaction. Whether it is
 * still upwards is looked at in every try. */
#include "proxy/handoff/raise.h"

#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/handoff/handoff_service.h"
#include "proxy/handoff/outbox.h"
#include "proxy/handoff/packet.h"
#include "proxy/store/store_outbox.h"

#include <stdlib.h>
#include <string.h>

struct raising {
	struct again_job again;
	struct handoffs *service;
	struct handoff_raise what;  /* its strings are owned below */
	struct handoff_raised done; /* fn NULL: it was called */
	struct guard_rule_info rule;
	char *queue, *priority, *destination;
	char *rule_id, *title, *why;
	char handoff[STORE_HANDOFF_ID_SIZE];
	bool raised;
};

static int priority_rank(const char *priority)
{
	static const char *const words[] = {"low", "normal", "high", "urgent"};

	for (int i = 0; i < 4; i++)
		if (strcmp(priority, words[i]) == 0)
			return i;
	return 1;
}

/* Of a handoff that no rule asked for: -1. */
static int severity_rank(const char *severity)
{
	for (int i = GUARD_SEVERITY_LOW; i <= GUARD_SEVERITY_CRITICAL; i++)
		if (strcmp(severity,
			guard_severity_name((enum guard_severity)i)) == 0)
			return i;
	return -1;
}

bool handoff_is_raised_by(
    const struct store_handoff *h, const struct handoff_raise *r)
{
	int before = priority_rank(h->priority);
	int now = priority_rank(r->priority);

	if (now != before)
		return now > before;
	return strcmp(r->priority, "urgent") == 0 &&
	    strcmp(h->queue, r->queue) != 0 &&
	    (int)r->rule->severity > severity_rank(h->severity);
}

static int put_event(struct store_tx *tx, const struct raising *r,
    const struct store_handoff *h, const char *destination)
{
	struct packet_event event = {
	    h->id, h->family, h->conversation, r->what.time_us};
	struct buf body = {0};
	char key[PACKET_KEY_SIZE];

	if (strcmp(destination, HANDOFF_DESK) == 0)
		return STORE_OK;
	packet_raised(&body, key, &event, &r->what, h->record);
	struct store_delivery d = {.family = h->family,
	    .conversation = h->conversation,
	    .destination = (char *)destination,
	    .key = key,
	    .event = (char *)"handoff.raised",
	    .created_us = r->what.time_us,
	    .next_us = r->what.time_us,
	    .body = body.data,
	    .len = body.len};
	memcpy(d.handoff, h->id, sizeof(d.handoff));
	int err = store_delivery_put(tx, &d);
	buf_clear(&body);
	return err;
}

static int write_raise(
    struct store_tx *tx, const struct raising *r, const struct store_handoff *h)
{
	const struct store_handoff now = {.queue = r->queue,
	    .priority = r->priority,
	    .destination = r->destination,
	    .reason = r->rule_id,
	    .words = r->why ? r->why : r->title,
	    .severity = (char *)guard_severity_name(r->rule.severity)};
	int err = store_handoff_raise(tx, h->id, &now);

	if (!err)
		err = put_event(tx, r, h, h->destination);
	if (!err && strcmp(h->destination, r->destination) != 0)
		err = put_event(tx, r, h, r->destination);
	return err;
}

static int raising_run(struct store_tx *tx, struct store_job *job)
{
	struct raising *r = (struct raising *)job;
	struct store_handoff h;
	int err = store_handoff_get(tx, r->handoff, &h);

	if (err)
		return err;
	r->raised = h.state != STORE_HANDOFF_RETURNED &&
	    handoff_is_raised_by(&h, &r->what);
	if (r->raised)
		err = write_raise(tx, r, &h);
	store_handoff_clear(&h);
	return err;
}

static void raising_free(struct raising *r)
{
	free(r->queue);
	free(r->priority);
	free(r->destination);
	free(r->rule_id);
	free(r->title);
	free(r->why);
	free(r);
}

static void say_not_raised(const struct raising *r, const char *why)
{
	log_line(LOG_ERROR, r->handoff, "cannot be raised to %s, queue %s: %s",
	    r->priority, r->queue, why);
}

static void raising_done(struct store_job *job, int err)
{
	struct raising *r = (struct raising *)job;

	if (err && r->done.fn)
		say_not_raised(r, store_err_text(err));
	if (!err && r->raised)
		log_line(LOG_WARN, r->handoff, "raised to %s, queue %s",
		    r->priority, r->queue);
	if (r->done.fn)
		r->done.fn(r->done.arg, r->done.ticket, err ? err : r->raised);
	r->done.fn = NULL;
	if (!err && r->raised)
		outbox_wake(r->service->outbox);
	if (again_is_of_use(err))
		again_later(r->service->again, &r->again);
	else
		raising_free(r);
}

static void raising_lost(struct again_job *job)
{
	struct raising *r = (struct raising *)job;

	say_not_raised(r, "the store could not write it before the end: LOST");
	raising_free(r);
}

static char *copy(const char *s)
{
	return s ? mem_strdup(s) : NULL;
}

void handoff_raise(struct handoffs *service, struct conversation_lease *lease,
    const struct handoff_raise *what, const struct handoff_raised *done)
{
	struct raising *r = mem_zero(sizeof(*r));
	struct conversation_lock lock;

	conversation_locked_as(lease, &lock);
	memcpy(r->handoff, lock.handoff, sizeof(r->handoff));
	r->again.job = (struct store_job){
	    .run = raising_run, .done = raising_done, .durable = true};
	r->again.lost = raising_lost;
	r->again.about = r->handoff;
	r->service = service;
	r->done = *done;
	r->what = *what;
	r->rule = (struct guard_rule_info){.severity = what->rule->severity};
	r->what.rule = &r->rule;
	r->rule.id = r->rule_id = mem_strdup(what->rule->id);
	r->rule.title = r->title = copy(what->rule->title);
	r->rule.why = r->why = copy(what->rule->why);
	r->what.queue = r->queue =
	    mem_strdup(what->queue ? what->queue : HANDOFF_DESK);
	r->what.priority = r->priority =
	    mem_strdup(what->priority ? what->priority : "normal");
	r->what.destination = r->destination =
	    mem_strdup(what->destination ? what->destination : HANDOFF_DESK);
	store_submit(service->store, &r->again.job);
}
