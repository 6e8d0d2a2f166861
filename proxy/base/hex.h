/*
 * hex - bytes as lower-case hexadecimal and back.
 */
#ifndef HANDRAIL_PROXY_BASE_HEX_H
#define HANDRAIL_PROXY_BASE_HEX_H

#include <stddef.h>

/* Writes 2 * n digits and a NUL. */
void hex_encode(char *out, const void *data, size_t n);
/*
 * Reads n digits (either case) into n / 2 bytes. 0, or -1 when n is odd or
 * something is no digit; out is then undefined. n digits are read, no NUL is
 * needed.
 */
int hex_decode(void *out, const char *text, size_t n)
    __attribute__((warn_unused_result));

#endif
