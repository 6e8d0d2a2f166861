/*
 * put - see put.h. Every character goes through the same three hands: the word
 * before it is ended or made longer, the sentence is told, both views grow.
 */
#include "rules/put.h"

#include "rules/sentence.h"
#include "rules/token.h"
#include "rules/view.h"

static int put_bytes(struct text *t, const struct put_cluster *c)
{
	int err = 0;
	for (uint32_t i = c->start; i < c->end && err == 0; i++)
		err = view_add(&t->plain, t->bytes[i], i, i + 1);
	return err;
}

int put_plain(struct text *t, const struct put_cluster *c)
{
	if (c->raw)
		return put_bytes(t, c);
	if (c->n == 1 && c->cps[0] < 0x80)
		return view_add(&t->plain, c->cps[0], c->start, c->end);
	int32_t out[GLYPH_MAX_FOLDED];
	size_t n = glyph_compose(c->cps, c->n, out);
	int err = 0;
	for (size_t i = 0; i < n && err == 0; i++)
		err = view_add(&t->plain, out[i], c->start, c->end);
	return err;
}

/* In the folded view: there is at most one in a row. */
static int add_space(struct text *t, uint32_t start, uint32_t end)
{
	struct text_state *st = t->state;
	if (st->prev == PREV_SPACE || st->prev == PREV_START)
		return 0;
	st->prev = PREV_SPACE;
	return view_add(&t->folded, ' ', start, end);
}

int put_space(struct text *t, int32_t cp, uint32_t start, uint32_t end)
{
	bool idle = token_is_idle(t);
	int err = idle ? 0 : token_break(t);
	if (err == 0)
		err = sentence_space(t, cp, start);
	if (err == 0)
		err = add_space(t, start, end);
	return err || idle ? err : token_gap(t, true);
}

int put_tag(struct text *t, bool cell, size_t len)
{
	uint32_t start = (uint32_t)t->settled;
	int err = token_break(t);
	if (err == 0)
		err = sentence_tag(t, cell, start);
	if (err == 0)
		err = add_space(t, start, start + (uint32_t)len);
	return err ? err : token_gap(t, true);
}

/* ' ' inside a sentence while nothing is being read: nearly all of them. */
static bool is_plain_space(const struct text *t, char c, uint32_t pos)
{
	const struct text_state *st = t->state;
	return c == ' ' && token_is_idle(t) && st->in_sentence &&
	    st->term == TERM_NONE && st->prev != PREV_SPACE &&
	    st->prev != PREV_START &&
	    pos - t->sentences[t->n_sentences - 1].start < TEXT_SENTENCE_BYTES;
}

static bool is_word_class(enum glyph_class class)
{
	switch (class) {
	case GLYPH_LETTER:
	case GLYPH_SINGLE:
	case GLYPH_KATAKANA:
	case GLYPH_DIGIT:
	case GLYPH_MARK:
		return true;
	case GLYPH_OTHER:
	case GLYPH_SPACE:
	case GLYPH_SYMBOL:
		break;
	}
	return false;
}

/* One folded character that came from the cluster. */
static int add_folded(
    struct text *t, const struct put_cluster *c, int32_t cp, int32_t orig)
{
	struct text_state *st = t->state;
	struct token_char ch = {.class = glyph_class(cp),
	    .cp = cp,
	    .orig = orig,
	    .start = c->start,
	    .end = c->end,
	    .fold = (uint32_t)t->folded.len};
	bool word = is_word_class(ch.class);
	bool sign = !word && token_takes_sign(t, cp);
	int err = word || sign ? 0 : token_break(t);
	if (err == 0)
		err = view_add(&t->folded, cp, c->start, c->end);
	if (err)
		return err;
	ch.fold_len = (uint32_t)t->folded.len - ch.fold;
	if (word) {
		err = token_char(t, &ch);
		st->prev = ch.class == GLYPH_DIGIT ? PREV_DIGIT : PREV_LETTER;
		st->prev_keeps_marks = glyph_keeps_marks(cp);
		return err;
	}
	st->prev = ch.class == GLYPH_SPACE ? PREV_SPACE : PREV_OTHER;
	st->prev_keeps_marks = false;
	if (sign)
		return token_sign(t, &ch);
	if (ch.class == GLYPH_SYMBOL)
		return token_symbol(t, &ch);
	return token_gap(t, ch.class == GLYPH_SPACE);
}

/* ½ behind a digit is .5, not the digits 1 and 2. */
static size_t fold_fraction(const struct text *t, int32_t cp, int32_t *out)
{
	const struct token_open *w = &t->state->word;
	if (!w->open || w->mid.cp || t->state->prev != PREV_DIGIT ||
	    cp < 0xBC || cp > 0xBE)
		return 0;
	out[0] = '.';
	out[1] = cp == 0xBC ? '2' : cp == 0xBD ? '5' : '7';
	out[2] = '5';
	return cp == 0xBD ? 2 : 3;
}

static int add_visible(struct text *t, const struct put_cluster *c)
{
	int32_t out[GLYPH_MAX_FOLDED];
	unsigned noise = 0;
	size_t n = fold_fraction(t, c->cps[0], out);
	if (n == 0)
		n = glyph_fold(c->cps, c->n, out, &noise);
	if (n == 0)
		return put_plain(t, c);
	int err = 0;
	if (!is_word_class(glyph_class(out[0])) && !token_takes_sign(t, out[0]))
		err = token_break(t);
	if (err == 0)
		err = sentence_before(t, c->cps[0], c->start);
	for (size_t i = 0; i < n && err == 0; i++)
		err = add_folded(t, c, out[i], n == 1 ? c->cps[0] : out[i]);
	if (noise)
		token_noise(t, noise);
	if (err == 0 && t->state->word.open && t->state->word.single)
		err = token_break(t);
	if (err == 0)
		err = put_plain(t, c);
	if (err == 0)
		sentence_after(t, c->cps[0], c->end);
	return err;
}

