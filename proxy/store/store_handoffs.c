/*
 * store_handoffs - rows of handoffs and replies. A handoff that is returning
 * still locks its conversation: what the person wrote last must reach the
 * customer before the AI may speak again.
 */
#include "proxy/store/store_handoffs.h"

#include "proxy/base/mem.h"
#include "proxy/store/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *store_handoff_state_name(enum store_handoff_state state)
{
	switch (state) {
	case STORE_HANDOFF_REQUESTED:
		return "requested";
	case STORE_HANDOFF_ACCEPTED:
		return "accepted";
	case STORE_HANDOFF_RETURNED:
		return "returned";
	case STORE_HANDOFF_FAILED:
		return "failed";
	}
	return "unknown";
}

void store_handoff_clear(struct store_handoff *h)
{
	free(h->family);
	free(h->conversation);
	free(h->queue);
	free(h->priority);
	free(h->destination);
	free(h->reason);
	free(h->words);
	free(h->severity);
	free(h->returned_by);
	free(h->record);
	free(h->note);
	*h = (struct store_handoff){0};
}

void store_handoffs_free(struct store_handoff *handoffs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		store_handoff_clear(&handoffs[i]);
	free(handoffs);
}

void store_replies_free(struct store_reply *replies, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(replies[i].by);
		free(replies[i].text);
	}
	free(replies);
}

/* ---- handoffs ---- */

void store_handoff_name(const struct vault *vault, struct store_handoff *h)
{
	char index[VAULT_INDEX_SIZE];
	char *key = mem_printf("%zu:%s%zu:%s%u", strlen(h->family), h->family,
	    strlen(h->conversation), h->conversation, h->epoch);

	vault_index(vault, "handoff", key, strlen(key), index);
	snprintf(h->id, sizeof(h->id), "h-%.24s", index);
	free(key);
}

/* The packet under its conversation's key, and the key's generation. */
static int seal_record(struct store_tx *tx, const struct store_handoff *h,
    struct buf *sealed, int64_t *gen)
{
	struct store_sealed place = {
	    h->family, h->conversation, "handoff", h->epoch, 0};
	int err = store_seal(tx, &place, h->record, strlen(h->record), sealed);

	*gen = place.gen;
	return err;
}

int store_handoff_put(struct store_tx *tx, const struct store_handoff *h)
{
	struct buf sealed = {0};
	int64_t gen = 0;
	struct query q;
	int err = seal_record(tx, h, &sealed, &gen);

	if (!err) {
		query_start(&q, tx,
		    "INSERT INTO handoffs(id, family, conversation, epoch,"
		    " state, queue, priority, destination, reason,"
		    " requested_us, seq, gen, record, words, severity,"
		    " ai_may_speak_again)"
		    " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
		    " $12, $13, $14, $15, $16)"
		    " ON CONFLICT(id) DO NOTHING");
		query_text(&q, h->id);
		query_text(&q, h->family);
		query_text(&q, h->conversation);
		query_int(&q, h->epoch);
		query_int(&q, h->state);
		query_text(&q, h->queue);
		query_text(&q, h->priority);
		query_text(&q, h->destination);
		query_text(&q, h->reason);
		query_int(&q, h->requested_us);
		query_int(&q, h->seq);
		query_int(&q, gen);
		query_blob(&q, sealed.data, sealed.len);
		query_text(&q, h->words ? h->words : "");
		query_text(&q, h->severity ? h->severity : "");
		query_int(&q, h->ai_may_speak_again);
		err = query_run(&q);
	}
	buf_clear(&sealed);
	return err;
}

int store_handoff_is_known(struct store_tx *tx, const char *id, bool *known)
{
	struct query q;

	query_start(&q, tx, "SELECT 1 FROM handoffs WHERE id = $1");
	query_text(&q, id);
	*known = query_step(&q);
	return query_end(&q);
}

int store_handoff_amend(struct store_tx *tx, const struct store_handoff *h)
{
	struct buf sealed = {0};
	int64_t gen = 0;
	struct query q;
	int err = seal_record(tx, h, &sealed, &gen);

	if (!err) {
		query_start(&q, tx,
		    "UPDATE handoffs SET gen = $1, record = $2, seq = $3"
		    " WHERE id = $4");
		query_int(&q, gen);
		query_blob(&q, sealed.data, sealed.len);
		query_int(&q, h->seq);
		query_text(&q, h->id);
		err = query_run_one(&q);
	}
	buf_clear(&sealed);
	return err;
}

