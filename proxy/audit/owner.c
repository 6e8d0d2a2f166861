/* owner - see owner.h. Refuses a file another process holds. */
#include "proxy/audit/owner.h"

#include "proxy/base/buf.h"
#include "proxy/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWNER_BOOT_ID "/proc/sys/kernel/random/boot_id"
#define OWNER_BYTES 160

static void owner_boot_id(char out[OWNER_BOOT_BYTES])
{
	struct buf b = {0};
	out[0] = '\0';
	if (file_read(OWNER_BOOT_ID, &b, OWNER_BOOT_BYTES) == 0 && b.len > 0)
		snprintf(out, OWNER_BOOT_BYTES, "%.*s",
		    (int)strcspn(b.data, "\n"), b.data);
	buf_clear(&b);
}

/* How it is written, whatever the numbers: so it never grows. */
static int owner_write(const struct owner *o, uint64_t lost, int64_t from_us)
{
	char text[OWNER_BYTES + 1];
	int n = snprintf(text, sizeof(text), "%ld %s %" PRIu64 " %" PRId64,
	    (long)getpid(), o->boot[0] != '\0' ? o->boot : "-", lost, from_us);
	memset(text + n, ' ', OWNER_BYTES - (size_t)n);
	text[OWNER_BYTES - 1] = '\n';
	return pwrite(o->fd, text, OWNER_BYTES, 0) == OWNER_BYTES ? 0 : -errno;
}

/* Who wrote it, as far as it can be read. */
static long owner_read(const struct owner *o, int fd, struct owner_last *last)
{
	char text[OWNER_BYTES + 1] = "", boot[OWNER_BOOT_BYTES] = "";
	long pid = 0;
	*last = (struct owner_last){0};
	if (pread(fd, text, OWNER_BYTES, 0) <= 0)
		return 0;
	int n = sscanf(text, "%ld %63s %" SCNu64 " %" SCNd64, &pid, boot,
	    &last->lost, &last->lost_from_us);
	last->power_lost = n < 1 || (n >= 2 && strcmp(boot, o->boot) != 0);
	return pid;
}

void owner_init(struct owner *o)
{
	*o = (struct owner){.fd = -1};
	owner_boot_id(o->boot);
}

static int owner_fail(int fd, char *path)
{
	if (fd >= 0)
		close(fd);
	free(path);
	return -1;
}

int owner_take(struct owner *o, const char *root, struct owner_last *last,
    char *why, size_t size)
{
	struct owner_last left;
	char *path = file_join(root, "lock");
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0) {
		snprintf(
		    why, size, "cannot open %s: %s", path, strerror(errno));
		return owner_fail(fd, path);
	}
	long pid = owner_read(o, fd, &left);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		snprintf(why, size,
		    "process %ld writes the audit log %s; stop it, or give "
		    "this one another node or audit.directory",
		    pid, root);
		return owner_fail(fd, path);
	}
	owner_drop(o);
	o->fd = fd;
	o->path = path;
	if (last != NULL)
		*last = left;
	int err = owner_write(o, left.lost, left.lost_from_us);
	if (err < 0)
		snprintf(
		    why, size, "cannot write %s: %s", path, strerror(-err));
	return err < 0 ? -1 : 0;
}

bool owner_is_in_place(const struct owner *o)
{
	struct stat named, held;
	return stat(o->path, &named) == 0 && fstat(o->fd, &held) == 0 &&
	    named.st_ino == held.st_ino && named.st_dev == held.st_dev;
}

void owner_note(const struct owner *o, uint64_t lost, int64_t from_us)
{
	int err = owner_write(o, lost, from_us);
	(void)err; /* the records that are lost are said already */
}

void owner_drop(struct owner *o)
{
	if (o->fd >= 0)
		close(o->fd);
	free(o->path);
	o->fd = -1;
	o->path = NULL;
}
