/*
 * yaml_lines - lines that YAML joins to the text above them.
 *
 *     - knife      is "knife - sword": a plain text goes on as long as lines
 *      - sword     stand deeper than what it belongs to, whatever they say
 *
 * What begins like a list's item or like a key was never meant to go on. And
 * what a line begins with that is no YAML at all, where libyaml then complains
 * about something else: white space that is no space, marks of a word
 * processor.
 */
#include "rules/yaml_doc.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_BYTES 40 /* of each line */

struct line {
	const char *s; /* behind what looks like white space */
	const char *end;
	unsigned number, col; /* of s, from 1 */
	bool odd;             /* some of that is no white space to YAML */
};

struct sign {
	const char *bytes;
	const char *name;
};

static const struct sign odd_blanks[] = {
    {"\xc2\xa0", "a no-break space"},
    {"\xe2\x80\xaf", "a no-break space"},
    {"\xe2\x80\x83", "a wide space"},
    {"\xe2\x80\x82", "a wide space"},
    {"\xe2\x80\x87", "a wide space"},
    {"\xe2\x80\x89", "a thin space"},
    {"\xe3\x80\x80", "a wide space"},
    {"\xe2\x80\x8b", "a zero-width space"},
    {"\xef\xbb\xbf", "a byte order mark"},
};

/* What word processors make of "- ", and what people write for it. */
static const struct sign odd_marks[] = {
    {"\xe2\x80\x93", "\xe2\x80\x93"},
    {"\xe2\x80\x94", "\xe2\x80\x94"},
    {"\xe2\x80\x90", "\xe2\x80\x90"},
    {"\xe2\x80\x91", "\xe2\x80\x91"},
    {"\xe2\x80\x92", "\xe2\x80\x92"},
    {"\xe2\x80\x95", "\xe2\x80\x95"},
    {"\xe2\x88\x92", "\xe2\x88\x92"},
    {"\xe2\x80\xa2", "\xe2\x80\xa2"},
    {"\xe2\x80\xa3", "\xe2\x80\xa3"},
    {"\xe2\x97\x8f", "\xe2\x97\x8f"},
    {"\xe2\x97\xa6", "\xe2\x97\xa6"},
    {"\xe2\x96\xaa", "\xe2\x96\xaa"},
    {"\xc2\xb7", "\xc2\xb7"},
    {"\xef\x82\xb7", "a bullet"},
    {"*", "*"},
    {"+", "+"},
};

static const struct sign *find_sign(
    const struct sign *all, size_t n, const char *s, const char *end)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(all[i].bytes);
		if ((size_t)(end - s) >= len &&
		    memcmp(s, all[i].bytes, len) == 0)
			return &all[i];
	}
	return NULL;
}

static const struct sign *odd_blank(const char *s, const char *end)
{
	return find_sign(
	    odd_blanks, sizeof(odd_blanks) / sizeof(*odd_blanks), s, end);
}

static const struct sign *odd_mark(const char *s, const char *end)
{
	return find_sign(
	    odd_marks, sizeof(odd_marks) / sizeof(*odd_marks), s, end);
}

/* Bytes of what looks like white space at s. */
static size_t blank_bytes(const char *s, const char *end)
{
	if (s < end && (*s == ' ' || *s == '\t'))
		return 1;
	const struct sign *odd = odd_blank(s, end);
	return odd ? strlen(odd->bytes) : 0;
}

static struct line line_at(const struct yaml_doc *doc, unsigned number)
{
	struct line l = {.number = number, .col = 1};
	l.end = doc->source + yaml_line_end(doc, number);
	l.s = doc->source + doc->line_start[number - 1];
	for (size_t n; (n = blank_bytes(l.s, l.end)); l.s += n, l.col++)
		l.odd |= n > 1;
	return l;
}

/* ---- what a line begins with ---- */

enum start {
	START_TEXT,
	START_DASH, /* "-5", "1.": an item where others begin so as well */
	START_ITEM, /* "- a", "-a", and the like with other marks */
	START_KEY,  /* "a:b" */
};

static bool is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    ((unsigned char)c & 0x80);
}

/* The end of the word of a key, if what stands at s could be one. */
static const char *key_end(const char *s, const char *end)
{
	const char *at = s;
	while (at < end && is_lower(*at))
		at++;
	return at - s >= 2 ? at : NULL;
}

