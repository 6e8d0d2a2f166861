/* numeral - see numeral.h. Digits first, then words; both end in a value of
 * ten-thousandths that saturates. */
#include "rules/numeral.h"

#include <string.h>

#define MAX_TOKENS 20u /* of one number */
#define MAX_DIGITS 64u /* bytes of one number in digits */
#define GAP_BYTES 3u   /* " - " */
#define MAX_WHOLE (INT64_MAX / NUMERAL_ONE)

int64_t numeral_scale(int64_t value, int64_t factor)
{
	int64_t product;
	return __builtin_mul_overflow(value, factor, &product) ? INT64_MAX
							       : product;
}

int64_t numeral_add(int64_t a, int64_t b)
{
	int64_t sum;
	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static int64_t from_whole(int64_t n)
{
	return numeral_scale(n, NUMERAL_ONE);
}

/* ---- neighbours ---- */

static bool is_gap(const char *s, size_t len)
{
	if (len > GAP_BYTES)
		return false;
	size_t dashes = 0;
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '-')
			dashes++;
		else if (s[i] != ' ')
			return false;
	}
	return dashes <= 1;
}

static bool may_begin_token(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '$' ||
	    c == '%' || (unsigned char)c >= 0x80;
}

bool numeral_follows(struct numeral_in *in, size_t i)
{
	const struct text *t = in->t;
	if (i == 0)
		return false;
	const struct token *before = &t->tokens[i - 1];
	size_t start = before->fold + before->fold_len;
	const char *gap = t->folded.bytes + start;
	if (i < t->n_tokens)
		return is_gap(gap, t->tokens[i].fold - start);
	size_t len = t->folded.len - start;
	size_t n = 0;
	while (n < len && n <= GAP_BYTES && (gap[n] == ' ' || gap[n] == '-'))
		n++;
	if (is_gap(gap, n) && (n == len || may_begin_token(gap[n])) &&
	    !t->final)
		in->more = true;
	return false;
}

const struct number_word *numeral_word(const struct text *t, size_t i)
{
	const struct token *tok = &t->tokens[i];
	if (tok->kind != TOKEN_WORD)
		return NULL;
	const struct number_word *word =
	    number_word_find(text_fold(t, tok), tok->fold_len);
	if (!word && tok->alt_len)
		word = number_word_find(t->alt + tok->alt, tok->alt_len);
	return word;
}

const struct number_word *numeral_next_word(struct numeral_in *in, size_t i)
{
	return numeral_follows(in, i) ? numeral_word(in->t, i) : NULL;
}

/* ---- digits ---- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_separator(char c)
{
	return c == '.' || c == ',' || c == '\'' || c == '_';
}

/* How long the digits with inner separators are. */
static size_t digits_length(const char *s, size_t len)
{
	size_t i = 0;
	while (i < len &&
	    (is_digit(s[i]) ||
		(i > 0 && is_separator(s[i]) && i + 1 < len &&
		    is_digit(s[i + 1]))))
		i++;
	return i;
}

/* Where the decimals begin (behind their separator), len when there are none.
 * 0: these are not groups of one number (a date, a version). *unsure: "1.250".
 */
static size_t decimals_at(const char *s, size_t len, bool *unsure)
{
	size_t seps = 0, last = len, same = 0;
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(s[i])) {
			seps++;
			last = i;
		}
	}
	if (seps == 0)
		return len;
	size_t tail = len - last - 1;
	for (size_t i = 0; i < len; i++)
		same += s[i] == s[last];
	bool decimals = false;
	if (s[last] == '.' || s[last] == ',')
		decimals = same == 1 &&
		    (seps > 1 || tail != 3 || last > 3 || s[0] == '0' ||
			s[last] == '.');
	*unsure =
	    decimals && seps == 1 && tail == 3 && last <= 3 && s[0] != '0';
	size_t end = decimals ? last : len;
	for (size_t i = 0, group = 0, first = 1; i <= end; i++) {
		if (i < end && is_digit(s[i])) {
			group++;
			continue;
		}
		if (!first && group != 3 && !(group == 2 && i < end))
			return 0; /* groups of two: 1,00,000 in India */
		first = 0;
		group = 0;
	}
	return decimals ? last + 1 : len;
}

