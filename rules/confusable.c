/* confusable - see confusable.h. What is not TR39's: letters it leaves alone
 * though they read as Latin ones (small capitals, letters with a tail), the few
 * where another reading is likelier, and which are ordinary. */
#include "rules/confusable.h"

#define LATIN_ALPHABETS 0x250 /* below it are letters of some language */
#define CHEROKEE_CAPITAL 0x13A0
#define CHEROKEE_SMALL 0xAB70 /* the same letters, smaller */
#define CHEROKEE_LAST 0xABBF

struct own_letter {
	int32_t cp;
	char latin[CONFUSABLE_MAX_LATIN + 1];
	bool ordinary;
};

static const struct own_letter own[] = {
    {0x014B, "n", true},
    {0x0188, "c", true},
    {0x0192, "f", false},
    {0x01AD, "t", false},
    {0x01B6, "z", false},
    {0x0225, "z", false},
    {0x0237, "j", false},
    {0x024B, "q", false},
    {0x0250, "a", false},
    {0x0253, "b", true},
    {0x0256, "d", true},
    {0x0257, "d", true},
    {0x0259, "e", true},
    {0x025B, "e", true},
    {0x025F, "j", false},
    {0x0262, "g", false},
    {0x0268, "i", true},
    {0x026C, "l", false},
    {0x0272, "n", true},
    {0x0274, "n", false},
    {0x0275, "o", true},
    {0x027E, "r", false},
    {0x0280, "r", false},
    {0x0288, "t", false},
    {0x0289, "u", true},
    {0x028B, "v", false},
    {0x0291, "z", false},
    {0x0299, "b", false},
    {0x029C, "h", false},
    {0x029F, "l", false},
    {0x03AD, "e", false},
    {0x03B2, "b", false},
    {0x03B5, "e", false},
    {0x03B6, "z", false},
    {0x03BA, "k", false},
    {0x03BC, "u", false},
    {0x03C0, "n", false},
    {0x03C2, "c", false},
    {0x03C4, "t", false},
    {0x03C7, "x", false},
    {0x03C9, "w", false},
    {0x03CE, "w", false},
    {0x03DD, "f", false},
    {0x0432, "b", false},
    {0x043A, "k", false},
    {0x043C, "m", false},
    {0x043D, "h", false},
    {0x043F, "n", false},
    {0x0442, "t", false},
    {0x0448, "w", false},
    {0x0449, "w", false},
    {0x044A, "b", false},
    {0x044C, "b", false},
    {0x044F, "r", false},
    {0x0454, "e", false},
    {0x0493, "f", false},
    {0x049B, "k", false},
    {0x049D, "k", false},
    {0x049F, "k", false},
    {0x04A1, "k", false},
    {0x04A3, "h", false},
    {0x04A5, "n", false},
    {0x04B3, "x", false},
    {0x04C4, "k", false},
    {0x04C8, "h", false},
    {0x04CA, "h", false},
    {0x04CF, "l", false},
    {0x050B, "h", false},
    {0x050D, "g", false},
    {0x053C, "l", false},
    {0x0572, "n", false},
    {0x0575, "j", false},
    {0x144E, "n", false},
    {0x1455, "c", false},
    {0x1515, "s", false},
    {0x15E9, "a", false},
    {0x15EF, "w", false},
    {0x15F4, "e", false},
    {0x1614, "z", false},
    {0x161C, "g", false},
    {0x16C1, "i", false},
    {0x1D00, "a", false},
    {0x1D05, "d", false},
    {0x1D07, "e", false},
    {0x1D0A, "j", false},
    {0x1D0B, "k", false},
    {0x1D0D, "m", false},
    {0x1D0E, "n", false},
    {0x1D18, "p", false},
    {0x1D1B, "t", false},
    {0x1D7D, "p", true},
    {0x2C66, "t", true},
    {0x2C83, "b", false},
    {0x2C89, "e", false},
    {0x2C8F, "h", false},
    {0x2C93, "i", false},
    {0x2C95, "k", false},
    {0x2C99, "m", false},
    {0x2C9B, "n", false},
    {0x2CA7, "t", false},
    {0x2CA9, "y", false},
    {0x2CAD, "x", false},
    {0xA4F2, "i", false},
    {0xA730, "f", false},
    {0xA741, "k", true},
};

/* Both tables are sorted by code point. */
static const struct own_letter *find_own(int32_t cp)
{
	size_t low = 0, high = sizeof(own) / sizeof(own[0]);
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (own[mid].cp == cp)
			return &own[mid];
		if (own[mid].cp < cp)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static const char *find_unicode(int32_t cp)
{
	size_t low = 0, high = confusable_n_letters;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (confusable_letters[mid].cp == cp)
			return confusable_letters[mid].latin;
		if (confusable_letters[mid].cp < cp)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const char *confusable_latin(int32_t cp, bool *ordinary)
{
	const struct own_letter *letter = find_own(cp);
	if (letter) {
		*ordinary = letter->ordinary;
		return letter->latin;
	}
	*ordinary = cp < LATIN_ALPHABETS;
	const char *latin = find_unicode(cp);
	if (!latin && cp >= CHEROKEE_SMALL && cp <= CHEROKEE_LAST)
		latin = find_unicode(cp - CHEROKEE_SMALL + CHEROKEE_CAPITAL);
	return latin;
}
