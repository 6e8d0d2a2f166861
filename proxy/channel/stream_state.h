/*
 * stream_state - what is remembered of one event stream. Private to this
 * folder: written by stream.c (frames) and stream_series.c (texts), read by
 * render_stream.c.
 */
#ifndef HANDRAIL_CHANNEL_STREAM_STATE_H
#define HANDRAIL_CHANNEL_STREAM_STATE_H

#include "proxy/channel/joint.h"
#include "proxy/channel/labels.h"
#include "proxy/channel/pieces.h"
#include "proxy/channel/scan.h"
#include "proxy/channel/stream.h"
#include "proxy/channel/undo.h"

#define STREAM_MAX_SERIES 1024 /* of one stream */

struct stream_value; /* of one place; see stream_values.c */

struct stream_series {
	char *name;
	uint32_t hash;
	uint32_t numbered;                 /* see scan_numbered */
	uint16_t label;                    /* of its texts, or 0 */
	const struct channel_seams *seams; /* of BESIDE parts; or NULL */
	enum channel_kind kind;
	uint32_t message;
	bool held, ended;
	size_t len;      /* bytes of text so far */
	uint32_t half;   /* high surrogate waiting for its other half; or 0 */
	struct buf text; /* all of it, but of values and readings */
	size_t was_len;  /* of it before ... */
	uint32_t was_frame;         /* ... this frame */
	bool delta;                 /* listed, and STREAM */
	size_t looked;              /* held: so long it was not whole */
	struct stream_value *value; /* of VALUE parts; or NULL */
	struct stream_undo *undo;   /* with its escapes undone; or NULL */
};

struct stream_undo {
	struct undo levels[UNDO_LEVELS];
	size_t passed[UNDO_LEVELS]; /* of what is fresh: the next one has it */
	uint32_t series[UNDO_LEVELS]; /* CHANNEL_NO_SERIES: not yet */
};

struct stream_message {
	char key[SCAN_NUMBER_BYTES];
	bool numbered;            /* not only by its place */
	bool over;                /* its end_if has held */
	bool sent_text, sent_end; /* what the client has got */
};

struct stream_list { /* of tool calls; see stream_lists.c */
	const struct text_rule *rule;
	uint32_t message;
	uint32_t *numbers; /* of the elements in its places */
	size_t n;
};

struct stream_joint { /* texts put together */
	uint32_t message;
	uint64_t strand; /* see scan_join; 0: all of the message */
	enum channel_kind kind;
	struct joint joint;
	uint32_t beside[JOINT_HOWS]; /* the series of the readings, from the
					first on; or CHANNEL_NO_SERIES */
};

/* A part under construction: its text is still an offset. */
struct stream_part {
	struct channel_part part;
	size_t text;               /* in scratch */
	struct nested_text nested; /* of WHOLE parts with held_by */
	struct channel_seams
	    seams; /* of WHOLE parts that are readings; owned */
	const struct scan_text *value; /* of VALUE parts: not settled yet */
};

struct channel_stream {
	const struct channel *channel;
	struct stream_series *series;
	size_t n_series;
	struct stream_message messages[SCAN_MAX_MESSAGES];
	size_t n_messages, max_messages;
	struct stream_joint **joints;
	size_t n_joints;
	struct stream_list *lists;
	size_t n_lists;
	bool sent_done;
	bool too_deep; /* a text has more escapes than are undone */
	struct labels labels;
	uint32_t n_frames;
	struct buf up; /* an upstream frame templates copy from */
	struct json_doc up_doc;
	bool up_has_message;

	/* of the frame at hand */
	struct json_doc doc;
	struct scan scan;
	struct buf scratch, keys, decoded, fresh_labels;
	struct buf names, last_names; /* of members; of earlier frames, too */
	struct buf comments;          /* what the latest said, a line each */
	struct stream_part *parts;
	size_t n_parts, cap_parts;
	struct channel_part *given;
	uint32_t *ends;
	size_t n_ends;
	uint32_t ordinal[SCAN_MAX_MESSAGES]; /* of the frame's messages */
};

struct stream_part *stream_add_part(struct channel_stream *,
    enum channel_part_mode, enum channel_kind, struct span text);
/* A text of the frame at hand; false: it cannot be read. */
bool stream_add_text(struct channel_stream *, const struct scan_text *);
/* A piece of text put together with others; series is that of its place, the
 * piece's may be another. False: it cannot be read. */
bool stream_read_on(struct channel_stream *, const struct scan_text *,
    uint32_t series, struct joint_piece);
/* Part i is WHOLE: read it with its escapes undone as well. */
void stream_undo_part(struct channel_stream *, size_t i);
/* The same of the next bytes of a series that grows. */
void stream_undo_text(
    struct channel_stream *, uint32_t series, struct span text);
void stream_add_undone(struct channel_stream *);
/* No more comes of a message; CHANNEL_NO_MESSAGE: of any. What was unfinished
 * becomes parts. */
void stream_finish_undone(struct channel_stream *, uint32_t message);
/* False: number and place lead to two calls. */
bool stream_follow_lists(struct channel_stream *);
void stream_free_lists(struct channel_stream *);
void stream_end_series(struct channel_stream *, uint32_t series);
/* Behind all texts of a frame: where a message says something, its calls that
 * are whole are over. The messages of which all are, bit each. */
uint64_t stream_end_calls(struct channel_stream *);
/* Behind all texts of a frame: what they are put together. */
void stream_add_readings(struct channel_stream *);
/* The labels of a frame, behind all its texts. False: cannot be read. */
bool stream_add_labels(
    struct channel_stream *, const struct sse_frame *, bool has_data);
/* Is the place of this label of the scan left out? message: its ordinal. */
bool stream_drops(const struct channel_stream *, const struct scan *,
    const struct scan_text *, uint32_t message);
enum stream_place { STREAM_EVENT, STREAM_ID, STREAM_COMMENT };
bool stream_drops_field(const struct channel_stream *, enum stream_place);
uint32_t stream_add_series(
    struct channel_stream *, const struct stream_series *);
/* No more for this message; CHANNEL_NO_MESSAGE: for any series. */
void stream_end_all(struct channel_stream *, uint32_t message);

#endif
