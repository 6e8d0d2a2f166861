/*
 * writer - the two threads of the audit log.
 *
 * Two threads share one mutex. The writer owns segment, streams and seq. The
 * syncer only syncs the segment's descriptor and answers what waits for it;
 * the writer begins a new segment only while the syncer has nothing to do.
 *
 * After a failure nothing is tried until retry_us: lines that come meanwhile
 * are answered with it at once (their messages must not hang), and counted for
 * the gap record that is written first when the log can be written again. The
 * streams that ended meanwhile are closed behind it.
 */
#include "proxy/audit/writer.h"

#include "proxy/base/clock.h"
#include "proxy/base/file.h"
#include "proxy/base/log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define WRITER_BATCH_RECORDS 256u
#define WRITER_MAX_RETRY_FACTOR 8u
#define WRITER_LOOK_US CLOCK_SECOND_US

static enum audit_result writer_result_of(int err)
{
	bool full = err == -ENOSPC || err == -EDQUOT || err == -EFBIG;
	if (err == -ENOENT)
		return AUDIT_GONE;
	return full ? AUDIT_DISK_FULL : AUDIT_FAILED;
}

/* Under the lock: so many more are not recorded. A process that is killed
 * leaves that behind. */
static void writer_lose(struct audit *a, uint64_t lost)
{
	a->lost += lost;
	a->failed_total += lost;
	owner_note(&a->owner, a->lost, a->gap_from_us);
}

/* Under the lock: the log failed with err, lost records with it. */
static void writer_fail(struct audit *a, int err, uint64_t lost)
{
	enum audit_result was = a->health;
	a->health = writer_result_of(err);
	if (a->gap_from_us == 0)
		a->gap_from_us = a->now_us();
	writer_lose(a, lost);
	/* A full disk is tried steadily: everybody is handed off until there is
	 * room. One that fails may cost a new file each time. */
	if (a->retry_factor == 0 || a->health == AUDIT_DISK_FULL)
		a->retry_factor = 1;
	else if (a->retry_factor < WRITER_MAX_RETRY_FACTOR)
		a->retry_factor *= 2;
	a->retry_us =
	    clock_mono_us() + (int64_t)a->retry_ms * 1000 * a->retry_factor;
	if (was == AUDIT_OK)
		log_line(LOG_ERROR, "audit", "%s: %s", a->segment.root,
		    strerror(-err));
}

/* What the gap record will say, taken under the lock. */
struct writer_gap {
	bool set;
	size_t n; /* records: it, and the ends of streams that are missed */
	int64_t from_us;
	uint64_t lost;
	struct recover_missing taken;
	enum audit_result health;
};

static void writer_gap_reason(
    const struct writer_gap *gap, char *out, size_t size)
{
	const struct recover_missing *taken = &gap->taken;
	int n = 0;
	if (taken->n > 0)
		n = snprintf(out, size,
		    "Records %" PRIu64 " to %" PRIu64 " had been written, and "
		    "%" PRIu64 " of them are not in the log any more: ",
		    taken->first, taken->last, taken->n);
	else
		n = snprintf(out, size, "Not recorded: ");
	const char *then = taken->n < gap->lost
	    ? ". The policy's if_the_audit_log_cannot_write was followed."
	    : ".";
	snprintf(out + n, size - (size_t)n, "%s%s%s",
	    audit_result_text(taken->n > 0 ? AUDIT_GONE : gap->health),
	    taken->n > 0 && taken->n < gap->lost
		? ". What came after that was not recorded"
		: "",
	    then);
}

static void writer_put_gap(
    struct audit *a, const struct writer_gap *gap, struct buf *out)
{
	char reason[400];
	int64_t now_us = a->now_us();
	writer_gap_reason(gap, reason, sizeof(reason));
	struct record record = {.type = RECORD_GAP,
	    .time_us = now_us,
	    .from_us = gap->from_us,
	    .to_us = now_us,
	    .lost = gap->lost,
	    .reason = reason};
	struct buf line = {0};
	record_line(a->maker, &record, &line);
	recover_number(out, line.data, line.len, a->seq + 1);
	buf_clear(&line);
}

struct writer_ends {
	const struct audit *audit;
	struct buf *out;
	int64_t now_us;
	uint64_t seq;
};

static void writer_put_end(void *arg, const struct stream_open *open)
{
	struct writer_ends *to = arg;
	if (open->missed)
		recover_close(
		    to->out, to->audit->maker, open, to->now_us, ++to->seq);
}

static void writer_put_gap_and_ends(
    struct audit *a, const struct writer_gap *gap, struct buf *out)
{
	struct writer_ends ends = {a, out, a->now_us(), a->seq + 1};
	writer_put_gap(a, gap, out);
	streams_each(&a->streams, writer_put_end, &ends);
	assert(ends.seq == a->seq + gap->n);
}

/* The folder and the lock of it, where somebody has taken them away. */
static int writer_take_place(struct audit *a)
{
	char why[256];
	if (owner_is_in_place(&a->owner))
		return 0;
	int err = file_mkdirs(a->root, 0750);
	if (err < 0)
		return err;
	if (owner_take(&a->owner, a->root, NULL, why, sizeof(why)) == 0)
		return 0;
	log_line(LOG_ERROR, "audit", "%s", why);
	return -EBUSY;
}

