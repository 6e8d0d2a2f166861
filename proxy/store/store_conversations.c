/*
 * store_conversations - rows of conversations and messages. What is sealed
 * for a message is its salt and its text, one after the other.
 */
#include "proxy/store/store_conversations.h"

#include "proxy/base/mem.h"
#include "proxy/store/query.h"
#include "proxy/store/vault.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

const char *store_speaker_name(enum store_speaker speaker)
{
	switch (speaker) {
	case STORE_CUSTOMER:
		return "customer";
	case STORE_AI:
		return "ai";
	case STORE_HUMAN:
		return "human";
	case STORE_SYSTEM:
		return "system";
	}
	return "unknown";
}

const char *store_status_name(enum store_status status)
{
	switch (status) {
	case STORE_DELIVERED:
		return "delivered";
	case STORE_EDITED:
		return "edited";
	case STORE_WITHHELD:
		return "withheld";
	case STORE_DRAFT:
		return "draft";
	}
	return "unknown";
}

const char *store_kind_name(enum store_kind kind)
{
	static const char *const names[] = {
	    [STORE_WORDS] = "words",
	    [STORE_HISTORY] = "history",
	    [STORE_MEDIA] = "media",
	    [STORE_PART] = "part",
	    [STORE_REST] = "rest",
	    [STORE_ORIGINAL] = "original",
	    [STORE_TOOL] = "tool",
	    [STORE_REASONING] = "reasoning",
	    [STORE_ERROR] = "error",
	    [STORE_OTHER] = "other",
	    [STORE_UNREADABLE] = "unreadable",
	};

	/* Of a newer program, perhaps. */
	if ((unsigned)kind >= sizeof(names) / sizeof(*names))
		return "unknown";
	return names[kind];
}

void store_conversation_clear(struct store_conversation *c)
{
	free(c->family);
	free(c->id);
	*c = (struct store_conversation){0};
}

void store_messages_free(struct store_message *messages, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(messages[i].text);
	free(messages);
}

/* ---- conversations ---- */

#define CONVERSATION_COLUMNS                                                   \
	"SELECT family, id, locked, epoch, handoff, ai_turns, customer_turns," \
	" last_seq, created_us, updated_us, erased_us FROM conversations "

static void read_conversation(struct query *q, struct store_conversation *c)
{
	c->family = query_get_text(q, 0);
	c->id = query_get_text(q, 1);
	c->locked = query_get_int(q, 2) != 0;
	c->epoch = (uint32_t)query_get_int(q, 3);
	query_get_fixed(q, 4, c->handoff, sizeof(c->handoff));
	c->ai_turns = (uint32_t)query_get_int(q, 5);
	c->customer_turns = (uint32_t)query_get_int(q, 6);
	c->last_seq = (uint32_t)query_get_int(q, 7);
	c->created_us = query_get_int(q, 8);
	c->updated_us = query_get_int(q, 9);
	c->erased_us = query_get_int(q, 10);
}

int store_conversation_get(struct store_tx *tx, const char *family,
    const char *id, struct store_conversation *out)
{
	struct query q;
	bool found;

	*out = (struct store_conversation){0};
	query_start(
	    &q, tx, CONVERSATION_COLUMNS "WHERE family = $1 AND id = $2");
	query_text(&q, family);
	query_text(&q, id);
	found = query_step(&q);
	if (found)
		read_conversation(&q, out);
	int err = query_end(&q);
	return err ? err : found ? STORE_OK : STORE_NOT_FOUND;
}

/* Counters only grow: a write that was tried again comes late. */
#define NEWER(c)                                                               \
	"CASE WHEN excluded." c " > conversations." c " THEN excluded." c      \
	" ELSE conversations." c " END"

