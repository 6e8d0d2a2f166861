/*
 * texts - the texts of a transcript in memory, oldest first, in blocks that
 * views share: a text is copied once, however often it is looked at.
 *
 * A block is only appended to, so what a view sees of it never changes; it is
 * freed when neither the transcript nor a view has it. Adding, dropping and
 * sharing are for one thread at a time; texts_unshare may be called by any.
 */
#ifndef HANDRAIL_PROXY_STORE_TEXTS_H
#define HANDRAIL_PROXY_STORE_TEXTS_H

#include <stddef.h>

struct text_block;

struct texts {
	struct text_block **blocks; /* oldest first */
	size_t n, cap;
	size_t bytes; /* of memory */
};

/* A copy with a NUL behind it, the texts' own. */
char *texts_add(struct texts *, const char *text, size_t len);
/* The oldest text; there must be one. */
void texts_drop(struct texts *);
void texts_clear(struct texts *);

/* Everything there is now, until texts_unshare. */
struct texts_shared {
	struct text_block **blocks;
	size_t n;
};
struct texts_shared texts_share(const struct texts *);
void texts_unshare(struct texts_shared *);

#endif
