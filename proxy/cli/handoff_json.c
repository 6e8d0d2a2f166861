/*
 * handoff_json - handoffs as one JSON value on stdout (handoff_text.h).
 */
#include "proxy/base/json_out.h"
#include "proxy/cli/handoff_text.h"
#include "proxy/cli/storage.h"
#include "proxy/handoff/packet.h"

#include <string.h>

static void put(struct json_out *json, const char *key, const char *value)
{
	json_out_key(json, key);
	json_out_str(json, value);
}

static void put_number(struct json_out *json, const char *key, int64_t value)
{
	json_out_key(json, key);
	json_out_int(json, value);
}

static void put_handoff(struct json_out *json, const struct store_handoff *h)
{
	json_out_object(json);
	storage_put_time(json, "accepted", h->accepted_us);
	json_out_key(json, "ai_may_speak_again");
	json_out_bool(json, h->ai_may_speak_again);
	put(json, "conversation", h->conversation);
	put(json, "destination", h->destination);
	put_number(json, "epoch", h->epoch);
	put(json, "family", h->family);
	put(json, "id", h->id);
	if (h->note)
		put(json, "note", h->note);
	put(json, "priority", h->priority);
	put(json, "queue", h->queue);
	put(json, "reason", h->reason);
	if (h->record) {
		json_out_key(json, "record");
		json_out_raw(json, h->record, strlen(h->record));
	}
	put_number(json, "replies_waiting", (int64_t)h->replies_waiting);
	storage_put_time(json, "requested", h->requested_us);
	storage_put_time(json, "returned", h->returned_us);
	json_out_key(json, "returning");
	json_out_bool(json, h->returning);
	put(json, "severity", h->severity);
	put(json, "state", store_handoff_state_name(h->state));
	put(json, "words", h->words);
	json_out_end(json);
}

static void put_deliveries(
    struct json_out *json, const struct store_delivery *list, size_t n)
{
	json_out_key(json, "deliveries");
	json_out_array(json);
	for (size_t i = 0; i < n; i++) {
		json_out_object(json);
		put(json, "destination", list[i].destination);
		storage_put_time(json, "done", list[i].done_us);
		put(json, "error", list[i].error);
		put(json, "event", list[i].event);
		put(json, "handoff", list[i].handoff);
		put(json, "id", list[i].key);
		storage_put_time(json, "next", list[i].next_us);
		put(json, "state", store_outbox_state_name(list[i].state));
		put_number(json, "tries", list[i].tries);
		json_out_end(json);
	}
	json_out_end(json);
}

void handoff_json_list(const struct store_handoff *list, size_t n,
    const struct store_delivery *owed, size_t n_owed)
{
	struct buf out = {0};
	struct json_out json;

	json_out_init(&json, &out);
	json_out_object(&json);
	put_deliveries(&json, owed, n_owed);
	json_out_key(&json, "handoffs");
	json_out_array(&json);
	for (size_t i = 0; i < n; i++)
		put_handoff(&json, &list[i]);
	json_out_end(&json);
	json_out_end(&json);
	storage_print_json(&out);
}

static void put_later(struct json_out *json, const struct desk_case *c)
{
	json_out_key(json, "later");
	json_out_array(json);
	for (size_t i = 0; i < c->n_later; i++)
		if (packet_shows(c->later, i))
			packet_message(json, &c->later[i]);
	json_out_end(json);
}

void handoff_json_case(const struct desk_case *c)
{
	struct buf out = {0};
	struct json_out json;

	json_out_init(&json, &out);
	json_out_object(&json);
	put_deliveries(&json, c->deliveries, c->n_deliveries);
	json_out_key(&json, "handoff");
	put_handoff(&json, &c->handoff);
	put_later(&json, c);
	json_out_key(&json, "replies");
	json_out_array(&json);
	for (size_t i = 0; i < c->n_replies; i++) {
		const struct store_reply *r = &c->replies[i];

		json_out_object(&json);
		put(&json, "by", r->by);
		storage_put_time(&json, "delivered", r->delivered_us);
		put(&json, "text", r->text);
		storage_put_time(&json, "time", r->time_us);
		json_out_end(&json);
	}
	json_out_end(&json);
	json_out_end(&json);
	storage_print_json(&out);
}

void handoff_json_outcome(const char *verb, const struct desk_outcome *outcome)
{
	struct buf out = {0};
	struct json_out json;

	json_out_init(&json, &out);
	json_out_object(&json);
	put(&json, "done", verb);
	if (strcmp(verb, "drop") == 0)
		put_number(&json, "dropped", (int64_t)outcome->deliveries);
	put(&json, "handoff", outcome->id[0] ? outcome->id : NULL);
	if (strcmp(verb, "retry") == 0)
		put_number(&json, "retried", (int64_t)outcome->deliveries);
	if (strcmp(verb, "return") == 0 || outcome->later) {
		json_out_key(&json, "waits_for_replies");
		json_out_bool(&json, outcome->later);
	}
	json_out_end(&json);
	storage_print_json(&out);
}
