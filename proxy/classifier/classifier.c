/*
 * classifier - see classifier.h.
 *
 *   call:  LINE -> ASKED -> gone          (in a list of the classifier)
 *          DONE -> gone at the turn's end (its answer is known at once)
 */
#include "proxy/classifier/classifier.h"

#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/classifier/cache.h"
#include "proxy/http/origin.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum call_state { CALL_LINE, CALL_ASKED, CALL_DONE };

struct classifier_call {
	struct classifier *owner;
	classifier_fn *fn; /* NULL: cancelled, freed at the turn's end */
	void *arg;
	enum call_state state;
	char *text;
	size_t len;
	unsigned char key[HASH_BYTES];
	int64_t began_us;
	struct loop_timer deadline;
	struct origin *origin;        /* ASKED */
	struct buf body;              /* ASKED: of the answer so far */
	bool again;                   /* it has been asked once more */
	bool probe;                   /* the one that tries a paused service */
	const char *failed;           /* DONE: why; NULL: scores */
	struct dialect_scores scores; /* DONE */
	TAILQ_ENTRY(classifier_call) link;
};
TAILQ_HEAD(calls, classifier_call);

struct classifier {
	struct classifier_options o;
	struct upstream *pool;
	struct cache *cache;
	struct calls line, asked;
	size_t n_line, n_asked;
	uint64_t failures; /* in a row */
	int64_t paused_until_us;
	bool probing;
	char digest[DIALECT_DIGEST_SIZE];
};

static void serve(struct classifier *);
static void ask(struct classifier_call *);

struct classifier *classifier_new(const struct classifier_options *o)
{
	const struct config_classifier *config = o->config;
	struct classifier *c = mem_zero(sizeof(*c));
	c->o = *o;
	c->pool = upstream_new(o->loop,
	    &(struct upstream_options){
		.host = config->service.address.host,
		.port = config->service.address.port,
		.tls = o->tls,
		.max_open = config->max_at_once,
		.max_idle = config->max_at_once,
		.connect_timeout_ms = o->connect_timeout_ms,
	    });
	c->cache = cache_new(config->cached_texts);
	TAILQ_INIT(&c->line);
	TAILQ_INIT(&c->asked);
	dialect_digest(config, c->digest);
	return c;
}

void classifier_free(struct classifier *c)
{
	if (!c)
		return;
	assert(!c->n_line && !c->n_asked);
	upstream_free(c->pool);
	cache_free(c->cache);
	free(c);
}

const char *classifier_digest(const struct classifier *c)
{
	return c->digest;
}

/* ---- the end of a call ---- */

static void leave(struct classifier_call *call)
{
	struct classifier *c = call->owner;
	loop_timer_disarm(&call->deadline);
	switch (call->state) {
	case CALL_LINE:
		TAILQ_REMOVE(&c->line, call, link);
		c->n_line--;
		break;
	case CALL_ASKED:
		TAILQ_REMOVE(&c->asked, call, link);
		c->n_asked--;
		break;
	case CALL_DONE:
		break;
	}
	if (call->probe)
		c->probing = false;
	call->probe = false;
	origin_free(call->origin);
	call->origin = NULL;
}

static void call_free(struct classifier_call *call)
{
	dialect_scores_clear(&call->scores);
	buf_clear(&call->body);
	free(call->text);
	free(call);
}

static void tell(struct classifier_call *call, const char *failed,
    const struct dialect_scores *scores)
{
	struct classifier *c = call->owner;
	leave(call);
	call->fn(call->arg,
	    &(struct classifier_answer){
		.failed = failed,
		.scores = scores,
		.cached = call->state == CALL_DONE && !failed,
		.took_us = loop_now_us(c->o.loop) - call->began_us,
	    });
	call_free(call);
	serve(c);
}

void classifier_cancel(struct classifier_call *call)
{
	struct classifier *c = call->owner;
	leave(call);
	if (call->state == CALL_DONE) { /* told() is on its way */
		call->fn = NULL;
		return;
	}
	call_free(call);
	serve(c);
}

/* ---- how the service does ---- */

static void worked(struct classifier *c)
{
	if (c->failures >= c->o.config->max_failures)
		log_line(LOG_INFO, "classifier", "%s answers again",
		    c->o.config->name);
	c->failures = 0;
}

static void failed(
    struct classifier_call *call, const char *why, const char *text)
{
	struct classifier *c = call->owner;
	const struct config_classifier *config = c->o.config;
	log_line(LOG_WARN, "classifier", "%s: no answer (%s): %s", config->name,
	    why, text);
	c->failures++;
	if (c->failures >= config->max_failures) {
		c->paused_until_us =
		    loop_now_us(c->o.loop) + (int64_t)config->pause_ms * 1000;
		log_line(LOG_WARN, "classifier",
		    "%s is not asked for %llu ms after %llu failures in a row",
		    config->name, (unsigned long long)config->pause_ms,
		    (unsigned long long)c->failures);
	}
	tell(call, why, NULL);
}

