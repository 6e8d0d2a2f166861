/* frames_state - what the frames*.c share (see the README). Nobody else
 * includes it. */
#ifndef HANDRAIL_RELAY_FRAMES_STATE_H
#define HANDRAIL_RELAY_FRAMES_STATE_H

#include "proxy/relay/beside.h"
#include "proxy/relay/frames.h"
#include "proxy/relay/quote.h"

struct series {
	struct guard_stream *stream; /* NULL: a held series */
	bool beside;                 /* a reading of others */
	bool label;                  /* beside: ids, names, tokens */
	bool repeats;                /* says what another says */
	bool reads_on;               /* beside: past a handoff that is no hit */
	bool value;      /* one value behind the other: stream has the latest */
	struct buf said; /* values: all of them */
	size_t base;     /* beside, value: byte of it that stream begins at */
	enum channel_kind kind;
	size_t safe;    /* bytes that may leave */
	size_t rest;    /* the same if it ends here (frames_rest.c), or 0 */
	size_t rested;  /* bytes that was asked for */
	size_t held_at; /* nothing from here on may, whatever the engine says */
	size_t sent;    /* bytes that have left */
	bool half_sent; /* and half a character as it came */
	bool closed;    /* no more comes, but an answer for it may */
	bool ended;
	bool stuck;               /* held: a text inside it is withheld */
	struct guard_edit *edits; /* settled, copied from the stream */
	size_t n_edits;
	struct quoted quoted; /* the text up to the latest of them */
	size_t n_told;        /* of them, by frames_new_edits */
};

struct part {
	enum channel_part_mode mode;
	uint32_t series;
	size_t start, end;
	uint32_t of; /* a series that begins like it; or CHANNEL_NO_SERIES */
	bool joined, half;  /* see channel_part */
	struct span behind; /* approved text to go behind it (append) */
};

struct queued {
	struct queued *next;
	int64_t since_us; /* when it came; monotonic */
	struct buf raw;
	struct part *parts; /* those that are written, as the renderer counts,
			       then BESIDE ones */
	size_t n_parts, n_beside;
	char *texts;                /* of the parts, one behind the other */
	size_t bytes;               /* of memory all this takes */
	struct channel_frame frame; /* for channel_stream_sent; no pointers */
	const struct queued *upto;  /* a call: leaves when all up to it may */
	bool last;  /* ends the stream, or a message as far as is known */
	bool ours;  /* written by Handrail */
	bool stuck; /* holds a withheld text: not it, and nothing behind it */
};

/* What malloc keeps for itself of each of the four pieces. */
#define OVERHEAD_BYTES ((size_t)4 * 16)

struct own_edit {
	size_t part; /* of its frame */
	struct guard_edit edit;
};

struct frames {
	struct frames_options o;
	struct guard_session
	    aside; /* the session for texts beside the message */
	struct guard_session label; /* and for ids and names */
	struct sse_decoder sse;
	struct channel_stream *stream;
	struct series *series;
	size_t n_series;
	struct queued *head, **tail;
	struct queued *ends[64]; /* the first that ends a message, or NULL */
	size_t held;             /* bytes of the queue */
	int64_t begun_us; /* when the frame that is still coming in began; 0 */
	enum frames_state state;
	bool withheld; /* a replace or block is settled */
	bool halted;   /* withheld at the very end: nothing more leaves */
	bool released;
	bool has_media;
	bool ending;  /* the upstream has finished; answers are missing */
	bool stalled; /* a whole text in a frame waits for an answer ... */
	struct channel_frame frame; /* ... this one, which is not judged */
	struct queued *last_queued; /* ... of this; NULL: it is not kept */
	bool at_end;                /* ... is the end of all */
	struct buf ahead;           /* what came behind it */
	bool forced;                /* nobody waits any more */
	size_t edits, edits_recorded;
	struct verdicts verdicts;
	struct buf unreadable; /* bytes of what could not be read */
	char **owned;          /* texts of edits that the policy does not own */
	size_t n_owned;
	size_t rest_bytes;          /* that were read for series.rest */
	struct own_edit *own_edits; /* of whole texts of the frame at hand */
	size_t n_own_edits;
};

/* ---- frames_beside.c ---- */

/* The edits of the texts that a reading is made of. */
struct beside frames_beside(const struct frames *, uint32_t series);
void frames_feed_beside(
    struct frames *, struct series *, const struct channel_part *);
void frames_end_beside(struct frames *, uint32_t series);
/* The verdict on a label; series: as channel_stream_drop has it. */
void frames_take_label(
    struct frames *, uint32_t series, const struct guard_verdict *);

/* Keep a text as long as the frames; returns it. */
const char *frames_own(struct frames *, char *text);
void frames_end_series(struct frames *, uint32_t series);

/* ---- frames.c ---- */

/* Judge what a frame says and what it ends; whether it must stay back. */
bool frames_judge(struct frames *, const struct channel_frame *);
void frames_settle_frame(struct frames *); /* f->frame */
void frames_read(struct frames *, const char *bytes, size_t len);
void frames_read_last(struct frames *);
void frames_cannot_decide(struct frames *, enum guard_undecided why);
/* One that would break a text that is JSON: nothing from it on leaves. */
void frames_cannot_edit(struct frames *, struct series *, size_t start);

/* ---- frames_wait.c, for frames.c ---- */

void frames_take_progress(
    struct frames *, struct series *, const struct guard_progress *);
void frames_take_beside(
    struct frames *, uint32_t series, const struct guard_progress *);
/* What a text is judged with. */
const struct guard_session *frames_session(
    const struct frames *, const struct channel_part *);
/* Ask what is new of a stream; false: nothing is. */
bool frames_ask(struct frames *, struct guard_stream *);
/* Is there a whole text in it that a classifier has not answered for? */
bool frames_lacks_answers(struct frames *, const struct channel_frame *);
/* No more comes of a series: does it have to wait for answers? */
bool frames_closes_later(struct frames *, struct series *);
/* The upstream has finished. */
void frames_finish(struct frames *);
/* All that are open: readings last, when what they are made of is settled. */
void frames_end_all(struct frames *);
void frames_drop_queue(struct frames *);

#endif
