/* entity_email - addresses as people write them: the dot-atom of RFC 5322 and
 * a host name with a letter top-level domain. An address ends where it cannot
 * go on: at a dash, dots, a sign or letters of another script behind a host
 * that is complete. */
#include "rules/entity_kinds.h"

#include <string.h>

#define MAX_DOMAIN 253u

size_t entity_local_char(const struct entity_in *in, size_t i)
{
	size_t len;
	if (beside_at(in->s, in->n, i, &len) != BESIDE_SIGN)
		return len;
	return chars_are(in->s[i], CHARS_LOCAL) && !entity_parts(in, i);
}

/* The third full stop in a row is of no address. */
static bool ends_dots(const struct entity_in *in, size_t i)
{
	return i > 1 && memcmp(in->s + i - 2, "...", 3) == 0;
}

/* Of ordinary addresses: what an address in running text may start behind. */
static bool joins_local(const struct entity_in *in, size_t i)
{
	char c = in->s[i];
	if (c == '.')
		return !ends_dots(in, i);
	return c == '_' || c == '%' || c == '+' ||
	    (c == '-' && !entity_parts(in, i));
}

static bool is_apart(const struct entity_in *in, size_t i)
{
	size_t len;
	return beside_at(in->s, in->n, i, &len) == BESIDE_APART;
}

/* Does the local part begin here, and not before? */
static bool begins(const struct entity_in *in, size_t start)
{
	for (size_t i = start; i > 0 && start - i < ENTITY_MAX_LOCAL; i--) {
		switch (beside_before(in->s, i)) {
		case BESIDE_WORD:
			return false;
		case BESIDE_APART:
			return !is_apart(in, start);
		case BESIDE_SIGN:
			break;
		}
		if (!joins_local(in, i - 1))
			return true;
	}
	return true;
}

/* The end of what may be a local part. start: none is, as three full stops
 * are in none, nor do other letters follow those of a script apart. */
static size_t local_end(const struct entity_in *in, size_t start)
{
	enum beside before = BESIDE_SIGN;
	size_t i = start, len;
	for (; i < in->n && i - start <= ENTITY_MAX_LOCAL; i += len) {
		enum beside kind = beside_at(in->s, in->n, i, &len);
		if (kind == BESIDE_SIGN && !entity_local_char(in, i))
			break;
		if (kind == BESIDE_WORD && before == BESIDE_APART)
			return start;
		if (kind == BESIDE_SIGN && i > start + 1 && ends_dots(in, i))
			return start;
		before = kind;
	}
	return i - start > ENTITY_MAX_LOCAL ? start : i;
}

/* The end of the letters of a top-level domain in dot..end, which is behind a
 * full stop; dot: there is none. */
static size_t top_level(const struct entity_in *in, size_t dot, size_t end)
{
	if (end - dot > 4 && memcmp(in->s + dot, "xn--", 4) == 0)
		return end;
	size_t i = dot, len;
	while (i < end && !entity_is_digit(in->s[i]) &&
	    beside_at(in->s, end, i, &len) != BESIDE_SIGN)
		i += len;
	bool whole = i == end || !entity_is_digit(in->s[i]);
	return whole && i - dot >= 2 ? i : dot;
}

/* The end of the host in start..end, labels the last of which is of letters,
 * less what is no part of it; start: there is none. */
static size_t trim_domain(const struct entity_in *in, size_t start, size_t end)
{
	while (end > start && !entity_is_alnum(in->s[end - 1]))
		end--;
	if (end == start || !entity_is_alnum(in->s[start]))
		return start;
	for (size_t dot = end; dot > start + 1; dot--) {
		if (in->s[dot - 1] != '.')
			continue;
		size_t stop = top_level(in, dot, end);
		if (stop > dot && dot > start + 1)
			return stop;
		end = dot - 1;
	}
	return start;
}

/* Behind a host: does what is at i only follow it? A host may have a hyphen, a
 * dash and letters of two scripts inside. */
static bool parts(const struct entity_in *in, size_t i, enum beside *before)
{
	size_t len;
	enum beside was = *before;
	*before = beside_at(in->s, in->n, i, &len);
	return entity_parts(in, i) ||
	    (in->s[i] == '-' && in->s[i - 1] == '-') ||
	    (*before == BESIDE_APART && was == BESIDE_WORD);
}

/* How far characters of a host go from start on. */
static size_t read_domain(const struct entity_in *in, size_t start)
{
	enum beside before = BESIDE_SIGN;
	size_t i = start, len;
	for (; i < in->n && i - start < MAX_DOMAIN; i += len) {
		bool sign = beside_at(in->s, in->n, i, &len) == BESIDE_SIGN;
		if (sign && in->s[i] != '.' && in->s[i] != '-')
			break;
		if (i > start && entity_is_noted(in, i) &&
		    trim_domain(in, start, i) == i)
			break;
		if (i > start && in->s[i] == '.' && in->s[i - 1] == '.')
			break;
		if (i > start && parts(in, i, &before)) {
			size_t end = i;
			while (in->s[end - 1] == '-')
				end--;
			if (trim_domain(in, start, end) == end)
				break;
		}
	}
	return i;
}

enum entity_answer entity_email(
    const struct entity_in *in, size_t start, size_t *end)
{
	if (!begins(in, start))
		return ENTITY_NO;
	size_t at = local_end(in, start);
	if (at == start)
		return ENTITY_NO;
	if (at >= in->n)
		return in->final ? ENTITY_NO : ENTITY_MORE;
	if (in->s[at] != '@' || in->s[at - 1] == '.')
		return ENTITY_NO;
	size_t first = at + 1, i = read_domain(in, first);
	if (i >= in->n && !in->final && i - first < MAX_DOMAIN)
		return ENTITY_MORE;
	size_t stop = trim_domain(in, first, i);
	if (stop == first)
		return ENTITY_NO;
	*end = stop;
	return ENTITY_YES;
}
