/*
 * proxy - what a running proxy has of handoffs, and a conversation that a rule
 * takes from the AI, for the tests of this folder.
 */
#ifndef HANDRAIL_TESTS_UNIT_HANDOFF_PROXY_H
#define HANDRAIL_TESTS_UNIT_HANDOFF_PROXY_H

#include "tests/unit/handoff/asked.h"
#include "tests/unit/handoff/disk.h"
#include "tests/unit/store/fixture.h"
#include "tests/unit/store/said.h"

#include "proxy/base/clock.h"
#include "proxy/handoff/handoff.h"
#include "proxy/handoff/outbox.h"

#include <stdatomic.h>

struct proxy { /* what a running one has */
	struct fixture f;
	char file[96];
	struct conversations *conversations;
	struct outbox *outbox;
	struct handoffs *handoffs;
	struct buf types; /* of audit records */
};

static inline void proxy_start(struct proxy *p)
{
	struct conversations_options options = {0};
	struct outbox_destination to = {
	    .name = "file", .kind = OUTBOX_FILE, .path = p->file};

	p->conversations = conversations_new(p->f.store, &options);
	assert_int_equal(conversations_load(p->conversations), 0);
	p->outbox = outbox_new(p->f.store);
	outbox_set_destinations(p->outbox, &to, 1);
	p->handoffs = handoffs_new(p->f.store, p->conversations, p->outbox);
	store_before_changes(p->f.store, fixture_record, &p->types);
	disk_under(p->f.store);
	store_start(p->f.store);
	outbox_start(p->outbox);
}

static inline void proxy_stop(struct proxy *p)
{
	outbox_stop(p->outbox);
	store_close(p->f.store);
	p->f.store = NULL;
	handoffs_free(p->handoffs);
	outbox_free(p->outbox);
	conversations_free(p->conversations);
}

static inline void proxy_init(struct proxy *p)
{
	memset(p, 0, sizeof(*p));
	fixture_init(&p->f);
	snprintf(p->file, sizeof(p->file), "%s/out.jsonl", p->f.dir);
	proxy_start(p);
}

static inline void proxy_clear(struct proxy *p)
{
	proxy_stop(p);
	buf_clear(&p->types);
	fixture_clear(&p->f);
}

static inline void no_bell(void *arg, uint64_t ticket)
{
}

static inline struct conversation_lease *begin(struct proxy *p, const char *id)
{
	struct conversation_request request = {
	    .family = "web", .id = id, .customer = "ann", .ready = no_bell};
	struct conversation_lease *lease =
	    conversation_begin(p->conversations, &request);

	fixture_wait(conversation_state(lease) != CONVERSATION_WAITING);
	return lease;
}

/* ---- answers ---- */

static atomic_int answers;
static atomic_int answer_err;

static inline void on_done(void *arg, uint64_t ticket, int err)
{
	atomic_store(&answer_err, err);
	atomic_fetch_add(&answers, 1);
}

static const struct handoff_done done = {on_done, NULL, 7};

static inline struct conversation_lock hand_off(
    struct proxy *p, struct conversation_lease *lease, const char *destination)
{
	struct handoff_request request = request_of(destination);
	struct conversation_lock lock;
	int before = atomic_load(&answers);

	add(lease, STORE_CUSTOMER, STORE_DELIVERED, "I want my $900 back");
	handoff_request(p->handoffs, lease, &request, &done, &lock);
	assert_true(conversation_is_locked(lease));
	fixture_wait(atomic_load(&answers) == before + 1);
	assert_int_equal(atomic_load(&answer_err), 0);
	return lock;
}

/* The command line's view: a store of its own, not started. */
static inline struct store *other_process(struct proxy *p)
{
	struct store_options options = {
	    .sqlite = p->f.path, .vault = p->f.vault};
	struct store *store;
	char why[256];

	assert_int_equal(store_open(&store, &options, why, sizeof(why)), 0);
	return store;
}

#endif
