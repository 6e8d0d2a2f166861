/*
 * yaml_written - lines being written for yaml_layout, with the comments behind
 * them. Memory that runs out is remembered, and told at the end.
 */
#ifndef HANDRAIL_RULES_YAML_WRITTEN_H
#define HANDRAIL_RULES_YAML_WRITTEN_H

#include <stdbool.h>
#include <stddef.h>

struct yaml_note { /* a comment behind something */
	size_t at; /* its # in s */
	size_t line;
	size_t col; /* characters before it */
};

struct yaml_written {
	char *s; /* ends with NUL */
	size_t n, cap;
	size_t line;       /* line breaks written so far */
	size_t line_start; /* byte in s */
	bool full; /* the last break belongs to a text: no other is added */
	bool failed;
	struct yaml_note *notes;
	size_t n_notes, notes_cap;
};

void yaml_written_clear(struct yaml_written *);
/* May contain line breaks. */
void yaml_put(struct yaml_written *, const char *s, size_t n);
void yaml_put_spaces(struct yaml_written *, size_t n);
/* Begin another line, the first one too. blank: behind an empty one. */
void yaml_put_line(struct yaml_written *, bool blank, size_t indent);
/* A comment at the end of the line. */
void yaml_put_note(struct yaml_written *, const char *s, size_t n);
/* Take white space off the end of the line. */
void yaml_trim_line(struct yaml_written *);
/* Characters in the last line. */
size_t yaml_line_width(const struct yaml_written *);
/* Put a line break and an indent in the place of the space at. */
void yaml_break_at(struct yaml_written *, size_t at, size_t indent);
/* The text with its notes one under another, for free(); NULL when memory ran
 * out, now or before. */
char *yaml_written_finish(struct yaml_written *, size_t *len);

#endif
