/* yaml_written - see yaml_written.h. */
#include "rules/yaml_written.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_SPACES 2u
/* What is longer has its comment right behind it, on its own account. */
#define NOTE_COLUMNS 60u

void yaml_written_clear(struct yaml_written *w)
{
	free(w->s);
	free(w->notes);
	*w = (struct yaml_written){0};
}

/* Room for n bytes and a NUL. */
static bool reserve(struct yaml_written *w, size_t n)
{
	if (w->failed || n >= SIZE_MAX / 4 || w->n >= SIZE_MAX / 4) {
		w->failed = true;
		return false;
	}
	if (w->n + n < w->cap)
		return true;
	size_t cap = 2 * (w->n + n) + 64;
	char *s = realloc(w->s, cap);
	if (!s) {
		w->failed = true;
		return false;
	}
	w->s = s;
	w->cap = cap;
	return true;
}

void yaml_put(struct yaml_written *w, const char *s, size_t n)
{
	if (!n || !reserve(w, n))
		return;
	memcpy(w->s + w->n, s, n);
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\n') {
			w->line++;
			w->line_start = w->n + i + 1;
		}
	w->n += n;
	w->s[w->n] = '\0';
	w->full = false;
}

void yaml_put_spaces(struct yaml_written *w, size_t n)
{
	if (!n || !reserve(w, n))
		return;
	memset(w->s + w->n, ' ', n);
	w->n += n;
	w->s[w->n] = '\0';
	w->full = false;
}

void yaml_put_line(struct yaml_written *w, bool blank, size_t indent)
{
	if (w->n && !w->full)
		yaml_put(w, blank ? "\n\n" : "\n", blank ? 2 : 1);
	w->full = false;
	yaml_put_spaces(w, indent);
}

void yaml_trim_line(struct yaml_written *w)
{
	while (w->n > w->line_start && w->s[w->n - 1] == ' ')
		w->s[--w->n] = '\0';
}

static size_t count_characters(const char *s, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xc0) != 0x80;
	return count;
}

size_t yaml_line_width(const struct yaml_written *w)
{
	return w->n
	    ? count_characters(w->s + w->line_start, w->n - w->line_start)
	    : 0;
}

void yaml_put_note(struct yaml_written *w, const char *s, size_t n)
{
	if (w->n_notes == w->notes_cap) {
		size_t cap = w->notes_cap ? 2 * w->notes_cap : 16;
		void *notes = reallocarray(w->notes, cap, sizeof(*w->notes));
		if (!notes) {
			w->failed = true;
			return;
		}
		w->notes = notes;
		w->notes_cap = cap;
	}
	w->notes[w->n_notes++] =
	    (struct yaml_note){w->n, w->line, yaml_line_width(w)};
	yaml_put(w, s, n);
}

void yaml_break_at(struct yaml_written *w, size_t at, size_t indent)
{
	if (w->failed || !reserve(w, indent))
		return;
	memmove(w->s + at + 1 + indent, w->s + at + 1, w->n - at);
	w->s[at] = '\n';
	memset(w->s + at + 1, ' ', indent);
	w->n += indent;
	w->line++;
	w->line_start = at + 1;
}

/* How many notes from the first stand one under another, in which column. */
static size_t group(const struct yaml_note *notes, size_t n, size_t *col)
{
	size_t i = 0;
	*col = notes[0].col;
	while (++i < n && notes[i - 1].col <= NOTE_COLUMNS &&
	    notes[i].col <= NOTE_COLUMNS &&
	    notes[i].line == notes[i - 1].line + 1)
		if (notes[i].col > *col)
			*col = notes[i].col;
	*col += NOTE_SPACES;
	return i;
}

char *yaml_written_finish(struct yaml_written *w, size_t *len)
{
	struct yaml_written out = {0};
	size_t from = 0, col;
	for (size_t i = 0; i < w->n_notes;) {
		size_t end = i + group(w->notes + i, w->n_notes - i, &col);
		for (; i < end; i++) {
			const struct yaml_note *note = &w->notes[i];
			yaml_put(&out, w->s + from, note->at - from);
			yaml_put_spaces(&out, col - note->col);
			from = note->at;
		}
	}
	yaml_put(&out, w->s + from, w->n - from);
	if (w->failed || out.failed) {
		yaml_written_clear(&out);
		return NULL;
	}
	*len = out.n;
	return out.s;
}