int put_cluster(struct text *t, const struct put_cluster *c)
{
	int32_t cp = c->cps[0];
	if (c->n == 1 && glyph_is_invisible(cp)) {
		if (cp == '\b' || cp == 0x7F)
			token_erase(t);
		return 0;
	}
	if (glyph_is_space(cp)) {
		int err = put_space(t, cp, c->start, c->end);
		return err ? err : put_plain(t, c);
	}
	if (glyph_class(cp) == GLYPH_MARK && !t->state->prev_keeps_marks) {
		token_noise(t, 1);
		return put_plain(t, c);
	}
	return add_visible(t, c);
}

/* An ASCII sign that counts as itself. */
int put_sign(struct text *t, char c, uint32_t pos)
{
	bool sign = token_takes_sign(t, c);
	int err = sign ? 0 : token_break(t);
	if (err == 0)
		err = sentence_before(t, c, pos);
	if (err == 0)
		err = view_reserve(&t->folded, 1);
	if (err == 0)
		err = view_reserve(&t->plain, 1);
	if (err)
		return err;
	struct token_char ch = {.cp = c,
	    .orig = c,
	    .start = pos,
	    .end = pos + 1,
	    .fold = (uint32_t)t->folded.len,
	    .fold_len = 1};
	view_add_ascii(&t->folded, c, pos);
	view_add_ascii(&t->plain, c, pos);
	t->state->prev = PREV_OTHER;
	t->state->prev_keeps_marks = false;
	if (sign)
		err = token_sign(t, &ch);
	else if (c == '$' || c == '%')
		err = token_symbol(t, &ch);
	else
		err = token_gap(t, false);
	sentence_after(t, c, pos + 1);
	return err;
}

int put_ascii_space(struct text *t, char c, uint32_t pos)
{
	bool plain = is_plain_space(t, c, pos);
	int err =
	    plain ? view_reserve(&t->folded, 1) : put_space(t, c, pos, pos + 1);
	if (err == 0)
		err = view_reserve(&t->plain, 1);
	if (err)
		return err;
	if (plain) {
		view_add_ascii(&t->folded, ' ', pos);
		t->state->prev = PREV_SPACE;
	}
	view_add_ascii(&t->plain, c, pos);
	return 0;
}

int put_run(struct text *t, size_t n, size_t digits)
{
	uint32_t pos = (uint32_t)t->settled;
	int err = view_reserve(&t->folded, n);
	if (err == 0)
		err = view_reserve(&t->plain, n);
	if (err)
		return err;
	view_add_small(&t->folded, t->bytes + pos, n, pos);
	view_add_letters(&t->plain, t->bytes + pos, n, pos, 0);
	token_extend(t, pos + (uint32_t)n, n, digits);
	t->settled += n;
	char last = t->bytes[t->settled - 1];
	t->state->prev = last >= '0' && last <= '9' ? PREV_DIGIT : PREV_LETTER;
	t->state->prev_keeps_marks = false;
	return 0;
}

/* The next n bytes, a token whatever comes; bits: of the folded view. */
static int add_whole(struct text *t, size_t n, uint64_t bits)
{
	uint32_t pos = (uint32_t)t->settled;
	int err = sentence_before(t, t->bytes[pos], pos);
	if (err == 0)
		err = view_reserve(&t->folded, n);
	if (err == 0)
		err = view_reserve(&t->plain, n);
	if (err)
		return err;
	view_add_letters(&t->folded, t->bytes + pos, n, pos, bits);
	view_add_letters(&t->plain, t->bytes + pos, n, pos, 0);
	t->settled += n;
	t->state->prev_keeps_marks = false;
	return 0;
}

int put_word(struct text *t, size_t n)
{
	uint32_t pos = (uint32_t)t->settled;
	int err = add_whole(t, n, VIEW_SMALL);
	t->state->prev = PREV_LETTER;
	return err ? err : token_whole(t, TOKEN_WORD, pos, n);
}

int put_number(struct text *t, size_t n)
{
	uint32_t pos = (uint32_t)t->settled;
	int err = add_whole(t, n, 0);
	t->state->prev = PREV_DIGIT;
	return err ? err : token_whole(t, TOKEN_NUMBER, pos, n);
}

/* An ASCII letter or digit that needs a look: the first of a word, say. */
int put_alnum(struct text *t, char c, bool digit)
{
	uint32_t pos = (uint32_t)t->settled;
	int err = sentence_before(t, c, pos);
	if (err == 0)
		err = view_reserve(&t->folded, 1);
	if (err == 0)
		err = view_reserve(&t->plain, 1);
	if (err)
		return err;
	bool capital_i = c == 'I' && pos > 0 && t->state->word.open &&
	    t->bytes[pos - 1] >= 'a' && t->bytes[pos - 1] <= 'z';
	char low = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	struct token_char ch = {.class = digit ? GLYPH_DIGIT : GLYPH_LETTER,
	    .cp = low,
	    .orig = c,
	    .start = pos,
	    .end = pos + 1,
	    .fold = (uint32_t)t->folded.len,
	    .fold_len = 1};
	view_add_ascii(&t->folded, low, pos);
	view_add_ascii(&t->plain, c, pos);
	t->state->prev = digit ? PREV_DIGIT : PREV_LETTER;
	t->state->prev_keeps_marks = false;
	t->settled = pos + 1;
	return capital_i ? token_capital_i(t, &ch) : token_char(t, &ch);
}
