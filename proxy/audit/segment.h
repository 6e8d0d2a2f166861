/*
 * segment - the files of the log: one an hour, more when one is full.
 *
 *   ROOT/2026/11/03/14.jsonl, then 14_0002.jsonl ... (names sort by age)
 *
 * A segment is appended to until the next is begun; then it is synced and made
 * read-only. A failed append leaves the file as it was. Where somebody cut it,
 * it is appended to behind the cut, so what is there stays lines. One thread,
 * but segment_fd may be synced by another while no segment is begun.
 */
#ifndef HANDRAIL_PROXY_AUDIT_SEGMENT_H
#define HANDRAIL_PROXY_AUDIT_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SEGMENT_NAME_SIZE 32

struct audit_io { /* what tests make fail */
	ssize_t (*write)(int fd, const void *data, size_t n);
	int (*fdatasync)(int fd);
};
extern const struct audit_io segment_io;

struct segment {
	const struct audit_io *io;
	char *root;                   /* of this node; owned */
	char name[SEGMENT_NAME_SIZE]; /* "2026/11/03/14.jsonl", "" */
	int fd;                       /* -1: none */
	uint64_t len;                 /* bytes that count */
	bool ragged; /* a failed write may have left bytes after len */
};

void segment_init(struct segment *, const char *root, const struct audit_io *);
void segment_clear(struct segment *); /* closes; does not sync */

/* Go on with a file that is there, at len bytes. All return 0 or -errno. */
int segment_resume(struct segment *, const char *name, uint64_t len)
    __attribute__((warn_unused_result));
/* The hour is over, or n more bytes do not fit: time for segment_next. */
bool segment_is_over(
    const struct segment *, int64_t now_us, size_t n, size_t max_bytes);
/* Sync and close the current one, begin another. */
int segment_next(struct segment *, int64_t now_us)
    __attribute__((warn_unused_result));
int segment_append(struct segment *, const void *data, size_t n)
    __attribute__((warn_unused_result));
int segment_sync(struct segment *) __attribute__((warn_unused_result));
/* Is the file still there under its name, with its first len bytes? */
bool segment_is_in_place(const struct segment *, uint64_t len);

/* Names of all segments under root, oldest first; both owned by the caller:
 * segment_names_free. 0 or -errno. */
int segment_names(const char *root, char ***out, size_t *n)
    __attribute__((warn_unused_result));
void segment_names_free(char **names, size_t n);

#endif
