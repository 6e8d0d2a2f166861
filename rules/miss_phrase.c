/* miss_phrase - see miss_phrase.h. Words fold as they do for the engine. */
#include "rules/miss_phrase.h"

#include "rules/text.h"

#include <stdio.h>
#include <string.h>

struct search {
	const struct guard_policy *policy;
	const struct any_of *what;
	struct text message, phrase; /* the phrase that is looked at */
};

/* Something of one phrase that is in the message, or not. */
struct score {
	size_t words, found;
	const struct written *phrase;
	struct token missing; /* the first that is not; of the phrase */
};

static bool is_wanted(const struct search *s, const struct written *w)
{
	for (size_t i = 0; i < s->what->n; i++)
		if (s->what->detectors[i] == w->detector)
			return true;
	return false;
}

/* Is the byte of a phrase inside <a list>? */
static bool is_in_list(const char *phrase, size_t at)
{
	while (at > 0 && phrase[at] != '>' && phrase[at] != '<')
		at--;
	return phrase[at] == '<';
}

static bool is_in_message(const struct search *s, const struct token *word)
{
	const char *wanted = text_fold(&s->phrase, word);
	bool begins = s->phrase.bytes[word->end] == '*';
	for (size_t i = 0; i < s->message.n_tokens; i++) {
		const struct token *t = &s->message.tokens[i];
		if ((t->fold_len == word->fold_len ||
			(begins && t->fold_len > word->fold_len)) &&
		    memcmp(text_fold(&s->message, t), wanted, word->fold_len) ==
			0)
			return true;
	}
	return false;
}

static int read_text(struct text *t, const char *bytes, size_t len)
{
	text_reset(t);
	int err = text_feed(t, bytes, len);
	if (!err)
		err = text_end(t);
	return err == TEXT_ERR_MEMORY ? -1 : 0;
}

static int score_of(
    struct search *s, const struct written *w, struct score *out)
{
	*out = (struct score){.phrase = w};
	if (read_text(&s->phrase, w->text, strlen(w->text)))
		return -1;
	for (size_t i = 0; i < s->phrase.n_tokens; i++) {
		const struct token *word = &s->phrase.tokens[i];
		if (is_in_list(w->text, word->start))
			continue;
		out->words++;
		if (is_in_message(s, word))
			out->found++;
		else if (out->words - out->found == 1)
			out->missing = *word;
	}
	return 0;
}

static bool is_nearer(const struct score *a, const struct score *b)
{
	return a->found && 2 * a->found >= a->words &&
	    (!b->found || a->found * b->words > b->found * a->words);
}

static void tell(const struct score *best, char *out, size_t cap)
{
	const char *text = best->phrase->text;
	const struct token *m = &best->missing;
	if (best->found == best->words)
		snprintf(out, cap,
		    "the words of \"%s\" are there, but not as "
		    "they have to stand",
		    text);
	else
		snprintf(out, cap, "\"%s\" lacks \"%.*s%s\"", text,
		    (int)(m->end - m->start), text + m->start,
		    text[m->end] == '*' ? "*" : "");
}

static int find_nearest(
    struct search *s, const struct guard_message *m, struct score *best)
{
	int err = read_text(&s->message, m->text, m->len);
	for (size_t i = 0; i < s->policy->n_written && !err; i++) {
		struct score score;
		if (!is_wanted(s, &s->policy->written[i]))
			continue;
		err = score_of(s, &s->policy->written[i], &score);
		if (!err && is_nearer(&score, best))
			*best = score;
	}
	return err;
}

int miss_phrase(const struct guard_policy *policy, const struct any_of *what,
    const struct guard_message *m, char *out, size_t cap)
{
	struct search s = {.policy = policy, .what = what};
	struct score best = {0};
	int err = -1;
	out[0] = '\0';
	if (text_init(&s.message, policy->limits.max_text_bytes) == 0) {
		if (text_init(&s.phrase, policy->limits.max_text_bytes) == 0) {
			err = find_nearest(&s, m, &best);
			text_clear(&s.phrase);
		}
		text_clear(&s.message);
	}
	if (!err && best.found)
		tell(&best, out, cap);
	return err;
}
