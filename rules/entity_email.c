/* entity_email - addresses as people write them: the dot-atom of RFC 5322 and
 * a host name with a letter top-level domain. */
#include "rules/entity_kinds.h"

#include <string.h>

#define MAX_LOCAL 64u /* RFC 5321, 4.5.3.1 */
#define MAX_DOMAIN 253u

static bool is_local(char c)
{
	return chars_are(
	    c, CHARS_SMALL | CHARS_DIGIT | CHARS_HIGH | CHARS_LOCAL);
}

/* Of ordinary addresses: what an address in running text may start behind. */
static bool joins_local(char c)
{
	return c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

static bool is_domain(char c)
{
	return chars_are(
		   c, CHARS_SMALL | CHARS_DIGIT | CHARS_HIGH | CHARS_POINT) ||
	    c == '-';
}

/* Does the local part begin here, and not before? */
static bool begins(const struct entity_in *in, size_t start)
{
	for (size_t i = start; i > 0 && start - i < MAX_LOCAL; i--) {
		char c = in->s[i - 1];
		if (entity_is_alnum(c))
			return false;
		if (!joins_local(c))
			return true;
	}
	return true;
}

/* The end of a host name in s..end, less what is punctuation; s: none. */
static size_t trim_domain(const struct entity_in *in, size_t start, size_t end)
{
	while (end > start && !entity_is_alnum(in->s[end - 1]))
		end--;
	size_t dot = end;
	while (dot > start && in->s[dot - 1] != '.')
		dot--;
	if (dot <= start + 1 || !entity_is_alnum(in->s[start]))
		return start;
	bool xn = end - dot > 4 && memcmp(in->s + dot, "xn--", 4) == 0;
	bool letters = end - dot >= 2;
	for (size_t i = dot; i < end; i++)
		letters &=
		    entity_is_alnum(in->s[i]) && !entity_is_digit(in->s[i]);
	for (size_t i = start + 1; i < end; i++) {
		if (in->s[i] == '.' && in->s[i - 1] == '.')
			return start;
	}
	return letters || xn ? end : start;
}

enum entity_answer entity_email(
    const struct entity_in *in, size_t start, size_t *end)
{
	if (!begins(in, start))
		return ENTITY_NO;
	size_t at = start;
	while (at < in->n && at - start <= MAX_LOCAL && is_local(in->s[at]))
		at++;
	if (at - start > MAX_LOCAL)
		return ENTITY_NO;
	if (at >= in->n)
		return in->final ? ENTITY_NO : ENTITY_MORE;
	if (in->s[at] != '@' || in->s[at - 1] == '.')
		return ENTITY_NO;
	size_t first = at + 1, i = first;
	while (i < in->n && i - first < MAX_DOMAIN && is_domain(in->s[i]))
		i++;
	if (i >= in->n && !in->final && i - first < MAX_DOMAIN)
		return ENTITY_MORE;
	size_t stop = trim_domain(in, first, i);
	if (stop == first)
		return ENTITY_NO;
	*end = stop;
	return ENTITY_YES;
}
