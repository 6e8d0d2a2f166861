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

static bool is_bracket(char c)
{
	return c != '\0' && strchr("()[]{}", c) != NULL;
}

/* Bytes of the character at i if it is one of those that separate. */
static size_t separator(const struct entity_in *in, size_t i, const char *seps)
{
	char c = in->s[i];
	return !seps ? entity_sign(in, i)
		     : c != '\0' && strchr(seps, c) != NULL;
}

struct entity_gap entity_gap(
    const struct entity_in *in, size_t i, const char *seps)
{
	struct entity_gap gap = {.kind = ' '};
	size_t end = i, chars = 0, signs = 0, len;
	for (; end < in->n && (len = separator(in, end, seps)); end += len) {
		char c = is_bracket(in->s[end]) ? '(' : in->s[end];
		if (++chars > MAX_SEPARATOR)
			return gap;
		if (c == ' ' || (c == '(' && seps))
			continue;
		if (seps && ++signs > 1)
			return gap;
		gap.kind =
		    gap.kind == ' ' || gap.kind == c ? c : ENTITY_MIXED_GAP;
	}
	if (end >= in->n)
		gap.more = !in->final;
	else if (entity_word_char(in, end))
		gap.len = end - i;
	return gap;
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
		run->noted[run->n] = run->n > 0 && entity_is_noted(in, i);
		run->ends[run->n] = ++i;
		run->n++;
		sep = '\0';
		i = run->n < max ? skip_stars(in, i, &run->more) : i;
		if (run->more)
			return;
		if (run->n == max || (i < in->n && entity_is_digit(in->s[i])))
			continue;
		struct entity_gap gap = entity_gap(in, i, seps);
		run->more = gap.more;
		if (gap.len == 0 || !entity_is_digit(in->s[i + gap.len]))
			return;
		sep = gap.kind;
		i += gap.len;
	}
	run->more = !in->final && i >= in->n && run->n < max;
}

bool entity_run_is_short(const struct entity_in *in, size_t start)
{
	size_t n = 0, signs = 0, len = 1;
	for (size_t i = start; i < in->n; i += len) {
		if (entity_is_digit(in->s[i])) {
			len = 1;
			signs = 0;
			if (++n == ENTITY_LEAST_DIGITS)
				return false;
			continue;
		}
		len = entity_sign(in, i);
		if (len == 0 || ++signs > MAX_SEPARATOR)
			return true;
	}
	return in->final;
}

bool entity_run_breaks(const struct entity_run *run, size_t i)
{
	return i + 1 == run->n || run->seps[i + 1] != '\0' || run->noted[i + 1];
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

/* Where the character that ends before i begins, if it is one of a word; i: it
 * is none. */
static inline size_t letter_before(const struct entity_in *in, size_t i)
{
	char c = i > 0 ? in->s[i - 1] : ' ';
	if (!chars_are(c, CHARS_HIGH))
		return i - entity_is_alnum(c);
	return beside_before(in->s, i) == BESIDE_SIGN ? i
						      : beside_back(in->s, i);
}

static inline size_t word_before(
    const struct entity_in *in, size_t i, size_t *len)
{
	*len = 0;
	while (i > 0 && letter_before(in, i) == i) {
		i = beside_back(in->s, i);
		char c = in->s[i];
		if (c == '\n' ||
		    (c == ' ' && i > 0 && memchr(".!?", in->s[i - 1], 3) &&
			!is_short(in, i - 1)))
			return i;
	}
	size_t end = i, before;
	while (end - i <= CONTEXT_WORD_BYTES &&
	    (before = letter_before(in, i)) < i)
		i = before;
	*len = end - i;
	return i;
}

static inline bool is_listed(
    const char *word, size_t len, const char *const *words)
{
	for (; *words; words++)
		if (**words == *word && strncmp(*words, word, len) == 0 &&
		    !(*words)[len])
			return true;
	return false;
}

size_t entity_word_before(const struct entity_in *in, size_t i, size_t *len)
{
	return word_before(in, i, len);
}

bool entity_is_listed(const char *word, size_t len, const char *const *words)
{
	return is_listed(word, len, words);
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
