/* sentence - see sentence.h. A possible end is remembered until the character
 * behind it decides. */
#include "rules/sentence.h"

#include "rules/chars.h"
#include "rules/glyph.h"
#include "rules/token.h"

#include <stdlib.h>

#define FIRST_CAP 8u
#define PASSAGE_SENTENCES 16u

static enum sentence_term terminator(int32_t cp)
{
	switch (cp) {
	case '.':
	case '!':
	case '?':
	case 0x2026: /* … */
		return TERM_NARROW;
	case 0x3002: /* 。 */
	case 0xFF01: /* ！ */
	case 0xFF1F: /* ？ */
	case 0xFF61: /* ｡ */
		return TERM_WIDE;
	default:
		return TERM_NONE;
	}
}

static bool is_closer(int32_t cp)
{
	switch (cp) {
	case '"':
	case '\'':
	case ')':
	case ']':
	case '}':
	case 0xBB:   /* » */
	case 0x2019: /* ’ */
	case 0x201D: /* ” */
	case 0x203A: /* › */
	case 0x300D: /* 」 */
	case 0x300F: /* 』 */
	case 0x3011: /* 】 */
	case 0xFF09: /* ） */
	case 0xFF3D: /* ］ */
		return true;
	default:
		return false;
	}
}

static int open_sentence(struct text *t, uint32_t start)
{
	if (t->n_sentences == t->cap_sentences) {
		size_t cap =
		    t->cap_sentences ? t->cap_sentences * 2 : FIRST_CAP;
		struct sentence *s = realloc(t->sentences, cap * sizeof(*s));
		if (!s)
			return TEXT_ERR_MEMORY;
		t->sentences = s;
		t->cap_sentences = cap;
	}
	uint32_t number = (uint32_t)t->n_sentences;
	bool unsure = number > 0 && t->state->join != JOIN_NOT;
	t->sentences[t->n_sentences++] = (struct sentence){.start = start,
	    .end = start,
	    .passage = unsure ? t->sentences[number - 1].passage : number,
	    .together = unsure ? t->sentences[number - 1].passage : number,
	    .unsure = unsure,
	    .plain_start = (uint32_t)t->plain.len,
	    .plain_end = (uint32_t)t->plain.len,
	    .fold_start = (uint32_t)t->folded.len,
	    .fold_end = (uint32_t)t->folded.len,
	    .first_token = (uint32_t)t->n_tokens};
	t->state->in_sentence = true;
	t->state->term = TERM_NONE;
	return 0;
}

/* ---- passages ---- */

static void end_passage(struct text *t)
{
	size_t n = t->n_sentences;
	if (n) {
		t->sentences[t->sentences[n - 1].passage].passage_over = true;
		t->sentences[n - 1].unsure = false;
	}
	t->state->join = JOIN_NOT;
}

/* Does a line that begins with cp go on in the words before it? A small letter
 * says so. A number, or what opens a bracket or a quotation, does if a word or
 * a comma stands before it. */
static bool goes_on(const struct text *t, int32_t cp)
{
	const struct text_view *f = &t->folded;
	size_t end = f->len;
	while (end && f->bytes[end - 1] == ' ')
		end--;
	char last = end ? f->bytes[end - 1] : '.';
	if (glyph_is_small(cp))
		return true;
	if (!chars_are(last, CHARS_LETTER) && last != ',')
		return false;
	enum glyph_class class = glyph_class(cp);
	return class == GLYPH_DIGIT || class == GLYPH_SYMBOL || cp == '(' ||
	    cp == '"' || cp == 0x201C;
}

/* The first character of a sentence says whether it joins the passage. */
static void settle_join(struct text *t, int32_t cp, uint32_t start)
{
	uint32_t number = (uint32_t)t->n_sentences - 1;
	struct sentence *s = &t->sentences[number];
	if (!s->unsure)
		return;
	s->unsure = false;
	bool joins = (t->state->join == JOIN_CELL || goes_on(t, cp)) &&
	    number - s->passage < PASSAGE_SENTENCES &&
	    s->start - t->sentences[s->passage].start < TEXT_SENTENCE_BYTES;
	if (!joins) {
		end_passage(t);
		s->passage = number;
		if (s->start == start)
			s->together = number;
	}
	t->state->join = JOIN_NOT;
}

/* ---- ends ---- */

static int close_at(struct text *t, uint32_t end, uint32_t fold, uint32_t plain)
{
	int err = token_flush(t); /* words that were held for the next ones */
	if (err)
		return err;
	struct sentence *s = &t->sentences[t->n_sentences - 1];
	s->end = end;
	s->fold_end = fold;
	s->plain_end = plain;
	s->closed = true;
	t->state->in_sentence = false;
	t->state->term = TERM_NONE;
	return 0;
}

