/* recalled - see recalled.h. */
#include "proxy/relay/recalled.h"

#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/handoff/handoff.h"
#include "proxy/handoff/unstored.h"

#include <stdlib.h>
#include <string.h>

/* A number that nobody has asked for in so long is forgotten. */
#define KEPT_US (30 * 24 * 3600 * CLOCK_SECOND_US)

int recalled_place(struct store_tx *tx, void *arg)
{
	return store_log_get(tx, arg);
}

/* ---- the start ---- */

static void note_row(void *arg, const struct store_recalled *row)
{
	struct recall *recall = arg;
	struct recalled *one = recall_take(recall, row->pseudonym);

	one->judged = row->judged;
	if (row->line)
		recall_note(recall, row->line, strlen(row->line));
}

static int read_rows(struct store_tx *tx, void *arg)
{
	struct known *k = arg;
	int err = store_log_get(tx, &k->put);

	return err ? err : store_recalled_list(tx, note_row, &k->recall);
}

/* Those whose handoff is in the store are locked by it, or were returned. */
static int settle_stored(struct store_tx *tx, void *arg)
{
	struct known *k = arg;
	int err = STORE_OK;

	for (size_t i = 0; i < k->recall.cap && !err; i++) {
		struct recalled *one = &k->recall.slots[i];
		bool stored = false;

		if (one->handoff)
			err = store_handoff_is_known(tx, one->handoff, &stored);
		if (stored)
			recall_settle(one);
	}
	return err;
}

/* Under the lock. */
static int put_all(struct store_tx *tx, const struct recall *recall)
{
	int64_t now_us = clock_now_us();
	int err = store_recalled_prune(tx, now_us - KEPT_US);

	for (size_t i = 0; i < recall->cap && !err; i++) {
		const struct recalled *one = &recall->slots[i];

		if (one->pseudonym)
			err = store_recalled_put(tx,
			    &(struct store_recalled){one->pseudonym, now_us,
				one->judged, one->line});
	}
	return err;
}

static size_t count_owed(const struct recall *recall)
{
	size_t n = 0;

	for (size_t i = 0; i < recall->cap; i++)
		n += recall->slots[i].handoff != NULL;
	return n;
}

static bool read_back(struct known *k, const char **what, const char **why)
{
	struct audit_place after = {.seq = 0};
	int err = store_call(k->store, true, read_rows, k);

	*what = "store";
	if (!err) {
		after.seq = k->put.seq;
		memcpy(after.segment, k->put.segment, sizeof(after.segment));
		int bad = audit_recall(k->audit, &after, &k->recall);
		if (bad) {
			*what = "audit";
			*why = strerror(-bad);
			return false;
		}
		err = store_call(k->store, true, settle_stored, k);
	}
	*why = store_err_text(err);
	return err == STORE_OK;
}

bool recalled_load(struct known *k, struct store *store, struct audit *audit,
    const struct record_maker *maker)
{
	const char *what, *why;

	*k = (struct known){.store = store, .audit = audit, .maker = maker};
	pthread_mutex_init(&k->lock, NULL);
	k->loaded = true;
	if (!read_back(k, &what, &why)) {
		log_line(LOG_ERROR, what,
		    "it cannot be read which conversations people have: %s. "
		    "Nothing is served without that",
		    why);
		return false;
	}
	size_t owed = count_owed(&k->recall);
	if (owed)
		log_line(LOG_WARN, "store",
		    "the handoffs of %zu conversations are in the audit log "
		    "only: the AI is silent there; `handrail handoff list` "
		    "has them, and each comes to its desk when the customer "
		    "writes next",
		    owed);
	k->unsaved = k->recall.n > 0;
	return true;
}

/* ---- how far the store has come ---- */

struct putting {
	struct store_job job;
	struct known *known;
	struct store_log log;
	bool all; /* what was recalled, too */
};

static int put(
    struct store_tx *tx, struct known *k, const struct store_log *log, bool all)
{
	int err = STORE_OK;

	if (all) {
		pthread_mutex_lock(&k->lock);
		err = put_all(tx, &k->recall);
		pthread_mutex_unlock(&k->lock);
	}
	return err ? err : store_log_put(tx, log);
}

static int putting_run(struct store_tx *tx, struct store_job *job)
{
	struct putting *p = (struct putting *)job;

	return put(tx, p->known, &p->log, p->all);
}

