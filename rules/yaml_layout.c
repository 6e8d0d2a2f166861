/*
 * yaml_layout - see yaml_layout.h.
 *
 * The pieces are written in their order. A line begins where a list's item or
 * a map's key does; everything else stays behind it. What lies between two
 * pieces (comments, blank lines) is written before the second, when it is known
 * how deep that stands:
 *
 *     rules:             pieces: map, text "rules", list, map, text "id", ...
 *       # why                    at "id" two levels are new: the comment goes
 *       - id: a                  where the first of them begins
 *
 * Afterwards the result is parsed and compared with what there was: an author's
 * rule is never changed by a mistake made here.
 */
#include "rules/yaml_layout.h"

#include "rules/yaml.h"
#include "rules/yaml_flow.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL_SPACES 2u

struct level { /* an open block list or map */
	bool list;
	bool key; /* of a map: a key is next */
	bool has_items;
	unsigned col;    /* where it stood, from 1 */
	unsigned indent; /* where it stands */
};

struct layout {
	struct yaml_flow flow; /* source, pieces, what is written */
	struct level levels[YAML_MAX_DEPTH];
	unsigned depth;
	unsigned opened;                     /* of these, since the last text */
	struct level before[YAML_MAX_DEPTH]; /* when that was written */
	unsigned n_before;
	const struct yaml_piece *question; /* a key of several lines */
};

/* Where the line of a piece begins. */
struct spot {
	bool line;       /* it begins one; else it is a value behind its key */
	unsigned col;    /* where it stood */
	unsigned indent; /* where it is to stand */
	unsigned dashes; /* of the list items that begin here */
	bool apart;      /* behind a blank line in any case */
};

static struct level *top_of(struct layout *l)
{
	return l->depth ? &l->levels[l->depth - 1] : NULL;
}

static void open_level(struct layout *l, const struct yaml_piece *p)
{
	struct level *top = top_of(l);
	bool list = p->kind == YAML_PIECE_LIST;
	if (l->depth == YAML_MAX_DEPTH)
		return; /* yaml_parse has seen to it */
	l->levels[l->depth] = (struct level){
	    .list = list,
	    .key = !list,
	    .col = p->col,
	    .indent = top ? top->indent + LEVEL_SPACES : 0,
	};
	l->depth++;
	l->opened++;
}

/* An item or value of the level on top is complete. */
static void end_node(struct layout *l)
{
	struct level *top = top_of(l);
	if (!top)
		return;
	top->has_items = true;
	top->key = !top->list;
}

/* ---- between two pieces ---- */

/* Does the block map at piece i have more than one key? */
static bool is_longer(const struct yaml_pieces *p, size_t i)
{
	size_t value = i + 2;
	const struct yaml_piece *v = &p->items[value];
	size_t next = v->kind == YAML_PIECE_TEXT ? value + 1 : v->match + 1;
	return next < p->items[i].match;
}

static struct spot spot_of(const struct layout *l, size_t piece)
{
	unsigned base = l->depth - l->opened;
	const struct level *parent = base ? &l->levels[base - 1] : NULL;
	const struct level *first = l->opened ? &l->levels[base] : NULL;
	struct spot s = {.line = true};
	for (unsigned i = base; i < l->depth; i++)
		s.dashes += l->levels[i].list;
	s.dashes += parent && parent->list;
	const struct level *begins = parent && parent->list ? parent
	    : first                                         ? first
							    : parent;
	if (begins) {
		s.col = begins->col;
		s.indent = begins->indent;
	}
	if (parent && !parent->list && !parent->key && !first) {
		s.line = false;
		s.col = UINT32_MAX;
		s.indent += LEVEL_SPACES;
	}
	s.apart = base == 2 && !l->levels[0].list && parent->list &&
	    parent->has_items && first && !first->list &&
	    is_longer(&l->flow.pieces, piece - l->opened);
	return s;
}

/* A comment that stood deeper than what follows belongs to what came before. */
static unsigned comment_indent(
    const struct layout *l, const struct spot *s, unsigned col)
{
	for (unsigned i = l->n_before; col > s->col && i > 0; i--)
		if (l->before[i - 1].col <= col &&
		    l->before[i - 1].indent > s->indent)
			return l->before[i - 1].indent;
	return s->indent;
}

/* Comments up to a piece. Answers whether there were any behind which the line
 * has to end; *blank: there is a blank line before the piece. */
static bool write_comments(
    struct layout *l, const struct spot *s, size_t end, bool *blank)
{
	struct yaml_flow *f = &l->flow;
	struct yaml_comment c;
	bool any = false, apart = s->apart;
	while (yaml_next_comment(f->source, &f->at, end, &c)) {
		const char *text = f->source + c.start;
		if (!any && !c.lines_before && f->w.n && !f->w.full) {
			yaml_put_note(&f->w, text, c.end - c.start);
		} else {
			unsigned indent = comment_indent(l, s, c.col);
			bool its = indent <= s->indent;
			yaml_put_line(&f->w,
			    c.lines_before > 1 || (its && apart), indent);
			yaml_put(&f->w, text, c.end - c.start);
			apart &= !its;
		}
		any = true;
	}
	*blank = c.lines_before > 1 || apart;
	return any;
}

