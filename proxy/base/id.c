/* id - see id.h. Refuses to go on without the kernel's random numbers. */
#include "proxy/base/id.h"

#include "proxy/base/hex.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define ID_POOL_BYTES 512u

static void from_kernel(unsigned char *to, size_t n)
{
	while (n > 0) {
		ssize_t got = getrandom(to, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		assert(got > 0);
		to += got;
		n -= (size_t)got;
	}
}

/* A thread draws for many ids at once: a system call for each is most of what
 * an id costs. Handed out bytes are wiped, and no process forks a thread that
 * has some left. */
void id_random(void *out, size_t n)
{
	static _Thread_local struct {
		unsigned char bytes[ID_POOL_BYTES];
		size_t left;
	} pool;
	unsigned char *to = out;
	if (n > sizeof(pool.bytes)) {
		from_kernel(to, n);
		return;
	}
	if (n > pool.left) {
		from_kernel(pool.bytes, sizeof(pool.bytes));
		pool.left = sizeof(pool.bytes);
	}
	pool.left -= n;
	memcpy(to, pool.bytes + pool.left, n);
	explicit_bzero(pool.bytes + pool.left, n);
}

void id_new(char out[ID_BYTES])
{
	unsigned char bytes[16];
	id_random(bytes, sizeof(bytes));
	hex_encode(out, bytes, sizeof(bytes));
}
