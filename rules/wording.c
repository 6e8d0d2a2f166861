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
	if (index_bundle_of(p->index, detector))
		return; /* of conditions only */
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

/* ---- what the conversation remembers ---- */

/* A policy that words it otherwise asks for something else. */
static struct guard_counted row_of(const struct guard_policy *p,
    const struct rule *r, const struct any_of *item)
{
	uint64_t mark = 0;
	for (size_t i = 0; i < item->n; i++)
		mark += p->detectors[item->detectors[i]].mark;
	return (struct guard_counted){
	    .name = r->info.id,
	    .kind = GUARD_COUNTED_WORDING,
	    .value = (int64_t)(mark >> 1) + !(mark >> 1),
	    .times = 1,
	};
}

static bool is_remembered(const struct guard_policy *p,
    const struct guard_session *s, const struct rule *r,
    const struct any_of *item)
{
	const struct guard_counted row = row_of(p, r, item);
	for (size_t i = 0; i < s->n_counted; i++)
		if (s->counted[i].kind == row.kind &&
		    s->counted[i].value == row.value &&
		    !strcmp(s->counted[i].name, row.name))
			return true;
	return false;
}

static bool is_all_remembered(
    const struct guard_policy *p, const struct guard_session *s)
{
	const struct index_rules *rules = &p->index->wordings;
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &p->rules[rules->rules[i]];
		const struct must *musts[] = {&r->must_say, &r->must_also_say};
		for (size_t k = 0; k < 2; k++)
			for (size_t n = 0; n < musts[k]->n; n++)
				if (!is_remembered(p, s, r, &musts[k]->all[n]))
					return false;
	}
	return true;
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
	w->session = s;
	if (!s->n_ai_said || s->aside || is_all_remembered(p, s))
		return 0;
	return read_conversation(w, p, s);
}

static bool is_seen(const struct wording *w, const struct guard_policy *p,
    const struct any_of *item, unsigned bits)
{
	for (size_t i = 0; i < item->n; i++)
		if (w->seen[p->index->must_slot[item->detectors[i]]] & bits)
			return true;
	return false;
}

static bool is_said(const struct wording *w, const struct guard_policy *p,
    const struct rule *r, const struct must *must)
{
	bool before = must->where == MUST_CONVERSATION;
	for (size_t i = 0; i < must->n; i++) {
		const struct any_of *item = &must->all[i];
		bool said = is_seen(
		    w, p, item, before ? SEEN_HERE | SEEN_BEFORE : SEEN_HERE);
		if (!said && before)
			said = is_remembered(p, w->session, r, item);
		if (!said)
			return false;
	}
	return true;
}

bool wording_is_complete(
    const struct wording *w, const struct guard_policy *p, const struct rule *r)
{
	return is_said(w, p, r, &r->must_say) &&
	    is_said(w, p, r, &r->must_also_say);
}

static int remember(const struct wording *w, const struct guard_policy *p,
    const struct rule *r, const struct must *must, struct guard_memory *out)
{
	for (size_t i = 0; i < must->n && must->where == MUST_CONVERSATION;
	     i++) {
		const struct any_of *item = &must->all[i];
		const struct guard_counted row = row_of(p, r, item);
		if (is_seen(w, p, item, SEEN_HERE) &&
		    !is_remembered(p, w->session, r, item) &&
		    guard_memory_add(out, &row))
			return -1;
	}
	return 0;
}

int wording_remember(const struct wording *w, const struct guard_policy *p,
    struct guard_memory *out)
{
	const struct index_rules *rules = &p->index->wordings;
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &p->rules[rules->rules[i]];
		if (remember(w, p, r, &r->must_say, out) ||
		    remember(w, p, r, &r->must_also_say, out))
			return -1;
	}
	return 0;
}
