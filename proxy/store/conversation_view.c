/*
 * conversation_view - a copy of what is known of a conversation, for the
 * thread that judges. The texts are shared (texts.h): what a message costs does
 * not grow with what was said before it.
 */
#include "proxy/store/conversation_view.h"

#include "proxy/store/conversation_table.h"

#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

struct view { /* conversation_view and what it points to */
	struct conversation_view face; /* first */
	struct store_message *turns;
	struct guard_span_text *said; /* the customer's, then the AI's */
	struct texts_shared texts;
};

/* Words of the chat that the customer has. History counts as what a customer
 * said; of the AI it is hearsay, and what nobody judged excuses nothing. */
static bool was_seen(const struct store_message *m)
{
	bool words = m->kind == STORE_WORDS || m->kind == STORE_PART ||
	    (m->kind == STORE_HISTORY && m->speaker == STORE_CUSTOMER);

	return words &&
	    (m->status == STORE_DELIVERED || m->status == STORE_EDITED);
}

static size_t collect(struct view *view, enum store_speaker speaker, size_t at)
{
	for (size_t i = 0; i < view->face.n_turns; i++) {
		const struct store_message *m = &view->turns[i];

		if (m->speaker == speaker && was_seen(m))
			view->said[at++] =
			    (struct guard_span_text){m->text, m->len};
	}
	return at;
}

static void copy_turns(struct view *view, const struct conversation *c)
{
	view->texts = texts_share(&c->texts);
	view->turns = mem_alloc(mem_mul(c->n_turns + 1, sizeof(*view->turns)));
	if (c->n_turns)
		memcpy(view->turns, c->turns, c->n_turns * sizeof(*c->turns));
	view->face.n_turns = c->n_turns;
}

static void copy_counted(
    struct guard_memory *to, const struct guard_memory *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (guard_memory_add(to, &from->rows[i]))
			mem_exhausted();
}

struct conversation_view *conversation_view(struct conversation_lease *lease)
{
	struct view *view = mem_zero(sizeof(*view));
	struct conversation *c = lease->conversation;

	pthread_mutex_lock(&lease->shard->lock);
	copy_turns(view, c);
	view->face.ai_turn = c->ai_turns + 1;
	view->face.customer_turns = c->customer_turns;
	view->face.truncated = c->truncated;
	copy_counted(&view->face.counted, &c->counted);
	view->face.answered = c->answered;
	pthread_mutex_unlock(&lease->shard->lock);
	view->said = mem_array(view->face.n_turns + 1, sizeof(*view->said));
	size_t customer = collect(view, STORE_CUSTOMER, 0);
	size_t all = collect(view, STORE_AI, customer);
	view->face.turns = view->turns;
	view->face.customer_said = view->said;
	view->face.n_customer_said = customer;
	view->face.ai_said = view->said + customer;
	view->face.n_ai_said = all - customer;
	return &view->face;
}

void conversation_view_free(struct conversation_view *face)
{
	struct view *view = (struct view *)face;

	if (!view)
		return;
	guard_memory_clear(&view->face.counted);
	free(view->turns);
	free(view->said);
	texts_unshare(&view->texts);
	free(view);
}
