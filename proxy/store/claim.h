/*
 * claim - one proxy a store: its conversations and locks are in memory, and
 * another one beside it would not see them. The command line needs no claim,
 * it only asks whether there is a proxy. The lock is on STORE-lock and the
 * process's: it ends with it, however it ends.
 */
#ifndef HANDRAIL_PROXY_STORE_CLAIM_H
#define HANDRAIL_PROXY_STORE_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

struct claim { /* {0}: none */
	int fd;
	bool held;
};

/* store: path of the database. False: why says who has it and what to do. */
bool claim_take(struct claim *, const char *store, char *why, size_t why_size);
void claim_drop(struct claim *);
/* Does another process have it? Also when that cannot be found out. */
bool claim_is_taken(const char *store);

#endif
