/*
 * render - what goes to the customer when something was edited, replaced or
 * cut. Splices: bytes nobody touched stay as they were. Appends to out.
 */
#ifndef HANDRAIL_CHANNEL_RENDER_H
#define HANDRAIL_CHANNEL_RENDER_H

#include "proxy/channel/stream.h"

struct channel_edit {
	uint32_t series;
	size_t start, end; /* bytes of the series' text, on character borders */
	struct span text;  /* instead of them */
};

/* Values templates may use. */
struct channel_emit {
	struct span
	    text;       /* approved: say, bridge, waiting text; may be empty */
	int64_t time_s; /* unix seconds: {{time}} */
	const char *id; /* {{id}}: of a message the upstream did not name */
};

/*
 * The JSON body with edits spliced in, and without the mirrors of the messages
 * they touch (also when n is 0 and mirror_differs). Edits in any order, not
 * overlapping within a series, only of series that can_edit.
 */
void channel_render_edits(const struct channel *, const struct channel_body *,
    const struct channel_edit *edits, size_t n, struct buf *out);
/*
 * The body with every message saying emit->text and nothing else: set and
 * remove of the channel, or, where that would leave any other text of the
 * upstream standing, a fresh document. body NULL (unreadable, never asked):
 * a fresh document.
 */
void channel_render_replaced(const struct channel *,
    const struct channel_body *, const struct channel_emit *, struct buf *out);

/*
 * One frame of the stream again, part i of it saying texts[i] (p NULL: as it
 * was), without what the stream drops, and without mirrors when drop_mirrors.
 * raw is the frame's bytes, n the parts of it that are STREAM or HELD, in
 * order; others are not counted.
 */
void channel_render_frame(const struct channel_stream *, struct span raw,
    const struct span *texts, size_t n, bool drop_mirrors, struct buf *out);
/* Apply edits of one series, in text order, to the part start..end of its
 * text. An edit's text goes where the edit starts. */
void channel_render_part(struct span part, size_t start,
    const struct channel_edit *edits, size_t n, struct buf *out);

/* A frame in which a message of the stream says emit->text, as it is. */
void channel_render_more(const struct channel_stream *, uint32_t message,
    const struct channel_emit *, struct buf *out);
/*
 * The well-formed end of a cut stream: emit->text as further text of each
 * message that is still open for the client (of message 0 when none was
 * seen), its end, and the end of the stream. The connection stays usable.
 */
void channel_render_cut(const struct channel_stream *,
    const struct channel_emit *, struct buf *out);
/* A whole stream that says emit->text. */
void channel_render_stream(
    const struct channel *, const struct channel_emit *, struct buf *out);
/* Is there everything in a body that a stream in its place needs? */
bool channel_can_stream(const struct channel *, const struct channel_body *);
/*
 * Such a body, judged and edited, as the stream its client asked for; one that
 * reports a failure is one frame.
 */
void channel_render_streamed(const struct channel *, struct span body,
    const struct channel_emit *, struct buf *out);
/* Content-Type to send with each. */
const char *channel_content_type(enum channel_framing);

#endif
