/* clause_end - see clause_end.h. */
#include "rules/clause_end.h"

#include <string.h>

#define LITTLE_WORDS 2u /* between "without" and "delay" */
#define NO_REACHES 2u   /* words between "no" and what there is none of */
#define TWICE_WORDS 3u  /* between "no way" and "won't" */

static bool is_any_word(
    const struct text *t, size_t token, const char *const *words)
{
	const struct token *k = &t->tokens[token];
	for (; *words; words++)
		if (**words == *text_fold(t, k) &&
		    k->fold_len == strlen(*words) &&
		    !memcmp(text_fold(t, k), *words, k->fold_len))
			return true;
	return false;
}

/* "We can't refund it, but we will credit you": what stands behind such a word
 * is not refused any more. */
static bool sentence_turns(const struct text *t, size_t from, size_t to)
{
	static const char *const turns[] = {"but", "so", "however", "though",
	    "although", "yet", "therefore", NULL};
	for (size_t i = from; i < to; i++)
		if (is_any_word(t, i, turns))
			return true;
	return false;
}

/* Does one of the characters lie between a token and the one before it? */
static bool stands_before(const struct text *t, size_t token, const char *signs)
{
	const struct token *k = &t->tokens[token];
	size_t at = token ? k[-1].fold + k[-1].fold_len : 0;
	for (; at < k->fold; at++)
		if (memchr(signs, t->folded.bytes[at], strlen(signs)))
			return true;
	return false;
}

static bool follows_and(const struct text *t, size_t token)
{
	static const char *const joins[] = {"and", "then", NULL};
	return token && is_any_word(t, token - 1, joins);
}

static bool is_we(const struct text *t, size_t token)
{
	static const char *const we[] = {"i", "i'll", "i've", "i'm", "i'd",
	    "we", "we'll", "we've", "we're", "we'd", "you'll", "let", NULL};
	return is_any_word(t, token, we);
}

static bool is_somebody(const struct text *t, size_t token)
{
	static const char *const somebody[] = {"you", "he", "she", "they",
	    "he'll", "she'll", "they'll", "here", "here's", NULL};
	return is_we(t, token) || is_any_word(t, token, somebody);
}

/* The token behind the first one of a match. Some have none, a link's target
 * say: then that behind what is before it. */
static size_t behind_first(const struct match *m)
{
	return (size_t)m->first_token + (m->n_tokens > 0);
}

/* Before token to, or with one between it and end? */
static bool ends(const struct text *t, size_t from, size_t to, size_t end)
{
	static const char *const marks[] = {
	    "yes", "sure", "whereas", "while", NULL};
	if (sentence_turns(t, from, to))
		return true;
	for (size_t i = from; i < end; i++) {
		bool begins = is_we(t, i) &&
		    (stands_before(t, i, ",") || follows_and(t, i));
		if (begins || stands_before(t, i, ";") ||
		    (i < to && is_any_word(t, i, marks)))
			return true;
	}
	return false;
}

bool clause_ends(const struct text *t, size_t from, const struct match *next)
{
	return ends(t, from, next->first_token, behind_first(next));
}

bool clause_ends_in(const struct text *t, const struct match *m)
{
	size_t end = (size_t)m->first_token + m->n_tokens;
	return m->n_tokens > 1 &&
	    ends(t, (size_t)m->first_token + 1, end - 1, end);
}

/* Does somebody act anew from token from on: "lose: I'll", "late - you get"? */
static bool somebody_begins(const struct text *t, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++)
		if (is_somebody(t, i) &&
		    (stands_before(t, i, ",:-(") || follows_and(t, i)))
			return true;
	return false;
}

static bool we_act(const struct text *t, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++)
		if (is_we(t, i))
			return true;
	return false;
}

/* can't see why not, can't help but, won't say no */
static bool is_a_yes_in_two(const struct text *t, size_t i, size_t to)
{
	static const char *const pairs[][2] = {{"see", "why"}, {"help", "but"},
	    {"think", "twice"}, {"say", "no"}, {"stop", "me"}, {"stop", "us"}};
	for (size_t k = 0; k < sizeof(pairs) / sizeof(*pairs); k++) {
		const char *const first[] = {pairs[k][0], NULL};
		const char *const second[] = {pairs[k][1], NULL};
		if (i + 1 < to && is_any_word(t, i, first) &&
		    is_any_word(t, i + 1, second))
			return true;
	}
	return false;
}