/* All that comes before a text or a [ or {. Answers the indent of lines that
 * belong to it. */
static unsigned begin(struct layout *l, size_t piece)
{
	struct yaml_flow *f = &l->flow;
	const struct yaml_piece *p = &f->pieces.items[piece];
	struct spot s = spot_of(l, piece);
	bool blank;
	bool ended = write_comments(l, &s, p->start, &blank);
	if (s.line || ended)
		yaml_put_line(&f->w, s.line && blank, s.indent);
	else
		yaml_put(&f->w, " ", 1);
	for (unsigned i = 0; i < s.dashes; i++)
		yaml_put(&f->w, "- ", 2);
	const struct level *top = top_of(l);
	if (!top)
		return 0;
	return !s.line && ended ? s.indent
	    : top->list         ? top->indent + LEVEL_SPACES
				: top->indent;
}

/* ---- pieces ---- */

/* A key of several lines can only stand behind a "? ". */
static bool is_question(struct layout *l, const struct yaml_piece *p)
{
	const struct level *top = top_of(l);
	bool lines = p->style == '|' || p->style == '>' ||
	    memchr(l->flow.source + p->start, '\n', p->end - p->start);
	if (top && top->key && lines)
		l->question = p;
	return l->question != NULL;
}

static void write_block_text(struct layout *l, size_t i)
{
	struct yaml_flow *f = &l->flow;
	const struct yaml_piece *p = &f->pieces.items[i];
	const struct level *top = top_of(l);
	bool key = top && top->key;
	unsigned next = top ? top->indent + LEVEL_SPACES : 0;
	unsigned was = top ? top->col - 1 : 0;
	begin(l, i);
	if (p->style == '|' || p->style == '>')
		yaml_flow_block_text(f, p, was, next);
	else
		yaml_flow_text(f, p, next, false);
	if (p->start == p->end)
		yaml_trim_line(&f->w);
	if (key)
		yaml_put(&f->w, ":", 1);
}

static void remember_levels(struct layout *l)
{
	l->opened = 0;
	l->n_before = l->depth;
	memcpy(l->before, l->levels, sizeof(l->before));
}

/* Answers the last piece it wrote. */
static size_t write_piece(struct layout *l, size_t i)
{
	struct yaml_flow *f = &l->flow;
	const struct yaml_piece *p = &f->pieces.items[i];
	if (p->kind == YAML_PIECE_END) {
		l->depth--;
		end_node(l);
		return i;
	}
	if (p->kind != YAML_PIECE_TEXT && !p->flow) {
		open_level(l, p);
		return i;
	}
	struct level *top = top_of(l);
	if (is_question(l, p))
		return i;
	if (p->flow) {
		yaml_flow_write(f, i, begin(l, i));
		i = p->match;
	} else {
		write_block_text(l, i);
	}
	if (top && top->key)
		top->key = false;
	else
		end_node(l);
	remember_levels(l);
	return i;
}

static void write_all(struct layout *l)
{
	struct yaml_flow *f = &l->flow;
	for (size_t i = 0; i < f->pieces.n && !l->question; i++)
		i = write_piece(l, i);
	const struct spot end = {.line = true, .col = 1};
	bool blank;
	write_comments(l, &end, f->len, &blank);
	if (!f->w.full)
		yaml_put_line(&f->w, false, 0);
}

/* ---- does it say the same? ---- */

static bool is_same_node(const struct yaml_node *a, const struct yaml_node *b)
{
	if (a->kind != b->kind || a->quoted != b->quoted || a->len != b->len ||
	    a->n_children != b->n_children || !a->key != !b->key)
		return false;
	if (a->key &&
	    (strcmp(a->key->text, b->key->text) != 0 ||
		a->key->quoted != b->key->quoted))
		return false;
	return !a->text || memcmp(a->text, b->text, a->len) == 0;
}

/* Compares the trees side by side. The first that differs, or NULL. */
static const struct yaml_node *find_other(
    const struct yaml_node *a, const struct yaml_node *b)
{
	const struct yaml_node *way_a[YAML_MAX_DEPTH], *way_b[YAML_MAX_DEPTH];
	unsigned depth = 0;
	while (a) {
		if (!is_same_node(a, b))
			return a;
		if (a->child) {
			way_a[depth] = a;
			way_b[depth++] = b;
			a = a->child;
			b = b->child;
			continue;
		}
		while (depth && !a->next) {
			a = way_a[--depth];
			b = way_b[depth];
		}
		a = depth ? a->next : NULL;
		b = depth ? b->next : NULL;
	}
	return NULL;
}

