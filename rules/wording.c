/* wording - see wording.h. */
#include "rules/wording.h"
#include "rules/index.h"
#include "rules/phrase.h"

#include <stdlib.h>
#include <string.h>

#define SEEN_HERE 1u
#define SEEN_BEFORE 2u

void wording_clear(struct wording *w)
{
	free(w->seen);
	*w = (struct wording){0};
}

static void note(struct wording *w, const struct guard_policy *p,
    uint32_t detector, unsigned char bit)
{
	uint32_t slot = p->index->must_slot[detector];
	if (slot != INDEX_NO_SLOT)
		w->seen[slot] |= bit;
}

void wording_note(
    struct wording *w, const struct guard_policy *p, uint32_t detector)
{
	note(w, p, detector, SEEN_HERE);
}

struct reader { /* of the conversation so far */
	struct text text;
	struct phrase_scan scan;
	struct matches matches;
};

static int read_one(struct wording *w, const struct guard_policy *p,
    struct reader *r, const struct guard_span_text *said)
{
	size_t alive;
	text_reset(&r->text);
	phrase_scan_reset(&r->scan);
	r->matches.n = 0;
	int err = text_feed(&r->text, said->text, said->len);
	if (!err)
		err = text_end(&r->text);
	/* What is not text says nothing. */
	if (err)
		return err == TEXT_ERR_MEMORY ? -1 : 0;
	if (phrase_scan(&r->scan, &r->text, p, &r->matches, &alive))
		return -1;
	for (size_t i = 0; i < r->matches.n; i++)
		note(w, p, r->matches.items[i].detector, SEEN_BEFORE);
	return 0;
}

static int read_conversation(struct wording *w, const struct guard_policy *p,
    const struct guard_session *s)
{
	struct reader r = {0};
	if (text_init(&r.text, p->limits.max_text_bytes))
		return -1;
	phrase_scan_init(&r.scan);
	int err = 0;
	for (size_t i = 0; i < s->n_ai_said && !err; i++)
		err = read_one(w, p, &r, &s->ai_said[i]);
	matches_clear(&r.matches);
	phrase_scan_clear(&r.scan);
	text_clear(&r.text);
	return err;
}

int wording_begin(struct wording *w, const struct guard_policy *p,
    const struct guard_session *s)
{
	size_t n = p->index->n_must_slots;
	if (n > w->cap) {
		unsigned char *seen = realloc(w->seen, n);
		if (!seen)
			return -1;
		w->seen = seen;
		w->cap = n;
	}
	if (n)
		memset(w->seen, 0, n);
	if (!p->index->wants_ai || !s->n_ai_said || s->aside)
		return 0;
	return read_conversation(w, p, s);
}

static bool is_said(const struct wording *w, const struct guard_policy *p,
    const struct must *must)
{
	unsigned bits = must->where == MUST_CONVERSATION
	    ? SEEN_HERE | SEEN_BEFORE
	    : SEEN_HERE;
	for (size_t i = 0; i < must->n; i++) {
		const struct any_of *any = &must->all[i];
		bool said = false;
		for (size_t k = 0; k < any->n && !said; k++) {
			uint32_t slot = p->index->must_slot[any->detectors[k]];
			said = (w->seen[slot] & bits) != 0;
		}
		if (!said)
			return false;
	}
	return true;
}

bool wording_is_complete(
    const struct wording *w, const struct guard_policy *p, const struct rule *r)
{
	return is_said(w, p, &r->must_say) && is_said(w, p, &r->must_also_say);
}
