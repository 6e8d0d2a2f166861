/* model - a channel as it is in memory. Private to this folder; written by
 * dialect*.c, read-only afterwards. */
#ifndef HANDRAIL_CHANNEL_MODEL_H
#define HANDRAIL_CHANNEL_MODEL_H

#include "proxy/channel/channel.h"
#include "proxy/channel/extract.h"
#include "proxy/channel/paths.h"
#include "proxy/channel/pointer.h"
#include "proxy/channel/template.h"

/* "header:NAME", "cookie:NAME", "req:/ptr", "res:/ptr". */
enum source_kind {
	SOURCE_HEADER,
	SOURCE_COOKIE,
	SOURCE_REQUEST,
	SOURCE_RESPONSE
};
struct source {
	enum source_kind kind;
	char *name; /* header or cookie; else the pointer as written */
	struct pointer ptr;
};
struct sources {
	struct source *items;
	size_t n;
};

struct pointers {
	struct pointer *items;
	size_t n;
};

struct media_rule {
	char *word; /* what it is called: "image" */
	struct pointer ptr;
};

struct match_rule {
	char **methods;  /* NULL-terminated; NULL: any */
	char **segments; /* NULL-terminated; "{name}", "**" or literal */
	enum channel_route route;
};

/* Pointers of the rules below are relative to a message when written without
 * a slash and a `messages` pointer is given, else to the document. */
struct text_rule {
	struct pointer ptr;
	char *as; /* texts of one message with this label are joined; NULL:
		     each place is a series of its own */
	uint16_t label; /* the same number for the same `as`; 0: none */
	char *either;   /* fields of one name say the same, or only one of
			   them says anything; or NULL */
	enum channel_kind kind;
	bool nested; /* decode: json */
};
/* What repeats a text of its message: left out where that is changed. */
struct mirror_rule {
	struct pointer ptr;
	bool tokens; /* it does so piece by piece (log probabilities): judged
			column by column, and left out where a rule fires */
};
/* What is no text: an id, a name, a count. */
struct ignore_rule {
	struct pointer ptr;
	char **is;  /* values that mean nothing; or NULL */
	bool noise; /* another value each time, and none means anything */
};
struct set_rule {
	struct pointer ptr;
	struct template value;
};

struct variant {
	struct pointer messages; /* objects that are a message each */
	bool has_messages;
	char *key; /* member that numbers messages; or NULL */
	struct text_rule *texts;
	size_t n_texts;
	struct mirror_rule *mirrors;
	size_t n_mirrors;
	struct ignore_rule *ignores;
	size_t n_ignores;
	struct pointers media, remove;
	struct pointers otherwise; /* taken where no listed text is there */
	struct pointers hold; /* a frame with any of these waits for the end */
	struct set_rule *sets;
	size_t n_sets;
	struct pointer end_if; /* relative to a message: something ends it */
	bool has_end_if;
	struct pointer error; /* present: the bot reports a failure */
	bool has_error;
	char *done; /* literal data that ends a stream; or NULL */
	struct template emit_text, emit_end, emit_done;
	char *gap; /* between delivered and bridge text */
	/* A body as a stream: frames of each message, and arrays whose objects
	 * are numbered then. */
	struct template *streamed;
	size_t n_streamed;
	struct pointers number;
	struct paths paths; /* of all the pointers above but set and remove */
};

enum fact {
	FACT_SEGMENT,
	FACT_LANGUAGE,
	FACT_INTERACTION_TYPE,
	FACT_ZONE,
	FACT_RESOLVED,
	FACT_REPEAT_CONTACT,
	FACT_OPEN_TASKS,
	N_FACTS
};

struct channel {
	char *id, *family;
	struct match_rule *matches;
	size_t n_matches;
	enum channel_route other;
	struct pointer stream_if;
	char *stream_equals;
	bool has_stream_if;
	struct pointer asked; /* how many messages a request asks for */
	bool has_asked;
	struct sources conversation, customer, message;
	bool anonymous;
	/* Messages of the chat in a request: the customer's, the AI's; the
	 * pointers to text and media are relative to them. */
	struct pointer inbound_message, inbound_answer;
	bool has_inbound, has_inbound_answer;
	struct pointers inbound_text;
	struct media_rule *inbound_media;
	size_t n_inbound_media;
	struct sources facts[N_FACTS];
	char **strip;        /* NULL-terminated */
	char **strip_passed; /* these, and the headers of ids; own array */
	char **keys;         /* `keys:`, NULL-terminated, or NULL */
	const char **known;  /* sorted: all member names that are no text */
	size_t n_known;
	struct variant json, sse;
	uint32_t heartbeat_ms, max_hold_ms;
	char *heartbeat;
	struct channel_limits limits;
};

/* A token no language can hide in: [A-Za-z0-9._:/-]{1,128}. */
bool model_is_token(struct span);
bool model_knows_key(const struct channel *, struct span key);

#endif
