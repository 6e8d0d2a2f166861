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
#define STEPS 16                /* in which it is given up */

static size_t held(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (size_t)st.st_blocks * 512 : 0;
}

/* How much to keep; 0: there is too little. What was given up is free as long
 * as nobody has used it: only twice that is room. */
static size_t affordable(const struct reserve *r, int fd)
{
	struct statvfs fs;
	if (fstatvfs(fd, &fs) != 0)
		return 0;
	uint64_t free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	uint64_t quarter = free_bytes / 4;
	size_t bytes = quarter < r->bytes ? (size_t)quarter : r->bytes;
	return bytes < LEAST_BYTES || free_bytes / 2 < r->given ? 0 : bytes;
}

/* 0 or errno. What is left of it stays, whatever comes of it. */
static int fill(struct reserve *r)
{
	struct stat st = {0};
	int fd = open(r->path,
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno;
	size_t bytes = affordable(r, fd);
	bool some = held(r->path) >= LEAST_BYTES;
	int err = fstat(fd, &st) == 0 ? 0 : errno;
	/* What is kept already, by a process that was killed, is not asked for
	 * anew: there may be no room to. */
	if (!err && (!some || r->given > 0))
		err = bytes ? posix_fallocate(fd, 0, (off_t)bytes) : ENOSPC;
	/* Half a file holds space and gives none. */
	if (err && ftruncate(fd, some ? st.st_size : 0) != 0)
		log_line(LOG_WARN, r->path, "%s", strerror(errno));
	close(fd);
	r->held = held(r->path);
	return err;
}

/* A program beside this one has given it up. A file that is gone is not: who
 * removes the folder of a running proxy is not to find a new one in it. */
static void notice_taken(struct reserve *r)
{
	size_t left = held(r->path);
	if (access(r->path, F_OK) != 0 || left >= r->held)
		return;
	r->kept = false;
	r->given = r->held - left;
	r->held = left;
	log_line(LOG_ERROR, r->path,
	    "the disk is full: space kept back was given up for a command. "
	    "Free some");
}

bool reserve_keep(struct reserve *r)
{
	if (!r->path)
		return true;
	if (r->kept)
		notice_taken(r);
	else
		r->kept = fill(r) == 0;
	if (r->kept)
		r->given = 0;
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

void reserve_borrow(struct reserve *r, const char *beside_path)
{
	*r = (struct reserve){.borrowed = true};
	r->path = mem_printf("%s-reserve", beside_path);
	r->bytes = r->held = held(r->path);
	r->kept = r->held > 0;
}

/* A step is what locks and handoffs need for a while: what of it nobody has
 * used yet, whoever filled the disk may take. */
static size_t after_a_step(size_t held, size_t wanted)
{
	size_t step = wanted / STEPS;
	if (step < LEAST_BYTES)
		step = LEAST_BYTES;
	return held >= step + LEAST_BYTES ? held - step : 0;
}

bool reserve_release(struct reserve *r)
{
	size_t now = r->path && r->held ? held(r->path) : 0;
	if (now == 0)
		return false;
	size_t left = after_a_step(now, r->bytes);
	r->kept = false;
	if (truncate(r->path, (off_t)left) != 0)
		return false;
	r->held = held(r->path);
	r->given += now - r->held;
	log_line(LOG_ERROR, r->path,
	    "the disk is full: %zu KiB of the space kept back are given up, "
	    "for "
	    "locks and handoffs only; %zu KiB are left. Free some",
	    (now - r->held) / 1024, r->held / 1024);
	return true;
}

void reserve_close(struct reserve *r)
{
	if (r->path && !r->borrowed)
		unlink(r->path);
	free(r->path);
	*r = (struct reserve){0};
}