/* The comments of a text one after another, without their places. */
static int list_comments(const char *s, size_t len, struct yaml_written *out)
{
	struct yaml_pieces p;
	if (yaml_pieces_read(&p, s, len) != 0)
		return -1;
	struct yaml_comment c;
	size_t at = 0;
	for (size_t i = 0; i <= p.n; i++) {
		size_t end = i < p.n ? p.items[i].start : len;
		while (at < end && yaml_next_comment(s, &at, end, &c)) {
			yaml_put(out, s + c.start, c.end - c.start);
			yaml_put(out, "\n", 1);
		}
		at = i < p.n && p.items[i].end > at ? p.items[i].end : at;
	}
	yaml_pieces_clear(&p);
	return out->failed ? -1 : 0;
}

static void quiet(const struct diag *d, void *arg)
{
	(void)d;
	(void)arg;
}

struct text {
	const char *s;
	size_t len;
};

static bool has_same_comments(struct text a, struct text b)
{
	struct yaml_written was = {0}, is = {0};
	bool same = list_comments(a.s, a.len, &was) == 0 &&
	    list_comments(b.s, b.len, &is) == 0 && was.n == is.n &&
	    (was.n == 0 || memcmp(was.s, is.s, was.n) == 0);
	yaml_written_clear(&was);
	yaml_written_clear(&is);
	return same;
}

/* Reports a place where the two differ and answers false. */
static bool is_faithful(const struct yaml_doc *doc, struct text was,
    struct text is, diag_fn *diag, void *arg)
{
	struct yaml_doc *again =
	    yaml_parse(yaml_file(doc), is.s, is.len, quiet, NULL);
	const struct yaml_node *other = yaml_root(doc);
	if (again)
		other = find_other(yaml_root(doc), yaml_root(again));
	bool same = !other && has_same_comments(was, is);
	yaml_doc_free(again);
	if (!same)
		yaml_report(doc, other, DIAG_ERROR, "Y010",
		    "the file is left as it is; write the line here in "
		    "\"quotes\", or tell us",
		    diag, arg,
		    "this cannot be laid out without changing what it says");
	return same;
}

/* ---- in and out ---- */

/* LF for every line break, no byte order mark; NULL: memory. */
static char *copy_lines(const char *bytes, size_t len, size_t *out_len)
{
	char *copy = malloc(len + 1);
	size_t n = 0;
	if (!copy)
		return NULL;
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3;
		len -= 3;
	}
	for (size_t i = 0; i < len; i++) {
		bool pair =
		    bytes[i] == '\r' && i + 1 < len && bytes[i + 1] == '\n';
		if (!pair)
			copy[n++] = bytes[i] == '\r' ? '\n' : bytes[i];
	}
	copy[n] = '\0';
	*out_len = n;
	return copy;
}

static char *lay_out(struct layout *l, const struct yaml_doc *doc,
    size_t *out_len, diag_fn *diag, void *arg)
{
	struct yaml_flow *f = &l->flow;
	char *out = NULL;
	if (yaml_pieces_read(&f->pieces, f->source, f->len) == 0) {
		write_all(l);
		if (!l->question)
			out = yaml_written_finish(&f->w, out_len);
	}
	if (l->question) {
		const struct yaml_node at = {
		    .line = l->question->line, .col = l->question->col};
		yaml_report(doc, &at, DIAG_ERROR, "Y007",
		    "write \"key: value\"", diag, arg,
		    "keys of several lines are not supported here");
	} else if (!out) {
		yaml_report(doc, NULL, DIAG_ERROR, "Y000", NULL, diag, arg,
		    "out of memory while laying out this file");
	}
	yaml_pieces_clear(&f->pieces);
	yaml_written_clear(&f->w);
	return out;
}

/* A lone text has no lines to begin. Reports one. */
static bool has_keys(const struct yaml_doc *doc, diag_fn *diag, void *arg)
{
	if (yaml_root(doc)->kind != YAML_TEXT)
		return true;
	yaml_report(doc, yaml_root(doc), DIAG_ERROR, "Y000",
	    "write \"key: value\" lines", diag, arg,
	    "there are no keys in this file");
	return false;
}

char *yaml_layout(const char *file, const char *bytes, size_t len,
    size_t *out_len, diag_fn *diag, void *arg)
{
	struct yaml_doc *doc = yaml_parse(file, bytes, len, diag, arg);
	if (!doc || !has_keys(doc, diag, arg)) {
		yaml_doc_free(doc);
		return NULL;
	}
	struct layout l = {0};
	char *source = copy_lines(bytes, len, &l.flow.len);
	char *out = NULL;
	l.flow.source = source;
	if (source)
		out = lay_out(&l, doc, out_len, diag, arg);
	else
		yaml_report(doc, NULL, DIAG_ERROR, "Y000", NULL, diag, arg,
		    "out of memory while laying out this file");
	if (out &&
	    !is_faithful(doc, (struct text){source, l.flow.len},
		(struct text){out, *out_len}, diag, arg)) {
		free(out);
		out = NULL;
	}
	free(source);
	yaml_doc_free(doc);
	return out;
}
