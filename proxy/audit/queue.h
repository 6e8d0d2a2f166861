/*
 * queue - the audit's lines on their way, and who waits for room.
 *
 * A line counts against the limit from being taken until it is answered. Not
 * locked: audit.c holds its mutex around every call.
 */
#ifndef HANDRAIL_PROXY_AUDIT_QUEUE_H
#define HANDRAIL_PROXY_AUDIT_QUEUE_H

#include "proxy/audit/audit.h"

struct queue_entry {
	struct queue_entry *next;
	struct audit_done done;
	bool durable;
	size_t len;  /* of line; 0: waits for room, holds no line */
	size_t want; /* of a waiting one: the bytes it needs */
	char line[];
};

struct queue_list {
	struct queue_entry *head, **tail;
	size_t n;
};

void queue_init(struct queue_list *);
void queue_push(struct queue_list *, struct queue_entry *);
struct queue_entry *queue_pop(struct queue_list *); /* or NULL */
/* All of from to the end of to. */
void queue_move(struct queue_list *to, struct queue_list *from);
struct queue_entry *queue_entry_new(
    const char *line, size_t len, const struct audit_done *);
/* Answer and free all; not under a lock. */
void queue_answer(struct queue_list *, enum audit_result);

#endif
