/* claim - see claim.h. */
#include "proxy/store/claim.h"

#include "proxy/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

static int open_lock(const char *store, int flags)
{
	char *path = mem_printf("%s-lock", store);
	int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);

	free(path);
	return fd;
}

static void say_who(int fd, const char *store, char *why, size_t size)
{
	char pid[16] = "";

	if (pread(fd, pid, sizeof(pid) - 1, 0) <= 0)
		snprintf(pid, sizeof(pid), "?");
	snprintf(why, size,
	    "process %.*s serves with the store %s; stop it, or give this one "
	    "another store",
	    (int)strcspn(pid, "\n"), pid, store);
}

/* For people who ask who has it: without room on the disk nobody is told. */
static void write_pid(int fd)
{
	char pid[16];
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) == 0 && pwrite(fd, pid, (size_t)n, 0) != n)
		errno = 0;
}

bool claim_take(
    struct claim *claim, const char *store, char *why, size_t why_size)
{
	int fd = open_lock(store, O_RDWR | O_CREAT);

	if (fd < 0) {
		snprintf(why, why_size, "cannot open %s-lock: %s", store,
		    strerror(errno));
		return false;
	}
	if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
		say_who(fd, store, why, why_size);
		close(fd);
		return false;
	}
	write_pid(fd);
	*claim = (struct claim){fd, true};
	return true;
}

void claim_drop(struct claim *claim)
{
	if (claim->held)
		close(claim->fd);
	*claim = (struct claim){0};
}

bool claim_is_taken(const char *store)
{
	int fd = open_lock(store, O_RDWR);

	if (fd < 0)
		return errno != ENOENT;
	/* Asked, not tried: a proxy that starts now must not find it taken. */
	struct flock there = whole;
	bool free_now =
	    fcntl(fd, F_OFD_GETLK, &there) == 0 && there.l_type == F_UNLCK;
	close(fd);
	return !free_now;
}
