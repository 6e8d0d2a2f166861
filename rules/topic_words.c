/* topic_words - which words made a sentence one on a learned topic: see
 * guard_author.h. The text is read again, for those who ask. */
#include "rules/guard_author.h"
#include "rules/policy.h"
#include "rules/topic.h"

static const struct guard_topic_model *model_of(
    const struct guard_policy *p, const struct rule *r)
{
	for (size_t i = 0; i < r->n_clauses; i++) {
		const struct any_of *what = &r->clauses[i].what;
		for (size_t k = 0; k < what->n; k++) {
			const struct detector *d =
			    &p->detectors[what->detectors[k]];
			if (d->kind == DETECTOR_TOPIC)
				return d->topic;
		}
	}
	return NULL;
}

/* Keep it if it is among the heaviest; the first of two that weigh the same. */
static int put(struct guard_weighed out[GUARD_HIT_WORDS], int n,
    const struct guard_weighed *word)
{
	int at = n;
	if (word->weight <= 0)
		return n;
	while (at > 0 && out[at - 1].weight < word->weight)
		at--;
	if (at == GUARD_HIT_WORDS)
		return n;
	n += n < GUARD_HIT_WORDS;
	for (int i = n - 1; i > at; i--)
		out[i] = out[i - 1];
	out[at] = *word;
	return n;
}

static int weigh(const struct guard_topic_model *m, const struct text *t,
    const struct sentence *s, struct guard_weighed out[GUARD_HIT_WORDS])
{
	uint16_t pieces[TOPIC_WORD_PIECES];
	bool other;
	size_t all = 0;
	int n = 0;
	if (topic_score(m, t, s, &other) <= m->threshold)
		return 0;
	for (size_t i = 0; i < s->n_tokens; i++)
		all += topic_pieces(
		    t, &t->tokens[s->first_token + i], other, pieces);
	for (size_t i = 0; i < s->n_tokens; i++) {
		const struct token *k = &t->tokens[s->first_token + i];
		size_t n_pieces = topic_pieces(t, k, other, pieces);
		int64_t sum = 0;
		for (size_t p = 0; p < n_pieces; p++)
			sum += m->weights[pieces[p]];
		const struct guard_weighed word = {
		    k->start, k->end, topic_scale(sum, all)};
		n = put(out, n, &word);
	}
	return n;
}

int guard_hit_words(const struct guard_policy *p,
    const struct guard_message *message, const struct guard_hit *hit,
    struct guard_weighed out[GUARD_HIT_WORDS])
{
	struct text t = {0};
	int n = 0;
	const struct guard_topic_model *m = model_of(p, &p->rules[hit->rule]);
	if (!m)
		return 0;
	if (text_init(&t, p->limits.max_text_bytes))
		return -1;
	int err = text_feed(&t, message->text, message->len);
	if (!err)
		err = text_end(&t);
	if (!err && t.n_sentences)
		n = weigh(
		    m, &t, &t.sentences[text_sentence_at(&t, hit->start)], out);
	text_clear(&t);
	return err == TEXT_ERR_MEMORY ? -1 : n;
}
