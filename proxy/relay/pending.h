/*
 * pending - records that wait in the store: of another process (the command
 * line), whose doings take effect here only after they are on disk, and of
 * handoffs, of which nothing leaves before.
 */
#ifndef HANDRAIL_RELAY_PENDING_H
#define HANDRAIL_RELAY_PENDING_H

#include "proxy/audit/audit.h"
#include "proxy/store/store.h"

struct pending { /* the store's thread alone */
	struct audit *audit;
	const struct record_maker *maker;
	int64_t last;   /* row that is recorded */
	bool left_over; /* from the last run, which may have recorded some */
	/* Why they cannot be recorded, NULL: they can; and what of it the
	 * store has been told. */
	const char *waits, *said;
};
/* For store_before_changes: record all there are, in the transaction that
 * drops them; arg is the pending. */
int pending_record(struct store_tx *, void *arg);
/* At each tick: whoever waits for what it did is to be told why. */
void pending_tell(struct pending *, struct store *);

#endif
