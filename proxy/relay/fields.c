/* fields - see fields.h. */
#include "proxy/relay/fields.h"

#include "proxy/base/buf.h"
#include "proxy/base/hex.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME(literal)                                                          \
	{                                                                      \
		literal, sizeof(literal) - 1                                   \
	}
/* Written by Handrail itself, whatever the bot said. */
static const struct span fixed[] = {NAME("Connection"),
    NAME("Content-Encoding"), NAME("Content-Length"), NAME("Content-Type"),
    NAME("Keep-Alive"), NAME("Transfer-Encoding")};
/* What the bot runs on is nothing a customer needs: not worth judging in every
 * answer. Proxies are expected to have a Server field of their own, if any. */
static const struct span unwanted[] = {NAME("Server"), NAME("X-Powered-By")};
/* Those that lead round what was judged: to another server for the next
 * question, to a file or a charset where a web server in front of us obeys,
 * to a body that is only the difference to another (RFC 3229). */
static const struct span leading_astray[] = {NAME("Alt-Svc"),
    NAME("Alternate-Protocol"), NAME("X-Accel-Redirect"),
    NAME("X-Accel-Charset"), NAME("X-Sendfile"), NAME("X-Lighttpd-Send-File"),
    NAME("X-Lighttpd-Send2File"), NAME("X-Reproxy-URL"), NAME("IM"),
    NAME("Delta-Base")};
/* For machines, each with a grammar of its own: a client shows them to nobody
 * and puts them together with nothing. */
static const struct span plumbing[] = {NAME("Accept-Ranges"), NAME("Age"),
    NAME("Allow"), NAME("Cache-Control"), NAME("Content-Language"),
    NAME("Content-Security-Policy"), NAME("Date"), NAME("ETag"),
    NAME("Expires"), NAME("Last-Modified"), NAME("NEL"),
    NAME("Permissions-Policy"), NAME("Pragma"), NAME("Referrer-Policy"),
    NAME("Report-To"), NAME("Retry-After"), NAME("Server-Timing"),
    NAME("Strict-Transport-Security"), NAME("Timing-Allow-Origin"),
    NAME("Traceparent"), NAME("Vary"), NAME("Via"), NAME("X-Accel-Buffering"),
    NAME("X-Content-Type-Options"), NAME("X-Frame-Options"),
    NAME("X-Request-Id"), NAME("X-Should-Retry"), NAME("X-XSS-Protection")};
static const struct span plumbing_begins[] = {NAME("Access-Control-"),
    NAME("Cross-Origin-"), NAME("RateLimit-"), NAME("X-RateLimit-")};
#undef NAME

static bool is_in(struct span name, const struct span *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(name, names[i]))
			return true;
	return false;
}

static bool is_plumbing(struct span name)
{
	size_t n = sizeof(plumbing_begins) / sizeof(plumbing_begins[0]);
	for (size_t i = 0; i < n; i++) {
		size_t len = plumbing_begins[i].len;
		if (name.len > len &&
		    span_eq_nocase(
			(struct span){name.p, len}, plumbing_begins[i]))
			return true;
	}
	return is_in(name, plumbing, sizeof(plumbing) / sizeof(plumbing[0]));
}

/* One of the names above, letter for letter: it says nothing to a reader. */
static bool is_known(struct span name)
{
	return is_in(name, fixed, sizeof(fixed) / sizeof(fixed[0])) ||
	    is_in(name, unwanted, sizeof(unwanted) / sizeof(unwanted[0])) ||
	    is_in(name, plumbing, sizeof(plumbing) / sizeof(plumbing[0]));
}

static bool is_one_of(const char *p, const char *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(p, names + 3 * i, 3) == 0)
			return true;
	return false;
}

static bool is_number(const char *p, size_t digits, int low, int high)
{
	int value = 0;
	for (size_t i = 0; i < digits; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		value = value * 10 + (p[i] - '0');
	}
	return value >= low && value <= high;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7) and nothing looser: a date
 * of our time has no room for words, and every answer has one. */
static bool is_date(struct span v)
{
	const char *p = v.p;
	return v.len == 29 && is_one_of(p, "SunMonTueWedThuFriSat", 7) &&
	    memcmp(p + 3, ", ", 2) == 0 && is_number(p + 5, 2, 1, 31) &&
	    p[7] == ' ' &&
	    is_one_of(p + 8, "JanFebMarAprMayJunJulAugSepOctNovDec", 12) &&
	    p[11] == ' ' && is_number(p + 12, 4, 1970, 2199) && p[16] == ' ' &&
	    is_number(p + 17, 2, 0, 23) && p[19] == ':' &&
	    is_number(p + 20, 2, 0, 59) && p[22] == ':' &&
	    is_number(p + 23, 2, 0, 60) && memcmp(p + 25, " GMT", 4) == 0;
}

static bool is_fixed(struct span name, struct span value)
{
	return is_date(value) ||
	    is_in(name, fixed, sizeof(fixed) / sizeof(fixed[0]));
}

static bool breaks_rule(struct span value, const struct fields_judge *judge)
{
	struct guard_session session = *judge->session;
	struct guard_message message = {GUARD_AI, value.p, value.len};
	struct guard_verdict verdict;
	session.aside = session.label = true;
	guard_check(
	    judge->scanner, judge->policy, &session, &message, &verdict);
	return verdict.undecided || verdict.action >= GUARD_REDACT;
}

/* %41 as A: how fields carry what their grammar has no room for. */
static void percent_decode(struct span value, struct buf *out)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char byte = 0;
		bool coded = value.p[i] == '%' && value.len - i > 2 &&
		    hex_decode(&byte, value.p + i + 1, 2) == 0;
		buf_addc(out, coded ? (char)byte : value.p[i]);
		i += coded ? 2 : 0;
	}
}

