/*
 * entity - see entity.h.
 *
 * Walks the folded view from one place where an entity may start to the next.
 * A kind that cannot tell yet stops the walk there; what it answers does not
 * depend on how often it was asked.
 */
#include "rules/entity.h"

#include "rules/calm.h"
#include "rules/entity_kinds.h"
#include "rules/scan_spot.h"

static const struct {
	enum entity_answer (*recognise)(
	    const struct entity_in *, size_t start, size_t *end);
	bool digits, letters, signs; /* what one may start with */
	bool is_run;                 /* of at least ENTITY_LEAST_DIGITS */
} kinds[ENTITY_KINDS] = {
    [ENTITY_PAYMENT_CARD] = {entity_card, true, false, false, true},
    [ENTITY_IBAN] = {entity_iban, false, true, false, false},
    [ENTITY_US_SSN] = {entity_ssn, true, false, false, true},
    [ENTITY_UK_NINO] = {entity_nino, false, true, false, false},
    [ENTITY_EMAIL] = {entity_email, true, true, false, false},
    [ENTITY_PHONE] = {entity_phone, true, false, true, true},
    [ENTITY_POSTAL_ADDRESS] = {entity_address, true, true, false, false},
};

/* One call of entity_scan. */
struct walk {
	struct entity_scan *s;
	const struct text *t;
	const struct guard_policy *p;
	struct entity_in in;
	bool wanted[ENTITY_KINDS];
	struct matches *out;
};

static const struct any_of *detectors_of(const struct guard_policy *p)
{
	return &p->of_kind[DETECTOR_ENTITY];
}

static int report(const struct walk *w, enum entity_kind kind, struct match *m)
{
	const struct any_of *all = detectors_of(w->p);
	for (size_t i = 0; i < all->n; i++) {
		m->detector = all->detectors[i];
		if (w->p->detectors[m->detector].entity == kind &&
		    matches_add(w->out, m))
			return -1;
	}
	return 0;
}

struct candidate {
	bool found;
	size_t end;
	struct match match;
};

/* Ask every kind whether it starts here; -1 when one cannot tell yet. */
static int ask(const struct walk *w, size_t start, struct candidate *found)
{
	char c = w->in.s[start];
	bool digit = entity_is_digit(c), letter = entity_is_alnum(c) && !digit;
	bool is_short = digit && entity_run_is_short(&w->in, start);
	for (size_t k = 0; k < ENTITY_KINDS; k++) {
		found[k].found = false;
		bool may = digit ? kinds[k].digits
		    : letter     ? kinds[k].letters
				 : kinds[k].signs;
		if (!w->wanted[k] || !may || start < w->s->free[k] ||
		    (is_short && kinds[k].is_run))
			continue;
		switch (kinds[k].recognise(&w->in, start, &found[k].end)) {
		case ENTITY_NO:
			break;
		case ENTITY_YES:
			found[k].found = true;
			if (!scan_spot(w->t, &w->t->folded, start, found[k].end,
				&found[k].match))
				return -1;
			break;
		case ENTITY_MORE:
			return -1;
		}
	}
	return 0;
}

/* All that start at one place, the shortest first. */
static int take(const struct walk *w, struct candidate *found)
{
	for (;;) {
		size_t best = ENTITY_KINDS;
		for (size_t k = 0; k < ENTITY_KINDS; k++) {
			if (found[k].found &&
			    (best == ENTITY_KINDS ||
				found[k].end < found[best].end))
				best = k;
		}
		if (best == ENTITY_KINDS)
			return 0;
		found[best].found = false;
		w->s->free[best] = found[best].end;
		if (report(w, (enum entity_kind)best, &found[best].match))
			return -1;
	}
}

/* Behind the letters of an ordinary word: too many for an account number, and
 * in no address. 0 when what starts at i has to be looked at. */
static size_t skip_word(const struct entity_in *in, size_t i)
{
	size_t start = i;
	while (i < in->n && chars_are(in->s[i], CHARS_SMALL | CHARS_HIGH))
		i++;
	if (i - start < 3)
		return 0;
	size_t end = i;
	while (end < in->n &&
	    chars_are(in->s[end],
		CHARS_SMALL | CHARS_DIGIT | CHARS_HIGH | CHARS_LOCAL))
		end++;
	return end < in->n && in->s[end] != '@' ? i : 0;
}

/* Behind the calm words (calm.h) from i on, where none is wanted that begins
 * with a word: up to one of two letters, with which a number may. */
static size_t skip_calm(const struct walk *w, size_t i)
{
	const char *s = w->in.s;
	size_t end = calm_skip_folded(w->t, &w->s->calm, i);
	bool two = end - i >= 3 && s[end - 1] == ' ' &&
	    entity_is_alnum(s[end - 2]) && entity_is_alnum(s[end - 3]) &&
	    (end - i == 3 || s[end - 4] == ' ');
	return two ? end - 3 : end;
}

/* The next place at or behind i where an entity may start, or n. Any word may
 * start a postal address. */
static size_t next_start(const struct walk *w, size_t i)
{
	const struct entity_in *in = &w->in;
	if (i > 0 && i < in->n && entity_is_alnum(in->s[i - 1]))
		while (i < in->n && entity_is_alnum(in->s[i]))
			i++;
	while (i < in->n) {
		char c = in->s[i];
		if (entity_is_alnum(c)) {
			if (w->wanted[ENTITY_POSTAL_ADDRESS])
				return i;
			size_t skip = skip_calm(w, i);
			if (skip > i) {
				i = skip;
				continue;
			}
			skip = skip_word(in, i);
			if (!skip)
				return i;
			i = skip;
			while (i < in->n && entity_is_alnum(in->s[i]))
				i++;
			continue;
		}
		if (c == '+' || c == '(')
			return i;
		i++;
	}
	return in->n;
}

static int walk(struct walk *w, size_t *alive_from)
{
	size_t i = next_start(w, w->s->next);
	while (i < w->in.n) {
		struct candidate found[ENTITY_KINDS];
		if (ask(w, i, found)) {
			w->s->next = i;
			*alive_from = text_from(&w->t->folded, i);
			return 0;
		}
		if (take(w, found))
			return -1;
		i = next_start(w, i + 1);
	}
	w->s->next = i;
	return 0;
}

void entity_scan_init(struct entity_scan *s)
{
	*s = (struct entity_scan){0};
}

int entity_scan(struct entity_scan *s, const struct text *t,
    const struct guard_policy *p, struct matches *out, size_t *alive_from)
{
	struct walk w = {.s = s,
	    .t = t,
	    .p = p,
	    .in = {.s = t->folded.bytes,
		.n = t->folded.len,
		.final = t->final,
		.text = t},
	    .out = out};
	const struct any_of *all = detectors_of(p);
	for (size_t i = 0; i < all->n; i++)
		w.wanted[p->detectors[all->detectors[i]].entity] = true;
	*alive_from = SIZE_MAX;
	return walk(&w, alive_from);
}
