/*
 * record_parts - the fields of a record that are more than one value.
 *
 * Each writes its key and value, or nothing. Refuses to write anything of a
 * message but lengths, offsets and typed values: a hit's `what` is the
 * engine's own words, customer and conversation are pseudonyms.
 */
#include "proxy/audit/record_fields.h"
#include "proxy/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_MAX_NAME_BYTES 60
#define RECORD_MAX_GRANTS 64

void record_put_conversation(
    struct record_writer *w, const char *name, const struct record *r)
{
	char made[RECORD_PSEUDONYM_SIZE];
	const char *value = r->pseudonym;
	if (value == NULL && r->conversation == NULL)
		return;
	if (value == NULL) {
		record_pseudonym(
		    w->maker, "conversation", r->family, r->conversation, made);
		value = made;
	}
	record_put_text(w, name, value);
}

void record_put_handoff(
    struct record_writer *w, const char *name, const struct record *r)
{
	const struct record_handoff *h = &r->handoff;
	const struct guard_verdict *v = r->verdict;
	if (h->id == NULL)
		return;
	json_out_key(&w->json, name);
	json_out_object(&w->json);
	record_put_text(w, "cause", h->cause);
	record_put_text(w, "destination", h->destination);
	record_put_text(w, "id", h->id);
	record_put_text(w, "priority",
	    h->priority == NULL && v != NULL ? v->priority : h->priority);
	record_put_text(
	    w, "queue", h->queue == NULL && v != NULL ? v->queue : h->queue);
	json_out_end(&w->json);
}

void record_put_modes(
    struct record_writer *w, const char *name, const struct record *r)
{
	if (!r->modes.known)
		return;
	json_out_key(&w->json, name);
	json_out_object(&w->json);
	json_out_key(&w->json, "enforce");
	json_out_int(&w->json, (int64_t)r->modes.enforce);
	json_out_key(&w->json, "off");
	json_out_int(&w->json, (int64_t)r->modes.off);
	json_out_key(&w->json, "shadow");
	json_out_int(&w->json, (int64_t)r->modes.shadow);
	json_out_end(&w->json);
}

struct record_grant {
	char name[RECORD_MAX_NAME_BYTES + 1]; /* in plain letters: a key */
	const struct guard_approval *approval;
};

static int record_grant_compare(const void *a, const void *b)
{
	const struct record_grant *x = a, *y = b;
	int by_name = strcmp(x->name, y->name);
	if (by_name != 0)
		return by_name;
	return (x->approval > y->approval) - (x->approval < y->approval);
}

/* A name as a key that is in order however it is compared. */
static void record_grant_name(struct record_grant *g)
{
	const char *from = g->approval->name == NULL ? "" : g->approval->name;
	size_t n = 0;
	for (; n < RECORD_MAX_NAME_BYTES && from[n] != '\0'; n++) {
		unsigned char c = (unsigned char)from[n];
		bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
		g->name[n] = plain ? (char)c : '_';
	}
	g->name[n] = '\0';
}

static void record_put_grant(
    struct record_writer *w, const struct record_grant *g)
{
	const struct guard_approval *a = g->approval;
	char until[32];
	json_out_object(&w->json);
	record_put_text(w, "currency", a->currency);
	if (a->expires_us != 0) {
		clock_rfc3339(until, a->expires_us);
		record_put_text(w, "expires", until);
	}
	record_put_text(w, "id", a->id);
	if (a->name != NULL && strcmp(a->name, g->name) != 0)
		record_put_text(w, "name", a->name);
	if (a->up_to_minor >= 0) {
		json_out_key(&w->json, "up_to_minor");
		json_out_int(&w->json, a->up_to_minor);
	}
	json_out_key(&w->json, "uses");
	json_out_int(&w->json, a->uses);
	json_out_end(&w->json);
}

