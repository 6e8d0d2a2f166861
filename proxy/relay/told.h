/*
 * told - one message of the AI as people are to read it: what it said, and
 * beside that its tool calls, its reasoning, its errors. As it was written,
 * and what of it the customer has where that is not the same.
 */
#ifndef HANDRAIL_RELAY_TOLD_H
#define HANDRAIL_RELAY_TOLD_H

#include "proxy/channel/extract.h"
#include "proxy/relay/verdicts.h"

struct told_text {
	struct buf all; /* as the AI wrote it */
	/* Where the message differs: */
	struct buf seen; /* what the customer has of it, edits applied */
	struct buf rest; /* of a stream that was cut, what had not left */
};

struct told {
	struct told_text of[CHANNEL_KINDS];
	struct buf unreadable; /* bytes of an answer that could not be read */
	bool differs;          /* edited, or not all of it has left */
	int fired; /* the kind that holds the deciding hit; -1: none */
};

/* {0} but for fired. */
void told_init(struct told *);
void told_clear(struct told *);
/* A whole answer, with the edits of its verdicts. */
void told_body(
    struct told *, const struct channel_body *, const struct verdicts *);
/* Bytes nobody can read, or the beginning of them. */
void told_unreadable(struct told *, struct span bytes);
/* Append a line to one of the texts. */
void told_line(struct buf *, const char *text, size_t len);

/* The kind whose text stands for the message: what is said, if anything is. */
enum channel_kind told_main(const struct told *);
/* Is this one of a message's texts that people are shown? */
bool told_is_shown(const struct told *, enum channel_kind);
/* The order in which people read them. */
extern const enum channel_kind told_order[CHANNEL_KINDS];

#endif
