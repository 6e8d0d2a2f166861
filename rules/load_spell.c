/*
 * load_spell - phrases with <lists> inside, spelled out.
 *
 *   <we will> give ... back
 *       "we'll give ... back", "I will give ... back", ...
 *
 * A phrase is cut into pieces, each fixed text or a list; then the lists are
 * counted through like the wheels of an odometer. What spellings have in
 * common at their beginning is there once in the trie.
 */
#include "rules/load_parts.h"

#include <string.h>

#define MAX_PIECES 16u

struct piece { /* fixed text, or the list that stands there */
	const char *text;
	size_t len;
	const struct load_list *list;     /* NULL: text */
	const struct yaml_node *spelling; /* of the list, at present */
};

struct spelling {
	struct load *l;
	const struct yaml_node *phrase;
	uint32_t detector;
	struct piece pieces[MAX_PIECES];
	size_t n;
};

static bool add_piece(struct spelling *s, const struct piece *piece)
{
	if (!piece->list && !piece->len)
		return true;
	if (s->n < MAX_PIECES) {
		s->pieces[s->n++] = *piece;
		return true;
	}
	load_fault(s->l, s->phrase, LOAD_LIST_IN_PHRASE, NULL,
	    "there are too many lists in this phrase");
	return false;
}

static bool cut(struct spelling *s)
{
	const char *at = s->phrase->text, *open, *close;
	while ((open = strchr(at, '<')) && (close = strchr(open, '>'))) {
		struct piece text = {.text = at, .len = (size_t)(open - at)};
		struct piece list = {.text = open + 1};
		list.len = (size_t)(close - open) - 1;
		list.list =
		    load_list_named(s->l, s->phrase, list.text, list.len);
		if (!list.list || !add_piece(s, &text) || !add_piece(s, &list))
			return false;
		at = close + 1;
	}
	return add_piece(s, &(struct piece){.text = at, .len = strlen(at)});
}

static bool is_not_too_much(const struct spelling *s)
{
	size_t ways = 1;
	for (size_t i = 0; i < s->n && ways <= LOAD_MAX_SPELLINGS; i++)
		if (s->pieces[i].list)
			ways *= s->pieces[i].list->node->n_children;
	if (ways <= LOAD_MAX_SPELLINGS)
		return true;
	load_fault(s->l, s->phrase, LOAD_LIST_IN_PHRASE,
	    "use shorter lists, or near: with one of them",
	    "with its lists this phrase can be spelled in more than %u ways",
	    LOAD_MAX_SPELLINGS);
	return false;
}

/* All wheels to their first spelling. */
static void wind(struct spelling *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->pieces[i].list)
			s->pieces[i].spelling = s->pieces[i].list->node->child;
}

/* The last wheel turns fastest; false when all have been around. */
static bool turn(struct spelling *s)
{
	for (size_t i = s->n; i-- > 0;) {
		struct piece *p = &s->pieces[i];
		if (!p->list)
			continue;
		p->spelling = p->spelling->next;
		if (p->spelling)
			return true;
		p->spelling = p->list->node->child;
	}
	return false;
}

/* FNV-1a over the phrases, each with an end. */
static void mark(struct detector *d, const char *text, size_t len)
{
	uint64_t hash = d->mark ? d->mark : UINT64_C(14695981039346656037);
	for (size_t i = 0; i < len; i++)
		hash =
		    (hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
	d->mark = (hash ^ 0xff) * UINT64_C(1099511628211);
}

static enum phrase_err add_one(const struct spelling *s)
{
	char text[PHRASE_MAX_BYTES];
	size_t len = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct piece *p = &s->pieces[i];
		const char *from = p->list ? p->spelling->text : p->text;
		size_t n = p->list ? p->spelling->len : p->len;
		if (n > sizeof(text) - len)
			return PHRASE_ERR_LONG;
		memcpy(text + len, from, n);
		len += n;
	}
	struct load *l = s->l;
	mark(LOAD_ITEM(&l->detectors, struct detector, s->detector), text, len);
	enum phrase_err err = l->written_phrases
	    ? phrase_builder_add(
		  l->written_phrases, (uint32_t)l->written.n - 1, text, len)
	    : PHRASE_OK;
	return err ? err
		   : phrase_builder_add(l->phrases, s->detector, text, len);
}

/* The phrase as the author has it, for tools that speak of it. */
static void write_down(const struct spelling *s)
{
	struct load *l = s->l;
	struct written *w =
	    l->written_phrases ? load_push(l, &l->written) : NULL;
	if (!w)
		return;
	w->text = load_printf(l, "%s", s->phrase->text);
	w->file = load_printf(l, "%s", s->phrase->file);
	w->line = s->phrase->line;
	w->detector = s->detector;
}

void load_spell(
    struct load *l, uint32_t detector, const struct yaml_node *phrase)
{
	struct spelling s = {.l = l, .phrase = phrase, .detector = detector};
	if (!cut(&s) || !is_not_too_much(&s))
		return;
	enum phrase_err err = PHRASE_OK;
	write_down(&s);
	if (l->no_memory)
		return;
	wind(&s);
	do
		err = add_one(&s);
	while (!err && turn(&s));
	if (err == PHRASE_ERR_MEMORY)
		load_out_of_memory(l);
	else if (err)
		load_fault(l, phrase, LOAD_PHRASE, NULL, "the phrase \"%s\" %s",
		    phrase->text, phrase_err_text(err));
}