static int64_t value_of(
    const char *s, size_t whole_end, size_t decimals, size_t len)
{
	int64_t whole = 0, part = 0, unit = NUMERAL_ONE;
	for (size_t i = 0; i < whole_end; i++) {
		if (is_digit(s[i]))
			whole =
			    numeral_add(numeral_scale(whole, 10), s[i] - '0');
	}
	for (size_t i = decimals; i < len && unit > 1; i++) {
		unit /= 10;
		part += (s[i] - '0') * unit;
	}
	return whole > MAX_WHOLE ? INT64_MAX
				 : numeral_add(from_whole(whole), part);
}

/* The value of a whole string of digits and separators. */
static bool read_digits(const char *s, size_t len, struct numeral *n)
{
	bool unsure = false;
	if (len == 0 || len > MAX_DIGITS)
		return false;
	size_t at = decimals_at(s, len, &unsure);
	if (at == 0)
		return false;
	n->value = value_of(s, at == len ? len : at - 1, at, len);
	n->grouped = unsure ? value_of(s, len, len, len) : n->value;
	n->digits = true;
	return true;
}

/* May token i be a further group of three digits behind the one before? */
static bool is_group(struct numeral_in *in, size_t i, bool *plain_space)
{
	const struct text *t = in->t;
	if (!numeral_follows(in, i) || t->tokens[i].kind != TOKEN_NUMBER)
		return false;
	const struct token *a = &t->tokens[i - 1], *b = &t->tokens[i];
	if (b->fold != a->fold + a->fold_len + 1 ||
	    t->folded.bytes[b->fold - 1] != ' ')
		return false;
	/* one white space and nothing that was dropped */
	size_t gap = b->start - a->end;
	if (gap > 3 || (gap > 1 && (unsigned char)t->bytes[a->end] < 0x80))
		return false;
	const char *s = text_fold(t, b);
	if (b->fold_len < 3 || !is_digit(s[0]) || !is_digit(s[1]) ||
	    !is_digit(s[2]) || (b->fold_len > 3 && is_digit(s[3])))
		return false;
	*plain_space |= gap == 1;
	return true;
}

/* "1 250,00": tokens i.. put together. */
static bool read_groups(struct numeral_in *in, size_t i, struct numeral *n)
{
	const struct text *t = in->t;
	char s[MAX_DIGITS];
	size_t len = t->tokens[i].fold_len;
	if (len > 3)
		return false;
	memcpy(s, text_fold(t, &t->tokens[i]), len);
	size_t end = i + 1;
	bool plain = false;
	while (is_group(in, end, &plain)) {
		numeral_begin_second(in);
		const struct token *tok = &t->tokens[end];
		if (sizeof(s) - len <= tok->fold_len)
			return false;
		s[len++] = '_';
		memcpy(s + len, text_fold(t, tok), tok->fold_len);
		len += tok->fold_len;
		end++;
		if (tok->fold_len > 3)
			break; /* these had decimals */
	}
	if (end == i + 1 || in->more || memchr(s, '\'', len) != NULL ||
	    !read_digits(s, len, n))
		return false;
	n->spaced = plain;
	n->next = end;
	return true;
}

/* ".5" is a half: a point in front, and no digits or letters before that. */
static bool is_fraction(
    const struct text *t, const struct token *tok, size_t len)
{
	const char *s = t->folded.bytes;
	if (memchr(text_fold(t, tok), '.', len) || tok->fold == 0 ||
	    s[tok->fold - 1] != '.')
		return false;
	if (tok->fold == 1)
		return true;
	char before = s[tok->fold - 2];
	return before == ' ' || before == '(' || before == '$';
}

