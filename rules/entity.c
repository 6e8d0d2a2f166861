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
#include "rules/index.h"
#include "rules/scan_spot.h"

#include <string.h>

static const struct {
	enum entity_answer (*recognise)(
	    const struct entity_in *, size_t start, size_t *end);
	bool digits, letters, signs; /* what one may start with */
	bool is_run;                 /* of at least ENTITY_LEAST_DIGITS */
	bool glued;                  /* may begin right behind letters */
} kinds[ENTITY_KINDS] = {
    [ENTITY_PAYMENT_CARD] = {entity_card, .digits = true, .is_run = true,
	.glued = true},
    [ENTITY_IBAN] = {entity_iban, .letters = true},
    [ENTITY_US_SSN] = {entity_ssn, .digits = true, .is_run = true},
    [ENTITY_UK_NINO] = {entity_nino, .letters = true},
    [ENTITY_EMAIL] = {entity_email, .digits = true, .letters = true},
    [ENTITY_PHONE] = {entity_phone, .digits = true, .signs = true,
	.is_run = true},
    [ENTITY_POSTAL_ADDRESS] = {entity_address, .digits = true, .letters = true},
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
	bool glued = digit && entity_is_glued(&w->in, start);
	for (size_t k = 0; k < ENTITY_KINDS; k++) {
		found[k].found = false;
		bool may = digit ? kinds[k].digits
		    : letter     ? kinds[k].letters
				 : kinds[k].signs;
		if (!w->wanted[k] || !may || start < w->s->free[k] ||
		    (is_short && kinds[k].is_run) || (glued && !kinds[k].glued))
			continue;
		struct entity_in in = w->in;
		in.behind = w->s->free[k];
		switch (kinds[k].recognise(&in, start, &found[k].end)) {
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

/* May what goes on at i be the part of an e-mail address before its @? */
static bool may_be_address(const struct entity_in *in, size_t i)
{
	size_t start = i, len;
	while (i < in->n && i - start <= ENTITY_MAX_LOCAL &&
	    (len = entity_local_char(in, i)))
		i += len;
	return i >= in->n || in->s[i] == '@';
}

/* Behind the letters of an ordinary word: too many for an account number, and
 * in no address. 0 when what starts at i has to be looked at. */
static size_t skip_word(const struct walk *w, size_t i)
{
	const struct entity_in *in = &w->in;
	size_t letters = 0, len;
	for (; i < in->n && !entity_is_digit(in->s[i]) &&
	     (len = entity_word_char(in, i));
	     i += len)
		letters++;
	bool address = w->wanted[ENTITY_EMAIL] && may_be_address(in, i);
	return letters < 3 || address ? 0 : i;
}

/* Behind letters that are written apart from values; 0 when they may begin an
 * address, which only such may. */
static size_t skip_apart(const struct walk *w, size_t i)
{
	const struct entity_in *in = &w->in;
	size_t len;
	while (i < in->n && beside_at(in->s, in->n, i, &len) == BESIDE_APART)
		i += len;
	return w->wanted[ENTITY_EMAIL] && may_be_address(in, i) ? 0 : i;
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

/* The first of the characters i..end of a word in front of which something is
 * left out, else end. */
static size_t find_gap(const struct entity_in *in, size_t i, size_t end)
{
	const struct text_view *v = &in->text->folded;
	if (i == end || text_to(v, end - 1) - text_to(v, i - 1) == end - i)
		return end;
	size_t len;
	for (; i < end && entity_is_close(in, i); i += len)
		(void)beside_at(in->s, in->n, i, &len);
	return i;
}

/* Behind the word that has begun before start, or at the first of its digits
 * behind letters, where a card may begin. */
static size_t skip_rest(const struct walk *w, size_t start)
{
	const struct entity_in *in = &w->in;
	bool stops = w->wanted[ENTITY_PAYMENT_CARD] &&
	    !entity_is_digit(in->s[start - 1]);
	size_t i = start, len;
	for (; i < in->n && (len = entity_word_char(in, i)); i += len)
		if (stops && entity_is_digit(in->s[i]))
			break;
	return i;
}

/* The next place at or behind i where an entity may start, or n, when no word
 * goes on at i. */
static size_t next_word(const struct walk *w, size_t i)
{
	const struct entity_in *in = &w->in;
	size_t len, skip;
	while (i < in->n) {
		switch (beside_at(in->s, in->n, i, &len)) {
		case BESIDE_SIGN:
			if (in->s[i] == '+' || in->s[i] == '(')
				return i;
			i += len;
			continue;
		case BESIDE_APART:
			if (!(skip = skip_apart(w, i)))
				return i;
			i = skip;
			continue;
		case BESIDE_WORD:
			break;
		}
		if (in->addresses && entity_may_be_postal(in, i))
			return i;
		skip = in->addresses ? i : skip_calm(w, i);
		if (skip > i) {
			i = skip;
			continue;
		}
		if (!(skip = skip_word(w, i)))
			return i;
		i = find_gap(in, i + len, skip_rest(w, skip));
		if (i < in->n && entity_word_char(in, i))
			return i;
	}
	return in->n;
}

/* The next place at or behind i where an entity may start, or n. */
static size_t next_start(const struct walk *w, size_t i)
{
	const struct entity_in *in = &w->in;
	size_t len;
	switch (i < in->n ? beside_before(in->s, i) : BESIDE_SIGN) {
	case BESIDE_WORD:
		i = find_gap(in, i, skip_rest(w, i));
		if (i < in->n && entity_word_char(in, i))
			return i;
		break;
	case BESIDE_APART:
		while (i < in->n &&
		    beside_at(in->s, in->n, i, &len) == BESIDE_APART)
			i += len;
		break;
	case BESIDE_SIGN:
		break;
	}
	return next_word(w, i);
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
		size_t len;
		(void)beside_at(w->in.s, w->in.n, i, &len);
		i = next_start(w, i + len);
	}
	w->s->next = i;
	return 0;
}

/* Is there an @ in what has not been looked at? */
static bool has_at(const struct walk *w)
{
	size_t next = w->s->next;
	return next < w->in.n && memchr(w->in.s + next, '@', w->in.n - next);
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
	if (w.wanted[ENTITY_POSTAL_ADDRESS])
		w.in.addresses = &p->index->addresses;
	if (t->final && !has_at(&w)) /* none is still to come */
		w.wanted[ENTITY_EMAIL] = false;
	*alive_from = SIZE_MAX;
	return walk(&w, alive_from);
}
