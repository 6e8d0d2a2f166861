/* pattern_look - what looks around and what has no length. See pattern_call.h.
 */
#include "rules/pattern_call.h"

#include "rules/glyph.h"
#include "rules/text.h"

#include <stdlib.h>

#define ASK_STEPS 16u /* what asking about one character costs */

enum pattern_answer pattern_has_wide(
    struct pattern_call *c, const struct pattern_set *set, const char *s)
{
	if (set->cp) {
		int32_t cp;
		glyph_decode(s, pattern_length_at(s), &cp);
		return (uint32_t)cp == set->cp ? PATTERN_YES : PATTERN_NO;
	}
	if (!set->ask)
		return PATTERN_NO;
	c->steps += ASK_STEPS;
	int answer =
	    pattern_chars_have(set->ask, c->x->asker, s, pattern_length_at(s));
	return answer < 0 ? PATTERN_NO_MEMORY
	    : answer      ? PATTERN_YES
			  : PATTERN_NO;
}

static size_t before(const char *s, size_t pos)
{
	do
		pos--;
	while (pos > 0 && ((unsigned char)s[pos] & 0xC0) == 0x80);
	return pos;
}

/* ---- what has no length ---- */

static enum pattern_answer is_border(struct pattern_call *c, size_t pos)
{
	const struct pattern_set *word = &c->p->sets[c->p->word];
	enum pattern_answer left = pos > 0
	    ? pattern_has(c, word, c->s + before(c->s, pos))
	    : PATTERN_NO;
	enum pattern_answer right =
	    pos < c->avail ? pattern_has(c, word, c->s + pos) : PATTERN_NO;
	if (left == PATTERN_NO_MEMORY || right == PATTERN_NO_MEMORY)
		return PATTERN_NO_MEMORY;
	return left != right ? PATTERN_YES : PATTERN_NO;
}

static enum pattern_answer not(enum pattern_answer a) {
	return a == PATTERN_YES ? PATTERN_NO
	    : a == PATTERN_NO   ? PATTERN_YES
				: a;
}

/* pos is before avail, or all is known. */
enum pattern_answer pattern_holds(
    struct pattern_call *c, enum pattern_assert assert, size_t pos)
{
	bool at_end = pos == c->avail;
	switch (assert) {
	case PATTERN_START:
		return pos == 0 ? PATTERN_YES : PATTERN_NO;
	case PATTERN_LINE_START:
		return pos == 0 || (c->s[pos - 1] == '\n' && !at_end)
		    ? PATTERN_YES
		    : PATTERN_NO;
	case PATTERN_END:
		return at_end ? PATTERN_YES : PATTERN_NO;
	case PATTERN_LAST_END:
		if (at_end)
			return PATTERN_YES;
		if (c->s[pos] != '\n')
			return PATTERN_NO;
		return pos + 1 < c->avail ? PATTERN_NO
		    : c->complete         ? PATTERN_YES
					  : PATTERN_MORE;
	case PATTERN_LINE_END:
		return at_end || c->s[pos] == '\n' ? PATTERN_YES : PATTERN_NO;
	case PATTERN_BORDER:
		return is_border(c, pos);
	case PATTERN_NO_BORDER:
		return not(is_border(c, pos));
	}
	return PATTERN_NO;
}

/* The end of the first sentence that ends behind pos, SIZE_MAX while it is
 * open. When the byte behind a sentence is shown, the sentence is closed. */
static size_t sentence_end(const struct pattern_call *c, size_t pos)
{
	const struct text *t = c->t;
	size_t i = c->r->sentence;
	while (i < t->n_sentences && t->sentences[i].closed &&
	    t->sentences[i].plain_end <= pos)
		i++;
	return i < t->n_sentences && t->sentences[i].closed
	    ? t->sentences[i].plain_end
	    : SIZE_MAX;
}

/* ---- sets of steps, for what looks around ---- */

/* Follow what takes no character from one step; those that take one are added
 * to out. PATTERN_YES: the end is reached. No look stands inside a look. */
static enum pattern_answer spread(struct pattern_call *c, uint32_t from,
    size_t pos, uint32_t round, struct pattern_thread *out, size_t *n)
{
	uint32_t *stack = c->x->stack + c->x->cap + 2;
	size_t depth = 0;
	stack[depth++] = from;
	while (depth > 0) {
		uint32_t at = stack[--depth];
		const struct pattern_step *s = &c->p->steps[at];
		if (c->x->marks[at] == round)
			continue;
		c->x->marks[at] = round;
		c->steps++;
		enum pattern_answer answer = PATTERN_YES;
		switch ((enum pattern_op)s->op) {
		case PATTERN_CHAR:
			out[(*n)++].step = at;
			continue;
		case PATTERN_SPLIT:
			stack[depth++] = s->y;
			stack[depth++] = s->x;
			continue;
		case PATTERN_JUMP:
			stack[depth++] = s->x;
			continue;
		case PATTERN_ASSERT:
			answer =
			    pattern_holds(c, (enum pattern_assert)s->x, pos);
			break;
		case PATTERN_LOOK:
			break;
		case PATTERN_MATCH:
			return PATTERN_YES;
		}
		if (answer == PATTERN_YES)
			stack[depth++] = at + 1;
		else if (answer != PATTERN_NO)
			return answer;
	}
	return PATTERN_NO;
}

