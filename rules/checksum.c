/* checksum - see checksum.h. */
#include "rules/checksum.h"

#include "rules/chars.h"

bool checksum_luhn(const char *digits, size_t n)
{
	unsigned sum = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0');
		if (i % 2)
			d = d * 2 > 9 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	return n > 1 && sum % 10 == 0;
}

unsigned checksum_mod97(const char *text, size_t n, size_t first)
{
	unsigned rest = 0;
	for (size_t i = 0; i < n; i++) {
		char c = text[(i + first) % n];
		unsigned v = chars_are(c, CHARS_DIGIT)
		    ? (unsigned)(c - '0')
		    : (unsigned)(c | 0x20) - 'a' + 10;
		rest = (rest * (v > 9 ? 100 : 10) + v) % 97;
	}
	return rest;
}

/* The last is worth 1, the one before it 2, and so on. */
static bool has_mod11(const char *digits, size_t n, bool ten)
{
	unsigned sum = ten ? 10 : 0;
	for (size_t i = 0; i < n; i++)
		sum += (unsigned)(digits[n - 1 - i] - '0') *
		    (unsigned)(i + 1 + ten);
	return n > 1 && sum % 11 == 0;
}

static bool has_mod97(const char *text, size_t n, const char *digits, size_t m)
{
	if (n < 4)
		return false;
	if (checksum_mod97(text, n, 4) == 1 || checksum_mod97(text, n, 0) == 1)
		return true;
	if (m < 4)
		return false;
	unsigned check = (unsigned)(digits[m - 2] - '0') * 10 +
	    (unsigned)(digits[m - 1] - '0');
	return checksum_mod97(digits, m - 2, 0) + check == 97;
}

bool checksum_holds(enum checksum kind, const char *text, size_t n)
{
	char all[CHECKSUM_MAX], digits[CHECKSUM_MAX];
	size_t n_all = 0, n_digits = 0;
	if (kind == CHECKSUM_NONE)
		return true;
	for (size_t i = 0; i < n; i++) {
		if (!chars_are(text[i], CHARS_ALNUM))
			continue;
		if (n_all == CHECKSUM_MAX)
			return false;
		all[n_all++] = text[i];
		if (chars_are(text[i], CHARS_DIGIT))
			digits[n_digits++] = text[i];
	}
	bool ten = n_all > 0 && (all[n_all - 1] | 0x20) == 'x';
	switch (kind) {
	case CHECKSUM_NONE:
		break;
	case CHECKSUM_LUHN:
		return checksum_luhn(digits, n_digits);
	case CHECKSUM_MOD97:
		return has_mod97(all, n_all, digits, n_digits);
	case CHECKSUM_MOD11:
		return has_mod11(digits, n_digits, ten);
	}
	return true;
}
