/*
 * yaml_pieces - a YAML file as what stands in it one behind the other, with
 * the bytes each takes; what lies between two of them is white space, signs of
 * YAML's own and comments.
 *
 *     - id: a   # why          list, map, text, text, end, end
 *
 * For the file's layout (yaml_layout.h); who wants to know what a file says
 * reads the tree of yaml.h.
 */
#ifndef HANDRAIL_RULES_YAML_PIECES_H
#define HANDRAIL_RULES_YAML_PIECES_H

#include <stdbool.h>
#include <stddef.h>

enum yaml_piece_kind {
	YAML_PIECE_TEXT,
	YAML_PIECE_LIST, /* begins */
	YAML_PIECE_MAP,
	YAML_PIECE_END, /* of the last of them that is open */
};

struct yaml_piece {
	enum yaml_piece_kind kind;
	bool flow;          /* LIST, MAP, END: [..] or {..} */
	char style;         /* TEXT: one of ' " | > or 0: plain */
	unsigned line, col; /* where it begins, from 1; col in characters */
	size_t start, end;  /* bytes; of a collection its bracket alone; of a
			       | or > text with the blank lines behind it */
	size_t match;       /* of LIST or MAP: its END, of END: what it ends */
};

struct yaml_pieces {
	struct yaml_piece *items;
	size_t n, cap;
	unsigned depth; /* while reading */
	size_t open[16];
};

struct yaml_comment {
	size_t start, end;     /* from # on, without white space behind it */
	unsigned col;          /* from 1, in characters */
	unsigned lines_before; /* breaks since the piece or comment before */
};

/* Of bytes that yaml_parse takes, with LF line ends and no byte order mark.
 * 0, or -1 when memory runs out. */
int yaml_pieces_read(struct yaml_pieces *, const char *source, size_t len)
    __attribute__((warn_unused_result));
void yaml_pieces_clear(struct yaml_pieces *);

/*
 * The next comment between two pieces, from *at on, and moves *at behind it.
 * Where there is none before end it answers false, *at is end, and lines_before
 * counts the breaks up to there.
 */
bool yaml_next_comment(
    const char *source, size_t *at, size_t end, struct yaml_comment *out);

#endif
