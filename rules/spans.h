/*
 * spans - pieces of a text, ascending, in bytes of the original.
 */
#ifndef HANDRAIL_RULES_SPANS_H
#define HANDRAIL_RULES_SPANS_H

#include <stddef.h>
#include <stdint.h>

struct span {
	uint32_t start, end;
};

struct spans {
	struct span *items; /* owned */
	size_t n, cap;
};

/* len bytes from start on, behind all others. 0, or -1 when memory runs out. */
int spans_add(struct spans *, size_t start, size_t len)
    __attribute__((warn_unused_result));
void spans_clear(struct spans *);

#endif
