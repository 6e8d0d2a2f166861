/* link_name - see link_name.h. */
#include "rules/link_name.h"

#include "rules/link_host.h"

#include <string.h>

#define MAX_NAME 253u

static bool is_digit(char c)
{
	return chars_are(c, CHARS_DIGIT);
}

bool link_name_is_dots(const struct link_in *in, size_t i)
{
	return i < in->n && in->n - i >= 3 && memcmp(in->s + i, "...", 3) == 0;
}

size_t link_name_step(const struct link_in *in, size_t i)
{
	char c = in->s[i];
	size_t len = 1;
	if (chars_are(c, CHARS_HIGH)) {
		if (beside_at(in->s, in->n, i, &len) != BESIDE_SIGN)
			return len;
		if (i + len >= in->n)
			return in->final ? 0 : LINK_DOT_OPEN;
		return in->s[i + len] == '.' ? len : 0;
	}
	if (c == '.' && link_name_is_dots(in, i))
		return 0;
	if (c == '.' || link_is_name(c))
		return 1;
	size_t dot = link_host_dot(in->s + i, in->n - i);
	return dot == LINK_DOT_OPEN && in->final ? 0 : dot;
}

enum link_answer link_name_read(
    const struct link_in *in, size_t start, size_t *end)
{
	size_t i = start, label = start, dots = 0, step = 0;
	for (; i < in->n && (step = link_name_step(in, i)) > 0; i += step) {
		if (step == LINK_DOT_OPEN)
			return LINK_MORE;
		if (!chars_are(in->s[i], CHARS_HIGH) &&
		    (step > 1 || in->s[i] == '.')) {
			label = i + step;
			dots++;
		}
		if (i > label && i - label >= LINK_MAX_LABEL)
			return LINK_NO;
		if (i - start > MAX_NAME)
			return LINK_NO;
	}
	if (i >= in->n && !in->final)
		return LINK_MORE;
	while (i > start &&
	    (in->s[i - 1] == '.' || in->s[i - 1] == '-' || in->s[i - 1] == '_'))
		i -= 1;
	*end = i;
	return i > start && dots > 0 && link_is_name(in->s[i - 1]) ? LINK_YES
								   : LINK_NO;
}

static bool has_tld(
    const struct link_in *in, size_t start, size_t end, bool with_path)
{
	char name[MAX_NAME + 1];
	size_t len =
	    link_host_refang(in->s + start, end - start, name, sizeof(name));
	return link_host_has_tld(name, len, with_path);
}

/* Where a label that begins at dot stops being of a top-level domain: at two
 * hyphens (one is of a name, socket.io-client), a sign beyond ASCII, letters of
 * another script. */
static size_t label_end(const struct link_in *in, size_t dot, size_t end)
{
	enum beside before = BESIDE_SIGN;
	size_t i = dot, len;
	for (; i < end; i += len) {
		enum beside kind = beside_at(in->s, end, i, &len);
		bool dashes = i + 1 < end && memcmp(in->s + i, "--", 2) == 0;
		if (dashes || (kind == BESIDE_SIGN && len > 1) ||
		    (kind == BESIDE_APART && before == BESIDE_WORD))
			break;
		before = kind;
	}
	return i;
}

/* The end of the longest host in a name that is none as a whole, since words go
 * on behind it: evil.com--it. start: there is none. */
static size_t cut_name(const struct link_in *in, size_t start, size_t end)
{
	for (size_t dot = end; dot > start; dot--) {
		if (in->s[dot - 1] != '.')
			continue;
		size_t stop = label_end(in, dot, end);
		if (stop > dot && stop < end && has_tld(in, start, stop, false))
			return stop;
		end = dot - 1;
	}
	return start;
}

size_t link_name_skip_apart(const struct link_in *in, size_t start, size_t end)
{
	size_t i = start, len = 0;
	while (i < end && beside_at(in->s, end, i, &len) == BESIDE_APART)
		i += len;
	return beside_goes_on(in->s, end, i) ? i : start;
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

static bool has_www(const char *name, size_t len)
{
	return len > 6 && (name[0] | 0x20) == 'w' && (name[1] | 0x20) == 'w' &&
	    (name[2] | 0x20) == 'w' && name[3] == '.' &&
	    memchr(name + 4, '.', len - 4);
}

bool link_name_is_site(
    const struct link_in *in, size_t start, size_t *end, bool with_path)
{
	char name[MAX_NAME + 1];
	size_t len =
	    link_host_refang(in->s + start, *end - start, name, sizeof(name));
	if (has_www(name, len) || (with_path && is_ip(name, len)) ||
	    link_host_has_tld(name, len, with_path))
		return true;
	size_t cut = with_path ? start : cut_name(in, start, *end);
	if (cut > start)
		*end = cut;
	return cut > start;
}