/* One character on: the steps behind those of in that take it. */
static enum pattern_answer advance(struct pattern_call *c,
    const struct pattern_thread *in, size_t n, size_t pos, uint32_t *out,
    size_t *n_out)
{
	*n_out = 0;
	for (size_t i = 0; i < n; i++) {
		const struct pattern_step *s = &c->p->steps[in[i].step];
		enum pattern_answer answer =
		    pattern_has(c, &c->p->sets[s->x], c->s + pos);
		c->steps++;
		if (answer == PATTERN_NO_MEMORY)
			return answer;
		if (answer == PATTERN_YES)
			out[(*n_out)++] = in[i].step + 1;
	}
	return PATTERN_NO;
}

/* Do the characters from..pos match the branch? */
static enum pattern_answer branch_matches(struct pattern_call *c,
    const struct pattern_branch *branch, size_t from, size_t pos)
{
	struct pattern_thread *set = c->x->threads + c->x->cap;
	uint32_t *steps = c->x->stack + 2 * c->x->cap + 4;
	size_t n_steps = 1;
	steps[0] = branch->step;
	for (;;) {
		uint32_t round = pattern_next_round(c->x);
		size_t n = 0;
		bool end = false;
		for (size_t i = 0; i < n_steps; i++) {
			enum pattern_answer answer =
			    spread(c, steps[i], from, round, set, &n);
			if (answer == PATTERN_MORE ||
			    answer == PATTERN_NO_MEMORY)
				return answer;
			end |= answer == PATTERN_YES;
		}
		if (from == pos)
			return end ? PATTERN_YES : PATTERN_NO;
		enum pattern_answer answer =
		    advance(c, set, n, from, steps, &n_steps);
		if (answer != PATTERN_NO || n_steps == 0)
			return answer;
		from += pattern_length_at(c->s + from);
	}
}

static enum pattern_answer look_behind(
    struct pattern_call *c, const struct pattern_look *look, size_t pos)
{
	for (uint32_t i = 0; i < look->n; i++) {
		const struct pattern_branch *branch =
		    &c->p->branches[look->first + i];
		size_t from = pos;
		uint32_t left = branch->chars;
		for (; left > 0 && from > 0; left--)
			from = before(c->s, from);
		c->steps += branch->chars - left;
		enum pattern_answer answer =
		    left ? PATTERN_NO : branch_matches(c, branch, from, pos);
		if (answer != PATTERN_NO)
			return answer;
	}
	return PATTERN_NO;
}

/* One character on. PATTERN_YES, PATTERN_NO: it can tell; PATTERN_MORE: not
 * from what is there. */
static enum pattern_answer ahead_one(struct pattern_call *c,
    const struct pattern_look *look, struct pattern_ahead *a)
{
	struct pattern_thread *set = c->x->threads + c->x->cap;
	uint32_t round = pattern_next_round(c->x);
	size_t n = 0;
	for (size_t i = 0; i < a->n; i++) {
		enum pattern_answer answer =
		    spread(c, a->steps[i], a->pos, round, set, &n);
		if (answer != PATTERN_NO)
			return answer;
	}
	if (a->pos == c->avail ||
	    (look->endless && a->pos == sentence_end(c, a->at)))
		return PATTERN_NO;
	if (advance(c, set, n, a->pos, a->steps, &a->n) == PATTERN_NO_MEMORY)
		return PATTERN_NO_MEMORY;
	a->pos += pattern_length_at(c->s + a->pos);
	return a->n ? PATTERN_MORE : PATTERN_NO;
}

/* Read on from where it stands. PATTERN_MORE also when too many steps were
 * taken. Its steps count at once: it does not take them again when the round
 * is. */
static enum pattern_answer ahead_on(struct pattern_call *c,
    const struct pattern_look *look, struct pattern_ahead *a)
{
	uint64_t round_steps = c->steps;
	enum pattern_answer answer = PATTERN_MORE;
	while (answer == PATTERN_MORE && !pattern_run_is_over(c->r) &&
	    (a->pos < c->avail || c->complete)) {
		size_t pos = a->pos;
		c->steps = 0;
		answer = ahead_one(c, look, a);
		if (answer == PATTERN_MORE && a->pos == pos)
			break;
		c->r->steps += c->steps;
	}
	c->steps = round_steps;
	return answer;
}

static enum pattern_answer look_ahead(
    struct pattern_call *c, const struct pattern_look *look, uint32_t number)
{
	struct pattern_ahead *a = &c->r->aheads[number];
	size_t pos = c->r->pos;
	if (a->at == pos && a->answer >= 0)
		return a->answer ? PATTERN_YES : PATTERN_NO;
	if (a->cap < c->p->n_steps) {
		free(a->steps);
		a->steps = calloc(c->p->n_steps, sizeof(*a->steps));
		a->cap = a->steps ? c->p->n_steps : 0;
		if (!a->steps)
			return PATTERN_NO_MEMORY;
	}
	if (a->at != pos) {
		a->at = a->pos = pos;
		a->n = 1;
		a->steps[0] = look->first;
	}
	enum pattern_answer answer = ahead_on(c, look, a);
	a->answer = answer == PATTERN_YES ? 1 : answer == PATTERN_NO ? 0 : -1;
	return answer;
}

enum pattern_answer pattern_looks(struct pattern_call *c, uint32_t number)
{
	const struct pattern_look *look = &c->p->looks[number];
	enum pattern_answer answer = look->behind
	    ? look_behind(c, look, c->r->pos)
	    : look_ahead(c, look, number);
	return look->negative ? not(answer) : answer;
}
