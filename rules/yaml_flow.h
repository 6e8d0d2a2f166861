/*
 * yaml_flow - writing what stands inside a line: texts, [..] and {..}. Private
 * to yaml_layout.c.
 */
#ifndef HANDRAIL_RULES_YAML_FLOW_H
#define HANDRAIL_RULES_YAML_FLOW_H

#include "rules/yaml_pieces.h"
#include "rules/yaml_written.h"

struct yaml_flow {
	const char *source; /* LF line ends */
	size_t len;
	size_t at; /* the source is written up to here */
	struct yaml_pieces pieces;
	struct yaml_written w;
};

/* A text. Lines behind its first are indented; join: they become one where
 * that says the same. */
void yaml_flow_text(
    struct yaml_flow *, const struct yaml_piece *, unsigned indent, bool join);
/* A | or > text, in a list or map that stood at indent was, its lines at
 * indent. */
void yaml_flow_block_text(struct yaml_flow *, const struct yaml_piece *,
    unsigned was, unsigned indent);
/* The [..] or {..} that begins at a piece, closed at indent. */
void yaml_flow_write(struct yaml_flow *, size_t piece, unsigned indent);

#endif
