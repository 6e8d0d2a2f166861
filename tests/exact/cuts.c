/* cuts - see cuts.h. Pieces are heap blocks of their own length, so that the
 * address sanitizer sees a read past one. */
#include "tests/exact/cuts.h"

#include "tests/exact/answers.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RANDOM_PIECE_MAX 24u
#define LATE_ROUNDS 3u        /* in which some answers come behind the end */
#define LARGE_PIECE_MAX 6000u /* over what the engine reads at once */

struct whole { /* what guard_check says */
	struct cuts *c;
	const char *text;
	size_t len;
	struct guard_verdict v; /* the scanner's */
	struct answers answers;
	char *delivered;
	size_t delivered_len;
	size_t withheld_from; /* first enforced hit no edit mends */
};

/* One way to cut: whole, bytes, at one place, or random from a seed. */
struct cutting {
	enum { WHOLE, BYTES, ONE, RANDOM } how;
	size_t at;
	uint64_t seed;
	bool stops; /* at a cut, as the proxy does */
};

__attribute__((format(printf, 3, 4))) static bool fault(
    struct whole *w, const struct cutting *k, const char *format, ...)
{
	static const char *const how[] = {"whole", "bytes", "one", "random"};
	char what[256];
	va_list args;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	snprintf(w->c->fault, sizeof(w->c->fault),
	    "cut %s at %zu seed %llu%s: %s", how[k->how], k->at,
	    (unsigned long long)k->seed, k->stops ? ", stopping" : "", what);
	return false;
}

static size_t next_piece(
    const struct cutting *k, struct draw *d, size_t at, size_t len)
{
	size_t n = len - at;
	switch (k->how) {
	case WHOLE:
		break;
	case BYTES:
		return 1;
	case ONE:
		return at == 0 ? k->at : n;
	case RANDOM: {
		size_t most = draw(d, 8) ? RANDOM_PIECE_MAX : LARGE_PIECE_MAX;
		size_t r = 1 + draw(d, 1 + draw(d, most));
		return r < n ? r : n;
	}
	}
	return n;
}

/* ---- what guard_check says ---- */

static bool is_withheld(const struct guard_hit *h)
{
	return h->mode == GUARD_ENFORCE && h->action >= GUARD_REPLACE;
}

static void judge(struct whole *w)
{
	struct cuts *c = w->c;
	struct guard_session session = *c->session;
	session.answers = &w->answers.given;
	do
		guard_check(c->scanner, c->policy, &session,
		    &(struct guard_message){GUARD_AI, w->text, w->len}, &w->v);
	while (answers_for_check(&w->answers, c->policy, c->scanner));
	w->withheld_from = SIZE_MAX;
	for (size_t i = 0; i < w->v.n_hits; i++)
		if (is_withheld(&w->v.hits[i]) &&
		    w->v.hits[i].start < w->withheld_from)
			w->withheld_from = w->v.hits[i].start;
	w->delivered = guard_apply_edits(
	    w->text, w->len, w->v.edits, w->v.n_edits, &w->delivered_len);
	if (!w->delivered)
		abort();
	c->n_texts++;
	c->n_bytes += w->len;
	c->n_actions[w->v.action]++;
	c->n_undecided += w->v.undecided != GUARD_DECIDED;
	c->n_hits += w->v.n_hits;
	c->n_edits += w->v.n_edits;
}

/* ---- while it arrives ---- */

struct arriving {
	struct guard_stream *stream;
	struct answers answers;
	struct draw late; /* when they come */
};

static bool is_mended(const struct guard_hit *h, const struct guard_progress *p)
{
	for (size_t i = 0; i < p->n_edits; i++)
		if (p->edits[i].start <= h->start && p->edits[i].end >= h->end)
			return true;
	return false;
}

