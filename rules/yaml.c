/*
 * yaml - see yaml.h. Turns libyaml's events into a tree.
 *
 * The parser's own document loader is not used: it resolves aliases, keeps the
 * last of two equal keys and forgets where things stood. Depth, nodes and
 * bytes are bounded here, where the events are read. What is wrong with a
 * piece of text is decided in yaml_traps.c.
 */
#include "rules/yaml.h"

#include "rules/yaml_doc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_BYTES 512

struct frame {
	struct yaml_node *node;
	struct yaml_node *last; /* child */
	struct yaml_node *key;  /* waiting for its value */
};

struct builder {
	struct yaml_doc *doc;
	yaml_parser_t parser;
	struct frame stack[YAML_MAX_DEPTH];
	unsigned depth;
	unsigned n_nodes;
	unsigned n_documents;
	bool done;
};

/* A cut in the middle of a character would make the message invalid UTF-8. */
static void trim_utf8(char *s, size_t cap)
{
	size_t len = strlen(s);
	if (len + 1 < cap)
		return;
	while (len > 0 && ((unsigned char)s[len - 1] & 0xc0) == 0x80)
		len--;
	if (len > 0)
		s[len - 1] = '\0';
}

static void report(const struct diag *d, diag_fn *diag, void *arg,
    const char *fmt, va_list args)
{
	char message[MESSAGE_BYTES];
	vsnprintf(message, sizeof(message), fmt, args);
	trim_utf8(message, sizeof(message));
	struct diag out = *d;
	out.message = message;
	diag(&out, arg);
}

void yaml_fault(struct yaml_doc *doc, struct yaml_place at, const char *code,
    const char *hint, const char *fmt, ...)
{
	struct diag d = {
	    .level = DIAG_ERROR,
	    .code = code,
	    .file = doc->file,
	    .line = at.line,
	    .col = at.col,
	    .width = at.width ? at.width : 1,
	    .hint = hint,
	};
	va_list args;
	va_start(args, fmt);
	report(&d, doc->diag, doc->arg, fmt, args);
	va_end(args);
	doc->n_errors++;
}

void yaml_report(const struct yaml_doc *doc, const struct yaml_node *node,
    enum diag_level level, const char *code, const char *hint, diag_fn *diag,
    void *arg, const char *fmt, ...)
{
	struct diag d = {
	    .level = level,
	    .code = code,
	    .file = node && node->file ? node->file : doc->file,
	    .line = node ? node->line : 1,
	    .col = node ? node->col : 1,
	    .width = node && node->width ? node->width : 1,
	    .hint = hint,
	};
	va_list args;
	va_start(args, fmt);
	report(&d, diag, arg, fmt, args);
	va_end(args);
}

static int out_of_memory(struct yaml_doc *doc)
{
	yaml_fault(doc, (struct yaml_place){1, 1, 1}, "Y000", NULL,
	    "out of memory while reading this file");
	return -1;
}

/* ---- lines ---- */

static size_t count_lines(const char *s, size_t len)
{
	size_t n = 1;
	for (size_t i = 0; i < len; i++)
		if (s[i] == '\n' ||
		    (s[i] == '\r' && (i + 1 == len || s[i + 1] != '\n')))
			n++;
	return n;
}

static int index_lines(struct yaml_doc *doc)
{
	const char *s = doc->source;
	size_t len = doc->source_len;
	doc->n_lines = count_lines(s, len);
	doc->line_start =
	    arena_array(&doc->arena, doc->n_lines + 1, sizeof(size_t));
	if (!doc->line_start)
		return out_of_memory(doc);
	size_t n = 1;
	for (size_t i = 0; i < len; i++)
		if (s[i] == '\n' ||
		    (s[i] == '\r' && (i + 1 == len || s[i + 1] != '\n')))
			doc->line_start[n++] = i + 1;
	doc->line_start[n] = len;
	return 0;
}

size_t yaml_line_end(const struct yaml_doc *doc, unsigned line)
{
	if (line == 0 || line > doc->n_lines)
		return doc->source_len;
	size_t start = doc->line_start[line - 1], end = doc->line_start[line];
	while (end > start &&
	    (doc->source[end - 1] == '\n' || doc->source[end - 1] == '\r'))
		end--;
	return end;
}