static bool is_wide_colon(const char *s, const char *end)
{
	return end - s >= 3 && memcmp(s, "\xef\xbc\x9a", 3) == 0;
}

static bool is_key(const char *s, const char *end)
{
	const char *colon = key_end(s, end);
	if (!colon || colon == end)
		return false;
	if (is_wide_colon(colon, end))
		return true;
	/* http://, and 12:30 is no key's word. */
	return *colon == ':' && (colon + 1 == end || colon[1] != '/');
}

static bool is_numbered(const char *s, const char *end)
{
	const char *at = s;
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at > s && at < end && (*at == '.' || *at == ')') &&
	    blank_bytes(at + 1, end);
}

static enum start start_of(const struct line *l)
{
	const char *behind = l->s;
	while (behind < l->end && *behind == '-')
		behind++;
	bool dash = behind > l->s;
	const struct sign *odd = dash ? NULL : odd_mark(l->s, l->end);
	if (odd)
		behind += strlen(odd->bytes);
	if (dash || odd) {
		bool alone =
		    behind == l->end || blank_bytes(behind, l->end) > 0;
		bool glued = dash && !alone && is_letter(*behind);
		return alone || glued ? START_ITEM : START_DASH;
	}
	if (is_numbered(l->s, l->end))
		return START_DASH;
	return is_key(l->s, l->end) ? START_KEY : START_TEXT;
}

/* ---- white space that is none ---- */

static bool is_empty(const struct line *l)
{
	return l->s == l->end || *l->s == '#';
}

static bool has_odd_indent(struct yaml_doc *doc, unsigned number)
{
	if (number == doc->odd_line)
		return true;
	struct line l = line_at(doc, number);
	if (!l.odd || is_empty(&l))
		return false;
	doc->odd_line = number;
	const char *s = doc->source + doc->line_start[number - 1];
	unsigned col = 1;
	while (*s == ' ' || *s == '\t')
		s++, col++;
	yaml_fault(doc, (struct yaml_place){number, col, l.col - col}, "Y005",
	    "use spaces", "this line is indented with %s",
	    odd_blank(s, l.end)->name);
	return true;
}

/* ---- lines joined to a text ---- */

