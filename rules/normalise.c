/*
 * normalise - see normalise.h.
 *
 * Every step either consumes a unit or answers that more bytes are needed;
 * nothing is looked at twice but the unit itself, and no unit looks further
 * than TEXT_LOOK_AHEAD_BYTES. What is dropped from the folded view stays in
 * the plain one if a reader would see it.
 */
#include "rules/normalise.h"

#include "rules/glyph.h"
#include "rules/markup.h"
#include "rules/sentence.h"
#include "rules/token.h"
#include "rules/view.h"

#define NEED_MORE 1 /* beside 0 and enum text_err */

enum ascii_kind { PUNCT, LETTER, DIGIT, SPACE, SPECIAL };

static const unsigned char ascii_kinds[128] = {
    ['\t'] = SPACE,
    ['\n'] = SPACE,
    ['\v'] = SPACE,
    ['\f'] = SPACE,
    ['\r'] = SPACE,
    [' '] = SPACE,
    ['\0'] = SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    [0x0E] = SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    SPECIAL,
    [0x7F] = SPECIAL,
    ['&'] = SPECIAL,
    ['<'] = SPECIAL,
    ['*'] = SPECIAL,
    ['_'] = SPECIAL,
    ['~'] = SPECIAL,
    ['`'] = SPECIAL,
    ['\\'] = SPECIAL,
    ['['] = SPECIAL,
    [']'] = SPECIAL,
    ['0'] = DIGIT,
    DIGIT,
    DIGIT,
    DIGIT,
    DIGIT,
    DIGIT,
    DIGIT,
    DIGIT,
    DIGIT,
    DIGIT,
    ['A'] = LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    ['a'] = LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
    LETTER,
};

/* The bytes a unit may be read from. */
struct reader {
	struct text *t;
	size_t end; /* of what may be read */
	bool final;
};

struct cluster {
	int32_t cps[GLYPH_MAX_CLUSTER];
	size_t n;
	uint32_t start, end;
};

static unsigned char byte_at(const struct reader *r, size_t pos)
{
	return (unsigned char)r->t->bytes[pos];
}

static struct markup_in markup_at(const struct reader *r, size_t pos)
{
	size_t n = r->end - pos;
	struct markup_in in = {.s = r->t->bytes + pos, .n = n};
	if (n >= TEXT_LOOK_AHEAD_BYTES)
		in.n = TEXT_LOOK_AHEAD_BYTES;
	else
		in.more = !r->final;
	return in;
}

/* One character, an entity decoded; 0: more bytes are needed. */
static size_t read_char(const struct reader *r, size_t pos, int32_t *cp)
{
	if (byte_at(r, pos) != '&')
		return glyph_decode(r->t->bytes + pos, r->end - pos, cp);
	struct markup_in in = markup_at(r, pos);
	size_t n = markup_entity(&in, cp);
	if (n == MARKUP_MORE)
		return 0;
	if (n == 0) {
		*cp = '&';
		return 1;
	}
	return n;
}

/* A character and the marks behind it. NEED_MORE while more may follow. */
static int read_cluster(const struct reader *r, size_t pos, struct cluster *c)
{
	size_t len = read_char(r, pos, &c->cps[0]);
	if (len == 0)
		return NEED_MORE;
	c->n = 1;
	c->start = (uint32_t)pos;
	pos += len;
	enum glyph_class class = glyph_class(c->cps[0]);
	bool takes_marks = class == GLYPH_LETTER || class == GLYPH_SINGLE ||
	    class == GLYPH_KATAKANA || class == GLYPH_DIGIT;
	while (takes_marks && c->n < GLYPH_MAX_CLUSTER) {
		if (pos >= r->end && !r->final)
			return NEED_MORE;
		if (pos >= r->end)
			break;
		len = read_char(r, pos, &c->cps[c->n]);
		if (len == 0)
			return NEED_MORE;
		if (!glyph_is_extender(c->cps[c->n]))
			break;
		c->n++;
		pos += len;
	}
	c->end = (uint32_t)pos;
	return 0;
}

