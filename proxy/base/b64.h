/*
 * b64 - bytes as base64 (RFC 4648 section 4, padded) and back.
 */
#ifndef HANDRAIL_PROXY_BASE_B64_H
#define HANDRAIL_PROXY_BASE_B64_H

#include "proxy/base/buf.h"

void b64_encode(struct buf *out, const void *data, size_t n);
/*
 * Appends the decoded bytes. 0, or -1 when the text is not exactly what
 * b64_encode would have written (white space, missing or wrong padding, stray
 * bits); out is then as before.
 */
int b64_decode(struct buf *out, const char *text, size_t n)
    __attribute__((warn_unused_result));

#endif
