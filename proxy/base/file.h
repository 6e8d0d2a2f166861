/*
 * file - whole files, written so that a crash leaves the old one or the new.
 *
 * All answer 0 or -errno. Blocking: not for an event loop's thread.
 */
#ifndef HANDRAIL_PROXY_BASE_FILE_H
#define HANDRAIL_PROXY_BASE_FILE_H

#include "proxy/base/buf.h"

#include <sys/types.h>

/* Appends the file to out. -EFBIG when it has more than max_bytes; out is as
 * before on any failure. */
int file_read(const char *path, struct buf *out, size_t max_bytes)
    __attribute__((warn_unused_result));
/* Replaces path in one step and syncs file and directory. */
int file_write_atomic(const char *path, const void *data, size_t n, mode_t mode)
    __attribute__((warn_unused_result));
/* Creates the directory and those above it that are missing, with mode, and
 * syncs each one's parent. 0 when it is there already. */
int file_mkdirs(const char *path, mode_t mode)
    __attribute__((warn_unused_result));
/* fsync of a directory, so that names made in it survive a power loss. */
int file_sync_dir(const char *path) __attribute__((warn_unused_result));
/* All n bytes to the descriptor, EINTR and short writes seen to. */
int file_write_all(int fd, const void *data, size_t n)
    __attribute__((warn_unused_result));
/* dir joined with name, for free(); name alone where it is absolute. */
char *file_join(const char *dir, const char *name)
    __attribute__((returns_nonnull));
/* The directory part of path ("." when there is none), for free(). */
char *file_dir(const char *path) __attribute__((returns_nonnull));

#endif
