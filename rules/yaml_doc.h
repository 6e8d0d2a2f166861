/*
 * yaml_doc - what the files behind yaml.h share. Nobody else includes this.
 */
#ifndef HANDRAIL_RULES_YAML_DOC_H
#define HANDRAIL_RULES_YAML_DOC_H

#include "rules/arena.h"
#include "rules/yaml.h"

#include <yaml.h>

struct yaml_doc {
	struct arena arena;
	char *file;
	const char *source; /* borrowed while parsing, then NULL */
	size_t source_len;
	size_t *line_start; /* byte of each line, then source_len */
	size_t n_lines;
	unsigned near_line,
	    near_col;       /* the last place looked up and its byte: */
	size_t near_offset; /* a file of one line must not cost n^2 */
	struct yaml_node *root;
	diag_fn *diag; /* while parsing */
	void *arg;
	unsigned n_errors;
	unsigned odd_line;    /* told that its indent is no white space, or 0 */
	unsigned joined_line; /* told that it was joined to a text, or 0 */
};

/* A place in the source: line and column from 1, width in characters. */
struct yaml_place {
	unsigned line, col, width;
};

void yaml_fault(struct yaml_doc *, struct yaml_place, const char *code,
    const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* The byte of a line and column (from 1), at most the end of that line. */
size_t yaml_offset(struct yaml_doc *, unsigned line, unsigned col);
/* The end of a line (from 1), without its break. */
size_t yaml_line_end(const struct yaml_doc *, unsigned line);

/* yaml_traps.c: what YAML would eat or say in its own words. */
void yaml_trap_syntax(struct yaml_doc *, const yaml_parser_t *);
void yaml_trap_alias(struct yaml_doc *, const yaml_event_t *);
/* Reports what is wrong with one scalar; sets n->comment_col. */
void yaml_trap_scalar(
    struct yaml_doc *, const yaml_event_t *, struct yaml_node *n);
void yaml_trap_key(struct yaml_doc *, const struct yaml_node *key);
/* An empty value whose key has no colon: {refund words}, or {say: One, two}
 * when it is not the first; in lines only behind a "? ". */
void yaml_trap_set(
    struct yaml_doc *, const struct yaml_node *value, bool flow, bool first);
void yaml_trap_duplicates(struct yaml_doc *, const struct yaml_node *map);
/* yaml_lines.c: a line of a plain text that was meant as a list's or a key's.
 * parent: the list or map it stands in, key: its key in a map; or NULL. */
void yaml_trap_lines(struct yaml_doc *, const struct yaml_node *text,
    const struct yaml_node *parent, const struct yaml_node *key);
/* A key whose line is indented with what is no white space to YAML. */
void yaml_trap_indent(struct yaml_doc *, const struct yaml_node *key);
/* Does the line libyaml stumbled over, or the one before it, begin with what
 * only looks like YAML? Reports it. */
bool yaml_trap_odd_line(struct yaml_doc *, unsigned line);
/* Bytes libyaml must not see. Returns 0, or -1 when it reported one. */
int yaml_trap_bytes(struct yaml_doc *);

#endif
