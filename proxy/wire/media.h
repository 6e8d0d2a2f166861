/*
 * media - what a message says its body is: one type, in UTF-8, in no coding.
 *
 * Strict, like everything here: what two readers could take in two ways is not
 * understood and never repaired. Two fields of one name, a list, an empty
 * value, parameters RFC 9110 5.6.6 does not know or that are given twice, those
 * of RFC 8187 and 2231 (charset*), any charset but UTF-8.
 */
#ifndef HANDRAIL_WIRE_MEDIA_H
#define HANDRAIL_WIRE_MEDIA_H

#include "proxy/wire/http1.h"

enum media_kind {
	MEDIA_UNNAMED, /* neither a type nor a coding is named */
	MEDIA_JSON,    /* application/json, application/problem+json */
	MEDIA_EVENTS,  /* text/event-stream */
	MEDIA_UNCLEAR, /* anything else */
};

struct media {
	enum media_kind kind;
	/* The Content-Type that says this and no more: the field's own value
	 * where it is that already. Empty: unnamed or unclear. */
	char type[64];
};

void media_read(const struct http1_head *, struct media *);
/* Is this one of the fields that say how a body is to be read? */
bool media_is_field(struct span name);

#endif