static bool check_released(struct whole *w, const struct cutting *k,
    const struct guard_progress *p, size_t fed)
{
	const struct guard_verdict *v = &w->v;
	if (p->safe_len > fed)
		return fault(w, k, "%zu safe of %zu", p->safe_len, fed);
	if (p->safe_len > w->withheld_from)
		return fault(w, k, "%zu safe, a withheld hit at %zu",
		    p->safe_len, w->withheld_from);
	for (size_t i = 0; i < p->n_edits; i++)
		if (p->edits[i].end > p->safe_len)
			return fault(w, k, "an edit up to %zu, %zu safe",
			    p->edits[i].end, p->safe_len);
	for (size_t i = 0; i < v->n_hits; i++) {
		const struct guard_hit *h = &v->hits[i];
		if (h->mode == GUARD_ENFORCE && h->action == GUARD_REDACT &&
		    h->start < p->safe_len && !is_mended(h, p))
			return fault(w, k,
			    "%zu safe, a redaction at %zu is not there",
			    p->safe_len, h->start);
	}
	if (v->undecided || v->action >= GUARD_REPLACE)
		return true;
	size_t len;
	char *out =
	    guard_apply_edits(w->text, p->safe_len, p->edits, p->n_edits, &len);
	bool same =
	    out && len <= w->delivered_len && !memcmp(out, w->delivered, len);
	free(out);
	return same || fault(w, k, "what is released is not delivered");
}

static bool check_progress(struct whole *w, const struct cutting *k,
    struct guard_progress *last, const struct guard_progress *p, size_t at)
{
	if (p->safe_len < last->safe_len || p->n_edits < last->n_edits ||
	    p->cut < last->cut || p->withheld < last->withheld)
		return fault(w, k, "progress goes back at %zu", at);
	*last = *p;
	return check_released(w, k, p, at);
}

/* No more comes but answers. */
static bool close_stream(struct whole *w, const struct cutting *k,
    struct arriving *a, struct guard_progress *last)
{
	struct guard_progress p;
	guard_stream_close(a->stream, &p);
	if (!check_progress(w, k, last, &p, w->len))
		return false;
	for (unsigned round = 0;
	     answers_for_stream(&a->answers, w->c->policy, a->stream, &a->late,
		 round > LATE_ROUNDS) ||
	     round <= LATE_ROUNDS;
	     round++) {
		guard_stream_look(a->stream, &p);
		if (!check_progress(w, k, last, &p, w->len))
			return false;
	}
	return !guard_stream_waits(a->stream) ||
	    fault(w, k, "it waits, and asks nothing");
}

/* Feed all pieces (to a cut, when the cutting stops there). */
static bool feed(struct whole *w, const struct cutting *k, struct arriving *a,
    struct guard_progress *last)
{
	struct guard_stream *s = a->stream;
	struct draw d;
	draw_init(&d, NULL, 0, k->seed);
	draw_init(&a->late, NULL, 0, k->seed + k->at);
	*last = (struct guard_progress){0};
	for (size_t at = 0; at < w->len && !(last->cut && k->stops);) {
		struct guard_progress p;
		size_t n = next_piece(k, &d, at, w->len);
		char *piece = malloc(n);
		if (!piece)
			abort();
		memcpy(piece, w->text + at, n);
		guard_stream_feed(s, piece, n, &p);
		free(piece);
		at += n;
		if (!check_progress(w, k, last, &p, at))
			return false;
		if (!answers_for_stream(
			&a->answers, w->c->policy, s, &a->late, false))
			continue;
		guard_stream_look(s, &p);
		if (!check_progress(w, k, last, &p, at))
			return false;
	}
	return close_stream(w, k, a, last);
}

/* ---- at the end ---- */

static bool same_hits(
    struct whole *w, const struct cutting *k, const struct guard_verdict *v)
{
	if (v->n_hits != w->v.n_hits || v->deciding != w->v.deciding)
		return fault(w, k, "%zu hits, not %zu", v->n_hits, w->v.n_hits);
	for (size_t i = 0; i < v->n_hits; i++) {
		const struct guard_hit *a = &v->hits[i], *b = &w->v.hits[i];
		if (a->start != b->start || a->end != b->end ||
		    a->rule != b->rule || a->mode != b->mode ||
		    a->action != b->action)
			return fault(w, k,
			    "hit %zu is rule %zu at %zu-%zu, not %zu at "
			    "%zu-%zu",
			    i, a->rule, a->start, a->end, b->rule, b->start,
			    b->end);
		if (strcmp(a->what ? a->what : "", b->what ? b->what : ""))
			return fault(
			    w, k, "hit %zu is %s, not %s", i, a->what, b->what);
	}
	return true;
}