size_t yaml_offset(struct yaml_doc *doc, unsigned line, unsigned col)
{
	if (line == 0 || line > doc->n_lines)
		return doc->source_len;
	size_t i = doc->line_start[line - 1], end = yaml_line_end(doc, line);
	unsigned at = 1;
	if (doc->near_line == line && doc->near_col <= col) {
		at = doc->near_col;
		i = doc->near_offset;
	}
	for (; at < col && i < end; at++) {
		i++;
		while (
		    i < end && ((unsigned char)doc->source[i] & 0xc0) == 0x80)
			i++;
	}
	doc->near_line = line;
	doc->near_col = at;
	doc->near_offset = i;
	return i;
}

/* ---- the tree ---- */

static unsigned width_of(struct yaml_doc *doc, yaml_mark_t from, yaml_mark_t to)
{
	if (to.line == from.line && to.column > from.column)
		return (unsigned)(to.column - from.column);
	if (to.line == from.line)
		return 1;
	unsigned line = (unsigned)from.line + 1;
	size_t end = yaml_line_end(doc, line), n = 0;
	for (size_t i = yaml_offset(doc, line, (unsigned)from.column + 1);
	     i < end; i++)
		n += ((unsigned char)doc->source[i] & 0xc0) != 0x80;
	return n ? (unsigned)n : 1;
}

static struct yaml_node *new_node(
    struct builder *b, const yaml_event_t *e, enum yaml_kind kind)
{
	struct yaml_doc *doc = b->doc;
	struct yaml_place at = {(unsigned)e->start_mark.line + 1,
	    (unsigned)e->start_mark.column + 1, 1};
	if (++b->n_nodes > YAML_MAX_NODES) {
		yaml_fault(doc, at, "Y000", "split it into several files",
		    "this file has more than %u values", YAML_MAX_NODES);
		return NULL;
	}
	struct yaml_node *n = arena_alloc(&doc->arena, sizeof(*n));
	if (!n) {
		out_of_memory(doc);
		return NULL;
	}
	n->kind = kind;
	n->file = doc->file;
	n->line = at.line;
	n->col = at.col;
	n->width = width_of(doc, e->start_mark, e->end_mark);
	return n;
}

/* Hang a finished or opened node where it belongs. */
static void attach(struct builder *b, struct yaml_node *n)
{
	if (b->depth == 0) {
		b->doc->root = n;
		return;
	}
	struct frame *f = &b->stack[b->depth - 1];
	if (f->node->kind == YAML_MAP) {
		if (!f->key) {
			f->key = n;
			yaml_trap_key(b->doc, n);
			return;
		}
		n->key = f->key;
		f->key = NULL;
		yaml_trap_set(b->doc, n, f->node->flow, f->last == NULL);
	}
	if (f->last)
		f->last->next = n;
	else
		f->node->child = n;
	f->last = n;
	f->node->n_children++;
}

static int open_node(struct builder *b, const yaml_event_t *e)
{
	bool map = e->type == YAML_MAPPING_START_EVENT;
	struct yaml_node *n = new_node(b, e, map ? YAML_MAP : YAML_LIST);
	if (!n)
		return -1;
	struct yaml_place at = {n->line, n->col, n->width};
	if (map ? e->data.mapping_start.anchor != NULL
		: e->data.sequence_start.anchor != NULL) {
		yaml_fault(b->doc, at, "Y007", "write the value out",
		    "anchors (&name) are not supported here");
		return -1;
	}
	if (map ? e->data.mapping_start.tag != NULL
		: e->data.sequence_start.tag != NULL) {
		yaml_fault(b->doc, at, "Y007", "leave the ! out, or quote it",
		    "tags (!name) are not supported here");
		return -1;
	}
	if (b->depth == YAML_MAX_DEPTH) {
		yaml_fault(b->doc, at, "Y000", NULL,
		    "this is nested more than %u deep", YAML_MAX_DEPTH);
		return -1;
	}
	n->flow = map
	    ? e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
	    : e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	struct frame *f = b->depth ? &b->stack[b->depth - 1] : NULL;
	if (f && f->node->kind == YAML_MAP && !f->key) {
		yaml_fault(b->doc, at, "Y006",
		    n->flow ? "write <list name> to use a list, in quotes "
			      "if the line starts with {"
			    : NULL,
		    "a list or map cannot be a key");
		return -1;
	}
	attach(b, n);
	b->stack[b->depth++] = (struct frame){.node = n};
	return 0;
}

