/*
 * quoted - a JSON lexer that can stop anywhere; see quoted.h.
 *
 *   BEGIN -> VALUE|FIRST -> token -> AFTER -> VALUE|KEY ... -> DONE
 *                                             anything else -> NOT
 */
#include "proxy/channel/quoted.h"

#include "proxy/wire/json.h"

#include <string.h>

#define INNER_BYTES 65536 /* of JSON in a string; longer is not looked into */

enum state {
	BEGIN, /* nothing but white space */
	VALUE, /* a value has to come */
	FIRST, /* of a list: or its end */
	KEY,   /* a key has to come */
	OPEN,  /* of an object: or its end */
	COLON,
	AFTER, /* a value: a comma or the end of what it is in */
	STRING,
	ESCAPE,
	HEX,
	NUMBER,
	WORD, /* true, false, null */
	DONE,
	NOT,
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool in_object(const struct quoted *q)
{
	return q->objects >> (q->depth - 1) & 1;
}

static enum state push(struct quoted *q, bool object)
{
	if (q->depth == QUOTED_DEPTH)
		return NOT;
	q->objects &= ~(UINT64_C(1) << q->depth);
	q->objects |= (uint64_t)object << q->depth;
	q->depth++;
	return object ? OPEN : FIRST;
}

static enum state pop(struct quoted *q, char c)
{
	if ((c == '}') != in_object(q))
		return NOT;
	q->depth--;
	return q->depth ? AFTER : DONE;
}

static enum state token(struct quoted *q, enum state state, bool is_key)
{
	q->is_key = is_key;
	q->token = q->at;
	q->tokens++;
	q->n = 0;
	return state;
}

static enum state value(struct quoted *q, char c)
{
	if (c == '{' || c == '[')
		return push(q, c == '{');
	if (c == '"')
		return token(q, STRING, false);
	if (c == '-' || (c >= '0' && c <= '9'))
		return token(q, NUMBER, false);
	return c >= 'a' && c <= 'z' ? token(q, WORD, false) : NOT;
}

static enum state between(struct quoted *q, char c)
{
	if (is_space(c))
		return q->state;
	switch ((enum state)q->state) {
	case BEGIN:
		return c == '{' || c == '[' ? push(q, c == '{') : NOT;
	case FIRST:
		return c == ']' ? pop(q, c) : value(q, c);
	case VALUE:
		return value(q, c);
	case OPEN:
		if (c == '}')
			return pop(q, c);
		/* fallthrough */
	case KEY:
		return c == '"' ? token(q, STRING, true) : NOT;
	case COLON:
		return c == ':' ? VALUE : NOT;
	case AFTER:
		if (c == ',')
			return in_object(q) ? KEY : VALUE;
		return c == '}' || c == ']' ? pop(q, c) : NOT;
	default:
		return NOT;
	}
}

static enum state inside(struct quoted *q, char c)
{
	switch ((enum state)q->state) {
	case STRING:
		if (c == '"')
			return q->is_key ? COLON : AFTER;
		return c == '\\'             ? ESCAPE
		    : (unsigned char)c < ' ' ? NOT
					     : STRING;
	case ESCAPE:
		q->n = 0;
		if (c == 'u')
			return HEX;
		return c && strchr("\"\\/bfnrt", c) ? STRING : NOT;
	case HEX:
		if (!c || !strchr("0123456789abcdefABCDEF", c))
			return NOT;
		return ++q->n == 4 ? STRING : HEX;
	case NUMBER:
		if (c && strchr("0123456789+-.eE", c))
			return NUMBER;
		break;
	case WORD:
		if (c >= 'a' && c <= 'z' && ++q->n < sizeof("false"))
			return WORD;
		break;
	default:
		return NOT;
	}
	q->state = AFTER;
	return between(q, c);
}

static void read_to(struct quoted *q, struct span text, size_t end)
{
	if (q->at > end)
		*q = (struct quoted){0};
	for (; q->at < end && q->state != NOT; q->at++)
		q->state = (int)(q->state >= STRING && q->state <= WORD
			? inside(q, text.p[q->at])
			: between(q, text.p[q->at]));
	q->at = end;
}

/* Inside the one string: JSON in it again, or simply words. */
static enum quoted_how write_inside(
    struct span raw, size_t start, struct span with, struct buf *out)
{
	struct buf inner = {0}, written = {0};
	struct quoted q = {0};
	enum quoted_how how = QUOTED_AS_IS;
	size_t at;

	json_unescape((struct span){raw.p, start}, &inner);
	at = inner.len;
	if (raw.len <= INNER_BYTES) {
		json_unescape(
		    (struct span){raw.p + start, raw.len - start}, &inner);
		how = quoted_write(&q, (struct span){inner.data, inner.len}, at,
		    inner.len, with, &written);
	}
	if (how == QUOTED_WRITTEN)
		with = (struct span){written.data, written.len};
	if (how != QUOTED_BREAKS)
		json_escape(out, with);
	buf_clear(&inner);
	buf_clear(&written);
	return how == QUOTED_BREAKS ? how : QUOTED_WRITTEN;
}

/* Does start..end hold one whole string, number or word, and nothing else? */
static bool is_token(
    const struct quoted *before, const struct quoted *behind, struct span text)
{
	bool open = behind->state == NUMBER || behind->state == WORD;
	bool closed = behind->state == AFTER || behind->state == COLON;
	bool begins = before->state == VALUE || before->state == FIRST ||
	    before->state == KEY || before->state == OPEN;

	if (!begins || before->depth != behind->depth ||
	    behind->tokens != before->tokens + 1 || (!open && !closed))
		return false;
	return !open || behind->at == text.len ||
	    strchr(",]} \t\r\n", text.p[behind->at]);
}

enum quoted_how quoted_write(struct quoted *q, struct span text, size_t start,
    size_t end, struct span with, struct buf *out)
{
	read_to(q, text, start);
	struct quoted behind = *q;
	read_to(&behind, text, end);
	if (behind.state == NOT || behind.state == BEGIN ||
	    (q->state == BEGIN && (end == start || end == text.len)) ||
	    (q->state == DONE && behind.state == DONE))
		return QUOTED_AS_IS;
	if (q->state == STRING && behind.state == STRING &&
	    q->token == behind.token) {
		size_t first = q->token + 1;
		return write_inside((struct span){text.p + first, end - first},
		    start - first, with, out);
	}
	if (!is_token(q, &behind, text))
		return QUOTED_BREAKS;
	json_quote(out, with);
	return QUOTED_WRITTEN;
}
