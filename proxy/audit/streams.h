/*
 * streams - which streams have an opening record and no closing one.
 *
 * Kept while writing and saved beside the log whenever a segment is begun, so
 * that after a crash the last segment alone tells the rest. One thread at a
 * time.
 */
#ifndef HANDRAIL_PROXY_AUDIT_STREAMS_H
#define HANDRAIL_PROXY_AUDIT_STREAMS_H

#include "proxy/base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct streams {
	void *tree; /* private */
	size_t n;
	size_t n_missed; /* of them: ended, and their closing line is lost */
};

struct stream_open {
	char *id;
	uint64_t seq;
	char *line; /* the opening one, without its newline */
	size_t len;
	bool missed;       /* it has ended, which could not be recorded, ... */
	uint64_t released; /* ... with so many bytes of it sent */
};

/* Look at a line that has been written: a stream.open adds, a decision or
 * interrupted that names the stream takes away. */
void streams_note(struct streams *, const char *line, size_t len);
/* Look at one that could not be: what closes a stream is remembered. */
void streams_miss(struct streams *, const char *line, size_t len);
/* Each that is open, oldest first. */
void streams_each(const struct streams *,
    void (*fn)(void *arg, const struct stream_open *), void *arg);
void streams_clear(struct streams *);
/* The opening lines, oldest first, each with its newline. */
void streams_list(const struct streams *, struct buf *out);
/* 0 or -errno. A file that is not there is an empty list. */
int streams_save(const struct streams *, const char *path)
    __attribute__((warn_unused_result));
int streams_load(struct streams *, const char *path)
    __attribute__((warn_unused_result));

#endif
