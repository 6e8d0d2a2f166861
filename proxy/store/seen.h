/*
 * seen - which conversations the store may hold, as a set of 64-bit hashes.
 *
 * A conversation that is not in the set has no rows, so it need not be read.
 * Wrong only on the safe side: equal hashes, and everything once there are
 * SEEN_MAX, only cost a read. 8 to 16 bytes an entry. Not thread-safe.
 */
#ifndef HANDRAIL_PROXY_STORE_SEEN_H
#define HANDRAIL_PROXY_STORE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEEN_MAX 16384u /* of one set: at most 256 KiB */

struct seen {            /* {0} is a valid empty one */
	uint64_t *slots; /* open addressing; 0: free */
	size_t n, cap;   /* cap is a power of two */
	bool full;
};

void seen_clear(struct seen *);
/* Add the hash; was it (possibly) there before? */
bool seen_add(struct seen *, uint64_t hash);

#endif
