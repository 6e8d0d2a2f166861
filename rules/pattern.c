/*
 * pattern - see pattern.h.
 *
 * Only words that have ended are shown to the matcher, so that every match has
 * its tokens. A text that is there as a whole is not searched when it does not
 * have the fixed text every match has.
 */
#include "rules/pattern.h"

#include "rules/index.h"
#include "rules/pattern_run.h"
#include "rules/pattern_wake.h"
#include "rules/policy.h"
#include "rules/sentence.h"
#include "rules/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pattern {
	struct pattern_program program;
	bool reads_sentences; /* where they end matters */
};

struct place { /* of one pattern in the text */
	struct pattern_run run;
	size_t looked; /* bytes known not to have the fixed text */
	bool has_inside;
	bool gave_up;
};

struct pattern_scan {
	const struct guard_policy *policy;
	struct place *places;
	size_t n, cap;
	uint64_t *awake; /* set of the places that are looked at */
	size_t cap_awake;
	bool begun;     /* they are known */
	uint64_t spare; /* of each */
	struct pattern_scratch scratch;
};

/* ---- compiling ---- */

static enum pattern_err refuse(char *reason, size_t size, const char *why)
{
	snprintf(reason, size, "%s", why);
	return PATTERN_ERR_REFUSED;
}

/* The codes of the parts are the same. */
static enum pattern_err compile(struct pattern_program *program,
    const char *source, size_t len, char *reason, size_t reason_size)
{
	struct pattern_tree tree;
	const char *why = NULL;
	enum pattern_chars_err valid =
	    pattern_chars_check(source, len, reason, reason_size);
	if (valid)
		return (enum pattern_err)valid;
	enum pattern_tree_err read =
	    pattern_tree_read(&tree, source, len, &why);
	if (read == PATTERN_TREE_ERR_REFUSED)
		return refuse(reason, reason_size, why);
	if (read)
		return (enum pattern_err)read;
	enum pattern_program_err made =
	    pattern_program_make(program, &tree, &why);
	pattern_tree_clear(&tree);
	if (made == PATTERN_PROGRAM_ERR_REFUSED)
		return refuse(reason, reason_size, why);
	return (enum pattern_err)made;
}

enum pattern_err pattern_new(struct pattern **out, const char *source,
    size_t len, char *reason, size_t reason_size)
{
	*out = NULL;
	if (len == 0 || len > PATTERN_MAX_PATTERN_BYTES) {
		snprintf(reason, reason_size, "it has to have 1 to %u bytes",
		    PATTERN_MAX_PATTERN_BYTES);
		return PATTERN_ERR_REFUSED;
	}
	struct pattern *p = calloc(1, sizeof(*p));
	if (!p)
		return PATTERN_ERR_MEMORY;
	enum pattern_err err =
	    compile(&p->program, source, len, reason, reason_size);
	if (err) {
		free(p);
		return err;
	}
	p->reads_sentences = p->program.endless;
	for (size_t i = 0; i < p->program.n_looks; i++)
		p->reads_sentences |= p->program.looks[i].endless;
	*out = p;
	return PATTERN_OK;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pattern_program_clear(&p->program);
	free(p);
}

size_t pattern_fixed_text(const struct pattern *p, size_t i, const char **text)
{
	const struct pattern_texts *texts =
	    p->program.prefix.n ? &p->program.prefix : &p->program.inside;
	if (i >= texts->n)
		return 0;
	*text = texts->any[i].text;
	return texts->any[i].len;
}

const struct pattern_texts *pattern_inside(const struct pattern *p)
{
	return &p->program.inside;
}

bool pattern_is_endless(const struct pattern *p)
{
	return p->program.endless;
}

/* ---- scanning ---- */

struct pattern_scan *pattern_scan_new(void)
{
	struct pattern_scan *s = calloc(1, sizeof(*s));
	if (s && pattern_scratch_init(&s->scratch)) {
		free(s);
		return NULL;
	}
	return s;
}

void pattern_scan_free(struct pattern_scan *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->cap; i++)
		pattern_run_clear(&s->places[i].run);
	pattern_scratch_clear(&s->scratch);
	free(s->places);
	free(s->awake);
	free(s);
}

static int fit_places(struct pattern_scan *s, size_t n)
{
	if (n <= s->cap)
		return 0;
	struct place *places = reallocarray(s->places, n, sizeof(*places));
	if (!places)
		return -1;
	s->places = places;
	uint64_t *awake =
	    reallocarray(s->awake, pattern_set_words(n), sizeof(*awake));
	if (!awake)
		return -1;
	s->awake = awake;
	for (; s->cap < n; s->cap++)
		places[s->cap] = (struct place){.gave_up = false};
	return 0;
}

static const struct pattern *pattern_at(const struct pattern_scan *s, size_t i)
{
	const struct any_of *all = &s->policy->of_kind[DETECTOR_PATTERN];
	return s->policy->detectors[all->detectors[i]].pattern;
}

enum pattern_err pattern_scan_begin(
    struct pattern_scan *s, const struct guard_policy *policy)
{
	s->policy = policy;
	s->n = policy->of_kind[DETECTOR_PATTERN].n;
	s->begun = false;
	if (fit_places(s, s->n))
		return PATTERN_ERR_MEMORY;
	uint64_t all = policy->limits.max_pattern_steps;
	uint64_t least =
	    all < PATTERN_MIN_SPARE_STEPS ? all : PATTERN_MIN_SPARE_STEPS;
	uint64_t spare = s->n ? all / s->n : 0;
	s->spare = spare < least ? least : spare;
	return PATTERN_OK;
}

