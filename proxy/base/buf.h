/*
 * buf - bytes that grow at the end and are taken from the front.
 *
 * {0} is a valid empty one. data is NUL-terminated after every add (the NUL
 * is not counted in len) and may move with it. Aborts when out of memory.
 * One thread at a time.
 */
#ifndef HANDRAIL_PROXY_BASE_BUF_H
#define HANDRAIL_PROXY_BASE_BUF_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct buf {
	char *data; /* NULL until the first add */
	size_t len; /* bytes at data */
	size_t cap; /* bytes that fit at data, the NUL included */
	size_t gap; /* dropped bytes before data: private */
};

/* Frees the memory; the buf is then a valid empty one. Accepts NULL. */
static inline void buf_clear(struct buf *);
/* Forgets the bytes and keeps the memory. */
void buf_reset(struct buf *);
static inline void buf_add(struct buf *, const void *data, size_t n);
static inline void buf_adds(struct buf *, const char *s);
static inline void buf_addc(struct buf *, char c);
void buf_add_int(struct buf *, int64_t value); /* in decimal digits */
void buf_printf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Room for n more bytes; returns where they go. Count them with buf_commit. */
static inline char *buf_reserve(struct buf *, size_t n)
    __attribute__((returns_nonnull));
static inline void buf_commit(struct buf *, size_t n);
/* Forget the first n bytes (n <= len). Amortised: cheap byte by byte. */
void buf_drop(struct buf *, size_t n);
/* The bytes as a NUL-terminated string for free(); the buf is then empty. */
char *buf_steal(struct buf *) __attribute__((returns_nonnull));

static inline void buf_clear(struct buf *b)
{
	if (b == NULL || b->data == NULL)
		return;
	free(b->data - b->gap);
	*b = (struct buf){0};
}

/* Private: more memory, room for n more bytes in it. */
void buf_grow(struct buf *, size_t n);

/* Most adds are a few bytes into room that is there: those are not worth a
 * call. */
static inline char *buf_reserve(struct buf *b, size_t n)
{
	if (n >= b->cap - b->len)
		buf_grow(b, n);
	return b->data + b->len;
}

static inline void buf_commit(struct buf *b, size_t n)
{
	assert(b->data != NULL && n < b->cap - b->len);
	b->len += n;
	b->data[b->len] = '\0';
}

static inline void buf_add(struct buf *b, const void *data, size_t n)
{
	char *to = buf_reserve(b, n);
	if (n > 0)
		memcpy(to, data, n);
	buf_commit(b, n);
}

static inline void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

static inline void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

#endif
