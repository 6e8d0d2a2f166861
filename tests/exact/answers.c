/* answers - see answers.h. */
#include "tests/exact/answers.h"

#include <stdlib.h>
#include <string.h>

#define LABELS 2u

static struct guard_answer answer_to(
    const struct guard_policy *p, const struct guard_ask *ask)
{
	static const char *const labels[LABELS] = {"insult", "threat"};
	char *text = malloc(ask->len);
	struct guard_score *scores = calloc(LABELS, sizeof(*scores));
	uint32_t hash = 2166136261u + (uint32_t)ask->classifier;
	if (!text || !scores)
		abort();
	memcpy(text, ask->text, ask->len);
	for (size_t i = 0; i < ask->len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 16777619u;
	for (size_t i = 0; i < LABELS; i++)
		scores[i] = (struct guard_score){
		    labels[i], (hash >> (i * 8)) % (GUARD_SCORE_ONE + 1)};
	return (struct guard_answer){
	    .classifier = guard_policy_classifier(p, ask->classifier),
	    .text = text,
	    .len = ask->len,
	    .scores = scores,
	    .n_scores = hash % 50 ? LABELS : 0,
	};
}

static void add(struct answers *a, const struct guard_policy *p,
    const struct guard_ask *asks, size_t n)
{
	size_t all = a->n + n;
	a->all = realloc(a->all, (all + 1) * sizeof(*a->all));
	if (!a->all)
		abort();
	a->given.items = a->all;
	for (size_t i = 0; i < n; i++)
		a->all[a->n++] = answer_to(p, &asks[i]);
}

bool answers_for_check(struct answers *a, const struct guard_policy *p,
    const struct guard_scanner *s)
{
	size_t n;
	const struct guard_ask *asks = guard_scanner_asks(s, &n);
	add(a, p, asks, n);
	a->given.n = a->n;
	return n > 0;
}

/* Not always the oldest first. */
static void swap_next(struct answers *a, struct draw *d)
{
	size_t from = a->given.n, with = from + draw(d, a->n - from);
	struct guard_answer next = a->all[with];
	a->all[with] = a->all[from];
	a->all[from] = next;
}

bool answers_for_stream(struct answers *a, const struct guard_policy *p,
    struct guard_stream *s, struct draw *d, bool all)
{
	size_t n, before = a->given.n;
	const struct guard_ask *asks = guard_stream_asks(s, &n);
	add(a, p, asks, n);
	while (a->given.n < a->n && (all || draw(d, 4) == 0)) {
		swap_next(a, d);
		a->given.n++;
	}
	return a->given.n > before;
}

void answers_clear(struct answers *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free((char *)a->all[i].text);
		free((struct guard_score *)a->all[i].scores);
	}
	free(a->all);
	*a = (struct answers){0};
}