/* ---- appending ---- */

static int add_plain(struct text *t, const struct cluster *c)
{
	if (c->n == 1 && c->cps[0] < 0x80)
		return view_add(&t->plain, c->cps[0], c->start, c->end);
	int32_t out[GLYPH_MAX_FOLDED];
	size_t n = glyph_compose(c->cps, c->n, out);
	int err = 0;
	for (size_t i = 0; i < n && err == 0; i++)
		err = view_add(&t->plain, out[i], c->start, c->end);
	return err;
}

static int add_space(struct text *t, int32_t cp, uint32_t start, uint32_t end)
{
	struct text_state *st = t->state;
	int err = token_break(t);
	if (err == 0)
		err = sentence_space(t, cp, start);
	if (err == 0 && st->prev != PREV_SPACE && st->prev != PREV_START) {
		err = view_add(&t->folded, ' ', start, end);
		st->prev = PREV_SPACE;
	}
	return err ? err : token_gap(t, true);
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
    struct text *t, const struct cluster *c, int32_t cp, int32_t orig)
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

static int add_visible(struct text *t, const struct cluster *c)
{
	int32_t out[GLYPH_MAX_FOLDED];
	bool noise = false;
	size_t n = fold_fraction(t, c->cps[0], out);
	if (n == 0)
		n = glyph_fold(c->cps, c->n, out, &noise);
	if (n == 0)
		return add_plain(t, c);
	int err = 0;
	if (!is_word_class(glyph_class(out[0])) && !token_takes_sign(t, out[0]))
		err = token_break(t);
	if (err == 0)
		err = sentence_before(t, c->cps[0], c->start);
	for (size_t i = 0; i < n && err == 0; i++)
		err = add_folded(t, c, out[i], n == 1 ? c->cps[0] : out[i]);
	if (noise)
		token_noise(t);
	if (err == 0 && t->state->word.open && t->state->word.single)
		err = token_break(t);
	if (err == 0)
		err = add_plain(t, c);
	if (err == 0)
		sentence_after(t, c->cps[0], c->end);
	return err;
}

static int add_cluster(struct text *t, const struct cluster *c)
{
	int32_t cp = c->cps[0];
	if (c->n == 1 && glyph_is_invisible(cp)) {
		if (cp == '\b' || cp == 0x7F)
			token_erase(t);
		return 0;
	}
	if (glyph_is_space(cp)) {
		int err = add_space(t, cp, c->start, c->end);
		return err ? err : add_plain(t, c);
	}
	if (glyph_class(cp) == GLYPH_MARK && !t->state->prev_keeps_marks) {
		token_noise(t);
		return add_plain(t, c);
	}
	return add_visible(t, c);
}

/* len bytes that only the plain view keeps. */
static int pass_over(const struct reader *r, size_t len)
{
	struct text *t = r->t;
	struct reader range = {.t = t, .end = t->settled + len, .final = true};
	int err = sentence_mark(t, (uint32_t)t->settled);
	size_t pos = t->settled;
	while (pos < range.end && err == 0) {
		struct cluster c;
		err = read_cluster(&range, pos, &c);
		if (err == 0 && !(c.n == 1 && glyph_is_invisible(c.cps[0])))
			err = add_plain(t, &c);
		pos = c.end;
	}
	t->settled += len;
	return err;
}

/* An ASCII sign that counts as itself. */
static int add_sign(struct text *t, char c, uint32_t pos)
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
	view_add_ascii(&t->folded, (unsigned char)c, pos);
	view_add_ascii(&t->plain, (unsigned char)c, pos);
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

static int add_ascii_space(struct text *t, char c, uint32_t pos)
{
	int err = add_space(t, c, pos, pos + 1);
	if (err == 0)
		err = view_reserve(&t->plain, 1);
	if (err == 0)
		view_add_ascii(&t->plain, (unsigned char)c, pos);
	return err;
}

