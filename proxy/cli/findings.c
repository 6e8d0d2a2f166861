/* findings - see findings.h. */
#include "proxy/cli/findings.h"

#include "proxy/base/file.h"

#include <string.h>

#define MAX_SOURCE_BYTES (16u << 20)

void findings_init(struct findings *f, FILE *out)
{
	*f = (struct findings){.out = out};
}

void findings_clear(struct findings *f)
{
	*f = (struct findings){0};
}

static const char *line_at(const char *text, unsigned line, size_t *len)
{
	for (unsigned i = 1; i < line && text; i++) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	if (text)
		*len = strcspn(text, "\r\n");
	return text;
}

/* Under the spot, counting characters, with tabs kept so that it lines up. */
static void underline(
    FILE *out, const char *line, size_t len, const struct diag *d)
{
	unsigned col = 1;
	fputs("      | ", out);
	for (size_t i = 0; i < len && col < d->col; i++) {
		if (((unsigned char)line[i] & 0xC0) == 0x80)
			continue;
		fputc(line[i] == '\t' ? '\t' : ' ', out);
		col++;
	}
	fputc('^', out);
	for (unsigned i = 1; i < d->width && i < 60; i++)
		fputc('~', out);
	fputc('\n', out);
}

static void show_source(struct findings *f, const struct diag *d)
{
	struct buf text = {0};
	size_t len = 0;
	if (!d->line || !d->file ||
	    file_read(d->file, &text, MAX_SOURCE_BYTES) != 0)
		return;
	const char *line = line_at(text.data, d->line, &len);
	if (line) {
		fprintf(f->out, "%5u | %.*s\n", d->line, (int)len, line);
		underline(f->out, line, len, d);
	}
	buf_clear(&text);
}

static const char *level_name(struct findings *f, enum diag_level level)
{
	switch (level) {
	case DIAG_NOTE:
		f->notes++;
		return "note";
	case DIAG_WARNING:
		f->warnings++;
		return "warning";
	case DIAG_ERROR:
		break;
	}
	f->errors++;
	return "error";
}

void findings_diag(const struct diag *d, void *arg)
{
	struct findings *f = arg;
	const char *level = level_name(f, d->level);
	if (d->file && d->line)
		fprintf(f->out, "%s:%u:%u: ", d->file, d->line, d->col);
	else if (d->file)
		fprintf(f->out, "%s: ", d->file);
	fprintf(f->out, "%s %s %s\n", level, d->code, d->message);
	show_source(f, d);
	if (d->hint)
		fprintf(f->out, "   %s\n", d->hint);
	fputc('\n', f->out);
}
