/*
 * token - see token.h.
 *
 * A word goes through three places: open (being read), the run (single letters
 * that may be one word spelled out), and text.tokens. It leaves the run when
 * the next one shows that it is ordinary.
 */
#include "rules/token.h"

#include "rules/reading.h"
#include "rules/token_list.h"
#include "rules/token_parts.h"

#include <string.h>

#define NOISE_ENOUGH 1000u /* marks; more are not counted */
#define RUN_MIN 3u         /* letters that make a spelled-out word */
#define RUN_MIN_BEHIND 2u
#define RUN_MIN_LIST 5u /* when the separator also makes lists: "a, b, c" */

static const char *fold_of(const struct text *t, const struct token *tok)
{
	return t->folded.bytes + tok->fold;
}

/* ---- the run of single letters ---- */

static const struct token *first_letter(const struct text *t)
{
	return &t->letters[t->n_letters - t->state->run.n];
}

static const struct token *last_letter(const struct text *t)
{
	return &t->letters[t->n_letters - 1];
}

/* All letters in one word, each in its other reading if it has one. */
static int flush_joined(struct text *t)
{
	unsigned n = t->state->run.n;
	const struct token *first = first_letter(t), *last = last_letter(t);
	struct token tok = *first;
	tok.end = last->end;
	tok.fold_len = last->fold + last->fold_len - tok.fold;
	tok.alt_len = 0;
	tok.letters = (uint32_t)(t->n_letters - n);
	tok.n_letters = (uint8_t)n;
	char bytes[TEXT_READING_BYTES];
	size_t len = 0;
	for (const struct token *l = first; l <= last; l++) {
		const char *s = l->alt_len ? t->alt + l->alt : fold_of(t, l);
		size_t add = l->alt_len ? l->alt_len : l->fold_len;
		if (add > sizeof(bytes) - len)
			break;
		memcpy(bytes + len, s, add);
		len += add;
	}
	int err = token_add_alt(t, &tok, bytes, len);
	return err ? err : token_append(t, &tok);
}

static int flush_apart(struct text *t)
{
	size_t from = t->n_letters - t->state->run.n;
	int err = 0;
	for (size_t i = from; i < t->n_letters && err == 0; i++)
		err = token_append(t, &t->letters[i]);
	t->n_letters = from;
	return err;
}

/* Are the letters held enough to be a word? Behind another one two are: the
 * "i t" of "g u a r a n t e e   i t". */
static bool run_is_word(const struct text *t)
{
	const struct token_run *run = &t->state->run;
	if (memchr(run->sep, ',', run->sep_len) ||
	    memchr(run->sep, ';', run->sep_len) ||
	    memchr(run->sep, '/', run->sep_len))
		return run->n >= RUN_MIN_LIST;
	bool behind = t->n_tokens && t->tokens[t->n_tokens - 1].n_letters;
	return run->n >= (behind ? RUN_MIN_BEHIND : RUN_MIN);
}

int token_flush(struct text *t)
{
	struct token_run *run = &t->state->run;
	if (run->n == 0)
		return 0;
	int err = run_is_word(t) ? flush_joined(t) : flush_apart(t);
	run->n = 0;
	return err;
}

/* Is this what may stand between two letters of a spelled-out word? At most
 * one sign, with at most one space on either side. */
static bool is_separator(const char *s, size_t len)
{
	size_t i = 0;
	if (len == 0)
		return false;
	if (s[i] == ' ')
		i++;
	if (i < len && s[i] != ' ') {
		int32_t cp;
		i += glyph_decode(s + i, len - i, &cp);
	}
	if (i < len && s[i] == ' ')
		i++;
	return i == len;
}

static void run_gap(
    const struct text *t, uint32_t end, const char **gap, size_t *len)
{
	const struct token *last = last_letter(t);
	uint32_t start = last->fold + last->fold_len;
	*gap = t->folded.bytes + start;
	*len = end - start;
}

/* "w o n ' t": may the gap be, or become, an apostrophe between two of the
 * run's separators? *whole is set when it is. */
static bool is_apostrophe(
    const struct token_run *run, const char *gap, size_t len, bool *whole)
{
	char form[2 * sizeof(run->sep) + 1];
	size_t n = run->sep_len;
	memcpy(form, run->sep, n);
	form[n] = '\'';
	memcpy(form + n + 1, run->sep, n);
	*whole = run->n > 1 && len == 2 * n + 1 && memcmp(gap, form, len) == 0;
	return run->n > 1 && len <= 2 * n + 1 && memcmp(gap, form, len) == 0;
}

