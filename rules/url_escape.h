/*
 * url_escape - characters of a URL written as %68%69 (RFC 3986, 2.1).
 *
 * A client shows the address of a link with them decoded. Outside of a URL a
 * percent sign is one. Pure functions over bytes.
 */
#ifndef HANDRAIL_RULES_URL_ESCAPE_H
#define HANDRAIL_RULES_URL_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define URL_ESCAPE_MAX_BYTES 12u /* of one character */
#define URL_ESCAPE_MORE SIZE_MAX

/*
 * The character that the n bytes at s begin with, which is written in escapes:
 * their length, 0 when it is none, or a control character; URL_ESCAPE_MORE when
 * more bytes may come and decide.
 */
size_t url_escape_char(const char *s, size_t n, bool more, int32_t *cp);

/* A hexadecimal digit? */
bool url_escape_is_digit(char);

/* Do the n bytes in front of an escape, without white space, look like the
 * beginning of a URL: "https://x", "www.x", "x.example/"? */
bool url_escape_may_follow(const char *s, size_t n);

#endif
