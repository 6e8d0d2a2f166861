/*
 * http1_head - lines of a head, and what they mean together. Private to the
 * parser in http1.c.
 *
 * Every call gets offsets within base, the first byte of the message. `whole`
 * is false for a line whose end has not arrived: then only what is already
 * certain to be wrong is reported.
 */
#ifndef HANDRAIL_WIRE_HTTP1_HEAD_H
#define HANDRAIL_WIRE_HTTP1_HEAD_H

#include "proxy/wire/http1.h"

bool http1_is_token(unsigned char c);
/* 0 or an enum http1_err. line..end is without CR LF. */
int http1_start_line(
    struct http1_head *, const char *base, size_t line, size_t end, bool whole);
int http1_field_line(
    struct http1_head *, const char *base, size_t line, size_t end, bool whole);
/* Host, target, Expect, Upgrade: a request's head is complete. */
int http1_request_facts(struct http1_head *);
/* Which framing and whether the connection lives on. Both kinds. */
int http1_framing_facts(
    struct http1_head *, bool answers_head, bool answers_connect);

#endif
