/*
 * sse - decoder and writer for event streams (WHATWG HTML, 9.2).
 *
 * The raw spans of the frames it gives, in order, are exactly the bytes fed:
 * a frame nobody touches is forwarded byte for byte. A frame is everything
 * up to and with the empty line that ends it, whether or not it dispatches an
 * event (comments, id, retry alone do not).
 *
 * Owns a copy of the bytes not yet taken. One thread at a time.
 */
#ifndef HANDRAIL_WIRE_SSE_H
#define HANDRAIL_WIRE_SSE_H

#include "proxy/base/buf.h"
#include "proxy/wire/span.h"

#include <stdint.h>

enum sse_err {
	SSE_ERR_FRAME_LIMIT = -1, /* a frame over max_event_bytes */
	SSE_ERR_FRAMES_LIMIT = -2,
};

struct sse_limits {             /* zero means the default in brackets */
	size_t max_event_bytes; /* raw bytes of one frame [1 MiB] */
	size_t max_frames;      /* of one stream [no limit] */
};

/* Spans are valid until the next sse_feed, sse_next or sse_clear. */
struct sse_frame {
	struct span raw;
	bool dispatched;   /* has data: an event in the sense of the standard */
	struct span event; /* its type; empty: "message" */
	struct span data;  /* lines joined by LF, no final LF */
	struct span extra; /* comments, fields of unknown name, types and ids
			      before the last of the frame, joined by LF:
			      bytes a client ignores but receives */
	bool has_id, has_retry;
	struct span id;    /* last event id after this frame */
	uint64_t retry_ms; /* valid with has_retry */
};

struct sse_decoder { /* private but for init */
	struct sse_limits limits;
	struct buf raw, data, extra, event, id;
	size_t taken; /* bytes of raw already given as frames */
	size_t pos;   /* next byte of raw to look at */
	size_t line;  /* start of the line being read */
	size_t frames;
	bool started; /* the BOM question is settled */
	bool skip_lf; /* the last line ended with CR */
	bool crlf;    /* a line has: where a LF is due, it is waited for */
	bool whole;   /* the frame at hand has its empty line */
	bool ended;
	bool has_data, has_id, has_retry;
	bool fresh; /* the next byte begins a frame's fields */
	uint64_t retry_ms;
	int err;
};

/* limits may be NULL. */
void sse_init(struct sse_decoder *, const struct sse_limits *);
void sse_clear(struct sse_decoder *);
void sse_feed(struct sse_decoder *, const char *bytes, size_t len);
/* 1 and a frame, 0: no whole frame yet, or a final enum sse_err. */
int sse_next(struct sse_decoder *, struct sse_frame *out)
    __attribute__((warn_unused_result));
/* No more will be fed: sse_next waits for nothing. */
void sse_end(struct sse_decoder *);
/* At the end of the stream: the bytes of the unfinished last frame, which the
 * standard does not dispatch. Empty when there are none. */
struct span sse_rest(const struct sse_decoder *);
/* Has the unfinished frame begun, with more than comments? */
bool sse_has_begun(const struct sse_decoder *);

/*
 * Append one frame in LF form. event empty: no event line. Every line of data
 * gets its own "data: ". event and id must hold no CR, LF or NUL.
 */
void sse_write(
    struct buf *, struct span event, struct span id, struct span data);
/* Append ": text\n\n". */
void sse_write_comment(struct buf *, const char *text);

#endif
