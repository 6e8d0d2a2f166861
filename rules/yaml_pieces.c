/*
 * yaml_pieces - see yaml_pieces.h. libyaml counts characters; everybody else
 * counts bytes.
 */
#include "rules/yaml_pieces.h"

#include "rules/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct reader {
	struct yaml_pieces *pieces;
	const char *source;
	size_t len;
	size_t character, byte; /* the place looked up last */
};

static bool is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t byte_of(struct reader *r, yaml_mark_t mark)
{
	if (mark.index < r->character)
		r->character = r->byte = 0;
	for (; r->character < mark.index && r->byte < r->len; r->character++) {
		r->byte++;
		while (r->byte < r->len && is_inside(r->source[r->byte]))
			r->byte++;
	}
	return r->byte;
}

static struct yaml_piece *add(struct yaml_pieces *p)
{
	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 256;
		void *items = reallocarray(p->items, cap, sizeof(*p->items));
		if (!items)
			return NULL;
		p->items = items;
		p->cap = cap;
	}
	struct yaml_piece *piece = &p->items[p->n++];
	*piece = (struct yaml_piece){0};
	return piece;
}

static char style_of(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
		return '\'';
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return '"';
	case YAML_LITERAL_SCALAR_STYLE:
		return '|';
	case YAML_FOLDED_SCALAR_STYLE:
		return '>';
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
		break;
	}
	return '\0';
}

static void add_text(
    struct reader *r, struct yaml_piece *p, const yaml_event_t *e)
{
	p->kind = YAML_PIECE_TEXT;
	p->style = style_of(e->data.scalar.style);
	p->end = byte_of(r, e->end_mark);
}

static void add_start(
    struct reader *r, struct yaml_piece *p, enum yaml_piece_kind kind)
{
	struct yaml_pieces *all = r->pieces;
	char bracket = kind == YAML_PIECE_LIST ? '[' : '{';
	bool written = p->flow && r->source[p->start] == bracket;
	p->kind = kind;
	p->end = p->start + written;
	if (all->depth < YAML_MAX_DEPTH) /* yaml_parse has seen to it */
		all->open[all->depth++] = all->n - 1;
}

static void add_end(struct reader *r, struct yaml_piece *p)
{
	struct yaml_pieces *all = r->pieces;
	size_t begin = all->depth ? all->open[--all->depth] : 0;
	p->kind = YAML_PIECE_END;
	p->match = begin;
	all->items[begin].match = all->n - 1;
	p->flow = all->items[begin].flow;
	/* [a: b] is a map without brackets. */
	bool written = all->items[begin].end > all->items[begin].start;
	p->end = p->start + written;
}

/* 0, or -1 when memory runs out. */
static int take(struct reader *r, const yaml_event_t *e)
{
	bool list = e->type == YAML_SEQUENCE_START_EVENT;
	bool map = e->type == YAML_MAPPING_START_EVENT;
	bool end = e->type == YAML_SEQUENCE_END_EVENT ||
	    e->type == YAML_MAPPING_END_EVENT;
	if (!list && !map && !end && e->type != YAML_SCALAR_EVENT)
		return 0;
	struct yaml_piece *p = add(r->pieces);
	if (!p)
		return -1;
	p->line = (unsigned)e->start_mark.line + 1;
	p->col = (unsigned)e->start_mark.column + 1;
	p->start = p->end = byte_of(r, e->start_mark);
	p->flow =
	    (list &&
		e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE) ||
	    (map && e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
	if (end)
		add_end(r, p);
	else if (list || map)
		add_start(r, p, list ? YAML_PIECE_LIST : YAML_PIECE_MAP);
	else
		add_text(r, p, e);
	return 0;
}

int yaml_pieces_read(struct yaml_pieces *p, const char *source, size_t len)
{
	*p = (struct yaml_pieces){0};
	struct reader r = {.pieces = p, .source = source, .len = len};
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		return -1;
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &parser, (const unsigned char *)source, len);
	int rc = 0;
	for (bool done = false; !done && rc == 0;) {
		yaml_event_t e;
		if (!yaml_parser_parse(&parser, &e)) {
			rc = -1; /* it has been parsed before: memory */
			break;
		}
		done = e.type == YAML_STREAM_END_EVENT;
		rc = take(&r, &e);
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
	if (rc)
		yaml_pieces_clear(p);
	return rc;
}

void yaml_pieces_clear(struct yaml_pieces *p)
{
	free(p->items);
	*p = (struct yaml_pieces){0};
}

static unsigned column_of(const char *source, size_t at)
{
	unsigned col = 1;
	while (at > 0 && source[at - 1] != '\n')
		col += !is_inside(source[--at]);
	return col;
}

bool yaml_next_comment(
    const char *source, size_t *at, size_t end, struct yaml_comment *out)
{
	*out = (struct yaml_comment){0};
	for (; *at < end && source[*at] != '#'; ++*at)
		out->lines_before += source[*at] == '\n';
	if (*at == end)
		return false;
	out->start = *at;
	out->col = column_of(source, *at);
	while (*at < end && source[*at] != '\n')
		++*at;
	out->end = *at;
	while (out->end > out->start && strchr(" \t", source[out->end - 1]))
		out->end--;
	return true;
}
