/* descriptors - see descriptors.h. */
#include "proxy/relay/descriptors.h"

#include "proxy/base/buf.h"

#include <inttypes.h>
#include <sys/resource.h>

/* Store, audit log with its next segment, policy files while they are read,
 * deliveries, the console. */
#define OWN_FILES 48
#define LOOP_FILES 4 /* of each worker, and of the main thread */

void descriptors_raise(struct descriptors *d)
{
	struct rlimit r;

	*d = (struct descriptors){0};
	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return;
	d->was = d->limit = r.rlim_cur;
	if (r.rlim_cur >= r.rlim_max)
		return;
	r.rlim_cur = r.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &r) == 0)
		d->limit = r.rlim_cur;
}

static uint64_t own_files(const struct config *c)
{
	return OWN_FILES + LOOP_FILES * (c->workers + 1) +
	    c->n_listen * c->workers;
}

/* Idle connections to bots are kept for each worker and route. */
static uint64_t pools(const struct config *c)
{
	return c->n_routes * c->workers;
}

size_t descriptors_connections(const struct config *c, uint64_t limit)
{
	uint64_t max = c->limits.max_connections;
	uint64_t own = own_files(c), n = pools(c);
	uint64_t room = limit > own ? limit - own : 0;
	uint64_t idle = n * c->limits.max_upstream_idle;
	/* A pool keeps no more idle than were ever in use at a time. */
	uint64_t few = room / (2 + n);
	uint64_t many = room > idle ? (room - idle) / 2 : 0;
	uint64_t fit = few > many ? few : many;

	return (size_t)(fit < max ? fit : max);
}

bool descriptors_complain(
    const struct config *c, uint64_t limit, struct buf *why)
{
	uint64_t max = c->limits.max_connections;
	size_t fit = descriptors_connections(c, limit);

	if (fit == max)
		return false;
	buf_printf(why,
	    "limits.max_connections is %" PRIu64 ", but the limit of open "
	    "files is %" PRIu64 ": there is room for %zu connections at a "
	    "time, each with one to the bot. Raise it (LimitNOFILE= of a "
	    "service, ulimit -Hn) or lower max_connections",
	    max, limit, fit);
	return true;
}