/* Does the run go on with a letter that starts here? */
static bool run_accepts(
    const struct text *t, uint32_t fold, uint32_t end, uint32_t sentence)
{
	const struct token_run *run = &t->state->run;
	const char *gap;
	size_t len;
	run_gap(t, fold, &gap, &len);
	bool wide = len == 1 && gap[0] == ' ' && run->gap_spaces > 1;
	const struct token *first = first_letter(t);
	bool apostrophe;
	is_apostrophe(run, gap, len, &apostrophe);
	if (sentence != first->sentence || run->n == TEXT_SPELLED_LETTERS ||
	    end - first->start > TEXT_LOOK_AHEAD_BYTES)
		return false;
	if (apostrophe)
		return true;
	if (!is_separator(gap, len) || len > sizeof(run->sep))
		return false;
	return run->n == 1 ||
	    (wide == run->wide && len == run->sep_len &&
		memcmp(gap, run->sep, len) == 0);
}

/* An apostrophe in front of the letter belongs to it, in the other reading. */
static int take_apostrophe(struct text *t, struct token *tok)
{
	const struct token_run *run = &t->state->run;
	const char *gap;
	size_t len;
	bool apostrophe = false;
	if (run->n > 1) {
		run_gap(t, tok->fold, &gap, &len);
		is_apostrophe(run, gap, len, &apostrophe);
	}
	if (!apostrophe)
		return 0;
	char bytes[TEXT_READING_BYTES + 1] = {'\''};
	const char *s = tok->alt_len ? t->alt + tok->alt : fold_of(t, tok);
	len = tok->alt_len ? tok->alt_len : tok->fold_len;
	if (len > TEXT_READING_BYTES)
		return 0;
	memcpy(bytes + 1, s, len);
	return token_add_alt(t, tok, bytes, len + 1);
}

static int run_extend(struct text *t, const struct token *tok)
{
	struct token_run *run = &t->state->run;
	if (token_reserve_letters(t, 1))
		return TEXT_ERR_MEMORY;
	if (run->n == 0) {
		run->sep_len = 0;
	} else if (run->n == 1) {
		const char *gap;
		size_t len;
		run_gap(t, tok->fold, &gap, &len);
		memcpy(run->sep, gap, len);
		run->sep_len = (uint8_t)len;
		run->wide = len == 1 && gap[0] == ' ' && run->gap_spaces > 1;
	}
	struct token letter = *tok;
	int err = take_apostrophe(t, &letter);
	t->letters[t->n_letters++] = letter;
	run->n++;
	run->gap_spaces = 0;
	return err;
}

int token_gap(struct text *t, bool space)
{
	struct token_run *run = &t->state->run;
	if (run->n == 0)
		return 0;
	if (space && run->gap_spaces < UINT8_MAX)
		run->gap_spaces++;
	const char *gap;
	size_t len;
	run_gap(t, (uint32_t)t->folded.len, &gap, &len);
	bool whole;
	if ((len <= sizeof(run->sep) && (len == 0 || is_separator(gap, len))) ||
	    is_apostrophe(run, gap, len, &whole))
		return 0;
	return token_flush(t);
}

/* ---- the open word ---- */

static void read_as(struct text *t, struct token *tok, size_t *alt_len)
{
	struct text_state *st = t->state;
	struct token_open *w = &st->word;
	*alt_len = 0;
	if (w->digits == 0 && !reading_is_needed(&w->reading)) {
		st->latin_before = !w->katakana && !w->single;
		return;
	}
	struct reading_word word = {.fold = fold_of(t, tok),
	    .fold_len = tok->fold_len,
	    .letters = w->letters,
	    .digits = w->digits,
	    .latin_before = st->latin_before,
	    .accented_before = st->accented_before};
	if (!w->katakana && !w->single)
		*alt_len = reading_finish(&w->reading, &word);
	if (w->letters && !w->katakana && !w->single)
		st->latin_before =
		    reading_is_latin(&w->reading, w->letters, *alt_len);
	if (w->reading.accented)
		st->accented_before = true;
}

/* Give a finished word to the run or to the tokens. */
static int hand_on(struct text *t, struct token *tok, bool single_letter)
{
	struct token_run *run = &t->state->run;
	int err = 0;
	if (run->n &&
	    (!single_letter ||
		!run_accepts(t, tok->fold, tok->end, tok->sentence)))
		err = token_flush(t);
	if (err)
		return err;
	if (!single_letter)
		return token_append(t, tok);
	return run_extend(t, tok);
}

static int add_symbol(struct text *t, uint32_t start, uint32_t end,
    uint32_t fold, uint32_t fold_len)
{
	struct token tok = {.start = start,
	    .end = end,
	    .fold = fold,
	    .fold_len = fold_len,
	    .sentence = (uint32_t)t->n_sentences - 1,
	    .kind = TOKEN_SYMBOL};
	int err = token_flush(t);
	return err ? err : token_append(t, &tok);
}

