/*
 * again - store jobs that must come true sooner or later: what the store could
 * not write is kept and submitted again, for as long as the process lives.
 *
 * With a full disk there may be thousands. A few are tried each second, the
 * oldest first, then those behind them, and so on to the last: one that cannot
 * be written keeps only those back that are about the same. Once the store is
 * well, or a round came through, the oldest are next, twice as many in each
 * round and without a wait: all are written within seconds.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_AGAIN_H
#define HANDRAIL_PROXY_HANDOFF_AGAIN_H

#include "proxy/store/store.h"

#include <sys/queue.h>

#define AGAIN_FEW 16

struct again; /* those that wait */

/* Embed in a struct of your own, first, zeroed. lost is called in place of done
 * for one that still waits at the end; it owns the job. */
struct again_job {
	struct store_job job;
	void (*lost)(struct again_job *);
	const char *about; /* a handoff: jobs about one stay in order */
	TAILQ_ENTRY(again_job) entry; /* again's */
	uint64_t place;               /* again's */
};

struct again *again_new(struct store *); /* before store_start */
/* From done, where the job failed. */
void again_later(struct again *, struct again_job *);
/* Can the store write it later, where it could not now? */
bool again_is_of_use(int err);
void again_free(struct again *); /* after store_close; accepts NULL */

#endif
