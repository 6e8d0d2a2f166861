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

/* Not 0 where a byte of eight is below 0x20. Exact for the eight as a whole;
 * which byte it was is for the caller to see. */
static inline uint64_t plain_controls(uint64_t eight)
{
	return (eight - PLAIN_EACH(0x20)) & ~eight & PLAIN_EACH(0x80);
}

/* The same, where one is this byte. */
static inline uint64_t plain_finds(uint64_t eight, unsigned char byte)
{
	uint64_t x = eight ^ PLAIN_EACH(byte);
	return (x - PLAIN_EACH(0x01)) & ~x & PLAIN_EACH(0x80);
}

/* Is c ASCII that stands for itself inside a JSON string? */
static inline bool plain_in_json(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* How many such bytes there are from p on. */
static inline size_t plain_json_run(const char *p, size_t n)
{
	size_t i = 0;
	uint64_t eight, odd;

	for (; n - i >= sizeof(eight); i += sizeof(eight)) {
		memcpy(&eight, p + i, sizeof(eight));
		odd = (eight & PLAIN_EACH(0x80)) | plain_controls(eight) |
		    plain_finds(eight, '"') | plain_finds(eight, '\\');
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		/* Borrows run upwards: the lowest mark is a true one. */
		if (odd)
			return i + (size_t)__builtin_ctzll(odd) / 8;
#else
		if (odd)
			break;
#endif
	}
	while (i < n && plain_in_json((unsigned char)p[i]))
		i++;
	return i;
}

/* Is no byte of the n a control character (below 0x20, or DEL)? */
static inline bool plain_is_printable(const char *p, size_t n)
{
	uint64_t eight, found = 0;
	size_t i = 0;

	for (; n - i >= sizeof(eight); i += sizeof(eight)) {
		memcpy(&eight, p + i, sizeof(eight));
		found |= plain_controls(eight) | plain_finds(eight, 0x7f);
	}
	for (; i < n; i++)
		found |= (unsigned char)p[i] < 0x20 || p[i] == 0x7f;
	return found == 0;
}

#endif
