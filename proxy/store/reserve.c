/* reserve - see reserve.h. */
#include "proxy/store/reserve.h"

#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LEAST_BYTES (64 * 1024) /* a handoff or two: less is of no use */

static size_t held(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (size_t)st.st_blocks * 512 : 0;
}

static size_t affordable(const struct reserve *r, int fd)
{
	struct statvfs fs;
	if (fstatvfs(fd, &fs) != 0)
		return 0;
	uint64_t quarter = (uint64_t)fs.f_bavail * fs.f_frsize / 4;
	return quarter < r->bytes ? (size_t)quarter : r->bytes;
}

/* 0 or errno. */
static int fill(const struct reserve *r)
{
	int fd = open(r->path,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno;
	size_t bytes = affordable(r, fd);
	int err = 0;
	/* What is kept already, by a process that was killed, is not asked for
	 * anew: there may be no room to. */
	if (held(r->path) < LEAST_BYTES)
		err = bytes < LEAST_BYTES || bytes < r->given
		    ? ENOSPC
		    : posix_fallocate(fd, 0, (off_t)bytes);
	/* Half a file holds space and gives none. */
	if (err && ftruncate(fd, 0) != 0)
		log_line(LOG_WARN, r->path, "%s", strerror(errno));
	close(fd);
	return err;
}

bool reserve_keep(struct reserve *r)
{
	if (!r->path || r->kept)
		return true;
	r->kept = fill(r) == 0;
	return r->kept;
}

void reserve_open(struct reserve *r, const char *beside_path, size_t bytes)
{
	*r = (struct reserve){.bytes = bytes};
	if (bytes == 0)
		return;
	r->path = mem_printf("%s-reserve", beside_path);
	int err = fill(r);
	r->kept = err == 0;
	if (err)
		log_line(LOG_WARN, r->path,
		    "no space could be kept back for locks and handoffs on a "
		    "full disk: %s",
		    strerror(err));
}

bool reserve_release(struct reserve *r)
{
	if (!r->path || !r->kept)
		return false;
	r->kept = false;
	r->given = held(r->path);
	if (truncate(r->path, 0) != 0)
		return false;
	log_line(LOG_ERROR, r->path,
	    "the disk is full: the space kept back is given up, for locks and "
	    "handoffs only. Free some");
	return true;
}

void reserve_close(struct reserve *r)
{
	if (r->path)
		unlink(r->path);
	free(r->path);
	*r = (struct reserve){0};
}