/* len ASCII signs or spaces that count as themselves. */
static int keep(const struct reader *r, size_t len)
{
	struct text *t = r->t;
	int err = 0;
	for (; len > 0 && err == 0; len--) {
		uint32_t pos = (uint32_t)t->settled++;
		char c = t->bytes[pos];
		err = ascii_kinds[(unsigned char)c] == SPACE
		    ? add_ascii_space(t, c, pos)
		    : add_sign(t, c, pos);
	}
	return err;
}

/* ---- units ---- */

static int step_cluster(const struct reader *r)
{
	struct cluster c;
	int err = read_cluster(r, r->t->settled, &c);
	if (err)
		return err;
	r->t->settled = c.end;
	return add_cluster(r->t, &c);
}

static bool is_word_prev(const struct text *t)
{
	return t->state->prev == PREV_LETTER || t->state->prev == PREV_DIGIT;
}

static int step_tag(const struct reader *r)
{
	struct text *t = r->t;
	struct markup_in in = markup_at(r, t->settled);
	bool block = false;
	size_t len = markup_tag(&in, t->state->word.open, &block);
	if (len == MARKUP_MORE)
		return NEED_MORE;
	if (len == 0)
		return keep(r, 1);
	uint32_t start = (uint32_t)t->settled;
	int err = block ? add_space(t, ' ', start, start + (uint32_t)len) : 0;
	return err ? err : pass_over(r, len);
}

/* Marks of emphasis join what is around them; between digits, or with space
 * on both sides, they are signs. */
static int step_emphasis(const struct reader *r, char mark)
{
	struct text *t = r->t;
	size_t end = t->settled;
	while (end < r->end && r->t->bytes[end] == mark &&
	    end - t->settled < TEXT_LOOK_AHEAD_BYTES)
		end++;
	if (end == r->end && !r->final)
		return NEED_MORE;
	char next = end < r->end ? r->t->bytes[end] : ' ';
	size_t len = end - t->settled;
	enum text_prev prev = t->state->prev;
	bool digit_next = next >= '0' && next <= '9';
	bool space_next = (unsigned char)next <= ' ';
	bool kept = false;
	if (mark == '*')
		kept = (prev == PREV_DIGIT && digit_next) ||
		    ((prev == PREV_SPACE || prev == PREV_START) && space_next);
	else if (mark == '_')
		kept = len == 1 && is_word_prev(t) && markup_is_wordish(next);
	else if (mark == '~')
		kept = len == 1 &&
		    (prev != PREV_LETTER || digit_next ||
			!markup_is_wordish(next));
	return kept ? keep(r, len) : pass_over(r, len);
}

static int step_escape(const struct reader *r)
{
	struct text *t = r->t;
	if (t->settled + 1 == r->end && !r->final)
		return NEED_MORE;
	unsigned char next =
	    t->settled + 1 < r->end ? byte_at(r, t->settled + 1) : ' ';
	bool escapes = next > ' ' && next < 0x7F &&
	    ascii_kinds[next] != LETTER && ascii_kinds[next] != DIGIT;
	if (!escapes)
		return keep(r, 1);
	int err = pass_over(r, 1);
	return err ? err : keep(r, 1);
}

static int step_bracket(const struct reader *r, char bracket)
{
	struct text *t = r->t;
	if (t->settled + 1 == r->end && !r->final)
		return NEED_MORE;
	char next = t->settled + 1 < r->end ? t->bytes[t->settled + 1] : ' ';
	if (bracket == ']' && next == '(') {
		struct markup_in in = markup_at(r, t->settled);
		size_t len = markup_link(&in);
		if (len == MARKUP_MORE)
			return NEED_MORE;
		if (len > 0)
			return pass_over(r, len);
	}
	if (is_word_prev(t) && t->state->word.open && markup_is_wordish(next))
		return pass_over(r, 1);
	return keep(r, 1);
}

static int step_ansi(const struct reader *r)
{
	struct text *t = r->t;
	struct markup_in in = markup_at(r, t->settled);
	size_t len = markup_ansi(&in);
	if (len == MARKUP_MORE)
		return NEED_MORE;
	t->settled += len ? len : 1;
	return 0;
}

