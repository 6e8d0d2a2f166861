/* hidden - see hidden.h. */
#include "rules/hidden.h"
#include "rules/chars.h"
#include "rules/markup.h"
#include "rules/markup_names.h"

#include <string.h>

#define BLANK '\n'
/* A word between what stands apart: a phrase goes on over line breaks. */
#define APART 'j'
#define APART_BYTES 3u /* with a line break on both sides */
#define CDATA_LEN 9u

struct copy { /* of the words, over a reading that is blank */
	const char *s;
	char *out;
	bool any;
};

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

static bool is_white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void keep(struct copy *c, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		c->out[i] = c->s[i];
		c->any |= markup_is_wordish(c->s[i]);
	}
}

/* ---- attributes ---- */

/* Past the value at i. A quote has its end: the tag is known to be whole. */
static size_t keep_value(struct copy *c, size_t i, size_t n)
{
	size_t end = i;
	if (is_quote(c->s[i])) {
		end = i + 1;
		while (end < n && c->s[end] != c->s[i])
			end++;
		keep(c, i + 1, end);
		return end + 1;
	}
	while (end < n && !is_white(c->s[end]))
		end++;
	keep(c, i, end);
	return end;
}

/* From i on, behind the name of a tag HTML knows, up to its ">" at n. Names
 * HTML knows say nothing. */
static void keep_attributes(struct copy *c, size_t i, size_t n)
{
	while (i < n) {
		if (is_white(c->s[i]) || c->s[i] == '/') {
			i++;
			continue;
		}
		size_t end = i;
		while (end < n && !is_white(c->s[end]) && c->s[end] != '=' &&
		    c->s[end] != '/')
			end++;
		if (!markup_is_attribute(c->s + i, end - i))
			keep(c, i, end);
		i = end;
		while (i < n && is_white(c->s[i]))
			i++;
		if (i >= n || c->s[i] != '=')
			continue;
		i++;
		while (i < n && is_white(c->s[i]))
			i++;
		i = i < n ? keep_value(c, i, n) : n;
	}
}

/* ---- the others ---- */

/* "](target "title")" at i: the title is a line of its own. */
static void keep_link(struct copy *c, size_t i, size_t n)
{
	size_t end = n - 1;
	i += 2;
	while (i < end && is_white(c->s[i]))
		i++;
	size_t target = i;
	while (i < end && !is_white(c->s[i]))
		i++;
	keep(c, target, i);
	while (i < end && is_white(c->s[i]))
		i++;
	while (end > i && is_white(c->s[end - 1]))
		end--;
	if (end > i + 1 && is_quote(c->s[i]))
		keep(c, i + 1, end - 1);
}

/* "![alt](target)" */
static void keep_image(struct copy *c, size_t n)
{
	size_t alt = 2, end = alt;
	while (end < n && c->s[end] != ']')
		end++;
	keep(c, alt, end);
	keep_link(c, end, n);
}

/* A comment, a tag HTML does not know, an escape of a terminal: all of it but
 * the signs around it. */
static void keep_inside(struct copy *c, size_t n)
{
	size_t i = c->s[0] == '\xC2' ? 2 : 0;
	while (i < n && c->s[i] && strchr("<!-?/\033[]", c->s[i]))
		i++;
	while (n > i && c->s[n - 1] && strchr("-!>\033\\\a", c->s[n - 1]))
		n--;
	if (n > i + 1 && c->s[n - 2] == '\xC2' && c->s[n - 1] == '\x9C')
		n -= 2;
	keep(c, i, n);
}

/* ---- one piece of markup ---- */

/* The length of "<name" or "</name" when HTML knows it, else 0. */
static size_t known_tag(const char *s, size_t n)
{
	size_t first = n > 1 && s[1] == '/' ? 2 : 1;
	size_t end = first;
	if (end < n && s[end] == '!')
		end++;
	while (end < n &&
	    (chars_are(s[end], CHARS_LETTER) || chars_are(s[end], CHARS_DIGIT)))
		end++;
	return markup_is_tag_name(s + first, end - first) ? end : 0;
}

/* Nothing in a reading is markup. */
static void break_markup(char *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool opens = out[i] == '<' || out[i] == '>' ||
		    out[i] == '\033' ||
		    (out[i] == ']' && i + 1 < n && out[i + 1] == '(');
		if (opens)
			out[i] = BLANK;
		if (i + 1 < n && out[i] == '\xC2' &&
		    (out[i + 1] == '\x9B' || out[i + 1] == '\x9D'))
			out[i] = out[i + 1] = BLANK;
	}
}

/* A word between two pieces, where there is room for it. */
static void set_apart(char *out, size_t n)
{
	size_t blank = 0;
	bool first = true;
	for (size_t i = 0; i < n; i++) {
		if (out[i] == BLANK) {
			blank++;
			continue;
		}
		if (!first && blank >= APART_BYTES)
			out[i - 2] = APART;
		first = false;
		blank = 0;
	}
}

bool hidden_words(const char *s, size_t n, bool broken, char *out)
{
	struct copy c = {s, out, false};
	size_t name = *s == '<' ? known_tag(s, n) : 0;
	memset(out, BLANK, n);
	if (*s == ']')
		keep_link(&c, 0, n);
	else if (*s == '!')
		keep_image(&c, n);
	else if (name)
		keep_attributes(&c, name, n - 1);
	else if (n != CDATA_LEN || !markup_opens_cdata(s, n))
		keep_inside(&c, n);
	set_apart(out, n);
	if (broken)
		break_markup(out, n);
	return c.any;
}

/* ---- those of a text ---- */

int hidden_note(struct text *t, size_t n)
{
	char out[TEXT_LOOK_AHEAD_BYTES];
	if (!hidden_words(t->bytes + t->settled, n, false, out))
		return 0;
	return spans_add(&t->hidden, t->settled, n) ? TEXT_ERR_MEMORY : 0;
}

/* The first byte behind a piece of markup, if it is none itself. */
static void part_from(
    const struct text *t, size_t piece, size_t from, size_t n, char *out)
{
	size_t end = t->hidden.items[piece].end;
	bool follows =
	    piece + 1 < t->hidden.n && t->hidden.items[piece + 1].start == end;
	if (!follows && end >= from && end < from + n)
		out[end - from] = APART;
}

size_t hidden_read(const struct text *t, size_t from, size_t *next, bool broken,
    char *out, size_t max)
{
	size_t n = t->settled - from < max ? t->settled - from : max;
	memset(out, BLANK, n);
	if (*next > 0)
		part_from(t, *next - 1, from, n, out);
	for (; *next < t->hidden.n; ++*next) {
		const struct span *h = &t->hidden.items[*next];
		if (h->start >= from + n)
			break;
		if (h->end > from + n)
			return h->start - from;
		hidden_words(t->bytes + h->start, h->end - h->start, broken,
		    out + (h->start - from));
		part_from(t, *next, from, n, out);
	}
	return n;
}
