/* excuse_value - see excuse_value.h. */
#include "rules/excuse_value.h"

#include "rules/chars.h"

#include <string.h>

#define DIGIT_FILLERS " \t-().+/"
#define MAX_FILLERS 3u /* between two digits of one number */

static const char white_space[] = " \t\n\r";

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c) != NULL;
}

static bool is_digit(char c)
{
	return chars_are(c, CHARS_DIGIT);
}

/* Is the number that begins at digit i written with a country in front? */
static bool follows_plus(const char *s, size_t i)
{
	while (i > 0 && is_one_of(s[i - 1], " ("))
		i--;
	return i > 0 && s[i - 1] == '+';
}

static bool reads_as_digits(const char *s, size_t len)
{
	bool any = false;
	for (size_t i = 0; i < len; i++) {
		any |= is_digit(s[i]);
		if (!is_digit(s[i]) && !is_one_of(s[i], DIGIT_FILLERS))
			return false;
	}
	return any;
}

/* s[start..end) of a view, without fillers around it. */
static struct excuse_value value_at(
    const char *s, size_t start, size_t end, bool is_digits)
{
	struct excuse_value v = {.is_digits = is_digits,
	    .fillers = is_digits ? DIGIT_FILLERS : white_space,
	    .detector = DETECTOR_NONE};
	while (start < end && is_one_of(s[start], v.fillers))
		start++;
	while (start < end && is_one_of(s[end - 1], v.fillers))
		end--;
	v.s = s + start;
	v.len = end - start;
	v.has_plus = is_digits && follows_plus(s, start);
	return v;
}

/* The bytes of the folded view that a match covers, by the map of the view. */
static void folded_span(
    const struct text *t, const struct match *m, size_t *start, size_t *end)
{
	const struct text_view *f = &t->folded;
	size_t lo = 0, hi = f->len;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (text_from(f, mid) < m->start)
			lo = mid + 1;
		else
			hi = mid;
	}
	*start = lo;
	while (lo < f->len && text_from(f, lo) < m->end)
		lo++;
	*end = lo;
}

struct excuse_value excuse_value_of(
    const struct guard_policy *p, const struct text *t, const struct match *hit)
{
	const struct detector *d = &p->detectors[hit->detector];
	size_t start, end;
	folded_span(t, hit, &start, &end);
	bool is_digits = reads_as_digits(t->folded.bytes + start, end - start);
	struct excuse_value v =
	    value_at(t->folded.bytes, start, end, is_digits);
	if (d->kind != DETECTOR_ENTITY)
		return v;
	v.detector = hit->detector;
	switch (d->entity) {
	case ENTITY_IBAN:
	case ENTITY_UK_NINO:
		v.fillers = " -";
		v.is_found = true;
		break;
	case ENTITY_EMAIL:
		v.is_found = true;
		break;
	case ENTITY_PAYMENT_CARD:
	case ENTITY_US_SSN:
	case ENTITY_PHONE:
	case ENTITY_POSTAL_ADDRESS:
	case ENTITY_KINDS:
		break;
	}
	return v;
}

/* ---- comparing ---- */

/* Bytes of s that read as the value, or 0. */
static size_t reads_as(const struct excuse_value *v, const char *s, size_t len)
{
	size_t i = 0, k = 0;
	while (k < v->len) {
		if (is_one_of(v->s[k], v->fillers))
			k++;
		else if (i < len && s[i] == v->s[k])
			i++, k++;
		else if (i && i < len && is_one_of(s[i], v->fillers))
			i++;
		else
			return 0;
	}
	return i;
}

static bool is_same(const struct excuse_value *v, const struct excuse_value *w)
{
	return v->len && v->is_digits == w->is_digits &&
	    reads_as(v, w->s, w->len) == w->len;
}

/* The same digits, and of the same country: without it, only where they begin
 * with that of North America. */
static bool is_same_number(
    const struct excuse_value *v, const struct excuse_value *w)
{
	size_t n = 0;
	for (size_t i = 0; i < w->len; i++)
		n += is_digit(w->s[i]);
	bool country =
	    v->has_plus == w->has_plus || (n == 11 && w->s[0] == '1');
	return country && is_same(v, w);
}

/* Letters, digits and everything beyond ASCII; a view has no capitals. */
static bool is_word(char c)
{
	return chars_are(c, CHARS_WORD);
}

/* Does a word go on in front of s[i] or behind s[i - 1], over signs that join
 * what they stand in? */
static bool is_joined_before(const char *s, size_t i)
{
	if (i > 0 && is_word(s[i - 1]))
		return is_word(s[i]);
	while (i > 0 && is_one_of(s[i - 1], "-._/@,+"))
		i--;
	return i > 0 && is_word(s[i - 1]);
}

static bool is_joined_behind(const char *s, size_t i, size_t len)
{
	if (i < len && is_word(s[i]))
		return is_word(s[i - 1]);
	while (i < len && is_one_of(s[i], "-._/@,+?#&%:=~"))
		i++;
	return i < len && is_word(s[i]);
}

/* Behind the last of the digits that are one number with the one at i. */
static size_t number_end(const char *s, size_t i, size_t len)
{
	size_t end = i;
	while (i < len && i - end <= MAX_FILLERS) {
		if (is_digit(s[i]))
			end = i + 1;
		else if (!is_one_of(s[i], DIGIT_FILLERS))
			break;
		i++;
	}
	return end;
}

/* Every number is looked at whole. */
static bool says_number(const struct excuse_value *v, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(s[i]))
			continue;
		size_t end = number_end(s, i, len);
		struct excuse_value w = value_at(s, i, end, true);
		if (!is_joined_before(s, i) && !is_joined_behind(s, end, len) &&
		    is_same_number(v, &w))
			return true;
		i = end;
	}
	return false;
}

static bool says_words(const struct excuse_value *v, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (is_joined_before(s, i))
			continue;
		size_t n = reads_as(v, s + i, len - i);
		if (n && !is_joined_behind(s, i + n, len))
			return true;
	}
	return false;
}

static bool says_found(const struct excuse_value *v, const struct text *t,
    const struct matches *entities)
{
	for (size_t i = 0; i < entities->n; i++) {
		size_t start, end;
		if (entities->items[i].detector != v->detector)
			continue;
		folded_span(t, &entities->items[i], &start, &end);
		struct excuse_value w =
		    value_at(t->folded.bytes, start, end, v->is_digits);
		if (is_same(v, &w))
			return true;
	}
	return false;
}

bool excuse_value_is(const struct excuse_value *v, const struct text *t)
{
	const char *s = t->folded.bytes;
	struct excuse_value w =
	    value_at(s, 0, t->folded.len, reads_as_digits(s, t->folded.len));
	return is_same(v, &w);
}

bool excuse_value_is_said(const struct excuse_value *v, const struct text *t,
    const struct matches *entities)
{
	const struct text_view *f = &t->folded;
	if (!v->len)
		return false;
	if (v->is_found)
		return says_found(v, t, entities);
	return v->is_digits ? says_number(v, f->bytes, f->len)
			    : says_words(v, f->bytes, f->len);
}
