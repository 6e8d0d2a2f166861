/*
 * link - see link.h.
 *
 * From each place where a link may begin it is decided whether one does:
 * a scheme, two slashes, or a host name that looks like a site's. Ordinary
 * words are let go at the first character no host name has.
 */
#include "rules/link.h"

#include "rules/calm.h"
#include "rules/link_host.h"
#include "rules/link_name.h"
#include "rules/scan_spot.h"

#include <string.h>

#define MAX_SCHEME 16u

struct found {
	size_t start;
	size_t authority, authority_end; /* equal: the link has no host */
	size_t end;
	bool mail; /* mailto: has a user in front of its host */
};

static bool is_alpha(char c)
{
	return chars_are(c, CHARS_LETTER);
}

static bool is_digit(char c)
{
	return chars_are(c, CHARS_DIGIT);
}

/* Is the character that ends before i > 0 a sign beyond ASCII? */
static bool is_high_sign(const struct link_in *in, size_t i)
{
	return chars_are(in->s[i - 1], CHARS_HIGH) &&
	    beside_before(in->s, i) == BESIDE_SIGN;
}

/* Of start..end without the signs at its end: those given, and all beyond
 * ASCII. */
static size_t trim_signs(
    const struct link_in *in, size_t start, size_t end, const char *signs)
{
	while (end > start) {
		char c = in->s[end - 1];
		if (is_high_sign(in, end))
			end = beside_back(in->s, end);
		else if (c != '\0' && strchr(signs, c))
			end--;
		else
			break;
	}
	return end;
}

/* What no URL in running text has inside. */
static bool ends_link(char c)
{
	return (unsigned char)c <= ' ' || strchr("<>\"`{}|^", c) != NULL;
}

static enum link_answer at_end(const struct link_in *in)
{
	return in->final ? LINK_NO : LINK_MORE;
}

/* The end of the link that is there from start, without the punctuation of
 * the sentence; MORE while it goes on. */
static enum link_answer find_end(
    const struct link_in *in, size_t start, size_t from, size_t *end)
{
	size_t i = from, open = 0, close = 0;
	while (i < in->n && !ends_link(in->s[i]) && i - start < LINK_MAX_BYTES)
		i++;
	if (i >= in->n && !in->final && i - start < LINK_MAX_BYTES)
		return LINK_MORE;
	for (size_t k = start; k < i; k++) {
		open += in->s[k] == '(';
		close += in->s[k] == ')';
	}
	for (;;) {
		i = trim_signs(in, from, i, ".,;:!?'*_~]");
		if (i == from || in->s[i - 1] != ')' || close-- <= open)
			break;
		i--;
	}
	*end = i;
	return LINK_YES;
}

/* Behind a host: the first sign beyond ASCII in from..to, unless a host could
 * go on behind it. */
static size_t cut_authority(const struct link_in *in, size_t from, size_t to)
{
	static const char stop[] = "\u3002"; /* a full stop to a browser */
	size_t cut = to, len;
	for (size_t i = from; i < to; i += len) {
		bool sign = beside_at(in->s, in->n, i, &len) == BESIDE_SIGN;
		if (sign && len > 1 && cut == to)
			cut = i;
		if (cut < to &&
		    (in->s[i] == '.' || in->s[i] == '@' || in->s[i] == '%' ||
			(len == 3 && memcmp(in->s + i, stop, len) == 0)))
			return to;
	}
	return cut;
}

/* The host behind "//" or "http:". */
static enum link_answer read_authority(
    const struct link_in *in, size_t start, size_t i, struct found *f)
{
	f->authority = i;
	while (i < in->n && !ends_link(in->s[i]) &&
	    !strchr("/\\?#)'", in->s[i]) && i - start < LINK_MAX_BYTES)
		i++;
	if (i >= in->n && !in->final && i - start < LINK_MAX_BYTES)
		return LINK_MORE;
	size_t stop = trim_signs(in, f->authority, i, ".,;:!*_~]");
	f->authority_end = cut_authority(in, f->authority, stop);
	f->end = f->authority_end < stop ? f->authority_end : 0;
	return stop > f->authority ? LINK_YES : LINK_NO;
}

/* And the link it is the host of. */
static enum link_answer finish(const struct link_in *in, size_t start,
    enum link_answer answer, struct found *f)
{
	return answer == LINK_YES && !f->end
	    ? find_end(in, start, f->authority_end, &f->end)
	    : answer;
}

static enum link_answer slashes(
    const struct link_in *in, size_t start, struct found *f)
{
	size_t i = start + 1;
	if (i >= in->n)
		return at_end(in);
	if (in->s[i] != '/')
		return LINK_NO;
	i++;
	if (i >= in->n)
		return at_end(in);
	if (!link_is_name(in->s[i]))
		return LINK_NO;
	enum link_answer answer = read_authority(in, start, i, f);
	if (answer == LINK_YES &&
	    !link_host_has_tld(
		in->s + f->authority, f->authority_end - f->authority, true))
		return LINK_NO;
	return finish(in, start, answer, f);
}

