/*
 * remember - amounts and weak signals of what was delivered, so that they add
 * up over the conversation (rules/guard_memory.h).
 *
 * Counted before the message leaves, and written out of the process before it
 * does, like its record: a crash cannot make a promise uncounted. Of a stream
 * most has left by then; what a crash cuts short is counted in no sum.
 */
#include "proxy/relay/steps.h"

#include "proxy/relay/counting.h"
#include "proxy/relay/server.h"
#include "proxy/store/conversation_counted.h"

static void on_stored(void *arg, uint64_t ticket, int err)
{
	worker_wake(arg, ticket, WORKER_STORED, err, NULL);
}

/* What the customer has of it, or gets. */
static struct span seen(const struct exchange *e)
{
	const struct told_text *said = &e->told.of[CHANNEL_SAID];
	bool streamed = e->told.differs && e->frames;
	if (verdicts_withhold(&e->verdicts) && !streamed)
		return (struct span){0};
	const struct buf *text = e->told.differs ? &said->seen : &said->all;
	return (struct span){text->data, text->len};
}

void remember_message(struct exchange *e)
{
	struct counting c;
	struct guard_memory more = {0};
	struct span text = seen(e);
	const struct guard_message m = {GUARD_AI, text.p, text.len};
	if (!text.len)
		return;
	counting_begin(
	    &c, e->worker->scanner, exchange_policy(e), &e->facts.session);
	counting_add(&c, &m, &more);
	counting_clear(&c);
	conversation_count(e->lease, &more);
	/* A handoff is written behind it, and waits for its own. */
	if (more.n && e->verdicts.action != GUARD_HANDOFF)
		e->settle.storing += conversation_flush_then(e->lease,
		    &(struct conversation_flushed){
			on_stored, e->worker, e->number});
	guard_memory_clear(&more);
}
