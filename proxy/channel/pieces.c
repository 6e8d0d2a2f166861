/*
 * pieces - edits carried outwards, one decoding at a time.
 */
#include "proxy/channel/pieces.h"

#include "proxy/wire/json.h"
#include "proxy/wire/utf8.h"

#include <assert.h>

void pieces_blank_surrogates(char *p, size_t len)
{
	for (size_t i = 0; i + 2 < len; i++)
		if (utf8_surrogate(p + i, len - i) != 0)
			memcpy(p + i, "\xef\xbf\xbd", 3);
}

void nested_map(const struct nested_text *n, struct span outer,
    struct span text, struct channel_edit *edit, struct buf *out)
{
	struct span inside = {outer.p + n->raw, n->raw_len};
	struct buf whole = {0};

	assert(n->raw + n->raw_len <= outer.len && edit->end <= text.len);
	switch (n->kind) {
	case NESTED_STRING:
		edit->start =
		    n->raw + json_raw_offset(inside, edit->start, false);
		edit->end = n->raw + json_raw_offset(inside, edit->end, true);
		json_escape(out, edit->text);
		return;
	case NESTED_NUMBER:
		/* What is left of it is no number any more. */
		buf_add(&whole, text.p, edit->start);
		buf_add(&whole, edit->text.p, edit->text.len);
		buf_add(&whole, text.p + edit->end, text.len - edit->end);
		edit->start = n->raw;
		edit->end = n->raw + n->raw_len;
		json_quote(out, (struct span){whole.data, whole.len});
		buf_clear(&whole);
		return;
	case NESTED_RAW:
		buf_add(out, edit->text.p, edit->text.len);
		return;
	}
	assert(!"kind");
}
