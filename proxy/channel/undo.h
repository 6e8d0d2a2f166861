/*
 * undo - a text with its backslash escapes undone, as a client reads it that
 * takes it for JSON, or for a string of some programming language. Private to
 * this folder.
 *
 *   {"a": "I gu\u0061rantee       cut off: not JSON, and yet read
 *   I gu\\u0061rantee             escaped twice: two of these
 *
 * What is undone: \uXXXX (with surrogates), \u{X...}, \xXX, up to three octal
 * digits, \b \f \n \r \t \v, a line end that is continued; any other character
 * is itself.
 *
 * A reading is open from the first escape on, and then says all that came
 * before it, too: so it is the same text however the bytes were cut, and rules
 * that reach far back see as much of it as of the text itself.
 */
#ifndef HANDRAIL_CHANNEL_UNDO_H
#define HANDRAIL_CHANNEL_UNDO_H

#include "proxy/base/buf.h"
#include "proxy/channel/seams.h"
#include "proxy/wire/span.h"

/* Escapes within escapes that are undone. What is deep on the last level has
 * more of them, and cannot be read. */
#define UNDO_LEVELS 4

struct undo {
	bool open;        /* there was an escape */
	size_t len;       /* bytes so far */
	struct buf fresh; /* those that have not been taken */
	struct channel_seams seams;
	size_t own;       /* bytes of the series so far */
	char pending[16]; /* the beginning of an escape */
	size_t n_pending;
	uint32_t half; /* a high surrogate waits for its other half; or 0 */
	char last;     /* the latest byte */
	bool deep;     /* what came out holds escapes that mean something */
};

/* The next bytes of a series. */
void undo_add(struct undo *, uint32_t series, struct span text);
/* No more will come: an unfinished escape is what it is. */
void undo_finish(struct undo *, uint32_t series);
/* What is fresh has been used; until it is open, it has not. */
void undo_take(struct undo *);
/* Is there an escape whose character is not known yet? */
bool undo_waits(const struct undo *);
void undo_clear(struct undo *);

#endif
