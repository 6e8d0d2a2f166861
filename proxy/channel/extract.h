/*
 * extract - every text of a JSON body, listed or not.
 *
 * Nothing a customer could read stays unjudged: besides the listed pointers
 * every other string, every unknown object key and every long number is a text
 * too. Short tokens of letters, digits and ._:/- where the channel has ids and
 * names, and lists of tokens that repeat a text, are labels: judged as well,
 * but where a rule fires they are left out and nothing is withheld.
 *
 * A series is judged as one message: the parts of a content array are joined,
 * because clients join them. What a client can put together in further ways is
 * judged in each of them besides (seams.h); fields of which it takes one or
 * the other must not differ. JSON inside a string (tool arguments) gives one
 * series for each string, number and key within; where a text holds escapes, it
 * is read with them undone as well, as often as that changes it; what holds
 * more than a few levels of them cannot be read.
 */
#ifndef HANDRAIL_CHANNEL_EXTRACT_H
#define HANDRAIL_CHANNEL_EXTRACT_H

#include "proxy/base/buf.h"
#include "proxy/channel/channel.h"
#include "proxy/channel/seams.h"
#include "proxy/wire/json.h"

enum channel_kind {
	CHANNEL_SAID,      /* what the customer reads as the message; required
			      wording is looked for here only */
	CHANNEL_TOOL,      /* of a tool call */
	CHANNEL_REASONING, /* what a model thought before it spoke */
	CHANNEL_ERROR,     /* the bot reports a failure */
	CHANNEL_OTHER,     /* any other string or key */
};
#define CHANNEL_KINDS (CHANNEL_OTHER + 1)

#define CHANNEL_NO_MESSAGE UINT32_MAX

struct channel_series {
	char *name; /* "0/content", "/error/message": for records */
	enum channel_kind kind;
	uint32_t message; /* ordinal of its message (choice), from 0, or
			     CHANNEL_NO_MESSAGE */
	struct buf text;  /* judge this, decoded UTF-8; never empty */
	bool can_edit;    /* channel_render_edits can splice it; keys: no */
	bool nested;      /* out of JSON in a string, which edits keep JSON */
	bool repeats;     /* says what another series says: a second field */
	bool label;       /* ids and names, or a column of tokens: where a rule
			     fires, channel_body_drop */
	bool beside;      /* a reading of texts that are series themselves, and
			     come before it */
	struct channel_seams seams; /* of one that is beside */
	/* private: */
	uint16_t under; /* the number of its `as`, or 0 */
	bool dropped;
	uint64_t column; /* of tokens, ... */
	uint32_t mirror; /* ... in this node */
};

struct channel_piece; /* where in the document a stretch of a series stands */

enum channel_body_err {
	CHANNEL_BODY_OK = 0,
	CHANNEL_BODY_NOT_JSON = -1, /* json_error has the json_err */
	CHANNEL_BODY_SHAPE = -2,    /* it can be read in more than one way */
	CHANNEL_BODY_TEXT_LIMIT = -3,
};

struct channel_body {
	struct json_doc doc; /* borrows the bytes given to channel_body_read */
	struct channel_series *series;
	size_t n_series, cap_series;
	size_t n_messages; /* choices */
	bool has_media;    /* audio or image data the engine cannot read */
	int json_error;
	struct channel_piece *pieces; /* private, in document order */
	size_t n_pieces, cap_pieces;
	bool mirror_differs; /* a mirror contradicts itself: rendered without it
				even when nothing fires */
	bool dropped;        /* something is left out: has to be rendered */
};

/*
 * Find every text. bytes must live until channel_body_clear. *body need not be
 * initialised; always clear it. Anything but OK means the body cannot be read
 * and nothing of it may be delivered.
 */
int channel_body_read(const struct channel *, struct span bytes,
    struct channel_body *body) __attribute__((warn_unused_result));
void channel_body_clear(struct channel_body *);
/* Leave out what a label consists of. */
void channel_body_drop(struct channel_body *, uint32_t series);
/*
 * Every word of a JSON document, one text a line: its strings and numbers too
 * long to be a count, then its keys. 0, or an enum channel_body_err.
 */
int channel_body_words(const struct channel *, struct span bytes,
    struct buf *out) __attribute__((warn_unused_result));
/* All texts of that kind as people read them, joined by line ends; JSON inside
 * a string as it stands there. For transcripts. */
void channel_body_told(
    const struct channel_body *, enum channel_kind, struct buf *out);

#endif
