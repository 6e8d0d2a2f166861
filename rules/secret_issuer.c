/*
 * secret_issuer - API keys by what their issuers begin them with, or by their
 * shape. Each row is public knowledge: prefix, characters behind it, alphabet.
 */
#include "rules/secret_kinds.h"

#include <string.h>

struct issuer {
	const char *prefix;
	unsigned min; /* characters behind the prefix, at least */
	enum secret_alphabet alphabet;
};

static const struct issuer issuers[] = {
    /* model providers */
    {"sk-ant-", 20, SECRET_URL},
    {"sk-proj-", 20, SECRET_URL},
    {"sk-svcacct-", 20, SECRET_URL},
    {"sk-admin-", 20, SECRET_URL},
    {"sk-or-", 20, SECRET_URL},
    {"sk-", 20, SECRET_URL},
    {"gsk_", 40, SECRET_ALNUM},
    {"xai-", 40, SECRET_ALNUM},
    {"pplx-", 40, SECRET_ALNUM},
    {"hf_", 30, SECRET_ALNUM},
    {"r8_", 37, SECRET_ALNUM},
    /* clouds */
    {"AKIA", 16, SECRET_UPPER},
    {"ASIA", 16, SECRET_UPPER},
    {"AROA", 16, SECRET_UPPER},
    {"AIDA", 16, SECRET_UPPER},
    {"ABIA", 16, SECRET_UPPER},
    {"ACCA", 16, SECRET_UPPER},
    {"ABSK", 100, SECRET_BASE64},
    {"AIza", 35, SECRET_URL},
    {"ya29.", 20, SECRET_URL},
    {"GOCSPX-", 28, SECRET_URL},
    {"1//0", 40, SECRET_URL},
    {"LTAI", 12, SECRET_ALNUM},
    {"AKID", 32, SECRET_ALNUM},
    {"dop_v1_", 64, SECRET_HEX},
    {"doo_v1_", 64, SECRET_HEX},
    {"dor_v1_", 64, SECRET_HEX},
    {"HRKU-", 36, SECRET_URL},
    {"fo1_", 40, SECRET_URL},
    {"nfp_", 36, SECRET_ALNUM},
    {"sbp_", 40, SECRET_HEX},
    {"pscale_tkn_", 32, SECRET_URL},
    {"pscale_pw_", 32, SECRET_URL},
    {"dapi", 32, SECRET_HEX},
    {"hvs.", 90, SECRET_URL},
    {"hvb.", 90, SECRET_URL},
    {"dp.pt.", 40, SECRET_ALNUM},
    {"dckr_pat_", 27, SECRET_URL},
    {"dckr_oat_", 32, SECRET_URL},
    {"pul-", 40, SECRET_HEX},
    /* code */
    {"ghp_", 36, SECRET_ALNUM},
    {"gho_", 36, SECRET_ALNUM},
    {"ghu_", 36, SECRET_ALNUM},
    {"ghs_", 36, SECRET_ALNUM},
    {"ghr_", 36, SECRET_ALNUM},
    {"github_pat_", 22, SECRET_URL},
    {"glpat-", 20, SECRET_URL},
    {"gldt-", 20, SECRET_URL},
    {"glrt-", 20, SECRET_URL},
    {"glptt-", 40, SECRET_HEX},
    {"glcbt-", 20, SECRET_URL},
    {"glsoat-", 20, SECRET_URL},
    {"glft-", 20, SECRET_URL},
    {"gloas-", 64, SECRET_HEX},
    {"ATATT3", 60, SECRET_BASE64},
    {"ATBB", 32, SECRET_ALNUM},
    {"npm_", 36, SECRET_ALNUM},
    {"pypi-", 50, SECRET_URL},
    {"rubygems_", 48, SECRET_HEX},
    {"CLOJARS_", 60, SECRET_ALNUM},
    {"sgp_", 40, SECRET_ALNUM},
    {"lin_api_", 40, SECRET_ALNUM},
    {"AKCp8", 60, SECRET_ALNUM},
    {"PMAK-", 50, SECRET_URL},
    {"figd_", 40, SECRET_URL},
    {"sntrys_", 60, SECRET_BASE64},
    {"sntryu_", 64, SECRET_HEX},
    {"glsa_", 32, SECRET_URL},
    {"glc_", 32, SECRET_BASE64},
    {"NRAK-", 27, SECRET_UPPER},
    {"ntn_", 40, SECRET_ALNUM},
    {"secret_", 43, SECRET_ALNUM},
    {"AGE-SECRET-KEY-1", 58, SECRET_UPPER},
    /* money */
    {"sk_live_", 16, SECRET_ALNUM},
    {"sk_test_", 16, SECRET_ALNUM},
    {"rk_live_", 16, SECRET_ALNUM},
    {"rk_test_", 16, SECRET_ALNUM},
    {"pk_live_", 16, SECRET_ALNUM},
    {"whsec_", 24, SECRET_BASE64},
    {"rzp_live_", 14, SECRET_ALNUM},
    {"rzp_test_", 14, SECRET_ALNUM},
    {"FLWSECK-", 20, SECRET_URL},
    {"FLWSECK_TEST-", 12, SECRET_URL},
    {"access-production-", 36, SECRET_URL},
    {"access-sandbox-", 36, SECRET_URL},
    {"sq0atp-", 22, SECRET_URL},
    {"sq0csp-", 43, SECRET_URL},
    {"EAAA", 60, SECRET_URL},
    {"shpat_", 32, SECRET_HEX},
    {"shpca_", 32, SECRET_HEX},
    {"shppa_", 32, SECRET_HEX},
    {"shpss_", 32, SECRET_HEX},
    /* messages */
    {"xoxb-", 10, SECRET_URL},
    {"xoxp-", 10, SECRET_URL},
    {"xoxa-", 10, SECRET_URL},
    {"xoxr-", 10, SECRET_URL},
    {"xoxs-", 10, SECRET_URL},
    {"xoxe-", 10, SECRET_URL},
    {"xoxe.xox", 20, SECRET_URL},
    {"xapp-", 10, SECRET_URL},
    {"SK", 32, SECRET_HEX}, /* Twilio */
    {"SG.", 40, SECRET_DOTTED},
    {"key-", 32, SECRET_HEX}, /* Mailgun */
    {"xkeysib-", 64, SECRET_URL},
    {"xsmtpsib-", 64, SECRET_URL},
    {"pat-", 32, SECRET_URL}, /* HubSpot */
    {"EAACEdEose0cBA", 20, SECRET_ALNUM},
    {"AAAA", 140, SECRET_URL}, /* Firebase */
    {"pk.eyJ", 60, SECRET_DOTTED},
    {"sk.eyJ", 60, SECRET_DOTTED},
};

