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

static inline bool span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* ASCII letters without regard to case. Most names differ in length or in
 * their first letter: only the rest is compared. */
static inline bool span_eq_nocase(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	return a.len == 0 ||
	    (((a.p[0] ^ b.p[0]) & ~0x20) == 0 &&
		strncasecmp(a.p, b.p, a.len) == 0);
}

static inline bool span_is_nocase(struct span a, const char *s)
{
	return span_eq_nocase(a, span_str(s));
}

#endif
