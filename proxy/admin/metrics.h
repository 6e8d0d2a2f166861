/*
 * metrics - the numbers on /metrics, in Prometheus' text format.
 *
 * Every metric is a row of one table (metrics.c): name, type, labels, help.
 * Names and units are those of SUPERVISION.md 2. Labels never hold ids of
 * conversations; a metric that reaches METRICS_MAX_SERIES counts what is new
 * under "other". Any thread may count; a count takes one short lock.
 */
#ifndef HANDRAIL_PROXY_ADMIN_METRICS_H
#define HANDRAIL_PROXY_ADMIN_METRICS_H

#include "proxy/base/buf.h"

#include <stdint.h>

#define METRICS_MAX_SERIES 20000u    /* of one metric */
#define METRICS_MAX_LABEL_BYTES 256u /* of one value; longer is cut */

enum metric {                 /* labels, in the order of the call */
	METRIC_MESSAGES,      /* verdict, channel */
	METRIC_RULE_FIRES,    /* rule, mode, action */
	METRIC_UNDECIDED,     /* reason */
	METRIC_JUDGE_SECONDS, /* histogram */
	METRIC_HANDOFFS,      /* cause, outcome */
	METRIC_POLICY_INFO,   /* digest; 1 */
	METRIC_RELOADS,       /* outcome: ok, refused */
	METRIC_CONNECTIONS,   /* gauge: open client connections */
	METRIC_CONNECTIONS_OPENED,
	METRIC_CONNECTIONS_REFUSED, /* a conn_reason: untrusted, ... */
	METRIC_REQUESTS,            /* channel, code: status class "2xx" */
	METRIC_UPSTREAM_ERRORS,     /* route, reason: connect, tls, timeout,
				       reset, protocol, status */
	METRIC_STREAMS,             /* gauge: open */
	METRIC_CONVERSATIONS,       /* gauge; state: known, locked */
	METRIC_AUDIT_RECORDS,
	METRIC_AUDIT_FAILURES,
	METRIC_AUDIT_QUEUE_BYTES, /* gauge */
	METRIC_AUDIT_WRITABLE,    /* gauge: 1 or 0 */
	METRIC_AUDIT_REMOVED,
	METRIC_STORE_JOBS,     /* gauge: waiting */
	METRIC_STORE_WRITABLE, /* gauge: 1 or 0 */
	METRIC_OUTBOX,         /* gauge; state: pending, dead */
	METRIC_OUTBOX_SENT,
	METRIC_OUTBOX_FAILED_TRIES,
	METRIC_CLASSIFIER_ANSWERS, /* classifier; outcome: answered, cached,
				      late, paused, busy, connect, ... */
	METRIC_CLASSIFIER_SECONDS, /* histogram; classifier */
	METRIC_BUILD_INFO,         /* version; 1 */
	METRICS,
};

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *); /* accepts NULL */

/*
 * As many const char * follow as the metric has labels; NULL counts as "".
 * add is for counters and gauges (n may be negative there), set for gauges and
 * for counters that are kept elsewhere, observe for histograms.
 */
void metrics_add(struct metrics *, enum metric, int64_t n, ...);
void metrics_set(struct metrics *, enum metric, int64_t value, ...);
void metrics_observe_us(struct metrics *, enum metric, int64_t us, ...);
/* Forget the series of a metric: POLICY_INFO before the new digest is set. */
void metrics_clear(struct metrics *, enum metric);
/* The value of one series, 0 when there is none: for tests and the desk. */
int64_t metrics_get(struct metrics *, enum metric, ...);

/* Called at the beginning of every metrics_write, to set gauges. */
void metrics_on_write(
    struct metrics *, void (*fn)(void *arg, struct metrics *), void *arg);
/* Append everything. Metrics without series are written where they have no
 * labels (as 0) and only described where they have. */
void metrics_write(struct metrics *, struct buf *out);

/* All of them as docs/METRICS.md. */
void metrics_describe(struct buf *out);

#endif
