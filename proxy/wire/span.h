/*
 * span - bytes inside somebody else's buffer. Borrowed: valid as long as the
 * buffer neither moves nor dies. Not NUL-terminated.
 */
#ifndef HANDRAIL_WIRE_SPAN_H
#define HANDRAIL_WIRE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct span {
	const char *p;
	size_t len;
};

static inline struct span span_str(const char *s)
{
	return (struct span){s, s ? strlen(s) : 0};
}

static inline bool span_is(struct span a, const char *s)
{
	size_t n = strlen(s);
	return a.len == n && (n == 0 || memcmp(a.p, s, n) == 0);
}

/* ASCII letters without regard to case. */
static inline bool span_is_nocase(struct span a, const char *s)
{
	size_t n = strlen(s);
	return a.len == n && (n == 0 || strncasecmp(a.p, s, n) == 0);
}

static inline bool span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

#endif
