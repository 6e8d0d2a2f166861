/*
 * stream - an answer that arrives as server-sent events.
 *
 * How the relay drives it. Each sse_frame goes to channel_stream_frame, which
 * says what is in it. The relay keeps the raw bytes with the parts, in order:
 *
 *   STREAM part   feed its text to the guard_stream of part.series (one per
 *                 series, text is appended); safe when safe_len >= part.end
 *   HELD part     tool arguments, cut anywhere: feed nothing; safe when the
 *                 series has ended and all its WHOLE parts are judged
 *   VALUE part    no delta: its series has the values of its place one behind
 *                 the other. A WHOLE part judges it; besides, feed what is not
 *                 known of it to a guard_stream, a new one where it is fresh,
 *                 only to see how much of it is safe: it may grow
 *   MIRROR part   says what its series says so far: safe with that, and edited
 *                 as that is
 *   WHOLE part    complete in itself: guard_check it now. With held_by set it
 *                 is a text inside held series held_by; with value_of set it is
 *                 value_of from value_at on, and an edit of it is one there
 *   BESIDE part   a reading (seams.h) of parts before it, behind all of
 *                 them: feed it like a STREAM part; it stands for no bytes, so
 *                 nothing of it is rendered
 *   label         of WHOLE and BESIDE parts: an id, a name, a comment. Where
 *                 a rule changes it, nothing is withheld; channel_stream_drop
 *                 leaves it out of all frames from then on
 *   ends[]        series that get no more: guard_stream_end; readings last
 *
 * The head of the queue leaves as it came (raw) once all its parts are safe
 * and nothing in them was edited, else through channel_render_frame with new
 * texts. Tell channel_stream_sent of each frame that leaves. At a cut drop the
 * queue and send channel_render_cut.
 *
 * An edit in a WHOLE part of a held series: channel_stream_map turns it into
 * one of the held series' own text, so it becomes part texts like any other.
 * An edit in a WHOLE part without either cannot be made: it is withheld.
 *
 * A surrogate pair over two frames is joined, as bytes of the second.
 */
#ifndef HANDRAIL_CHANNEL_STREAM_H
#define HANDRAIL_CHANNEL_STREAM_H

#include "proxy/channel/extract.h"
#include "proxy/wire/sse.h"

struct channel_stream;

enum channel_frame_role {
	CHANNEL_FRAME_TEXT,  /* says something */
	CHANNEL_FRAME_PASS,  /* no parts, or labels only */
	CHANNEL_FRAME_DONE,  /* the literal end; everything has ended */
	CHANNEL_FRAME_ERROR, /* the bot reports a failure; its texts count */
	CHANNEL_FRAME_UNREADABLE, /* not what the channel says: cannot read */
};

enum channel_part_mode {
	CHANNEL_PART_STREAM,
	CHANNEL_PART_HELD,
	CHANNEL_PART_WHOLE,
	CHANNEL_PART_VALUE,
	CHANNEL_PART_MIRROR,
	CHANNEL_PART_BESIDE,
};

#define CHANNEL_NO_SERIES UINT32_MAX

struct channel_part {
	enum channel_part_mode mode;
	enum channel_kind kind;
	uint32_t series; /* from 0, or CHANNEL_NO_SERIES for WHOLE but tokens */
	uint32_t message; /* ordinal of the choice or CHANNEL_NO_MESSAGE */
	uint32_t held_by; /* WHOLE: the series it lies in, or NO_SERIES */
	bool repeats;     /* another part of the frame says the same */
	bool label;       /* WHOLE, BESIDE: see above */
	bool noise;   /* BESIDE: it changes each time; hold nothing for it */
	bool fresh;   /* BESIDE, VALUE: another text begins; start goes on */
	bool over;    /* VALUE: it was said before, and does not grow */
	size_t known; /* bytes that the VALUE before had, too; of a fresh
			 BESIDE: that came before this frame, or 0 */
	uint32_t of;  /* VALUE: the series that begins like it, or NO_SERIES */
	uint32_t value_of; /* WHOLE: see above */
	size_t value_at;
	bool joined, half; /* begins, ends with half a character */
	/* In the series; WHOLE: 0 and length. BESIDE: end may be a byte
	 * further, that of a character which has only begun. */
	size_t start, end;
	/* WHOLE, a reading of another such part (beside.h): its seams, whose
	 * series are numbers of parts of this frame; else NULL. */
	const struct channel_seams *seams;
	struct span text; /* valid until the next call on the stream */
};

struct channel_frame {
	enum channel_frame_role role;
	const struct channel_part *parts; /* valid until the next call */
	size_t n_parts;
	const uint32_t *ends; /* series that end with this frame */
	size_t n_ends;
	bool drop_mirrors; /* render it anyway: a mirror contradicts itself */
	bool has_media;
	bool waits;     /* for the end: it is part of a whole, or an error */
	uint64_t holds; /* messages it calls tools in: it waits, too, ... */
	uint64_t over;  /* ... until all calls of them are whole: as of here */
	uint64_t finishes; /* messages whose end_if holds; more may follow */
	uint64_t speaks;   /* private: messages this frame says text in */
};

/* The channel must outlive it. */
struct channel_stream *channel_stream_new(const struct channel *);
/* So many messages were asked for; with more it is UNREADABLE: a client that
 * asked for one may take the texts of two for one. */
void channel_stream_expect(struct channel_stream *, size_t messages);
void channel_stream_free(struct channel_stream *); /* accepts NULL */
void channel_stream_frame(struct channel_stream *, const struct sse_frame *,
    struct channel_frame *out);
/*
 * The stream is over (after DONE or without it): *out has the ends and the
 * WHOLE and BESIDE parts still due, and no bytes; UNREADABLE where these cannot
 * be read. Idempotent.
 */
void channel_stream_end(struct channel_stream *, struct channel_frame *out);
/* The relay has sent this frame, as it came or rendered. */
void channel_stream_sent(struct channel_stream *, const struct channel_frame *);

/* Of a HELD series, all there is of it so far; else p NULL. */
struct span channel_stream_held(const struct channel_stream *, uint32_t series);

/* Leave out what stands where that series of a label comes from;
 * CHANNEL_NO_SERIES: the WHOLE label of the latest frame. */
void channel_stream_drop(struct channel_stream *, uint32_t series);
/* Is anything left out? Frames have to be rendered then. */
bool channel_stream_drops(const struct channel_stream *);

size_t channel_stream_n_series(const struct channel_stream *);
/* "0/content": for records. kind and message as in its parts. */
const char *channel_stream_series(const struct channel_stream *,
    uint32_t series, enum channel_kind *kind, uint32_t *message);

/* What a series of BESIDE parts is made of, since the latest fresh one. NULL
 * for other series. Valid until the next call. */
const struct channel_seams *channel_stream_seams(
    const struct channel_stream *, uint32_t series);

/*
 * Bytes start..end of WHOLE part i of the latest frame as bytes of the series
 * that holds it; text is appended to out as it must be written there.
 */
void channel_stream_map(const struct channel_stream *, size_t part,
    size_t *start, size_t *end, struct span text, struct buf *out);

#endif