/* At most SHOWN_BYTES from s, without half a character. */
static int shown(const char *s, const char *end)
{
	if (end - s <= SHOWN_BYTES)
		return (int)(end - s);
	int n = SHOWN_BYTES;
	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static unsigned width_of(const struct line *l)
{
	unsigned n = 0;
	for (const char *s = l->s; s < l->end; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static struct yaml_place place_of(const struct line *l)
{
	return (struct yaml_place){l->number, l->col, width_of(l)};
}

/* The line a joined one is joined to; of the text's first what is its own. */
static struct line line_above(
    struct yaml_doc *doc, const struct line *l, const struct yaml_node *text)
{
	unsigned before = l->number - 1;
	struct line above = line_at(doc, before);
	while (above.s == above.end && before > 1)
		above = line_at(doc, --before);
	if (before == text->line)
		above.s = doc->source + yaml_offset(doc, before, text->col);
	return above;
}

static void hint_at(char *hint, size_t cap, const struct line *l,
    enum start start, const struct yaml_node *list)
{
	const char *quotes = "put the whole text in \"quotes\" if it is one";
	if (start == START_KEY)
		snprintf(hint, cap,
		    "line it up with the keys it belongs to and write "
		    "\"%.*s: \"; %s",
		    shown(l->s, key_end(l->s, l->end)), l->s, quotes);
	else if (list && list->flow)
		snprintf(hint, cap,
		    "in [ ] write a comma before it and no mark; %s", quotes);
	else if (list)
		snprintf(hint, cap,
		    "begin it with \"- \" in column %u, like the list's other "
		    "lines; %s",
		    list->col, quotes);
	else
		snprintf(hint, cap,
		    "begin each line of a list with \"- \", an ordinary - and "
		    "a space; %s",
		    quotes);
}

static void joined(struct yaml_doc *doc, const struct line *l, enum start start,
    const struct yaml_node *text, const struct yaml_node *list)
{
	char hint[200];
	hint_at(hint, sizeof(hint), l, start, list);
	struct line above = line_above(doc, l, text);
	doc->joined_line = l->number;
	yaml_fault(doc, place_of(l), "Y011", hint,
	    "YAML reads this line as part of the text above it: \"%.*s "
	    "%.*s\"",
	    shown(above.s, above.end), above.s, shown(l->s, l->end), l->s);
}

/* A value on a line of its own under its key, that begins with a mark. */
static bool is_item_under_key(
    const struct yaml_node *n, const struct yaml_node *key)
{
	if (!key || key->line == n->line)
		return false;
	const struct line l = {.s = n->text, .end = n->text + n->len};
	return start_of(&l) == START_ITEM;
}

void yaml_trap_lines(struct yaml_doc *doc, const struct yaml_node *n,
    const struct yaml_node *parent, const struct yaml_node *key)
{
	const struct yaml_node *list =
	    parent && parent->kind == YAML_LIST ? parent : NULL;
	if (is_item_under_key(n, key)) {
		yaml_fault(doc, (struct yaml_place){n->line, n->col, n->width},
		    "Y011",
		    "begin each line of a list with \"- \", an ordinary - and "
		    "a space; put the text in \"quotes\" if it is none",
		    "YAML reads this as a text, not as a list");
		return;
	}
	const struct line first = {.s = n->text, .end = n->text + n->len};
	bool numbered = start_of(&first) == START_DASH;
	for (unsigned i = n->line + 1; i <= n->last_line; i++) {
		struct line l = line_at(doc, i);
		enum start start = start_of(&l);
		if (start == START_TEXT || (start == START_DASH && !numbered))
			continue;
		if (has_odd_indent(doc, n->line))
			doc->joined_line = i; /* that is why */
		else
			joined(doc, &l, start, n, list);
		return;
	}
}

/* ---- lines libyaml stumbled over ---- */

static bool has_odd_mark(struct yaml_doc *doc, unsigned number)
{
	struct line l = line_at(doc, number);
	const struct sign *mark = odd_mark(l.s, l.end);
	if (mark && *mark->bytes != '*' && start_of(&l) == START_ITEM) {
		yaml_fault(doc, (struct yaml_place){number, l.col, 1}, "Y005",
		    "begin it with \"- \", an ordinary - and a space",
		    "this line of a list begins with %s", mark->name);
		return true;
	}
	const struct sign *blank =
	    l.s < l.end && *l.s == '-' ? odd_blank(l.s + 1, l.end) : NULL;
	if (!blank)
		return false;
	yaml_fault(doc, (struct yaml_place){number, l.col + 1, 1}, "Y005",
	    "write an ordinary space", "there is %s behind this -",
	    blank->name);
	return true;
}

static bool has_odd_colon(struct yaml_doc *doc, unsigned number)
{
	struct line l = line_at(doc, number);
	const char *colon = key_end(l.s, l.end);
	if (!colon || colon == l.end)
		return false;
	unsigned col = l.col + (unsigned)(colon - l.s);
	const struct sign *blank =
	    *colon == ':' ? odd_blank(colon + 1, l.end) : NULL;
	if (blank)
		yaml_fault(doc, (struct yaml_place){number, col + 1, 1}, "Y005",
		    "write an ordinary space",
		    "there is %s behind this :", blank->name);
	else if (is_wide_colon(colon, l.end))
		yaml_fault(doc, (struct yaml_place){number, col, 1}, "Y005",
		    "write an ordinary : and a space",
		    "this is not the : of a key");
	return blank || is_wide_colon(colon, l.end);
}

bool yaml_trap_odd_line(struct yaml_doc *doc, unsigned number)
{
	if (number == 0 || number > doc->n_lines)
		return false;
	unsigned before = number - 1;
	while (before) {
		struct line l = line_at(doc, before);
		if (!is_empty(&l))
			break;
		before--;
	}
	return has_odd_indent(doc, number) || has_odd_mark(doc, number) ||
	    has_odd_colon(doc, number) ||
	    (before && has_odd_indent(doc, before));
}

void yaml_trap_indent(struct yaml_doc *doc, const struct yaml_node *key)
{
	if (!key->quoted)
		has_odd_indent(doc, key->line);
}
