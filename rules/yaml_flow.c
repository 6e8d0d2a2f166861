/* yaml_flow - see yaml_flow.h. */
#include "rules/yaml_flow.h"

#include "rules/yaml.h"
#include "rules/yaml_layout.h"

#include <stdint.h>
#include <string.h>

#define LEVEL_SPACES 2u

/* ---- texts ---- */

struct line {
	const char *s;
	size_t n;
};

/* The line at *at of a text that ends at end, and moves *at to the next. */
static struct line take_line(const char *source, size_t *at, size_t end)
{
	const char *s = source + *at;
	const char *lf = memchr(s, '\n', end - *at);
	size_t n = lf ? (size_t)(lf - s) : end - *at;
	*at += n + (lf != NULL);
	return (struct line){s, n};
}

/* White space around a line break is no part of a text; behind a \ it is. */
static struct line trim(struct line l, bool first, bool last, bool escapes)
{
	while (!first && l.n && (*l.s == ' ' || *l.s == '\t')) {
		l.s++;
		l.n--;
	}
	while (!last && l.n && strchr(" \t", l.s[l.n - 1])) {
		size_t slashes = 0;
		while (slashes + 1 < l.n && l.s[l.n - 2 - slashes] == '\\')
			slashes++;
		if (escapes && slashes % 2)
			break;
		l.n--;
	}
	return l;
}

/* Do the lines of a text mean the same with a space in place of each break? */
static bool can_join(const struct yaml_flow *f, const struct yaml_piece *p)
{
	for (size_t at = p->start; at < p->end;) {
		bool first = at == p->start;
		struct line l = take_line(f->source, &at, p->end);
		bool last = at == p->end;
		l = trim(l, first, last, p->style == '"');
		if (l.n == 0 ||
		    (!last && p->style == '"' && l.s[l.n - 1] == '\\'))
			return false;
	}
	return true;
}

void yaml_flow_text(
    struct yaml_flow *f, const struct yaml_piece *p, unsigned indent, bool join)
{
	join = join && can_join(f, p);
	for (size_t at = p->start; at < p->end;) {
		bool first = at == p->start;
		struct line l = take_line(f->source, &at, p->end);
		l = trim(l, first, at == p->end, p->style == '"');
		if (!first && join)
			yaml_put(&f->w, " ", 1);
		else if (!first)
			yaml_put(&f->w, "\n", 1);
		if (!first && !join && l.n)
			yaml_put_spaces(&f->w, indent);
		yaml_put(&f->w, l.s, l.n);
	}
	f->at = p->end;
}

static size_t spaces_before(struct line l)
{
	size_t n = 0;
	while (n < l.n && l.s[n] == ' ')
		n++;
	return n;
}

/* How far the lines of a block text that begin at `at` are indented. */
static size_t block_indent(const struct yaml_flow *f, size_t at, size_t end)
{
	while (at < end) {
		struct line l = take_line(f->source, &at, end);
		if (spaces_before(l) < l.n)
			return spaces_before(l);
	}
	return SIZE_MAX;
}

struct block_head { /* |2- and a comment */
	unsigned digit;
	bool keep;
};

/* ends: the file does, without a line break; the text has none either, and
 * must not get one. */
static struct block_head write_block_head(
    struct yaml_flow *f, struct line head, bool ends)
{
	struct block_head h = {0};
	yaml_put(&f->w, head.s, 1);
	for (size_t i = 1; i < head.n && strchr("+-123456789", head.s[i]);
	     i++) {
		bool number = head.s[i] >= '1' && head.s[i] <= '9';
		if (number)
			h.digit = (unsigned)(head.s[i] - '0');
		h.keep |= head.s[i] == '+';
		if (number)
			yaml_put(&f->w, "2", 1);
		else if (!ends)
			yaml_put(&f->w, head.s + i, 1);
	}
	if (ends)
		yaml_put(&f->w, "-", 1);
	h.keep &= !ends;
	size_t at = 0;
	struct yaml_comment c;
	if (yaml_next_comment(head.s, &at, head.n, &c))
		yaml_put_note(&f->w, head.s + c.start, c.end - c.start);
	return h;
}

/* The end of a block text without the blank lines behind it. */
static size_t block_end(
    const struct yaml_flow *f, size_t start, size_t end, size_t indent)
{
	while (end > start && f->source[end - 1] == '\n') {
		size_t line = --end;
		while (line > start && f->source[line - 1] == ' ')
			line--;
		if (line > start && f->source[line - 1] == '\n' &&
		    end - line <= indent)
			end = line;
	}
	return end;
}

void yaml_flow_block_text(struct yaml_flow *f, const struct yaml_piece *p,
    unsigned was, unsigned indent)
{
	size_t at = p->start;
	bool ends = p->end == f->len && f->source[f->len - 1] != '\n';
	struct line first = take_line(f->source, &at, p->end);
	struct block_head h = write_block_head(f, first, ends);
	size_t had = h.digit ? was + h.digit : block_indent(f, at, p->end);
	size_t end = h.keep ? p->end : block_end(f, at - 1, p->end, had);
	while (at < end) {
		struct line l = take_line(f->source, &at, end);
		yaml_put(&f->w, "\n", 1);
		if (l.n > had) {
			yaml_put_spaces(&f->w, indent);
			yaml_put(&f->w, l.s + had, l.n - had);
		}
	}
	if (h.keep)
		yaml_put(&f->w, "\n", 1);
	f->w.full = h.keep;
	f->at = end;
}

