/*
 * segment - see segment.h.
 *
 * Invariants: bytes before len are whole lines that were written; an append
 * happens at len, after whatever a failure left there has been cut. Names
 * never go back in time, whatever the clock does.
 */
#include "proxy/audit/segment.h"

#include "proxy/base/clock.h"
#include "proxy/base/file.h"
#include "proxy/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEGMENT_HOUR_LEN 13 /* "2026/11/03/14" */
#define SEGMENT_MAX_PART 9999

const struct audit_io segment_io = {write, fdatasync};

void segment_init(
    struct segment *s, const char *root, const struct audit_io *io)
{
	*s = (struct segment){.io = io == NULL ? &segment_io : io,
	    .root = mem_strdup(root),
	    .fd = -1};
}

void segment_clear(struct segment *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->root);
	*s = (struct segment){.fd = -1};
}

static void segment_hour(char out[SEGMENT_NAME_SIZE], int64_t us)
{
	char time[32]; /* 2026-11-03T14:... */
	clock_rfc3339(time, us);
	snprintf(out, SEGMENT_NAME_SIZE, "%.4s/%.2s/%.2s/%.2s", time, time + 5,
	    time + 8, time + 11);
}

int segment_resume(struct segment *s, const char *name, uint64_t len)
{
	char *path = file_join(s->root, name);
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	int err = fd < 0 ? -errno : 0;
	free(path);
	if (err < 0)
		return err;
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->fd = fd;
	s->len = len;
	s->ragged = true;
	return 0;
}

bool segment_is_over(
    const struct segment *s, int64_t now_us, size_t n, size_t max_bytes)
{
	char hour[SEGMENT_NAME_SIZE];
	if (s->fd < 0)
		return true;
	segment_hour(hour, now_us);
	if (strncmp(hour, s->name, SEGMENT_HOUR_LEN) > 0)
		return true;
	return s->len > 0 && (s->len >= max_bytes || n > max_bytes - s->len);
}

int segment_sync(struct segment *s)
{
	return s->io->fdatasync(s->fd) < 0 ? -errno : 0;
}

bool segment_is_in_place(const struct segment *s, uint64_t len)
{
	struct stat named, held;
	char *path = file_join(s->root, s->name);
	bool same = stat(path, &named) == 0 && fstat(s->fd, &held) == 0 &&
	    named.st_ino == held.st_ino && named.st_dev == held.st_dev &&
	    (uint64_t)held.st_size >= len;
	free(path);
	return same;
}

/* Open the first name of that hour that is not taken. */
static int segment_create(struct segment *s, const char *hour, char **path)
{
	char name[SEGMENT_NAME_SIZE];
	for (unsigned part = 1; part <= SEGMENT_MAX_PART; part++) {
		if (part == 1)
			snprintf(name, sizeof(name), "%.13s.jsonl", hour);
		else
			snprintf(
			    name, sizeof(name), "%.13s_%04u.jsonl", hour, part);
		/* Not before the one that is being written. */
		if (strcmp(name, s->name) <= 0)
			continue;
		*path = file_join(s->root, name);
		int fd = open(*path,
		    O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
		if (fd >= 0) {
			memcpy(s->name, name, sizeof(name));
			return fd;
		}
		int err = -errno;
		free(*path);
		*path = NULL;
		if (err != -EEXIST)
			return err;
	}
	return -EMFILE;
}

static int segment_begin(struct segment *s, int64_t now_us)
{
	char hour[SEGMENT_NAME_SIZE];
	segment_hour(hour, now_us);
	if (strncmp(hour, s->name, SEGMENT_HOUR_LEN) < 0)
		snprintf(hour, sizeof(hour), "%.13s", s->name);
	char *folder = mem_printf("%s/%.10s", s->root, hour);
	int err = file_mkdirs(folder, 0750);
	char *path = NULL;
	int fd = err < 0 ? err : segment_create(s, hour, &path);
	if (fd >= 0)
		err = file_sync_dir(folder);
	free(folder);
	if (fd < 0)
		return fd;
	free(path);
	s->fd = fd;
	s->len = 0;
	s->ragged = false;
	return err;
}

/* Take away what a failed write has left, if there is that much at all. */
static int segment_cut(const struct segment *s)
{
	struct stat st;
	if (fstat(s->fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size <= s->len)
		return 0;
	return ftruncate(s->fd, (off_t)s->len) < 0 ? -errno : 0;
}

int segment_next(struct segment *s, int64_t now_us)
{
	if (s->fd >= 0) {
		int err = s->ragged ? segment_cut(s) : 0;
		if (err < 0)
			return err;
		/* What could not be synced was answered with an error when it
		 * was asked for; the next segment must not wait for it. */
		if (segment_sync(s) == 0)
			fchmod(s->fd, 0440);
		close(s->fd);
		s->fd = -1;
	}
	return segment_begin(s, now_us);
}

int segment_append(struct segment *s, const void *data, size_t n)
{
	const char *from = data;
	uint64_t at = s->len;
	int err = s->ragged ? segment_cut(s) : 0;
	if (err < 0)
		return err;
	s->ragged = true;
	while (n > 0) {
		ssize_t put = s->io->write(s->fd, from, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0) {
			err = put < 0 ? -errno : -EIO;
			/* Best effort: done again before the next write. */
			int cut = segment_cut(s);
			(void)cut;
			return err;
		}
		from += put;
		at += (uint64_t)put;
		n -= (size_t)put;
	}
	s->len = at;
	s->ragged = false;
	return 0;
}

static bool segment_is_name(const char *name)
{
	static const char shape[] = "0000/00/00/00";
	size_t len = strlen(name);
	if (len >= SEGMENT_NAME_SIZE || len < sizeof(shape) - 1 + 6)
		return false;
	for (size_t i = 0; i < sizeof(shape) - 1; i++) {
		bool digit = name[i] >= '0' && name[i] <= '9';
		if (shape[i] == '0' ? !digit : name[i] != '/')
			return false;
	}
	return strcmp(name + len - 6, ".jsonl") == 0;
}

static int segment_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void segment_names_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

int segment_names(const char *root, char ***out, size_t *n)
{
	char *copy = mem_strdup(root);
	char *roots[] = {copy, NULL};
	size_t cap = 0, skip = strlen(root) + 1;
	*out = NULL;
	*n = 0;
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	int err = walk == NULL ? -errno : 0;
	while (err == 0) {
		errno = 0;
		FTSENT *entry = fts_read(walk);
		if (entry == NULL) {
			err = -errno;
			break;
		}
		bool bad =
		    entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR;
		if (bad && entry->fts_errno != ENOENT)
			err = -entry->fts_errno;
		if (entry->fts_info != FTS_F || entry->fts_pathlen <= skip ||
		    !segment_is_name(entry->fts_path + skip))
			continue;
		if (*n == cap) {
			cap = cap == 0 ? 64 : mem_mul(cap, 2);
			*out = mem_realloc_array(*out, cap, sizeof(**out));
		}
		(*out)[(*n)++] = mem_strdup(entry->fts_path + skip);
	}
	if (walk != NULL)
		fts_close(walk);
	free(copy);
	if (*n > 0)
		qsort(*out, *n, sizeof(**out), segment_compare);
	return err;
}
