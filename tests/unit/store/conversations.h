/* A table of conversations over a store, for tests. */
#ifndef HANDRAIL_TESTS_STORE_CONVERSATIONS_H
#define HANDRAIL_TESTS_STORE_CONVERSATIONS_H

#include "tests/unit/store/fixture.h"
#include "tests/unit/store/said.h"

#include "proxy/store/conversation.h"

#include <stdatomic.h>

struct bell {
	atomic_int rings;
	atomic_ullong last;
};

static inline void ring(void *arg, uint64_t ticket)
{
	struct bell *bell = arg;

	atomic_store(&bell->last, ticket);
	atomic_fetch_add(&bell->rings, 1);
}

static struct bell bell;

static inline struct conversation_lease *begin(
    struct conversations *table, const char *id, uint64_t ticket)
{
	struct conversation_request request = {.family = "web",
	    .id = id,
	    .customer = "ann",
	    .ready = ring,
	    .arg = &bell,
	    .ticket = ticket};

	return conversation_begin(table, &request);
}

struct table {
	struct fixture f;
	struct conversations *c;
};

static inline void table_open(
    struct table *t, struct conversations_options options)
{
	atomic_store(&bell.rings, 0);
	t->c = conversations_new(t->f.store, &options);
	assert_int_equal(conversations_load(t->c), 0);
}

static inline void table_new(
    struct table *t, struct conversations_options options)
{
	fixture_init(&t->f);
	table_open(t, options);
}

static inline void table_close(struct table *t)
{
	store_close(t->f.store);
	t->f.store = NULL;
	conversations_free(t->c);
}

static inline void table_end(struct table *t)
{
	table_close(t);
	fixture_clear(&t->f);
}

#endif
