/* destinations - see destinations.h. */
#include "proxy/handoff/destinations.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN_WAIT_US (10 * CLOCK_SECOND_US)

static char *copy(const char *s)
{
	return s ? mem_strdup(s) : NULL;
}

void destinations_unref(struct destinations *d)
{
	if (!d || --d->refs > 0)
		return;
	for (size_t i = 0; i < d->n; i++) {
		free((char *)d->list[i].name);
		free((char *)d->list[i].url);
		free((char *)d->list[i].secret);
		free((char *)d->list[i].ca);
		free((char *)d->list[i].path);
	}
	free(d->list);
	free(d);
}

static unsigned or_default(unsigned value, unsigned otherwise)
{
	return value ? value : otherwise;
}

static struct outbox_destination destination_copy(
    const struct outbox_destination *from)
{
	struct outbox_destination to = *from;

	to.name = copy(from->name);
	to.url = copy(from->url);
	to.secret = copy(from->secret);
	to.ca = copy(from->ca);
	to.path = copy(from->path);
	to.timeout_ms = or_default(from->timeout_ms, 10000);
	to.max_tries = or_default(from->max_tries, 10);
	to.base_ms = or_default(from->base_ms, 1000);
	to.max_wait_ms = or_default(from->max_wait_ms, 300000);
	to.success_from = or_default(from->success_from, 200);
	to.success_to = or_default(from->success_to, 299);
	return to;
}

struct destinations *destinations_new(
    const struct outbox_destination *list, size_t n)
{
	struct destinations *d = mem_zero(sizeof(*d));

	d->refs = 1;
	d->list = mem_array(n + 1, sizeof(*d->list));
	d->n = n;
	for (size_t i = 0; i < n; i++)
		d->list[i] = destination_copy(&list[i]);
	return d;
}

const struct outbox_destination *destinations_find(
    const struct destinations *d, const char *name)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->list[i].name, name) == 0)
			return &d->list[i];
	return NULL;
}

bool destinations_lose(struct store_delivery *row)
{
	bool news = !store_delivery_is_lost(row);

	free(row->error);
	row->error = mem_strdup(STORE_OUTBOX_NOBODY);
	row->next_us = clock_now_us() + UNKNOWN_WAIT_US;
	return news;
}

/* ---- those that are gone with a configuration ---- */

struct orphans {
	const struct destinations *destinations;
	struct store_delivery *rows;
	size_t n;
};

static bool is_orphan(const struct orphans *o, size_t i)
{
	return o->rows[i].state == STORE_OUTBOX_PENDING &&
	    !destinations_find(o->destinations, o->rows[i].destination);
}

/* Its destination is there again. */
static int find_again(struct store_tx *tx, struct store_delivery *row)
{
	free(row->error);
	row->error = NULL;
	row->next_us = clock_now_us();
	return store_delivery_tried(tx, row);
}

static int orphans_run(struct store_tx *tx, void *arg)
{
	struct orphans *o = arg;

	store_deliveries_free(o->rows, o->n); /* of a run before */
	int err = store_deliveries_list(tx, NULL, &o->rows, &o->n);

	for (size_t i = 0; i < o->n && !err; i++) {
		struct store_delivery *row = &o->rows[i];

		if (is_orphan(o, i)) {
			destinations_lose(row);
			err = store_delivery_tried(tx, row);
		} else if (store_delivery_is_lost(row)) {
			err = find_again(tx, row);
		}
	}
	return err;
}

/* Those of one destination from i on; 0: they have been counted. */
static size_t orphans_like(const struct orphans *o, size_t i)
{
	size_t n = 0;

	for (size_t k = 0; k < o->n; k++) {
		if (!is_orphan(o, k) ||
		    strcmp(o->rows[k].destination, o->rows[i].destination) != 0)
			continue;
		if (k < i)
			return 0;
		n++;
	}
	return n;
}

static void say_orphans(const struct orphans *o)
{
	for (size_t i = 0; i < o->n; i++) {
		size_t n = is_orphan(o, i) ? orphans_like(o, i) : 0;

		if (n)
			log_line(LOG_ERROR, "outbox",
			    "%zu deliver%s owed to %s, which is not "
			    "configured: configure it again, or do without "
			    "them by `handrail handoff drop`",
			    n, n == 1 ? "y is" : "ies are",
			    o->rows[i].destination);
	}
}

bool destinations_look(const struct destinations *d, struct store *store)
{
	struct orphans o = {.destinations = d};
	int err = store_call(store, false, orphans_run, &o);

	if (!err)
		say_orphans(&o);
	store_deliveries_free(o.rows, o.n);
	return err == STORE_OK;
}
