/*
 * scan - every text of one JSON document, by the rules of a variant. Private
 * to this folder; extract (bodies) and stream (frames) stand on it, and
 * render runs it again to find the same texts in the same order.
 */
#ifndef HANDRAIL_CHANNEL_SCAN_H
#define HANDRAIL_CHANNEL_SCAN_H

#include "proxy/base/buf.h"
#include "proxy/channel/model.h"
#include "proxy/wire/json.h"

#define SCAN_MAX_MESSAGES 64 /* choices in one document or stream */

struct scan_text {
	uint32_t node; /* the value, or the value whose key it is */
	bool is_key;
	const struct text_rule *rule; /* NULL: not listed */
	uint32_t message; /* index into messages or CHANNEL_NO_MESSAGE */
	uint16_t state;   /* of the node among the variant's pointers */
	bool repeats;     /* what another field of its `either` says */
};

#define SCAN_NUMBER_BYTES 16

struct scan_message {
	uint32_t node;
	char key[SCAN_NUMBER_BYTES]; /* its number as JSON */
	bool numbered;               /* it says so itself; else by its place */
	bool ends;                   /* end_if holds */
	uint16_t label;              /* of its first text that has one; 0 */
	size_t n_labelled;           /* texts that have one */
};

struct scan {
	const struct channel *channel;
	const struct variant *variant;
	const struct json_doc *doc; /* borrowed */
	struct scan_text *texts;    /* in document order */
	size_t n_texts, cap_texts;
	struct scan_message messages[SCAN_MAX_MESSAGES];
	size_t n_messages;
	/* of each node: */
	uint8_t *class;    /* enum scan_class */
	uint32_t *message; /* index into messages or CHANNEL_NO_MESSAGE */
	uint16_t *state;   /* among the variant's pointers */
	size_t cap_nodes;
	bool has_media, is_error;
	bool is_mixed; /* a message has texts of several labels */
};

enum scan_class {
	SCAN_PLAIN,
	SCAN_IGNORED,       /* short tokens below it are no text */
	SCAN_MIRROR,        /* repeats a text, not judged */
	SCAN_MIRROR_JUDGED, /* repeats a text, judged as well */
};

/*
 * 0, or -1: not to be read in one way only. A listed text that is no text, a
 * member under two spellings, two fields of one `either` that differ, two
 * messages of one number, a number that is none (1.0 is 1 to some clients), too
 * many messages. *scan must be zero or used before; its memory is reused.
 */
int scan_run(struct scan *, const struct channel *, const struct variant *,
    const struct json_doc *) __attribute__((warn_unused_result));
void scan_clear(struct scan *);
/* Which of the elements around a text give their number themselves: a bit for
 * each, from the inside. */
uint32_t scan_numbered(const struct scan *, const struct scan_text *);
/* Where in its message a text stands: the same for the same place. */
uint64_t scan_place(const struct scan *, const struct scan_text *);
/* The text itself, decoded (surrogates in three-byte form). */
void scan_decode(const struct scan *, const struct scan_text *, struct buf *);
/* "0/content" or "/error/message". */
void scan_name(const struct scan *, const struct scan_text *, struct buf *);
/* Is node at the top of a mirror (or of a judged one)? */
bool scan_is_mirror(const struct scan *, uint32_t node);
/* Does a mirror that must repeat a text say something else? */
bool scan_mirror_differs(const struct scan *);

#endif