int store_conversation_put(struct store_tx *tx,
    const struct store_conversation *c, const char *customer)
{
	char index[VAULT_INDEX_SIZE];
	struct query q;

	if (customer)
		vault_index(
		    tx->vault, "customer", customer, strlen(customer), index);
	query_start(&q, tx,
	    "INSERT INTO conversations(family, id, ai_turns, customer_turns,"
	    " last_seq, customer, created_us, updated_us)"
	    " VALUES($1, $2, $3, $4, $5, $6, $7, $8)"
	    " ON CONFLICT(family, id) DO UPDATE SET"
	    " ai_turns = " NEWER(
		"ai_turns") ","
			    " customer_turns = " NEWER(
				"customer_turns") ","
						  " last_seq = " NEWER(
						      "last_seq") ","
								  " customer = "
								  "COALESCE("
								  "excluded."
								  "customer, "
								  "conversation"
								  "s.customer),"
								  " updated_us "
								  "= " NEWER(
								      "updated_"
								      "us") "");
	query_text(&q, c->family);
	query_text(&q, c->id);
	query_int(&q, c->ai_turns);
	query_int(&q, c->customer_turns);
	query_int(&q, c->last_seq);
	query_text(&q, customer ? index : NULL);
	query_int(&q, c->created_us);
	query_int(&q, c->updated_us);
	return query_run(&q);
}

/* A lock older than the one there changes nothing: it may have been written
 * and returned before its writer learnt of it. */
int store_conversation_lock(struct store_tx *tx, const char *family,
    const char *id, uint32_t epoch, const char *handoff)
{
	struct query q;

	query_start(&q, tx,
	    "INSERT INTO conversations(family, id, locked, epoch, handoff,"
	    " created_us, updated_us) VALUES($1, $2, 1, $3, $4, 0, 0)"
	    " ON CONFLICT(family, id) DO UPDATE SET locked = 1,"
	    " epoch = excluded.epoch, handoff = excluded.handoff"
	    " WHERE excluded.epoch > conversations.epoch");
	query_text(&q, family);
	query_text(&q, id);
	query_int(&q, epoch);
	query_text(&q, handoff);
	return query_run(&q);
}

int store_conversation_unlock(
    struct store_tx *tx, const char *family, const char *id)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE conversations SET locked = 0"
	    " WHERE family = $1 AND id = $2");
	query_text(&q, family);
	query_text(&q, id);
	return query_run_one(&q);
}

int store_conversations_locked(struct store_tx *tx,
    void (*fn)(void *arg, const struct store_conversation *), void *arg)
{
	struct query q;

	query_start(&q, tx, CONVERSATION_COLUMNS "WHERE locked = 1");
	while (query_step(&q)) {
		struct store_conversation c = {0};

		read_conversation(&q, &c);
		fn(arg, &c);
		store_conversation_clear(&c);
	}
	return query_end(&q);
}

int store_conversations_names(struct store_tx *tx,
    void (*fn)(void *arg, const char *family, const char *id), void *arg)
{
	struct query q;

	query_start(&q, tx, "SELECT family, id FROM conversations");
	while (query_step(&q)) {
		char *family = query_get_text(&q, 0);
		char *id = query_get_text(&q, 1);

		fn(arg, family, id);
		free(family);
		free(id);
	}
	return query_end(&q);
}

/* ---- messages ---- */

static int erased_at(
    struct store_tx *tx, const char *family, const char *id, int64_t *erased_us)
{
	struct query q;

	*erased_us = 0;
	query_start(&q, tx,
	    "SELECT erased_us FROM conversations"
	    " WHERE family = $1 AND id = $2");
	query_text(&q, family);
	query_text(&q, id);
	if (query_step(&q))
		*erased_us = query_get_int(&q, 0);
	return query_end(&q);
}

static int seal_message(struct store_tx *tx, struct store_sealed *place,
    const struct store_message *m, struct buf *out)
{
	struct buf plain = {0};

	buf_add(&plain, m->salt, sizeof(m->salt));
	buf_add(&plain, m->text, m->len);
	int err = store_seal(tx, place, plain.data, plain.len, out);
	OPENSSL_cleanse(plain.data, plain.len);
	buf_clear(&plain);
	return err;
}

