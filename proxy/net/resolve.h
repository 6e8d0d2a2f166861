/*
 * resolve - host names to addresses, beside the loop.
 *
 * The system's own resolver (hosts file, search list, name service switch)
 * blocks, so each lookup has a short-lived thread. The caller bounds how many
 * there are at once.
 */
#ifndef HANDRAIL_PROXY_NET_RESOLVE_H
#define HANDRAIL_PROXY_NET_RESOLVE_H

#include "proxy/net/address.h"
#include "proxy/net/loop.h"

#define RESOLVE_MAX 8 /* addresses of one name that are tried */

struct resolve;

struct resolve_result {
	struct address at[RESOLVE_MAX]; /* in the order to try them */
	size_t n;                       /* 0: failed */
	const char *text;               /* then why, in words */
};

typedef void resolve_fn(void *arg, const struct resolve_result *);

/* fn is called once, on the loop's thread, never from inside this call. A
 * numeric address needs no thread. */
struct resolve *resolve_start(
    struct loop *, const char *host, uint16_t port, resolve_fn *, void *arg);
/* Before fn was called, and before the loop is freed: fn is not called. */
void resolve_cancel(struct resolve *); /* accepts NULL */

#endif