static bool is_scheme(
    const struct link_in *in, size_t start, size_t len, const char *name)
{
	if (strlen(name) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((in->s[start + i] | 0x20) != name[i])
			return false;
	}
	return true;
}

/* Does a link's target start here: [text](TARGET, href="TARGET? */
static bool is_target(const struct link_in *in, size_t start)
{
	if (start < 2)
		return false;
	const char *s = in->s + start - 2;
	return memcmp(s, "](", 2) == 0 || memcmp(s, "=\"", 2) == 0 ||
	    memcmp(s, "='", 2) == 0;
}

/* javascript: and data: are code, not places. */
static enum link_answer opaque(
    const struct link_in *in, size_t start, size_t colon, struct found *f)
{
	size_t i = colon + 1;
	if (i >= in->n)
		return at_end(in);
	if (ends_link(in->s[i])) {
		/* also with a space, where only a link can stand */
		f->authority = f->authority_end = 0;
		f->end = i;
		return is_target(in, start) ? LINK_YES : LINK_NO;
	}
	if (is_scheme(in, start, colon - start, "data")) {
		while (i < in->n &&
		    (link_is_name(in->s[i]) || in->s[i] == '+') &&
		    i - colon < LINK_MAX_LABEL)
			i++;
		if (i >= in->n)
			return at_end(in);
		if (!strchr("/,;", in->s[i]) ||
		    (in->s[i] == '/' && i == colon + 1))
			return LINK_NO;
		if (in->s[i] != '/' && i != colon + 1)
			return LINK_NO;
	}
	f->authority = f->authority_end = 0;
	return find_end(in, start, i, &f->end);
}

/* A scheme at start; NO also when it is only a word. */
static enum link_answer scheme(
    const struct link_in *in, size_t start, struct found *f)
{
	size_t i = start;
	while (i < in->n && i - start < MAX_SCHEME &&
	    (is_alpha(in->s[i]) || is_digit(in->s[i]) || in->s[i] == '+'))
		i++;
	if (i >= in->n)
		return i - start < MAX_SCHEME ? at_end(in) : LINK_NO;
	size_t len = i - start;
	if (in->s[i] != ':' || len < 2)
		return LINK_NO;
	if (is_scheme(in, start, len, "javascript") ||
	    is_scheme(in, start, len, "vbscript") ||
	    is_scheme(in, start, len, "data"))
		return opaque(in, start, i, f);
	bool web = is_scheme(in, start, len, "http") ||
	    is_scheme(in, start, len, "https");
	bool mail = is_scheme(in, start, len, "mailto");
	size_t colon = i++;
	while (i < in->n && (in->s[i] == '/' || in->s[i] == '\\') &&
	    i - colon < MAX_SCHEME)
		i++;
	if (i >= in->n)
		return at_end(in);
	if (ends_link(in->s[i]) || (!web && !mail && i - colon < 3))
		return LINK_NO;
	f->mail = mail;
	return finish(in, start, read_authority(in, start, i, f), f);
}

/* Does something follow that only a link has: /path, :80, ?query, #part? */
static enum link_answer path_follows(const struct link_in *in, size_t i)
{
	if (i >= in->n || !strchr("/:?#", in->s[i]))
		return LINK_NO;
	if (in->s[i] == '/')
		return LINK_YES;
	if (i + 1 >= in->n)
		return at_end(in);
	return in->s[i] == ':' ? (is_digit(in->s[i + 1]) ? LINK_YES : LINK_NO)
	    : link_is_name(in->s[i + 1]) ? LINK_YES
					 : LINK_NO;
}

static enum link_answer bare(
    const struct link_in *in, size_t start, struct found *f)
{
	size_t end = start;
	enum link_answer answer = link_name_read(in, start, &end);
	if (answer != LINK_YES)
		return answer;
	if (end < in->n && in->s[end] == '@')
		return LINK_NO; /* an address */
	enum link_answer path = path_follows(in, end);
	if (path == LINK_MORE)
		return LINK_MORE;
	/* acme.example@evil.test/login is no address any more */
	if (start > 0 && in->s[start - 1] == '@' &&
	    (path != LINK_YES || in->s[end] != '/'))
		return LINK_NO;
	if (!link_name_is_site(in, start, &end, path == LINK_YES))
		return LINK_NO;
	f->start = link_name_skip_apart(in, start, end);
	f->authority = start;
	f->authority_end = end;
	f->end = end;
	return path == LINK_YES ? find_end(in, start, end, &f->end) : LINK_YES;
}

/* A link may begin behind what no name goes on from. */
static bool begins(const struct link_in *in, size_t i)
{
	size_t len;
	if (i == 0)
		return true;
	char before = in->s[i - 1];
	switch (beside_before(in->s, i)) {
	case BESIDE_WORD:
		return false;
	case BESIDE_APART:
		return beside_at(in->s, in->n, i, &len) != BESIDE_APART;
	case BESIDE_SIGN:
		break;
	}
	if (in->s[i] == '/')
		return before == '\0' || !strchr("-_:/\\.", before);
	if (before == '.' || before == '-' || before == '_')
		return i < 2 || link_name_is_dots(in, i - 3) ||
		    (beside_before(in->s, i - 1) == BESIDE_SIGN &&
			!strchr("-_.@", in->s[i - 2]));
	return before != '%';
}

