/*
 * channel - a chat dialect described in YAML: where in its requests and
 * responses the text, the conversation and the customer are.
 *
 * Immutable after channel_load; any thread may read it. Everything it gives
 * away is borrowed from it unless said otherwise.
 *
 * How the relay uses it, in order:
 *   channel_route       on the request head: judge, pass or refuse?
 *   channel_read        on the whole request body: ids, facts, what the
 *                       customer wrote, is a stream asked for (request.h)
 *   channel_framing     on the response head: which kind of body is this?
 *   channel_body_*      a JSON body: every text in it (extract.h)
 *   channel_stream_*    an event stream, frame by frame (stream.h)
 *   channel_render_*    what goes to the customer instead (render.h)
 */
#ifndef HANDRAIL_CHANNEL_CHANNEL_H
#define HANDRAIL_CHANNEL_CHANNEL_H

#include "proxy/wire/media.h"
#include "proxy/wire/span.h"
#include "rules/diag.h"
#include "rules/yaml.h"

#include <stdint.h>

struct channel;

/*
 * Read a channel. block is a map as in CHANNELS.md 6.1, or a text: the name of
 * a preset. id is the channel's name where the block has no `id:` (may be
 * NULL). Every fault goes to diag with its place in doc. NULL when there was
 * an error. The YAML may be freed afterwards.
 */
struct channel *channel_load(const struct yaml_doc *doc,
    const struct yaml_node *block, const char *id, diag_fn *diag, void *arg);
void channel_free(struct channel *); /* accepts NULL */

/* The shipped preset of that name as YAML; p NULL when there is none. */
struct span channel_preset(const char *name);
/* NULL-terminated names of the shipped presets. */
const char *const *channel_preset_names(void);

const char *channel_id(const struct channel *);
/* Channels of one family share conversations and locks. */
const char *channel_family(const struct channel *);
/* Request fields not to be sent upstream, NULL-terminated. */
const char *const *channel_strip(const struct channel *);
/* The same, and those that name a conversation or a customer. */
const char *const *channel_strip_passed(const struct channel *);

enum channel_route {
	CHANNEL_JUDGE, /* responses carry text of the AI: hold and judge */
	CHANNEL_PASS,  /* listed as free of it: of no conversation */
	CHANNEL_DENY,  /* not known: answer 404, nothing goes upstream */
};
/*
 * By method and path (with or without query). A path that an upstream could
 * read in two ways (dot segments, //, backslash, encoded letters or slashes)
 * is denied, whatever the table says; a judged path matches without regard
 * to case and to a final slash, so that no spelling goes round the judge.
 */
enum channel_route channel_route(
    const struct channel *, struct span method, struct span path);

enum channel_framing {
	CHANNEL_JSON,       /* one JSON document */
	CHANNEL_SSE,        /* an event stream */
	CHANNEL_EMPTY,      /* no body at all: nothing to judge */
	CHANNEL_UNREADABLE, /* if_a_message_cannot_be_read decides */
};
/*
 * What the response is, by what was asked for and what it says it is.
 * has_body: the framing leaves room for a body.
 */
enum channel_framing channel_framing(const struct channel *, bool asked_stream,
    const struct media *said, bool has_body);

struct channel_limits {
	size_t max_body_bytes;  /* request and JSON response [4 MiB] */
	size_t max_text_bytes;  /* of one series [1 MiB] */
	size_t max_event_bytes; /* one SSE frame [1 MiB] */
	size_t max_frames;      /* of one stream [200000] */
	size_t max_depth;       /* of JSON [64] */
	size_t max_nodes;       /* of one JSON document [200000] */
};
const struct channel_limits *channel_limits(const struct channel *);

struct channel_hold {
	uint32_t
	    heartbeat_ms; /* send heartbeat this often while holding; 0: no */
	struct span heartbeat; /* the bytes: ": hold\n\n" */
	uint32_t max_hold_ms;  /* longer is "could not decide"; 0: no limit */
};
void channel_hold(const struct channel *, struct channel_hold *out);

#endif
