/* erased - see erased.h. Keys are in canonical order. */
#include "proxy/handoff/erased.h"

#include "proxy/base/clock.h"
#include "proxy/base/json_out.h"

#include <string.h>

static void put(struct json_out *json, const char *key, const char *value)
{
	json_out_key(json, key);
	json_out_str(json, value);
}

static void put_time(struct json_out *json, int64_t us)
{
	char text[32];

	clock_rfc3339(text, us);
	put(json, "time", text);
}

static void put_version(struct json_out *json)
{
	json_out_key(json, "v");
	json_out_int(json, 1);
}

static void put_erased(struct json_out *json)
{
	json_out_key(json, "erased");
	json_out_bool(json, true);
}

static void put_record(struct json_out *json, const struct store_handoff *h)
{
	json_out_object(json);
	put(json, "conversation_id", h->conversation);
	put_erased(json);
	put(json, "family", h->family);
	put(json, "handoff_id", h->id);
	put(json, "priority", h->priority);
	put(json, "queue", h->queue);
	json_out_key(json, "reason");
	json_out_object(json);
	put(json, strchr(h->reason, '/') ? "rule" : "cause", h->reason);
	put(json, "words",
	    "The conversation was erased before this could be sent.");
	json_out_end(json);
	put_time(json, h->requested_us);
	put_version(json);
	json_out_end(json);
}

void erased_record(struct buf *out, const struct store_handoff *h)
{
	struct json_out json;

	json_out_init(&json, out);
	put_record(&json, h);
}

void erased_event(struct buf *out, const struct store_delivery *d,
    const struct store_handoff *h)
{
	struct json_out json;

	json_out_init(&json, out);
	json_out_object(&json);
	put(&json, "conversation_id", d->conversation);
	put_erased(&json);
	put(&json, "event", d->event);
	put(&json, "family", d->family);
	if (h->id[0]) {
		json_out_key(&json, "handoff");
		put_record(&json, h);
	}
	put(&json, "handoff_id", d->handoff);
	put(&json, "id", d->key);
	put_time(&json, d->created_us);
	put_version(&json);
	json_out_end(&json);
}
