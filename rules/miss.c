/*
 * miss - what of a rule was in a message that it does not fire on. See
 * guard_author.h.
 *
 * Each part of find becomes a rule of its own, without limits and conditions,
 * and all are judged on the message. A number is looked for three times: as it
 * is asked for, without its limit, and without its unit; a pattern of an entity
 * twice, once without its check and its context.
 */
#include "rules/check.h"
#include "rules/checksum.h"
#include "rules/guard_author.h"
#include "rules/index.h"
#include "rules/limit.h"
#include "rules/miss_phrase.h"
#include "rules/policy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PHRASE_BYTES 160
#define QUOTED_BYTES 60 /* of the message, in a sentence about it */

enum look { LOOK_PART, LOOK_LOOSE, LOOK_BARE, LOOKS };

struct part {
	const struct any_of *what;
	const struct number_range *number; /* it is this number; or NULL */
	const struct detector *own; /* it is this entity of the author's; or
				       NULL */
	enum detector_kind kind;
	bool near;
	struct guard_hit found[LOOKS];
	bool has[LOOKS];
	char phrase[PHRASE_BYTES]; /* the nearest one, in words; or empty */
};

#define MAX_PARTS 64u /* every clause and its near */

struct miss {
	const struct guard_policy *policy;
	struct guard_policy probe;
	struct part parts[MAX_PARTS];
	size_t n;
	struct rule *rules; /* LOOKS for each part */
	struct detector *detectors;
	size_t n_detectors;
	char *out;
	size_t cap;
};

/* ---- parts ---- */

static void add_part(struct miss *m, const struct any_of *what, bool near)
{
	if (!what->n || m->n == MAX_PARTS)
		return;
	struct part *p = &m->parts[m->n++];
	const struct detector *d = &m->policy->detectors[what->detectors[0]];
	*p = (struct part){.what = what, .kind = d->kind, .near = near};
	if (d->kind == DETECTOR_NUMBER && what->n == 1)
		p->number = &d->number;
	if (d->kind == DETECTOR_PATTERN && what->n == 1 &&
	    (d->check != CHECKSUM_NONE || d->context.what.n))
		p->own = d;
}

static void find_parts(struct miss *m, const struct rule *r)
{
	for (size_t i = 0; i < r->n_clauses; i++) {
		add_part(m, &r->clauses[i].what, false);
		add_part(m, &r->clauses[i].near.what, true);
	}
}

/* ---- the rules that look for them ---- */

static int set_rule(struct miss *m, size_t at, const struct any_of *what,
    enum guard_speaker speaker)
{
	struct clause *c = arena_alloc(&m->probe.arena, sizeof(*c));
	if (!c)
		return -1;
	*c = (struct clause){.what = *what, .at_least = 1};
	m->rules[at] = (struct rule){
	    .info = {.id = "part",
		.action = GUARD_LOG,
		.mode = GUARD_ENFORCE,
		.speaker = speaker,
		.rollout_percent = 100},
	    .has_find = true,
	    .clauses = c,
	    .n_clauses = 1,
	};
	return 0;
}

static int set_detector(struct miss *m, size_t at, const struct detector *d,
    enum guard_speaker speaker)
{
	uint32_t *one = arena_alloc(&m->probe.arena, sizeof(*one));
	if (!one)
		return -1;
	*one = (uint32_t)m->n_detectors;
	m->detectors[m->n_detectors++] = *d;
	return set_rule(m, at, &(struct any_of){one, 1}, speaker);
}

static int set_number(struct miss *m, size_t at, enum number_kind kind,
    enum guard_speaker speaker)
{
	const struct detector d = {
	    .kind = DETECTOR_NUMBER, .number = {.kind = kind}};
	return set_detector(m, at, &d, speaker);
}

/* Its pattern alone. */
static int set_own(struct miss *m, size_t at, const struct detector *own,
    enum guard_speaker speaker)
{
	struct detector d = *own;
	d.check = CHECKSUM_NONE;
	d.context = (struct near){0};
	return set_detector(m, at, &d, speaker);
}

static int set_rules(struct miss *m, enum guard_speaker speaker)
{
	int err = 0;
	for (size_t i = 0; i < m->n && !err; i++) {
		const struct part *p = &m->parts[i];
		size_t at = i * LOOKS;
		for (size_t look = 0; look < LOOKS && !err; look++)
			err = set_rule(m, at + look, p->what, speaker);
		if (p->own && !err)
			err = set_own(m, at + LOOK_LOOSE, p->own, speaker);
		if (!p->number || err)
			continue;
		err = set_number(m, at + LOOK_LOOSE, p->number->kind, speaker);
		if (!err)
			err = set_number(
			    m, at + LOOK_BARE, NUMBER_COUNT, speaker);
	}
	return err;
}

