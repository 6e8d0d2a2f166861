/* machine - see machine.h. */
#include "rules/machine.h"
#include "rules/allow.h"
#include "rules/hits.h"
#include "rules/passage.h"
#include "rules/whole_text.h"

#include <stdlib.h>
#include <string.h>

/* Whole texts go through in pieces too, so that what is kept for open
 * sentences stays small. */
#define SLICE_BYTES 4096u
#define LIVE_KEPT_MIN 256u

void machine_init(struct machine *m)
{
	*m = (struct machine){0};
	phrase_scan_init(&m->phrases);
}

void machine_clear(struct machine *m)
{
	if (m->has_text)
		text_clear(&m->text);
	scope_clear(&m->scope);
	phrase_scan_clear(&m->phrases);
	pattern_scan_free(m->patterns);
	matches_clear(&m->fresh);
	matches_clear(&m->values);
	sleepers_clear(&m->sleepers);
	live_clear(&m->live);
	matches_clear(&m->counted);
	excuse_said_clear(&m->said);
	sums_clear(&m->sums);
	totals_clear(&m->totals);
	wording_clear(&m->wording);
	only_clear(&m->only);
	classify_clear(&m->classify);
	machine_others_clear(&m->others);
	free(m->pendings);
	free(m->founds);
	machine_init(m);
}

void machine_give_up(struct machine *m, enum guard_undecided why)
{
	/* When an answer is missed depends on when the others come. */
	if (m->undecided == GUARD_DECIDED ||
	    m->undecided == GUARD_UNDECIDED_CLASSIFIER)
		m->undecided = why;
	if (why != GUARD_UNDECIDED_PATTERN && why != GUARD_UNDECIDED_HITS &&
	    why != GUARD_UNDECIDED_CLASSIFIER)
		m->stopped = true;
}

static const struct rule *rule_of(const struct machine *m, size_t rule)
{
	return &m->policy->rules[rule];
}

/* Is there one of the kind that a rule for who speaks asks about? */
static bool has_kind(const struct machine *m, enum detector_kind kind)
{
	unsigned heard = m->policy->index->heard[m->scope.speaker];
	return m->policy->of_kind[kind].n > 0 && (heard >> kind & 1);
}

static bool requires_wording(const struct rule *r)
{
	return r->must_say.n || r->must_also_say.n;
}

bool machine_has_fired(const struct machine *m, size_t rule)
{
	for (size_t i = 0; i < m->n_founds; i++)
		if (m->founds[i].rule == rule &&
		    m->founds[i].mode == GUARD_ENFORCE)
			return true;
	return m->has_best && m->best.rule == rule;
}

/* ---- rules with no find ---- */

static bool is_approved(const struct machine *m, const struct rule *r)
{
	const struct guard_session *s = m->scope.session;
	const struct excuse_facts facts = {
	    .session = s, .any_day = m->scope.purpose == SCOPE_RULE};
	for (size_t i = 0; i < r->n_unless; i++)
		if (r->unless[i].approval &&
		    !excuse_is_over(&r->unless[i], &facts) &&
		    excuse_by_approval(r->unless[i].approval, s, -1, ""))
			return true;
	return false;
}

/* At the beginning those that read nothing, at the end those whose wording
 * is missing. One that an ALLOW may still excuse waits for it. */
static void find_whole(struct machine *m, bool at_end)
{
	const struct index_rules *whole = &m->policy->index->whole;
	bool waited = m->whole_waits;
	m->whole_waits = false;
	for (size_t i = 0; i < whole->n; i++) {
		uint32_t rule = whole->rules[i];
		const struct rule *r = rule_of(m, rule);
		if (requires_wording(r) != at_end ||
		    (waited && !m->policy->index->excused[rule].n) ||
		    scope_mode(&m->scope, rule) == GUARD_OFF ||
		    is_approved(m, r))
			continue;
		if (at_end && wording_is_complete(&m->wording, m->policy, r))
			continue;
		enum combine allowed = allow_look(m, rule);
		m->whole_waits |= allowed == COMBINE_OPEN;
		bool last = at_end || r->info.by_zone;
		if (allowed == COMBINE_NO)
			hits_add_whole(
			    m, rule, last ? FOUND_AT_END : FOUND_AT_ONCE);
	}
}

/* ---- matches ---- */

static size_t settled(const struct machine *m)
{
	const struct text *t = &m->text;
	if (t->final)
		return SIZE_MAX;
	return t->open_token < t->settled ? t->open_token : t->settled;
}

size_t machine_frontier(const struct machine *m)
{
	size_t from = settled(m);
	for (size_t kind = 0; kind < DETECTOR_KINDS; kind++)
		if (m->alive[kind] < from)
			from = m->alive[kind];
	return from;
}

