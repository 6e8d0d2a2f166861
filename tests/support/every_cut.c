/* every_cut - see every_cut.h. */
#include "tests/support/every_cut.h"
#include "tests/support/split.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct whole { /* what the whole text gave */
	const struct every_cut *in;
	const char *text;
	size_t len;
	struct guard_verdict verdict;
	char *delivered; /* with its edits */
	size_t delivered_len;
	size_t withheld_from; /* first enforced hit no edit mends */
	size_t released;      /* over all cuttings, to see that some are */
};

static bool is_withheld(const struct guard_hit *h)
{
	return h->mode == GUARD_ENFORCE && h->action >= GUARD_REPLACE;
}

static void judge_whole(struct whole *w)
{
	struct guard_verdict *v = &w->verdict;
	guard_check(w->in->scanner, w->in->policy, w->in->session,
	    &(struct guard_message){GUARD_AI, w->text, w->len}, v);
	w->withheld_from = SIZE_MAX;
	for (size_t i = 0; i < v->n_hits; i++)
		if (is_withheld(&v->hits[i]) &&
		    v->hits[i].start < w->withheld_from)
			w->withheld_from = v->hits[i].start;
	w->delivered = guard_apply_edits(
	    w->text, w->len, v->edits, v->n_edits, &w->delivered_len);
	assert_non_null(w->delivered);
}

#define MUST(w, split, cond)                                                   \
	do {                                                                   \
		if (!(cond))                                                   \
			fail_msg("\"%.*s\" (%s): not so: %s", (int)(w)->len,   \
			    (w)->text, (split)->how, #cond);                   \
	} while (0)

/* Released bytes: nothing withheld, and a beginning of what is delivered. */
static void check_released(const struct whole *w, const struct split *split,
    const struct guard_progress *p)
{
	const struct guard_verdict *v = &w->verdict;
	MUST(w, split, p->safe_len <= w->withheld_from);
	for (size_t i = 0; i < v->n_hits; i++) {
		const struct guard_hit *h = &v->hits[i];
		bool covered = false;
		if (h->mode != GUARD_ENFORCE || h->action != GUARD_REDACT ||
		    h->start >= p->safe_len)
			continue;
		for (size_t k = 0; k < p->n_edits; k++)
			covered |= p->edits[k].start <= h->start &&
			    p->edits[k].end >= h->end;
		MUST(w, split, covered);
	}
	for (size_t k = 0; k < p->n_edits; k++)
		MUST(w, split, p->edits[k].end <= p->safe_len);
	if (v->undecided || v->action >= GUARD_REPLACE)
		return;
	size_t len;
	char *out =
	    guard_apply_edits(w->text, p->safe_len, p->edits, p->n_edits, &len);
	MUST(w, split,
	    len <= w->delivered_len && !memcmp(out, w->delivered, len));
	free(out);
}

static bool same_words(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_verdict(const struct whole *w, const struct split *split,
    const struct guard_verdict *is)
{
	const struct guard_verdict *v = &w->verdict;
	MUST(w, split, is->action == v->action);
	MUST(w, split, is->undecided == v->undecided);
	MUST(w, split, is->say == v->say);
	MUST(w, split, is->queue == v->queue);
	MUST(w, split, is->n_hits == v->n_hits);
	MUST(w, split, is->deciding == v->deciding);
	for (size_t i = 0; i < v->n_hits; i++) {
		MUST(w, split, is->hits[i].start == v->hits[i].start);
		MUST(w, split, is->hits[i].end == v->hits[i].end);
		MUST(w, split, is->hits[i].rule == v->hits[i].rule);
		MUST(w, split, is->hits[i].mode == v->hits[i].mode);
		MUST(w, split, same_words(is->hits[i].what, v->hits[i].what));
	}
	MUST(w, split, is->n_edits == v->n_edits);
	for (size_t i = 0; i < v->n_edits; i++) {
		MUST(w, split, is->edits[i].start == v->edits[i].start);
		MUST(w, split, is->edits[i].end == v->edits[i].end);
		MUST(w, split, is->edits[i].text == v->edits[i].text);
	}
}

static bool feed_all(struct guard_stream *s, const struct whole *w,
    const struct split *split, struct guard_progress *p)
{
	size_t safe = 0, edits = 0;
	bool cut = false;
	for (size_t i = 0; i < split->n; i++) {
		guard_stream_feed(
		    s, split->pieces[i].data, split->pieces[i].len, p);
		MUST(w, split, p->safe_len >= safe);
		MUST(w, split, p->n_edits >= edits);
		MUST(w, split, p->cut >= cut);
		safe = p->safe_len;
		edits = p->n_edits;
		cut = p->cut;
		check_released(w, split, p);
	}
	return cut;
}

static void run_read_on(struct whole *w, const struct split *split)
{
	struct guard_progress p = {0};
	struct guard_verdict v;
	struct guard_stream *s =
	    guard_stream_new(w->in->policy, w->in->session, GUARD_AI);
	assert_non_null(s);
	guard_stream_read_on(s);
	bool cut = feed_all(s, w, split, &p);
	guard_stream_end(s, &v);
	check_verdict(w, split, &v);
	MUST(w, split, !cut || v.action == GUARD_HANDOFF);
	w->released += p.safe_len;
	guard_stream_free(s);
}

static void run_cut(struct whole *w, const struct split *split)
{
	struct guard_progress p = {0};
	struct guard_verdict v;
	struct guard_stream *s =
	    guard_stream_new(w->in->policy, w->in->session, GUARD_AI);
	assert_non_null(s);
	bool cut = feed_all(s, w, split, &p);
	guard_stream_end(s, &v);
	MUST(w, split, v.action == w->verdict.action);
	MUST(w, split, v.undecided == w->verdict.undecided);
	MUST(w, split, v.say == w->verdict.say);
	MUST(w, split, v.queue == w->verdict.queue);
	MUST(w, split, v.n_hits <= w->verdict.n_hits);
	MUST(w, split, cut || v.n_hits == w->verdict.n_hits);
	guard_stream_free(s);
}

static void run_split(const struct split *split, void *arg)
{
	run_read_on(arg, split);
	run_cut(arg, split);
}

size_t every_cut(const struct every_cut *in, const char *text)
{
	struct whole w = {.in = in, .text = text, .len = strlen(text)};
	judge_whole(&w);
	split_all(text, w.len, run_split, &w);
	free(w.delivered);
	return w.released;
}
