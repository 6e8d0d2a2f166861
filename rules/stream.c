/*
 * stream - one message that arrives in pieces: what may be released, when to
 * stop, and the same verdict as for the whole text.
 *
 *   original   ....safe....|..held..|  not yet read
 *                 edits     \__ first machine still reads here
 *   edited     ...safe...|held|         second machine, fed only with what
 *                                       the first has let go
 *
 * The second machine exists from the first edit on; a byte leaves when it is
 * safe in both. Nothing is released after anything could not be decided.
 */
#include "rules/check.h"
#include "rules/hold.h"
#include "rules/index.h"
#include "rules/session_copy.h"
#include "rules/verdict.h"

#include <assert.h>
#include <stdlib.h>

struct guard_stream {
	struct guard_policy *policy;
	struct guard_session *session;
	enum guard_speaker speaker;
	struct machine message;
	struct machine *edited; /* NULL until there is an edit */
	struct hold hold, edited_hold;
	struct edits edits;  /* of what the first machine has let go */
	size_t collected;    /* founds the edits were made of */
	size_t n_passed;     /* edits the second machine has been fed */
	size_t passed;       /* original bytes it has been fed */
	size_t let_go;       /* original bytes the first machine lets go */
	size_t safe, n_safe; /* released: bytes, edits */
	bool cut, read_on;
	struct verdict_store store;
};

static struct machine_how how_of(
    const struct guard_stream *s, enum scope_purpose purpose)
{
	return (struct machine_how){
	    .policy = s->policy,
	    .session = s->session,
	    .speaker = s->speaker,
	    .purpose = purpose,
	};
}

struct guard_stream *guard_stream_new(struct guard_policy *policy,
    const struct guard_session *session, enum guard_speaker speaker)
{
	const struct guard_session nothing = {0};
	if (!session)
		session = &nothing;
	assert(policy->index);
	struct guard_stream *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->session = session_copy(
	    session, policy->index->wants_customer, policy->n_rules);
	if (!s->session) {
		free(s);
		return NULL;
	}
	s->policy = guard_policy_ref(policy);
	s->speaker = speaker;
	machine_init(&s->message);
	/* What the AI said before is read now and need not be kept. */
	s->session->ai_said = session->ai_said;
	s->session->n_ai_said = session->n_ai_said;
	struct machine_how how = how_of(s, SCOPE_MESSAGE);
	machine_begin(&s->message, &how);
	s->session->ai_said = NULL;
	s->session->n_ai_said = 0;
	hold_begin(&s->hold, &s->message);
	return s;
}

void guard_stream_free(struct guard_stream *s)
{
	if (!s)
		return;
	machine_clear(&s->message);
	if (s->edited)
		machine_clear(s->edited);
	free(s->edited);
	edits_clear(&s->edits);
	verdict_clear(&s->store);
	free(s->session);
	guard_policy_unref(s->policy);
	free(s);
}

void guard_stream_read_on(struct guard_stream *s)
{
	s->read_on = true;
}

/* ---- the edited text ---- */

static int begin_edited(struct guard_stream *s)
{
	s->edited = malloc(sizeof(*s->edited));
	if (!s->edited)
		return -1;
	machine_init(s->edited);
	struct machine_how how = how_of(s, SCOPE_EDITED);
	how.unedited = (struct unedited){&s->message, &s->edits};
	machine_begin(s->edited, &how);
	hold_begin(&s->edited_hold, s->edited);
	return 0;
}

/* Feed the second machine up to byte to of the original. */
static void pass_on(struct guard_stream *s, size_t to)
{
	const char *text = s->message.text.bytes;
	for (; s->n_passed < s->edits.n; s->n_passed++) {
		const struct guard_edit *e = &s->edits.items[s->n_passed];
		if (e->end > to)
			break;
		if (e->start < s->passed) { /* what was let go is edited? */
			machine_give_up(s->edited, GUARD_UNDECIDED_EDIT);
			return;
		}
		machine_feed(s->edited, text + s->passed, e->start - s->passed);
		machine_feed(s->edited, e->text, e->len);
		s->passed = e->end;
	}
	machine_feed(s->edited, text + s->passed, to - s->passed);
	s->passed = to;
}

struct place { /* in the original: bytes, and edits before them */
	size_t at, n_edits;
};

/* Where byte safe of the edited text stands in the original, not inside an
 * edit and not beyond what has been passed on. */
static struct place map_back(const struct guard_stream *s, size_t safe)
{
	struct place p = {0, 0};
	size_t edited = 0;
	for (; p.n_edits < s->n_passed; p.n_edits++) {
		const struct guard_edit *e = &s->edits.items[p.n_edits];
		size_t gap = e->start - p.at;
		if (safe < edited + gap)
			break;
		if (safe < edited + gap + e->len) {
			p.at = e->start;
			return p;
		}
		edited += gap + e->len;
		p.at = e->end;
	}
	size_t rest = safe - edited;
	size_t limit = s->passed - p.at;
	if (p.n_edits < s->n_passed) {
		size_t gap = s->edits.items[p.n_edits].start - p.at;
		limit = gap < limit ? gap : limit;
	}
	p.at += rest < limit ? rest : limit;
	return p;
}

/* ---- what may be released ---- */

