/* given_scores - see given_scores.h. */
#include "proxy/cli/given_scores.h"

#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

static struct guard_answer *add_answer(struct given_scores *g)
{
	g->answers =
	    mem_realloc_array(g->answers, g->given.n + 1, sizeof(*g->answers));
	g->given.items = g->answers;
	struct guard_answer *a = &g->answers[g->given.n++];
	*a = (struct guard_answer){0};
	return a;
}

static void add_score(struct guard_answer *a, const char *label, uint32_t score)
{
	struct guard_score *all = mem_realloc_array(
	    (void *)(uintptr_t)a->scores, a->n_scores + 1, sizeof(*all));
	all[a->n_scores++] = (struct guard_score){label, score};
	a->scores = all;
}

/* ---- of every sentence ---- */

/* "0.93" or "1" as millionths: at most six digits. */
static bool parse_score(const char *s, uint32_t *out)
{
	size_t n = strlen(s);
	uint32_t unit = GUARD_SCORE_ONE;
	if (n == 0 || n > 8 || (s[0] != '0' && s[0] != '1') ||
	    (n > 1 && s[1] != '.') || n == 2)
		return false;
	*out = (uint32_t)(s[0] - '0') * unit;
	for (size_t i = 2; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		unit /= 10;
		*out += (uint32_t)(s[i] - '0') * unit;
	}
	return *out <= GUARD_SCORE_ONE;
}

static struct guard_answer *answer_named(
    struct given_scores *g, const char *name, size_t len)
{
	for (size_t i = 0; i < g->given.n; i++)
		if (strlen(g->answers[i].classifier) == len &&
		    strncmp(g->answers[i].classifier, name, len) == 0)
			return &g->answers[i];
	g->names =
	    mem_realloc_array(g->names, g->n_names + 1, sizeof(*g->names));
	g->names[g->n_names] = mem_strndup(name, len);
	struct guard_answer *a = add_answer(g);
	a->classifier = g->names[g->n_names++];
	return a;
}

static int read_named(struct given *g, const char *key, const json_t *v)
{
	const char *s = json_is_string(v) ? json_string_value(v) : "";
	const char *slash = strchr(key, '/');
	size_t len = slash ? (size_t)(slash - key) : strlen(key);
	uint32_t score = 0;
	bool none = strcmp(s, "none") == 0;
	if (!none && !parse_score(s, &score))
		return given_refuse(
		    g, "scores must be texts like \"0.93\", or \"none\"");
	struct guard_answer *a = answer_named(&g->scores, key, len);
	if (!none)
		add_score(a, slash ? slash + 1 : NULL, score);
	return 0;
}

/* ---- as recorded ---- */

static bool is_place(const json_t *v)
{
	return json_is_integer(v) && json_integer_value(v) >= 0;
}

static bool is_score(const json_t *v)
{
	return is_place(v) && json_integer_value(v) <= GUARD_SCORE_ONE;
}

static int check_recorded(struct given *g, const json_t *v)
{
	static const char *const known[] = {"classifier", "config", "end",
	    "failed", "scores", "start", "version"};
	const json_t *scores = json_object_get(v, "scores");
	size_t n = 0;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		n += json_object_get(v, known[i]) != NULL;
	bool good = n == json_object_size(v) &&
	    json_is_string(json_object_get(v, "classifier")) &&
	    is_place(json_object_get(v, "start")) &&
	    is_place(json_object_get(v, "end")) &&
	    (scores ? json_is_object(scores)
		    : json_object_get(v, "failed") != NULL);
	const char *label;
	json_t *score;
	json_object_foreach((json_t *)(uintptr_t)scores, label, score) good =
	    good && is_score(score);
	return good ? 0
		    : given_refuse(g,
			  "scores must be a list of {classifier, start, end, "
			  "scores or failed}, the scores in millionths");
}

int given_scores_read(struct given *g, const json_t *v)
{
	const char *key;
	json_t *item;
	size_t i;
	if (json_is_array(v)) {
		g->scores.recorded = v;
		json_array_foreach(
		    v, i, item) if (check_recorded(g, item)) return -1;
		return 0;
	}
	if (!json_is_object(v))
		return given_refuse(g, "scores must be an object or a list");
	json_object_foreach((json_t *)(uintptr_t)v, key,
	    item) if (read_named(g, key, item)) return -1;
	return 0;
}

/* ---- answering ---- */

static const json_t *recorded_for(const struct given_scores *g,
    const char *classifier, const struct guard_ask *ask)
{
	size_t i;
	json_t *v;
	json_array_foreach(g->recorded, i, v)
	{
		const char *name =
		    json_string_value(json_object_get(v, "classifier"));
		json_int_t start =
		    json_integer_value(json_object_get(v, "start"));
		json_int_t end = json_integer_value(json_object_get(v, "end"));
		if (strcmp(name, classifier) == 0 &&
		    (size_t)start == ask->start && (size_t)end == ask->end)
			return v;
	}
	return NULL;
}

/* Whether one of the asks is answered. */
static bool answer_all(struct given_scores *g, const struct guard_policy *p,
    const struct guard_ask *asks, size_t n)
{
	size_t before = g->given.n;
	for (size_t i = 0; i < n; i++) {
		const char *name =
		    guard_policy_classifier(p, asks[i].classifier);
		const json_t *v = recorded_for(g, name, &asks[i]);
		const char *label;
		json_t *score;
		if (!v)
			continue;
		struct guard_answer *a = add_answer(g);
		a->classifier = name;
		a->text = mem_strndup(asks[i].text, asks[i].len);
		a->len = asks[i].len;
		json_object_foreach(json_object_get(v, "scores"), label, score)
		    add_score(a, *label ? label : NULL,
			(uint32_t)json_integer_value(score));
	}
	return g->given.n > before;
}

void given_scores_check(struct given *g, struct guard_scanner *scanner,
    const struct guard_policy *p, const struct guard_message *m,
    struct guard_verdict *out)
{
	size_t n;
	const struct guard_ask *asks;
	g->session.answers = &g->scores.given;
	do {
		guard_check(scanner, p, &g->session, m, out);
		asks = guard_scanner_asks(scanner, &n);
	} while (n && g->scores.recorded && answer_all(&g->scores, p, asks, n));
}

bool given_scores_stream(
    struct given *g, const struct guard_policy *p, struct guard_stream *s)
{
	size_t n;
	const struct guard_ask *asks = guard_stream_asks(s, &n);
	return n && g->scores.recorded && answer_all(&g->scores, p, asks, n);
}

void given_scores_clear(struct given_scores *g)
{
	for (size_t i = 0; i < g->given.n; i++) {
		free((void *)(uintptr_t)g->answers[i].scores);
		free((void *)(uintptr_t)g->answers[i].text);
	}
	for (size_t i = 0; i < g->n_names; i++)
		free(g->names[i]);
	free(g->answers);
	free(g->names);
	*g = (struct given_scores){0};
}
