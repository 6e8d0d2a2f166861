/*
 * pieces - where the bytes of a text come from: a JSON string, or a string or
 * number of JSON that is itself inside a string. Private to this folder.
 *
 *   document  {"arguments":"{\"to\":\"Ann\"}"}     raw
 *   outer     {"to":"Ann"}                        decoded once
 *   text      Ann                                 decoded twice
 */
#ifndef HANDRAIL_CHANNEL_PIECES_H
#define HANDRAIL_CHANNEL_PIECES_H

#include "proxy/base/buf.h"
#include "proxy/channel/channel.h"
#include "proxy/channel/render.h"

enum nested_kind {
	NESTED_STRING,
	NESTED_NUMBER, /* an edit turns it into a string */
	NESTED_RAW,    /* the outer text is no JSON: it is the text */
};

struct nested_text {
	enum nested_kind kind;
	size_t start, end;   /* in the buf given to nested_read */
	size_t raw, raw_len; /* in the outer text; of strings the inside */
};

struct nested {
	struct nested_text *texts;
	size_t n_texts, cap_texts;
};

/* Every string, key and number of the JSON in text, appended to out. */
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

struct channel_piece {
	uint32_t node, series;
	bool is_key, nested;
	bool repeats;             /* says what another field says */
	struct nested_text inner; /* nested: start and end are not used */
	size_t start, end;        /* in the text of the series */
};

/* Three-byte surrogates become U+FFFD, in place. */
void pieces_blank_surrogates(char *p, size_t len);

#endif
