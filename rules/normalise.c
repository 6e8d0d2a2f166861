/*
 * normalise - see normalise.h.
 *
 * Every step either consumes a unit or answers that more bytes are needed;
 * nothing is looked at twice but the unit itself, and no unit looks further
 * than TEXT_LOOK_AHEAD_BYTES. What is dropped from the folded view stays in
 * the plain one if a reader would see it.
 */
#include "rules/normalise.h"

#include "rules/apart.h"
#include "rules/calm.h"
#include "rules/chars.h"
#include "rules/glyph.h"
#include "rules/hidden.h"
#include "rules/markup.h"
#include "rules/put.h"
#include "rules/sentence.h"
#include "rules/token.h"
#include "rules/url_escape.h"

#define PLAIN_WORD 64u  /* letters; a longer one is read like any other */
#define FLAG_LETTERS 2u /* that make a flag */
#define NEED_MORE 1     /* beside 0 and enum text_err */

enum ascii_kind { PUNCT, LETTER, DIGIT, SPACE, SPECIAL };

#define X SPECIAL
#define S SPACE
#define D DIGIT
#define L LETTER

/* clang-format off */
static const unsigned char ascii_kinds[128] = {
    X, X, X, X, X, X, X, X, X, S, S, S, S, S, X, X, /* 00 */
    X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, /* 10 */
    S, 0, 0, 0, 0, 0, X, 0, 0, 0, X, 0, 0, 0, 0, 0, /* 20 */
    D, D, D, D, D, D, D, D, D, D, 0, 0, X, 0, 0, 0, /* 30 */
    0, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* 40 */
    L, L, L, L, L, L, L, L, L, L, L, X, X, X, 0, X, /* 50 */
    X, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, /* 60 */
    L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, X, X, /* 70 */
};
/* clang-format on */

#undef X
#undef S
#undef D
#undef L

/* The bytes a unit may be read from. */
struct reader {
	struct text *t;
	size_t end; /* of what may be read */
	bool final;
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
static int read_cluster(
    const struct reader *r, size_t pos, struct put_cluster *c)
{
	size_t len = read_char(r, pos, &c->cps[0]);
	if (len == 0)
		return NEED_MORE;
	c->n = 1;
	c->raw = false;
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

/* len bytes that only the plain view keeps. */
static int pass_over(const struct reader *r, size_t len)
{
	struct text *t = r->t;
	struct reader range = {.t = t, .end = t->settled + len, .final = true};
	int err = sentence_mark(t, (uint32_t)t->settled);
	size_t pos = t->settled;
	while (pos < range.end && err == 0) {
		struct put_cluster c;
		err = read_cluster(&range, pos, &c);
		if (err == 0 && !(c.n == 1 && glyph_is_invisible(c.cps[0])))
			err = put_plain(t, &c);
		pos = c.end;
	}
	t->settled += len;
	return err;
}

/* A word may go on over the len bytes of markup: in another reading they part
 * it (apart.h). NEED_MORE: what follows is to come. */
static int note_apart(const struct reader *r, size_t len)
{
	size_t end = r->t->settled + len;
	if (end == r->end && !r->final)
		return r->t->state->word.open ? NEED_MORE : 0;
	return apart_note(r->t, len, end < r->end ? r->t->bytes[end] : ' ');
}

/* len bytes of markup that say nothing. */
static int drop(const struct reader *r, size_t len)
{
	int err = note_apart(r, len);
	return err ? err : pass_over(r, len);
}

/* len bytes of markup: what they say is read by itself. */
static int hide(const struct reader *r, size_t len)
{
	int err = note_apart(r, len);
	if (err == 0)
		err = hidden_note(r->t, len);
	return err ? err : pass_over(r, len);
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
		    ? put_ascii_space(t, c, pos)
		    : put_sign(t, c, pos);
	}
	return err;
}

/* ---- units ---- */

/* One flag: nothing of it is a word, and none goes on over it. */
static int put_flag(const struct reader *r, size_t len)
{
	uint32_t start = (uint32_t)r->t->settled;
	int err = put_space(r->t, ' ', start, start + (uint32_t)len);
	return err ? err : pass_over(r, len);
}

/* Two flag letters are a flag; one, or a row of them, are letters. */
static int step_flag_letters(const struct reader *r)
{
	struct text *t = r->t;
	size_t end = t->settled, n = 0;
	while (end - t->settled < TEXT_LOOK_AHEAD_BYTES) {
		int32_t cp = 0;
		if (end == r->end && !r->final)
			return NEED_MORE;
		if (end == r->end)
			break;
		size_t len = glyph_decode(t->bytes + end, r->end - end, &cp);
		if (!glyph_is_flag_letter(cp))
			break;
		end += len;
		n++;
	}
	if (n == FLAG_LETTERS)
		return put_flag(r, end - t->settled);
	int err = 0;
	for (; n > 0 && err == 0; n--) {
		struct put_cluster c = {.n = 1, .start = (uint32_t)t->settled};
		t->settled += read_char(r, t->settled, &c.cps[0]);
		c.end = (uint32_t)t->settled;
		err = put_cluster(t, &c);
	}
	return err;
}

static int step_cluster(const struct reader *r)
{
	struct put_cluster c;
	int err = read_cluster(r, r->t->settled, &c);
	if (err)
		return err;
	if (glyph_is_flag_letter(c.cps[0]) && byte_at(r, r->t->settled) != '&')
		return step_flag_letters(r);
	if (glyph_is_note(c.cps[0]))
		err = apart_note_number(r->t, c.end - r->t->settled);
	r->t->settled = c.end;
	return err ? err : put_cluster(r->t, &c);
}

static bool is_word_prev(const struct text *t)
{
	return t->state->prev == PREV_LETTER || t->state->prev == PREV_DIGIT;
}

static bool is_inside_word(const struct text *t, char next)
{
	return is_word_prev(t) && t->state->word.open &&
	    markup_is_wordish(next);
}

/* len signs inside a word that say nothing, or part it. */
static int part_word(const struct reader *r, size_t len)
{
	int err = token_may_part(r->t);
	return err ? err : pass_over(r, len);
}

static int step_tag(const struct reader *r)
{
	struct text *t = r->t;
	struct markup_in in = markup_at(r, t->settled);
	enum markup_parts parts;
	size_t len = markup_tag(&in, t->state->word.open, &parts);
	if (len == MARKUP_MORE)
		return NEED_MORE;
	if (len == 0)
		return keep(r, 1);
	uint32_t start = (uint32_t)t->settled;
	int err = 0;
	if (parts == MARKUP_CELLS || parts == MARKUP_LINES)
		err = put_tag(t, parts == MARKUP_CELLS, len);
	else if (parts == MARKUP_WORDS)
		err = put_space(t, ' ', start, start + (uint32_t)len);
	return err ? err : hide(r, len);
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
	if (kept)
		return keep(r, len);
	/* Markdown knows no emphasis inside a word by these. */
	return mark == '_' && is_inside_word(t, next) ? part_word(r, len)
						      : drop(r, len);
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
			return hide(r, len);
	}
	return is_inside_word(t, next) ? part_word(r, 1) : keep(r, 1);
}

