/*
 * splice - a document with some stretches written anew. Private to this
 * folder.
 */
#ifndef HANDRAIL_CHANNEL_SPLICE_H
#define HANDRAIL_CHANNEL_SPLICE_H

#include "proxy/base/buf.h"
#include "proxy/wire/json.h"

struct splice_item {
	size_t start, end; /* bytes of the document */
	size_t text, len;  /* in texts: instead of them */
};

struct splice {
	struct splice_item *items;
	size_t n, cap;
	struct buf texts;
};

/* Write text instead of start..end. Stretches of text do not overlap; those
 * that only delete may. */
void splice_add(struct splice *, size_t start, size_t end, struct span text);
/*
 * Delete the members marked in gone (one byte for each node), with their
 * commas; elements of arrays are never marked.
 */
void splice_remove(
    struct splice *, const struct json_doc *, const uint8_t *gone);
/* The document with all of it done, appended to out. */
void splice_write(struct splice *, struct span document, struct buf *out);
void splice_clear(struct splice *);

#endif
