/* store_conversations - see store_conversations.h. */
#include "proxy/store/store_conversations.h"

#include "proxy/base/mem.h"
#include "proxy/store/query.h"

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
	    [STORE_INTERRUPTED] = "interrupted",
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

/* ---- conversations ---- */

#define CONVERSATION_COLUMNS                                                   \
	"SELECT family, id, locked, epoch, handoff, ai_turns, customer_turns," \
	" last_seq, created_us, updated_us, erased_us, asking, judged"         \
	" FROM conversations "

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
	c->asking = query_get_int(q, 11) != 0;
	c->judged = (uint32_t)query_get_int(q, 12);
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