bool secret_in_alphabet(char c, enum secret_alphabet alphabet)
{
	switch (alphabet) {
	case SECRET_ALNUM:
		return chars_are(c, CHARS_ALNUM);
	case SECRET_UPPER:
		return chars_are(c, CHARS_CAPITAL | CHARS_DIGIT);
	case SECRET_HEX:
		return secret_is_digit(c) || (c >= 'a' && c <= 'f') ||
		    (c >= 'A' && c <= 'F');
	case SECRET_URL:
		return secret_is_base64url(c);
	case SECRET_DOTTED:
		return secret_is_base64url(c) || c == '.';
	case SECRET_BASE64:
		return secret_is_base64url(c) || c == '+' || c == '/' ||
		    c == '=';
	case SECRET_ANY:
		return secret_is_base64url(c) || c == '+' || c == '/' ||
		    c == '=' || c == '.' || c == '~';
	}
	return false;
}

size_t secret_run(
    const struct secret_in *in, size_t i, enum secret_alphabet alphabet)
{
	struct secret_span *run = &in->runs[alphabet];
	size_t max =
	    in->n - i < SECRET_MAX_BYTES ? in->n : i + SECRET_MAX_BYTES;
	if (i < run->from || i >= run->to)
		*run = (struct secret_span){i, i};
	while (run->to < max && secret_in_alphabet(in->s[run->to], alphabet))
		run->to++;
	return (run->to < max ? run->to : max) - i;
}

bool secret_is_random(const char *s, size_t n)
{
	size_t changes = 0;
	bool letters = false, digits = false;
	for (size_t i = 0; i < n; i++) {
		letters |= secret_is_letter(s[i]);
		digits |= secret_is_digit(s[i]);
		changes += i > 0 && chars_are(s[i], CHARS_CAPITAL) &&
		    chars_are(s[i - 1], CHARS_SMALL);
		if (letters && (digits || changes > 2))
			return true;
	}
	return false;
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
	size_t n = secret_run(in, start + len, issuer->alphabet);
	size_t stop = start + len + n;
	if (stop >= in->n && !in->final && n < SECRET_MAX_BYTES)
		return SECRET_MORE;
	while (n > 0 && !chars_are(in->s[stop - 1], CHARS_ALNUM)) {
		n--;
		stop--;
	}
	if (n < issuer->min || !secret_is_random(in->s + start + len, n))
		return SECRET_NO;
	*end = stop;
	return SECRET_YES;
}

