/* number_formula - percentages in the signs of a formula (TeX): $15\%$, and
 * $15$%. Which a backslash stands before is read as the sign. */
#include "rules/chars.h"
#include "rules/number_deal.h"
#include "rules/number_unit.h"

static bool is_glued_sign(struct numeral_in *in, size_t i, int32_t cp)
{
	size_t gap;
	(void)numeral_gap(in->t, i, &gap);
	return gap == 0 && numeral_follows(in, i) && in->t->tokens[i].glued &&
	    number_unit_sign(in->t, i) == cp;
}

bool number_formula(struct numeral_in *in, size_t i, struct number_found *f)
{
	struct numeral n;
	struct number_unit u = {.kind = NUMBER_PERCENT, .factor = 100};
	struct number_unit money = {0};
	bool more = in->more;
	size_t gap;
	if (number_unit_sign(in->t, i) != '$' || !numeral_follows(in, i + 1) ||
	    !in->t->tokens[i + 1].glued ||
	    !chars_are(*text_fold(in->t, &in->t->tokens[i + 1]), CHARS_DIGIT) ||
	    !numeral_read(in, i + 1, false, &n) || n.suffix)
		return false;
	(void)numeral_gap(in->t, n.next, &gap);
	if (gap > 0) {
		in->more = more; /* what may still come is no formula */
		return false;
	}
	bool closed = is_glued_sign(in, n.next, '$');
	u.next = n.next + closed;
	if (!is_glued_sign(in, u.next++, '%'))
		return false;
	if (!closed && is_glued_sign(in, u.next, '$')) {
		closed = true;
		u.next++;
	}
	number_unit_money(&money, "USD", 100);
	money.next = u.next;
	number_found_add(f, &n, &u, i, u.next);
	if (!closed)
		number_found_add(f, &n, &money, i, u.next);
	f->resume = u.next;
	return true;
}
