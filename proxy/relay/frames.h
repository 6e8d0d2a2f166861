/*
 * frames - a streamed answer: judged as it arrives, released frame by frame.
 *
 *   bytes -> sse frames -> parts -> one guard_stream a series
 *                 |                        | safe_len
 *                 v                        v
 *   [sent] [frame][frame][frame]...  the head leaves when all its parts are
 *                                    safe, as it came or rendered again
 *
 * Invariants: frames leave in order; no byte of a part leaves before its
 * series says it is safe; a frame with an edit leaves only after the caller
 * has said that the edit is recorded; from the first frame that ends a
 * message on everything waits for frames_release, so the closing record is
 * written before the last byte leaves, or for more text of that message, which
 * did not end there then; what waits takes no more memory than max_held_bytes
 * and one frame.
 *
 * No I/O. One thread.
 */
#ifndef HANDRAIL_RELAY_FRAMES_H
#define HANDRAIL_RELAY_FRAMES_H

#include "proxy/channel/render.h"
#include "proxy/relay/told.h"

struct frames;

struct frames_options { /* all outlive the frames */
	const struct channel *channel;
	struct guard_policy *policy;
	const struct guard_session *session;
	struct guard_scanner *scanner;
	size_t messages; /* asked for */
	size_t max_held_bytes;
	/* Classifiers are to be asked, for session->answers; NULL: they are
	 * not. When there are more, call frames_answered. False: all that will
	 * be answered of this is there by now. */
	bool (*ask)(void *arg, const struct guard_ask *, size_t n);
	void *arg;
};

enum frames_state {
	FRAMES_OPEN,       /* reading on */
	FRAMES_CUT,        /* an enforced handoff is settled: stop reading */
	FRAMES_UNREADABLE, /* not what the channel says */
	FRAMES_TOO_LARGE,  /* more is held than max_held_bytes */
	FRAMES_OVER,       /* the stream has ended, the verdicts are complete */
};

struct frames *frames_new(const struct frames_options *);
void frames_free(struct frames *); /* accepts NULL */

enum frames_state frames_feed(struct frames *, const char *bytes, size_t len);
/* The upstream has finished (also after the literal end). */
enum frames_state frames_end(struct frames *);
enum frames_state frames_state(const struct frames *);
/* The session has more answers: what that settles may leave. */
enum frames_state frames_answered(struct frames *);
/* No more will be fed. Is every answer there, so that frames_close loses none?
 */
bool frames_settled(struct frames *);

/* Bytes of memory that what waits takes. */
size_t frames_held(const struct frames *);
/* Append what may leave now to out. */
void frames_take(struct frames *, struct buf *out);
/* Since when the oldest words wait that have not left, those of a frame that is
 * still coming in too; monotonic, 0: none do. What only ends a message, and
 * comes behind that, is not words. */
int64_t frames_held_since(const struct frames *);
/* Settled edits so far; those from the first unrecorded one on wait. */
size_t frames_edits(const struct frames *);
void frames_edits_recorded(struct frames *, size_t n);
/* The edits since the last call, as hits of the rules that make them; their
 * number. For free(). */
size_t frames_new_edits(struct frames *, struct guard_hit **out);
/*
 * OVER, and the closing record is written: everything may leave. Approved text
 * that goes behind a message (append) goes with the frame that carries the end
 * of it; where that has left already, in a frame of its own before the one that
 * ends the message. emit: for that one; its text does not matter.
 */
void frames_release(struct frames *, const struct channel_emit *emit);
/* No more will be fed (cut, withheld, unreadable, broken off): ends all series,
 * so that the verdicts are complete. The state stays. What of the first frame
 * that waits is safe becomes a frame of its own for frames_take. */
void frames_close(struct frames *);
/* Drop what waits and append the channel's ending that says text. */
void frames_cut(struct frames *, const struct channel_emit *, struct buf *out);

/* Complete after CUT, OVER and UNREADABLE; edits so far while OPEN. */
struct verdicts *frames_verdicts(struct frames *);
/* Name of a text for records: "0/content". */
const char *frames_series(const struct frames *, uint32_t series);
/* What the AI wrote, and what of it the customer has: all of it when the stream
 * is OVER and its end is not withheld, else what has left. */
void frames_told(const struct frames *, const struct verdicts *, bool withheld,
    struct told *out);
/* Bytes of the AI's text that have left. */
size_t frames_released(const struct frames *);
/* A replace or block is settled: nothing more leaves, a handoff may come. */
bool frames_withheld(const struct frames *);
bool frames_has_media(const struct frames *);
/* Has the bot said anything yet? */
bool frames_has_text(const struct frames *);

#endif
