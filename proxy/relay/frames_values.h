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

#endif
