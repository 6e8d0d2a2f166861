/*
 * buf - a growing byte string.
 *
 *   base            data                 data+len   data+cap
 *   | gap (dropped) | len bytes          | NUL      |
 *
 * Invariants: data == base + gap, where base is what malloc gave; len < cap
 * once there is memory. The gap is closed when room is needed and the gap is
 * at least as large as what must be moved, so dropping is amortised O(1).
 */
#include "proxy/base/buf.h"

#include "proxy/base/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_MIN_BYTES 64

static char *buf_base(const struct buf *b)
{
	return b->data == NULL ? NULL : b->data - b->gap;
}

static void buf_close_gap(struct buf *b)
{
	if (b->gap == 0)
		return;
	char *base = buf_base(b);
	memmove(base, b->data, b->len + 1);
	b->data = base;
	b->cap += b->gap;
	b->gap = 0;
}

void buf_reset(struct buf *b)
{
	if (b->data == NULL)
		return;
	b->len = 0;
	b->data[0] = '\0';
	buf_close_gap(b);
}

void buf_grow(struct buf *b, size_t n)
{
	size_t need = mem_add(mem_add(b->len, n), 1);
	if (b->gap > b->len && need <= b->cap + b->gap) {
		buf_close_gap(b);
		return;
	}
	size_t grown = mem_add(b->cap, b->cap / 2);
	if (grown < need)
		grown = need;
	if (grown < BUF_MIN_BYTES)
		grown = BUF_MIN_BYTES;
	char *fresh = mem_alloc(grown);
	if (b->len > 0)
		memcpy(fresh, b->data, b->len);
	fresh[b->len] = '\0';
	free(buf_base(b));
	b->data = fresh;
	b->cap = grown;
	b->gap = 0;
}

void buf_add_int(struct buf *b, int64_t value)
{
	char digits[20]; /* of 2^63, and a sign */
	size_t at = sizeof(digits);
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	do
		digits[--at] = (char)('0' + left % 10);
	while ((left /= 10) > 0);
	if (value < 0)
		digits[--at] = '-';
	buf_add(b, digits + at, sizeof(digits) - at);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	assert(n >= 0);
	char *to = buf_reserve(b, (size_t)n);
	va_start(args, fmt);
	vsnprintf(to, (size_t)n + 1, fmt, args);
	va_end(args);
	buf_commit(b, (size_t)n);
}

void buf_drop(struct buf *b, size_t n)
{
	assert(n <= b->len);
	if (n == 0)
		return;
	if (n == b->len) {
		buf_reset(b);
		return;
	}
	b->data += n;
	b->gap += n;
	b->len -= n;
	b->cap -= n;
}

char *buf_steal(struct buf *b)
{
	buf_reserve(b, 0);
	buf_close_gap(b);
	char *data = b->data;
	*b = (struct buf){0};
	return data;
}
