/*
 * keeping - does it pay to keep connections to a server?
 *
 * Some say that they keep one and close it without a word after the answer. The
 * next question may be on its way by then, and one that is not idempotent must
 * not be sent twice (RFC 9110 9.2.2): it is lost. A server that does so a few
 * times in a row is taken at what it does; a while later it gets another
 * chance.
 */
#ifndef HANDRAIL_PROXY_NET_KEEPING_H
#define HANDRAIL_PROXY_NET_KEEPING_H

#include <stdbool.h>
#include <stdint.h>

#define KEEPING_EARLY_US 1000000 /* sooner after an answer is odd */
#define KEEPING_EARLY_MAX 3      /* so often in a row, and it is off ... */
#define KEEPING_OFF_US (60 * 1000000LL) /* ... for so long */

struct keeping { /* {0}: on */
	unsigned early;
	int64_t off_until_us;
};

bool keeping_is_on(const struct keeping *, int64_t now_us);
/* The server has ended a kept connection, idle_us after its answer. True: now
 * it is off, and was not. */
bool keeping_ended(struct keeping *, int64_t idle_us, int64_t now_us);
/* It has answered on one. */
void keeping_paid(struct keeping *);

#endif
