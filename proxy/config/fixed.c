/* fixed - see fixed.h. */
#include "proxy/config/fixed.h"

#include "proxy/config/table.h"

#include <inttypes.h>
#include <string.h>

/* The value as it would be written; fixed keys stand in struct config. */
static void fixed_text(
    const struct config *c, const struct table_key *key, struct buf *out)
{
	const char *at = (const char *)c + key->offset;
	const char *text;
	uint64_t number;
	int word;
	buf_adds(out, "");
	switch (key->kind) {
	case TABLE_TEXT:
	case TABLE_PATH:
		memcpy(&text, at, sizeof(text));
		buf_adds(out, text != NULL ? text : "");
		break;
	case TABLE_WORD:
		memcpy(&word, at, sizeof(word));
		buf_adds(out, key->words[word]);
		break;
	default:
		memcpy(&number, at, sizeof(number));
		buf_printf(out, "%" PRIu64, number);
	}
}

bool fixed_same(const struct config *running, const struct config *next,
    fixed_changed_fn *changed, void *arg)
{
	bool same = true;
	for (size_t i = 0; i < table_n_keys; i++) {
		const struct table_key *key = &table_keys[i];
		struct buf now = {0}, then = {0};
		if (!key->fixed)
			continue;
		fixed_text(running, key, &now);
		fixed_text(next, key, &then);
		if (strcmp(now.data, then.data) != 0) {
			changed(arg, key->path, now.data);
			same = false;
		}
		buf_clear(&now);
		buf_clear(&then);
	}
	return same;
}
