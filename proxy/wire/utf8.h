/*
 * utf8 - one character at a time (RFC 3629: no overlong forms, no surrogates,
 * nothing above U+10FFFF).
 */
#ifndef HANDRAIL_WIRE_UTF8_H
#define HANDRAIL_WIRE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the character at p (1 to 4), 0 when there is no valid one. */
static inline size_t utf8_next(const char *p, size_t n)
{
	const unsigned char *s = (const unsigned char *)p;

	if (n == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	size_t len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (n < len)
		return 0;
	unsigned char low = 0x80, high = 0xbf;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

static inline bool utf8_is_valid(const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t len = utf8_next(p + i, n - i);
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

/* A surrogate in three-byte form at p: its value, else 0. */
static inline uint32_t utf8_surrogate(const char *p, size_t n)
{
	const unsigned char *s = (const unsigned char *)p;

	if (n < 3 || s[0] != 0xed || s[1] < 0xa0 || s[1] > 0xbf ||
	    (s[2] & 0xc0) != 0x80)
		return 0;
	return 0xd000u | (uint32_t)(s[1] & 0x3f) << 6 | (s[2] & 0x3fu);
}

/* Any code point up to U+10FFFF, surrogates included. Returns its bytes. */
static inline size_t utf8_put(char out[4], uint32_t c)
{
	unsigned char *o = (unsigned char *)out;

	if (c < 0x80) {
		o[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		o[0] = (unsigned char)(0xc0 | c >> 6);
		o[1] = (unsigned char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		o[0] = (unsigned char)(0xe0 | c >> 12);
		o[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		o[2] = (unsigned char)(0x80 | (c & 0x3f));
		return 3;
	}
	o[0] = (unsigned char)(0xf0 | c >> 18);
	o[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
	o[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
	o[3] = (unsigned char)(0x80 | (c & 0x3f));
	return 4;
}

#endif
