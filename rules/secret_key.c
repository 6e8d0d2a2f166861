/* secret_key - API keys by their issuers' prefixes, or by the name in front;
 * private keys in PEM (RFC 7468). */
#include "rules/secret_kinds.h"

#include <string.h>

#define MIN_NAMED 16u
#define MIN_ISSUED 15u /* prefix and all */
#define PEM_LABEL_BYTES 64u

enum alphabet { ALNUM, UPPER, HEX, BASE64URL, DOTTED };

struct issuer {
	const char *prefix;
	unsigned min; /* characters behind the prefix, at least */
	enum alphabet alphabet;
};

static const struct issuer issuers[] = {
    {"sk-ant-", 20, BASE64URL},
    {"sk-proj-", 20, BASE64URL},
    {"sk-or-", 20, BASE64URL},
    {"sk-", 20, BASE64URL},
    {"sk_live_", 16, ALNUM},
    {"sk_test_", 16, ALNUM},
    {"rk_live_", 16, ALNUM},
    {"rk_test_", 16, ALNUM},
    {"pk_live_", 16, ALNUM},
    {"whsec_", 24, BASE64URL},
    {"AKIA", 16, UPPER},
    {"ASIA", 16, UPPER},
    {"AROA", 16, UPPER},
    {"AIDA", 16, UPPER},
    {"ghp_", 36, ALNUM},
    {"gho_", 36, ALNUM},
    {"ghu_", 36, ALNUM},
    {"ghs_", 36, ALNUM},
    {"ghr_", 36, ALNUM},
    {"github_pat_", 22, BASE64URL},
    {"glpat-", 20, BASE64URL},
    {"xoxb-", 10, BASE64URL},
    {"xoxp-", 10, BASE64URL},
    {"xoxa-", 10, BASE64URL},
    {"xoxr-", 10, BASE64URL},
    {"xoxs-", 10, BASE64URL},
    {"xapp-", 10, BASE64URL},
    {"AIza", 35, BASE64URL},
    {"ya29.", 20, BASE64URL},
    {"GOCSPX-", 28, BASE64URL},
    {"SG.", 40, DOTTED},
    {"npm_", 36, ALNUM},
    {"pypi-", 50, BASE64URL},
    {"hf_", 30, ALNUM},
    {"dop_v1_", 64, HEX},
    {"shpat_", 32, HEX},
    {"shpss_", 32, HEX},
    {"sq0atp-", 22, BASE64URL},
    {"sq0csp-", 43, BASE64URL},
    {"SK", 32, HEX},
    {"key-", 32, HEX},
    {"xkeysib-", 64, BASE64URL},
    {"lin_api_", 40, ALNUM},
    {"gsk_", 40, ALNUM},
    {"r8_", 37, ALNUM},
    {"pat-", 32, BASE64URL},
    {"EAACEdEose0cBA", 20, ALNUM},
    {"AAAA", 140, BASE64URL},
};

static const char *const names[] = {"api key", "api-key", "api_key", "apikey",
    "secret key", "secret_key", "secret-key", "access key", "access_key",
    "access token", "access_token", "auth token", "auth_token", "bearer token",
    "client secret", "client_secret", "api token", "api_token", "private token",
    "secret", "token", NULL};

static bool in_alphabet(char c, enum alphabet alphabet)
{
	switch (alphabet) {
	case ALNUM:
		return secret_is_letter(c) || secret_is_digit(c);
	case UPPER:
		return (c >= 'A' && c <= 'Z') || secret_is_digit(c);
	case HEX:
		return secret_is_digit(c) || (c >= 'a' && c <= 'f') ||
		    (c >= 'A' && c <= 'F');
	case BASE64URL:
		return secret_is_base64url(c);
	case DOTTED:
		return secret_is_base64url(c) || c == '.';
	}
	return false;
}

/* Characters of the alphabet from i on. */
static size_t run_of(
    const struct secret_in *in, size_t i, enum alphabet alphabet)
{
	size_t n = 0;
	while (i + n < in->n && n < SECRET_MAX_BYTES &&
	    in_alphabet(in->s[i + n], alphabet))
		n++;
	return n;
}

