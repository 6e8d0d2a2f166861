/* entity_run - digits as people group them, and the words in front of them. */
#include "rules/entity_kinds.h"

#include <string.h>

#define MAX_SEPARATOR 3u
#define CONTEXT_BYTES 64u

/* Length of the separator at i, 0 when there is none before another digit. */
static size_t separator(const struct entity_in *in, size_t i, const char *seps,
    bool *more, char *kind)
{
	size_t len = 0, signs = 0;
	*kind = ' ';
	while (i + len < in->n && len <= MAX_SEPARATOR && in->s[i + len] &&
	    strchr(seps, in->s[i + len])) {
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
		if (run->n == max || (i < in->n && entity_is_digit(in->s[i])))
			continue;
		size_t len = separator(in, i, seps, &run->more, &sep);
		if (len == 0)
			return;
		i += len;
	}
	run->more = !in->final && i >= in->n && run->n < max;
}

bool entity_run_breaks(const struct entity_run *run, size_t i)
{
	return i + 1 == run->n || run->seps[i + 1] != '\0';
}

static bool is_word_at(const struct entity_in *in, size_t at, const char *word)
{
	size_t len = strlen(word);
	if (at > 0 && entity_is_alnum(in->s[at - 1]))
		return false;
	return at + len <= in->n && memcmp(in->s + at, word, len) == 0 &&
	    (at + len == in->n || !entity_is_alnum(in->s[at + len]));
}

bool entity_has_context(
    const struct entity_in *in, size_t start, const char *const *words)
{
	size_t at = start;
	while (at > 0 && start - at < CONTEXT_BYTES) {
		at--;
		if (at > 0 && in->s[at] == ' ' &&
		    memchr(".!?", in->s[at - 1], 3))
			return false;
		for (size_t w = 0; words[w]; w++) {
			if (is_word_at(in, at, words[w]))
				return true;
		}
	}
	return false;
}
