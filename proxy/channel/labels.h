/*
 * labels - what of a stream is no text but could be read as one: ids, names of
 * events, comments. Private to this folder.
 *
 * An ordinary stream says the same in every frame, or counts; so a value is
 * judged when it is new, and from its first change on what stands in one place
 * is one text, word by word. Where a rule fires the place is left out from
 * there on; the first word has left by then, since nobody knew that a second
 * would come.
 */
#ifndef HANDRAIL_CHANNEL_LABELS_H
#define HANDRAIL_CHANNEL_LABELS_H

#include "proxy/base/buf.h"
#include "proxy/wire/span.h"

#include <stdbool.h>
#include <stdint.h>

struct label {
	uint64_t place;
	struct buf value; /* the latest */
	struct buf glued; /* the end of all there were, without a space */
	uint32_t series;  /* of its changes; UINT32_MAX before the first */
	uint32_t frame;   /* it came in, or changed in */
	bool mirror;      /* a column of a mirror, which goes as a whole */
	bool dropped;
};

struct labels {
	struct label *items;
	size_t n, cap;
	bool dropped, dropped_mirrors; /* any, any that is a mirror */
};

enum labels_news {
	LABELS_SAME, /* or one more than it was */
	LABELS_NEW,
	LABELS_CHANGED,
	LABELS_FULL, /* too many places */
};

/* Take the value at a place. *out is it, valid until the next call; *before
 * has the value it had (CHANGED). */
enum labels_news labels_take(struct labels *, uint64_t place, struct span value,
    uint32_t frame, struct buf *before, struct label **out);
/* NULL: there is none. */
struct label *labels_find(const struct labels *, uint64_t place);
/* A column of a mirror, which has no value of its own; NULL: too many. */
struct label *labels_column(struct labels *, uint64_t place);
/* Leave out: the place whose changes are that series, or all that came first
 * in that frame. */
void labels_drop_series(struct labels *, uint32_t series);
void labels_drop_frame(struct labels *, uint32_t frame);
void labels_clear(struct labels *);

#endif
