/*
 * pattern - see pattern.h.
 *
 * While a sentence is open its text is matched with PCRE2_PARTIAL_HARD: PCRE2
 * then stops where it would need the next byte, and says from where. So a
 * match found early is the one the whole sentence would have given, and the
 * search goes on from the partial start when more has come. Only words that
 * have ended are shown to PCRE2, so that every match has its tokens.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "rules/pattern.h"

#include "rules/pattern_check.h"
#include "rules/policy.h"
#include "rules/text.h"

#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JIT_STACK_START 32768u
#define JIT_STACK_MAX 262144u
#define MAX_NEST 32u

struct pattern {
	pcre2_code *code;
};

struct place { /* of one pattern in the text */
	size_t sentence;
	size_t offset; /* in the sentence's plain bytes: not searched yet */
	size_t shown;  /* bytes of the sentence the last search saw */
	size_t alive;  /* original byte, or SIZE_MAX */
};

struct pattern_scan {
	const struct guard_policy *policy;
	struct place *places;
	size_t n, cap;
	size_t first_open; /* sentence; all before it are done */
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	bool gave_up;
};

static pcre2_compile_context *new_compile_context(void)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	if (context) {
		pcre2_set_max_pattern_length(
		    context, PATTERN_MAX_PATTERN_BYTES);
		pcre2_set_parens_nest_limit(context, MAX_NEST);
	}
	return context;
}

static enum pattern_err refuse(
    int error, size_t offset, char *reason, size_t reason_size)
{
	unsigned char why[128];
	if (error == PCRE2_ERROR_HEAP_FAILED)
		return PATTERN_ERR_MEMORY;
	if (pcre2_get_error_message(error, why, sizeof(why)) < 0)
		snprintf((char *)why, sizeof(why), "error %d", error);
	snprintf(reason, reason_size, "%s (at character %zu)", (char *)why,
	    offset + 1);
	return PATTERN_ERR_REFUSED;
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
	const char *unsafe = pattern_check(source, len);
	if (unsafe) {
		snprintf(reason, reason_size, "%s", unsafe);
		return PATTERN_ERR_REFUSED;
	}
	pcre2_compile_context *context = new_compile_context();
	struct pattern *p = calloc(1, sizeof(*p));
	if (!context || !p) {
		pcre2_compile_context_free(context);
		free(p);
		return PATTERN_ERR_MEMORY;
	}
	int error = 0;
	size_t offset = 0;
	p->code = pcre2_compile((PCRE2_SPTR)source, len,
	    PCRE2_UTF | PCRE2_UCP | PCRE2_NO_AUTO_CAPTURE |
		PCRE2_NEVER_BACKSLASH_C,
	    &error, &offset, context);
	pcre2_compile_context_free(context);
	if (!p->code) {
		free(p);
		return refuse(error, offset, reason, reason_size);
	}
	/* Where there is no JIT the interpreter gives the same matches. */
	(void)pcre2_jit_compile(
	    p->code, PCRE2_JIT_COMPLETE | PCRE2_JIT_PARTIAL_HARD);
	*out = p;
	return PATTERN_OK;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_code_free(p->code);
	free(p);
}

/* ---- scanning ---- */

struct pattern_scan *pattern_scan_new(void)
{
	struct pattern_scan *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->data = pcre2_match_data_create(1, NULL);
	s->context = pcre2_match_context_create(NULL);
	s->stack = pcre2_jit_stack_create(JIT_STACK_START, JIT_STACK_MAX, NULL);
	if (!s->data || !s->context || !s->stack) {
		pattern_scan_free(s);
		return NULL;
	}
	pcre2_jit_stack_assign(s->context, NULL, s->stack);
	pcre2_set_heap_limit(s->context, PATTERN_MAX_HEAP_KIB);
	return s;
}

void pattern_scan_free(struct pattern_scan *s)
{
	if (!s)
		return;
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->context);
	pcre2_jit_stack_free(s->stack);
	free(s->places);
	free(s);
}

enum pattern_err pattern_scan_begin(
    struct pattern_scan *s, const struct guard_policy *policy)
{
	size_t n = policy->of_kind[DETECTOR_PATTERN].n;
	if (n > s->cap) {
		struct place *places =
		    reallocarray(s->places, n, sizeof(*places));
		if (!places)
			return PATTERN_ERR_MEMORY;
		s->places = places;
		s->cap = n;
	}
	for (size_t i = 0; i < n; i++)
		s->places[i] = (struct place){.alive = SIZE_MAX};
	s->n = n;
	s->policy = policy;
	s->first_open = 0;
	s->gave_up = false;
	pcre2_set_match_limit(s->context, policy->limits.max_pattern_steps);
	return PATTERN_OK;
}

/* What PCRE2 is shown of one sentence. */
struct subject {
	const char *bytes;
	size_t len;
	bool complete; /* nothing will follow */
	bool too_long; /* it was cut at PATTERN_MAX_SUBJECT_BYTES */
};

/* Bytes of the view that come from before the unfinished last word. */
static size_t settled_plain(const struct text *t, size_t from)
{
	size_t n = t->plain.len;
	if (t->final)
		return n;
	while (n > from && text_from(&t->plain, n - 1) >= t->open_token)
		n--;
	return n;
}

