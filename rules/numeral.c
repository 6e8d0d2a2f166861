/* numeral - see numeral.h. Digits first, then words; both end in a value of
 * ten-thousandths that saturates. */
#include "rules/numeral.h"

#include <string.h>

#define MAX_DIGITS 64u /* bytes of one number in digits */
#define GAP_BYTES 4u   /* " - ", ",-- " */
#define ROW_TOKENS 16u /* digits that were taken apart */
#define ROW_MIN 3u     /* "2 0 0"; fewer may be a list */
#define MOST_PARTS 16  /* of a whole: 3/50 is no fraction */
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

/* Spaces, one dash, and what else is allowed. */
static bool is_gap(const char *s, size_t len, const char *extra)
{
	if (len > GAP_BYTES)
		return false;
	size_t dashes = 0;
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '-')
			dashes++;
		else if (s[i] != ' ' && (!*extra || !strchr(extra, s[i])))
			return false;
	}
	return dashes <= 1 || *extra;
}

static bool may_begin_token(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '$' ||
	    c == '%' || (unsigned char)c >= 0x80;
}

const char *numeral_gap(const struct text *t, size_t i, size_t *len)
{
	const struct token *before = &t->tokens[i - 1];
	size_t start = before->fold + before->fold_len;
	*len = (i < t->n_tokens ? t->tokens[i].fold : t->folded.len) - start;
	return t->folded.bytes + start;
}

bool numeral_follows_over(struct numeral_in *in, size_t i, const char *extra)
{
	const struct text *t = in->t;
	size_t len, n = 0;
	if (i == 0)
		return false;
	const char *gap = numeral_gap(t, i, &len);
	if (i < t->n_tokens)
		return (len == 1 && *gap == ' ') || is_gap(gap, len, extra);
	while (n < len && n <= GAP_BYTES && is_gap(gap + n, 1, extra))
		n++;
	if (is_gap(gap, n, extra) && (n == len || may_begin_token(gap[n])) &&
	    !t->final)
		in->more = true;
	return false;
}

bool numeral_follows(struct numeral_in *in, size_t i)
{
	return numeral_follows_over(in, i, "");
}

bool numeral_is_word(const struct text *t, size_t i, const char *word)
{
	const struct token *tok = &t->tokens[i];
	return strlen(word) == tok->fold_len &&
	    memcmp(word, text_fold(t, tok), tok->fold_len) == 0;
}

bool numeral_is(struct numeral_in *in, size_t i, const char *word)
{
	return numeral_follows(in, i) && numeral_is_word(in->t, i, word);
}

static const struct number_word *find_word(const struct text *t, size_t i)
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

const struct number_word *numeral_word(struct numeral_in *in, size_t i)
{
	if (in->asked != i + 1) {
		in->word = find_word(in->t, i);
		in->asked = i + 1;
	}
	return in->word;
}

const struct number_word *numeral_next_word(struct numeral_in *in, size_t i)
{
	return numeral_follows(in, i) ? numeral_word(in, i) : NULL;
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

bool numeral_goes_on(struct numeral_in *in, size_t i)
{
	const struct text *t = in->t;
	size_t len;
	if (!numeral_follows_over(in, i, "*") ||
	    !is_digit(text_fold(t, &t->tokens[i])[0]))
		return false;
	const char *gap = numeral_gap(t, i, &len);
	const struct token *a = &t->tokens[i - 1], *b = &t->tokens[i];
	if (len == 1 && *gap == ' ')
		return a->fold_len == 1 && b->fold_len == 1;
	for (size_t k = 0; k < len; k++)
		if (gap[k] != '*')
			return false;
	return len > 0;
}

static bool has_space_before(const struct text *t, size_t i)
{
	size_t len;
	return i > 0 && i < t->n_tokens && numeral_gap(t, i, &len)[0] == ' ' &&
	    len == 1;
}

/* Do the signs beside a row stand apart as its digits do: "$ 4 0", "4 0 %"? */
static bool is_spelled(struct numeral_in *in, size_t first, size_t end)
{
	const struct text *t = in->t;
	if (end - first >= ROW_MIN)
		return true;
	if (has_space_before(t, first) &&
	    t->tokens[first - 1].kind == TOKEN_SYMBOL)
		return true;
	return numeral_follows(in, end) && has_space_before(t, end) &&
	    t->tokens[end].kind == TOKEN_SYMBOL;
}

/* Tokens i.. whose digits were taken apart. */
static bool read_row(struct numeral_in *in, size_t i, struct numeral *n)
{
	const struct text *t = in->t;
	char s[MAX_DIGITS];
	size_t len = 0, end = i;
	bool spaced = false;
	do {
		const struct token *tok = &t->tokens[end];
		if (sizeof(s) - len < tok->fold_len || end - i == ROW_TOKENS)
			return false;
		memcpy(s + len, text_fold(t, tok), tok->fold_len);
		len += tok->fold_len;
		spaced |= end > i && has_space_before(t, end);
	} while (numeral_goes_on(in, ++end));
	if (in->more || end == i + 1 || (spaced && !is_spelled(in, i, end)))
		return false;
	size_t digits = digits_length(s, len);
	if (!read_digits(s, digits, n))
		return false;
	n->spaced = spaced;
	n->next = end;
	if (digits < len)
		n->suffix = number_word_suffix(s + digits, len - digits);
	return digits == len || n->suffix;
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
	bool whole = len == tok->fold_len;
	if (whole)
		in->row |= numeral_goes_on(in, i + 1);
	if (whole && spaces && in->rows && read_row(in, i, n))
		return true;
	if (whole && spaces && read_groups(in, i, n))
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

bool numeral_read_fraction(struct numeral_in *in, size_t i, struct numeral *out)
{
	const struct text *t = in->t;
	const struct token *a = &t->tokens[i];
	size_t len;
	if (a->kind != TOKEN_NUMBER || a->fold_len > 2 ||
	    !numeral_follows_over(in, i + 1, "/"))
		return false;
	const char *gap = numeral_gap(t, i + 1, &len);
	const struct token *b = &t->tokens[i + 1];
	if (len != 1 || *gap != '/' || b->kind != TOKEN_NUMBER ||
	    b->fold_len > 2)
		return false;
	numeral_begin_second(in);
	struct numeral part = {0}, whole = {0};
	if (!read_digits(text_fold(t, a), a->fold_len, &part) ||
	    !read_digits(text_fold(t, b), b->fold_len, &whole) ||
	    part.value == 0 || part.value >= whole.value ||
	    whole.value > MOST_PARTS * (int64_t)NUMERAL_ONE)
		return false;
	*out = (struct numeral){.next = i + 2, .digits = true};
	out->value = part.value * NUMERAL_ONE / whole.value;
	out->grouped = out->value;
	return true;
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
		const struct number_word *word = numeral_word(in, i);
		if (!word || !numeral_read_words(in, i, word, out))
			return false;
	}
	numeral_read_tail(in, out);
	numeral_read_scale(in, out);
	return true;
}