int token_break(struct text *t)
{
	struct token_open *w = &t->state->word;
	if (!w->open)
		return 0;
	w->open = false;
	struct token tok = w->tok;
	tok.kind = w->letters ? TOKEN_WORD : TOKEN_NUMBER;
	size_t alt_len, read_len = w->reading.len;
	read_as(t, &tok, &alt_len);
	int err =
	    alt_len ? token_add_alt(t, &tok, w->reading.bytes, alt_len) : 0;
	if (err == 0)
		err = token_keep_parts(
		    t, &tok, alt_len == read_len ? alt_len : 0);
	if (err == 0)
		err = hand_on(t, &tok,
		    w->letters == 1 && w->digits == 0 && (w->cased || alt_len));
	if (err == 0 && w->mid.cp == '$')
		err = add_symbol(
		    t, w->mid.start, w->mid.end, w->mid.fold, w->mid.fold_len);
	return err;
}

int token_whole(struct text *t, enum token_kind kind, uint32_t start, size_t n)
{
	struct token tok = {.start = start,
	    .end = start + (uint32_t)n,
	    .fold = (uint32_t)(t->folded.len - n),
	    .fold_len = (uint32_t)n,
	    .sentence = (uint32_t)t->n_sentences - 1,
	    .kind = (uint8_t)kind};
	if (kind == TOKEN_WORD)
		t->state->latin_before = true;
	return token_append(t, &tok);
}

/* "john@acme.example" is an address, not "p@ssword": two words. */
static int break_at(struct text *t)
{
	struct token_open *w = &t->state->word;
	struct token first = w->tok, second = w->tok;
	first.kind = second.kind = TOKEN_WORD;
	first.end = w->at.start;
	first.fold_len = w->at.fold - first.fold;
	second.start = w->at.end;
	second.fold = w->at.fold + w->at.fold_len;
	second.fold_len = w->tok.fold + w->tok.fold_len - second.fold;
	w->open = false;
	token_drop_parts(t);
	int err = token_flush(t);
	if (err == 0)
		err = token_append(t, &first);
	return err ? err : token_append(t, &second);
}

/*
 * A word begins with c: it may go on with the letters held. If not, the last of
 * them may still be the first of others, as the i is not in
 * "i   g u a r a n t e e".
 */
static int run_meets(struct text *t, const struct token_char *c)
{
	struct token_run *run = &t->state->run;
	uint32_t sentence = (uint32_t)t->n_sentences - 1;
	bool letter = c->class == GLYPH_LETTER;
	if (letter && run_accepts(t, c->fold, c->end, sentence))
		return 0;
	if (!letter || run->n < 2 || run_is_word(t))
		return token_flush(t);
	struct token last = *last_letter(t);
	run->n--;
	t->n_letters--;
	int err = flush_apart(t);
	run->n = 1;
	t->letters[t->n_letters++] = last;
	if (err || run_accepts(t, c->fold, c->end, sentence))
		return err;
	return token_flush(t);
}

static int begin(struct text *t, const struct token_char *c)
{
	struct token_open *w = &t->state->word;
	int err = t->state->run.n ? run_meets(t, c) : 0;
	if (err)
		return err;
	w->open = true;
	w->katakana = c->class == GLYPH_KATAKANA;
	w->single = c->class == GLYPH_SINGLE;
	w->letters = w->digits = 0;
	w->cased = true;
	w->mid.cp = w->at.cp = 0;
	w->n_parts = w->part_read = 0;
	w->part_fold = c->fold;
	w->tok = (struct token){.start = c->start,
	    .end = c->end,
	    .fold = c->fold,
	    .sentence = (uint32_t)t->n_sentences - 1};
	reading_clear(&w->reading);
	return 0;
}

/* A sign that may separate two words ends a part of this one. */
static int part_at_mid(struct text *t, bool letter)
{
	const struct token_open *w = &t->state->word;
	uint32_t sign = letter ? 0 : w->mid.fold_len;
	int err = token_flush(t);
	return err ? err : token_part(t, sign, w->letters ? 0 : sign);
}

/* The sign that was waiting belongs to the word: in the other reading it is a
 * letter, or nothing. */
static int take_mid(struct text *t)
{
	struct token_open *w = &t->state->word;
	int32_t cp = w->mid.cp;
	bool letter = cp == '@' || cp == '$';
	bool spacer = cp == '_' || cp == 0xB7;
	/* It's one word, but what is quoted behind a number is its own. */
	bool quote = cp == '\'' && w->letters == 0;
	int err = letter || spacer || quote ? part_at_mid(t, letter) : 0;
	if (letter)
		cp = cp == '@' ? 'a' : 's';
	else if (spacer && w->letters)
		cp = 0;
	reading_put(&w->reading, cp);
	if (w->mid.cp == '@' && !w->at.cp)
		w->at = w->mid;
	w->tok.end = w->mid.end;
	w->tok.fold_len = w->mid.fold + w->mid.fold_len - w->tok.fold;
	w->mid.cp = 0;
	return err == 0 && letter ? token_part(t, 0, 0) : err;
}