static struct subject subject_of(
    const struct text *t, const struct sentence *sentence)
{
	bool closed = sentence->closed || t->final;
	size_t from = sentence->plain_start;
	size_t to = closed && sentence->plain_end >= from
	    ? sentence->plain_end
	    : settled_plain(t, from);
	struct subject s = {
	    .bytes = t->plain.bytes + from,
	    .len = to > from ? to - from : 0,
	    .complete = closed,
	};
	if (s.len > PATTERN_MAX_SUBJECT_BYTES) {
		s.too_long = true;
		s.complete = false;
		s.len = PATTERN_MAX_SUBJECT_BYTES;
		while (s.len && (s.bytes[s.len] & 0xc0) == 0x80)
			s.len--;
	}
	return s;
}

/* The tokens [start, end) touches. */
static void find_tokens(const struct text *t, struct match *m)
{
	size_t low = 0, high = t->n_tokens;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->tokens[middle].end <= m->start)
			low = middle + 1;
		else
			high = middle;
	}
	m->first_token = (uint32_t)low;
	while (low < t->n_tokens && t->tokens[low].start < m->end)
		low++;
	m->n_tokens = (uint32_t)(low - m->first_token);
}

static int add_match(const struct text *t, size_t sentence, const size_t *range,
    uint32_t detector, struct matches *out)
{
	size_t from = t->sentences[sentence].plain_start;
	struct match m = {
	    .detector = detector,
	    .start = text_from(&t->plain, from + range[0]),
	    .end = text_to(&t->plain, from + range[1] - 1),
	    .sentence = (uint32_t)sentence,
	};
	find_tokens(t, &m);
	return matches_add(out, &m);
}

static size_t alive_at(const struct text *t, const struct place *p)
{
	size_t at = t->sentences[p->sentence].plain_start + p->offset;
	return at < t->plain.len ? text_from(&t->plain, at) : t->open_token;
}

/* Search one sentence of the text from where the pattern stands. */
static enum pattern_err search(struct pattern_scan *s, const struct text *t,
    size_t number, const struct subject *subject, struct matches *out)
{
	struct place *p = &s->places[number];
	uint32_t detector =
	    s->policy->of_kind[DETECTOR_PATTERN].detectors[number];
	const struct pattern *pattern = s->policy->detectors[detector].pattern;
	uint32_t options = PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY |
	    (subject->complete ? 0 : PCRE2_PARTIAL_HARD);
	p->alive = SIZE_MAX;
	while (p->offset <= subject->len) {
		int rc = pcre2_match(pattern->code, (PCRE2_SPTR)subject->bytes,
		    subject->len, p->offset, options, s->data, s->context);
		const size_t *range = pcre2_get_ovector_pointer(s->data);
		if (rc == PCRE2_ERROR_NOMATCH) {
			p->offset = subject->len;
			return PATTERN_OK;
		}
		if (rc == PCRE2_ERROR_PARTIAL)
			p->offset = range[0];
		if (rc == PCRE2_ERROR_NOMEMORY)
			return PATTERN_ERR_MEMORY;
		/* An open sentence that is too hard is held and judged when it
		 * is whole: a limit must not depend on the cutting. */
		if (rc < 0 && !subject->complete && !subject->too_long) {
			p->alive = alive_at(t, p);
			return PATTERN_OK;
		}
		if (rc < 0 || range[1] <= p->offset || range[0] >= range[1])
			return PATTERN_CANNOT_DECIDE;
		if (add_match(t, p->sentence, range, detector, out))
			return PATTERN_ERR_MEMORY;
		p->offset = range[1];
	}
	return PATTERN_OK;
}

static enum pattern_err scan_one(struct pattern_scan *s, const struct text *t,
    size_t number, struct matches *out)
{
	struct place *p = &s->places[number];
	for (; p->sentence < t->n_sentences; p->sentence++) {
		struct subject subject =
		    subject_of(t, &t->sentences[p->sentence]);
		if (subject.len > p->shown || subject.complete ||
		    subject.too_long) {
			enum pattern_err err =
			    search(s, t, number, &subject, out);
			if (err)
				return err;
			p->shown = subject.len;
		}
		if (subject.too_long)
			return PATTERN_CANNOT_DECIDE;
		if (!subject.complete)
			return PATTERN_OK;
		p->offset = 0;
		p->shown = 0;
	}
	p->alive = SIZE_MAX;
	return PATTERN_OK;
}

enum pattern_err pattern_scan(struct pattern_scan *s, const struct text *t,
    struct matches *out, size_t *alive)
{
	*alive = SIZE_MAX;
	if (s->gave_up)
		return PATTERN_CANNOT_DECIDE;
	for (size_t i = 0; i < s->n; i++) {
		enum pattern_err err = scan_one(s, t, i, out);
		if (err) {
			s->gave_up = true;
			return err;
		}
		if (s->places[i].alive < *alive)
			*alive = s->places[i].alive;
	}
	return PATTERN_OK;
}
