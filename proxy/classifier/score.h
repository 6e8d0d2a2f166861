/*
 * score - a JSON number from 0 to 1 as millionths, exactly: what is finer is
 * rounded up, so that 0.8000001 is above 0.8.
 */
#ifndef HANDRAIL_PROXY_CLASSIFIER_SCORE_H
#define HANDRAIL_PROXY_CLASSIFIER_SCORE_H

#include "proxy/wire/span.h"

#include <stdint.h>

/* raw is a valid JSON number. False: it is not from 0 to 1. */
bool score_read(struct span raw, uint32_t *out);

#endif