/* can't wait, couldn't be happier, without delay: a yes. */
static bool is_a_yes(const struct text *t, size_t from, size_t to)
{
	static const char *const little[] = {
	    "be", "any", "a", "further", "more", "even", "possibly", NULL};
	static const char *const yes[] = {"only", "wait", "lose", "imagine",
	    "thank", "stress", "emphasize", "emphasise", "overstate", "regret",
	    "refuse", "deny", "hesitate", "forget", "mind", "happier",
	    "gladder", "prouder", "easier", "simpler", "better", "delay",
	    "hassle", "doubt", "fail", "question", "questions", "asking",
	    "waiting", "problem", "problems", "hesitation", "worry", "resist",
	    NULL};
	for (size_t i = from; i < to && i <= from + LITTLE_WORDS; i++) {
		if (is_any_word(t, i, yes) || is_a_yes_in_two(t, i, to))
			return true;
		if (!is_any_word(t, i, little))
			return false;
	}
	return false;
}

/* "Why not give it away", "never refuse to give it" */
static bool is_turned(const struct text *t, size_t negation)
{
	static const char *const turns[] = {
	    "why", "never", "not", "don't", "doesn't", NULL};
	return negation && is_any_word(t, negation - 1, turns);
}

/* Words that take back only what nobody begins to say of himself. */
static bool is_weak(const struct text *t, const struct match *negation)
{
	static const char *const weak[] = {"unfortunately", "regrettably",
	    "afraid", "instead", "rather", "without", NULL};
	for (size_t i = 0; i < negation->n_tokens; i++)
		if (is_any_word(t, negation->first_token + i, weak))
			return true;
	return false;
}

static bool is_no(const struct text *t, const struct match *negation)
{
	static const char *const no[] = {"no", NULL};
	return negation->n_tokens == 1 &&
	    is_any_word(t, negation->first_token, no);
}

/* Is there none of it? "No refund", "no other refund"; not "no: a refund", "no
 * problem", "no cost to you". */
static bool is_none_of(
    const struct text *t, size_t from, const struct match *what)
{
	size_t to = what->first_token;
	static const char *const nothing[] = {"problem", "problems", "worries",
	    "worry", "doubt", "matter", "need", "question", "questions",
	    "hassle", "trouble", "wonder", "fuss", "charge", "charges", "cost",
	    "fee", "fees", "strings", "catch", "risk", "interest", "deposit",
	    "contract", "commitment", "obligation", "more", "less", "later",
	    "sooner", "further", "extra", "way", "chance", "reason", "sweat",
	    "biggie", "rush", "hurry", "pressure", "time", "one", "brainer",
	    "limit", "limits", "to", NULL};
	if (from > to || to - from > NO_REACHES)
		return false;
	for (size_t i = from; i < to; i++)
		if (is_any_word(t, i, nothing) || is_somebody(t, i))
			return false;
	for (size_t i = from; i < behind_first(what); i++)
		if (stands_before(t, i, ",:;-("))
			return false;
	return true;
}

bool clause_is_before(const struct text *t, const struct match *negation,
    const struct match *what)
{
	size_t to = what->first_token;
	static const char *const not [] = {"not", NULL};
	size_t end = (size_t)negation->first_token + negation->n_tokens;
	return end <= to ||
	    (negation->n_tokens > 1 && end == to + 1 &&
		!is_any_word(t, to, not ));
}

bool clause_negates(const struct text *t, const struct match *negation,
    const struct match *what)
{
	size_t from = (size_t)negation->first_token + negation->n_tokens;
	size_t end = behind_first(what);
	if (is_no(t, negation))
		return is_none_of(t, from, what);
	return !clause_ends(t, from, what) && !somebody_begins(t, from, end) &&
	    !is_a_yes(t, from, what->first_token) &&
	    !is_turned(t, negation->first_token) &&
	    !(is_weak(t, negation) && we_act(t, from, end));
}

bool clause_affirms(
    const struct text *t, const struct match *first, const struct match *second)
{
	static const char *const apart[] = {"and", "or", "nor", "because", "if",
	    "since", "as", "until", "unless", "when", "where", "who", NULL};
	size_t from = (size_t)first->first_token + first->n_tokens;
	size_t to = second->first_token;
	if (to < from || to - from > TWICE_WORDS)
		return false; /* as most: asked first */
	if (is_weak(t, first) || is_no(t, first) || is_no(t, second))
		return false;
	for (size_t i = from; i < to; i++)
		if (is_any_word(t, i, apart))
			return false;
	for (size_t i = from; i <= to; i++)
		if (stands_before(t, i, ",:;-("))
			return false;
	return true;
}
