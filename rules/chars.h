/*
 * chars - classes of single bytes, one look-up for each: what the scanners ask
 * at every byte of a text. Bytes beyond ASCII are parts of characters.
 */
#ifndef HANDRAIL_RULES_CHARS_H
#define HANDRAIL_RULES_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CHARS_SMALL 0x01u   /* a to z */
#define CHARS_CAPITAL 0x02u /* A to Z */
#define CHARS_DIGIT 0x04u
#define CHARS_HIGH 0x08u  /* beyond ASCII */
#define CHARS_JOIN 0x10u  /* - and _ */
#define CHARS_POINT 0x20u /* . */
#define CHARS_LOCAL 0x40u /* signs of a mail address in front of its @ */

#define CHARS_LETTER (CHARS_SMALL | CHARS_CAPITAL)
#define CHARS_ALNUM (CHARS_LETTER | CHARS_DIGIT)
#define CHARS_WORD (CHARS_ALNUM | CHARS_HIGH)

extern const unsigned char chars_table[256];

static inline bool chars_are(char c, unsigned classes)
{
	return (chars_table[(unsigned char)c] & classes) != 0;
}

/* How many of the eight bytes at s are a to z before the first that is not.
 * All are looked at in one number: of a byte without its top bit, adding so
 * much sets the top bit from 'a' (from behind 'z') on. */
static inline size_t chars_small_of_eight(const char *s)
{
	const uint64_t each = 0x0101010101010101u, top = 0x80 * each;
	uint64_t x;
	memcpy(&x, s, sizeof(x));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	uint64_t low = x & ~top;
	uint64_t from_a = low + (0x80 - 'a') * each;
	uint64_t behind_z = low + (0x80 - 'z' - 1) * each;
	uint64_t other = ~(from_a & ~behind_z & ~x) & top;
	return other ? (size_t)__builtin_ctzll(other) / 8 : sizeof(x);
}

#endif
