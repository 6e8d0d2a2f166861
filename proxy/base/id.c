/* id - see id.h. Refuses to go on without the kernel's random numbers. */
#include "proxy/base/id.h"

#include "proxy/base/hex.h"

#include <assert.h>
#include <errno.h>
#include <sys/random.h>

void id_random(void *out, size_t n)
{
	unsigned char *to = out;
	while (n > 0) {
		ssize_t got = getrandom(to, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		assert(got > 0);
		to += got;
		n -= (size_t)got;
	}
}

void id_new(char out[ID_BYTES])
{
	unsigned char bytes[16];
	id_random(bytes, sizeof(bytes));
	hex_encode(out, bytes, sizeof(bytes));
}
