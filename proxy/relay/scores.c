/* scores - see scores.h. */
#include "proxy/relay/scores.h"

#include "proxy/admin/metrics.h"
#include "proxy/base/mem.h"
#include "proxy/relay/exchange.h"
#include "proxy/relay/server.h"

#include <stdlib.h>
#include <string.h>

struct classified {
	struct exchange *exchange;
	struct classified *next;
	struct classifier_call *call; /* NULL: answered, or never asked */
	size_t classifier;            /* of the policy */
	size_t turn, start, end;
	char *text;
	size_t len;
	struct dialect_scores scores;
	const char *failed; /* constant */
};

struct classifier **scores_services(
    struct loop *loop, const struct generation *g, const struct config *config)
{
	size_t n = guard_policy_classifiers(g->policy);
	struct classifier **all = mem_array(n + 1, sizeof(struct classifier *));
	for (size_t i = 0; i < n; i++) {
		size_t k = g->classifiers[i];
		all[i] = classifier_new(&(struct classifier_options){
		    .loop = loop,
		    .config = &config->classifiers[k],
		    .tls = g->classifier_tls[k],
		    .connect_timeout_ms = config->limits.connect_timeout_ms,
		});
	}
	return all;
}

void scores_begin(struct exchange *e)
{
	e->scores.last = &e->scores.all;
	e->scores.turn = SIZE_MAX;
	e->facts.session.answers = &e->scores.given;
}

/* ---- answers ---- */

static void give(struct exchange *e, struct classified *c)
{
	struct scores *all = &e->scores;
	all->answers = mem_realloc_array(
	    all->answers, all->given.n + 1, sizeof(*all->answers));
	all->given.items = all->answers;
	all->answers[all->given.n++] = (struct guard_answer){
	    .classifier =
		guard_policy_classifier(exchange_policy(e), c->classifier),
	    .text = c->text,
	    .len = c->len,
	    .scores = c->scores.items,
	    .n_scores = c->scores.n,
	};
}

static void count(struct exchange *e, const struct classified *c,
    const struct classifier_answer *a)
{
	struct metrics *m = e->worker->server->metrics;
	const char *name =
	    guard_policy_classifier(exchange_policy(e), c->classifier);
	metrics_add(m, METRIC_CLASSIFIER_ANSWERS, 1, name,
	    a->failed       ? a->failed
		: a->cached ? "cached"
			    : "answered");
	if (!a->cached)
		metrics_observe_us(
		    m, METRIC_CLASSIFIER_SECONDS, a->took_us, name);
}

static void on_answer(void *arg, const struct classifier_answer *a)
{
	struct classified *c = arg;
	struct exchange *e = c->exchange;
	c->call = NULL;
	c->failed = a->failed;
	if (!a->failed)
		c->scores = dialect_scores_copy(a->scores);
	count(e, c, a);
	give(e, c);
	e->scores.waiting--;
	if (e->scores.then)
		e->scores.then(e);
}

/* ---- asks ---- */

static bool is_asked(const struct exchange *e, const struct guard_ask *ask)
{
	for (const struct classified *c = e->scores.all; c; c = c->next)
		if (c->turn == e->scores.turn &&
		    c->classifier == ask->classifier && c->len == ask->len &&
		    memcmp(c->text, ask->text, ask->len) == 0)
			return true;
	return false;
}

static void add(struct exchange *e, const struct guard_ask *ask)
{
	struct scores *all = &e->scores;
	struct classified *c = mem_zero(sizeof(*c));
	*c = (struct classified){
	    .exchange = e,
	    .classifier = ask->classifier,
	    .turn = all->turn,
	    .start = ask->start,
	    .end = ask->end,
	    .text = mem_strndup(ask->text, ask->len),
	    .len = ask->len,
	};
	*all->last = c;
	all->last = &c->next;
	if (all->ended)
		c->failed = "ended";
	else if (all->n++ >= exchange_config(e)->limits.max_classified_texts)
		c->failed = "too_many";
	if (c->failed) {
		give(e, c);
		return;
	}
	all->waiting++;
	c->call = classifier_ask(e->routes->classifiers[ask->classifier],
	    (struct span){c->text, c->len}, on_answer, c);
}

void scores_ask(struct exchange *e, const struct guard_ask *asks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_asked(e, &asks[i]))
			add(e, &asks[i]);
}

void scores_note(struct exchange *e)
{
	size_t n;
	const struct guard_ask *asks =
	    guard_scanner_asks(e->worker->scanner, &n);
	scores_ask(e, asks, n);
}

void scores_end(struct exchange *e)
{
	struct scores *all = &e->scores;
	size_t waiting = all->waiting;
	all->ended = true;
	all->waiting = 0;
	for (struct classified *c = all->all; c; c = c->next) {
		if (!c->call)
			continue;
		classifier_cancel(c->call);
		c->call = NULL;
		c->failed = "ended";
		give(e, c);
	}
	if (waiting && all->then)
		all->then(e);
}

void scores_cancel(struct exchange *e)
{
	e->scores.then = NULL;
	e->scores.waiting = 0;
	for (struct classified *c = e->scores.all; c; c = c->next) {
		if (c->call)
			classifier_cancel(c->call);
		c->call = NULL;
	}
}

void scores_clear(struct scores *all)
{
	while (all->all) {
		struct classified *c = all->all;
		all->all = c->next;
		dialect_scores_clear(&c->scores);
		free(c->text);
		free(c);
	}
	free(all->answers);
	*all = (struct scores){0};
}

/* ---- the record ---- */

/* Those a rule asks for, and the highest. */
static size_t wanted_scores(const struct exchange *e,
    const struct classified *c, struct guard_score *out)
{
	size_t n = 0, best = 0;
	for (size_t i = 1; i < c->scores.n; i++)
		if (c->scores.items[i].score > c->scores.items[best].score)
			best = i;
	for (size_t i = 0; i < c->scores.n; i++) {
		const char *label = c->scores.items[i].label;
		if (i == best ||
		    guard_policy_wants_label(
			exchange_policy(e), c->classifier, label ? label : ""))
			out[n++] = c->scores.items[i];
	}
	return n;
}

struct record_score *scores_record(
    const struct exchange *e, size_t turn, size_t *n)
{
	size_t texts = 0, scores = 0;
	for (const struct classified *c = e->scores.all; c; c = c->next) {
		texts++;
		scores += c->scores.n;
	}
	struct record_score *out = mem_zero(
	    (texts + 1) * sizeof(*out) + scores * sizeof(struct guard_score));
	struct guard_score *room =
	    (struct guard_score *)(void *)(out + texts + 1);
	*n = 0;
	for (const struct classified *c = e->scores.all; c; c = c->next) {
		if (c->turn != turn || (!c->failed && !c->scores.n))
			continue;
		struct record_score *r = &out[(*n)++];
		*r = (struct record_score){
		    .classifier = guard_policy_classifier(
			exchange_policy(e), c->classifier),
		    .config = classifier_digest(
			e->routes->classifiers[c->classifier]),
		    .version = c->scores.version,
		    .failed = c->failed,
		    .scores = room,
		    .n = wanted_scores(e, c, room),
		    .start = c->start,
		    .end = c->end,
		};
		room += r->n;
	}
	return out;
}
