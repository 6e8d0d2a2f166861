/*
 * yaml_traps - what YAML silently eats, and its complaints in people's words.
 *
 * Every trap has the code of POLICY.md 1.11. The source bytes are still at
 * hand here: a comment that cut a sentence short can only be seen in them.
 */
#include "rules/yaml_doc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct yaml_place place_of(yaml_mark_t mark)
{
	return (struct yaml_place){
	    (unsigned)mark.line + 1, (unsigned)mark.column + 1, 1};
}

static struct yaml_place node_place(const struct yaml_node *n)
{
	return (struct yaml_place){n->line, n->col, n->width};
}

/* ---- bytes ---- */

static struct yaml_place place_at(const struct yaml_doc *doc, size_t offset)
{
	size_t low = 0, high = doc->n_lines;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (doc->line_start[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	struct yaml_place at = {(unsigned)low + 1, 1, 1};
	for (size_t i = doc->line_start[low]; i < offset; i++)
		at.col += ((unsigned char)doc->source[i] & 0xc0) != 0x80;
	return at;
}

static bool is_separator(const char *s, size_t left)
{
	if (left >= 2 && memcmp(s, "\xc2\x85", 2) == 0)
		return true;
	return left >= 3 && memcmp(s, "\xe2\x80", 2) == 0 &&
	    (s[2] == '\xa8' || s[2] == '\xa9');
}

int yaml_trap_bytes(struct yaml_doc *doc)
{
	const char *s = doc->source;
	size_t len = doc->source_len;
	if (len >= 2 &&
	    (memcmp(s, "\xff\xfe", 2) == 0 || memcmp(s, "\xfe\xff", 2) == 0)) {
		yaml_fault(doc, (struct yaml_place){1, 1, 1}, "Y000",
		    "save it as UTF-8", "this file is UTF-16");
		return -1;
	}
	for (size_t i = 0; i < len; i++) {
		if (!is_separator(s + i, len - i))
			continue;
		yaml_fault(doc, place_at(doc, i), "Y009",
		    "delete it and press Enter instead",
		    "there is an invisible line separator here");
		return -1;
	}
	return 0;
}

/* ---- syntax ---- */

struct complaint {
	const char *context; /* of libyaml, or NULL: any */
	const char *problem; /* of libyaml, or NULL: any */
	const char *code, *message, *hint;
	bool at_context;
};

#define UNCLOSED "the quote that opens here is never closed"

static const struct complaint complaints[] = {
    {NULL, "mapping values are not allowed in this context", "Y003",
	"this line contains \": \"; quote it",
	"put the text after the first \": \" in \"quotes\", or indent the "
	"line if it belongs under the one before",
	false},
    {"while scanning an alias", NULL, "Y005", "a line may not start with *",
	"put the line in \"quotes\"; for words starting with something, the "
	"* comes last",
	true},
    {"while scanning an anchor", NULL, "Y007",
	"anchors (&name) are not supported here",
	"put the line in \"quotes\" if it is text", true},
    {"while scanning a tag", NULL, "Y007",
	"tags (!name) are not supported here",
	"put the line in \"quotes\" if it is text", true},
    {"while parsing a tag", NULL, "Y007", "tags (!name) are not supported here",
	"put the line in \"quotes\" if it is text", true},
    {"while scanning a %TAG directive", NULL, "Y005",
	"a line may not start with %", "put it in \"quotes\"", true},
    {"while scanning a %YAML directive", NULL, "Y005",
	"a line may not start with %", "put it in \"quotes\"", true},
    {"while scanning a directive", NULL, "Y005", "a line may not start with %",
	"put it in \"quotes\"", true},
    {"while scanning a block scalar", NULL, "Y005",
	"a text may not start with | or >", "put the line in \"quotes\"", true},
    {"while scanning a quoted scalar", "found unexpected end of stream", "Y000",
	UNCLOSED, "write a quote inside '...' twice: ''", true},
    {"while scanning a quoted scalar", "found unexpected document indicator",
	"Y000", UNCLOSED, NULL, true},
    {NULL, "found unknown escape character", "Y000",
	"\"...\" does not know this \\ escape",
	"write '...' instead of \"...\" to keep every \\ as it is", false},
    {"while parsing a quoted scalar", NULL, "Y000",
	"\"...\" does not know this \\ escape",
	"write '...' instead of \"...\" to keep every \\ as it is", false},
    {"while scanning a simple key", NULL, "Y000",
	"this line has no \": \" after its key",
	"write \"key: value\", or indent the line if it continues the text "
	"before",
	true},
    {"while parsing a flow sequence", NULL, "Y000",
	"the list that opens with [ here is not closed",
	"close it with ], and put texts with [ ] { } , in \"quotes\"", true},
    {"while parsing a flow mapping", NULL, "Y000",
	"the map that opens with { here is not closed",
	"close it with }, and put texts with [ ] { } , in \"quotes\"", true},
    {NULL, "block sequence entries are not allowed in this context", "Y005",
	"a list does not begin behind a key",
	"put each \"- \" on a line of its own, or write [a, b]", false},
    {NULL, "did not find expected '-' indicator", "Y000",
	"this line does not fit the list before it",
	"check its indentation, its \"- \" and its quotes", false},
    {NULL, "did not find expected key", "Y000",
	"this line does not fit the lines before it",
	"check its indentation and its quotes", false},
    {NULL, "control characters are not allowed", "Y000",
	"there is an invisible control character here", "delete it", false},
};

/* These cannot begin a text; the character itself names the trap. */
static void cannot_start(
    struct yaml_doc *doc, struct yaml_place at, const char *hint)
{
	size_t i = yaml_offset(doc, at.line, at.col);
	char c = i < doc->source_len ? doc->source[i] : '\0';
	if (c == '\t')
		yaml_fault(doc, at, "Y005", "use spaces",
		    "this line is indented with a tab");
	else if (c > ' ' && c < 0x7f)
		yaml_fault(
		    doc, at, "Y005", hint, "a line may not start with %c", c);
	else
		yaml_fault(
		    doc, at, "Y005", hint, "a line may not start like this");
}

static void reader_fault(struct yaml_doc *doc, const yaml_parser_t *p)
{
	size_t offset = p->problem_offset;
	if (offset > doc->source_len)
		offset = doc->source_len;
	struct yaml_place at = place_at(doc, offset);
	const char *problem = p->problem ? p->problem : "";
	if (strstr(problem, "control characters"))
		yaml_fault(doc, at, "Y000", "delete it",
		    "there is an invisible control character here (%02X)",
		    (unsigned)p->problem_value);
	else
		yaml_fault(doc, at, "Y000", "save the file as UTF-8",
		    "this file is not UTF-8 here");
}

static bool complaint_fits(const struct complaint *c, const yaml_parser_t *p)
{
	if (c->context && (!p->context || strcmp(c->context, p->context) != 0))
		return false;
	return !c->problem ||
	    (p->problem && strcmp(c->problem, p->problem) == 0);
}

/* A tab in front of the line's first character is what went wrong, whatever
 * libyaml made of it. *at is moved there. */
static bool is_tabbed(struct yaml_doc *doc, struct yaml_place *at)
{
	for (unsigned col = 1;; col++) {
		size_t i = yaml_offset(doc, at->line, col);
		char c = i < doc->source_len ? doc->source[i] : '\0';
		if (c == '\t')
			*at = (struct yaml_place){at->line, col, 1};
		if (c != ' ')
			return c == '\t';
	}
}

void yaml_trap_syntax(struct yaml_doc *doc, const yaml_parser_t *p)
{
	if (p->error == YAML_READER_ERROR) {
		reader_fault(doc, p);
		return;
	}
	struct yaml_place at = place_of(p->problem_mark);
	if (is_tabbed(doc, &at)) {
		cannot_start(doc, at, NULL);
		return;
	}
	if (at.line == doc->joined_line || yaml_trap_odd_line(doc, at.line))
		return;
	const char *problem = p->problem ? p->problem : "";
	const char *context = p->context ? p->context : "";
	if (strcmp(context, "while scanning a simple key") == 0 &&
	    yaml_trap_odd_line(doc, place_of(p->context_mark).line))
		return;
	if (strcmp(problem, "found character that cannot start any token") ==
		0 ||
	    strcmp(problem, "did not find expected node content") == 0) {
		cannot_start(doc, at, "put it in \"quotes\"");
		return;
	}
	if (strcmp(problem, "did not find expected <document start>") == 0) {
		yaml_fault(doc, at, "Y000",
		    "check the indentation of this line",
		    "this file should have ended before here");
		return;
	}
	for (size_t i = 0; i < sizeof(complaints) / sizeof(*complaints); i++) {
		const struct complaint *c = &complaints[i];
		if (!complaint_fits(c, p))
			continue;
		if (c->at_context && p->context)
			at = place_of(p->context_mark);
		yaml_fault(doc, at, c->code, c->hint, "%s", c->message);
		return;
	}
	yaml_fault(doc, at, "Y000", "check its indentation and its quotes",
	    "this is not YAML: %s", problem);
}

void yaml_trap_alias(struct yaml_doc *doc, const yaml_event_t *e)
{
	const char *name = (const char *)e->data.alias.anchor;
	struct yaml_place at = place_of(e->start_mark);
	at.width = (unsigned)(e->end_mark.column - e->start_mark.column);
	char hint[160];
	snprintf(hint, sizeof(hint), "quote it, or did you mean %.64s* ?",
	    name ? name : "");
	yaml_fault(doc, at, "Y005", hint, "a line may not start with *");
}

/* ---- scalars ---- */

/* The byte of a # comment that follows the scalar on its last line. */
static size_t comment_after(struct yaml_doc *doc, yaml_mark_t end)
{
	unsigned line = (unsigned)end.line + 1;
	size_t i = yaml_offset(doc, line, (unsigned)end.column + 1);
	size_t stop = yaml_line_end(doc, line), start = i;
	while (i < stop && (doc->source[i] == ' ' || doc->source[i] == '\t'))
		i++;
	return i > start && i < stop && doc->source[i] == '#' ? i : SIZE_MAX;
}

static bool is_letter(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c >= 0x80;
}

/* "#12" is text in anybody's mind, "# why" is a comment. Where sentences are
 * written, yaml_check_sentences refuses the second as well. */
static void trap_comment(
    struct yaml_doc *doc, const yaml_event_t *e, struct yaml_node *n)
{
	size_t i = comment_after(doc, e->end_mark);
	if (i == SIZE_MAX)
		return;
	struct yaml_place at = place_at(doc, i);
	n->comment_col = at.col;
	if (i + 1 >= doc->source_len ||
	    !is_letter((unsigned char)doc->source[i + 1]))
		return;
	size_t end = yaml_line_end(doc, at.line);
	at.width = 0;
	for (; i < end; i++)
		at.width += ((unsigned char)doc->source[i] & 0xc0) != 0x80;
	yaml_fault(doc, at, "Y001",
	    "put the line in \"quotes\"; in a comment, write a space after #",
	    "everything after # was dropped");
}

static const char *const typographic[] = {"\xe2\x80\x9c", "\xe2\x80\x9d",
    "\xe2\x80\x9e", "\xe2\x80\x9f", "\xe2\x80\x98", "\xe2\x80\x99",
    "\xe2\x80\x9a", "\xc2\xab", "\xc2\xbb"};

static bool is_typographic(const char *s, size_t len, bool at_end)
{
	for (size_t i = 0; i < sizeof(typographic) / sizeof(*typographic);
	     i++) {
		size_t n = strlen(typographic[i]);
		if (len >= n &&
		    memcmp(at_end ? s + len - n : s, typographic[i], n) == 0)
			return true;
	}
	return false;
}

void yaml_trap_scalar(
    struct yaml_doc *doc, const yaml_event_t *e, struct yaml_node *n)
{
	struct yaml_place at = node_place(n);
	if (e->data.scalar.anchor) {
		yaml_fault(doc, at, "Y007",
		    "put the line in \"quotes\" if it is text",
		    "anchors (&name) are not supported here");
		return;
	}
	if (e->data.scalar.tag) {
		yaml_fault(doc, at, "Y007",
		    "put the line in \"quotes\" if it is text",
		    "tags (!name) are not supported here");
		return;
	}
	if (memchr(n->text, '\0', n->len)) {
		yaml_fault(doc, at, "Y009", "delete it",
		    "this text contains an invisible zero byte (\\0)");
		return;
	}
	if (n->quoted)
		return;
	trap_comment(doc, e, n);
	if (n->len > 3 && is_typographic(n->text, n->len, false) &&
	    is_typographic(n->text, n->len, true))
		yaml_fault(doc, at, "Y008",
		    "use \" instead, or put the whole line in \"quotes\"",
		    "these are typographic quotes; they are kept as text");
}

void yaml_trap_key(struct yaml_doc *doc, const struct yaml_node *key)
{
	if (strcmp(key->text, "<<") == 0 && !key->quoted) {
		yaml_fault(doc, node_place(key), "Y007", "write the keys out",
		    "merge keys (<<) are not supported here");
		return;
	}
	yaml_trap_indent(doc, key);
	doc->n_errors += yaml_check_letters(doc, key, doc->diag, doc->arg);
}

void yaml_trap_set(
    struct yaml_doc *doc, const struct yaml_node *value, bool flow, bool first)
{
	if (value->kind != YAML_TEXT || value->len || value->quoted)
		return;
	const struct yaml_node *key = value->key;
	if (key->quoted)
		return;
	size_t i = yaml_offset(doc, key->line, key->col + key->width);
	while (i < doc->source_len && strchr(" \t\r\n", doc->source[i]))
		i++;
	if (i < doc->source_len && doc->source[i] == ':')
		return;
	if (!flow) {
		yaml_fault(doc, node_place(key), "Y005",
		    "put the line in \"quotes\"",
		    "a line may not start with ?");
		return;
	}
	const char *colon = strchr(key->text, ':');
	if (colon) {
		yaml_fault(doc, node_place(key), "Y006",
		    "put the text in \"quotes\" if it is none",
		    "the key \"%.*s\" needs a space behind its :",
		    (int)(colon - key->text < 64 ? colon - key->text : 64),
		    key->text);
		return;
	}
	if (!first) {
		yaml_fault(doc, node_place(key), "Y002",
		    "put the whole text in \"quotes\"",
		    "in { } every comma starts another key");
		return;
	}
	char hint[160];
	snprintf(hint, sizeof(hint), "write <%.64s> to use a list", key->text);
	yaml_fault(doc, node_place(key), "Y006", hint,
	    "{%s} is a map with an empty value", key->text);
}

static int by_text_and_place(const void *a, const void *b)
{
	const struct yaml_node *x = *(const struct yaml_node *const *)a;
	const struct yaml_node *y = *(const struct yaml_node *const *)b;
	int order = strcmp(x->key->text, y->key->text);
	if (order)
		return order;
	if (x->key->line != y->key->line)
		return x->key->line < y->key->line ? -1 : 1;
	return x->key->col < y->key->col ? -1 : x->key->col > y->key->col;
}

void yaml_trap_duplicates(struct yaml_doc *doc, const struct yaml_node *map)
{
	if (map->n_children < 2)
		return;
	const struct yaml_node **all =
	    calloc(map->n_children, sizeof(const struct yaml_node *));
	if (!all) {
		yaml_fault(doc, node_place(map), "Y000", NULL,
		    "out of memory while reading this file");
		return;
	}
	size_t n = 0;
	for (const struct yaml_node *c = map->child; c; c = c->next)
		all[n++] = c;
	qsort(all, n, sizeof(*all), by_text_and_place);
	for (size_t i = 1; i < n; i++) {
		const struct yaml_node *first = all[i - 1]->key;
		const struct yaml_node *second = all[i]->key;
		if (strcmp(first->text, second->text) == 0)
			yaml_fault(doc, node_place(second), "Y004",
			    "keep one of them, or join them",
			    "\"%s\" appears twice here (lines %u and %u)",
			    second->text, first->line, second->line);
	}
	free(all);
}