/* An image inside a word: what a reader sees is no sign of the word's end. */
static int step_image(const struct reader *r)
{
	struct text *t = r->t;
	if (!t->state->word.open || t->state->word.letters == 0)
		return keep(r, 1);
	struct markup_in in = markup_at(r, t->settled);
	size_t len = markup_image(&in);
	if (len == MARKUP_MORE ||
	    (len > 0 && t->settled + len >= r->end && !r->final))
		return NEED_MORE;
	size_t end = t->settled + len;
	bool inside = len > 0 && end < r->end &&
	    (markup_is_wordish(t->bytes[end]) || t->bytes[end] == '\'');
	return inside ? hide(r, len) : keep(r, 1);
}

/* Is the percent sign at hand in a URL? What is in front of it is looked at
 * once, up to the last escape. */
static bool is_in_url(const struct text *t)
{
	size_t i = t->settled;
	while (i > 0 && t->settled - i < TEXT_LOOK_AHEAD_BYTES &&
	    i != t->state->url_end && (unsigned char)t->bytes[i - 1] > ' ')
		i--;
	return (i > 0 && i == t->state->url_end) ||
	    url_escape_may_follow(t->bytes + i, t->settled - i);
}

static int step_percent(const struct reader *r)
{
	struct text *t = r->t;
	if (!is_in_url(t))
		return keep(r, 1);
	struct put_cluster c = {.n = 1, .raw = true};
	size_t len = url_escape_char(
	    t->bytes + t->settled, r->end - t->settled, !r->final, &c.cps[0]);
	if (len == URL_ESCAPE_MORE)
		return NEED_MORE;
	if (len == 0)
		return keep(r, 1);
	c.start = (uint32_t)t->settled;
	c.end = (uint32_t)(t->settled + len);
	t->settled = t->state->url_end = c.end;
	return put_cluster(t, &c);
}

static int step_ansi(const struct reader *r)
{
	struct text *t = r->t;
	struct markup_in in = markup_at(r, t->settled);
	size_t len = markup_ansi(&in);
	if (len == MARKUP_MORE)
		return NEED_MORE;
	if (len == 0 && byte_at(r, t->settled) >= 0x80)
		return step_cluster(r);
	int err = len ? note_apart(r, len) : 0;
	if (err == NEED_MORE)
		return err;
	if (err == 0 && len)
		err = hidden_note(t, len);
	t->settled += len ? len : 1;
	return err;
}