static int put_message(struct store_tx *tx, struct store_sealed place,
    const struct store_message *m, bool keep)
{
	struct buf sealed = {0};
	struct query q;
	int err = STORE_OK;

	place.number = m->seq;
	if (keep)
		err = seal_message(tx, &place, m, &sealed);
	if (!err) {
		query_start(&q, tx,
		    "INSERT INTO messages(family, id, seq, speaker, status,"
		    " kind, time_us, gen, text)"
		    " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)"
		    " ON CONFLICT(family, id, seq) DO UPDATE SET"
		    " speaker = excluded.speaker, status = excluded.status,"
		    " kind = excluded.kind, time_us = excluded.time_us,"
		    " gen = excluded.gen, text = excluded.text");
		query_text(&q, place.family);
		query_text(&q, place.id);
		query_int(&q, m->seq);
		query_int(&q, m->speaker);
		query_int(&q, m->status);
		query_int(&q, m->kind);
		query_int(&q, m->time_us);
		query_int(&q, place.gen);
		query_blob(&q, sealed.data, sealed.len);
		err = query_run(&q);
	}
	buf_clear(&sealed);
	return err;
}

int store_messages_put(struct store_tx *tx, const char *family, const char *id,
    const struct store_message *messages, size_t n)
{
	struct store_sealed place = {family, id, "message", 0, 0};
	int64_t erased_us;
	int err = erased_at(tx, family, id, &erased_us);

	for (size_t i = 0; i < n && !err; i++) {
		const struct store_message *m = &messages[i];
		bool keep = m->text && !m->erased && m->time_us > erased_us;

		err = put_message(tx, place, m, keep);
	}
	return err;
}

static int open_message(struct store_tx *tx, const struct store_sealed *place,
    struct query *q, struct store_message *m)
{
	struct buf plain = {0};
	size_t n;
	const void *sealed = query_get_blob(q, 6, &n);
	int err = query_is_null(q, 6)
	    ? STORE_ERASED
	    : store_unseal(tx, place, sealed, n, &plain);

	if (!err && plain.len < STORE_SALT_BYTES)
		err = STORE_KEY;
	if (!err) {
		memcpy(m->salt, plain.data, STORE_SALT_BYTES);
		buf_drop(&plain, STORE_SALT_BYTES);
		m->len = plain.len;
		m->text = buf_steal(&plain);
	}
	buf_clear(&plain);
	m->erased = err == STORE_ERASED;
	return m->erased ? STORE_OK : err;
}

static int read_message(struct store_tx *tx, struct store_sealed *place,
    struct query *q, struct store_message *m)
{
	*m = (struct store_message){.seq = (uint32_t)query_get_int(q, 0),
	    .speaker = (enum store_speaker)query_get_int(q, 1),
	    .status = (enum store_status)query_get_int(q, 2),
	    .kind = (enum store_kind)query_get_int(q, 3),
	    .time_us = query_get_int(q, 4)};
	place->number = m->seq;
	place->gen = query_get_int(q, 5);
	return open_message(tx, place, q, m);
}

static void reverse(struct store_message *messages, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct store_message m = messages[i];

		messages[i] = messages[n - 1 - i];
		messages[n - 1 - i] = m;
	}
}

int store_messages_get(struct store_tx *tx, const char *family, const char *id,
    struct store_range range, struct store_message **out, size_t *n)
{
	struct store_sealed place = {family, id, "message", 0, 0};
	struct query q;
	int err = STORE_OK, ended;

	*out = NULL;
	*n = 0;
	query_start(&q, tx,
	    "SELECT seq, speaker, status, kind, time_us, gen, text"
	    " FROM messages"
	    " WHERE family = $1 AND id = $2 AND seq > $3"
	    " ORDER BY seq DESC LIMIT $4");
	query_text(&q, family);
	query_text(&q, id);
	query_int(&q, range.after);
	query_int(&q, range.max > INT32_MAX ? INT32_MAX : (int64_t)range.max);
	while (!err && query_step(&q)) {
		*out = mem_realloc_array(*out, *n + 1, sizeof(**out));
		err = read_message(tx, &place, &q, &(*out)[(*n)++]);
	}
	ended = query_end(&q);
	err = err ? err : ended;
	reverse(*out, *n);
	if (err) {
		store_messages_free(*out, *n);
		*out = NULL;
		*n = 0;
	}
	return err;
}
