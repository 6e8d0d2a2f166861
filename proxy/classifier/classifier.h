/*
 * classifier - one service of one worker: texts in, scores out.
 *
 *   ask -> known | paused | busy | in line -> asked -> scores or a failure
 *
 * An answer never comes from inside classifier_ask, and comes in time: it is a
 * failure when the timeout is over, wherever the text stands then. After so
 * many failures in a row the service is left alone for a while, then one text
 * tries it. What a pooled connection lost before an answer began is asked once
 * more. One thread.
 */
#ifndef HANDRAIL_PROXY_CLASSIFIER_CLASSIFIER_H
#define HANDRAIL_PROXY_CLASSIFIER_CLASSIFIER_H

#include "proxy/classifier/dialect.h"
#include "proxy/net/upstream.h"

struct classifier;
struct classifier_call;

#define CLASSIFIER_MAX_BODY_BYTES (256u * 1024) /* of an answer */

struct classifier_answer { /* borrowed for the call */
	/* NULL: there are scores; or "late", "paused", "busy", "connect",
	 * "tls", "reset", "protocol", "status", "malformed". */
	const char *failed;
	const struct dialect_scores *scores;
	bool cached;
	int64_t took_us; /* since it was asked */
};
/* Called once for each ask that is not cancelled. */
typedef void classifier_fn(void *arg, const struct classifier_answer *);

struct classifier_options {
	struct loop *loop;
	const struct config_classifier *config; /* outlives it */
	struct tls_client *tls;                 /* NULL: plain */
	uint64_t connect_timeout_ms;
};
struct classifier *classifier_new(const struct classifier_options *);
/* When nobody waits for an answer any more. Accepts NULL. */
void classifier_free(struct classifier *);

/* The text is copied. */
struct classifier_call *classifier_ask(
    struct classifier *, struct span text, classifier_fn *, void *arg);
/* Before its answer came: it will not come. The pointer is then dead, as it is
 * after the answer. */
void classifier_cancel(struct classifier_call *);

/* "sha256:..." of its configuration. */
const char *classifier_digest(const struct classifier *);

#endif
