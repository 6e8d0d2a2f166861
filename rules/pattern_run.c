/* pattern_run - see pattern_run.h. */
#include "rules/pattern_call.h"

#include "rules/text.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX (UINT32_MAX / 2)

/* ---- scratch ---- */

int pattern_scratch_init(struct pattern_scratch *x)
{
	*x = (struct pattern_scratch){.asker = pattern_asker_new()};
	return x->asker ? 0 : -1;
}

int pattern_scratch_fit(struct pattern_scratch *x, size_t n)
{
	if (n <= x->cap)
		return 0;
	pattern_scratch_clear(&(struct pattern_scratch){
	    .threads = x->threads, .stack = x->stack, .marks = x->marks});
	x->threads = calloc(2 * n, sizeof(*x->threads));
	x->stack = calloc(3 * n + 6, sizeof(*x->stack));
	x->marks = calloc(n, sizeof(*x->marks));
	x->round = 0;
	bool good = x->threads && x->stack && x->marks;
	x->cap = good ? n : 0;
	return good ? 0 : -1;
}

void pattern_scratch_clear(struct pattern_scratch *x)
{
	free(x->threads);
	free(x->stack);
	free(x->marks);
	pattern_asker_free(x->asker);
	*x = (struct pattern_scratch){0};
}

/* Begin again before the numbers of rounds run out. */
static void make_rounds(struct pattern_scratch *x)
{
	if (x->round < ROUNDS_MAX)
		return;
	memset(x->marks, 0, x->cap * sizeof(*x->marks));
	x->round = 0;
}

/* Does a sentence end at pos? */
static bool ends_sentence(struct pattern_call *c)
{
	const struct text *t = c->t;
	struct pattern_run *r = c->r;
	while (r->sentence < t->n_sentences &&
	    t->sentences[r->sentence].closed &&
	    t->sentences[r->sentence].plain_end < r->pos)
		r->sentence++;
	return r->sentence < t->n_sentences &&
	    t->sentences[r->sentence].closed &&
	    t->sentences[r->sentence].plain_end == r->pos;
}

/* ---- threads ---- */

struct round {
	uint32_t number;
	struct pattern_thread *out;
	size_t n;
	bool cut; /* a match: what has less right is not looked at */
	size_t start;
};

/* Follow what takes no character from one thread. */
static enum pattern_answer follow(
    struct pattern_call *c, struct pattern_thread from, struct round *round)
{
	uint32_t *stack = c->x->stack;
	size_t depth = 0;
	stack[depth++] = from.step;
	while (depth > 0 && !round->cut) {
		uint32_t at = stack[--depth];
		const struct pattern_step *s = &c->p->steps[at];
		if (c->x->marks[at] == round->number)
			continue;
		c->x->marks[at] = round->number;
		c->steps++;
		enum pattern_answer answer = PATTERN_YES;
		switch ((enum pattern_op)s->op) {
		case PATTERN_CHAR:
			round->out[round->n++] =
			    (struct pattern_thread){at, from.start};
			continue;
		case PATTERN_SPLIT:
			stack[depth++] = s->y;
			stack[depth++] = s->x;
			continue;
		case PATTERN_JUMP:
			stack[depth++] = s->x;
			continue;
		case PATTERN_ASSERT:
			answer = pattern_holds(
			    c, (enum pattern_assert)s->x, c->r->pos);
			break;
		case PATTERN_LOOK:
			answer = pattern_looks(c, s->x);
			break;
		case PATTERN_MATCH:
			round->cut = from.start < c->r->pos;
			round->start = from.start;
			continue; /* nothing is no match */
		}
		if (answer == PATTERN_YES)
			stack[depth++] = at + 1;
		else if (answer != PATTERN_NO)
			return answer;
	}
	return PATTERN_NO;
}

/* All threads at pos, and one that begins there. */
static enum pattern_answer follow_all(
    struct pattern_call *c, struct round *round, bool begins)
{
	struct pattern_run *r = c->r;
	enum pattern_answer answer = PATTERN_NO;
	make_rounds(c->x);
	c->steps = 0;
	*round = (struct round){
	    .number = pattern_next_round(c->x), .out = c->x->threads};
	for (size_t i = 0; i < r->n && !round->cut; i++) {
		answer = follow(c, r->threads[i], round);
		if (answer != PATTERN_NO)
			return answer;
	}
	if (begins && !round->cut)
		answer = follow(
		    c, (struct pattern_thread){0, (uint32_t)r->pos}, round);
	return answer;
}

/* The character at pos: who takes it goes on. */
static enum pattern_answer take(
    struct pattern_call *c, const struct round *round)
{
	struct pattern_run *r = c->r;
	if (r->cap < round->n) {
		free(r->threads);
		r->threads = calloc(c->p->n_steps, sizeof(*r->threads));
		r->cap = r->threads ? c->p->n_steps : 0;
		if (!r->threads)
			return PATTERN_NO_MEMORY;
	}
	r->n = 0;
	for (size_t i = 0; i < round->n; i++) {
		struct pattern_thread t = round->out[i];
		const struct pattern_step *s = &c->p->steps[t.step];
		enum pattern_answer answer =
		    pattern_has(c, &c->p->sets[s->x], c->s + r->pos);
		c->steps++;
		if (answer == PATTERN_NO_MEMORY)
			return answer;
		if (answer == PATTERN_YES) {
			t.step++;
			r->threads[r->n++] = t;
		}
	}
	return PATTERN_NO;
}