static int add_scalar(struct builder *b, const yaml_event_t *e)
{
	struct yaml_doc *doc = b->doc;
	struct yaml_node *n = new_node(b, e, YAML_TEXT);
	if (!n)
		return -1;
	n->len = e->data.scalar.length;
	n->text = arena_strndup(
	    &doc->arena, (const char *)e->data.scalar.value, n->len);
	if (!n->text)
		return out_of_memory(doc);
	n->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	n->last_line = (unsigned)e->end_mark.line + 1;
	yaml_trap_scalar(doc, e, n);
	const struct frame *f = b->depth ? &b->stack[b->depth - 1] : NULL;
	if (!n->quoted && n->len)
		yaml_trap_lines(doc, n, f ? f->node : NULL, f ? f->key : NULL);
	attach(b, n);
	return 0;
}

static void close_node(struct builder *b, const yaml_event_t *e)
{
	struct yaml_node *n = b->stack[--b->depth].node;
	if (n->flow)
		n->width = width_of(b->doc,
		    (yaml_mark_t){.line = n->line - 1, .column = n->col - 1},
		    e->end_mark);
	else if (n->child)
		n->width =
		    n->child->key ? n->child->key->width : n->child->width;
	if (n->kind == YAML_MAP)
		yaml_trap_duplicates(b->doc, n);
}

static int start_document(struct builder *b, const yaml_event_t *e)
{
	struct yaml_place at = {(unsigned)e->start_mark.line + 1,
	    (unsigned)e->start_mark.column + 1, 3};
	if (e->data.document_start.version_directive ||
	    e->data.document_start.tag_directives.start !=
		e->data.document_start.tag_directives.end) {
		yaml_fault(b->doc, at, "Y007", "leave the % line out",
		    "YAML directives (%%) are not supported here");
		return -1;
	}
	if (b->n_documents++ > 0) {
		yaml_fault(b->doc, at, "Y007", "put it into a file of its own",
		    "a second document (---) is not supported here");
		return -1;
	}
	return 0;
}

/* 0: go on, -1: nothing more can be read. */
static int take(struct builder *b, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return start_document(b, e);
	case YAML_ALIAS_EVENT:
		yaml_trap_alias(b->doc, e);
		return -1;
	case YAML_SCALAR_EVENT:
		return add_scalar(b, e);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return open_node(b, e);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		close_node(b, e);
		return 0;
	case YAML_STREAM_END_EVENT:
		b->done = true;
		return 0;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return 0;
	}
	return 0;
}

static void build(struct yaml_doc *doc)
{
	struct builder b = {.doc = doc};
	if (!yaml_parser_initialize(&b.parser)) {
		out_of_memory(doc);
		return;
	}
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &b.parser, (const unsigned char *)doc->source, doc->source_len);
	while (!b.done) {
		yaml_event_t e;
		if (!yaml_parser_parse(&b.parser, &e)) {
			if (b.parser.error == YAML_MEMORY_ERROR)
				out_of_memory(doc);
			else
				yaml_trap_syntax(doc, &b.parser);
			break;
		}
		int rc = take(&b, &e);
		yaml_event_delete(&e);
		if (rc)
			break;
	}
	yaml_parser_delete(&b.parser);
	if (!doc->root && doc->n_errors == 0)
		yaml_fault(doc, (struct yaml_place){1, 1, 1}, "Y000", NULL,
		    "this file is empty");
}

struct yaml_doc *yaml_parse(
    const char *file, const char *bytes, size_t len, diag_fn *diag, void *arg)
{
	struct yaml_doc *doc = calloc(1, sizeof(*doc));
	if (!doc) {
		struct yaml_doc none = {
		    .file = (char *)file, .diag = diag, .arg = arg};
		out_of_memory(&none);
		return NULL;
	}
	arena_init(&doc->arena);
	doc->diag = diag;
	doc->arg = arg;
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		bytes += 3; /* byte order mark of some editors */
		len -= 3;
	}
	doc->source = bytes ? bytes : "";
	doc->source_len = len;
	doc->file = arena_strdup(&doc->arena, file);
	if (!doc->file) {
		doc->file = (char *)file;
		out_of_memory(doc);
	} else if (len > YAML_MAX_FILE_BYTES) {
		yaml_fault(doc, (struct yaml_place){1, 1, 1}, "Y000",
		    "split it into several files",
		    "this file is larger than %u bytes", YAML_MAX_FILE_BYTES);
	} else if (index_lines(doc) == 0 && yaml_trap_bytes(doc) == 0) {
		build(doc);
	}
	doc->source = NULL;
	doc->source_len = 0;
	if (doc->n_errors) {
		yaml_doc_free(doc);
		return NULL;
	}
	return doc;
}

void yaml_doc_free(struct yaml_doc *doc)
{
	if (!doc)
		return;
	arena_clear(&doc->arena);
	free(doc);
}
