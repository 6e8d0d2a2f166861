/* given - see given.h. */
#include "proxy/cli/given.h"
#include "proxy/base/mem.h"
#include "proxy/cli/given_scores.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int given_refuse(struct given *g, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	vsnprintf(g->why, sizeof(g->why), fmt, args);
	va_end(args);
	return -1;
}

void given_clear(struct given *g)
{
	free(g->approvals);
	free(g->customer_said);
	free(g->ai_said);
	guard_memory_clear(&g->memory);
	given_scores_clear(&g->scores);
	*g = (struct given){0};
}

/* ---- single values ---- */

static int read_text(
    struct given *g, const char *key, const json_t *v, const char **out)
{
	if (!json_is_string(v))
		return given_refuse(g, "%s must be text", key);
	*out = json_string_value(v);
	return 0;
}

/* true and false, or the words of the policy language. */
static int read_yes(
    struct given *g, const char *key, const json_t *v, enum guard_tristate *out)
{
	const char *s = json_is_string(v) ? json_string_value(v) : "";
	if (json_is_true(v) || !strcmp(s, "yes"))
		*out = GUARD_YES;
	else if (json_is_false(v) || !strcmp(s, "no"))
		*out = GUARD_NO;
	else
		return given_refuse(g, "%s must be yes or no", key);
	return 0;
}

static int read_number(struct given *g, const char *key, const json_t *v,
    int64_t max, int64_t *out)
{
	json_int_t n = json_is_integer(v) ? json_integer_value(v) : -1;
	if (n < 0 || n > max)
		return given_refuse(g,
		    "%s must be a whole number from 0 to %lld", key,
		    (long long)max);
	*out = n;
	return 0;
}

/* "2026-11-03T21:15[:30][Z|+02:00]" or unix seconds. */
static int read_time(struct given *g, const json_t *v,
    const struct guard_policy *policy, int64_t *out)
{
	if (json_is_integer(v)) {
		int64_t seconds = 0;
		if (read_number(g, "time", v, INT64_C(1) << 40, &seconds))
			return -1;
		*out = seconds * 1000000;
		return 0;
	}
	const char *s = json_is_string(v) ? json_string_value(v) : "";
	unsigned year, month, day, hour, minute, second = 0;
	int n = 0, more = 0;
	if (sscanf(s, "%4u-%2u-%2uT%2u:%2u%n", &year, &month, &day, &hour,
		&minute, &n) != 5 ||
	    !n || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 ||
	    minute > 59)
		return given_refuse(g, "time must look like 2026-11-03T21:15");
	if (sscanf(s + n, ":%2u%n", &second, &more) == 1)
		n += more;
	unsigned off_hour = 0, off_minute = 0;
	char sign = s[n];
	bool zulu = !strcmp(s + n, "Z");
	more = 0;
	if (sign && !zulu &&
	    ((sign != '+' && sign != '-') ||
		sscanf(s + n + 1, "%2u:%2u%n", &off_hour, &off_minute, &more) !=
		    2 ||
		s[n + 1 + more] || off_hour > 23 || off_minute > 59))
		return given_refuse(
		    g, "time ends in something that is no offset");
	int64_t offset = (int64_t)(off_hour * 60 + off_minute);
	int64_t local = guard_policy_time(
	    sign ? NULL : policy, (int)year, month, day, hour * 60 + minute);
	*out = local + (int64_t)second * 1000000 -
	    (sign == '-' ? -offset : offset) * 60000000;
	return 0;
}

/* ---- lists ---- */

static int read_said(struct given *g, const char *key, const json_t *v,
    struct guard_span_text **out, size_t *n)
{
	size_t count = json_array_size(v);
	if (!json_is_array(v))
		return given_refuse(g, "%s must be a list of texts", key);
	struct guard_span_text *said =
	    mem_array(count ? count : 1, sizeof(*said));
	free(*out);
	*out = said;
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(v, i);
		if (!json_is_string(item))
			return given_refuse(
			    g, "%s must be a list of texts", key);
		said[i] = (struct guard_span_text){
		    json_string_value(item), json_string_length(item)};
	}
	*n = count;
	return 0;
}

/* 80 or "79.99" as hundredths; exact, so a JSON real is refused. */
static int read_amount(
    struct given *g, const char *key, const json_t *v, int64_t *out)
{
	int64_t units = 0;
	if (json_is_integer(v)) {
		int err = read_number(g, key, v, INT64_MAX / 200, &units);
		*out = units * 100;
		return err;
	}
	const char *s = json_is_string(v) ? json_string_value(v) : "";
	unsigned cents = 0;
	int n = 0, more = 0;
	bool good = strspn(s, "0123456789.") == strlen(s) &&
	    sscanf(s, "%15" SCNd64 "%n", &units, &n) == 1;
	if (good && s[n] == '.')
		good = sscanf(s + n, ".%2u%n", &cents, &more) == 1;
	if (!good || s[n + more])
		return given_refuse(
		    g, "%s must be an amount like 80 or \"79.99\"", key);
	*out = units * 100 + (more == 2 ? cents * 10 : cents);
	return 0;
}

