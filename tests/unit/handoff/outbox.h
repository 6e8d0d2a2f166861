/* An outbox with a store and a webhook that takes what it is sent. */
#ifndef HANDRAIL_TESTS_HANDOFF_OUTBOX_H
#define HANDRAIL_TESTS_HANDOFF_OUTBOX_H

#include "tests/unit/handoff/webhook_server.h"

#include "proxy/base/clock.h"
#include "proxy/handoff/outbox.h"
#include "proxy/store/store_handoffs.h"
#include "proxy/store/store_outbox.h"

#include <stdatomic.h>

static inline int put_run(struct store_tx *tx, void *arg)
{
	return store_delivery_put(tx, arg);
}

static inline void owe(struct store *store, const char *to, const char *handoff,
    const char *event, const char *body)
{
	char *key = mem_printf("%s/%s", handoff, event);
	struct store_delivery d = {.family = (char *)"web",
	    .conversation = (char *)"c-1",
	    .destination = (char *)to,
	    .key = key,
	    .event = (char *)event,
	    .created_us = clock_now_us(),
	    .next_us = clock_now_us(),
	    .body = (char *)body,
	    .len = strlen(body)};

	snprintf(d.handoff, sizeof(d.handoff), "%s", handoff);
	assert_int_equal(store_call(store, false, put_run, &d), 0);
	free(key);
}

struct outbox_fixture {
	struct fixture f;
	struct outbox *outbox;
	struct webhook_server server;
	struct outbox_destination hook;
};

static atomic_bool log_full;

static inline int record(struct store_tx *tx, void *arg)
{
	return log_full ? STORE_IO : fixture_record(tx, arg);
}

static inline void outbox_open(struct outbox_fixture *t)
{
	t->outbox = outbox_new(t->f.store);
	outbox_set_destinations(t->outbox, &t->hook, 1);
	store_before_changes(t->f.store, record, NULL);
	store_start(t->f.store);
}

static inline void outbox_close(struct outbox_fixture *t)
{
	outbox_stop(t->outbox);
	store_close(t->f.store);
	t->f.store = NULL;
	outbox_free(t->outbox);
}

static inline void setup(struct outbox_fixture *t, const char *script)
{
	memset(t, 0, sizeof(*t));
	fixture_init(&t->f);
	webhook_server_start(&t->server, t->f.dir, script);
	t->hook = (struct outbox_destination){.name = "care",
	    .kind = OUTBOX_WEBHOOK,
	    .url = t->server.url,
	    .secret = "s3cret",
	    .ca = t->server.ca,
	    .timeout_ms = 1500,
	    .max_tries = 4,
	    .base_ms = 20,
	    .max_wait_ms = 200};
	outbox_open(t);
}

static inline void teardown(struct outbox_fixture *t)
{
	outbox_close(t);
	webhook_server_stop(&t->server);
	fixture_clear(&t->f);
}

static inline struct outbox_metrics metrics(struct outbox_fixture *t)
{
	struct outbox_metrics m;

	outbox_metrics(t->outbox, &m);
	return m;
}

static inline const char *header(const json_t *request, const char *name)
{
	const char *value = json_string_value(
	    json_object_get(json_object_get(request, "headers"), name));

	return value ? value : "";
}

static inline const char *body_of(const json_t *requests, size_t i)
{
	return json_string_value(
	    json_object_get(json_array_get(requests, i), "body"));
}

struct listed {
	struct store_delivery *list;
	size_t n;
};

static inline int list_run(struct store_tx *tx, void *arg)
{
	struct listed *l = arg;

	return store_deliveries_list(tx, NULL, &l->list, &l->n);
}

static inline int drop_run(struct store_tx *tx, void *arg)
{
	return store_deliveries_drop(tx, "h-1", clock_now_us(), arg);
}

#endif
