/*
 * quoted - edits of a text that is JSON itself (structured outputs: the
 * content is an object or a list, as text), so that it stays JSON.
 *
 *   {"note":"Card 4111 1111 1111 1111"}     "#" for the number becomes \"#\"
 *   {"card":4111111111111111}               and here "\"#\"", a string
 *
 * A stream is edited before its end is there, so a text counts as JSON as long
 * as what came so far can be the beginning of an object or a list.
 */
#ifndef HANDRAIL_CHANNEL_QUOTED_H
#define HANDRAIL_CHANNEL_QUOTED_H

#include "proxy/base/buf.h"
#include "proxy/wire/span.h"

#include <stdbool.h>
#include <stdint.h>

#define QUOTED_DEPTH 64 /* deeper is not taken for JSON */

/* How far a text has been read. {0}: not at all. */
struct quoted {
	size_t at;
	int state;         /* private, all of it */
	uint64_t objects;  /* of the containers around, bit by depth */
	unsigned depth, n; /* n: hex digits of an escape, letters of a word */
	bool is_key;
	size_t token;  /* where the latest string, number or word begins */
	size_t tokens; /* so far */
};

enum quoted_how {
	QUOTED_AS_IS,   /* it is no JSON, or it stands before or behind it */
	QUOTED_WRITTEN, /* as out says */
	QUOTED_BREAKS,  /* it would be no JSON any more, whatever is written */
};
/* What to write in place of bytes start..end of text, so that `with` is read.
 * Cheapest in ascending order of start. */
enum quoted_how quoted_write(struct quoted *, struct span text, size_t start,
    size_t end, struct span with, struct buf *out);

#endif
