/*
 * secret_entropy - strings that look drawn at random: long, of many different
 * characters, changing between small letters, capitals and digits more often
 * than words, names and numbers do. Bits are counted in whole numbers.
 *
 * What is random by nature and no secret is left alone: UUIDs, parts of URLs,
 * hashes that are called so, placeholders.
 */
#include "rules/secret_kinds.h"

#include <stdint.h>
#include <string.h>

#define MIN_CHARS 20u
#define MIN_HEX 32u
#define COUNTED_CHARS 128u /* more do not change the answer */
#define UNIT 1024u         /* of a bit */
#define MIN_BITS (UNIT * 7 / 2)
#define MIN_HEX_BITS (UNIT * 3)
#define URL_BYTES 512u

/* The logarithm of n > 0 to the base 2, in units: by squaring. */
static uint32_t log2_of(uint32_t n)
{
	uint32_t whole = 0, bits = 0;
	while (n >> whole > 1)
		whole++;
	uint64_t x = ((uint64_t)n << 16) >> whole; /* 1..2 in 1/65536 */
	for (uint32_t unit = UNIT / 2; unit > 0; unit /= 2) {
		x = x * x >> 16;
		if (x >= 2u << 16) {
			x >>= 1;
			bits += unit;
		}
	}
	return whole * UNIT + bits;
}

/* Units for each character: log n - (sum of c log c) / n. */
static uint32_t bits_of(const char *s, size_t n)
{
	uint32_t counts[256] = {0}, sum = 0;
	for (size_t i = 0; i < n; i++)
		counts[(unsigned char)s[i]]++;
	for (size_t c = 0; c < 256; c++)
		if (counts[c] > 1)
			sum += counts[c] * log2_of(counts[c]);
	return log2_of((uint32_t)n) - sum / (uint32_t)n;
}

static unsigned class_of(char c)
{
	return chars_are(c, CHARS_SMALL)  ? 1
	    : chars_are(c, CHARS_CAPITAL) ? 2
	    : chars_are(c, CHARS_DIGIT)   ? 3
					  : 0;
}

/* 8-4-4-4-12 */
static bool is_uuid(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? s[i] != '-' : !secret_in_alphabet(s[i], SECRET_HEX))
			return false;
	}
	return n == 36;
}

static bool is_hex(const char *s, size_t n)
{
	size_t letters = 0;
	for (size_t i = 0; i < n; i++) {
		if (!secret_in_alphabet(s[i], SECRET_HEX))
			return false;
		letters += secret_is_letter(s[i]);
	}
	return letters > 0 && letters < n;
}

static bool is_vowel(char c)
{
	return c != '\0' && strchr("aeiouyAEIOUY", c) != NULL;
}

/* Letters from i on that could be a word: three and more, only the first of
 * them perhaps a capital, with vowels as words have them; else 0. */
static size_t word_at(const char *s, size_t n, size_t i)
{
	size_t len = 0, vowels = 0;
	while (i + len < n &&
	    (chars_are(s[i + len], CHARS_SMALL) ||
		(len == 0 && chars_are(s[i], CHARS_CAPITAL)))) {
		vowels += is_vowel(s[i + len]);
		len++;
	}
	return len >= 3 && vowels * 4 >= len && vowels * 3 <= len * 2 ? len : 0;
}

/* Letters and digits take turns as in no word, at least one in four times
 * (a capital in front of small letters is no turn), and words are not most of
 * it. */
static bool is_mixed(const char *s, size_t n)
{
	size_t turns = 0, letters = 0, digits = 0, words = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned now = class_of(s[i]);
		unsigned before = i > 0 ? class_of(s[i - 1]) : now;
		letters += now == 1 || now == 2;
		digits += now == 3;
		turns += now && before && now != before &&
		    !(before == 2 && now == 1);
	}
	if (digits < 1 || letters < 4 || turns * 4 < n)
		return false;
	for (size_t i = 0; i < n;) {
		size_t len = word_at(s, n, i);
		words += len;
		i += len ? len : 1;
	}
	return words * 2 <= n;
}

static bool is_random(const char *s, size_t n)
{
	if (n > COUNTED_CHARS)
		n = COUNTED_CHARS;
	if (is_uuid(s, n))
		return false;
	bool random = is_hex(s, n)
	    ? n >= MIN_HEX && bits_of(s, n) >= MIN_HEX_BITS
	    : is_mixed(s, n) && bits_of(s, n) >= MIN_BITS;
	return random && !secret_is_placeholder(s, n);
}

/* Part of https://...: links carry such strings by the dozen. */
static bool in_url(const struct secret_in *in, size_t start)
{
	size_t i = start;
	while (i > 0 && start - i < URL_BYTES &&
	    (unsigned char)in->s[i - 1] > ' ' && in->s[i - 1] != '"') {
		i--;
		if (in->s[i] == ':' && i + 2 < start &&
		    memcmp(in->s + i, "://", 3) == 0)
			return true;
	}
	return false;
}

static const struct secret_name hashes[] = {SECRET_NAME("commit"),
    SECRET_NAME("sha"), SECRET_NAME("sha1"), SECRET_NAME("sha256"),
    SECRET_NAME("sha-1"), SECRET_NAME("sha-256"), SECRET_NAME("sha512"),
    SECRET_NAME("md5"), SECRET_NAME("checksum"), SECRET_NAME("hash"),
    SECRET_NAME("digest"), SECRET_NAME("etag"), SECRET_NAME("revision"),
    SECRET_NAME("fingerprint"), SECRET_NAME("trace"), SECRET_NAME("trace id"),
    SECRET_NAME("request id"), SECRET_NAME("build"), SECRET_NAME("order"),
    SECRET_NAME("order id"), SECRET_NAME("tracking"),
    SECRET_NAME("tracking number"), SECRET_NAME("reference"),
    SECRET_NAME("uuid"), SECRET_NAME("guid"), SECRET_NAME("session id"),
    SECRET_NAME("correlation id"), {NULL, 0}};

enum secret_answer secret_entropy(
    const struct secret_in *in, size_t start, size_t *end)
{
	size_t n = secret_run(in, start, SECRET_BASE64);
	bool open = start + n >= in->n && !in->final && n < SECRET_MAX_BYTES;
	if (!open && n < MIN_CHARS)
		return SECRET_NO;
	if (open)
		return in_url(in, start) ? SECRET_NO : SECRET_MORE;
	while (n > 0 &&
	    (in->s[start + n - 1] == '-' || in->s[start + n - 1] == '_' ||
		in->s[start + n - 1] == '/'))
		n--;
	if (n < MIN_CHARS || !is_random(in->s + start, n) ||
	    in_url(in, start) ||
	    secret_given_as(in, start, hashes) != SECRET_NOT_GIVEN)
		return SECRET_NO;
	*end = start + n;
	return SECRET_YES;
}
