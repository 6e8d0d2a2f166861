/*
 * writer - the inside of the audit: its state and its two threads.
 *
 * Only audit.c, find.c, recall.c, watch.c and writer.c include this.
 */
#ifndef HANDRAIL_PROXY_AUDIT_WRITER_H
#define HANDRAIL_PROXY_AUDIT_WRITER_H

#include "proxy/audit/audit.h"
#include "proxy/audit/owner.h"
#include "proxy/audit/queue.h"
#include "proxy/audit/recover.h"
#include "proxy/audit/segment.h"
#include "proxy/audit/streams.h"

#include <pthread.h>

struct audit {
	/* Fixed by audit_open. */
	const struct record_maker *maker;
	enum audit_durability durability;
	size_t max_queue_bytes, max_segment_bytes;
	unsigned retry_ms;
	int64_t (*now_us)(void);
	char *root, *open_path;
	struct owner owner; /* the writer's; its file is noted under the lock */
	uint64_t interrupted;
	pthread_t writer, syncer;

	/* The writer's; changed under the lock where others read it. */
	struct segment segment;
	uint64_t segment_seq; /* of the record before its first */
	int64_t segment_us;   /* not after the first */
	int64_t look_us;      /* clock_mono_us: are the files still there? */
	struct streams streams;

	/* Under the lock. */
	pthread_mutex_t lock;
	pthread_cond_t submitted; /* for the writer: work, or stop */
	pthread_cond_t written;   /* for the syncer: work, or stop */
	pthread_cond_t idle;      /* for the writer: the syncer has none */
	struct queue_list queue, unsynced, waiting;
	size_t queue_bytes; /* taken and not answered */
	size_t writing;     /* records in the batch under way */
	bool syncing, sync_wanted, stopping, writer_done;
	bool broken;    /* begin another segment */
	bool uncounted; /* what had been written is gone: not yet in lost */
	uint64_t written_len; /* of the segment: what has been written */
	uint64_t seq, written_total, failed_total, sync_total;
	struct audit_place place; /* behind seq */
	enum audit_result health;
	uint64_t lost;                /* records since gap_from_us */
	struct recover_missing taken; /* of these: had been written */
	int64_t gap_from_us;          /* 0: no gap */
	int64_t retry_us;             /* clock_mono_us: not before */
	unsigned retry_factor;
};

/* Under the lock, or before the threads: the log has come to seq. */
void writer_mark(struct audit *);
/* Of pthread_create; arg is the audit. */
void *writer_run(void *arg);
void *writer_run_sync(void *arg);

#endif