static void putting_done(struct store_job *job, int err)
{
	struct putting *p = (struct putting *)job;

	if (!err)
		p->known->put = p->log;
	if (!err && p->all)
		p->known->unsaved = false;
	p->known->busy = false;
	free(p);
}

/* The store has all that the log had a round ago when nothing is tried again:
 * before a record is written its handoff has been stored or waits to be, and
 * what its message adds is submitted at this tick at the latest. */
static struct store_log next_log(struct known *k, const struct audit_place *now)
{
	struct store_log next = k->put;
	struct handoffs_metrics h;

	handoffs_metrics(k->handoffs, &h);
	next.seen = now->seq;
	if (h.unsaved == 0 && !conversations_wait(k->conversations)) {
		next.seq = k->before.seq;
		memcpy(next.segment, k->before.segment, sizeof(next.segment));
	}
	k->before = *now;
	return next;
}

static bool is_news(const struct known *k, const struct store_log *next)
{
	return k->unsaved || next->seen != k->put.seen ||
	    next->seq != k->put.seq;
}

static void on_tick(void *arg)
{
	struct known *k = arg;
	struct audit_state state;

	if (k->busy || clock_mono_us() < k->next_us)
		return;
	k->next_us = clock_mono_us() + CLOCK_SECOND_US;
	audit_state(k->audit, &state);
	struct store_log next = next_log(k, &state.place);
	if (!is_news(k, &next))
		return;
	struct putting *p = mem_zero(sizeof(*p));
	p->job = (struct store_job){.run = putting_run, .done = putting_done};
	p->known = k;
	p->log = next;
	p->all = k->unsaved;
	k->busy = true;
	store_submit(k->store, &p->job);
}

void recalled_watch(struct known *k, struct conversations *conversations,
    struct handoffs *handoffs)
{
	struct audit_state state;

	k->conversations = conversations;
	k->handoffs = handoffs;
	audit_state(k->audit, &state);
	k->before = state.place;
	store_on_tick(k->store, on_tick, k);
}

static int put_last(struct store_tx *tx, void *arg)
{
	struct known *k = arg;
	struct audit_state state;

	audit_state(k->audit, &state);
	k->before = state.place; /* nobody speaks any more */
	struct store_log last = next_log(k, &state.place);
	return put(tx, k, &last, k->unsaved);
}

void recalled_stop(struct known *k)
{
	if (!k->handoffs)
		return;
	int err = store_call(k->store, false, put_last, k);
	if (err)
		log_line(LOG_WARN, "store",
		    "how far the audit log has come could not be kept: %s",
		    store_err_text(err));
}

void recalled_clear(struct known *k)
{
	if (!k->loaded)
		return;
	recall_clear(&k->recall);
	pthread_mutex_destroy(&k->lock);
}

/* ---- what is asked of it ---- */

struct conversation_recall recalled_of(
    void *arg, const char *family, const char *id)
{
	struct known *k = arg;
	struct conversation_recall out = {0};
	char pseudonym[RECORD_PSEUDONYM_SIZE];

	/* Nothing is added after the start. */
	if (k->recall.n == 0)
		return out;
	record_pseudonym(k->maker, "conversation", family, id, pseudonym);
	pthread_mutex_lock(&k->lock);
	const struct recalled *one = recall_find(&k->recall, pseudonym);
	if (one)
		out = (struct conversation_recall){
		    one->judged, one->handoff != NULL};
	pthread_mutex_unlock(&k->lock);
	return out;
}

void recalled_settle(struct known *k, const char *pseudonym)
{
	pthread_mutex_lock(&k->lock);
	struct recalled *one = recall_find(&k->recall, pseudonym);
	if (one)
		recall_settle(one);
	pthread_mutex_unlock(&k->lock);
}

void recalled_read(struct known *k, const char *family, const char *id,
    struct recalled_request *out)
{
	*out = (struct recalled_request){0};
	record_pseudonym(k->maker, "conversation", family, id, out->pseudonym);
	pthread_mutex_lock(&k->lock);
	const struct recalled *one = recall_find(&k->recall, out->pseudonym);
	if (one && one->line)
		unstored_read(&out->was, one->line);
	pthread_mutex_unlock(&k->lock);
}

void recalled_request_clear(struct recalled_request *r)
{
	store_handoff_clear(&r->was);
}
