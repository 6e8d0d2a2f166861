/*
 * pattern_check - see pattern_check.h. Reads the pattern once from left to
 * right; groups are a small stack, not recursion.
 */
#include "rules/pattern_check.h"

#include <stdbool.h>
#include <string.h>

#define MAX_GROUPS 32u /* open at once; pattern.c tells PCRE2 the same */

struct reader {
	const char *s, *end;
	/* Does the group opened at this depth hold an endless repeat? */
	bool endless[MAX_GROUPS + 1];
	unsigned depth;
	bool last_is_endless; /* the item just read was such a group */
	const char *refused;
};

static bool at(const struct reader *r, const char *word)
{
	size_t n = strlen(word);
	return (size_t)(r->end - r->s) >= n && memcmp(r->s, word, n) == 0;
}

static void read_escape(struct reader *r)
{
	r->s++;
	char c = r->s < r->end ? *r->s : '\0';
	if (r->s < r->end)
		r->s++;
	r->last_is_endless = false;
	if (c >= '1' && c <= '9')
		r->refused = "it refers back to what it matched (\\1)";
	else if (c == 'k' || c == 'g')
		r->refused = "it refers back or calls itself (\\k, \\g)";
	else if (c == 'C')
		r->refused = "\\C could split a character";
	else if (c == 'K')
		r->refused = "\\K hides where the match starts; use (?<=...)";
	else if (c == 'Q')
		r->refused =
		    "\\Q...\\E; put a \\ before each special character "
		    "instead";
}

static void read_class(struct reader *r)
{
	r->s++;
	if (r->s < r->end && *r->s == '^')
		r->s++;
	if (r->s < r->end && *r->s == ']')
		r->s++;
	while (r->s < r->end && *r->s != ']') {
		if (*r->s == '\\' && r->s + 1 < r->end) {
			r->s += 2;
		} else if (at(r, "[:")) {
			const char *close =
			    memchr(r->s, ']', (size_t)(r->end - r->s));
			r->s = close ? close + 1 : r->end;
		} else {
			r->s++;
		}
	}
	if (r->s < r->end)
		r->s++;
	r->last_is_endless = false;
}

/* After "(?": what kind of group? Leaves s behind its head. */
static const char *check_head(struct reader *r)
{
	static const struct {
		const char *head, *why;
	} refused[] = {
	    {"C", "it calls out (?C)"},
	    {"R", "it calls itself (?R)"},
	    {"&", "it calls a group of its own (?&name)"},
	    {"P>", "it calls a group of its own (?P>name)"},
	    {"P=", "it refers back to what it matched (?P=name)"},
	    {"(", "it has a condition (?(...)...); write two patterns"},
	    {"#", "comments (?#...) are not needed; use why:"},
	    {"|", "branch reset (?|...) is not needed"},
	};
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (at(r, refused[i].head))
			return refused[i].why;
	char c = r->s < r->end ? *r->s : '\0';
	char next = r->s + 1 < r->end ? r->s[1] : '\0';
	if ((c >= '0' && c <= '9') ||
	    ((c == '+' || c == '-') && next >= '0' && next <= '9'))
		return "it calls a group of its own (?1)";
	for (const char *p = r->s; p < r->end; p++) {
		if (*p == 'x')
			return "(?x) is not supported";
		if ((*p < 'a' || *p > 'z') && *p != '-' && *p != '^' &&
		    *p != 'J' && *p != 'U')
			break;
	}
	return NULL;
}

static void open_group(struct reader *r)
{
	r->s++;
	if (at(r, "*")) {
		r->refused = "it has a (*VERB)";
		return;
	}
	if (at(r, "?")) {
		r->s++;
		r->refused = check_head(r);
		while (r->s < r->end && !strchr(":=!>|'<)P", *r->s))
			r->s++;
		if (r->s < r->end && *r->s != ')')
			r->s++;
	}
	if (r->depth == MAX_GROUPS) {
		r->refused = "its groups are nested too deeply";
		return;
	}
	r->endless[++r->depth] = false;
	r->last_is_endless = false;
}

static void close_group(struct reader *r)
{
	r->s++;
	bool endless = r->endless[r->depth];
	if (r->depth > 0)
		r->depth--;
	r->endless[r->depth] |= endless;
	r->last_is_endless = endless;
}

/* At *, + or {: the length of an endless repeat, 0: another or none. */
static size_t endless_repeat(const struct reader *r)
{
	if (*r->s == '*' || *r->s == '+')
		return 1;
	const char *p = r->s + 1;
	while (p < r->end && *p >= '0' && *p <= '9')
		p++;
	if (p > r->s + 1 && p + 1 < r->end && p[0] == ',' && p[1] == '}')
		return (size_t)(p + 2 - r->s);
	return 0;
}

static void read_repeat(struct reader *r)
{
	size_t len = endless_repeat(r);
	if (!len) {
		/* {2,5}, or a brace that stands for itself: a group before it
		 * stays what it was. */
		r->s++;
		return;
	}
	if (r->last_is_endless)
		r->refused = "it repeats a group that already repeats without "
			     "end, such as (a+)+: that can take for ever";
	r->endless[r->depth] = true;
	r->s += len;
	if (r->s < r->end && (*r->s == '+' || *r->s == '?'))
		r->s++;
	r->last_is_endless = false;
}

const char *pattern_check(const char *source, size_t len)
{
	struct reader r = {.s = source, .end = source + len};
	while (r.s < r.end && !r.refused) {
		switch (*r.s) {
		case '\\':
			read_escape(&r);
			break;
		case '[':
			read_class(&r);
			break;
		case '(':
			open_group(&r);
			break;
		case ')':
			close_group(&r);
			break;
		case '*':
		case '+':
		case '{':
			read_repeat(&r);
			break;
		default:
			r.last_is_endless = false;
			r.s++;
			break;
		}
	}
	return r.refused;
}
