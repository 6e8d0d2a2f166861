/*
 * link - see link.h.
 *
 * From each place where a link may begin it is decided whether one does:
 * a scheme, two slashes, or a host name that looks like a site's. Ordinary
 * words are let go at the first character no host name has.
 */
#include "rules/link.h"

#include "rules/calm.h"
#include "rules/chars.h"
#include "rules/link_host.h"
#include "rules/scan_spot.h"

#include <string.h>

#define MAX_LABEL 63u
#define MAX_NAME 253u
#define MAX_SCHEME 16u

enum answer { NO, YES, MORE };

struct in {
	const char *s;
	size_t n;
	bool final;
};

struct found {
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

static bool is_word(char c)
{
	return chars_are(c, CHARS_WORD);
}

static bool is_name(char c)
{
	return chars_are(c, CHARS_WORD | CHARS_JOIN);
}

/* What no URL in running text has inside. */
static bool ends_link(char c)
{
	return (unsigned char)c <= ' ' || strchr("<>\"`{}|^", c) != NULL;
}

static enum answer at_end(const struct in *in)
{
	return in->final ? NO : MORE;
}

/* The end of the link that is there from start, without the punctuation of
 * the sentence; MORE while it goes on. */
static enum answer find_end(
    const struct in *in, size_t start, size_t from, size_t *end)
{
	size_t i = from, open = 0, close = 0;
	while (i < in->n && !ends_link(in->s[i]) && i - start < LINK_MAX_BYTES)
		i++;
	if (i >= in->n && !in->final && i - start < LINK_MAX_BYTES)
		return MORE;
	for (size_t k = start; k < i; k++) {
		open += in->s[k] == '(';
		close += in->s[k] == ')';
	}
	while (i > from && strchr(".,;:!?'*_~])", in->s[i - 1])) {
		if (in->s[i - 1] == ')' && close-- <= open)
			break;
		i--;
	}
	*end = i;
	return YES;
}

/* The host behind "//" or "http:". */
static enum answer read_authority(
    const struct in *in, size_t start, size_t i, struct found *f)
{
	f->authority = i;
	while (i < in->n && !ends_link(in->s[i]) &&
	    !strchr("/\\?#)'", in->s[i]) && i - start < LINK_MAX_BYTES)
		i++;
	if (i >= in->n && !in->final && i - start < LINK_MAX_BYTES)
		return MORE;
	size_t stop = i;
	while (stop > f->authority && strchr(".,;:!*_~]", in->s[stop - 1]))
		stop--;
	f->authority_end = stop;
	return stop > f->authority ? YES : NO;
}

/* And the link it is the host of. */
static enum answer finish(
    const struct in *in, size_t start, enum answer answer, struct found *f)
{
	return answer == YES ? find_end(in, start, f->authority_end, &f->end)
			     : answer;
}

static enum answer slashes(const struct in *in, size_t start, struct found *f)
{
	size_t i = start + 1;
	if (i >= in->n)
		return at_end(in);
	if (in->s[i] != '/')
		return NO;
	i++;
	if (i >= in->n)
		return at_end(in);
	if (!is_name(in->s[i]))
		return NO;
	enum answer answer = read_authority(in, start, i, f);
	if (answer == YES &&
	    !link_host_has_tld(
		in->s + f->authority, f->authority_end - f->authority, true))
		return NO;
	return finish(in, start, answer, f);
}

static bool is_scheme(
    const struct in *in, size_t start, size_t len, const char *name)
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
static bool is_target(const struct in *in, size_t start)
{
	if (start < 2)
		return false;
	const char *s = in->s + start - 2;
	return memcmp(s, "](", 2) == 0 || memcmp(s, "=\"", 2) == 0 ||
	    memcmp(s, "='", 2) == 0;
}

/* javascript: and data: are code, not places. */
static enum answer opaque(
    const struct in *in, size_t start, size_t colon, struct found *f)
{
	size_t i = colon + 1;
	if (i >= in->n)
		return at_end(in);
	if (ends_link(in->s[i])) {
		/* also with a space, where only a link can stand */
		f->authority = f->authority_end = 0;
		f->end = i;
		return is_target(in, start) ? YES : NO;
	}
	if (is_scheme(in, start, colon - start, "data")) {
		while (i < in->n && (is_name(in->s[i]) || in->s[i] == '+') &&
		    i - colon < MAX_LABEL)
			i++;
		if (i >= in->n)
			return at_end(in);
		if (!strchr("/,;", in->s[i]) ||
		    (in->s[i] == '/' && i == colon + 1))
			return NO;
		if (in->s[i] != '/' && i != colon + 1)
			return NO;
	}
	f->authority = f->authority_end = 0;
	return find_end(in, start, i, &f->end);
}

/* A scheme at start; NO also when it is only a word. */
static enum answer scheme(const struct in *in, size_t start, struct found *f)
{
	size_t i = start;
	while (i < in->n && i - start < MAX_SCHEME &&
	    (is_alpha(in->s[i]) || is_digit(in->s[i]) || in->s[i] == '+'))
		i++;
	if (i >= in->n)
		return i - start < MAX_SCHEME ? at_end(in) : NO;
	size_t len = i - start;
	if (in->s[i] != ':' || len < 2)
		return NO;
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
		return NO;
	f->mail = mail;
	return finish(in, start, read_authority(in, start, i, f), f);
}

/* Four numbers up to 255. */
static bool is_ip(const char *s, size_t n)
{
	unsigned parts = 1, value = 0, digits = 0;
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '.') {
			parts++;
			value = digits = 0;
		} else if (is_digit(s[i]) && digits < 3) {
			value = value * 10 + (unsigned)(s[i] - '0');
			digits++;
		} else {
			return false;
		}
		if (value > 255)
			return false;
	}
	return parts == 4 && digits > 0;
}

