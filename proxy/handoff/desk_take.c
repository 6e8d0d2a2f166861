/*
 * desk_take - a person takes a conversation from the AI without having been
 * asked: lock, record and audit in one transaction, as when a rule asks.
 */
#include "proxy/handoff/desk.h"

#include "proxy/base/clock.h"
#include "proxy/base/mem.h"
#include "proxy/handoff/handoff.h"
#include "proxy/handoff/packet.h"
#include "proxy/handoff/returned.h"
#include "proxy/store/store_pauses.h"
#include "proxy/store/store_transcript.h"

#include <stdlib.h>
#include <string.h>

#define MAX_TURNS 200 /* of the transcript */

struct taking {
	const struct desk_take *what;
	const struct vault *vault;
	struct desk_outcome *outcome;
	int64_t now_us;
	struct store_conversation row;
	struct store_message *turns;
	size_t n_turns;
	bool bare; /* without the transcript: the disk is full */
};

static void forget(struct taking *t)
{
	store_conversation_clear(&t->row);
	store_messages_free(t->turns, t->n_turns);
	t->turns = NULL;
	t->n_turns = 0;
}

static int find(struct store_tx *tx, struct taking *t)
{
	const struct desk_take *what = t->what;
	struct store_range range = {0, MAX_TURNS};

	forget(t); /* of a run before */
	int err = store_conversation_get(
	    tx, what->family, what->conversation, &t->row);

	if (!err && t->row.locked) {
		memcpy(t->outcome->id, t->row.handoff, sizeof(t->outcome->id));
		return STORE_CONFLICT;
	}
	if (!err)
		err = store_messages_get(tx, what->family, what->conversation,
		    range, &t->turns, &t->n_turns);
	return err;
}

static void write_record(
    const struct taking *t, struct store_handoff *h, struct buf *record)
{
	struct conversation_view view = {.turns = t->turns,
	    .n_turns = t->n_turns,
	    .truncated = t->n_turns && t->turns[0].seq > 1};
	struct handoff_request request = {
	    .time_us = t->now_us,
	    .channel = h->family,
	    .cause = "taken",
	    .words = t->what->reason,
	    .bare = t->bare,
	};
	struct conversation_lock lock = {.epoch = h->epoch};
	struct packet_source source = {
	    &request, &view, &lock, h->family, h->conversation};

	memcpy(lock.handoff, h->id, sizeof(lock.handoff));
	packet_write(record, &source);
	h->record = record->data;
}

static int put(struct store_tx *tx, struct taking *t, struct store_handoff *h)
{
	struct buf record = {0};
	int err = store_conversation_lock(
	    tx, h->family, h->conversation, h->epoch, h->id);

	write_record(t, h, &record);
	if (!err)
		err = store_handoff_put(tx, h);
	if (!err)
		err = store_handoff_accept(tx, h->id, t->now_us);
	buf_clear(&record);
	return err;
}

static int audit(
    struct store_tx *tx, const struct taking *t, const struct store_handoff *h)
{
	static const struct {
		const char *type, *action;
	} records[] = {{"operator.action", "handoff.take"},
	    {"handoff.requested", NULL}, {"handoff.accepted", NULL}};
	int err = STORE_OK;

	for (size_t i = 0; i < sizeof(records) / sizeof(*records) && !err; i++)
		err = returned_audit(tx, h,
		    &(struct returned_what){.type = records[i].type,
			.action = records[i].action,
			.actor = t->what->by,
			.detail = i == 0 ? t->what->reason : NULL,
			.now_us = t->now_us});
	return err;
}

static int take_run(struct store_tx *tx, void *arg)
{
	struct taking *t = arg;
	static char desk[] = HANDOFF_DESK, normal[] = "normal",
		    taken[] = "taken", none[] = "";
	int err = find(tx, t);

	if (err)
		return err;
	struct store_handoff h = {.family = (char *)t->what->family,
	    .conversation = (char *)t->what->conversation,
	    .epoch = t->row.epoch + 1,
	    .state = STORE_HANDOFF_REQUESTED,
	    .queue = desk,
	    .priority = normal,
	    .destination = desk,
	    .reason = taken,
	    .words = (char *)t->what->reason,
	    .severity = none,
	    .requested_us = t->now_us,
	    .seq = t->n_turns && !t->bare ? t->turns[t->n_turns - 1].seq : 0};
	store_handoff_name(t->vault, &h);
	memcpy(t->outcome->id, h.id, sizeof(t->outcome->id));
	err = put(tx, t, &h);
	if (!err)
		err = audit(tx, t, &h);
	return err ? err
		   : store_tell(tx,
			 &(struct store_change){.kind = STORE_CHANGE_LOCKED,
			     .family = h.family,
			     .conversation = h.conversation,
			     .handoff = h.id});
}

int desk_take(struct store *store, const struct desk_take *what,
    struct desk_outcome *outcome)
{
	struct taking t = {.what = what,
	    .vault = store_vault(store),
	    .outcome = outcome,
	    .now_us = clock_now_us()};

	*outcome = (struct desk_outcome){0};
	int err = store_call(store, false, take_run, &t);
	t.bare = err == STORE_FULL;
	if (t.bare)
		err = store_call(store, false, take_run, &t);
	forget(&t);
	return err;
}
