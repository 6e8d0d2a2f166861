/*
 * yaml_query - reading a finished tree: values under keys, unknown keys with
 * the nearest known one, and the two checks that need to know what a place is
 * for. See yaml.h.
 */
#include "rules/yaml.h"

#include "rules/yaml_doc.h"

#include <stdio.h>
#include <string.h>

#define MAX_WORD 64 /* bytes of a word that is compared for a suggestion */

const char *yaml_file(const struct yaml_doc *doc)
{
	return doc->file;
}

const struct yaml_node *yaml_root(const struct yaml_doc *doc)
{
	return doc->root;
}

const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key)
{
	if (!node || node->kind != YAML_MAP)
		return NULL;
	for (const struct yaml_node *n = node->child; n; n = n->next)
		if (strcmp(n->key->text, key) == 0)
			return n;
	return NULL;
}

const char *yaml_get_text(const struct yaml_node *node, const char *key)
{
	const struct yaml_node *n = yaml_get(node, key);
	return n ? n->text : NULL;
}

bool yaml_is(const struct yaml_node *node, const char *text)
{
	return node && node->kind == YAML_TEXT && strcmp(node->text, text) == 0;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;
	return m < c ? m : c;
}

/* Edit distance in which two swapped letters count once. */
static unsigned distance(const char *a, size_t na, const char *b, size_t nb)
{
	unsigned rows[3][MAX_WORD + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];
	for (size_t j = 0; j <= nb; j++)
		above[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			unsigned same = a[i - 1] == b[j - 1] ? 0 : 1;
			row[j] = min3(
			    above[j] + 1, row[j - 1] + 1, above[j - 1] + same);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		unsigned *free_row = before;
		before = above;
		above = row;
		row = free_row;
	}
	return above[nb];
}

const char *yaml_nearest(const char *word, const char *const *words)
{
	size_t len = strlen(word);
	if (len > MAX_WORD)
		return NULL;
	/* Among very short words everything is near everything. */
	unsigned best = len <= 3 ? 2 : 3;
	const char *found = NULL;
	for (; *words; words++) {
		size_t n = strlen(*words);
		if (n > MAX_WORD || n > len + 2 || len > n + 2)
			continue;
		unsigned d = distance(word, len, *words, n);
		if (d < best) {
			best = d;
			found = *words;
		}
	}
	return found;
}

static void add_text(char *out, size_t cap, const char *text)
{
	size_t len = strlen(out);
	snprintf(out + len, cap - len, "%s", text);
}

static void keys_hint(
    char *out, size_t cap, const char *word, const char *const *allowed)
{
	out[0] = '\0';
	const char *near = yaml_nearest(word, allowed);
	if (near) {
		add_text(out, cap, "did you mean \"");
		add_text(out, cap, near);
		add_text(out, cap, "\"?  ");
	}
	add_text(out, cap, "keys here: ");
	for (const char *const *k = allowed; *k; k++) {
		add_text(out, cap, k == allowed ? "" : ", ");
		add_text(out, cap, *k);
	}
}

unsigned yaml_check_keys(const struct yaml_doc *doc,
    const struct yaml_node *map, const char *const *allowed, const char *where,
    diag_fn *diag, void *arg)
{
	unsigned n_wrong = 0;
	for (const struct yaml_node *n = map->child; n; n = n->next) {
		const char *const *k = allowed;
		while (*k && strcmp(*k, n->key->text) != 0)
			k++;
		if (*k)
			continue;
		char hint[1024];
		keys_hint(hint, sizeof(hint), n->key->text, allowed);
		yaml_report(doc, n->key, DIAG_ERROR, "P014", hint, diag, arg,
		    "unknown key \"%s\" %s", n->key->text, where);
		n_wrong++;
	}
	return n_wrong;
}

static bool has_one_of(const struct yaml_node *map, const char *const *keys)
{
	for (; keys && *keys; keys++)
		if (yaml_get(map, *keys))
			return true;
	return false;
}

static unsigned check_sentence(const struct yaml_doc *doc,
    const struct yaml_node *n, const char *const *maps, diag_fn *diag,
    void *arg)
{
	switch (n->kind) {
	case YAML_TEXT:
		if (!n->comment_col)
			return 0;
		struct yaml_node at = *n;
		at.line = n->last_line;
		at.col = n->comment_col;
		at.width = 1;
		yaml_report(doc, &at, DIAG_ERROR, "Y001",
		    "put the line in \"quotes\"", diag, arg,
		    "everything after # was dropped");
		return 1;
	case YAML_MAP:
		if (has_one_of(n, maps))
			return 0;
		yaml_report(doc, n->child ? n->child->key : n, DIAG_ERROR,
		    "Y003", "put the line in \"quotes\"", diag, arg,
		    n->child && !n->flow ? "this line contains \": \""
					 : "a sentence is expected here");
		return 1;
	case YAML_LIST:
		yaml_report(doc, n, DIAG_ERROR, "Y003",
		    "one sentence a line, each starting with \"- \"", diag, arg,
		    "a sentence is expected here, not a list");
		return 1;
	}
	return 0;
}

