/* secret - see secret.h. Walks the plain view from the beginning of one value
 * to that of the next. */
#include "rules/secret.h"

#include "rules/calm.h"
#include "rules/scan_spot.h"
#include "rules/secret_kinds.h"

struct walk {
	const struct text *t;
	const struct guard_policy *p;
	struct secret_in in;
	bool wanted[SECRET_KINDS];
	struct matches *out;
};

struct found {
	enum secret_kind kind;
	size_t end;
	struct match match;
};

/* The most telling kinds first: a token is not also its own password. */
static const struct {
	enum secret_kind kind;
	enum secret_answer (*recognise)(
	    const struct secret_in *, size_t start, size_t *end);
} kinds[] = {
    {SECRET_PRIVATE_KEY, secret_private_key},
    {SECRET_JWT, secret_jwt},
    {SECRET_API_KEY, secret_api_key},
    {SECRET_PASSWORD, secret_password},
    {SECRET_HIGH_ENTROPY, secret_entropy},
};

/* Characters that separate a value from its name, and from what follows. */
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

/* "-----BEGIN" also starts where no value does. */
static bool begins_dashes(const struct secret_in *in, size_t i)
{
	return in->s[i] == '-' && in->s[i - 1] != '-' &&
	    (i + 1 == in->n || in->s[i + 1] == '-');
}

/* The next place at or behind i where a secret may start, or n. */
static size_t next_start(const struct walk *w, size_t *calm, size_t i)
{
	const struct secret_in *in = &w->in;
	bool behind = i == 0 || separates[(unsigned char)in->s[i - 1]];
	while (i < in->n) {
		char c = in->s[i];
		bool separator = separates[(unsigned char)c];
		if (!behind) {
			if (begins_dashes(in, i))
				return i;
		} else if (!separator && c != ')' && c != ']') {
			size_t skip = calm_skip_plain(w->t, calm, i);
			behind = skip > i; /* a space is */
			if (!behind)
				skip = secret_skip_word(in, i);
			if (!skip)
				return i;
			i = skip;
			continue;
		}
		behind = separator;
		i++;
	}
	return in->n;
}

static enum secret_answer ask(
    const struct walk *w, size_t start, struct found *f)
{
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		if (!w->wanted[kinds[k].kind])
			continue;
		enum secret_answer answer =
		    kinds[k].recognise(&w->in, start, &f->end);
		if (answer == SECRET_YES &&
		    !scan_spot(w->t, &w->t->plain, start, f->end, &f->match))
			return SECRET_MORE;
		f->kind = kinds[k].kind;
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
		if (w->p->detectors[all->detectors[i]].secret == f->kind &&
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
		enum secret_answer answer = ask(&w, s->next, &f);
		if (answer == SECRET_MORE) {
			*alive_from = text_from(&t->plain, s->next);
			return 0;
		}
		if (answer == SECRET_YES && report(&w, &f))
			return -1;
		s->next = answer == SECRET_YES ? f.end : s->next + 1;
	}
	return 0;
}