/* CSI or OSC as one character: U+009B, U+009D. */
static bool is_c1(const struct reader *r)
{
	size_t at = r->t->settled;
	if (byte_at(r, at) != 0xC2 || at + 1 >= r->end)
		return false;
	return byte_at(r, at + 1) == 0x9B || byte_at(r, at + 1) == 0x9D;
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

static int step_alnum(const struct reader *r, char c, bool digit)
{
	struct text *t = r->t;
	size_t digits, n = simple_run(r, t->settled, &digits);
	if (n > 0)
		return put_run(t, n, digits);
	if (t->settled + 1 < r->end) {
		unsigned char next = byte_at(r, t->settled + 1);
		if (next >= 0x80 || next == '&')
			return step_cluster(r);
	} else if (!r->final) {
		return NEED_MORE;
	}
	return put_alnum(t, c, digit);
}

/* May a word go on behind the sign at s: with it, or behind an image or in an
 * escape of a URL? What follows the sign is 0 if it has not come. */
static bool may_go_on(const char *s)
{
	switch (s[0]) {
	case '\'':
	case '@':
	case '$':
		return true;
	case '!':
		return s[1] == '[' || s[1] == '\0';
	case '%':
		return url_escape_is_digit(s[1]) || s[1] == '\0';
	default:
		return false;
	}
}

/* Letters from pos, apostrophes between them, that are a whole word, whatever
 * comes: the sign behind them is there and cannot be part of it. 0: it takes a
 * closer look. Single letters may be one spelled out, and a capital I among
 * small ones may be an l. */
static size_t plain_word(const struct reader *r, size_t pos)
{
	size_t end = r->end - pos < PLAIN_WORD ? r->end : pos + PLAIN_WORD;
	size_t i = pos + 1;
	const char *s = r->t->bytes;
	for (; i < end &&
	     (chars_are(s[i], CHARS_LETTER) ||
		 (s[i] == '\'' && chars_are(s[i - 1], CHARS_LETTER) &&
		     chars_are(s[i + 1], CHARS_LETTER)));
	     i++)
		if (s[i] == 'I' && chars_are(s[i - 1], CHARS_SMALL))
			return 0;
	if (i == end)
		return 0;
	unsigned char next = byte_at(r, i);
	bool over = i - pos > 1 && next < 0x80 &&
	    (ascii_kinds[next] == SPACE || ascii_kinds[next] == PUNCT) &&
	    !may_go_on(s + i);
	return over ? i - pos : 0;
}

/* How many digits from pos, with signs between, are a whole number, whatever
 * comes: what stands behind them is there and cannot be part of it. 0: it takes
 * a closer look. */
static size_t plain_number(const struct reader *r, size_t pos)
{
	const char *s = r->t->bytes + pos;
	size_t n = r->end - pos < PLAIN_WORD ? r->end - pos : PLAIN_WORD;
	size_t i = 1;
	while (i + 1 < n &&
	    (chars_are(s[i], CHARS_DIGIT) ||
		((s[i] == '.' || s[i] == ',') &&
		    chars_are(s[i + 1], CHARS_DIGIT))))
		i++;
	if (i + 1 >= n || (unsigned char)s[i] >= 0x80)
		return 0;
	if (s[i] == '.' || s[i] == ',') /* of the sentence */
		return s[i + 1] == ' ' ? i : 0;
	enum ascii_kind next = (enum ascii_kind)ascii_kinds[(int)s[i]];
	bool over = (next == SPACE || next == PUNCT) && !may_go_on(s + i);
	return over ? i : 0;
}

static int step_digit(const struct reader *r, char c)
{
	size_t n = token_is_idle(r->t) ? plain_number(r, r->t->settled) : 0;
	return n ? put_number(r->t, n) : step_alnum(r, c, true);
}

static int step_letter(const struct reader *r, char c)
{
	if (!token_is_idle(r->t))
		return step_alnum(r, c, false);
	size_t before = r->t->settled;
	int err = calm_read(r->t);
	if (err || r->t->settled > before)
		return err;
	size_t n = plain_word(r, before);
	return n ? put_word(r->t, n) : step_alnum(r, c, false);
}

static int step(const struct reader *r)
{
	unsigned char c = byte_at(r, r->t->settled);
	if (c >= 0x80)
		return is_c1(r) ? step_ansi(r) : step_cluster(r);
	switch ((enum ascii_kind)ascii_kinds[c]) {
	case LETTER:
		return step_letter(r, (char)c);
	case DIGIT:
		return step_digit(r, (char)c);
	case SPECIAL:
		return step_special(r, c);
	case PUNCT:
		if (c == '!')
			return step_image(r);
		if (c == '%')
			return step_percent(r);
		break;
	case SPACE:
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
