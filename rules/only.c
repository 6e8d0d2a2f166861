/* only - see only.h. */
#include "rules/only.h"
#include "rules/machine.h"

#include <stdlib.h>
#include <string.h>

void only_clear(struct only_scan *o)
{
	free(o->talk);
	matches_clear(&o->counted);
	*o = (struct only_scan){0};
}

/* A policy has one at most; probes of authors' tools judge one of theirs. */
void only_begin(struct machine *m)
{
	struct only_scan *o = &m->only;
	const struct index_rules *all = &m->policy->index->onlys;
	if (o->n_talk)
		memset(o->talk, 0, o->n_talk);
	*o = (struct only_scan){
	    .talk = o->talk, .cap = o->cap, .counted = o->counted};
	o->counted.n = 0;
	for (size_t i = 0; i < all->n && !o->only; i++) {
		if (scope_mode(&m->scope, all->rules[i]) == GUARD_OFF)
			continue;
		o->rule = all->rules[i];
		o->only = m->policy->rules[o->rule].only;
	}
}

static bool any_has(const struct any_of *any, uint32_t detector)
{
	for (size_t i = 0; i < any->n; i++)
		if (any->detectors[i] == detector)
			return true;
	return false;
}

/* ---- topics ---- */

/* One more phrase of a topic that wants several; -1: no memory. */
static int count(struct machine *m, size_t topic, const struct match *match)
{
	struct only_scan *o = &m->only;
	unsigned n = 1;
	for (size_t i = 0; i < o->counted.n; i++) {
		const struct match *q = &o->counted.items[i];
		if (q->detector != topic)
			continue;
		if (combine_folds_alike(&m->text, q, match))
			return 0;
		n++;
	}
	o->on_topic |= n >= o->only->topics[topic].at_least;
	struct match counted = *match;
	counted.detector = (uint32_t)topic;
	return matches_add(&o->counted, &counted);
}

/* ---- small talk ---- */

static int mark(struct machine *m, const struct match *match)
{
	struct only_scan *o = &m->only;
	const struct token *tokens = m->text.tokens;
	size_t end = (size_t)match->first_token + match->n_tokens;
	/* A phrase that goes on behind its sentence is of none. */
	if (!match->n_tokens || tokens[end - 1].sentence != match->sentence)
		return 0;
	if (end > o->cap) {
		size_t cap = end < 64 ? 64 : 2 * end;
		unsigned char *talk = realloc(o->talk, cap);
		if (!talk)
			return -1;
		memset(talk + o->cap, 0, cap - o->cap);
		o->talk = talk;
		o->cap = cap;
	}
	memset(o->talk + match->first_token, 1, match->n_tokens);
	o->n_talk = end > o->n_talk ? end : o->n_talk;
	return 0;
}

int only_note(struct machine *m, const struct match *match)
{
	struct only_scan *o = &m->only;
	for (size_t i = 0; o->only && !o->on_topic && i < o->only->n; i++)
		if (any_has(&o->only->topics[i].says, match->detector) &&
		    count(m, i, match))
			return -1;
	if (!o->only || o->on_topic || o->strayed ||
	    !any_has(&o->only->small_talk, match->detector))
		return 0;
	return mark(m, match);
}

static bool is_small_talk(
    const struct only_scan *o, const struct text *t, const struct sentence *s)
{
	size_t words = 0, talk = 0;
	for (size_t i = s->first_token; i < s->first_token + s->n_tokens; i++) {
		if (t->tokens[i].kind == TOKEN_SYMBOL)
			continue;
		words++;
		talk += i < o->n_talk && o->talk[i];
	}
	return 2 * talk >= words;
}

void only_look(struct machine *m)
{
	struct only_scan *o = &m->only;
	const struct text *t = &m->text;
	if (!o->only || o->on_topic)
		return;
	size_t settled = machine_facts(m).settled;
	for (; o->next < t->n_sentences && !o->strayed; o->next++) {
		const struct sentence *s = &t->sentences[o->next];
		if (!t->final && (!s->closed || settled < s->end))
			return;
		if (is_small_talk(o, t, s))
			continue;
		o->strayed = true;
		o->start = s->start;
		o->end = s->end;
	}
}

/* ---- what becomes of it ---- */

size_t only_frontier(const struct machine *m)
{
	const struct only_scan *o = &m->only;
	if (!o->only || o->on_topic)
		return SIZE_MAX;
	if (o->strayed)
		return o->start;
	return o->next < m->text.n_sentences ? m->text.sentences[o->next].start
					     : SIZE_MAX;
}

bool only_is_broken(const struct machine *m)
{
	return m->only.only && !m->only.on_topic && m->only.strayed;
}