static bool read_digit_token(
    struct numeral_in *in, size_t i, bool spaces, struct numeral *n)
{
	const struct text *t = in->t;
	const struct token *tok = &t->tokens[i];
	const char *s = text_fold(t, tok);
	size_t len = digits_length(s, tok->fold_len);
	if (len == tok->fold_len && spaces && read_groups(in, i, n))
		return true;
	if (!read_digits(s, len, n))
		return false;
	if (is_fraction(t, tok, len)) {
		int64_t unit = NUMERAL_ONE;
		for (size_t k = 0; k < len && unit > 0; k++)
			unit /= 10;
		n->value = numeral_scale(n->value / NUMERAL_ONE, unit);
		n->grouped = n->value;
	}
	n->next = i + 1;
	if (len == tok->fold_len)
		return true;
	n->suffix = number_word_suffix(s + len, tok->fold_len - len);
	return n->suffix != NULL;
}

bool numeral_read_behind(
    const struct text *t, size_t i, size_t skip, struct numeral *out)
{
	const struct token *tok = &t->tokens[i];
	*out = (struct numeral){.next = i + 1};
	const char *s = text_fold(t, tok) + skip;
	size_t len = digits_length(s, tok->fold_len - skip);
	return len == tok->fold_len - skip && read_digits(s, len, out);
}

/* ---- words ---- */

struct words {
	int64_t total;   /* closed by thousand, million ... */
	int64_t current; /* 0..999 and more: "twelve hundred" */
	bool any;
	bool last_and; /* "and" was read and waits for its number */
};

static bool ends_in_s(const char *s)
{
	return s[strlen(s) - 1] == 's';
}

/* May ones or tens follow what has been read: "twenty five", "hundred ten"? */
static bool takes_small(const struct words *w, const struct number_word *word)
{
	int64_t tail = w->current % 100;
	if (!w->any || (tail == 0 && (w->current || w->total)))
		return true;
	return word->kind == NUMBER_WORD_ONES && tail >= 20 && tail % 10 == 0 &&
	    word->value > 0 && word->value < 10;
}

/* Take one word into the number; false when it does not belong. */
static bool take_word(struct words *w, const struct number_word *word)
{
	switch (word->kind) {
	case NUMBER_WORD_ONES:
	case NUMBER_WORD_TENS:
		if (!takes_small(w, word))
			return false;
		w->current += word->value;
		break;
	case NUMBER_WORD_HUNDRED:
		if (w->current > 99 || (!w->any && ends_in_s(word->text)))
			return false;
		w->current = (w->current ? w->current : 1) * 100;
		break;
	case NUMBER_WORD_SCALE:
		if ((w->any && w->current == 0) ||
		    (!w->any &&
			(ends_in_s(word->text) || strlen(word->text) < 6)))
			return false;
		w->total = numeral_add(w->total,
		    numeral_scale(w->current ? w->current : 1, word->value));
		w->current = 0;
		break;
	case NUMBER_WORD_DOZEN:
		if (w->current > 99 || (!w->any && ends_in_s(word->text)))
			return false;
		w->current = (w->current ? w->current : 1) * 12;
		break;
	case NUMBER_WORD_A:
	case NUMBER_WORD_AND:
	case NUMBER_WORD_POINT:
	case NUMBER_WORD_PART:
	case NUMBER_WORD_PERCENT:
	case NUMBER_WORD_PER:
	case NUMBER_WORD_BASIS:
	case NUMBER_WORD_CURRENCY:
	case NUMBER_WORD_CODE:
	case NUMBER_WORD_COUNTRY:
	case NUMBER_WORD_UNIT:
	case NUMBER_WORD_KIND_OF:
	case NUMBER_WORD_FOR:
	case NUMBER_WORD_TO:
	case NUMBER_WORD_BETWEEN:
	case NUMBER_WORD_OFF:
	case NUMBER_WORD_PRICE:
		return false;
	}
	w->any = true;
	w->last_and = false;
	return true;
}