int token_may_part(struct text *t)
{
	/* Whether the word goes on is not known: a letter of a run may not. */
	return t->state->run.n ? 0 : token_part(t, 0, 0);
}

/* Does the waiting sign join the word to this character? */
static bool mid_joins(const struct token_open *w, const struct token_char *c)
{
	switch (w->mid.cp) {
	case '$':
	case '@':
	case 0xB7: /* l·l in Catalan */
		return c->class == GLYPH_LETTER;
	case '.':
	case ',':
		return c->class == GLYPH_DIGIT;
	default:
		return true;
	}
}

static int settle_mid(struct text *t, const struct token_char *c)
{
	struct token_open *w = &t->state->word;
	if (!w->open || !w->mid.cp || c->class == GLYPH_MARK)
		return 0;
	if (w->at.cp && w->mid.cp == '.')
		return break_at(t);
	if (!mid_joins(w, c))
		return token_break(t);
	return take_mid(t);
}

static bool fits(const struct token_open *w, const struct token_char *c)
{
	if (c->class == GLYPH_MARK)
		return true;
	if (w->single || c->class == GLYPH_SINGLE ||
	    c->end - w->tok.start > TEXT_TOKEN_BYTES)
		return false;
	return w->katakana == (c->class == GLYPH_KATAKANA);
}

int token_char(struct text *t, const struct token_char *c)
{
	struct token_open *w = &t->state->word;
	int err = settle_mid(t, c);
	if (err == 0 && w->open && !fits(w, c))
		err = token_break(t);
	if (err == 0 && !w->open) {
		if (c->class == GLYPH_MARK)
			return 0; /* a mark on nothing */
		err = begin(t, c);
	}
	if (err)
		return err;
	reading_add(
	    &w->reading, c->cp, c->orig, fold_of(t, &w->tok), w->tok.fold_len);
	w->tok.end = c->end;
	w->tok.fold_len = c->fold + c->fold_len - w->tok.fold;
	if (c->class == GLYPH_DIGIT)
		w->digits++;
	else if (c->class != GLYPH_MARK)
		w->letters++;
	if (c->cp >= 0x80 && c->class == GLYPH_LETTER &&
	    glyph_script(c->cp) == GLYPH_SCRIPT_OTHER)
		w->cased = false;
	if (t->state->run.n && w->letters + w->digits > 1)
		err = token_flush(t); /* a word, not a letter of the run */
	return err;
}

bool token_takes_sign(const struct text *t, int32_t cp)
{
	const struct token_open *w = &t->state->word;
	if (!w->open || w->mid.cp || w->katakana || w->single)
		return false;
	enum text_prev prev = t->state->prev;
	switch (cp) {
	case '\'':
	case '_':
		return prev == PREV_LETTER || prev == PREV_DIGIT;
	case '.':
		return prev == PREV_DIGIT || (w->at.cp && prev == PREV_LETTER);
	case ',':
		return prev == PREV_DIGIT;
	case '@':
		return (prev == PREV_LETTER ||
			   (prev == PREV_DIGIT && w->letters)) &&
		    !t->state->run.n;
	case '$':
	case 0xB7:
		return prev == PREV_LETTER;
	default:
		return false;
	}
}

int token_sign(struct text *t, const struct token_char *c)
{
	t->state->word.mid = (struct token_mid){.cp = c->cp,
	    .start = c->start,
	    .end = c->end,
	    .fold = c->fold,
	    .fold_len = c->fold_len};
	return 0;
}

int token_symbol(struct text *t, const struct token_char *c)
{
	return add_symbol(t, c->start, c->end, c->fold, c->fold_len);
}

void token_erase(struct text *t)
{
	struct token_open *w = &t->state->word;
	if (!w->open || w->mid.cp)
		return;
	reading_start(&w->reading, fold_of(t, &w->tok), w->tok.fold_len);
	reading_erase(&w->reading);
	if (w->reading.len < w->part_read)
		token_drop_parts(t);
}

void token_noise(struct text *t, unsigned marks)
{
	struct token_open *w = &t->state->word;
	if (w->open && w->reading.noise < NOISE_ENOUGH)
		w->reading.noise += (uint16_t)marks;
}

int token_capital_i(struct text *t, const struct token_char *c)
{
	struct token_open *w = &t->state->word;
	reading_start(&w->reading, fold_of(t, &w->tok), w->tok.fold_len);
	w->reading.sure = true;
	struct token_char l = *c;
	l.cp = 'l';
	return token_char(t, &l);
}

size_t token_open_start(const struct text *t)
{
	const struct text_state *st = t->state;
	if (st->run.n)
		return first_letter(t)->start;
	return st->word.open ? st->word.tok.start : t->settled;
}