/* How far on from i a name goes: a character of it, or a dot however written.
 * 0: it ends. LINK_DOT_OPEN: the text so far does not tell. */
static size_t name_step(const struct in *in, size_t i)
{
	if (in->s[i] == '.' || is_name(in->s[i]))
		return 1;
	size_t dot = link_host_dot(in->s + i, in->n - i);
	return dot == LINK_DOT_OPEN && in->final ? 0 : dot;
}

/* The name at start, without final dots; MORE while it may go on. */
static enum answer read_name(const struct in *in, size_t start, size_t *end)
{
	size_t i = start, label = start, dots = 0, step = 0;
	for (; i < in->n && (step = name_step(in, i)) > 0; i += step) {
		if (step == LINK_DOT_OPEN)
			return MORE;
		if (step > 1 || in->s[i] == '.') {
			label = i + step;
			dots++;
		}
		if (i > label && i - label >= MAX_LABEL)
			return NO;
		if (i - start > MAX_NAME)
			return NO;
	}
	if (i >= in->n && !in->final)
		return MORE;
	while (i > start &&
	    (in->s[i - 1] == '.' || in->s[i - 1] == '-' || in->s[i - 1] == '_'))
		i -= 1;
	*end = i;
	return i > start && dots > 0 && is_word(in->s[i - 1]) ? YES : NO;
}

/* Does something follow that only a link has: /path, :80, ?query, #part? */
static enum answer path_follows(const struct in *in, size_t i)
{
	if (i >= in->n || !strchr("/:?#", in->s[i]))
		return NO;
	if (in->s[i] == '/')
		return YES;
	if (i + 1 >= in->n)
		return at_end(in);
	return in->s[i] == ':'      ? (is_digit(in->s[i + 1]) ? YES : NO)
	    : is_name(in->s[i + 1]) ? YES
				    : NO;
}