static enum link_answer try_at(
    const struct link_in *in, size_t i, struct found *f)
{
	if (in->s[i] == '/')
		return slashes(in, i, f);
	enum link_answer answer =
	    is_alpha(in->s[i]) ? scheme(in, i, f) : LINK_NO;
	return answer == LINK_NO ? bare(in, i, f) : answer;
}

/* Behind an ordinary word, which is no link and has none inside; 0 when what
 * starts at i has to be looked at. */
static size_t skip_word(const struct link_in *in, size_t i)
{
	while (i < in->n && chars_are(in->s[i], CHARS_ALNUM | CHARS_JOIN))
		i++;
	bool goes_on = i == in->n || in->s[i] == '.' || in->s[i] == ':' ||
	    in->s[i] == '+' || chars_are(in->s[i], CHARS_HIGH) ||
	    link_host_dot(in->s + i, in->n - i);
	return goes_on ? 0 : i;
}

/* May a link begin with the character at i, as far as it tells? *len: bytes. */
static bool may_begin(const struct link_in *in, size_t i, size_t *len)
{
	if (beside_at(in->s, in->n, i, len) != BESIDE_SIGN || in->s[i] == '/')
		return true;
	return *len > 1 && link_name_step(in, i) > 0;
}

/* The next place at or behind i where a link may begin, or n. */
static size_t next_start(
    const struct link_in *in, const struct text *t, size_t *calm, size_t i)
{
	size_t len;
	while (i < in->n && ((unsigned char)in->s[i] & 0xC0) == 0x80)
		i++; /* a long link was cut there */
	for (; i < in->n; i += len) {
		if (!may_begin(in, i, &len) || !begins(in, i))
			continue;
		size_t skip = calm_skip_plain(t, calm, i);
		if (skip == i)
			skip = in->s[i] == '/' ? 0 : skip_word(in, i);
		if (!skip)
			return i;
		len = skip - i;
	}
	return in->n;
}

static bool is_sub(const char *entry)
{
	return entry[0] == '*' && entry[1] == '.';
}

bool link_list_entry(const char *entry, char out[LINK_MAX_HOST + 2])
{
	size_t sub = is_sub(entry) ? 2 : 0;
	memcpy(out, "*.", sub);
	return link_host_fold(entry + sub, strlen(entry + sub), out + sub);
}

bool link_host_is_listed(const char *host, const char *const *hosts)
{
	size_t len = strlen(host);
	for (; *hosts; hosts++) {
		if (!is_sub(*hosts)) {
			if (strcmp(*hosts, host) == 0)
				return true;
			continue;
		}
		const char *dot = *hosts + 1; /* ".acme.example" */
		size_t n = strlen(dot);
		if (len > n && memcmp(host + len - n, dot, n) == 0)
			return true;
	}
	return false;
}

static bool has_user(const char *authority, size_t len)
{
	return memchr(authority, '@', len) || memmem(authority, len, "%40", 3);
}

static int report(const struct link_in *in, const struct found *f,
    const struct guard_policy *p, struct match *m, struct matches *out)
{
	char host[LINK_MAX_HOST];
	const char *authority = in->s + f->authority;
	size_t len = f->authority_end - f->authority;
	/* A user in front of the host only ever misleads. */
	bool has_host = len > 0 && (f->mail || !has_user(authority, len)) &&
	    link_host_fold(authority, len, host);
	const struct any_of *links = &p->of_kind[DETECTOR_LINKS];
	for (size_t i = 0; i < links->n; i++) {
		m->detector = links->detectors[i];
		const struct detector *d = &p->detectors[m->detector];
		if (has_host && link_host_is_listed(host, d->hosts))
			continue;
		if (matches_add(out, m))
			return -1;
	}
	return 0;
}

void link_scan_init(struct link_scan *s)
{
	*s = (struct link_scan){0};
}

int link_scan(struct link_scan *s, const struct text *t,
    const struct guard_policy *p, struct matches *out, size_t *alive_from)
{
	const struct link_in in = {
	    .s = t->plain.bytes, .n = t->plain.len, .final = t->final};
	*alive_from = SIZE_MAX;
	while ((s->next = next_start(&in, t, &s->calm, s->next)) < in.n) {
		struct found f = {.start = s->next};
		struct match m;
		enum link_answer answer = try_at(&in, s->next, &f);
		if (answer == LINK_MORE ||
		    (answer == LINK_YES &&
			!scan_spot(t, &t->plain, f.start, f.end, &m))) {
			*alive_from = text_from(&t->plain, s->next);
			return 0;
		}
		if (answer == LINK_YES && report(&in, &f, p, &m, out))
			return -1;
		s->next = answer == LINK_YES ? f.end : s->next + 1;
	}
	return 0;
}