static int fit_aheads(struct pattern_run *r, const struct pattern_program *p)
{
	if (r->n_aheads >= p->n_looks)
		return 0;
	struct pattern_ahead *more =
	    reallocarray(r->aheads, p->n_looks, sizeof(*more));
	if (!more)
		return -1;
	r->aheads = more;
	for (; r->n_aheads < p->n_looks; r->n_aheads++)
		more[r->n_aheads] = (struct pattern_ahead){.at = SIZE_MAX};
	return 0;
}

/* Nothing is alive: on to where a match may begin. PATTERN_MORE: the text so
 * far does not tell whether one does at pos. */
static enum pattern_answer skip(struct pattern_call *c)
{
	const struct pattern_texts *prefix = &c->p->prefix;
	size_t pos = c->r->pos;
	enum pattern_answer answer = PATTERN_NO;
	for (; pos < c->avail; pos++) {
		if (prefix->n)
			pos = pattern_fixed_next(prefix, c->s, pos, c->avail);
		if (pos == c->avail)
			break;
		if (!c->p->first[(unsigned char)c->s[pos]])
			continue;
		int begins = !prefix->n
		    ? 1
		    : pattern_fixed_at(prefix, c->s + pos, c->avail - pos);
		if (begins == 0 || (begins < 0 && c->complete))
			continue;
		answer = begins > 0 ? PATTERN_YES : PATTERN_MORE;
		break;
	}
	c->r->pos = pos;
	return answer;
}

/* Drop threads whose sentence ends here. */
static void end_sentence(struct pattern_call *c, struct round *round)
{
	struct pattern_run *r = c->r;
	size_t n = 0;
	if (!ends_sentence(c) || !c->p->endless)
		return;
	for (size_t i = 0; i < round->n; i++)
		if (round->out[i].start == r->pos)
			round->out[n++] = round->out[i];
	round->n = n;
}

/* A match that nothing can replace any more; go on behind it. */
static enum pattern_run_answer match(struct pattern_call *c)
{
	struct pattern_run *r = c->r;
	const struct sentence *s = c->t->sentences;
	r->found = false;
	r->pos = r->end;
	while (r->sentence > 0 && s[r->sentence - 1].plain_end >= r->pos)
		r->sentence--;
	return PATTERN_RUN_MATCH;
}

/* One character on. */
static enum pattern_run_answer step(struct pattern_call *c)
{
	struct pattern_run *r = c->r;
	struct round round;
	enum pattern_answer answer = follow_all(c, &round, !r->found);
	if (answer == PATTERN_NO_MEMORY)
		return PATTERN_RUN_MEMORY;
	if (answer == PATTERN_MORE)
		return pattern_run_is_over(r) ? PATTERN_RUN_OVER
					      : PATTERN_RUN_MORE;
	if (round.cut) {
		r->found = true;
		r->start = round.start;
		r->end = r->pos;
	}
	end_sentence(c, &round);
	r->n = 0;
	if (r->pos < c->avail && take(c, &round) == PATTERN_NO_MEMORY)
		return PATTERN_RUN_MEMORY;
	r->steps += c->steps;
	if (pattern_run_is_over(r))
		return PATTERN_RUN_OVER;
	if (r->found && r->n == 0)
		return match(c);
	r->pos += r->pos < c->avail ? pattern_length_at(c->s + r->pos) : 1;
	return PATTERN_RUN_MORE;
}

enum pattern_run_answer pattern_run(struct pattern_run *r,
    const struct pattern_program *p, struct pattern_scratch *x,
    const struct text *t, size_t avail, bool complete)
{
	struct pattern_call c = {.r = r,
	    .p = p,
	    .x = x,
	    .s = t->plain.bytes,
	    .avail = avail,
	    .complete = complete,
	    .t = t};
	enum pattern_run_answer answer = PATTERN_RUN_MORE;
	if (fit_aheads(r, p))
		return PATTERN_RUN_MEMORY;
	if (r->over)
		return PATTERN_RUN_OVER;
	while (answer == PATTERN_RUN_MORE &&
	    (r->pos < avail || (complete && r->pos == avail))) {
		if (r->n == 0 && !r->found && skip(&c) != PATTERN_YES)
			break;
		size_t pos = r->pos;
		answer = step(&c);
		if (answer == PATTERN_RUN_MORE && r->pos == pos)
			break;
	}
	r->over = answer == PATTERN_RUN_OVER;
	return answer;
}

size_t pattern_run_alive(const struct pattern_run *r, size_t avail)
{
	if (r->n > 0)
		return r->threads[0].start;
	if (r->found)
		return r->start;
	return r->pos < avail ? r->pos : SIZE_MAX;
}

void pattern_run_begin(struct pattern_run *r, uint64_t spare)
{
	for (size_t i = 0; i < r->n_aheads; i++)
		r->aheads[i].at = SIZE_MAX;
	*r = (struct pattern_run){.threads = r->threads,
	    .cap = r->cap,
	    .aheads = r->aheads,
	    .n_aheads = r->n_aheads,
	    .spare = spare};
}

void pattern_run_clear(struct pattern_run *r)
{
	for (size_t i = 0; i < r->n_aheads; i++)
		free(r->aheads[i].steps);
	free(r->aheads);
	free(r->threads);
	*r = (struct pattern_run){0};
}
