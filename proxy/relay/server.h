/*
 * server - the running proxy: services, workers and the generation in force.
 *
 *   main thread   signals, reload, the admin listener, housekeeping
 *   workers       customers and bots
 *   audit, store, outbox threads of their own
 */
#ifndef HANDRAIL_RELAY_SERVER_H
#define HANDRAIL_RELAY_SERVER_H

#include "proxy/audit/audit.h"
#include "proxy/audit/watch.h"
#include "proxy/net/listener.h"
#include "proxy/relay/generation.h"
#include "proxy/relay/pending.h"
#include "proxy/relay/recalled.h"
#include "proxy/store/claim.h"
#include "proxy/store/conversation.h"
#include "proxy/store/pause.h"

#include <pthread.h>

struct handoffs;
struct metrics;
struct outbox;
struct vault;
struct worker;
struct loop;
struct admin;

struct server {
	struct record_maker maker;
	struct metrics *metrics;
	struct audit *audit;
	struct vault *vault;
	struct claim claim; /* on the store */
	struct store *store;
	struct conversations *conversations;
	struct pauses *pauses;
	struct outbox *outbox;
	struct handoffs *handoffs;
	pthread_mutex_t lock; /* of generation */
	struct generation *generation;
	struct listener_quota connections; /* of the customers */
	uint64_t open_files;               /* the limit */
	struct worker **workers;
	size_t n_workers;
	size_t n_ended;    /* workers that have drained */
	struct loop *loop; /* the main thread's */
	struct admin *admin;
	char *node; /* outlives every generation */
	atomic_ullong judged, forwarded, held;
	int64_t next_heartbeat_us;
	struct pending pending;
	struct known known; /* from the audit log */
	struct audit_watch watch;
	int64_t watched_us; /* the latest look; 0: none */
	bool draining;
};

struct server_options {
	const char *config_path;
	generation_policy_fn *load_policy;
	diag_fn *diag;
	void *diag_arg;
	const char *version;
};
/*
 * Start everything, print the `ready` line, serve until SIGTERM or SIGINT,
 * drain, stop. The exit code: 0, 1 (the configuration or the policy is
 * refused), 3 (could not run), with words on stderr.
 */
int server_run(const struct server_options *);

/* A reference for the caller. */
struct generation *server_generation(struct server *);
/* Where a queue's handoffs go; borrowed from the generation. */
const char *server_destination(const struct generation *, const char *queue);
/* From a worker's thread: it has drained. When all have, the server stops. */
void server_worker_ended(struct server *);
/* A decision, forwarded or held, for the heartbeat's arithmetic. */
void server_count(struct server *, bool held);

#endif