/* {"refund":[{...}]}: by name, each with its grants in their order. */
static void record_put_approvals(
    struct record_writer *w, const struct guard_session *s)
{
	struct record_grant grants[RECORD_MAX_GRANTS];
	size_t n = s->n_approvals;
	if (n > w->limits.approvals) {
		n = w->limits.approvals;
		w->shortened = true;
	}
	for (size_t i = 0; i < n; i++) {
		grants[i].approval = &s->approvals[i];
		record_grant_name(&grants[i]);
	}
	qsort(grants, n, sizeof(grants[0]), record_grant_compare);
	json_out_key(&w->json, "approvals");
	json_out_object(&w->json);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(grants[i].name, grants[i - 1].name) != 0) {
			json_out_key(&w->json, grants[i].name);
			json_out_array(&w->json);
		}
		record_put_grant(w, &grants[i]);
		if (i + 1 == n || strcmp(grants[i].name, grants[i + 1].name))
			json_out_end(&w->json);
	}
	json_out_end(&w->json);
}

static void record_put_tristate(
    struct record_writer *w, const char *name, enum guard_tristate value)
{
	if (value == GUARD_UNKNOWN)
		return;
	json_out_key(&w->json, name);
	json_out_bool(&w->json, value == GUARD_YES);
}

static void record_put_count(
    struct record_writer *w, const char *name, size_t n)
{
	json_out_key(&w->json, name);
	json_out_int(&w->json, (int64_t)n);
}

/* What was said is in the vault, under this conversation and the numbers
 * before msg.vault; here stands how much of it the rules could see. */
void record_put_inputs(
    struct record_writer *w, const char *name, const struct record *r)
{
	const struct guard_session *s = r->inputs;
	char text[32];
	if (s == NULL)
		return;
	json_out_key(&w->json, name);
	json_out_object(&w->json);
	record_put_count(w, "ai_said", s->n_ai_said);
	record_put_count(w, "ai_turn", s->ai_turn);
	record_put_approvals(w, s);
	record_put_text(w, "channel", s->channel);
	record_put_counted(w, s);
	if (s->customer != NULL) {
		char customer[RECORD_PSEUDONYM_SIZE];
		record_pseudonym(
		    w->maker, "customer", NULL, s->customer, customer);
		record_put_text(w, "customer", customer);
	}
	record_put_count(w, "customer_said", s->n_customer_said);
	record_put_text(w, "interaction_type", s->interaction_type);
	record_put_text(w, "locale", s->language);
	record_put_tristate(w, "repeat_contact", s->repeat_contact);
	record_put_tristate(w, "resolved", s->resolved);
	record_put_scores(w, r);
	record_put_text(w, "segment", s->segment);
	if (s->time_us != r->time_us) {
		clock_rfc3339(text, s->time_us);
		record_put_text(w, "time", text);
	}
	record_put_tristate(w, "upset", s->upset);
	record_put_text(w, "zone", s->zone);
	json_out_end(&w->json);
}

void record_put_msg(
    struct record_writer *w, const char *name, const struct record *r)
{
	if (r->commit == NULL)
		return;
	json_out_key(&w->json, name);
	json_out_object(&w->json);
	record_put_count(w, "bytes", r->bytes);
	record_put_text(w, "commit", r->commit);
	record_put_text(w, "vault", r->vault);
	json_out_end(&w->json);
}

void record_put_node(
    struct record_writer *w, const char *name, const struct record *r)
{
	record_put_text(w, name, w->maker->node);
}

void record_put_reason(
    struct record_writer *w, const char *name, const struct record *r)
{
	const char *reason = r->reason;
	const struct guard_verdict *v = r->verdict;
	size_t why = v != NULL && r->judged_by != NULL
	    ? guard_verdict_reason(r->judged_by, v)
	    : SIZE_MAX;
	if (reason == NULL && v != NULL && why < v->n_hits) {
		struct guard_rule_info info;
		guard_policy_rule(r->judged_by, v->hits[why].rule, &info);
		reason = info.why != NULL ? info.why : info.title;
	}
	record_put_text(w, name, reason);
}

static void record_put_span(
    struct record_writer *w, const struct guard_hit *hit)
{
	json_out_object(&w->json);
	record_put_count(w, "end", hit->end);
	record_put_count(w, "start", hit->start);
	record_put_text(w, "what", hit->what);
	json_out_end(&w->json);
}

