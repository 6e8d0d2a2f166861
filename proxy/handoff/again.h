/*
 * again - store jobs that must come true sooner or later: what the store could
 * not write is kept and submitted again every second, for as long as the
 * process lives.
 */
#ifndef HANDRAIL_PROXY_HANDOFF_AGAIN_H
#define HANDRAIL_PROXY_HANDOFF_AGAIN_H

#include "proxy/store/store.h"

struct again; /* those that wait */

/* Embed in a struct of your own, first. lost is called in place of done for
 * one that still waits at the end; it owns the job. */
struct again_job {
	struct store_job job;
	void (*lost)(struct again_job *);
	struct again_job *next; /* again's */
};

struct again *again_new(struct store *); /* before store_start */
/* From done, where the job failed. Order among those that wait is kept. */
void again_later(struct again *, struct again_job *);
/* Can the store write it later, where it could not now? */
bool again_is_of_use(int err);
void again_free(struct again *); /* after store_close; accepts NULL */

#endif
