/* apart - see apart.h. */
#include "rules/apart.h"

#include "rules/markup.h"

#include <string.h>

/* May a word go on with this character, or behind it? */
static bool goes_on(char next)
{
	return markup_is_wordish(next) ||
	    (next && strchr("<*_~`[]&\033", next) != NULL);
}

int apart_note(struct text *t, size_t len, char next)
{
	if (!t->state->word.open || !goes_on(next))
		return 0;
	return spans_add(&t->apart, t->settled, len) ? TEXT_ERR_MEMORY : 0;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t apart_read(
    const struct text *t, size_t from, size_t *next, char *out, size_t max)
{
	size_t n = least(t->settled - from, max), end = from + n;
	memcpy(out, t->bytes + from, n);
	for (; *next < t->apart.n; ++*next) {
		const struct span *s = &t->apart.items[*next];
		if (s->start >= end)
			break;
		size_t first = s->start > from ? s->start : from;
		memset(out + (first - from), ' ', least(s->end, end) - first);
		if (s->end > end)
			break;
	}
	return n;
}
