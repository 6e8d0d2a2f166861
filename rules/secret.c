/* secret - see secret.h. Walks the plain view from the beginning of one value
 * to that of the next. */
#include "rules/secret.h"

#include "rules/calm.h"
#include "rules/scan_spot.h"
#include "rules/secret_kinds.h"

#include <string.h>

struct walk {
	const struct text *t;
	const struct guard_policy *p;
	struct secret_in in;
	bool wanted[SECRET_KINDS];
	struct matches *out;
};

struct found {
	unsigned kind; /* its place among the kinds */
	size_t end;
	struct match match;
};

/* The most telling kinds first: a token is not also its own password, but may
 * stand in what one looks like. joined: right behind a word and a sign that
 * keys have inside, where only what is one by its own marks can begin. */
static const struct {
	enum secret_kind kind;
	enum secret_answer (*recognise)(
	    const struct secret_in *, size_t start, size_t *end);
	bool joined;
} kinds[] = {
    {SECRET_PRIVATE_KEY, secret_private_key, true},
    {SECRET_JWT, secret_jwt, true},
    {SECRET_API_KEY, secret_api_key, true},
    {SECRET_PASSWORD, secret_password, false},
    {SECRET_HIGH_ENTROPY, secret_entropy, false},
};
#define N_KINDS ((unsigned)(sizeof(kinds) / sizeof(kinds[0])))

/* Characters that separate a value from its name, and from what follows; no
 * value begins with them. */
static const bool separates[256] = {['\0'] = true,
    ['"'] = true,
    ['\''] = true,
    ['`'] = true,
    ['*'] = true,
    ['='] = true,
    [':'] = true,
    ['('] = true,
    ['['] = true,
    ['{'] = true,
    ['<'] = true,
    ['>'] = true,
    [','] = true,
    [';'] = true,
    ['|'] = true,
    ['/'] = true,
    [' '] = true,
    ['\t'] = true,
    ['\r'] = true,
    ['\n'] = true};

/* May a value begin here, where a word may be in front? */
static bool begins(const struct secret_in *in, size_t i)
{
	size_t len;
	switch (beside_before(in->s, i)) {
	case BESIDE_WORD:
		return false;
	case BESIDE_APART:
		return beside_at(in->s, in->n, i, &len) == BESIDE_WORD;
	case BESIDE_SIGN:
		break;
	}
	return true;
}

/* "-----BEGIN" also starts where no value does. */
static bool begins_dashes(const struct secret_in *in, size_t i)
{
	return in->s[i] == '-' && i > 0 && in->s[i - 1] != '-' &&
	    (i + 1 == in->n || in->s[i + 1] == '-');
}

bool secret_is_joined(const struct secret_in *in, size_t i)
{
	return i > 1 && in->s[i - 1] != '\0' && strchr("-_.+~", in->s[i - 1]) &&
	    beside_is_glued(in->s, i - 1);
}

/* May a value begin with the character at i; *len: its bytes. */
static bool may_begin(const struct secret_in *in, size_t i, size_t *len)
{
	char c = in->s[i];
	*len = 1;
	if (chars_are(c, CHARS_HIGH))
		return beside_at(in->s, in->n, i, len) != BESIDE_SIGN;
	return !separates[(unsigned char)c] && c != ')' && c != ']';
}

/* The next place at or behind i where a secret may start, or n. */
static size_t next_start(const struct walk *w, size_t *calm, size_t i)
{
	const struct secret_in *in = &w->in;
	size_t len;
	while (i < in->n && ((unsigned char)in->s[i] & 0xC0) == 0x80)
		i++; /* a long value was cut there */
	for (; i < in->n; i += len) {
		if (!may_begin(in, i, &len))
			continue;
		if (!begins(in, i)) {
			if (begins_dashes(in, i))
				return i;
			continue;
		}
		size_t skip = calm_skip_plain(w->t, calm, i);
		if (skip == i && !(skip = secret_skip_word(in, i)))
			return i;
		len = skip - i;
	}
	return in->n;
}

/* Of the first n kinds. */
static enum secret_answer ask(
    const struct walk *w, unsigned n, size_t start, struct found *f)
{
	bool joined = secret_is_joined(&w->in, start);
	for (unsigned k = 0; k < n; k++) {
		if (!w->wanted[kinds[k].kind] || (joined && !kinds[k].joined))
			continue;
		enum secret_answer answer =
		    kinds[k].recognise(&w->in, start, &f->end);
		if (answer == SECRET_YES &&
		    !scan_spot(w->t, &w->t->plain, start, f->end, &f->match))
			return SECRET_MORE;
		f->kind = k;
		if (answer != SECRET_NO)
			return answer;
	}
	return SECRET_NO;
}

static int report(const struct walk *w, struct found *f)
{
	const struct any_of *all = &w->p->of_kind[DETECTOR_SECRET];
	for (size_t i = 0; i < all->n; i++) {
		f->match.detector = all->detectors[i];
		if (w->p->detectors[all->detectors[i]].secret ==
			kinds[f->kind].kind &&
		    matches_add(w->out, &f->match))
			return -1;
	}
	return 0;
}

void secret_scan_init(struct secret_scan *s)
{
	*s = (struct secret_scan){0};
}

int secret_scan(struct secret_scan *s, const struct text *t,
    const struct guard_policy *p, struct matches *out, size_t *alive_from)
{
	struct walk w = {.t = t,
	    .p = p,
	    .in = {.s = t->plain.bytes,
		.n = t->plain.len,
		.final = t->final,
		.runs = s->runs},
	    .out = out};
	const struct any_of *all = &p->of_kind[DETECTOR_SECRET];
	for (size_t i = 0; i < all->n; i++)
		w.wanted[p->detectors[all->detectors[i]].secret] = true;
	*alive_from = SIZE_MAX;
	while ((s->next = next_start(&w, &s->calm, s->next)) < w.in.n) {
		struct found f;
		unsigned n = s->next < s->taken ? s->telling : N_KINDS;
		enum secret_answer answer = ask(&w, n, s->next, &f);
		if (answer == SECRET_MORE) {
			*alive_from = text_from(&t->plain, s->next);
			return 0;
		}
		if (answer == SECRET_YES) {
			if (report(&w, &f))
				return -1;
			s->taken = f.end;
			s->telling = f.kind;
		}
		bool over = answer == SECRET_YES && f.kind == 0;
		s->next = over ? f.end : s->next + 1;
	}
	return 0;
}