#define HANDOFF_COLUMNS                                                        \
	"SELECT h.id, h.family, h.conversation, h.epoch, h.state,"             \
	" h.is_returning, h.queue, h.priority, h.destination, h.reason,"       \
	" h.requested_us, h.accepted_us, h.returned_us, h.seq,"                \
	" (SELECT COUNT(*) FROM replies r WHERE r.handoff = h.id"              \
	"  AND r.delivered_us = 0), h.gen, h.record, h.note_gen, h.note,"      \
	" h.words, h.severity, h.returned_by, h.ai_may_speak_again"            \
	" FROM handoffs h "

static void read_handoff(struct query *q, struct store_handoff *h)
{
	*h = (struct store_handoff){0};
	query_get_fixed(q, 0, h->id, sizeof(h->id));
	h->family = query_get_text(q, 1);
	h->conversation = query_get_text(q, 2);
	h->epoch = (uint32_t)query_get_int(q, 3);
	h->state = (enum store_handoff_state)query_get_int(q, 4);
	h->returning = query_get_int(q, 5) != 0;
	h->queue = query_get_text(q, 6);
	h->priority = query_get_text(q, 7);
	h->destination = query_get_text(q, 8);
	h->reason = query_get_text(q, 9);
	h->requested_us = query_get_int(q, 10);
	h->accepted_us = query_get_int(q, 11);
	h->returned_us = query_get_int(q, 12);
	h->seq = (uint32_t)query_get_int(q, 13);
	h->replies_waiting = (size_t)query_get_int(q, 14);
	h->words = query_get_text(q, 19);
	h->severity = query_get_text(q, 20);
	h->returned_by = query_get_text(q, 21);
	h->ai_may_speak_again = query_get_int(q, 22) != 0;
}

/* The text of two columns, generation and sealed; NULL where it is erased. */
static int open_text(struct store_tx *tx, struct query *q,
    struct store_sealed *place, int column, char **out)
{
	struct buf plain = {0};
	size_t n;
	const void *sealed = query_get_blob(q, column + 1, &n);

	place->gen = query_get_int(q, column);
	int err = store_unseal(tx, place, sealed, n, &plain);
	*out = err ? NULL : buf_steal(&plain);
	buf_clear(&plain);
	return err == STORE_ERASED ? STORE_OK : err;
}

static int open_record(
    struct store_tx *tx, struct query *q, struct store_handoff *h)
{
	struct store_sealed place = {
	    h->family, h->conversation, "handoff", h->epoch, 0};
	int err = open_text(tx, q, &place, 15, &h->record);

	h->erased = !h->record;
	place.class = "note";
	if (!err && !query_is_null(q, 18))
		err = open_text(tx, q, &place, 17, &h->note);
	return err;
}

int store_handoff_get(
    struct store_tx *tx, const char *id, struct store_handoff *out)
{
	struct query q;
	int err = STORE_NOT_FOUND, ended;

	*out = (struct store_handoff){0};
	query_start(&q, tx, HANDOFF_COLUMNS "WHERE h.id = $1");
	query_text(&q, id);
	if (query_step(&q)) {
		read_handoff(&q, out);
		err = open_record(tx, &q, out);
	}
	ended = query_end(&q);
	err = ended ? ended : err;
	if (err)
		store_handoff_clear(out);
	return err;
}

int store_handoffs_list(
    struct store_tx *tx, bool all, struct store_handoff **out, size_t *n)
{
	struct query q;

	*out = NULL;
	*n = 0;
	query_start(&q, tx,
	    HANDOFF_COLUMNS "WHERE h.state <> 2 OR $1 = 1"
			    " ORDER BY h.state = 2, h.requested_us, h.id");
	query_int(&q, all);
	while (query_step(&q)) {
		*out = mem_realloc_array(*out, *n + 1, sizeof(**out));
		read_handoff(&q, &(*out)[(*n)++]);
	}
	int err = query_end(&q);
	if (err) {
		store_handoffs_free(*out, *n);
		*out = NULL;
		*n = 0;
	}
	return err;
}

/* NOT_FOUND or CONFLICT, for an update that met no row. */
static int why_not(struct store_tx *tx, const char *id)
{
	struct query q;
	bool found;

	query_start(&q, tx, "SELECT 1 FROM handoffs WHERE id = $1");
	query_text(&q, id);
	found = query_step(&q);
	int err = query_end(&q);
	return err ? err : found ? STORE_CONFLICT : STORE_NOT_FOUND;
}

int store_handoff_accept(struct store_tx *tx, const char *id, int64_t now_us)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE handoffs SET state = 1, accepted_us ="
	    " CASE WHEN accepted_us = 0 THEN $1 ELSE accepted_us END"
	    " WHERE id = $2 AND state <> 2");
	query_int(&q, now_us);
	query_text(&q, id);
	int err = query_run_one(&q);
	return err == STORE_NOT_FOUND ? why_not(tx, id) : err;
}