static int list_kind(struct miss *m, enum detector_kind kind)
{
	struct guard_policy *p = &m->probe;
	uint32_t *list =
	    arena_array(&p->arena, m->n_detectors + 1, sizeof(*list));
	if (!list)
		return -1;
	size_t n = 0;
	for (size_t i = 0; i < m->n_detectors; i++)
		if (m->detectors[i].kind == kind)
			list[n++] = (uint32_t)i;
	p->of_kind[kind] = (struct any_of){list, n};
	return 0;
}

static int probe_ready(struct miss *m, enum guard_speaker speaker)
{
	struct guard_policy *p = &m->probe;
	size_t n = m->policy->n_detectors;
	size_t all = n + m->n * LOOKS;
	m->rules = arena_array(&p->arena, m->n * LOOKS + 1, sizeof(*m->rules));
	m->detectors = arena_array(&p->arena, all + 1, sizeof(*m->detectors));
	if (!m->rules || !m->detectors)
		return -1;
	memcpy(m->detectors, m->policy->detectors, n * sizeof(*m->detectors));
	m->n_detectors = n;
	if (set_rules(m, speaker))
		return -1;
	if (list_kind(m, DETECTOR_NUMBER) || list_kind(m, DETECTOR_PATTERN))
		return -1;
	p->rules = m->rules;
	p->n_rules = m->n * LOOKS;
	p->detectors = m->detectors;
	p->n_detectors = m->n_detectors;
	p->n_topics = 0;
	p->index = NULL;
	return index_build(p);
}

static void look(struct miss *m, struct guard_scanner *scanner,
    const struct guard_message *message)
{
	struct guard_verdict v;
	for (size_t i = 0; i < m->n; i++) {
		struct part *p = &m->parts[i];
		for (size_t k = 0; k < LOOKS; k++) {
			guard_check_rule(scanner, &m->probe, i * LOOKS + k,
			    NULL, message, &v);
			p->has[k] = v.n_hits > 0;
			if (v.n_hits)
				p->found[k] = v.hits[0];
		}
	}
}

/* ---- in words ---- */

static void say(struct miss *m, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct miss *m, const char *fmt, ...)
{
	size_t used = strlen(m->out);
	va_list args;
	va_start(args, fmt);
	vsnprintf(m->out + used, m->cap - used, fmt, args);
	va_end(args);
}

static void quote(struct miss *m, const struct guard_message *message,
    const struct guard_hit *h)
{
	size_t len = h->end - h->start;
	bool whole = len <= QUOTED_BYTES;
	if (!whole)
		for (len = QUOTED_BYTES;
		     ((unsigned char)message->text[h->start + len] & 0xc0) ==
		     0x80;
		     len--)
			;
	say(m, "\"%.*s%s\"", (int)len, message->text + h->start,
	    whole ? "" : "...");
}

static const char *unit_of(enum number_kind kind)
{
	switch (kind) {
	case NUMBER_PERCENT:
		return "no % or word for it behind it";
	case NUMBER_MONEY:
		return "no currency; money needs a sign, code or word";
	case NUMBER_DURATION:
		return "no unit of time behind it";
	case NUMBER_COUNT:
		break;
	}
	return "no limit that fits";
}

/* Has one of its kinds digits that check the others? */
static bool adds_up(const struct miss *m, const struct part *p)
{
	for (size_t i = 0; i < p->what->n; i++) {
		const struct detector *d =
		    &m->policy->detectors[p->what->detectors[i]];
		if (d->kind == DETECTOR_ENTITY &&
		    (d->entity == ENTITY_PAYMENT_CARD ||
			d->entity == ENTITY_IBAN))
			return true;
	}
	return false;
}

static const char *name_of(const struct miss *m, const struct part *p)
{
	if (p->near)
		return "nothing of near";
	switch (p->kind) {
	case DETECTOR_PHRASES:
		return "none of its phrases";
	case DETECTOR_NUMBER:
		return "no number";
	case DETECTOR_ENTITY:
		return adds_up(m, p)
		    ? "no data of its kinds, whose digits add up"
		    : "no data of its kinds";
	case DETECTOR_LINKS:
		return "no link to another host";
	case DETECTOR_SECRET:
		return "no secret of its kinds";
	case DETECTOR_PATTERN:
		return "nothing its pattern matches";
	case DETECTOR_TEXT_IS:
		return "none of its texts";
	case DETECTOR_CLASSIFIER:
		return "no score of its classifier above its limit";
	case DETECTOR_TOPIC:
		return "no sentence that reads as its topic";
	case DETECTOR_KINDS:
		break;
	}
	return "nothing";
}

/* What its pattern matches is no entity. */
static void say_unlike(
    struct miss *m, const struct guard_message *message, const struct part *p)
{
	const struct guard_hit *h = &p->found[LOOK_LOOSE];
	bool adds = checksum_holds(
	    p->own->check, message->text + h->start, h->end - h->start);
	say(m, "its pattern matches ");
	quote(m, message, h);
	say(m, ", but %s",
	    adds ? "none of its context stands near"
		 : "the digits of it do not add up (check)");
}

