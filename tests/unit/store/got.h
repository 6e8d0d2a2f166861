/*
 * got - a conversation and its messages as the store has them.
 */
#ifndef HANDRAIL_TESTS_UNIT_STORE_GOT_H
#define HANDRAIL_TESTS_UNIT_STORE_GOT_H

#include "proxy/store/store_conversations.h"
#include "proxy/store/store_transcript.h"
#include "tests/unit/store/fixture.h"

struct got {
	const char *id;
	struct store_range range;
	struct store_conversation c;
	struct store_message *list;
	size_t n;
};

static inline int get_run(struct store_tx *tx, void *arg)
{
	struct got *got = arg;
	int err = store_conversation_get(tx, "web", got->id, &got->c);

	return err ? err
		   : store_messages_get(
			 tx, "web", got->id, got->range, &got->list, &got->n);
}

static inline struct got get(struct fixture *f, const char *id)
{
	struct got got = {.id = id, .range = {0, 100}};

	assert_int_equal(store_call(f->store, true, get_run, &got), 0);
	return got;
}

static inline void got_clear(struct got *got)
{
	store_conversation_clear(&got->c);
	store_messages_free(got->list, got->n);
}

#endif
