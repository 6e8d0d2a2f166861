/* score - see score.h. */
#include "proxy/classifier/score.h"

#include "rules/guard.h"

#define FINEST (-6)
#define MAX_EXPONENT 1000

/* What stands behind the e, limited: larger ones decide nothing more. */
static int exponent_of(struct span raw, size_t at)
{
	int value = 0;
	bool negative = at < raw.len && raw.p[at] == '-';
	for (; at < raw.len; at++)
		if (raw.p[at] >= '0' && raw.p[at] <= '9' &&
		    value < MAX_EXPONENT)
			value = value * 10 + (raw.p[at] - '0');
	return negative ? -value : value;
}

struct number {
	struct span digits; /* with the point */
	long whole;         /* digits before the point */
	int exponent;
	bool negative;
};

static struct number take_apart(struct span raw)
{
	struct number n = {.negative = raw.len && raw.p[0] == '-'};
	size_t from = n.negative, end = from, point = SIZE_MAX;
	for (; end < raw.len && raw.p[end] != 'e' && raw.p[end] != 'E'; end++)
		if (raw.p[end] == '.')
			point = end;
	n.digits = (struct span){raw.p + from, end - from};
	n.whole = (long)((point == SIZE_MAX ? end : point) - from);
	if (end < raw.len)
		n.exponent = exponent_of(raw, end + 1);
	return n;
}

bool score_read(struct span raw, uint32_t *out)
{
	const struct number n = take_apart(raw);
	long place = n.whole + n.exponent;
	uint64_t value = 0;
	bool finer = false;
	for (size_t i = 0; i < n.digits.len; i++) {
		if (n.digits.p[i] == '.')
			continue;
		unsigned digit = (unsigned)(n.digits.p[i] - '0');
		place--;
		if (digit == 0)
			continue;
		if (n.negative || place > 0)
			return false;
		if (place < FINEST) {
			finer = true;
			continue;
		}
		uint64_t unit = 1;
		for (long k = FINEST; k < place; k++)
			unit *= 10;
		value += digit * unit;
	}
	value += finer;
	*out = (uint32_t)value;
	return value <= GUARD_SCORE_ONE;
}
