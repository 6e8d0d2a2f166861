/* unread - see unread.h. */
#include "proxy/relay/unread.h"

#include "proxy/wire/http1_head.h"
#include "proxy/wire/media.h"

#include <inttypes.h>

#define QUOTED_BYTES 60 /* of a field's value */

/* A field's value as it came, where it is short and plain: nothing else is for
 * logs. */
static void put_value(struct buf *out, struct span value)
{
	bool plain = value.len > 0 && value.len <= QUOTED_BYTES;
	for (size_t i = 0; plain && i < value.len; i++)
		plain = http1_is_token((unsigned char)value.p[i]) ||
		    memchr("/;=, ", value.p[i], 5);
	if (plain)
		buf_printf(out, "\"%.*s\"", (int)value.len, value.p);
	else
		buf_adds(out, value.len ? "something else" : "empty");
}

static void put_coding(struct buf *out, const struct http1_head *head)
{
	buf_adds(out, "its Content-Encoding is ");
	put_value(out, http1_get(head, "content-encoding"));
	buf_adds(out,
	    ", though Handrail asks for none: switch compression off in the "
	    "bot, or in what stands before it");
}

static bool is_coded(const struct http1_head *head)
{
	size_t n = http1_count(head, "content-encoding");
	return n > 1 ||
	    (n == 1 &&
		!span_is_nocase(
		    http1_get(head, "content-encoding"), "identity"));
}

static void put_type(
    struct buf *out, const struct http1_head *head, enum media_kind kind)
{
	if (http1_count(head, "content-type") > 1) {
		buf_adds(out, "it has more than one Content-Type");
	} else if (kind == MEDIA_EVENTS) {
		buf_printf(out,
		    "it is an event stream with status %d, which was not "
		    "asked for",
		    head->status);
	} else if (kind == MEDIA_UNNAMED) {
		buf_adds(out, "it names no Content-Type");
	} else {
		buf_adds(out, "its Content-Type is ");
		put_value(out, http1_get(head, "content-type"));
	}
}

void unread_head(
    struct buf *out, const struct http1_head *head, bool asked_stream)
{
	struct media said;
	media_read(head, &said);
	if (head->upgrade || head->status == 101) {
		buf_adds(out,
		    "it changes the protocol (status 101, or Upgrade); "
		    "HTTP/1.1 can be read");
	} else if (is_coded(head)) {
		put_coding(out, head);
	} else {
		put_type(out, head, said.kind);
		buf_adds(out, "; application/json in UTF-8 can be read");
		if (asked_stream)
			buf_adds(out, ", and text/event-stream");
	}
}

void unread_body(struct buf *out, int err, const struct channel_body *body,
    size_t messages_asked)
{
	switch ((enum channel_body_err)err) {
	case CHANNEL_BODY_OK:
		buf_printf(out,
		    "it has %zu choices where %zu %s asked for (\"n\" of the "
		    "request)",
		    body->n_messages, messages_asked,
		    messages_asked == 1 ? "was" : "were");
		break;
	case CHANNEL_BODY_NOT_JSON:
		buf_printf(out, "its JSON has a fault at byte %zu of %zu: %s",
		    body->doc.error_at, body->doc.len,
		    json_error_text(body->json_error));
		break;
	case CHANNEL_BODY_SHAPE:
		buf_adds(out,
		    "its JSON is not what the channel describes, or can be "
		    "read in more than one way");
		break;
	case CHANNEL_BODY_TEXT_LIMIT:
		buf_adds(out,
		    "it has too many texts or parts, or one of them is longer "
		    "than the channel's limits.max_text");
		break;
	}
}

void unread_limit(struct buf *out, const char *limit, size_t max)
{
	buf_printf(out, "it is larger than %s, %zu bytes", limit, max);
}