struct combine_facts machine_facts(struct machine *m)
{
	return (struct combine_facts){
	    .policy = m->policy,
	    .text = &m->text,
	    .phrases = &m->phrases,
	    .live = &m->live,
	    .counted = &m->counted,
	    .alive = m->alive,
	    .settled = settled(m),
	    .classified = m->classify.done,
	    .excuse = {m->policy, m->scope.session, &m->text, &m->said,
		m->scope.purpose == SCOPE_RULE},
	};
}

int machine_add_pending(
    struct machine *m, uint32_t rule, const struct match *match)
{
	if (m->n_pendings == m->cap_pendings) {
		size_t cap = m->cap_pendings ? m->cap_pendings * 2 : 8;
		struct pending *p = realloc(m->pendings, cap * sizeof(*p));
		if (!p)
			return -1;
		m->pendings = p;
		m->cap_pendings = cap;
	}
	m->pendings[m->n_pendings++] =
	    (struct pending){.match = *match, .rule = rule};
	return 0;
}

static int scan_patterns(struct machine *m)
{
	size_t *alive = &m->alive[DETECTOR_PATTERN];
	switch (pattern_scan(m->patterns, &m->text, &m->fresh, alive)) {
	case PATTERN_OK:
		return 0;
	case PATTERN_CANNOT_DECIDE:
		machine_give_up(m, GUARD_UNDECIDED_PATTERN);
		return 0;
	case PATTERN_ERR_MEMORY:
	case PATTERN_ERR_REFUSED:
		break;
	}
	return -1;
}

static int scan(struct machine *m)
{
	const struct text *t = &m->text;
	const struct guard_policy *p = m->policy;
	struct matches *fresh = &m->fresh;
	size_t *alive = m->alive;
	if (has_kind(m, DETECTOR_PHRASES) &&
	    phrase_scan(&m->phrases, t, p, fresh, &alive[DETECTOR_PHRASES]))
		return -1;
	if (has_kind(m, DETECTOR_NUMBER) &&
	    number_scan(&m->numbers, t, p->index->number_starts, &m->values,
		&alive[DETECTOR_NUMBER]))
		return -1;
	if (has_kind(m, DETECTOR_ENTITY) &&
	    entity_scan(&m->entities, t, p, fresh, &alive[DETECTOR_ENTITY]))
		return -1;
	if (has_kind(m, DETECTOR_LINKS) &&
	    link_scan(&m->links, t, p, fresh, &alive[DETECTOR_LINKS]))
		return -1;
	if (has_kind(m, DETECTOR_SECRET) &&
	    secret_scan(&m->secrets, t, p, fresh, &alive[DETECTOR_SECRET]))
		return -1;
	if (has_kind(m, DETECTOR_TOPIC) &&
	    topic_scan(&m->topics, t, p, fresh, &alive[DETECTOR_TOPIC]))
		return -1;
	return has_kind(m, DETECTOR_PATTERN) ? scan_patterns(m) : 0;
}

/* ---- pendings ---- */

/* What is left to ask of a pending whose words are all there. */
static enum combine finish_pending(struct machine *m, struct pending *p)
{
	const struct rule *r = rule_of(m, p->rule);
	if (requires_wording(r)) {
		if (wording_is_complete(machine_wording(m), m->policy, r))
			return COMBINE_NO;
		if (!m->text.final)
			return COMBINE_OPEN;
	}
	switch (r->info.action == GUARD_ALLOW ? COMBINE_NO
					      : allow_look(m, p->rule)) {
	case COMBINE_YES:
		return COMBINE_NO;
	case COMBINE_OPEN:
		return COMBINE_OPEN;
	case COMBINE_NO:
	case COMBINE_NO_MEMORY:
		break;
	}
	return COMBINE_YES;
}

/* Does what its sentence says make it a hit? */
static enum combine look_at_words(
    struct machine *m, struct combine_facts *facts, struct pending *p)
{
	enum combine answer = COMBINE_YES;
	if (!p->combined)
		answer = combine_look(facts, p);
	if (answer != COMBINE_YES && answer != COMBINE_OPEN)
		return answer;
	if (rule_of(m, p->rule)->has_allowances && !p->settled)
		answer = sums_settle(&m->sums, facts, p, answer == COMBINE_YES);
	p->combined = answer == COMBINE_YES;
	return answer;
}

static enum combine look(
    struct machine *m, struct combine_facts *facts, struct pending *p)
{
	enum combine answer = look_at_words(m, facts, p);
	return answer == COMBINE_YES ? finish_pending(m, p) : answer;
}

