/*
 * returned - see returned.h. Nothing here holds message text but the note,
 * which goes to the destination sealed like every other event.
 */
#include "proxy/handoff/returned.h"

#include "proxy/handoff/packet.h"
#include "proxy/store/store_outbox.h"
#include "proxy/store/store_pauses.h"

#include <string.h>

int returned_audit(struct store_tx *tx, const struct store_handoff *h,
    const struct returned_what *what)
{
	return store_put_pending_audit(tx,
	    &(struct store_audit){.time_us = what->now_us,
		.type = (char *)what->type,
		.action = (char *)what->action,
		.actor = (char *)what->actor,
		.detail = (char *)what->detail,
		.family = h->family,
		.conversation = h->conversation,
		.handoff = (char *)h->id,
		.queue = h->queue,
		.priority = h->priority,
		.destination = h->destination});
}

static int put_event(
    struct store_tx *tx, const struct store_handoff *h, int64_t now_us)
{
	struct packet_event event = {h->id, h->family, h->conversation, now_us};
	struct buf body = {0};
	char key[PACKET_KEY_SIZE];

	packet_returned(&body, key, &event, h->note);
	struct store_delivery d = {.family = h->family,
	    .conversation = h->conversation,
	    .destination = h->destination,
	    .key = key,
	    .event = (char *)"handoff.returned",
	    .created_us = now_us,
	    .next_us = now_us,
	    .body = body.data,
	    .len = body.len};
	memcpy(d.handoff, h->id, sizeof(d.handoff));
	int err = store_delivery_put(tx, &d);
	buf_clear(&body);
	return err;
}

int returned_record(struct store_tx *tx, const char *handoff, int64_t now_us)
{
	struct store_handoff h;
	int err = store_handoff_get(tx, handoff, &h);

	if (err)
		return err;
	if (strcmp(h.destination, HANDOFF_DESK) != 0)
		err = put_event(tx, &h, now_us);
	if (!err)
		err = returned_audit(tx, &h,
		    &(struct returned_what){.type = "handoff.returned",
			.actor = h.returned_by[0] ? h.returned_by : NULL,
			.now_us = now_us});
	store_handoff_clear(&h);
	return err;
}