static bool record_same_rule(
    const struct guard_hit *a, const struct guard_hit *b)
{
	return a->rule == b->rule && a->mode == b->mode &&
	    a->action == b->action;
}

/* The rule of a hit, with all its spans among it and hits 0..n. */
static void record_put_rule(
    struct record_writer *w, const struct record *r, size_t first, size_t n)
{
	const struct guard_hit *hits = r->verdict->hits;
	struct guard_rule_info info;
	char line[256];
	guard_policy_rule(r->judged_by, hits[first].rule, &info);
	snprintf(line, sizeof(line), "%s:%u", info.file, info.line);
	json_out_object(&w->json);
	record_put_text(w, "action", guard_action_name(hits[first].action));
	record_put_text(w, "changed", info.changed);
	record_put_text(w, "line", line);
	record_put_text(w, "mode", guard_mode_name(hits[first].mode));
	record_put_text(w, "rule", info.id);
	record_put_text(w, "severity", guard_severity_name(info.severity));
	json_out_key(&w->json, "spans");
	json_out_array(&w->json);
	for (size_t i = 0; i < n; i++)
		if (record_same_rule(&hits[i], &hits[first]))
			record_put_span(w, &hits[i]);
	if (first >= n)
		record_put_span(w, &hits[first]);
	json_out_end(&w->json);
	record_put_count(w, "version", info.version);
	json_out_end(&w->json);
}

/* The rule that says why comes first, and is there whatever had to be left
 * out. */
void record_put_rules(
    struct record_writer *w, const char *name, const struct record *r)
{
	const struct guard_verdict *v = r->verdict;
	size_t n = v == NULL || r->judged_by == NULL ? 0 : v->n_hits;
	size_t why = n ? guard_verdict_reason(r->judged_by, v) : 0;
	bool first = why < n;
	if (n > w->limits.hits) {
		n = w->limits.hits;
		w->shortened = true;
	}
	json_out_key(&w->json, name);
	json_out_array(&w->json);
	if (first)
		record_put_rule(w, r, why, n);
	for (size_t i = 0; i < n; i++) {
		bool seen =
		    first && record_same_rule(&v->hits[i], &v->hits[why]);
		for (size_t k = 0; k < i && !seen; k++)
			seen = record_same_rule(&v->hits[i], &v->hits[k]);
		if (!seen)
			record_put_rule(w, r, i, n);
	}
	json_out_end(&w->json);
}

void record_put_seq(
    struct record_writer *w, const char *name, const struct record *r)
{
	char mark = RECORD_SEQ_MARK;
	json_out_key(&w->json, name);
	json_out_raw(&w->json, &mark, 1);
}

void record_put_shortened(
    struct record_writer *w, const char *name, const struct record *r)
{
	if (!w->say_so)
		return;
	json_out_key(&w->json, name);
	json_out_bool(&w->json, true);
}

void record_put_speaker(
    struct record_writer *w, const char *name, const struct record *r)
{
	static const char *const names[] = {
	    [GUARD_AI] = "ai",
	    [GUARD_CUSTOMER] = "customer",
	    [GUARD_HUMAN] = "human",
	};
	record_put_text(w, name, r->own ? "system" : names[r->speaker]);
}

void record_put_type(
    struct record_writer *w, const char *name, const struct record *r)
{
	record_put_text(w, name, record_type_name(r->type));
}

void record_put_undecided(
    struct record_writer *w, const char *name, const struct record *r)
{
	const struct guard_verdict *v = r->verdict;
	const char *value = r->undecided;
	if (value == NULL && v != NULL && v->undecided != GUARD_DECIDED)
		value = guard_undecided_name(v->undecided);
	record_put_text(w, name, value);
}

void record_put_version(
    struct record_writer *w, const char *name, const struct record *r)
{
	record_put_count(w, name, RECORD_VERSION);
}

void record_put_verdict(
    struct record_writer *w, const char *name, const struct record *r)
{
	enum guard_action action =
	    r->verdict != NULL ? r->verdict->action : r->action;
	record_put_text(w, name, guard_action_name(action));
}
