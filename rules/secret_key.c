/* secret_key - API keys by the name in front; private keys in PEM (RFC 7468).
 */
#include "rules/secret_kinds.h"

#include <string.h>

#define MIN_NAMED 16u
#define PEM_LABEL_BYTES 64u
#define MIN_BASIC 12u  /* base64 of "user:pass" */
#define MIN_ISSUED 12u /* up to a colon */

static const struct secret_name names[] = {SECRET_NAME("api key"),
    SECRET_NAME("api-key"), SECRET_NAME("api_key"), SECRET_NAME("apikey"),
    SECRET_NAME("secret key"), SECRET_NAME("secret_key"),
    SECRET_NAME("secret-key"), SECRET_NAME("secretkey"),
    SECRET_NAME("access key"), SECRET_NAME("access_key"),
    SECRET_NAME("access-key"), SECRET_NAME("accesskey"),
    SECRET_NAME("account key"), SECRET_NAME("accountkey"),
    SECRET_NAME("sharedaccesskey"), SECRET_NAME("shared key"),
    SECRET_NAME("primary key"), SECRET_NAME("private key"),
    SECRET_NAME("private_key"), SECRET_NAME("encryption key"),
    SECRET_NAME("signing key"), SECRET_NAME("signing secret"),
    SECRET_NAME("access token"), SECRET_NAME("access_token"),
    SECRET_NAME("accesstoken"), SECRET_NAME("auth token"),
    SECRET_NAME("auth_token"), SECRET_NAME("authtoken"),
    SECRET_NAME("bearer token"), SECRET_NAME("refresh token"),
    SECRET_NAME("refresh_token"), SECRET_NAME("session token"),
    SECRET_NAME("session_token"), SECRET_NAME("client secret"),
    SECRET_NAME("client_secret"), SECRET_NAME("clientsecret"),
    SECRET_NAME("api token"), SECRET_NAME("api_token"),
    SECRET_NAME("api secret"), SECRET_NAME("api_secret"),
    SECRET_NAME("private token"), SECRET_NAME("private_token"),
    SECRET_NAME("webhook secret"), SECRET_NAME("secret"), SECRET_NAME("token"),
    SECRET_NAME("auth"), SECRET_NAME("authorization"), SECRET_NAME("bearer"),
    SECRET_NAME("x-api-key"), SECRET_NAME("credentials"), {NULL, 0}};
/* What stands where a key is to be put. */
static const char *const stops[] = {"example", "sample", "placeholder",
    "changeme", "change_me", "your_", "your-", "yourapi", "yourkey", "yoursec",
    "yourtok", "insert", "replace", "xxxx", "dummy", "redacted", "0000000000",
    NULL};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool secret_is_placeholder(const char *s, size_t n)
{
	for (size_t k = 0; stops[k]; k++) {
		size_t len = strlen(stops[k]);
		for (size_t i = 0; i + len <= n; i++) {
			size_t same = 0;
			while (
			    same < len && lower(s[i + same]) == stops[k][same])
				same++;
			if (same == len)
				return true;
		}
	}
	return false;
}

/* "Bearer KEY" and "Basic KEY", as in a header. */
static bool follows_scheme(const struct secret_in *in, size_t start, size_t n)
{
	static const char bearer[] = "bearer ", basic[] = "basic ";
	size_t a = sizeof(bearer) - 1, b = sizeof(basic) - 1;
	bool is_bearer = start >= a, is_basic = start >= b && n >= MIN_BASIC;
	for (size_t i = 0; is_bearer && i < a; i++)
		is_bearer = lower(in->s[start - a + i]) == bearer[i];
	for (size_t i = 0; is_basic && i < b; i++)
		is_basic = lower(in->s[start - b + i]) == basic[i];
	return (is_bearer && n >= MIN_NAMED) ||
	    (is_basic && in->s[start + n - 1] == '=');
}

/* A long mix of letters and digits that is called a key; n characters. */
static enum secret_answer named(
    const struct secret_in *in, size_t start, size_t n, size_t *end)
{
	bool open = start + n >= in->n && !in->final && n < SECRET_MAX_BYTES;
	while (n > 0 && strchr("./~-_", in->s[start + n - 1]))
		n--;
	const char *s = in->s + start;
	bool scheme = n > 0 && follows_scheme(in, start, n);
	if (!open && !scheme && n < MIN_NAMED)
		return SECRET_NO;
	if (!scheme && secret_given_as(in, start, names) == SECRET_NOT_GIVEN)
		return SECRET_NO;
	if (open)
		return SECRET_MORE;
	if ((!scheme && !secret_is_random(s, n)) || memmem(s, n, "//", 2) ||
	    secret_is_placeholder(s, n))
		return SECRET_NO;
	*end = start + n;
	return SECRET_YES;
}

enum secret_answer secret_api_key(
    const struct secret_in *in, size_t start, size_t *end)
{
	size_t n = secret_run(in, start, SECRET_ANY), stop = start + n;
	if (n < MIN_ISSUED && (stop < in->n ? in->s[stop] != ':' : in->final))
		return SECRET_NO;
	enum secret_answer answer = secret_issued(in, start, end);
	if (answer != SECRET_NO || secret_is_joined(in, start))
		return answer;
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