/* Left alone, but for the one that tries it when the time is over. */
static bool is_paused(const struct classifier *c)
{
	return c->failures >= c->o.config->max_failures &&
	    (c->probing || loop_now_us(c->o.loop) < c->paused_until_us);
}

/* ---- one question ---- */

static void read_answer(struct classifier_call *call)
{
	struct classifier *c = call->owner;
	const struct http1_head *head = origin_head(call->origin);
	struct dialect_scores scores;
	if (head->status != 200) {
		char text[32];
		snprintf(text, sizeof(text), "status %d", head->status);
		failed(call, "status", text);
		return;
	}
	if (dialect_read(c->o.config,
		(struct span){call->body.data, call->body.len}, &scores)) {
		failed(call, "malformed",
		    "its answer is not what its kind answers");
		return;
	}
	worked(c);
	cache_put(c->cache, call->key, &scores);
	tell(call, NULL, &scores);
	dialect_scores_clear(&scores);
}

static void broke_off(
    struct classifier_call *call, const struct origin_data *data)
{
	bool begun = origin_head(call->origin)->status != 0;
	if (data->failure == ORIGIN_RESET && !begun && !call->again) {
		call->again = true;
		origin_free(call->origin);
		buf_reset(&call->body);
		ask(call);
		return;
	}
	failed(call,
	    data->failure == ORIGIN_TIMEOUT
		? "late"
		: origin_failure_name(data->failure),
	    data->text);
}

static void on_origin(
    void *arg, enum origin_event event, const struct origin_data *data)
{
	struct classifier_call *call = arg;
	switch (event) {
	case ORIGIN_HEAD:
		break;
	case ORIGIN_BODY:
		if (data->body.len <=
		    CLASSIFIER_MAX_BODY_BYTES - call->body.len)
			buf_add(&call->body, data->body.p, data->body.len);
		else
			failed(call, "protocol", "its answer is too long");
		break;
	case ORIGIN_END:
		read_answer(call);
		break;
	case ORIGIN_FAILED:
		broke_off(call, data);
		break;
	}
}

static void ask(struct classifier_call *call)
{
	struct classifier *c = call->owner;
	struct buf request = {0};
	dialect_write(
	    c->o.config, (struct span){call->text, call->len}, &request);
	call->origin = origin_new(&(struct origin_request){
	    .pool = c->pool,
	    .loop = c->o.loop,
	    .bytes = &request,
	    .method = span_str("POST"),
	    .fn = on_origin,
	    .arg = call,
	});
}

static void too_late(void *arg)
{
	struct classifier_call *call = arg;
	if (call->state == CALL_ASKED)
		failed(call, "late", "its time is over");
	else
		tell(call, "late", NULL);
}

/* ---- the line ---- */

static void told(void *arg)
{
	struct classifier_call *call = arg;
	if (call->fn)
		tell(call, call->failed, call->failed ? NULL : &call->scores);
	else
		call_free(call);
}

/* Its answer is known. */
static void tell_soon(struct classifier_call *call, const char *failed)
{
	loop_timer_disarm(&call->deadline);
	call->state = CALL_DONE;
	call->failed = failed;
	loop_defer(call->owner->o.loop, told, call);
}

static void next_in_line(struct classifier *c, struct classifier_call *call)
{
	TAILQ_REMOVE(&c->line, call, link);
	c->n_line--;
	if (is_paused(c)) {
		tell_soon(call, "paused");
		return;
	}
	call->probe = c->probing = c->failures >= c->o.config->max_failures;
	TAILQ_INSERT_TAIL(&c->asked, call, link);
	c->n_asked++;
	call->state = CALL_ASKED;
	ask(call);
}

/* While it is left alone nobody waits in line. */
static void serve(struct classifier *c)
{
	struct classifier_call *call;
	while ((call = TAILQ_FIRST(&c->line)) &&
	    (c->n_asked < c->o.config->max_at_once || is_paused(c)))
		next_in_line(c, call);
}

struct classifier_call *classifier_ask(
    struct classifier *c, struct span text, classifier_fn *fn, void *arg)
{
	struct classifier_call *call = mem_zero(sizeof(*call));
	call->owner = c;
	call->fn = fn;
	call->arg = arg;
	call->text = mem_strndup(text.p, text.len);
	call->len = text.len;
	call->began_us = loop_now_us(c->o.loop);
	loop_timer_init(&call->deadline, c->o.loop, too_late, call);
	hash_sha256(call->key, &(struct hash_part){text.p, text.len}, 1);
	const struct dialect_scores *known = cache_get(c->cache, call->key);
	if (known) {
		call->scores = dialect_scores_copy(known);
		tell_soon(call, NULL);
	} else if (c->n_asked >= c->o.config->max_at_once &&
	    c->n_line >= c->o.config->max_waiting) {
		tell_soon(call, "busy");
	} else {
		TAILQ_INSERT_TAIL(&c->line, call, link);
		c->n_line++;
		loop_timer_arm_ms(&call->deadline, c->o.config->timeout_ms);
		serve(c);
	}
	return call;
}