static enum secret_answer issued(const struct secret_in *in, size_t start,
    const struct issuer *issuer, size_t *end)
{
	size_t len = strlen(issuer->prefix);
	size_t left = in->n - start;
	if (memcmp(in->s + start, issuer->prefix, left < len ? left : len) != 0)
		return SECRET_NO;
	if (left <= len)
		return in->final ? SECRET_NO : SECRET_MORE;
	size_t n = run_of(in, start + len, issuer->alphabet);
	size_t stop = start + len + n;
	if (stop >= in->n && !in->final && n < SECRET_MAX_BYTES)
		return SECRET_MORE;
	while (n > 0 && !secret_is_letter(in->s[stop - 1]) &&
	    !secret_is_digit(in->s[stop - 1])) {
		n--;
		stop--;
	}
	if (n < issuer->min)
		return SECRET_NO;
	*end = stop;
	return SECRET_YES;
}

/* A long mix of letters and digits that is called a key; n characters. */
static enum secret_answer named(
    const struct secret_in *in, size_t start, size_t n, size_t *end)
{
	bool said;
	bool open = start + n >= in->n && !in->final && n < SECRET_MAX_BYTES;
	while (n > 0 && in->s[start + n - 1] == '.')
		n--;
	size_t letters = 0, digits = 0;
	for (size_t i = start; i < start + n; i++) {
		letters += secret_is_letter(in->s[i]);
		digits += secret_is_digit(in->s[i]);
	}
	if (!open && (n < MIN_NAMED || letters < 2 || digits < 2))
		return SECRET_NO;
	if (!secret_is_value_of(in, start, names, &said))
		return SECRET_NO;
	if (open)
		return SECRET_MORE;
	*end = start + n;
	return SECRET_YES;
}

enum secret_answer secret_api_key(
    const struct secret_in *in, size_t start, size_t *end)
{
	size_t n = run_of(in, start, DOTTED);
	if (n < MIN_ISSUED && (start + n < in->n || in->final))
		return SECRET_NO;
	for (size_t i = 0; i < sizeof(issuers) / sizeof(issuers[0]); i++) {
		if (in->s[start] != issuers[i].prefix[0])
			continue;
		enum secret_answer answer = issued(in, start, &issuers[i], end);
		if (answer != SECRET_NO)
			return answer;
	}
	return named(in, start, n, end);
}

/* ---- private keys ---- */

/* Where text stands within the next max bytes; n when it does not. */
static size_t find(
    const struct secret_in *in, size_t from, size_t max, const char *text)
{
	size_t len = strlen(text);
	size_t n = in->n - from < max ? in->n - from : max;
	const char *at = n < len ? NULL : memmem(in->s + from, n, text, len);
	return at ? (size_t)(at - in->s) : in->n;
}

enum secret_answer secret_private_key(
    const struct secret_in *in, size_t start, size_t *end)
{
	static const char begin[] = "-----BEGIN ";
	size_t left = in->n - start, len = sizeof(begin) - 1;
	if (memcmp(in->s + start, begin, left < len ? left : len) != 0)
		return SECRET_NO;
	if (left < len)
		return in->final ? SECRET_NO : SECRET_MORE;
	size_t label = start + len;
	size_t dashes = find(in, label, PEM_LABEL_BYTES, "-----");
	if (dashes == in->n)
		return in->n - label < PEM_LABEL_BYTES && !in->final
		    ? SECRET_MORE
		    : SECRET_NO;
	if (!memmem(in->s + label, dashes - label, "PRIVATE KEY", 11))
		return SECRET_NO;
	size_t body = dashes + 5;
	size_t close = find(in, body, SECRET_MAX_BYTES, "-----END ");
	if (close < in->n)
		close = find(in, close + 9, PEM_LABEL_BYTES, "-----");
	if (close == in->n && !in->final &&
	    in->n - body < SECRET_MAX_BYTES + PEM_LABEL_BYTES)
		return SECRET_MORE;
	size_t cut =
	    in->n - body < SECRET_MAX_BYTES ? in->n : body + SECRET_MAX_BYTES;
	*end = close < in->n ? close + 5 : cut;
	return SECRET_YES;
}
