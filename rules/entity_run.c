/* entity_run - digits as people group them, and the words in front of them. */
#include "rules/entity_kinds.h"

#include <string.h>

#define MAX_SEPARATOR 3u
#define CONTEXT_BYTES 64u
#define CONTEXT_WORD_BYTES 24u

/* Past marks of emphasis between two digits; i when there are none. */
static size_t skip_stars(const struct entity_in *in, size_t i, bool *more)
{
	size_t end = i;
	while (end < in->n && end - i <= MAX_SEPARATOR && in->s[end] == '*')
		end++;
	if (end == in->n && end > i && end - i <= MAX_SEPARATOR)
		*more = !in->final;
	bool between = end > i && end - i <= MAX_SEPARATOR && end < in->n &&
	    entity_is_digit(in->s[end]);
	return between ? end : i;
}

/* Length of the separator at i, 0 when there is none before another digit. */
static size_t separator(const struct entity_in *in, size_t i, const char *seps,
    bool *more, char *kind)
{
	size_t len = 0, signs = 0;
	*kind = ' ';
	while (i + len < in->n && len <= MAX_SEPARATOR && in->s[i + len] &&
	    !entity_is_digit(in->s[i + len]) && strchr(seps, in->s[i + len])) {
		char c = in->s[i + len];
		if (c != ' ' && c != '(' && c != ')') {
			signs++;
			*kind = c;
		}
		len++;
	}
	if (i + len >= in->n) {
		*more = !in->final && len <= MAX_SEPARATOR && signs <= 1;
		return 0;
	}
	if (len > MAX_SEPARATOR || signs > 1 ||
	    !entity_is_digit(in->s[i + len]))
		return 0;
	return len;
}

void entity_run_read(const struct entity_in *in, size_t start, const char *seps,
    size_t max, struct entity_run *run)
{
	size_t i = start;
	char sep = '\0';
	run->n = 0;
	run->more = false;
	while (i < in->n && run->n < max) {
		run->digits[run->n] = in->s[i];
		run->seps[run->n] = sep;
		run->ends[run->n] = ++i;
		run->n++;
		sep = '\0';
		i = run->n < max ? skip_stars(in, i, &run->more) : i;
		if (run->more)
			return;
		if (run->n == max || (i < in->n && entity_is_digit(in->s[i])))
			continue;
		size_t len = separator(in, i, seps, &run->more, &sep);
		if (len == 0)
			return;
		i += len;
	}
	run->more = !in->final && i >= in->n && run->n < max;
}

bool entity_run_is_short(const struct entity_in *in, size_t start)
{
	size_t n = 0, signs = 0;
	for (size_t i = start; i < in->n; i++) {
		if (entity_is_digit(in->s[i])) {
			signs = 0;
			if (++n == ENTITY_LEAST_DIGITS)
				return false;
		} else if (++signs > MAX_SEPARATOR ||
		    chars_are(in->s[i], CHARS_SMALL | CHARS_HIGH)) {
			return true;
		}
	}
	return in->final;
}

bool entity_run_breaks(const struct entity_run *run, size_t i)
{
	return i + 1 == run->n || run->seps[i + 1] != '\0';
}

/* "tel." and "no." do not end a sentence: a full stop behind two or three
 * letters. */
static bool is_short(const struct entity_in *in, size_t stop)
{
	size_t n = 0;
	while (n < 4 && n < stop && entity_is_alnum(in->s[stop - 1 - n]))
		n++;
	return in->s[stop] == '.' && n >= 1 && n <= 3;
}

/* The word that ends before i, or an empty one at the beginning and where the
 * sentence begins. */
static size_t word_before(const struct entity_in *in, size_t i, size_t *len)
{
	*len = 0;
	while (i > 0 && !entity_is_alnum(in->s[i - 1])) {
		char c = in->s[--i];
		if (c == '\n' ||
		    (c == ' ' && i > 0 && memchr(".!?", in->s[i - 1], 3) &&
			!is_short(in, i - 1)))
			return i;
	}
	size_t end = i;
	while (i > 0 && entity_is_alnum(in->s[i - 1]) &&
	    end - i <= CONTEXT_WORD_BYTES)
		i--;
	*len = end - i;
	return i;
}

static bool is_listed(const char *word, size_t len, const char *const *words)
{
	for (; *words; words++)
		if (**words == *word && strncmp(*words, word, len) == 0 &&
		    !(*words)[len])
			return true;
	return false;
}

unsigned entity_context(const struct entity_in *in, size_t start,
    const struct entity_words *lists, unsigned *also)
{
	size_t at = start, len = 0;
	*also = 0;
	while (at > 0 && start - at < CONTEXT_BYTES) {
		at = word_before(in, at, &len);
		if (len == 0)
			break;
		if (entity_is_digit(in->s[at]))
			continue; /* no word */
		for (unsigned i = 0; lists[i].words; i++) {
			if (!is_listed(in->s + at, len, lists[i].words))
				continue;
			if (lists[i].decides)
				return i + 1;
			*also = i + 1;
		}
	}
	return 0;
}

bool entity_has_context(
    const struct entity_in *in, size_t start, const char *const *words)
{
	const struct entity_words lists[] = {{words, true}, {NULL, false}};
	unsigned also;
	return entity_context(in, start, lists, &also) != 0;
}