static bool is_withheld(struct span value, const struct fields_judge *judge)
{
	if (breaks_rule(value, judge))
		return true;
	if (!memchr(value.p, '%', value.len))
		return false;
	struct buf plain = {0};
	percent_decode(value, &plain);
	bool withheld =
	    breaks_rule((struct span){plain.data, plain.len}, judge);
	buf_clear(&plain);
	return withheld;
}

static bool is_left_out(
    struct span name, struct span value, const struct fields_judge *judge)
{
	if (is_in(name, unwanted, sizeof(unwanted) / sizeof(unwanted[0])) ||
	    is_in(name, leading_astray,
		sizeof(leading_astray) / sizeof(leading_astray[0])))
		return true;
	if (value.len == 0 || is_fixed(name, value) ||
	    !is_withheld(value, judge))
		return false;
	log_line(LOG_WARN, "fields",
	    "a field of the bot's answer breaks a rule and is left out: %.*s",
	    (int)name.len, name.p);
	return true;
}

/* Lines of one name are one value to clients, with a comma between them. */
static bool is_withheld_joined(
    const struct http1_head *head, size_t i, const struct fields_judge *judge)
{
	struct buf name = {0}, all = {0};
	struct span of = http1_name(head, i);
	buf_add(&name, of.p, of.len);
	buf_addc(&name, '\0');
	size_t k = http1_find(head, name.data, 0);
	size_t n = k == i ? http1_count(head, name.data) : 0;
	bool withheld = false;
	for (; n > 1 && k < head->n_fields;
	     k = http1_find(head, name.data, k + 1)) {
		struct span value = http1_value(head, k);
		if (all.len)
			buf_adds(&all, ", ");
		buf_add(&all, value.p, value.len);
	}
	if (n > 1)
		withheld = is_withheld((struct span){all.data, all.len}, judge);
	buf_clear(&name);
	buf_clear(&all);
	return withheld;
}

/* A field that may hold words: what is there of it to read. */
static bool is_free(const struct http1_head *head, size_t i)
{
	struct span name = http1_name(head, i), value = http1_value(head, i);
	return value.len > 0 && !is_fixed(name, value) && !is_plumbing(name) &&
	    !is_in(name, unwanted, sizeof(unwanted) / sizeof(unwanted[0]));
}

/* A name, and behind it what a reader sees there. */
static void put_line(const struct http1_head *head, size_t i, struct buf *out)
{
	struct span name = http1_name(head, i), value = http1_value(head, i);
	buf_add(out, name.p, name.len);
	if (is_free(head, i)) {
		buf_adds(out, ": ");
		buf_add(out, value.p, value.len);
	}
}

static bool line_breaks_rule(
    const struct http1_head *head, size_t i, const struct fields_judge *judge)
{
	struct buf line = {0};
	put_line(head, i, &line);
	bool breaks = breaks_rule(http1_name(head, i), judge) ||
	    breaks_rule((struct span){line.data, line.len}, judge);
	buf_clear(&line);
	return breaks;
}

/* Does any name break a rule, or with what is behind it? All of them as one
 * text: hardly ever. Known names are left out: they are all that most answers
 * have, and judging them would cost as much as judging the answer. */
static bool a_line_breaks_rule(
    const struct http1_head *head, const struct fields_judge *judge)
{
	struct buf lines = {0};
	for (size_t i = 0; i < head->n_fields; i++) {
		if (is_known(http1_name(head, i)))
			continue;
		put_line(head, i, &lines);
		buf_addc(&lines, '\n');
	}
	bool breaks = lines.len &&
	    breaks_rule((struct span){lines.data, lines.len}, judge);
	buf_clear(&lines);
	return breaks;
}

/* The free ones one behind the other, whatever their names: words may be split
 * over two of them. */
static bool free_break_rule_together(
    const struct http1_head *head, const struct fields_judge *judge)
{
	struct buf all = {0};
	size_t n = 0;
	for (size_t i = 0; i < head->n_fields; i++) {
		struct span value = http1_value(head, i);
		if (!is_free(head, i))
			continue;
		if (n++)
			buf_adds(&all, ", ");
		buf_add(&all, value.p, value.len);
	}
	bool breaks =
	    n > 1 && is_withheld((struct span){all.data, all.len}, judge);
	if (breaks)
		log_line(LOG_WARN, "fields",
		    "fields of the bot's answer break a rule together and are "
		    "left out");
	buf_clear(&all);
	return breaks;
}

char **fields_to_drop(const struct http1_head *head, const char *const *always,
    const struct fields_judge *judge)
{
	size_t n = 0;
	while (always && always[n])
		n++;
	char **drop = mem_array(n + head->n_fields + 1, sizeof(*drop));
	for (size_t i = 0; i < n; i++)
		drop[i] = mem_strdup(always[i]);
	bool lines = a_line_breaks_rule(head, judge);
	bool together = free_break_rule_together(head, judge);
	for (size_t i = 0; i < head->n_fields; i++) {
		struct span name = http1_name(head, i);
		if (is_left_out(name, http1_value(head, i), judge) ||
		    (together && is_free(head, i)) ||
		    is_withheld_joined(head, i, judge) ||
		    (lines && line_breaks_rule(head, i, judge)))
			drop[n++] = mem_strndup(name.p, name.len);
	}
	return drop;
}

void fields_free(char **drop)
{
	for (size_t i = 0; drop && drop[i]; i++)
		free(drop[i]);
	free(drop);
}