/* How far the first machine lets go: never into the middle of an edit. */
static size_t let_go(const struct guard_stream *s, size_t frontier)
{
	size_t to = frontier < s->message.withheld_from
	    ? frontier
	    : s->message.withheld_from;
	for (size_t i = 0; i < s->edits.n; i++) {
		const struct guard_edit *e = &s->edits.items[i];
		if (e->start < to && e->end > to)
			to = e->start;
	}
	return to;
}

static bool needs_edits(const struct guard_stream *s)
{
	return s->edits.n || s->message.has_redact || s->message.has_prepend;
}

static int collect(struct guard_stream *s)
{
	if (!needs_edits(s) || s->collected == s->message.n_founds)
		return 0;
	s->collected = s->message.n_founds;
	return edits_collect(&s->edits, &s->message);
}

/* 0, or -1 when memory runs out. */
static int release(struct guard_stream *s)
{
	if (s->message.undecided != GUARD_DECIDED)
		return 0;
	size_t frontier = hold_frontier(&s->hold, &s->message);
	if (frontier > s->message.text.len)
		frontier = s->message.text.len;
	if (collect(s))
		return -1;
	size_t to = let_go(s, frontier);
	if (to > s->let_go)
		s->let_go = to;
	if (s->hold.front)
		return 0;
	if (!s->edits.begun) {
		s->edits.begun = true;
		s->edits.n_front = s->message.n_founds;
	}
	struct place safe = {s->let_go, 0};
	if (s->edits.n) {
		if (!s->edited && begin_edited(s))
			return -1;
		pass_on(s, s->let_go);
		if (s->edited->undecided != GUARD_DECIDED)
			return 0;
		size_t in = hold_frontier(&s->edited_hold, s->edited);
		if (in > s->edited->withheld_from)
			in = s->edited->withheld_from;
		safe = map_back(s, in);
	}
	if (safe.at > s->safe)
		s->safe = safe.at;
	if (safe.n_edits > s->n_safe)
		s->n_safe = safe.n_edits;
	return 0;
}

static bool is_withheld(const struct guard_stream *s)
{
	const struct machine *e = s->edited;
	return s->message.undecided != GUARD_DECIDED ||
	    s->message.withheld_from != SIZE_MAX ||
	    (e &&
		(e->undecided != GUARD_DECIDED ||
		    e->withheld_from != SIZE_MAX));
}

/* The machine has found something out. */
static void advance(struct guard_stream *s)
{
	if (release(s)) {
		s->message.undecided = GUARD_UNDECIDED_MEMORY;
		s->message.stopped = true;
	}
	s->cut = s->cut || hold_handoff_is_settled(&s->hold, &s->message);
}

static void tell(const struct guard_stream *s, struct guard_progress *out)
{
	*out = (struct guard_progress){
	    .safe_len = s->safe,
	    .edits = s->edits.items,
	    .n_edits = s->n_safe,
	    .cut = s->cut,
	    .withheld = is_withheld(s),
	};
}

void guard_stream_feed(struct guard_stream *s, const char *bytes, size_t len,
    struct guard_progress *out)
{
	if ((!s->cut || s->read_on) && machine_feed(&s->message, bytes, len))
		advance(s);
	tell(s, out);
}

void guard_stream_look(struct guard_stream *s, struct guard_progress *out)
{
	if (!s->cut || s->read_on) {
		machine_look(&s->message);
		advance(s);
	}
	tell(s, out);
}

void guard_stream_close(struct guard_stream *s, struct guard_progress *out)
{
	if (!s->cut || s->read_on) {
		machine_close(&s->message);
		advance(s);
	}
	tell(s, out);
}

bool guard_stream_waits(const struct guard_stream *s)
{
	return (!s->cut || s->read_on) && classify_waits(&s->message);
}

const struct guard_ask *guard_stream_asks(struct guard_stream *s, size_t *n)
{
	struct classify *c = &s->message.classify;
	const struct guard_ask *asks = classify_asks(&s->message, c->n_told, n);
	c->n_told = c->n_asks;
	return asks;
}

/* ---- the end ---- */

static void rejudge(struct guard_stream *s, struct guard_verdict *out)
{
	if (!s->edited && begin_edited(s)) {
		struct machine none = {.policy = s->policy,
		    .scope.session = s->message.scope.session,
		    .undecided = GUARD_UNDECIDED_MEMORY};
		verdict_rejudge(&none, out);
		return;
	}
	/* The verdict's edits are those released, and more behind them. */
	pass_on(s, s->message.text.len);
	machine_end(s->edited);
	verdict_rejudge(s->edited, out);
}

void guard_stream_end(struct guard_stream *s, struct guard_verdict *out)
{
	bool complete = !s->cut || s->read_on;
	if (complete)
		machine_end(&s->message);
	verdict_build(&s->store, &s->message, out);
	if (!out->n_edits)
		return;
	if (edits_collect(&s->edits, &s->message)) {
		s->message.undecided = GUARD_UNDECIDED_MEMORY;
		verdict_build(&s->store, &s->message, out);
		return;
	}
	rejudge(s, out);
}

struct guard_span_text guard_stream_text(const struct guard_stream *s)
{
	const struct text *t = &s->message.text;
	return (struct guard_span_text){t->bytes ? t->bytes : "", t->len};
}
