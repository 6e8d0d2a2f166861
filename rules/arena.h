/*
 * arena - memory that is freed all at once.
 *
 * Allocations are aligned for any type and zeroed. Not for sharing between
 * threads while it grows.
 */
#ifndef HANDRAIL_RULES_ARENA_H
#define HANDRAIL_RULES_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *blocks;
	size_t used; /* bytes handed out */
};

void arena_init(struct arena *);
void arena_clear(struct arena *);
/* NULL when memory runs out or the product overflows. */
void *arena_alloc(struct arena *, size_t size);
void *arena_array(struct arena *, size_t n, size_t size);
char *arena_strdup(struct arena *, const char *);
char *arena_strndup(struct arena *, const char *, size_t len);

#endif