int store_handoff_raise(
    struct store_tx *tx, const char *id, const struct store_handoff *now)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE handoffs SET queue = $1, priority = $2, destination = $3,"
	    " reason = $4, words = $5, severity = $6 WHERE id = $7");
	query_text(&q, now->queue);
	query_text(&q, now->priority);
	query_text(&q, now->destination);
	query_text(&q, now->reason);
	query_text(&q, now->words ? now->words : "");
	query_text(&q, now->severity);
	query_text(&q, id);
	return query_run_one(&q);
}

int store_handoff_fail(struct store_tx *tx, const char *id)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE handoffs SET state = 3 WHERE id = $1 AND state = 0");
	query_text(&q, id);
	return query_run(&q); /* a person who came first has it */
}

/* Only the lock this handoff made: a later one is another's. */
static int unlock(struct store_tx *tx, const char *id)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE conversations SET locked = 0 WHERE handoff = $1"
	    " AND EXISTS(SELECT 1 FROM handoffs h WHERE h.id = $1"
	    " AND h.family = conversations.family"
	    " AND h.conversation = conversations.id)");
	query_text(&q, id);
	return query_run(&q);
}

int store_handoff_finish(struct store_tx *tx, const char *id, int64_t now_us)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE handoffs SET state = 2, is_returning = 0, returned_us = $1"
	    " WHERE id = $2 AND state <> 2");
	query_int(&q, now_us);
	query_text(&q, id);
	int err = query_run_one(&q);
	if (err)
		return err == STORE_NOT_FOUND ? why_not(tx, id) : err;
	return unlock(tx, id);
}

static int replies_waiting(struct store_tx *tx, const char *id, int64_t *n)
{
	struct query q;

	*n = 0;
	query_start(&q, tx,
	    "SELECT COUNT(*) FROM replies"
	    " WHERE handoff = $1 AND delivered_us = 0");
	query_text(&q, id);
	if (query_step(&q))
		*n = query_get_int(&q, 0);
	return query_end(&q);
}

int store_handoff_return(
    struct store_tx *tx, const char *id, int64_t now_us, bool *later)
{
	struct query q;
	int64_t waiting;
	int err = replies_waiting(tx, id, &waiting);

	*later = waiting > 0;
	if (err)
		return err;
	if (!*later)
		return store_handoff_finish(tx, id, now_us);
	query_start(&q, tx,
	    "UPDATE handoffs SET is_returning = 1 WHERE id = $1 AND state <> "
	    "2");
	query_text(&q, id);
	err = query_run_one(&q);
	return err == STORE_NOT_FOUND ? why_not(tx, id) : err;
}

int store_handoff_set_returned_by(
    struct store_tx *tx, const char *id, const char *by)
{
	struct query q;

	query_start(
	    &q, tx, "UPDATE handoffs SET returned_by = $1 WHERE id = $2");
	query_text(&q, by);
	query_text(&q, id);
	return query_run(&q);
}

int store_handoff_note(struct store_tx *tx, const char *id, const char *note)
{
	struct store_handoff h;
	struct buf sealed = {0};
	struct query q;
	int err = store_handoff_get(tx, id, &h);

	if (err)
		return err;
	struct store_sealed place = {
	    h.family, h.conversation, "note", h.epoch, 0};
	err = store_seal(tx, &place, note, strlen(note), &sealed);
	if (!err) {
		query_start(&q, tx,
		    "UPDATE handoffs SET note_gen = $1, note = $2"
		    " WHERE id = $3");
		query_int(&q, place.gen);
		query_blob(&q, sealed.data, sealed.len);
		query_text(&q, id);
		err = query_run(&q);
	}
	buf_clear(&sealed);
	store_handoff_clear(&h);
	return err;
}

int store_handoff_find(struct store_tx *tx, const char *prefix, size_t max,
    char (*ids)[STORE_HANDOFF_ID_SIZE], size_t *n)
{
	struct query q;

	*n = 0;
	query_start(&q, tx,
	    "SELECT id FROM handoffs WHERE SUBSTR(id, 1, LENGTH($1)) = $1"
	    " ORDER BY id LIMIT $2");
	query_text(&q, prefix);
	query_int(&q, (int64_t)max);
	while (query_step(&q))
		query_get_fixed(&q, 0, ids[(*n)++], sizeof(*ids));
	return query_end(&q);
}

/* ---- replies ---- */

static int next_reply(struct store_tx *tx, int64_t *id)
{
	struct query q;

	*id = 0;
	query_start(&q, tx, "SELECT COALESCE(MAX(id), 0) + 1 FROM replies");
	if (query_step(&q))
		*id = query_get_int(&q, 0);
	return query_end(&q);
}

