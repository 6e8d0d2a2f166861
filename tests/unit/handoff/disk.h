/*
 * disk - one that has no room for what is large, under a store.
 */
#ifndef HANDRAIL_TESTS_UNIT_HANDOFF_DISK_H
#define HANDRAIL_TESTS_UNIT_HANDOFF_DISK_H

#include "proxy/store/backend.h"
#include "proxy/store/store_lane.h"

#include <stdatomic.h>

/* It takes no value of more bytes than this. */
static atomic_size_t disk_room = SIZE_MAX;
static struct backend_ops disk_ops;

static inline int disk_bind(struct backend *b, struct backend_stmt *stmt,
    int index, const struct backend_value *value)
{
	if (value->len > atomic_load(&disk_room))
		return STORE_FULL;
	return store_sqlite_ops.bind(b, stmt, index, value);
}

/* Before store_start. */
static inline void disk_under(struct store *store)
{
	disk_ops = *store->ops;
	disk_ops.bind = disk_bind;
	store->ops = &disk_ops;
}

#endif
