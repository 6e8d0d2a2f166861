/*
 * housekeeping - what the main thread does beside waiting for signals:
 * records of start, stop and policy changes, heartbeats, the records other
 * processes left in the store, gauges and readiness.
 */
#ifndef HANDRAIL_RELAY_HOUSEKEEPING_H
#define HANDRAIL_RELAY_HOUSEKEEPING_H

#include "proxy/relay/server.h"

/* The number of a record that the log has had, by the store; before it is
 * opened. */
uint64_t housekeeping_seen(struct server *);
/* Record start and the policy in force; false: the log cannot be written. */
bool housekeeping_started(struct server *, const char *version);
/* Record a policy before the first message is judged under it. */
bool housekeeping_loaded(struct server *, const struct generation *);
void housekeeping_stopped(struct server *);
/* Record what the command line did while nobody served, and from now on before
 * it takes effect. After the audit log is open, before locks are read. */
void housekeeping_store(struct server *);
/* Give the outbox the destinations of a configuration. */
void housekeeping_destinations(struct server *, const struct config *);
void housekeeping_admin(struct server *);
/* The timer of the main loop. */
void housekeeping_begin(struct server *);
void housekeeping_end(struct server *);

#endif