static int step_special(const struct reader *r, unsigned char c)
{
	switch (c) {
	case '<':
		return step_tag(r);
	case '*':
	case '_':
	case '~':
	case '`':
		return step_emphasis(r, (char)c);
	case '\\':
		return step_escape(r);
	case '[':
	case ']':
		return step_bracket(r, (char)c);
	case '\033':
		return step_ansi(r);
	default:
		return step_cluster(r);
	}
}

/* ASCII letters and digits from pos that only make the open word longer. */
static size_t simple_run(const struct reader *r, size_t pos, size_t *digits)
{
	size_t room = token_simple_room(r->t);
	size_t end = r->end - pos < room ? r->end : pos + room;
	size_t i = pos;
	*digits = 0;
	for (; i < end; i++) {
		unsigned char c = byte_at(r, i);
		if (c >= 0x80 || c == 'I' ||
		    (ascii_kinds[c] != LETTER && ascii_kinds[c] != DIGIT))
			break;
		*digits += c <= '9';
	}
	/* Marks may follow the last one: as characters, as entities. */
	unsigned char next = i < r->end ? byte_at(r, i) : ' ';
	if (i > pos &&
	    (next >= 0x80 || next == '&' || (i == r->end && !r->final))) {
		i--;
		*digits -= byte_at(r, i) <= '9';
	}
	return i - pos;
}

static int add_run(struct text *t, size_t n, size_t digits)
{
	uint32_t pos = (uint32_t)t->settled;
	int err = view_reserve(&t->folded, n);
	if (err == 0)
		err = view_reserve(&t->plain, n);
	if (err)
		return err;
	view_add_run(&t->folded, t->bytes + pos, n, pos, true);
	view_add_run(&t->plain, t->bytes + pos, n, pos, false);
	token_extend(t, pos + (uint32_t)n, n, digits);
	t->settled += n;
	char last = t->bytes[t->settled - 1];
	t->state->prev = last >= '0' && last <= '9' ? PREV_DIGIT : PREV_LETTER;
	t->state->prev_keeps_marks = false;
	return 0;
}

/* An ASCII letter or digit that needs a look: the first of a word, say. */
static int add_alnum(struct text *t, char c, bool digit)
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
	view_add_ascii(&t->folded, (unsigned char)low, pos);
	view_add_ascii(&t->plain, (unsigned char)c, pos);
	t->state->prev = digit ? PREV_DIGIT : PREV_LETTER;
	t->state->prev_keeps_marks = false;
	t->settled = pos + 1;
	return capital_i ? token_capital_i(t, &ch) : token_char(t, &ch);
}

static int step_alnum(const struct reader *r, char c, bool digit)
{
	struct text *t = r->t;
	size_t digits, n = simple_run(r, t->settled, &digits);
	if (n > 0)
		return add_run(t, n, digits);
	if (t->settled + 1 < r->end) {
		unsigned char next = byte_at(r, t->settled + 1);
		if (next >= 0x80 || next == '&')
			return step_cluster(r);
	} else if (!r->final) {
		return NEED_MORE;
	}
	return add_alnum(t, c, digit);
}

static int step(const struct reader *r)
{
	unsigned char c = byte_at(r, r->t->settled);
	if (c >= 0x80)
		return step_cluster(r);
	switch ((enum ascii_kind)ascii_kinds[c]) {
	case LETTER:
		return step_alnum(r, (char)c, false);
	case DIGIT:
		return step_alnum(r, (char)c, true);
	case SPECIAL:
		return step_special(r, c);
	case SPACE:
	case PUNCT:
		break;
	}
	return keep(r, 1);
}

int normalise_run(struct text *t, bool final)
{
	struct reader r = {.t = t, .end = t->state->valid, .final = final};
	int err = 0;
	while (err == 0 && t->settled < r.end)
		err = step(&r);
	return err == NEED_MORE ? 0 : err;
}