/* ---- brackets ---- */

struct bracket {
	bool map;
	bool key;               /* of a map: a key is next */
	bool lines;             /* takes several */
	bool keep;              /* they stay: comments inside */
	bool has_items, broken; /* the last item took several lines */
	unsigned indent;        /* of its closing line */
	size_t item; /* the space before the item being written, or 0 */
};

struct brackets {
	struct bracket items[YAML_MAX_DEPTH];
	unsigned n;
};

static bool has_comments(const struct yaml_flow *f, size_t piece)
{
	const struct yaml_pieces *p = &f->pieces;
	size_t last = p->items[piece].match;
	struct yaml_comment c;
	for (size_t i = piece; i < last; i++) {
		size_t at = p->items[i].end;
		if (yaml_next_comment(
			f->source, &at, p->items[i + 1].start, &c))
			return true;
	}
	return false;
}

static void open_bracket(
    struct yaml_flow *f, struct brackets *b, size_t piece, unsigned indent)
{
	const struct yaml_piece *p = &f->pieces.items[piece];
	bool map = p->kind == YAML_PIECE_MAP;
	if (b->n == YAML_MAX_DEPTH)
		return; /* yaml_parse has seen to it */
	struct bracket *outer = b->n ? &b->items[b->n - 1] : NULL;
	bool lines = p->line != f->pieces.items[p->match].line;
	b->items[b->n++] = (struct bracket){
	    .map = map,
	    .key = map,
	    .lines = lines,
	    .keep = (outer && outer->keep) || (lines && has_comments(f, piece)),
	    .indent = outer ? outer->indent + LEVEL_SPACES : indent,
	};
	yaml_put(&f->w, map ? "{" : "[", 1);
	f->at = p->end;
}

/* The line has become too long: the item goes to the next. */
static void fill(struct yaml_flow *f, struct bracket *t)
{
	if (t->item && yaml_line_width(&f->w) > YAML_LAYOUT_COLUMNS)
		yaml_break_at(&f->w, t->item, t->indent + LEVEL_SPACES);
	t->item = 0;
}

/* Comments up to a place; *lines: the breaks behind the last of them. */
static bool write_comments(
    struct yaml_flow *f, const struct bracket *t, size_t end, unsigned *lines)
{
	struct yaml_comment c;
	bool any = false;
	while (yaml_next_comment(f->source, &f->at, end, &c)) {
		const char *text = f->source + c.start;
		if (any || c.lines_before) {
			yaml_put_line(&f->w, c.lines_before > 1,
			    t->indent + LEVEL_SPACES);
			yaml_put(&f->w, text, c.end - c.start);
		} else {
			yaml_put_note(&f->w, text, c.end - c.start);
		}
		any = true;
	}
	*lines = c.lines_before;
	return any;
}

/* What comes between the last thing written and an item, key or value. */
static void separate(
    struct yaml_flow *f, struct bracket *t, const struct yaml_piece *p)
{
	unsigned lines;
	bool any = write_comments(f, t, p->start, &lines);
	bool value = t->map && !t->key;
	bool first = !t->has_items && !value;
	bool line =
	    t->lines && !value && (first || t->broken || (t->keep && lines));
	if (any || line) {
		yaml_put_line(&f->w, lines > 1 && t->keep && !first,
		    t->indent + LEVEL_SPACES);
	} else if (!first) {
		if (t->lines && !t->keep && !value)
			t->item = f->w.n;
		yaml_put(&f->w, " ", 1);
	}
}

/* An item of the last bracket is complete; next: the piece behind it. */
static void end_item(struct yaml_flow *f, struct brackets *b, size_t next)
{
	struct bracket *t = &b->items[b->n - 1];
	if (t->map && t->key) {
		t->key = false;
		yaml_put(&f->w, ":", 1);
		return;
	}
	t->has_items = true;
	t->key = t->map;
	if (f->pieces.items[next].kind != YAML_PIECE_END)
		yaml_put(&f->w, ",", 1);
	fill(f, t);
}

static void close_bracket(struct yaml_flow *f, struct brackets *b, size_t i)
{
	const struct yaml_piece *p = &f->pieces.items[i];
	const struct bracket *t = &b->items[b->n - 1];
	unsigned lines;
	write_comments(f, t, p->start, &lines);
	if (t->lines)
		yaml_put_line(&f->w, false, t->indent);
	yaml_put(&f->w, t->map ? "}" : "]", 1);
	f->at = p->end;
	bool broken = t->lines;
	b->n--;
	if (!b->n)
		return;
	end_item(f, b, i + 1);
	b->items[b->n - 1].broken = broken;
}

void yaml_flow_write(struct yaml_flow *f, size_t piece, unsigned indent)
{
	struct brackets b = {0};
	size_t last = f->pieces.items[piece].match;
	for (size_t i = piece; i <= last; i++) {
		const struct yaml_piece *p = &f->pieces.items[i];
		struct bracket *t = b.n ? &b.items[b.n - 1] : NULL;
		if (p->kind == YAML_PIECE_END) {
			close_bracket(f, &b, i);
			continue;
		}
		if (t)
			separate(f, t, p);
		if (p->kind != YAML_PIECE_TEXT) {
			open_bracket(f, &b, i, indent);
			if (t && b.items[b.n - 1].lines)
				fill(f, t);
			continue;
		}
		yaml_flow_text(f, p, t->indent + LEVEL_SPACES, true);
		t->broken = false;
		end_item(f, &b, i + 1);
	}
}