static bool same_edits(
    struct whole *w, const struct cutting *k, const struct guard_verdict *v)
{
	if (v->n_edits != w->v.n_edits)
		return fault(
		    w, k, "%zu edits, not %zu", v->n_edits, w->v.n_edits);
	for (size_t i = 0; i < v->n_edits; i++) {
		const struct guard_edit *a = &v->edits[i], *b = &w->v.edits[i];
		if (a->start != b->start || a->end != b->end ||
		    a->text != b->text || a->rule != b->rule)
			return fault(w, k, "edit %zu is %zu-%zu, not %zu-%zu",
			    i, a->start, a->end, b->start, b->end);
	}
	return true;
}

/* A stream that stopped has not looked for all hits. */
static bool known_hits(
    struct whole *w, const struct cutting *k, const struct guard_verdict *v)
{
	for (size_t i = 0; i < v->n_hits; i++) {
		bool known = false;
		for (size_t j = 0; j < w->v.n_hits && !known; j++)
			known = v->hits[i].start == w->v.hits[j].start &&
			    v->hits[i].end == w->v.hits[j].end &&
			    v->hits[i].rule == w->v.hits[j].rule;
		if (!known)
			return fault(w, k, "a hit of rule %zu at %zu is new",
			    v->hits[i].rule, v->hits[i].start);
	}
	if (v->deciding < v->n_hits && w->v.deciding < w->v.n_hits &&
	    (v->hits[v->deciding].rule != w->v.hits[w->v.deciding].rule ||
		v->hits[v->deciding].start != w->v.hits[w->v.deciding].start))
		return fault(w, k, "another hit decides");
	return true;
}

static bool same_verdict(struct whole *w, const struct cutting *k,
    const struct guard_verdict *v, bool all)
{
	if (v->action != w->v.action || v->undecided != w->v.undecided)
		return fault(w, k, "%s (%s), not %s (%s)",
		    guard_action_name(v->action),
		    guard_undecided_name(v->undecided),
		    guard_action_name(w->v.action),
		    guard_undecided_name(w->v.undecided));
	if (v->say != w->v.say || v->queue != w->v.queue ||
	    v->priority != w->v.priority)
		return fault(w, k, "another text, queue or priority");
	return all ? same_hits(w, k, v) && same_edits(w, k, v)
		   : known_hits(w, k, v);
}

static bool run(struct whole *w, const struct cutting *k)
{
	struct guard_progress last;
	struct guard_verdict v;
	struct arriving a = {0};
	struct guard_session session = *w->c->session;
	session.answers = &a.answers.given;
	a.stream = guard_stream_new(w->c->policy, &session, GUARD_AI);
	if (!a.stream)
		abort();
	if (!k->stops)
		guard_stream_read_on(a.stream);
	bool good = feed(w, k, &a, &last);
	if (good) {
		guard_stream_end(a.stream, &v);
		good = same_verdict(w, k, &v, !k->stops || !last.cut);
		if (good && last.cut && v.action != GUARD_HANDOFF)
			good = fault(w, k, "cut, but no handoff");
	}
	guard_stream_free(a.stream);
	answers_clear(&a.answers);
	w->c->n_cuttings++;
	return good;
}

static bool run_all(struct whole *w)
{
	struct cuts *c = w->c;
	struct cutting k = {.how = WHOLE};
	bool good = run(w, &k);
	k.how = BYTES;
	for (int stops = 0; stops < 2 && good; stops++) {
		k.stops = stops;
		good = run(w, &k);
	}
	k = (struct cutting){.how = ONE};
	for (k.at = 1; w->len <= c->every && k.at < w->len && good; k.at++)
		good = run(w, &k);
	k = (struct cutting){.how = RANDOM};
	for (unsigned i = 0; i < c->random && good; i++) {
		k.seed = draw(c->draw, SIZE_MAX);
		k.stops = i % 2;
		good = run(w, &k);
	}
	return good;
}

bool cuts_hold(struct cuts *c, const char *text, size_t len)
{
	struct whole w = {.c = c, .text = text, .len = len};
	c->fault[0] = '\0';
	if (!c->scanner)
		c->scanner = guard_scanner_new();
	if (!c->scanner)
		abort();
	judge(&w);
	bool good = run_all(&w);
	free(w.delivered);
	answers_clear(&w.answers);
	return good;
}

void cuts_clear(struct cuts *c)
{
	guard_scanner_free(c->scanner);
	c->scanner = NULL;
}
