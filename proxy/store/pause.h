/*
 * pause - which rules are paused now, for the threads that judge.
 *
 * Loaded at start and again whenever another process changes a pause (within
 * 200 ms); each ends by itself when its time is over. Any thread may ask.
 */
#ifndef HANDRAIL_PROXY_STORE_PAUSE_H
#define HANDRAIL_PROXY_STORE_PAUSE_H

#include "proxy/store/store.h"

struct pauses;

struct pauses *pauses_new(struct store *);
/* Before store_start. 0 or a store_err. */
int pauses_load(struct pauses *) __attribute__((warn_unused_result));
void pauses_free(struct pauses *); /* after store_close; accepts NULL */

/* The fast question: false means nothing at all is paused. */
bool pauses_any(struct pauses *);
/* Everything, or this rule, is to act as if in shadow. */
bool pauses_rule(struct pauses *, const char *rule, int64_t now_us);
bool pauses_ai_speech(struct pauses *, int64_t now_us);

#endif
