/* url_escape - see url_escape.h. */
#include "rules/url_escape.h"

#include "rules/glyph.h"

#include <string.h>

#define ESCAPE_LEN 3u /* %68 */

/* -1: no digit. */
static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	char low = (char)(c | 0x20);
	return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

bool url_escape_is_digit(char c)
{
	return hex_digit(c) >= 0;
}

/* The byte that an escape stands for; -1: it is none, -2: it is cut off. */
static int byte_at(const char *s, size_t n)
{
	if (n > 0 && s[0] != '%')
		return -1;
	for (size_t i = 1; i < ESCAPE_LEN; i++) {
		if (i >= n)
			return -2;
		if (hex_digit(s[i]) < 0)
			return -1;
	}
	return hex_digit(s[1]) << 4 | hex_digit(s[2]);
}

/* The bytes of a character that begins so; 0: none does. */
static size_t length_of(int lead)
{
	if (lead >= ' ' && lead < 0x7F)
		return 1;
	if (lead < 0xC2 || lead > 0xF4)
		return 0;
	return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

/* A character and nothing else: the shortest form, no half of a pair. */
static bool is_whole(const char *bytes, size_t len, int32_t *cp)
{
	char again[GLYPH_MAX_UTF8];
	glyph_decode(bytes, len, cp);
	return *cp <= 0x10FFFF && (*cp < 0xD800 || *cp > 0xDFFF) &&
	    glyph_encode(*cp, again) == len && memcmp(again, bytes, len) == 0;
}

size_t url_escape_char(const char *s, size_t n, bool more, int32_t *cp)
{
	char bytes[GLYPH_MAX_UTF8];
	size_t len = 1;
	for (size_t i = 0; i < len; i++) {
		size_t at = i * ESCAPE_LEN;
		int byte = byte_at(s + at, n - at);
		if (byte == -2)
			return more ? URL_ESCAPE_MORE : 0;
		if (i == 0)
			len = length_of(byte);
		else if (byte < 0x80 || byte > 0xBF)
			return 0;
		if (len == 0)
			return 0;
		bytes[i] = (char)byte;
	}
	return is_whole(bytes, len, cp) ? len * ESCAPE_LEN : 0;
}

bool url_escape_may_follow(const char *s, size_t n)
{
	bool point = false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '/' && (point || (i > 0 && s[i - 1] == ':')))
			return true;
		if (s[i] != '.')
			continue;
		if (i >= 3 && memcmp(s + i - 3, "www", 3) == 0)
			return true;
		point = i > 0;
	}
	return false;
}
