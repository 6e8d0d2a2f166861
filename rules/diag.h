/*
 * diag - what is wrong in a file of the author's, where, and how to mend it.
 *
 * A diagnostic is borrowed for the call of the reporter: copy what you keep.
 */
#ifndef HANDRAIL_RULES_DIAG_H
#define HANDRAIL_RULES_DIAG_H

#include <stddef.h>

enum diag_level { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR };

struct diag {
	enum diag_level level;
	const char *code;    /* "P014", "Y001": stable, documented */
	const char *file;    /* as the source names it */
	unsigned line;       /* from 1; 0 where no place applies */
	unsigned col;        /* from 1, in characters; 0 with line 0 */
	unsigned width;      /* characters to underline, at least 1 */
	const char *message; /* one sentence, no final newline */
	const char *hint;    /* what to do, or NULL */
};

typedef void diag_fn(const struct diag *, void *arg);

#endif