/* Under the lock: what has been written is not there any more. */
static void writer_gone(struct audit *a)
{
	a->broken = true; /* begin another segment */
	a->uncounted = true;
	writer_fail(a, -ENOENT, 0);
}

/* Under the lock, in the writer: no batch is on its way into that file. */
static void writer_count(struct audit *a)
{
	if (!a->uncounted)
		return;
	a->uncounted = false;
	a->taken =
	    recover_missing(&a->segment, a->segment_seq, a->seq, a->segment_us);
	if (a->taken.n > 0)
		a->gap_from_us = a->taken.from_us;
	writer_lose(a, a->taken.n);
}

/* Once in a while: what is written to files that are no longer there is not
 * recorded. Called and left with the lock held. */
static void writer_look(struct audit *a)
{
	writer_count(a);
	if (a->health != AUDIT_OK || clock_mono_us() < a->look_us)
		return;
	a->look_us = clock_mono_us() + WRITER_LOOK_US;
	if (segment_is_in_place(&a->segment, a->segment.len) &&
	    owner_is_in_place(&a->owner))
		return;
	writer_gone(a);
	writer_count(a);
}

/* A new segment when it is time, with the open streams saved beside it. */
static int writer_turn(struct audit *a, size_t n)
{
	pthread_mutex_lock(&a->lock);
	bool over = a->broken ||
	    segment_is_over(&a->segment, a->now_us(), n, a->max_segment_bytes);
	while (
	    over && (a->syncing || a->unsynced.head != NULL || a->sync_wanted))
		pthread_cond_wait(&a->idle, &a->lock);
	pthread_mutex_unlock(&a->lock);
	if (!over)
		return 0;
	/* From here the syncer has nothing to do until we give it. */
	int err = writer_take_place(a);
	if (err == 0)
		err = streams_save(&a->streams, a->open_path);
	if (err == 0)
		err = segment_next(&a->segment, a->now_us());
	if (err < 0)
		return err;
	a->broken = false;
	a->segment_seq = a->seq;
	a->segment_us = a->now_us();
	return 0;
}

/* The batch, with the gap before it when there is one, in one write. */
static int writer_write(struct audit *a, const struct queue_list *batch,
    const struct writer_gap *gap)
{
	struct buf out = {0};
	uint64_t seq = a->seq + gap->n;
	if (gap->set)
		writer_put_gap_and_ends(a, gap, &out);
	for (const struct queue_entry *e = batch->head; e != NULL; e = e->next)
		recover_number(&out, e->line, e->len, ++seq);
	int err = writer_turn(a, out.len);
	if (err == 0)
		err = segment_append(&a->segment, out.data, out.len);
	const char *at = out.data;
	while (err == 0 && at < out.data + out.len) {
		const char *stop =
		    memchr(at, '\n', (size_t)(out.data + out.len - at));
		streams_note(&a->streams, at, (size_t)(stop - at));
		at = stop + 1;
	}
	buf_clear(&out);
	return err;
}

/* Under the lock: bytes were answered for; who waited may try again. */
static void writer_room(struct audit *a, size_t bytes, struct queue_list *woken)
{
	assert(bytes <= a->queue_bytes);
	a->queue_bytes -= bytes;
	size_t promised = a->queue_bytes;
	while (a->waiting.head != NULL) {
		size_t want = a->waiting.head->want;
		if (promised > 0 &&
		    (want > a->max_queue_bytes ||
			promised > a->max_queue_bytes - want))
			return;
		promised += want;
		queue_push(woken, queue_pop(&a->waiting));
	}
}

static size_t writer_list_bytes(const struct queue_list *list)
{
	size_t bytes = 0;
	for (const struct queue_entry *e = list->head; e != NULL; e = e->next)
		bytes += e->len;
	return bytes;
}

void writer_mark(struct audit *a)
{
	memcpy(a->place.segment, a->segment.name, sizeof(a->place.segment));
	a->place.seq = a->seq;
}

/* Under the lock: the batch and the gap are in the file. */
static void writer_wrote(
    struct audit *a, size_t n, const struct writer_gap *gap)
{
	a->seq += n + gap->n;
	a->written_total += n + gap->n;
	a->written_len = a->segment.len;
	writer_mark(a);
	if (!gap->set)
		return;
	a->sync_wanted = true;
	a->lost -= gap->lost;
	a->taken = (struct recover_missing){0};
	owner_note(&a->owner, a->lost, a->lost > 0 ? a->gap_from_us : 0);
	if (a->lost > 0 || a->broken)
		return; /* more went wrong meanwhile */
	a->gap_from_us = 0;
	a->health = AUDIT_OK;
	log_line(LOG_WARN, "audit", "%s: written again", a->segment.root);
}

static void writer_miss(struct audit *a, const struct queue_list *batch)
{
	for (const struct queue_entry *e = batch->head; e != NULL; e = e->next)
		streams_miss(&a->streams, e->line, e->len);
}