static int read_approval(struct given *g, const json_t *v,
    const struct guard_policy *policy, struct guard_approval *a)
{
	if (json_is_string(v)) {
		a->id = json_string_value(v);
		return 0;
	}
	if (!json_is_object(v))
		return given_refuse(
		    g, "an approval must be an id or an object");
	const char *key;
	json_t *item;
	json_object_foreach((json_t *)(uintptr_t)v, key, item)
	{
		int64_t uses = 1;
		int err = 0;
		if (!strcmp(key, "id"))
			err = read_text(g, key, item, &a->id);
		else if (!strcmp(key, "currency"))
			err = read_text(g, key, item, &a->currency);
		else if (!strcmp(key, "up_to"))
			err = read_amount(g, key, item, &a->up_to_minor);
		else if (!strcmp(key, "up_to_minor"))
			err = read_number(
			    g, key, item, INT64_MAX / 2, &a->up_to_minor);
		else if (!strcmp(key, "expires"))
			err = read_time(g, item, policy, &a->expires_us);
		else if (!strcmp(key, "uses"))
			err = read_number(g, key, item, 1000000, &uses);
		else
			err = given_refuse(
			    g, "unknown key %.40s in an approval", key);
		if (err)
			return err;
		if (!strcmp(key, "uses"))
			a->uses = (uint32_t)uses;
	}
	return 0;
}

static int read_approvals(
    struct given *g, const json_t *v, const struct guard_policy *policy)
{
	if (!json_is_object(v))
		return given_refuse(g, "approvals must be an object");
	size_t n = json_object_size(v);
	free(g->approvals);
	g->approvals = mem_array(n ? n : 1, sizeof(*g->approvals));
	g->session.approvals = g->approvals;
	const char *key;
	json_t *item;
	json_object_foreach((json_t *)(uintptr_t)v, key, item)
	{
		struct guard_approval *a =
		    &g->approvals[g->session.n_approvals++];
		*a = (struct guard_approval){
		    .name = key, .up_to_minor = -1, .uses = 1};
		if (read_approval(g, item, policy, a))
			return -1;
	}
	return 0;
}

/* ---- the object ---- */

static const struct {
	const char *key;
	size_t at; /* of a text in the session */
} texts[] = {
    {"channel", offsetof(struct guard_session, channel)},
    {"segment", offsetof(struct guard_session, segment)},
    {"language", offsetof(struct guard_session, language)},
    {"interaction_type", offsetof(struct guard_session, interaction_type)},
    {"zone", offsetof(struct guard_session, zone)},
    {"customer_is", offsetof(struct guard_session, customer)},
    {"conversation", offsetof(struct guard_session, conversation)},
};

static int read_key(struct given *g, const char *key, const json_t *v,
    const struct guard_policy *policy)
{
	struct guard_session *s = &g->session;
	int64_t n = 0;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(key, texts[i].key))
			return read_text(g, key, v,
			    (const char **)(void *)((char *)s + texts[i].at));
	if (!strcmp(key, "time"))
		return read_time(g, v, policy, &s->time_us);
	if (!strcmp(key, "approvals"))
		return read_approvals(g, v, policy);
	if (!strcmp(key, "resolved"))
		return read_yes(g, key, v, &s->resolved);
	if (!strcmp(key, "repeat_contact"))
		return read_yes(g, key, v, &s->repeat_contact);
	if (!strcmp(key, "upset"))
		return read_yes(g, key, v, &s->upset);
	if (!strcmp(key, "customer_said"))
		return read_said(
		    g, key, v, &g->customer_said, &s->n_customer_said);
	if (!strcmp(key, "ai_said"))
		return read_said(g, key, v, &g->ai_said, &s->n_ai_said);
	if (!strcmp(key, "scores"))
		return given_scores_read(g, v);
	if (!strcmp(key, "counted"))
		return given_counted(g, v);
	if (!strcmp(key, "ai_turn")) {
		int err = read_number(g, key, v, 1000000, &n);
		s->ai_turn = (uint32_t)n;
		return err;
	}
	if (!strcmp(key, "aside")) {
		enum guard_tristate aside = GUARD_NO;
		int err = read_yes(g, key, v, &aside);
		s->aside = aside == GUARD_YES;
		return err;
	}
	return given_refuse(g, "unknown key %.40s under given", key);
}

int given_read(
    struct given *g, const json_t *object, const struct guard_policy *policy)
{
	*g = (struct given){0};
	if (!object || json_is_null(object))
		return 0;
	if (!json_is_object(object))
		return given_refuse(g, "given must be an object");
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)object, key,
	    value) if (read_key(g, key, value, policy)) return -1;
	g->session.customer_said = g->customer_said;
	g->session.ai_said = g->ai_said;
	if (!json_object_get(object, "counted"))
		given_count_said(g, policy);
	g->session.counted = g->memory.rows;
	g->session.n_counted = g->memory.n;
	return 0;
}
