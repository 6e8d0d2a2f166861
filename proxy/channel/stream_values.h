/*
 * stream_values - texts of a stream that are no deltas. Private to this folder.
 */
#ifndef HANDRAIL_CHANNEL_STREAM_VALUES_H
#define HANDRAIL_CHANNEL_STREAM_VALUES_H

#include "proxy/channel/stream_state.h"

void stream_free_value(struct stream_value *); /* accepts NULL */
/* Is it a value (CHANNEL_PART_VALUE)? */
bool stream_is_value(const struct scan_text *);
/* One that says what s->decoded has. False: as for texts. */
bool stream_add_value(
    struct channel_stream *, const struct scan_text *, uint32_t series);
/* Behind all texts of a frame: those that may be mirrors. */
bool stream_settle_values(struct channel_stream *);

#endif