/* Under the lock: the outcome of trying to write the batch. The lock is let
 * go for the writing itself. */
static enum audit_result writer_try(
    struct audit *a, const struct queue_list *batch)
{
	writer_count(a);
	bool set = a->health != AUDIT_OK;
	struct writer_gap gap = {.set = set,
	    .n = set ? 1 + a->streams.n_missed : 0,
	    .from_us = a->gap_from_us,
	    .lost = a->lost,
	    .taken = a->taken,
	    .health = a->health};
	if (gap.set && !a->stopping && clock_mono_us() < a->retry_us) {
		writer_lose(a, batch->n);
		writer_miss(a, batch);
		return a->health;
	}
	pthread_mutex_unlock(&a->lock);
	int err = writer_write(a, batch, &gap);
	pthread_mutex_lock(&a->lock);
	if (err < 0) {
		writer_fail(a, err, batch->n);
		writer_miss(a, batch);
		return writer_result_of(err);
	}
	writer_wrote(a, batch->n, &gap);
	return AUDIT_OK;
}

/* Take a batch, write it, hand on what waits for the disk, answer the rest.
 * Called and left with the lock held. */
static void writer_step(struct audit *a)
{
	struct queue_list batch, rest, woken;
	queue_init(&batch);
	queue_init(&rest);
	queue_init(&woken);
	while (batch.n < WRITER_BATCH_RECORDS && a->queue.head != NULL)
		queue_push(&batch, queue_pop(&a->queue));
	a->writing = batch.n;
	enum audit_result result = writer_try(a, &batch);
	a->writing = 0;
	for (struct queue_entry *e; (e = queue_pop(&batch)) != NULL;) {
		bool waits = result == AUDIT_OK && e->durable;
		queue_push(waits ? &a->unsynced : &rest, e);
	}
	writer_room(a, writer_list_bytes(&rest), &woken);
	if (a->unsynced.head != NULL || a->sync_wanted)
		pthread_cond_signal(&a->written);
	pthread_mutex_unlock(&a->lock);
	queue_answer(&rest, result);
	queue_answer(&woken, AUDIT_AGAIN);
	pthread_mutex_lock(&a->lock);
}

static void writer_deadline(struct timespec *out, int64_t mono_us)
{
	out->tv_sec = (time_t)(mono_us / CLOCK_SECOND_US);
	out->tv_nsec = (long)(mono_us % CLOCK_SECOND_US) * 1000;
}

void *writer_run(void *arg)
{
	struct audit *a = arg;
	pthread_mutex_lock(&a->lock);
	while (!a->stopping || a->queue.head != NULL) {
		writer_look(a);
		if (a->queue.head != NULL) {
			writer_step(a);
			continue;
		}
		bool well = a->health == AUDIT_OK;
		struct timespec until;
		writer_deadline(&until, well ? a->look_us : a->retry_us);
		if (!well && clock_mono_us() >= a->retry_us)
			writer_step(a); /* the gap alone */
		else
			pthread_cond_timedwait(&a->submitted, &a->lock, &until);
	}
	a->look_us = 0;
	writer_look(a);
	if (a->health != AUDIT_OK)
		writer_step(a); /* the last chance to say what was lost */
	a->writer_done = true;
	pthread_cond_signal(&a->written);
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* Sync what has been written. Called and left with the lock held. */
static void writer_sync(struct audit *a)
{
	struct queue_list group, woken;
	queue_init(&group);
	queue_init(&woken);
	queue_move(&group, &a->unsynced);
	a->sync_wanted = false;
	a->syncing = true;
	uint64_t len = a->written_len;
	pthread_mutex_unlock(&a->lock);
	int err = segment_sync(&a->segment);
	bool gone = err == 0 && !segment_is_in_place(&a->segment, len);
	pthread_mutex_lock(&a->lock);
	a->syncing = false;
	a->sync_total++;
	enum audit_result result = AUDIT_OK;
	if (gone) {
		writer_gone(a);
		result = AUDIT_GONE;
		pthread_cond_signal(&a->submitted);
	} else if (err == 0) {
		a->retry_factor = 0;
	} else {
		/* The kernel may have dropped the pages: what was written
		 * there is not to be built upon. */
		a->broken = true;
		writer_fail(a, err, group.n);
		result = writer_result_of(err);
		pthread_cond_signal(&a->submitted);
	}
	writer_room(a, writer_list_bytes(&group), &woken);
	pthread_cond_broadcast(&a->idle);
	pthread_mutex_unlock(&a->lock);
	queue_answer(&group, result);
	queue_answer(&woken, AUDIT_AGAIN);
	pthread_mutex_lock(&a->lock);
}

void *writer_run_sync(void *arg)
{
	struct audit *a = arg;
	pthread_mutex_lock(&a->lock);
	for (;;) {
		if (a->unsynced.head != NULL || a->sync_wanted)
			writer_sync(a);
		else if (a->writer_done)
			break;
		else
			pthread_cond_wait(&a->written, &a->lock);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}
