/*
 * frames_values - values of a stream (CHANNEL_PART_VALUE). Only frames*.c
 * include it.
 */
#ifndef HANDRAIL_RELAY_FRAMES_VALUES_H
#define HANDRAIL_RELAY_FRAMES_VALUES_H

#include "proxy/relay/frames_state.h"

void frames_feed_value(
    struct frames *, struct series *, const struct channel_part *);
/* The verdict on a value alone; its edits become those of its series. */
void frames_take_value(
    struct frames *, const struct channel_part *, const struct guard_verdict *);
/* Redactions of a reading that the texts it is made of do not make: where these
 * are values whose frames wait, they do. */
void frames_spread(
    struct frames *, uint32_t series, const struct guard_edit *, size_t n);

#endif
