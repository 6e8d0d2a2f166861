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
 * is itself. A reading is open only around escapes, like a joint.
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
	bool open;
	bool opened; /* since undo_take: what came before is another text */
	size_t len;  /* bytes so far, of all openings */
	struct buf fresh;           /* those since undo_take */
	struct channel_seams seams; /* of this opening */
	size_t since;               /* bytes behind the latest escape */
	char pending[16];           /* the beginning of an escape */
	size_t n_pending;
	uint32_t half; /* a high surrogate waits for its other half; or 0 */
	char last;     /* the latest byte */
	bool deep;     /* what came out holds escapes that mean something */
};

/*
 * The next bytes of a series, which stand at own there. before: what came
 * before them, as much of it as the reading may begin with. window: bytes
 * behind an escape that are read; SIZE_MAX: all there are.
 */
void undo_add(struct undo *, uint32_t series, size_t own, struct span text,
    struct span before, size_t window);
/* No more will come: an unfinished escape is what it is. */
void undo_finish(struct undo *);
void undo_take(struct undo *);
void undo_close(struct undo *);
void undo_clear(struct undo *);

#endif
