/* told - see told.h. */
#include "proxy/relay/told.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

#define MAX_UNREADABLE_BYTES 4096

const enum channel_kind told_order[CHANNEL_KINDS] = {CHANNEL_REASONING,
    CHANNEL_SAID, CHANNEL_TOOL, CHANNEL_ERROR, CHANNEL_OTHER};

void told_init(struct told *t)
{
	*t = (struct told){.fired = -1};
}

void told_clear(struct told *t)
{
	for (int i = 0; i < CHANNEL_KINDS; i++) {
		buf_clear(&t->of[i].all);
		buf_clear(&t->of[i].seen);
		buf_clear(&t->of[i].rest);
	}
	buf_clear(&t->unreadable);
	told_init(t);
}

void told_line(struct buf *out, const char *text, size_t len)
{
	if (len == 0)
		return;
	if (out->len)
		buf_addc(out, '\n');
	buf_add(out, text, len);
}

/* One series with the edits that are its own. */
static void see_edited(struct buf *out, const struct channel_body *body,
    size_t series, const struct verdicts *v)
{
	const struct channel_series *s = &body->series[series];
	struct guard_edit *edits = mem_array(v->n_edits + 1, sizeof(*edits));
	size_t n = 0, len = 0;
	for (size_t i = 0; i < v->n_edits; i++)
		if (v->edits[i].series == series)
			edits[n++] = v->edits[i].edit;
	char *text =
	    guard_apply_edits(s->text.data, s->text.len, edits, n, &len);
	told_line(out, text ? text : "", text ? len : 0);
	free(text);
	free(edits);
}

static bool has_edit(
    const struct channel_body *body, int kind, const struct verdicts *v)
{
	for (size_t i = 0; i < v->n_edits; i++)
		if ((int)body->series[v->edits[i].series].kind == kind)
			return true;
	return false;
}

void told_body(
    struct told *t, const struct channel_body *body, const struct verdicts *v)
{
	t->differs = v->n_edits > 0;
	if (v->deciding != SIZE_MAX) {
		uint32_t series = v->hits[v->deciding].series;
		t->fired = (int)body->series[series].kind;
	}
	for (int kind = 0; kind < CHANNEL_KINDS; kind++) {
		struct told_text *text = &t->of[kind];
		channel_body_told(body, (enum channel_kind)kind, &text->all);
		if (t->differs && !has_edit(body, kind, v))
			buf_add(&text->seen, text->all.data, text->all.len);
		else if (t->differs)
			for (size_t i = 0; i < body->n_series; i++)
				if ((int)body->series[i].kind == kind &&
				    !body->series[i].beside &&
				    !body->series[i].label &&
				    !body->series[i].repeats)
					see_edited(&text->seen, body, i, v);
	}
}

/* Does it look like text to a person? */
static bool is_text(struct span bytes)
{
	size_t odd = 0;
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		odd += c == 0x7f || (c < 0x20 && !strchr("\t\r\n", c)) || !c;
	}
	return odd * 20 <= bytes.len;
}

void told_unreadable(struct told *t, struct span bytes)
{
	size_t n = bytes.len;
	if (n > MAX_UNREADABLE_BYTES)
		n = MAX_UNREADABLE_BYTES;
	buf_reset(&t->unreadable);
	if (n && is_text((struct span){bytes.p, n}))
		buf_add(&t->unreadable, bytes.p, n);
	else if (n)
		buf_printf(&t->unreadable, "(%s%zu bytes that are no text)",
		    n < bytes.len ? "more than " : "", n);
}

enum channel_kind told_main(const struct told *t)
{
	static const enum channel_kind kinds[] = {
	    CHANNEL_SAID, CHANNEL_TOOL, CHANNEL_ERROR, CHANNEL_REASONING};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (t->of[kinds[i]].all.len)
			return kinds[i];
	return told_is_shown(t, CHANNEL_OTHER) ? CHANNEL_OTHER : CHANNEL_SAID;
}

bool told_is_shown(const struct told *t, enum channel_kind kind)
{
	/* Numbers and names of a dialect, unless they are what fired. */
	bool noise = kind == CHANNEL_OTHER && t->fired != CHANNEL_OTHER;
	return t->of[kind].all.len && !noise;
}
