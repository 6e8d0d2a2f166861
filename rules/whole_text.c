/* whole_text - see whole_text.h. */
#include "rules/whole_text.h"

#include <string.h>

/* 1: is it, 0: may become it, -1: neither. */
static int compare_text(const char *s, size_t len, const struct index_text *t)
{
	size_t n = len < t->len ? len : t->len;
	if (n && memcmp(s, t->folded, n))
		return -1;
	for (size_t i = n; i < len; i++)
		if (s[i] != ' ' && s[i] != '\n')
			return -1;
	return len >= t->len;
}

int whole_text_match(struct machine *m)
{
	const struct index *x = m->policy->index;
	const char *s = m->text.folded.bytes;
	size_t len = m->text.folded.len;
	bool alive = false;
	for (; len && (*s == ' ' || *s == '\n'); len--)
		s++;
	for (size_t i = 0; i < x->n_texts; i++) {
		int is = compare_text(s, len, &x->texts[i]);
		alive |= is >= 0;
		if (is <= 0 || !m->text.final)
			continue;
		struct match all = {
		    .detector = x->texts[i].detector,
		    .end = (uint32_t)m->text.len,
		    .n_tokens = (uint32_t)m->text.n_tokens,
		};
		if (matches_add(&m->fresh, &all))
			return -1;
	}
	m->texts_alive = alive && !m->text.final;
	return 0;
}
