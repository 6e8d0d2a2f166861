/*
 * yaml - a YAML file as a tree in which every scalar is text and knows where
 * it stands.
 *
 * libyaml gives raw scalars, so `no`, `1.10`, `007`, `12:30` keep the author's
 * letters. What YAML silently eats is refused with its own code (POLICY.md
 * 1.11): comments inside text, sentences split by commas, ": " in a sentence,
 * lines of a list and keys that stand too deep and become part of a text,
 * duplicate keys, aliases, anchors, tags, merge keys, second documents, tabs,
 * typographic quotes as delimiters, invisible characters in phrases.
 *
 * Two of these need to know what a place is for: call yaml_check_sentences
 * where people write sentences and yaml_check_letters where they write what is
 * to be found. Lines end at LF, CR LF or CR; other separators are refused.
 *
 * The tree is immutable after yaml_parse and may be read by any thread. All
 * strings are borrowed from the document. Also used by the proxy for its own
 * configuration and channel files.
 */
#ifndef HANDRAIL_RULES_YAML_H
#define HANDRAIL_RULES_YAML_H

#include "rules/diag.h"

#include <stdbool.h>
#include <stddef.h>

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	const char *file;     /* as given to yaml_parse */
	unsigned line, col;   /* of its first character, from 1 */
	unsigned width;       /* characters, for underlining */
	bool flow;            /* written as [..] or {..} */
	bool quoted;          /* text written in quotes or as a block */
	unsigned last_line;   /* of a text: the line it ends in */
	unsigned comment_col; /* a # comment follows on its last line, at this
				 column; 0: none */
	const char *text;     /* YAML_TEXT: NUL-terminated UTF-8, else NULL */
	size_t len;           /* bytes of text */
	const struct yaml_node *key;   /* in a map: the key's own node */
	const struct yaml_node *child; /* first item or value, or NULL */
	const struct yaml_node *next;  /* next sibling, or NULL */
	size_t n_children;
};

struct yaml_doc;

#define YAML_MAX_FILE_BYTES (16u << 20)
#define YAML_MAX_DEPTH 16u
#define YAML_MAX_NODES 1000000u

/*
 * Parse len bytes. file is copied and used in diagnostics. Every fault is
 * reported to diag; after a fault of syntax there is nothing more to read.
 * Returns NULL when there was at least one error or memory ran out (code
 * "Y000"); never NULL without a diagnostic.
 */
struct yaml_doc *yaml_parse(
    const char *file, const char *bytes, size_t len, diag_fn *diag, void *arg);
/* Not yaml_free: libyaml exports that name and would call ours. */
void yaml_doc_free(struct yaml_doc *); /* accepts NULL */

const char *yaml_file(const struct yaml_doc *);
const struct yaml_node *yaml_root(const struct yaml_doc *);
/* The value under key in a map, or NULL (also when node is NULL or no map). */
const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key);
/* yaml_get's text, or NULL when absent or not text. */
const char *yaml_get_text(const struct yaml_node *node, const char *key);
bool yaml_is(const struct yaml_node *node, const char *text);

/*
 * Report (P014) every key of the map that is not in allowed (NULL-terminated),
 * with a suggestion ("did you mean ...") and the list of keys known here. where
 * names the place in words ("under percent"). Returns the number reported.
 */
unsigned yaml_check_keys(const struct yaml_doc *, const struct yaml_node *map,
    const char *const *allowed, const char *where, diag_fn *diag, void *arg);
/*
 * A sentence, or a list of them in which other items than text are allowed
 * when they are maps with one of the keys in maps (NULL-terminated, or NULL).
 * Reports Y001 (a comment ate the end), Y002 (a [list] of prose), Y003 (a map
 * where a sentence is expected). Returns the number reported.
 */
unsigned yaml_check_sentences(const struct yaml_doc *, const struct yaml_node *,
    const char *const *maps, diag_fn *diag, void *arg);
/* Y011: a bare text of several lines where a list may stand, so that nobody
 * can tell whether its lines were meant as its items. Returns 0 or 1. */
unsigned yaml_check_list(const struct yaml_doc *, const struct yaml_node *,
    diag_fn *diag, void *arg);
/* Y009: letters that look right and never match. Returns 0 or 1. */
unsigned yaml_check_letters(const struct yaml_doc *, const struct yaml_node *,
    diag_fn *diag, void *arg);
/* The nearest of the NULL-terminated words (edit distance <= 2), or NULL. */
const char *yaml_nearest(const char *word, const char *const *words);
/* Report one fault at a node, in the node's own file whatever the document.
 * printf-like; hint may be NULL. */
void yaml_report(const struct yaml_doc *, const struct yaml_node *,
    enum diag_level, const char *code, const char *hint, diag_fn *diag,
    void *arg, const char *fmt, ...) __attribute__((format(printf, 8, 9)));

#endif
