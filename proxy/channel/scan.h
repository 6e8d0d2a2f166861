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

enum scan_sort {
	SCAN_TEXT,   /* somebody reads it */
	SCAN_LABEL,  /* an id, a name, a count: nobody does, but could */
	SCAN_NOISE,  /* the same, and it changes each time */
	SCAN_COLUMN, /* a piece of a list of tokens */
};

#define SCAN_OTHERWISE                                                         \
	UINT16_MAX /* below no listed place, but read with those */

struct scan_text {
	enum scan_sort sort;
	uint32_t node; /* the value, or the value whose key it is */
	bool is_key;
	const struct text_rule *rule; /* NULL: not listed */
	uint32_t message; /* index into messages or CHANNEL_NO_MESSAGE */
	uint16_t state;   /* of the node among the variant's pointers */
	uint16_t under;   /* label of the place it is in or below, or 0 */
	bool repeats;     /* what another field of its `either` says */
	bool instead;     /* it stands where a label would, and is none */
	bool member;      /* a rule lists the elements of a list, and it is in
			     an object instead: nobody adds it to another */
};

/* Which texts a client may put together with one: */
struct scan_join {
	uint64_t strand; /* those in the same member of a list, or 0 */
	uint16_t label;  /* all below labelled places of the message, and those
			    of one label are parts of one text; or 0 */
	bool apart;      /* each place has a series of its own */
};

#define SCAN_NUMBER_BYTES 16

struct scan_message {
	uint32_t node;
	char key[SCAN_NUMBER_BYTES]; /* its number as JSON */
	bool numbered;               /* it says so itself; else by its place */
	bool ends;                   /* end_if holds */
	bool holds; /* says something that reaches the client whole or not */
	uint16_t label; /* of its first text that has one; 0 */
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
	uint16_t *under;   /* label of the place it is in or below, or 0 */
	size_t cap_nodes;
	bool has_media, is_error;
	bool holds;          /* the same outside all messages */
	bool is_mixed;       /* a message has texts of several labels */
	bool mirror_differs; /* bytes of a token are not that token's */
};

enum scan_class {
	SCAN_PLAIN,
	SCAN_IGNORED, /* short tokens below it are labels */
	SCAN_MIRROR,  /* repeats a text */
	SCAN_TOKENS,  /* repeats a text piece by piece */
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
/* The number an element of a list goes by: its own, or its place. */
uint32_t scan_number_of(const struct scan *, uint32_t node);
/* Where in its message a text stands: the same for the same place. */
uint64_t scan_place(const struct scan *, const struct scan_text *);
/* All zero: nobody puts it together with another (keys, tool calls). */
struct scan_join scan_join(const struct scan *, const struct scan_text *);
/* The same for a label, which may be anywhere. In lists by the numbers of the
 * elements, or by their places in this document. */
uint64_t scan_label_place(
    const struct scan *, const struct scan_text *, bool by_number);
/* Can it be written anew in its place? Keys, labels and numbers cannot. */
static inline bool scan_is_written(
    const struct scan *s, const struct scan_text *t)
{
	return t->sort == SCAN_TEXT && !t->is_key &&
	    s->doc->nodes[t->node].type == JSON_IS_STRING;
}
/* The member that has to go when a text has to; JSON_NONE: there is none. */
uint32_t scan_member_of(const struct json_doc *, uint32_t node);
/* The same for the same column of a list of tokens, whatever the row. */
uint64_t scan_column(const struct scan *, const struct scan_text *);
/* Is so much in one token that it has to be judged alone as well? A rule may
 * not see it behind the token before. */
bool scan_says_much(struct span token);
/* The text itself, decoded (surrogates in three-byte form). */
void scan_decode(const struct scan *, const struct scan_text *, struct buf *);
/* "0/content" or "/error/message". */
void scan_name(const struct scan *, const struct scan_text *, struct buf *);
/* Is node at the top of a mirror? */
bool scan_is_mirror(const struct scan *, uint32_t node);
/* The top of the mirror that node is in. */
uint32_t scan_mirror_of(const struct scan *, uint32_t node);

/* RFC 9562: no word fits in, and many answers are called so. */
bool scan_is_uuid(struct span);

#endif