/* ---- shapes ---- */

/* A part of a shape: so many of an alphabet, or fixed text. */
struct part {
	const char *text; /* NULL: min to max of the alphabet */
	unsigned min, max;
	enum secret_alphabet alphabet;
};

#define TEXT(text)                                                             \
	{                                                                      \
		text, 0, 0, SECRET_ALNUM                                       \
	}
#define SHAPE_PARTS 6u

static const struct part shapes[][SHAPE_PARTS] = {
    /* Telegram */
    {{NULL, 8, 10, SECRET_HEX}, TEXT(":AA"), {NULL, 33, 33, SECRET_URL}},
    /* Discord */
    {{NULL, 23, 28, SECRET_ALNUM}, TEXT("."), {NULL, 6, 7, SECRET_URL},
	TEXT("."), {NULL, 27, 40, SECRET_URL}},
    /* Azure AD: three characters, a digit, Q~ */
    {{NULL, 4, 4, SECRET_URL}, TEXT("Q~"), {NULL, 31, 34, SECRET_ANY}},
    /* Mailchimp */
    {{NULL, 32, 32, SECRET_HEX}, TEXT("-us"), {NULL, 1, 2, SECRET_HEX}},
    /* Terraform */
    {{NULL, 14, 14, SECRET_ALNUM}, TEXT(".atlasv1."),
	{NULL, 60, 70, SECRET_URL}},
    /* webhooks that need no other key */
    {TEXT("https://hooks.slack.com/"), {NULL, 40, 90, SECRET_BASE64}},
    {TEXT("https://discord.com/api/webhooks/"), {NULL, 60, 110, SECRET_BASE64}},
    {TEXT("https://discordapp.com/api/webhooks/"),
	{NULL, 60, 110, SECRET_BASE64}},
};

static enum secret_answer read_part(
    const struct secret_in *in, size_t *at, const struct part *part)
{
	size_t left = in->n - *at;
	if (part->text) {
		size_t len = strlen(part->text);
		if (memcmp(in->s + *at, part->text, left < len ? left : len))
			return SECRET_NO;
		*at += len;
		return left >= len ? SECRET_YES : SECRET_MORE;
	}
	size_t n = 0;
	while (n < left && n < part->max &&
	    secret_in_alphabet(in->s[*at + n], part->alphabet))
		n++;
	*at += n;
	if (n == left && n < part->max)
		return in->final && n >= part->min ? SECRET_YES : SECRET_MORE;
	return n >= part->min ? SECRET_YES : SECRET_NO;
}

static enum secret_answer has_shape(const struct secret_in *in, size_t start,
    const struct part *parts, size_t *end)
{
	size_t at = start;
	for (size_t i = 0; i < SHAPE_PARTS && (parts[i].text || parts[i].max);
	     i++) {
		enum secret_answer answer = read_part(in, &at, &parts[i]);
		if (answer == SECRET_MORE && in->final)
			return SECRET_NO;
		if (answer != SECRET_YES)
			return answer;
	}
	if (at >= in->n && !in->final)
		return SECRET_MORE;
	if (at < in->n && secret_is_base64url(in->s[at]))
		return SECRET_NO;
	*end = at;
	return secret_is_random(in->s + start, at - start) ? SECRET_YES
							   : SECRET_NO;
}

enum secret_answer secret_issued(
    const struct secret_in *in, size_t start, size_t *end)
{
	bool joined = secret_is_joined(in, start);
	for (size_t i = 0; i < sizeof(issuers) / sizeof(issuers[0]); i++) {
		if (in->s[start] != issuers[i].prefix[0])
			continue;
		/* In front of the sign the same token may go on. */
		if (joined &&
		    secret_in_alphabet(in->s[start - 1], issuers[i].alphabet))
			continue;
		enum secret_answer answer = issued(in, start, &issuers[i], end);
		if (answer != SECRET_NO)
			return answer;
	}
	for (size_t i = 0; !joined && i < sizeof(shapes) / sizeof(shapes[0]);
	     i++) {
		enum secret_answer answer =
		    has_shape(in, start, shapes[i], end);
		if (answer != SECRET_NO)
			return answer;
	}
	return SECRET_NO;
}