static void look_at_pendings(struct machine *m, bool allows)
{
	struct combine_facts facts = machine_facts(m);
	size_t kept = 0;
	sums_look_again(&m->sums);
	for (size_t i = 0; i < m->n_pendings; i++) {
		struct pending *p = &m->pendings[i];
		const struct rule *r = rule_of(m, p->rule);
		enum combine answer = COMBINE_OPEN;
		if (allows == (r->info.action == GUARD_ALLOW))
			answer = look(m, &facts, p);
		switch (answer) {
		case COMBINE_NO:
			break;
		case COMBINE_OPEN:
			if (kept != i)
				m->pendings[kept] = *p;
			kept++;
			break;
		case COMBINE_YES:
			hits_add_match(m, p,
			    requires_wording(r) ? FOUND_AT_END : FOUND_BY_TEXT);
			break;
		case COMBINE_NO_MEMORY:
			machine_give_up(m, GUARD_UNDECIDED_MEMORY);
			break;
		}
	}
	m->n_pendings = kept;
}

struct oldest { /* sentence a pending asks about */
	struct combine_facts facts;
	uint32_t sentence;
};

static bool may_be_asked(const struct match *q, const void *arg)
{
	const struct oldest *oldest = arg;
	return q->sentence >= oldest->sentence ||
	    !combine_is_past(&oldest->facts, q->sentence);
}

/* Forget matches of sentences nobody can ask about any more. */
static void forget(struct machine *m)
{
	struct oldest oldest = {machine_facts(m), UINT32_MAX};
	size_t n = m->live.list.n;
	/* A listed text is found at its end, and asks about its beginning. */
	if (m->texts_alive || n < LIVE_KEPT_MIN || n < 2 * m->live_kept)
		return;
	for (size_t i = 0; i < m->n_pendings; i++) {
		struct pending *p = &m->pendings[i];
		p->seen = 0;
		uint32_t first = passage_first(&m->text, p->match.sentence);
		if (!p->combined && first < oldest.sentence)
			oldest.sentence = first;
	}
	live_filter(&m->live, may_be_asked, &oldest);
	sleep_filter(m, may_be_asked, &oldest);
	m->live_kept = m->live.list.n;
}

static void look_at_all(struct machine *m)
{
	/* An ALLOW that has hit excuses what is looked at after it. */
	if (m->n_pendings && m->policy->index->allows.n)
		look_at_pendings(m, true);
	if (m->n_pendings)
		look_at_pendings(m, false);
}

/* What classifiers say. last: no answer will come any more. */
static void ask(struct machine *m, bool last)
{
	if (!m->classify.any)
		return;
	m->fresh.n = m->values.n = 0;
	int moved = classify_step(m, last);
	if (moved < 0 || (moved && machine_route(m)))
		machine_give_up(m, GUARD_UNDECIDED_MEMORY);
	else if (moved)
		look_at_all(m);
	m->alive[DETECTOR_CLASSIFIER] = classify_alive(m, NULL);
}

static void step(struct machine *m)
{
	m->fresh.n = m->values.n = 0;
	m->looked = m->text.settled;
	if (scan(m) || (m->texts_alive && whole_text_match(m))) {
		machine_give_up(m, GUARD_UNDECIDED_MEMORY);
		return;
	}
	if (machine_route(m)) {
		machine_give_up(m, GUARD_UNDECIDED_MEMORY);
		return;
	}
	look_at_all(m);
	ask(m, false);
	if (m->whole_waits && !m->texts_alive)
		find_whole(m, false);
	if (m->sleepers.n)
		sleep_forget(m);
	totals_look(m);
	only_look(m);
	if (!m->text.final) /* what is left goes with the text */
		forget(m);
	if (m->text.hidden.n || m->text.apart.n)
		machine_others_step(m);
}

/* ---- from outside ---- */

static int begin_scanners(struct machine *m)
{
	size_t max = m->policy->limits.max_text_bytes;
	if (!m->has_text && text_init(&m->text, max))
		return -1;
	m->has_text = true;
	text_reset(&m->text);
	m->text.max_bytes = max;
	phrase_scan_reset(&m->phrases);
	number_scan_init(&m->numbers);
	entity_scan_init(&m->entities);
	link_scan_init(&m->links);
	secret_scan_init(&m->secrets);
	topic_scan_init(&m->topics);
	if (!has_kind(m, DETECTOR_PATTERN))
		return 0;
	if (!m->patterns)
		m->patterns = pattern_scan_new();
	if (!m->patterns)
		return -1;
	return pattern_scan_begin(m->patterns, m->policy) ? -1 : 0;
}

