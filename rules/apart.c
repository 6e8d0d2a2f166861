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

int apart_note_number(struct text *t, size_t len)
{
	if (!t->state->word.open)
		return 0;
	return spans_add(&t->apart, t->settled, len) ? TEXT_ERR_MEMORY : 0;
}

int apart_note(struct text *t, size_t len, char next)
{
	return goes_on(next) ? apart_note_number(t, len) : 0;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

bool apart_is_at(const struct text *t, size_t next, size_t at)
{
	return next < t->apart.n && t->apart.items[next].start <= at;
}

size_t apart_read(
    const struct text *t, size_t from, size_t *next, char *out, size_t max)
{
	const struct spans *apart = &t->apart;
	size_t n = least(t->settled - from, max), blank = 0;
	if (apart_is_at(t, *next, from)) {
		size_t end = apart->items[*next].end;
		blank = least(n, end - from);
		*next += blank == end - from;
	}
	if (*next < apart->n && apart->items[*next].start > from)
		n = least(n, apart->items[*next].start - from);
	memset(out, ' ', blank);
	memcpy(out + blank, t->bytes + from + blank, n - blank);
	return n;
}
