/*
 * audit - see audit.h: opening, submitting, closing. The work is in writer.c.
 *
 * Refuses to open a log another process writes, one it cannot read, and one
 * it cannot write to.
 */
#include "proxy/audit/audit.h"

#include "proxy/audit/writer.h"
#include "proxy/base/clock.h"
#include "proxy/base/file.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *audit_result_text(enum audit_result result)
{
	static const char *const texts[] = {
	    [AUDIT_OK] = "the audit log is written",
	    [AUDIT_AGAIN] = "the audit log's queue is full",
	    [AUDIT_DISK_FULL] = "the disk of the audit log is full",
	    [AUDIT_GONE] =
		"the files of the audit log were removed, moved away "
		"or cut",
	    [AUDIT_FAILED] = "the audit log cannot be written",
	};
	return texts[result];
}

/* Close what the last run left open, on disk before anything new. */
static int audit_recover(struct audit *a, const struct owner_last *last,
    uint64_t known_seq, char *why, size_t size)
{
	struct recover r;
	struct buf lines = {0};
	int err = 0;
	if (recover_read(&r, &a->segment, why, size) < 0) {
		recover_clear(&r);
		return -1;
	}
	if (r.torn > 0)
		log_line(LOG_WARN, "audit", "%s: cut a torn line of %llu bytes",
		    a->root, (unsigned long long)r.torn);
	a->interrupted = r.streams.n;
	struct recover_doubt doubt = {
	    .power_lost = last->power_lost && !r.stopped,
	    .known_seq = known_seq,
	    .lost = last->lost,
	    .lost_from_us = last->lost_from_us};
	a->written_total =
	    recover_lines(&r, a->maker, a->now_us(), &doubt, &lines);
	a->seq = r.seq;
	a->segment_seq = r.seq - a->written_total - r.live;
	a->segment_us = r.live > 0 ? r.live_us : a->now_us();
	if (segment_is_over(
		&a->segment, a->now_us(), lines.len, a->max_segment_bytes)) {
		err = segment_next(&a->segment, a->now_us());
		a->segment_seq = r.seq - a->written_total;
		a->segment_us = a->now_us();
	}
	/* Always: this also cuts what was torn. */
	if (err == 0)
		err = segment_append(&a->segment, lines.data, lines.len);
	if (err == 0)
		err = segment_sync(&a->segment);
	if (err == 0)
		err = streams_save(&a->streams, a->open_path);
	writer_mark(a);
	if (err == 0)
		owner_note(&a->owner, 0, 0);
	else
		snprintf(why, size, "cannot write the audit log %s: %s",
		    a->root, strerror(-err));
	buf_clear(&lines);
	recover_clear(&r);
	return err < 0 ? -1 : 0;
}

static void audit_free(struct audit *a)
{
	segment_clear(&a->segment);
	streams_clear(&a->streams);
	owner_drop(&a->owner);
	pthread_cond_destroy(&a->submitted);
	pthread_cond_destroy(&a->written);
	pthread_cond_destroy(&a->idle);
	pthread_mutex_destroy(&a->lock);
	free(a->root);
	free(a->open_path);
	free(a);
}

static struct audit *audit_new(const struct audit_options *o)
{
	struct audit *a = mem_zero(sizeof(*a));
	pthread_condattr_t monotonic;
	a->maker = o->maker;
	a->durability = o->durability;
	a->max_queue_bytes =
	    o->max_queue_bytes != 0 ? o->max_queue_bytes : (size_t)16 << 20;
	a->max_segment_bytes =
	    o->max_segment_bytes != 0 ? o->max_segment_bytes : (size_t)64 << 20;
	a->retry_ms = o->retry_ms != 0 ? o->retry_ms : 1000;
	a->now_us = o->now_us != NULL ? o->now_us : clock_now_us;
	a->root = file_join(o->directory, o->maker->node);
	a->open_path = file_join(a->root, "open.jsonl");
	owner_init(&a->owner);
	segment_init(&a->segment, a->root, o->io);
	queue_init(&a->queue);
	queue_init(&a->unsynced);
	queue_init(&a->waiting);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->submitted, &monotonic);
	pthread_cond_init(&a->written, NULL);
	pthread_cond_init(&a->idle, NULL);
	pthread_condattr_destroy(&monotonic);
	return a;
}

int audit_open(
    struct audit **out, const struct audit_options *o, char *why, size_t size)
{
	const char *node = o->maker->node;
	struct owner_last last = {0};
	*out = NULL;
	if (node[0] == '\0' || node[0] == '.' || strchr(node, '/') != NULL) {
		snprintf(
		    why, size, "\"%s\" cannot be the name of a node", node);
		return -1;
	}
	struct audit *a = audit_new(o);
	int err = file_mkdirs(a->root, 0750);
	if (err < 0)
		snprintf(
		    why, size, "cannot make %s: %s", a->root, strerror(-err));
	if (err == 0)
		err = owner_take(&a->owner, a->root, &last, why, size);
	if (err == 0)
		err = audit_recover(a, &last, o->known_seq, why, size);
	if (err < 0) {
		audit_free(a);
		return -1;
	}
	int failed = pthread_create(&a->writer, NULL, writer_run, a);
	failed |= pthread_create(&a->syncer, NULL, writer_run_sync, a);
	assert(failed == 0);
	*out = a;
	return 0;
}

