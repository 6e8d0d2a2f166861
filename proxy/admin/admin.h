/*
 * admin - the listener for operators: /metrics, /healthz, /readyz.
 *
 * Plain HTTP, so loopback addresses only. Runs on the loop it is given. GET
 * and HEAD; small requests; everything else is refused.
 *
 *   /healthz  200 "ok" while the loop turns
 *   /readyz   200 "ready" and a line for each thing an operator should know,
 *             or 503 with one line a check that fails, in words
 */
#ifndef HANDRAIL_PROXY_ADMIN_ADMIN_H
#define HANDRAIL_PROXY_ADMIN_ADMIN_H

#include "proxy/base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct admin;
struct event_base;
struct metrics;

#define ADMIN_MAX_CHECKS 16u

/*
 * address: "127.0.0.1" or "::1" or "localhost"; port 0 takes a free one. 0,
 * or -1 and the reason in why. metrics outlives the admin.
 */
struct admin_options {
	struct event_base *base;
	struct metrics *metrics;
	const char *address;
	uint16_t port;
};
int admin_open(struct admin **out, const struct admin_options *, char *why,
    size_t why_size) __attribute__((warn_unused_result));
void admin_close(struct admin *); /* accepts NULL */
uint16_t admin_port(const struct admin *);

/* A condition of /readyz. fn answers whether it holds and appends the reason in
 * words (without a newline) if not, or what should be known though it does; it
 * must be quick. Called in the loop's thread. name is borrowed. */
void admin_on_ready(struct admin *, const char *name,
    bool (*fn)(void *arg, struct buf *why), void *arg);

#endif