static bool has_www(const char *name, size_t len)
{
	return len > 6 && (name[0] | 0x20) == 'w' && (name[1] | 0x20) == 'w' &&
	    (name[2] | 0x20) == 'w' && name[3] == '.' &&
	    memchr(name + 4, '.', len - 4);
}

static enum answer bare(const struct in *in, size_t start, struct found *f)
{
	char name[MAX_NAME + 1];
	size_t end = start;
	enum answer answer = read_name(in, start, &end);
	if (answer != YES)
		return answer;
	if (end < in->n && in->s[end] == '@')
		return NO; /* an address */
	enum answer path = path_follows(in, end);
	if (path == MORE)
		return MORE;
	/* acme.example@evil.test/login is no address any more */
	if (start > 0 && in->s[start - 1] == '@' &&
	    (path != YES || in->s[end] != '/'))
		return NO;
	size_t len =
	    link_host_refang(in->s + start, end - start, name, sizeof(name));
	bool ip = path == YES && is_ip(name, len);
	if (!has_www(name, len) && !ip &&
	    !link_host_has_tld(name, len, path == YES))
		return NO;
	f->authority = start;
	f->authority_end = end;
	f->end = end;
	return path == YES ? find_end(in, start, end, &f->end) : YES;
}

/* A link may begin behind what no name goes on from. */
static bool begins(const struct in *in, size_t i)
{
	if (i == 0)
		return true;
	char before = in->s[i - 1];
	if (in->s[i] == '/')
		return !is_name(before) && !strchr(":/\\.", before);
	if (before == '.' || before == '-' || before == '_')
		return i < 2 ||
		    (!is_name(in->s[i - 2]) && in->s[i - 2] != '.' &&
			in->s[i - 2] != '@');
	return !is_name(before) && before != '%';
}

static enum answer try_at(const struct in *in, size_t i, struct found *f)
{
	if (in->s[i] == '/')
		return slashes(in, i, f);
	enum answer answer = is_alpha(in->s[i]) ? scheme(in, i, f) : NO;
	return answer == NO ? bare(in, i, f) : answer;
}

/* Behind an ordinary word, which is no link and has none inside; 0 when what
 * starts at i has to be looked at. */
static size_t skip_word(const struct in *in, size_t i)
{
	while (i < in->n && is_name(in->s[i]))
		i++;
	bool goes_on = i == in->n || in->s[i] == '.' || in->s[i] == ':' ||
	    in->s[i] == '+' || link_host_dot(in->s + i, in->n - i);
	return goes_on ? 0 : i;
}

/* The next place at or behind i where a link may begin, or n. */
static size_t next_start(
    const struct in *in, const struct text *t, size_t *calm, size_t i)
{
	bool inside = i > 0 && is_word(in->s[i - 1]);
	while (i < in->n) {
		bool word = is_word(in->s[i]);
		if (word && !inside) {
			size_t behind = calm_skip_plain(t, calm, i);
			if (behind > i) {
				i = behind;
				continue;
			}
		}
		if ((word ? !inside : in->s[i] == '/') && begins(in, i)) {
			size_t skip = word ? skip_word(in, i) : 0;
			if (!skip)
				return i;
			i = skip;
			inside = false;
			continue;
		}
		inside = word;
		i++;
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

static int report(const struct in *in, const struct found *f,
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
	const struct in in = {
	    .s = t->plain.bytes, .n = t->plain.len, .final = t->final};
	*alive_from = SIZE_MAX;
	while ((s->next = next_start(&in, t, &s->calm, s->next)) < in.n) {
		struct found f = {.mail = false};
		struct match m;
		enum answer answer = try_at(&in, s->next, &f);
		if (answer == MORE ||
		    (answer == YES &&
			!scan_spot(t, &t->plain, s->next, f.end, &m))) {
			*alive_from = text_from(&t->plain, s->next);
			return 0;
		}
		if (answer == YES && report(&in, &f, p, &m, out))
			return -1;
		s->next = answer == YES ? f.end : s->next + 1;
	}
	return 0;
}