static void say_missing(
    struct miss *m, const struct guard_message *message, const struct part *p)
{
	char range[100];
	if (p->own && p->has[LOOK_LOOSE]) {
		say_unlike(m, message, p);
		return;
	}
	if (!p->number) {
		say(m, "%s", name_of(m, p));
		if (p->phrase[0])
			say(m, " (%s)", p->phrase);
		return;
	}
	limit_print_range(range, sizeof(range), p->number);
	if (p->has[LOOK_LOOSE]) {
		quote(m, message, &p->found[LOOK_LOOSE]);
		say(m, " is not %s%s",
		    p->number->kind == NUMBER_MONEY ? "" : "a ", range);
	} else if (p->has[LOOK_BARE] && p->number->kind != NUMBER_COUNT) {
		quote(m, message, &p->found[LOOK_BARE]);
		say(m, " is a number but has %s", unit_of(p->number->kind));
	} else {
		say(m, "no %s", range);
	}
}

static void say_all(struct miss *m, const struct guard_message *message)
{
	size_t n_found = 0, n_missing = 0;
	for (size_t i = 0; i < m->n; i++) {
		const struct part *p = &m->parts[i];
		if (!p->has[LOOK_PART])
			continue;
		say(m, "%s", n_found++ ? " and " : "");
		quote(m, message, &p->found[LOOK_PART]);
	}
	if (n_found)
		say(m, " found");
	for (size_t i = 0; i < m->n; i++) {
		const struct part *p = &m->parts[i];
		if (p->has[LOOK_PART])
			continue;
		say(m, "%s", n_missing ? " and " : n_found ? ", but " : "");
		n_missing++;
		say_missing(m, message, p);
	}
	if (n_missing == 0 && n_found > 1)
		say(m, ", but not as they have to stand");
}

static int find_phrases(struct miss *m, const struct guard_message *message)
{
	int err = 0;
	for (size_t i = 0; i < m->n && !err; i++) {
		struct part *p = &m->parts[i];
		if (p->kind == DETECTOR_PHRASES && !p->has[LOOK_PART])
			err = miss_phrase(m->policy, p->what, message,
			    p->phrase, sizeof(p->phrase));
	}
	return err;
}

static int tell_find(struct miss *m, const struct guard_message *message)
{
	memcpy(&m->probe, m->policy, sizeof(m->probe));
	arena_init(&m->probe.arena);
	struct guard_scanner *scanner = guard_scanner_new();
	int err = scanner ? probe_ready(m, message->speaker) : -1;
	if (!err) {
		look(m, scanner, message);
		err = find_phrases(m, message);
	}
	if (!err)
		say_all(m, message);
	guard_scanner_free(scanner);
	arena_clear(&m->probe.arena);
	return err;
}

int guard_near_miss(const struct guard_policy *policy, size_t rule,
    const struct guard_message *message, const struct guard_why_answer *why,
    char out[GUARD_MISS_BYTES])
{
	struct miss m = {.policy = policy, .out = out, .cap = GUARD_MISS_BYTES};
	out[0] = '\0';
	bool lacks = why->reasons[GUARD_WHY_NOT_FOUND] ||
	    why->reasons[GUARD_WHY_NEAR] || why->reasons[GUARD_WHY_TOGETHER] ||
	    why->reasons[GUARD_WHY_TOO_FEW];
	if (lacks)
		find_parts(&m, &policy->rules[rule]);
	return m.n ? tell_find(&m, message) : 0;
}

/* The others are told by what is missing. */
static bool is_named(enum guard_why why)
{
	return why != GUARD_WHY_FIRES && why != GUARD_WHY_NOT_FOUND &&
	    why != GUARD_WHY_NEAR && why != GUARD_WHY_TOGETHER &&
	    why != GUARD_WHY_SEVERAL;
}

int guard_why_in_words(const struct guard_policy *policy, size_t rule,
    const struct guard_session *session, const struct guard_message *message,
    char out[GUARD_MISS_BYTES])
{
	struct guard_why_answer why;
	out[0] = '\0';
	if (guard_why_not(policy, rule, session, message, &why) ||
	    guard_near_miss(policy, rule, message, &why, out))
		return -1;
	struct miss m = {.out = out, .cap = GUARD_MISS_BYTES};
	for (enum guard_why i = 0; i < GUARD_WHY_KINDS; i++) {
		if (!why.reasons[i] || !is_named(i))
			continue;
		say(&m, "%sthe rule %s", *out ? "; " : "", guard_why_text(i));
		if (i == GUARD_WHY_WHEN && why.unmet)
			say(&m, " (%s)", why.unmet);
		if (i == GUARD_WHY_EXCUSED && why.exception_file)
			say(&m, " (line %u of %s)", why.exception_line,
			    why.exception_file);
	}
	return 0;
}