void machine_begin(struct machine *m, const struct machine_how *how)
{
	m->policy = how->policy;
	m->unedited = how->unedited;
	m->visible = how->visible;
	machine_others_reset(&m->others);
	for (size_t kind = 0; kind < DETECTOR_KINDS; kind++)
		m->alive[kind] = SIZE_MAX;
	live_reset(&m->live);
	sleepers_reset(&m->sleepers);
	m->counted.n = m->live_kept = 0;
	m->n_pendings = m->n_founds = 0;
	m->has_best = m->has_redact = m->has_prepend = false;
	m->withheld_from = m->looked = SIZE_MAX;
	m->texts_alive = m->policy->index->n_texts > 0 && !m->visible;
	m->stopped = m->ended = m->whole_waits = false;
	m->whole = how->whole;
	m->undecided = GUARD_DECIDED;
	excuse_said_clear(&m->said);
	const struct scope scope = {
	    .policy = how->policy,
	    .session = how->session,
	    .speaker = how->speaker,
	    .purpose = how->purpose,
	    .only = how->only,
	    .hidden = how->visible != NULL,
	};
	sums_begin(&m->sums, how->purpose == SCOPE_OWN_TEXT);
	if (scope_begin(&m->scope, &scope) || begin_scanners(m) ||
	    totals_begin(m) ||
	    (!m->visible &&
		wording_begin(&m->wording, m->policy, how->session))) {
		machine_give_up(m, GUARD_UNDECIDED_MEMORY);
		return;
	}
	only_begin(m);
	classify_begin(m);
	find_whole(m, false);
}

static bool text_failed(struct machine *m, int err)
{
	switch ((enum text_err)err) {
	case TEXT_OK:
		return false;
	case TEXT_ERR_MEMORY:
		machine_give_up(m, GUARD_UNDECIDED_MEMORY);
		break;
	case TEXT_ERR_NOT_UTF8:
		machine_give_up(m, GUARD_UNDECIDED_NOT_UTF8);
		break;
	case TEXT_ERR_TOO_LONG:
		machine_give_up(m, GUARD_UNDECIDED_TOO_LONG);
		break;
	}
	return true;
}

/* Nothing has been read since it was looked at last: the same would be found.
 */
static bool is_known(const struct machine *m)
{
	return m->text.settled == m->looked;
}

bool machine_feed(struct machine *m, const char *bytes, size_t len)
{
	bool new = m->looked == SIZE_MAX;
	while (len && !m->stopped && !m->ended) {
		size_t room = m->text.max_bytes - m->text.len;
		size_t n = len < SLICE_BYTES ? len : SLICE_BYTES;
		if (room == 0) {
			machine_give_up(m, GUARD_UNDECIDED_TOO_LONG);
			return true;
		}
		n = n < room ? n : room;
		int err = text_feed(&m->text, bytes, n);
		/* What came before a fault is judged the same way for every
		 * cutting: as far as it had settled. */
		bool end_follows = m->whole && n == len && !err;
		if (err != TEXT_ERR_MEMORY && !end_follows && !is_known(m)) {
			step(m);
			new = true;
		}
		if (text_failed(m, err))
			return true;
		bytes += n;
		len -= n;
	}
	return new;
}

void machine_settle(struct machine *m)
{
	if (m->stopped || m->ended || m->text.settled == m->text.len)
		return;
	int err = text_settle(&m->text);
	if (err != TEXT_ERR_MEMORY && !is_known(m))
		step(m);
	text_failed(m, err);
}

void machine_close(struct machine *m)
{
	if (m->stopped || m->text.final)
		return;
	int err = text_end(&m->text);
	if (err != TEXT_ERR_MEMORY)
		step(m);
	if (!text_failed(m, err))
		machine_others_close(m);
}

bool machine_is_faulty(const struct machine *m)
{
	return m->undecided == GUARD_UNDECIDED_NOT_UTF8 ||
	    m->undecided == GUARD_UNDECIDED_TOO_LONG;
}

void machine_look(struct machine *m)
{
	if (m->ended || (m->stopped && !machine_is_faulty(m)))
		return;
	ask(m, false);
	totals_look(m);
	forget(m);
}

void machine_end(struct machine *m)
{
	if (m->ended || (m->stopped && !machine_is_faulty(m)))
		return;
	machine_close(m);
	m->ended = true;
	if (classify_waits(m)) {
		ask(m, true);
		totals_look(m);
	}
	if (m->stopped || m->text.err)
		return;
	find_whole(m, true);
	if (only_is_broken(m) && allow_look(m, m->only.rule) == COMBINE_NO)
		hits_add_stray(m);
	totals_end(m);
}
