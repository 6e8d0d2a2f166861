/*
 * guard_page - bytes whose end is the end of readable memory.
 *
 * The copy is followed by a PROT_NONE page: reading one byte past it is a
 * fault, sanitizer or not. Out of memory ends the program.
 */
#ifndef HANDRAIL_TESTS_SUPPORT_GUARD_PAGE_H
#define HANDRAIL_TESTS_SUPPORT_GUARD_PAGE_H

#include <stddef.h>

struct guard_page {
	char *data; /* len bytes, writable, not NUL-terminated */
	size_t len;
	void *map;      /* private: the whole mapping */
	size_t map_len; /* private */
};

/* bytes may be NULL when len is 0. */
void guard_page_init(struct guard_page *, const void *bytes, size_t len);
void guard_page_clear(struct guard_page *);

#endif
