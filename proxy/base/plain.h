/*
 * plain - runs of bytes in which nothing happens, eight at a time.
 *
 * Most of what is read or written stands for itself. These skip over it, so
 * that a scanner looks one by one only at what is left. They may be called
 * with any bytes.
 */
#ifndef HANDRAIL_PROXY_BASE_PLAIN_H
#define HANDRAIL_PROXY_BASE_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PLAIN_EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Is c ASCII that stands for itself inside a JSON string? */
static inline bool plain_in_json(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/*
 * The top bit of each byte of eight that is not plain in JSON. A byte of ASCII
 * gets its top bit by subtraction exactly when it is below what is taken away;
 * the others have it. A borrow runs upwards only: the lowest mark is a true
 * one, those above it may be false.
 */
static inline uint64_t plain_json_marks(uint64_t eight)
{
	uint64_t quote = eight ^ PLAIN_EACH('"');
	uint64_t slash = eight ^ PLAIN_EACH('\\');

	return (eight | (eight - PLAIN_EACH(0x20)) | (quote - PLAIN_EACH(1)) |
		   (slash - PLAIN_EACH(1))) &
	    PLAIN_EACH(0x80);
}

/* How many bytes from p on are plain in JSON. */
static inline size_t plain_json_run(const char *p, size_t n)
{
	size_t i = 0;
	uint64_t eight, marks;

	for (; n - i >= sizeof(eight); i += sizeof(eight)) {
		memcpy(&eight, p + i, sizeof(eight));
		marks = plain_json_marks(eight);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		if (marks)
			return i + (size_t)__builtin_ctzll(marks) / 8;
#else
		if (marks)
			break;
#endif
	}
	while (i < n && plain_in_json((unsigned char)p[i]))
		i++;
	return i;
}

/* Not 0 when a byte of eight is a control character. */
static inline uint64_t plain_controls(uint64_t eight)
{
	uint64_t del = eight ^ PLAIN_EACH(0x7f);

	return (((eight - PLAIN_EACH(0x20)) & ~eight) |
		   ((del - PLAIN_EACH(1)) & ~del)) &
	    PLAIN_EACH(0x80);
}

/* Is no byte of the n a control character (below 0x20, or DEL)? */
static inline bool plain_is_printable(const char *p, size_t n)
{
	uint64_t eight, found = 0;
	size_t i = 0;

	for (; n - i >= sizeof(eight); i += sizeof(eight)) {
		memcpy(&eight, p + i, sizeof(eight));
		found |= plain_controls(eight);
	}
	if (i > 0) { /* the rest, with some looked at before */
		memcpy(&eight, p + n - sizeof(eight), sizeof(eight));
		return (found | plain_controls(eight)) == 0;
	}
	for (; i < n; i++)
		found |= (unsigned char)p[i] < 0x20 || p[i] == 0x7f;
	return found == 0;
}

#endif
