/*
 * file - see file.h. Refuses to read more than it is told to; leaves no
 * half-written file under the final name.
 */
#include "proxy/base/file.h"

#include "proxy/base/id.h"
#include "proxy/base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_CHUNK_BYTES 65536

static int file_read_fd(int fd, struct buf *out, size_t max_bytes)
{
	size_t before = out->len;
	for (;;) {
		char *to = buf_reserve(out, FILE_CHUNK_BYTES);
		ssize_t got = read(fd, to, FILE_CHUNK_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		buf_commit(out, (size_t)got);
		if (out->len - before > max_bytes)
			return -EFBIG;
	}
}

int file_read(const char *path, struct buf *out, size_t max_bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	size_t before = out->len;
	int err = file_read_fd(fd, out, max_bytes);
	if (err < 0) {
		out->len = before;
		if (out->data != NULL)
			out->data[before] = '\0';
	}
	close(fd);
	return err;
}

int file_write_all(int fd, const void *data, size_t n)
{
	const char *from = data;
	while (n > 0) {
		ssize_t put = write(fd, from, n);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		from += put;
		n -= (size_t)put;
	}
	return 0;
}

char *file_join(const char *dir, const char *name)
{
	if (name[0] == '/')
		return mem_strdup(name);
	size_t len = strlen(dir);
	const char *slash = len > 0 && dir[len - 1] == '/' ? "" : "/";
	return mem_printf("%s%s%s", dir, slash, name);
}

char *file_dir(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return mem_strdup(".");
	size_t len = (size_t)(slash - path);
	return mem_strndup(path, len > 0 ? len : 1);
}

int file_sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int err = fsync(fd) < 0 ? -errno : 0;
	close(fd);
	return err;
}

static int file_sync_parent(const char *path)
{
	char *dir = file_dir(path);
	int err = file_sync_dir(dir);
	free(dir);
	return err;
}

/* Write the file under its temporary name, on disk when this returns 0. */
static int file_write_temp(
    const char *path, const void *data, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	int err = file_write_all(fd, data, n);
	/* open's mode passes through the umask; the caller meant this one. */
	if (err == 0 && fchmod(fd, mode) < 0)
		err = -errno;
	if (err == 0 && fsync(fd) < 0)
		err = -errno;
	if (close(fd) < 0 && err == 0)
		err = -errno;
	return err;
}

int file_write_atomic(const char *path, const void *data, size_t n, mode_t mode)
{
	char id[ID_BYTES];
	id_new(id);
	char *temp = mem_printf("%s.%.8s.tmp", path, id);
	int err = file_write_temp(temp, data, n, mode);
	if (err == 0 && rename(temp, path) < 0)
		err = -errno;
	if (err < 0)
		unlink(temp);
	else
		err = file_sync_parent(path);
	free(temp);
	return err;
}

static int file_mkdir(const char *path, mode_t mode)
{
	struct stat st;
	if (mkdir(path, mode) == 0)
		return file_sync_parent(path);
	if (errno != EEXIST)
		return -errno;
	if (stat(path, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int file_mkdirs(const char *path, mode_t mode)
{
	char *copy = mem_strdup(path);
	int err = 0;
	for (char *at = copy + 1; err == 0 && copy[0] != '\0'; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		char end = *at;
		*at = '\0';
		err = file_mkdir(copy, mode);
		*at = end;
		if (end == '\0')
			break;
	}
	free(copy);
	return err;
}