/* The next place from i on that is looked at; n: none. */
static size_t next_awake(const struct pattern_scan *s, size_t i)
{
	while (i < s->n) {
		uint64_t rest = s->awake[i / 64] >> i % 64;
		if (rest)
			return i + (size_t)__builtin_ctzll(rest);
		i = (i / 64 + 1) * 64;
	}
	return s->n;
}

/* The first look decides which are looked at: if the text is there as a whole,
 * those it can match. */
static enum pattern_err begin(
    struct pattern_scan *s, const struct text *t, size_t avail)
{
	const struct index *x = s->policy->index;
	const struct pattern_wake *wake = x ? x->patterns : NULL;
	if (wake && t->final)
		pattern_wake_look(wake, t->plain.bytes, avail, s->awake);
	else
		memset(s->awake, 0xff,
		    pattern_set_words(s->n) * sizeof(*s->awake));
	for (size_t i = next_awake(s, 0); i < s->n; i = next_awake(s, i + 1)) {
		struct place *p = &s->places[i];
		pattern_run_begin(&p->run, s->spare);
		p->looked = 0;
		p->has_inside = p->gave_up = false;
		if (pattern_scratch_fit(
			&s->scratch, pattern_at(s, i)->program.n_steps))
			return PATTERN_ERR_MEMORY;
	}
	s->begun = true;
	return PATTERN_OK;
}

/* Bytes of the view that come from before the unfinished last word. */
static size_t settled_plain(const struct text *t)
{
	size_t n = t->plain.len;
	if (t->final)
		return n;
	while (n > 0 && text_from(&t->plain, n - 1) >= t->open_token)
		n--;
	return n;
}

/* What may be shown of it to a pattern that ends with its sentence. */
static size_t settled_sentences(const struct text *t, size_t avail)
{
	size_t sure = t->final ? avail : sentence_sure(t);
	return sure < avail ? sure : avail;
}

/* The tokens [start, end) touches. */
static void find_tokens(const struct text *t, struct match *m)
{
	m->first_token = (uint32_t)text_token_at(t, m->start);
	size_t last = m->first_token;
	while (last < t->n_tokens && t->tokens[last].start < m->end)
		last++;
	m->n_tokens = (uint32_t)(last - m->first_token);
}

static int add_match(const struct pattern_scan *s, const struct text *t,
    const struct pattern_run *run, uint32_t detector, struct matches *out)
{
	if (!checksum_holds(s->policy->detectors[detector].check,
		t->plain.bytes + run->start, run->end - run->start))
		return 0;
	struct match m = {
	    .detector = detector,
	    .start = text_from(&t->plain, run->start),
	    .end = text_to(&t->plain, run->end - 1),
	};
	m.sentence = (uint32_t)text_sentence_at(t, m.start);
	find_tokens(t, &m);
	return matches_add(out, &m);
}

/* Does the text up to avail have what every match has? */
static bool has_inside(struct place *p, const struct pattern *pattern,
    const struct text *t, size_t avail)
{
	const struct pattern_texts *inside = &pattern->program.inside;
	if (!inside->n)
		return true;
	if (!p->has_inside && avail > p->looked) {
		p->has_inside = pattern_fixed_in(
		    inside, t->plain.bytes + p->looked, avail - p->looked);
		if (avail > PATTERN_MAX_FIXED)
			p->looked = avail - PATTERN_MAX_FIXED;
	}
	return p->has_inside;
}

static enum pattern_err scan_one(struct pattern_scan *s, size_t i,
    const struct text *t, size_t avail, struct matches *out)
{
	struct place *p = &s->places[i];
	const struct pattern *pattern = pattern_at(s, i);
	uint32_t detector = s->policy->of_kind[DETECTOR_PATTERN].detectors[i];
	if (p->run.pos == 0 && t->final && !has_inside(p, pattern, t, avail))
		return PATTERN_OK;
	for (;;) {
		switch (pattern_run(&p->run, &pattern->program, &s->scratch, t,
		    avail, t->final)) {
		case PATTERN_RUN_MATCH:
			if (add_match(s, t, &p->run, detector, out))
				return PATTERN_ERR_MEMORY;
			break;
		case PATTERN_RUN_MORE:
			return PATTERN_OK;
		case PATTERN_RUN_OVER:
			/* A whole text without it would not be searched. */
			p->gave_up = has_inside(p, pattern, t, avail);
			return p->gave_up ? PATTERN_CANNOT_DECIDE : PATTERN_OK;
		case PATTERN_RUN_MEMORY:
			return PATTERN_ERR_MEMORY;
		}
	}
}

enum pattern_err pattern_scan(struct pattern_scan *s, const struct text *t,
    struct matches *out, size_t *alive)
{
	enum pattern_err outcome = PATTERN_OK;
	size_t avail = settled_plain(t), least = SIZE_MAX;
	size_t sure = settled_sentences(t, avail);
	*alive = SIZE_MAX;
	if (!s->begun && begin(s, t, avail))
		return PATTERN_ERR_MEMORY;
	for (size_t i = next_awake(s, 0); i < s->n; i = next_awake(s, i + 1)) {
		struct place *p = &s->places[i];
		enum pattern_err err = p->gave_up
		    ? PATTERN_CANNOT_DECIDE
		    : scan_one(s, i, t,
			  pattern_at(s, i)->reads_sentences ? sure : avail,
			  out);
		if (err == PATTERN_ERR_MEMORY)
			return err;
		if (err)
			outcome = err;
		size_t from = t->final || p->gave_up
		    ? SIZE_MAX
		    : pattern_run_alive(&p->run, avail);
		least = from < least ? from : least;
	}
	if (least != SIZE_MAX)
		*alive = text_from(&t->plain, least);
	return outcome;
}
