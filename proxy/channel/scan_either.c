/*
 * scan_either - fields of one meaning. A client takes whichever it likes, so
 * they must not differ.
 */
#include "proxy/channel/scan_parts.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

/* All that a message says under a label. */
static void text_under(
    const struct scan *s, uint32_t message, uint16_t label, struct buf *out)
{
	buf_adds(out, "");
	for (size_t i = 0; i < s->n_texts; i++) {
		const struct scan_text *t = &s->texts[i];
		if (!t->is_key && t->message == message && t->rule != NULL &&
		    t->rule->label == label)
			scan_decode(s, t, out);
	}
}

static bool say_the_same(
    const struct scan *s, uint32_t message, uint16_t a, uint16_t b)
{
	struct buf x = {0}, y = {0};

	text_under(s, message, a, &x);
	text_under(s, message, b, &y);
	bool same = x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
	buf_clear(&x);
	buf_clear(&y);
	return same;
}

/* How a label stands in a message. */
struct voice {
	const struct text_rule *rule; /* NULL: it is not there */
	bool repeats;
};

/* The first text of a label: another field must say the same, or nothing. */
static int hear(const struct scan *s, const struct scan_text *t,
    struct voice *of, size_t n_labels)
{
	struct voice *mine = &of[t->rule->label];

	mine->rule = t->rule;
	for (size_t i = 0; i < n_labels; i++) {
		const struct text_rule *other = of[i].rule;
		if (other == NULL || other->either == NULL ||
		    i == t->rule->label || t->rule->either == NULL ||
		    strcmp(other->either, t->rule->either) != 0)
			continue;
		if (!say_the_same(s, t->message, (uint16_t)i, t->rule->label))
			return -1;
		mine->repeats = true;
	}
	return 0;
}

int scan_settle_either(struct scan *s)
{
	size_t n_labels = s->variant->n_texts + 1;
	struct voice *voices =
	    mem_array(s->n_messages * n_labels, sizeof *voices);
	int err = 0;

	for (size_t i = 0; i < s->n_texts && err == 0; i++) {
		struct scan_text *t = &s->texts[i];
		if (t->is_key || t->rule == NULL || t->rule->label == 0 ||
		    t->message == CHANNEL_NO_MESSAGE)
			continue;
		struct voice *of = &voices[t->message * n_labels];
		if (of[t->rule->label].rule == NULL)
			err = hear(s, t, of, n_labels);
		t->repeats = of[t->rule->label].repeats;
	}
	free(voices);
	return err;
}