unsigned yaml_check_sentences(const struct yaml_doc *doc,
    const struct yaml_node *node, const char *const *maps, diag_fn *diag,
    void *arg)
{
	if (node->kind != YAML_LIST)
		return check_sentence(doc, node, maps, diag, arg);
	if (node->flow) {
		yaml_report(doc, node, DIAG_ERROR, "Y002",
		    "put each sentence on its own line starting with \"- \"",
		    diag, arg,
		    "sentences do not go in [ ]: a comma would start another");
		return 1;
	}
	unsigned n_wrong = 0;
	for (const struct yaml_node *n = node->child; n; n = n->next)
		n_wrong += check_sentence(doc, n, maps, diag, arg);
	return n_wrong;
}

unsigned yaml_check_list(const struct yaml_doc *doc, const struct yaml_node *n,
    diag_fn *diag, void *arg)
{
	if (n->kind != YAML_TEXT || n->quoted || n->last_line == n->line)
		return 0;
	yaml_report(doc, n, DIAG_ERROR, "Y011",
	    "begin each line with \"- \"; put the whole text in \"quotes\" if "
	    "it is one",
	    diag, arg, "YAML reads these %u lines as one text: \"%.100s\"",
	    n->last_line - n->line + 1, n->text);
	return 1;
}

struct letters {
	unsigned from, to;
	const char *what;
};

/* Variation selectors are left out: emoji are written with them. */
static const struct letters hidden[] = {
    {0x00ad, 0x00ad, "a soft hyphen"},
    {0x034f, 0x034f, "an invisible joiner"},
    {0x061c, 0x061c, "a writing-direction mark"},
    {0x115f, 0x1160, "an invisible filler"},
    {0x17b4, 0x17b5, "an invisible vowel"},
    {0x180b, 0x180f, "an invisible separator"},
    {0x200b, 0x200b, "a zero-width space"},
    {0x200c, 0x200d, "a zero-width joiner"},
    {0x200e, 0x200f, "a writing-direction mark"},
    {0x2028, 0x2029, "a line separator"},
    {0x202a, 0x202e, "a writing-direction mark"},
    {0x2060, 0x2064, "an invisible joiner"},
    {0x2066, 0x206f, "a writing-direction mark"},
    {0x3164, 0x3164, "an invisible filler"},
    {0xfeff, 0xfeff, "a byte order mark"},
    {0xffa0, 0xffa0, "an invisible filler"},
    {0xfff9, 0xfffb, "an annotation mark"},
    {0xe0000, 0xe0fff, "an invisible tag"},
};

/* libyaml has checked that the text is UTF-8. */
static unsigned decode(const char **s)
{
	const unsigned char *p = (const unsigned char *)*s;
	unsigned c = *p++;
	unsigned extra = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	if (extra)
		c &= 0x3fu >> extra;
	for (; extra && (*p & 0xc0) == 0x80; extra--)
		c = c << 6 | (*p++ & 0x3fu);
	*s = (const char *)p;
	return c;
}

static const char *hidden_name(unsigned c, unsigned before, unsigned after)
{
	/* Joiners belong to the spelling of some scripts and to emoji. */
	bool latin = (before && before < 0x250) || (after && after < 0x250);
	if ((c == 0x200c || c == 0x200d) && !latin)
		return NULL;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (c >= hidden[i].from && c <= hidden[i].to)
			return hidden[i].what;
	/* Base letters that take these have one character for both (NFC). */
	bool letter = (before >= 'a' && before <= 'z') ||
	    (before >= 'A' && before <= 'Z');
	if (letter && c >= 0x300 && c <= 0x36f)
		return "an accent as a character of its own";
	return NULL;
}

unsigned yaml_check_letters(const struct yaml_doc *doc,
    const struct yaml_node *node, diag_fn *diag, void *arg)
{
	if (node->kind != YAML_TEXT)
		return 0;
	unsigned before = 0, position = 0;
	for (const char *s = node->text; *s; position++) {
		unsigned c = decode(&s);
		const char *peek = s;
		const char *what =
		    hidden_name(c, before, *s ? decode(&peek) : 0);
		if (what) {
			yaml_report(doc, node, DIAG_ERROR, "Y009",
			    "type the text again, without copying it", diag,
			    arg, "character %u of this text is %s (U+%04X)",
			    position + 1, what, c);
			return 1;
		}
		before = c;
	}
	return 0;
}