static int close_at_term(struct text *t)
{
	const struct text_state *st = t->state;
	int err = close_at(t, st->term_end, st->term_fold, st->term_plain);
	end_passage(t);
	return err;
}

static int close_here(struct text *t, uint32_t end)
{
	return close_at(
	    t, end, (uint32_t)t->folded.len, (uint32_t)t->plain.len);
}

/* One more thing stands behind the passage. A line break leaves it open, a
 * second one does not; beside a tag it is only white space. */
static void break_passage(struct text *t, enum sentence_join join)
{
	enum sentence_join *now = &t->state->join;
	if (*now == JOIN_LINE && join == JOIN_LINE)
		end_passage(t);
	else if (*now != JOIN_NOT && join > *now)
		*now = join;
}

/* The open sentence ends, but its passage may go on. */
static int close_line(struct text *t, uint32_t start, enum sentence_join join)
{
	struct text_state *st = t->state;
	int err = close_here(t, start);
	if (st->join == JOIN_NOT)
		st->join = join;
	else
		break_passage(t, join);
	t->sentences[t->n_sentences - 1].unsure = false;
	return err;
}

int sentence_before(struct text *t, int32_t cp, uint32_t start)
{
	struct text_state *st = t->state;
	int err = st->in_sentence ? 0 : open_sentence(t, start);
	if (err)
		return err;
	settle_join(t, cp, start);
	if (st->term != TERM_NONE && !is_closer(cp) &&
	    terminator(cp) == TERM_NONE) {
		if (st->term == TERM_WIDE)
			err = close_at_term(t);
		st->term = TERM_NONE;
	}
	if (err == 0 && st->in_sentence && !st->word.open &&
	    start - t->sentences[t->n_sentences - 1].start >=
		TEXT_SENTENCE_BYTES) {
		err = close_here(t, start);
		end_passage(t);
	}
	if (err == 0 && !st->in_sentence)
		err = open_sentence(t, start);
	return err;
}

void sentence_after(struct text *t, int32_t cp, uint32_t end)
{
	struct text_state *st = t->state;
	enum sentence_term term = terminator(cp);
	if (term == TERM_NONE && (st->term == TERM_NONE || !is_closer(cp)))
		return;
	if (term > st->term)
		st->term = term;
	st->term_end = end;
	st->term_fold = (uint32_t)t->folded.len;
	st->term_plain = (uint32_t)t->plain.len;
}

int sentence_mark(struct text *t, uint32_t start)
{
	return t->state->in_sentence ? 0 : open_sentence(t, start);
}

int sentence_space(struct text *t, int32_t cp, uint32_t start)
{
	struct text_state *st = t->state;
	bool breaks = glyph_is_break(cp);
	if (!st->in_sentence) {
		bool new = cp != '\n' || !start || t->bytes[start - 1] != '\r';
		if (breaks && new)
			break_passage(t, JOIN_LINE);
		return 0;
	}
	if (st->term != TERM_NONE)
		return close_at_term(t);
	bool full = start - t->sentences[t->n_sentences - 1].start >=
	    TEXT_SENTENCE_BYTES;
	if (breaks)
		return close_line(t, start, JOIN_LINE);
	int err = full ? close_here(t, start) : 0;
	if (full)
		end_passage(t);
	return err;
}

int sentence_tag(struct text *t, bool cell, uint32_t start)
{
	struct text_state *st = t->state;
	enum sentence_join join = cell ? JOIN_CELL : JOIN_TAG;
	if (st->in_sentence && st->term != TERM_NONE)
		return close_at_term(t);
	bool says = st->in_sentence &&
	    t->sentences[t->n_sentences - 1].fold_start < t->folded.len;
	if (says)
		return close_line(t, start, join);
	break_passage(t, join);
	return 0;
}

int sentence_end(struct text *t)
{
	if (!t->state->in_sentence)
		return 0;
	t->sentences[t->n_sentences - 1].unsure = false;
	if (t->state->term != TERM_NONE)
		return close_at_term(t);
	return close_here(t, (uint32_t)t->settled);
}

void sentence_update(struct text *t)
{
	if (!t->state->in_sentence)
		return;
	struct sentence *s = &t->sentences[t->n_sentences - 1];
	s->end = (uint32_t)t->settled;
	s->fold_end = (uint32_t)t->folded.len;
	s->plain_end = (uint32_t)t->plain.len;
}

size_t sentence_sure(const struct text *t)
{
	const struct text_state *st = t->state;
	return st->in_sentence && st->term != TERM_NONE ? st->term_plain
							: t->plain.len;
}