static int insert_reply(struct store_tx *tx, const struct store_handoff *h,
    const struct store_reply *r)
{
	struct store_sealed place = {
	    h->family, h->conversation, "reply", r->id, 0};
	struct buf sealed = {0};
	struct query q;
	int err = store_seal(tx, &place, r->text, r->len, &sealed);

	if (!err) {
		query_start(&q, tx,
		    "INSERT INTO replies(id, handoff, written_by, time_us,"
		    " gen, text) VALUES($1, $2, $3, $4, $5, $6)");
		query_int(&q, r->id);
		query_text(&q, r->handoff);
		query_text(&q, r->by);
		query_int(&q, r->time_us);
		query_int(&q, place.gen);
		query_blob(&q, sealed.data, sealed.len);
		err = query_run(&q);
	}
	buf_clear(&sealed);
	return err;
}

int store_reply_put(struct store_tx *tx, const char *handoff, const char *by,
    const char *text, int64_t now_us)
{
	struct store_handoff h;
	struct store_reply r = {.time_us = now_us,
	    .by = (char *)by,
	    .text = (char *)text,
	    .len = strlen(text)};
	int err = store_handoff_accept(tx, handoff, now_us);

	if (!err)
		err = store_handoff_get(tx, handoff, &h);
	if (err)
		return err;
	memcpy(r.handoff, h.id, sizeof(r.handoff));
	err = next_reply(tx, &r.id);
	if (!err)
		err = insert_reply(tx, &h, &r);
	store_handoff_clear(&h);
	return err;
}

static int read_reply(
    struct store_tx *tx, struct query *q, struct store_reply *r)
{
	char *family = query_get_text(q, 5);
	char *conversation = query_get_text(q, 6);
	struct store_sealed place = {family, conversation, "reply",
	    query_get_int(q, 0), query_get_int(q, 7)};
	struct buf plain = {0};
	size_t n;
	const void *sealed = query_get_blob(q, 8, &n);

	*r = (struct store_reply){.id = place.number};
	query_get_fixed(q, 1, r->handoff, sizeof(r->handoff));
	r->by = query_is_null(q, 2) ? NULL : query_get_text(q, 2);
	r->time_us = query_get_int(q, 3);
	r->delivered_us = query_get_int(q, 4);
	int err = store_unseal(tx, &place, sealed, n, &plain);
	r->erased = err == STORE_ERASED;
	if (!err) {
		r->len = plain.len;
		r->text = buf_steal(&plain);
	}
	buf_clear(&plain);
	free(family);
	free(conversation);
	return r->erased ? STORE_OK : err;
}

int store_replies_get(struct store_tx *tx, const char *handoff, bool waiting,
    struct store_reply **out, size_t *n)
{
	struct query q;
	int err = STORE_OK, ended;

	*out = NULL;
	*n = 0;
	query_start(&q, tx,
	    "SELECT r.id, r.handoff, r.written_by, r.time_us, r.delivered_us,"
	    " h.family, h.conversation, r.gen, r.text"
	    " FROM replies r JOIN handoffs h ON h.id = r.handoff"
	    " WHERE r.handoff = $1 AND ($2 = 0 OR r.delivered_us = 0)"
	    " ORDER BY r.id");
	query_text(&q, handoff);
	query_int(&q, waiting);
	while (!err && query_step(&q)) {
		*out = mem_realloc_array(*out, *n + 1, sizeof(**out));
		err = read_reply(tx, &q, &(*out)[(*n)++]);
	}
	ended = query_end(&q);
	err = err ? err : ended;
	if (err) {
		store_replies_free(*out, *n);
		*out = NULL;
		*n = 0;
	}
	return err;
}

static int mark_delivered(
    struct store_tx *tx, const struct store_delivered *d, int64_t id)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE replies SET delivered_us = $1"
	    " WHERE id = $2 AND handoff = $3 AND delivered_us = 0");
	query_int(&q, d->now_us);
	query_int(&q, id);
	query_text(&q, d->handoff);
	return query_run(&q);
}

static int is_returning(struct store_tx *tx, const char *id, bool *out)
{
	struct query q;

	query_start(&q, tx,
	    "SELECT 1 FROM handoffs WHERE id = $1 AND is_returning = 1");
	query_text(&q, id);
	*out = query_step(&q);
	return query_end(&q);
}

int store_replies_delivered(
    struct store_tx *tx, const struct store_delivered *d, bool *returned)
{
	int64_t waiting = 0;
	bool returning = false;
	int err = STORE_OK;

	*returned = false;
	for (size_t i = 0; i < d->n && !err; i++)
		err = mark_delivered(tx, d, d->ids[i]);
	if (!err)
		err = replies_waiting(tx, d->handoff, &waiting);
	if (!err)
		err = is_returning(tx, d->handoff, &returning);
	if (err || waiting || !returning)
		return err;
	*returned = true;
	return store_handoff_finish(tx, d->handoff, d->now_us);
}
