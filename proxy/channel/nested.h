/*
 * nested - JSON that is inside a string: tool arguments, and JSON inside a
 * string inside those. Private to this folder.
 *
 *   document  {"arguments":"{\"to\":\"Ann\"}"}     raw
 *   outer     {"to":"Ann"}                        decoded once
 *   text      Ann                                 decoded twice
 *
 * Several values one behind the other are read one by one. What is no JSON, or
 * only the beginning of some, is one text as it stands.
 *
 * What is JSON is also a text that somebody may see as it stands, and its lists
 * are put together by some: readings (seams.h) of the texts in it, behind them.
 * Numbers in a row are data, and stay apart: [4111,1111,1111,1111] is a card as
 * it stands, [30,75,69,16,47,77] is none.
 */
#ifndef HANDRAIL_CHANNEL_NESTED_H
#define HANDRAIL_CHANNEL_NESTED_H

#include "proxy/base/buf.h"
#include "proxy/channel/channel.h"
#include "proxy/channel/render.h"
#include "proxy/channel/seams.h"

#define NESTED_STEPS 4 /* strings inside strings; deeper is a text */

enum nested_kind {
	NESTED_STRING,
	NESTED_NUMBER, /* an edit turns it into a string */
	NESTED_RAW,    /* the text around is no JSON: it is the text */
};

struct nested_step { /* from one text to the one inside it */
	enum nested_kind kind;
	size_t raw, raw_len; /* in the text around; of strings the inside */
};

struct nested_text {
	struct nested_step steps[NESTED_STEPS];
	unsigned n_steps;           /* 0: a reading */
	size_t start, end;          /* in the buf given to nested_read */
	struct channel_seams seams; /* of a reading: its series are numbers of
				       texts */
};

struct nested {
	struct nested_text *texts;
	size_t n_texts, cap_texts;
};

/* Every string, key and number of the JSON in text and the readings of them,
 * appended to out. */
void nested_read(
    struct nested *, const struct channel *, struct span text, struct buf *out);
void nested_clear(struct nested *);
/*
 * An edit of bytes *start..*end of a nested text (counted from its own start)
 * as one of the outer text; what is to be written there is appended to out.
 * text is the nested text itself.
 */
void nested_map(const struct nested_text *, struct span outer, struct span text,
    struct channel_edit *edit, struct buf *out);

#endif
