/* handed_out - see handed_out.h. In words a line for each destination and
 * handoff, in JSON every event. */
#include "proxy/cli/handed_out.h"

#include "proxy/base/clock.h"

#include <stdio.h>
#include <string.h>

struct copies {
	const struct store_whose *whose;
	struct store_delivery *list;
	size_t n;
};

static int copies_run(struct store_tx *tx, void *arg)
{
	struct copies *c = arg;

	return store_deliveries_handed_out(tx, c->whose, &c->list, &c->n);
}

static bool is_sent(const struct store_delivery *d)
{
	return d->state == STORE_OUTBOX_SENT;
}

/* A try that failed, or whose end nobody saw, may have arrived. */
static int64_t when(const struct store_delivery *d)
{
	return is_sent(d) ? d->done_us : d->begun_us;
}

static void put(struct json_out *json, const char *key, const char *value)
{
	json_out_key(json, key);
	json_out_str(json, value);
}

static void print_json(const struct copies *c, size_t erased)
{
	struct buf out = {0};
	struct json_out json;

	json_out_init(&json, &out);
	json_out_object(&json);
	json_out_key(&json, "erased");
	json_out_int(&json, (int64_t)erased);
	json_out_key(&json, "handed_out");
	json_out_array(&json);
	for (size_t i = 0; i < c->n; i++) {
		const struct store_delivery *d = &c->list[i];

		json_out_object(&json);
		json_out_key(&json, "certain");
		json_out_bool(&json, is_sent(d));
		put(&json, "destination", d->destination);
		put(&json, "event", d->event);
		put(&json, "handoff", d->handoff);
		put(&json, "id", d->key);
		storage_put_time(&json, "time", when(d));
		json_out_key(&json, "under_way");
		json_out_bool(&json, d->trying);
		json_out_end(&json);
	}
	json_out_end(&json);
	json_out_end(&json);
	storage_print_json(&out);
}

static bool is_alike(
    const struct store_delivery *a, const struct store_delivery *b)
{
	return strcmp(a->destination, b->destination) == 0 &&
	    strcmp(a->handoff, b->handoff) == 0;
}

/* The deliveries from first on that go to the same place: how many. */
static size_t print_group(const struct copies *c, size_t first)
{
	const struct store_delivery *d = &c->list[first];
	size_t n = 0, unsure = 0, trying = 0;
	int64_t last_us = 0;
	char text[32];

	for (; first + n < c->n && is_alike(d, &d[n]); n++) {
		unsure += !is_sent(&d[n]);
		trying += d[n].trying;
		if (when(&d[n]) > last_us)
			last_us = when(&d[n]);
	}
	clock_rfc3339(text, last_us);
	printf("  ");
	storage_print(d->destination, 0);
	printf(": %zu event%s of %s, the last of %.10s %.8s UTC", n,
	    n == 1 ? "" : "s", d->handoff, text, text + 11);
	if (unsure)
		printf("; of %zu it is not known whether %s arrived", unsure,
		    unsure == 1 ? "it" : "they");
	if (trying)
		printf(" (a try was under way)");
	printf("\n");
	return n;
}

static void print_text(const struct copies *c)
{
	if (c->n == 0)
		return;
	printf("Copies were handed out before and are not Handrail's to "
	       "erase:\n");
	for (size_t i = 0; i < c->n;)
		i += print_group(c, i);
}

int handed_out_print(
    const struct storage *s, const struct store_whose *whose, size_t erased)
{
	struct copies c = {.whose = whose};
	int err = store_call(s->store, true, copies_run, &c);

	if (err)
		return storage_failed(
		    "it is erased; which copies were handed out cannot be read",
		    err);
	if (s->json)
		print_json(&c, erased);
	else
		print_text(&c);
	store_deliveries_free(c.list, c.n);
	return EXIT_GOOD;
}