/* "point two five": tenths and further, from token i; moves n->next. */
static void read_point(struct numeral_in *in, size_t i, struct numeral *n)
{
	int64_t unit = NUMERAL_ONE / 10;
	const struct number_word *word;
	for (i++; unit > 0; i++, unit /= 10) {
		word = numeral_next_word(in, i);
		if (!word || word->kind != NUMBER_WORD_ONES || word->value > 9)
			return;
		n->value = numeral_add(n->value, word->value * unit);
		n->next = i + 1;
	}
}

/* What may follow a number: "and a half", "point five", then "million". */
static void read_tail(struct numeral_in *in, struct numeral *n)
{
	const struct number_word *word = numeral_next_word(in, n->next);
	if (number_word_is(word, NUMBER_WORD_POINT) && !n->digits)
		read_point(in, n->next, n);
	if (number_word_is(word, NUMBER_WORD_AND) &&
	    number_word_is(numeral_next_word(in, n->next + 1), NUMBER_WORD_A)) {
		word = numeral_next_word(in, n->next + 2);
		if (number_word_is(word, NUMBER_WORD_PART) &&
		    word->value == 5000) {
			n->value = numeral_add(n->value, NUMERAL_ONE / 2);
			n->next += 3;
		}
	}
	n->grouped = n->digits ? n->grouped : n->value;
}

/* "thousand", "million", "hundred" behind any number. */
static void read_scale(struct numeral_in *in, struct numeral *n)
{
	const struct number_word *word;
	while ((word = numeral_next_word(in, n->next))) {
		bool scale = word->kind == NUMBER_WORD_SCALE ||
		    word->kind == NUMBER_WORD_HUNDRED ||
		    word->kind == NUMBER_WORD_DOZEN;
		if (!scale)
			return;
		n->value = numeral_scale(n->value, word->value);
		n->grouped = numeral_scale(n->grouped, word->value);
		n->grand |= strcmp(word->text, "grand") == 0;
		n->next++;
	}
}

static bool read_words(struct numeral_in *in, size_t i,
    const struct number_word *word, struct numeral *n)
{
	struct words w = {0};
	size_t first = i;
	if (number_word_is(word, NUMBER_WORD_PART)) { /* half a million */
		if (word->value != 5000 ||
		    !number_word_is(
			numeral_next_word(in, i + 1), NUMBER_WORD_A))
			return false;
		word = numeral_next_word(in, i + 2);
		if (!number_word_is(word, NUMBER_WORD_SCALE))
			return false;
		n->value = numeral_scale(word->value, NUMERAL_ONE / 2);
		n->next = i + 3;
		return true;
	}
	if (number_word_is(word, NUMBER_WORD_A)) { /* a hundred, a dozen */
		word = numeral_next_word(in, i + 1);
		if (!number_word_is(word, NUMBER_WORD_HUNDRED) &&
		    !number_word_is(word, NUMBER_WORD_SCALE) &&
		    !number_word_is(word, NUMBER_WORD_DOZEN))
			return false;
		w.current = 1;
		w.any = true;
		i++;
	}
	n->next = 0;
	while (word && i - first < MAX_TOKENS) {
		if (number_word_is(word, NUMBER_WORD_AND)) {
			if (!w.any || w.last_and || w.current % 100 != 0)
				break;
			w.last_and = true;
		} else if (take_word(&w, word)) {
			n->next = i + 1;
			n->grand |= strcmp(word->text, "grand") == 0;
		} else {
			break;
		}
		word = numeral_next_word(in, ++i);
	}
	n->value = from_whole(numeral_add(w.total, w.current));
	return n->next > 0;
}

bool numeral_read(
    struct numeral_in *in, size_t i, bool spaces, struct numeral *out)
{
	const struct text *t = in->t;
	const struct token *tok = &t->tokens[i];
	*out = (struct numeral){0};
	if (tok->kind == TOKEN_SYMBOL)
		return false;
	if (is_digit(text_fold(t, tok)[0])) {
		if (!read_digit_token(in, i, spaces, out))
			return false;
		if (out->suffix)
			return true;
	} else {
		const struct number_word *word = numeral_word(t, i);
		if (!word || !read_words(in, i, word, out))
			return false;
	}
	read_tail(in, out);
	read_scale(in, out);
	return true;
}
