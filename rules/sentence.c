/* sentence - see sentence.h. A possible end is remembered until the character
 * behind it decides. */
#include "rules/sentence.h"

#include "rules/glyph.h"
#include "rules/token.h"

#include <stdlib.h>

#define FIRST_CAP 8u

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
	t->sentences[t->n_sentences++] = (struct sentence){.start = start,
	    .end = start,
	    .plain_start = (uint32_t)t->plain.len,
	    .plain_end = (uint32_t)t->plain.len,
	    .fold_start = (uint32_t)t->folded.len,
	    .fold_end = (uint32_t)t->folded.len,
	    .first_token = (uint32_t)t->n_tokens};
	t->state->in_sentence = true;
	t->state->term = TERM_NONE;
	return 0;
}

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
	return close_at(t, st->term_end, st->term_fold, st->term_plain);
}

static int close_here(struct text *t, uint32_t end)
{
	return close_at(
	    t, end, (uint32_t)t->folded.len, (uint32_t)t->plain.len);
}

int sentence_before(struct text *t, int32_t cp, uint32_t start)
{
	struct text_state *st = t->state;
	if (!st->in_sentence)
		return open_sentence(t, start);
	int err = 0;
	if (st->term != TERM_NONE && !is_closer(cp) &&
	    terminator(cp) == TERM_NONE) {
		if (st->term == TERM_WIDE)
			err = close_at_term(t);
		st->term = TERM_NONE;
	}
	if (err == 0 && st->in_sentence && !st->word.open &&
	    start - t->sentences[t->n_sentences - 1].start >=
		TEXT_SENTENCE_BYTES)
		err = close_here(t, start);
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
	if (!st->in_sentence)
		return 0;
	if (st->term != TERM_NONE)
		return close_at_term(t);
	if (glyph_is_break(cp) ||
	    start - t->sentences[t->n_sentences - 1].start >=
		TEXT_SENTENCE_BYTES)
		return close_here(t, start);
	return 0;
}

int sentence_end(struct text *t)
{
	if (!t->state->in_sentence)
		return 0;
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