void audit_close(struct audit *a)
{
	if (a == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	a->stopping = true;
	pthread_cond_signal(&a->submitted);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->writer, NULL);
	pthread_join(a->syncer, NULL);
	/* What nobody asked to be durable is, before the lock goes. */
	if (segment_sync(&a->segment) < 0)
		log_line(
		    LOG_ERROR, "audit", "%s: %s", a->root, strerror(errno));
	audit_free(a);
}

bool audit_put(struct audit *a, const char *line, size_t len,
    enum audit_need need, const struct audit_done *done)
{
	assert(len > 0 && len <= RECORD_MAX_BYTES && line[len - 1] == '\n');
	assert(memchr(line, RECORD_SEQ_MARK, len) != NULL);
	pthread_mutex_lock(&a->lock);
	assert(!a->stopping);
	bool room = a->queue_bytes == 0 ||
	    (len <= a->max_queue_bytes &&
		a->queue_bytes <= a->max_queue_bytes - len);
	/* One that waits keeps its callback here, not its line. */
	struct queue_entry *entry = queue_entry_new(line, room ? len : 0, done);
	entry->want = len;
	entry->durable = need == AUDIT_DURABLE || a->durability == AUDIT_EVERY;
	if (room) {
		a->queue_bytes += len;
		queue_push(&a->queue, entry);
	} else {
		queue_push(&a->waiting, entry);
	}
	pthread_mutex_unlock(&a->lock);
	return room;
}

/* Not under the lock, or the writer wakes only to wait for it. Nothing is
 * missed: what was put was put under the lock, and the writer looks under the
 * lock before it waits. */
void audit_wake(struct audit *a)
{
	pthread_cond_signal(&a->submitted);
}

bool audit_submit(struct audit *a, const char *line, size_t len,
    enum audit_need need, const struct audit_done *done)
{
	bool taken = audit_put(a, line, len, need, done);
	audit_wake(a);
	return taken;
}

struct audit_wait {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	struct audit_answer {
		bool given;
		enum audit_result result;
	} * answers;
};

static void audit_wait_done(
    void *arg, uint64_t ticket, enum audit_result result)
{
	struct audit_wait *w = arg;
	pthread_mutex_lock(&w->lock);
	w->answers[ticket] = (struct audit_answer){true, result};
	pthread_cond_signal(&w->answered);
	pthread_mutex_unlock(&w->lock);
}

static enum audit_result audit_wait_for(struct audit_wait *w, size_t i)
{
	pthread_mutex_lock(&w->lock);
	while (!w->answers[i].given)
		pthread_cond_wait(&w->answered, &w->lock);
	enum audit_result result = w->answers[i].result;
	pthread_mutex_unlock(&w->lock);
	return result;
}

size_t audit_submit_all(struct audit *a, const struct buf *lines, size_t n,
    enum audit_need need, enum audit_result *result)
{
	struct audit_wait w = {
	    .answers = mem_zero((n + 1) * sizeof(*w.answers))};
	size_t good = 0;
	pthread_mutex_init(&w.lock, NULL);
	pthread_cond_init(&w.answered, NULL);
	for (size_t i = 0; i < n; i++) {
		struct audit_done done = {audit_wait_done, &w, i};
		/* Without room there is an answer too: AGAIN. */
		while (
		    !audit_put(a, lines[i].data, lines[i].len, need, &done)) {
			audit_wake(a);
			audit_wait_for(&w, i);
			w.answers[i].given = false;
		}
	}
	audit_wake(a);
	*result = AUDIT_OK;
	for (size_t i = 0; i < n; i++) {
		enum audit_result one = audit_wait_for(&w, i);
		if (*result == AUDIT_OK)
			*result = one;
		good += *result == AUDIT_OK;
	}
	pthread_cond_destroy(&w.answered);
	pthread_mutex_destroy(&w.lock);
	free(w.answers);
	return good;
}

enum audit_result audit_submit_wait(
    struct audit *a, const char *line, size_t len, enum audit_need need)
{
	struct buf one = {.data = (char *)line, .len = len};
	enum audit_result result;
	size_t good = audit_submit_all(a, &one, 1, need, &result);
	assert(good == (result == AUDIT_OK));
	return result;
}

void audit_state(struct audit *a, struct audit_state *out)
{
	pthread_mutex_lock(&a->lock);
	*out = (struct audit_state){.queue_bytes = a->queue_bytes,
	    .queue_records = a->queue.n + a->writing,
	    .unsynced = a->unsynced.n,
	    .seq = a->seq,
	    .place = a->place,
	    .written_total = a->written_total,
	    .failed_total = a->failed_total,
	    .sync_total = a->sync_total,
	    .health = a->health,
	    .interrupted = a->interrupted};
	pthread_mutex_unlock(&a->lock);
}
