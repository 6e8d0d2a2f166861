/*
 * template - JSON with holes: {{json text}}, {{text}} (both: the approved text
 * as a JSON string), {{key}} (the message's number), {{time}}, {{id}} and
 * {{up:/ptr or FALLBACK}}, which copies a short scalar of the upstream's;
 * FALLBACK is id, time or literal JSON. {{copy:ptr}} copies whatever a judged
 * message has there.
 */
#ifndef HANDRAIL_CHANNEL_TEMPLATE_H
#define HANDRAIL_CHANNEL_TEMPLATE_H

#include "proxy/base/buf.h"
#include "proxy/channel/pointer.h"
#include "proxy/wire/span.h"

#include <stdint.h>

enum template_hole {
	TEMPLATE_LITERAL,
	TEMPLATE_TEXT,
	TEMPLATE_KEY,
	TEMPLATE_TIME,
	TEMPLATE_ID,
	TEMPLATE_UP,
	TEMPLATE_COPY,
};

struct template_piece {
	enum template_hole hole;
	char *literal;               /* LITERAL; UP: literal fallback or NULL */
	struct pointer up;           /* UP, COPY */
	enum template_hole fallback; /* UP: LITERAL, TIME or ID */
};

struct template
{
	struct template_piece *pieces; /* NULL: absent */
	size_t n;
};

struct template_values {
	struct span text;
	struct span key; /* JSON */
	int64_t time_s;
	const char *id;
	const struct json_doc *up; /* NULL: fallbacks */
	uint32_t message;          /* COPY: the node of up it is below */
};

/* 0, or -1 and *why. */
int template_parse(struct template *, const char *text, const char **why)
    __attribute__((warn_unused_result));
void template_clear(struct template *);
void template_write(
    const struct template *, const struct template_values *, struct buf *out);

#endif
