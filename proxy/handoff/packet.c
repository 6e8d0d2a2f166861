/*
 * packet - see packet.h. Keys are written in canonical order; text that is
 * not UTF-8 becomes U+FFFD, so a record can always be made and always be read.
 */
#include "proxy/handoff/packet.h"

#include "proxy/handoff/raise.h"

#include "proxy/base/clock.h"
#include "proxy/base/json_out.h"
#include "proxy/base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUOTE_BYTES 240 /* of one quoted text in the summary */

static void put(struct json_out *json, const char *key, const char *value)
{
	json_out_key(json, key);
	json_out_str(json, value);
}

static void put_known(struct json_out *json, const char *key, const char *value)
{
	if (value)
		put(json, key, value);
}

static void put_time(struct json_out *json, const char *key, int64_t us)
{
	char text[32];

	clock_rfc3339(text, us);
	put(json, key, text);
}

static const char *cause_words(const char *cause)
{
	static const struct {
		const char *cause, *words;
	} table[] = {
	    {"cannot_decide",
		"It could not be decided whether the answer "
		"may be sent."},
	    {"cannot_read", "The answer could not be read."},
	    {"cannot_record", "The audit log could not be written."},
	    {"bot_failed", "The AI did not answer."},
	    {"bot_late", "The AI did not answer in time."},
	    {"has_media", "The answer has media that cannot be judged."},
	    {"taken", "A person took the conversation over."},
	    {"not_stored",
		"A person was asked for before, and the store could not keep "
		"it."},
	    {"paused", "An operator has paused all speech of the AI."},
	    {"zone", "Conversations of this kind go to a person first."},
	};

	for (size_t i = 0; cause && i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(table[i].cause, cause) == 0)
			return table[i].words;
	return "A rule asks for a person.";
}

/* Does the policy want the person to see this? */
static bool includes(const struct handoff_request *r, enum guard_include what)
{
	return !r->include || (r->include & what);
}

/* What may be of any length is there only if there is room for it, too. */
static bool holds(const struct handoff_request *r, enum guard_include what)
{
	return includes(r, what) && !r->bare;
}

const char *packet_reason(const struct handoff_request *r)
{
	const struct guard_rule_info *rule =
	    includes(r, GUARD_INCLUDE_RULE) ? r->rule : NULL;

	if (r->words)
		return r->words;
	if (rule && rule->why)
		return rule->why;
	if (rule && rule->title)
		return rule->title;
	return cause_words(r->cause);
}

/* ---- the summary ---- */

/* At most limit bytes, not in the middle of a character. */
static size_t cut(const char *text, size_t len, size_t limit)
{
	if (len <= limit)
		return len;
	while (limit > 0 && ((unsigned char)text[limit] & 0xc0) == 0x80)
		limit--;
	return limit;
}

/* A full stop, unless the sentence has its end. */
static void stop(struct buf *out)
{
	size_t n = out->len;

	if (n > 0 && out->data[n - 1] == '"')
		n--;
	if (n > 0 && !strchr(".!?", out->data[n - 1]))
		buf_addc(out, '.');
}

static void quote(
    struct buf *out, const char *what, const char *text, size_t len)
{
	size_t n = cut(text, len, QUOTE_BYTES);

	buf_printf(out, " %s: \"", what);
	buf_add(out, text, n);
	buf_adds(out, n < len ? " ...\"" : "\"");
	stop(out);
}

static const struct store_message *last_of(
    const struct conversation_view *view, enum store_speaker speaker)
{
	for (size_t i = view->n_turns; i > 0; i--)
		if (view->turns[i - 1].speaker == speaker)
			return &view->turns[i - 1];
	return NULL;
}

static void summarise(struct buf *out, const struct packet_source *source)
{
	const struct handoff_request *r = source->request;
	const struct store_message *asked =
	    last_of(source->view, STORE_CUSTOMER);

	buf_adds(out, packet_reason(r));
	if (r->what && includes(r, GUARD_INCLUDE_RULE))
		buf_printf(out, " (%s)", r->what);
	stop(out);
	if (asked && includes(r, GUARD_INCLUDE_TRANSCRIPT))
		quote(out, "The customer's last message", asked->text,
		    asked->len);
	if (r->n_withheld && includes(r, GUARD_INCLUDE_WITHHELD_DRAFT))
		quote(out, "Withheld from the AI", r->withheld[0].text,
		    r->withheld[0].len);
	if (r->customer_told && r->untold)
		buf_adds(out,
		    " The customer could not be told and was refused: the "
		    "store could not be written.");
	else if (r->customer_told)
		quote(out, "The customer was told", r->customer_told,
		    strlen(r->customer_told));
}

/* ---- parts of the record ---- */

static void put_approvals(
    struct json_out *json, const struct handoff_request *r)
{
	json_out_key(json, "approvals");
	json_out_array(json);
	for (size_t i = 0; i < r->n_approvals; i++) {
		const struct guard_approval *a = &r->approvals[i];

		json_out_object(json);
		put_known(json, "currency", a->currency);
		put_known(json, "id", a->id);
		put_known(json, "name", a->name);
		if (a->up_to_minor >= 0) {
			json_out_key(json, "up_to_minor");
			json_out_int(json, a->up_to_minor);
		}
		json_out_end(json);
	}
	json_out_end(json);
}

static int by_name(const void *a, const void *b)
{
	const struct handoff_fact *x = a, *y = b;

	return json_out_compare(
	    x->name, strlen(x->name), y->name, strlen(y->name));
}

static void put_customer(struct json_out *json, const struct handoff_request *r)
{
	struct handoff_fact *facts = mem_array(r->n_facts + 1, sizeof(*facts));
	const char *before = NULL;
	size_t n = 0;

	bool all = holds(r, GUARD_INCLUDE_CUSTOMER_FACTS);
	for (size_t i = 0; all && i < r->n_facts; i++)
		if (strcmp(r->facts[i].name, "id") != 0 && r->facts[i].value)
			facts[n++] = r->facts[i];
	if (r->customer)
		facts[n++] = (struct handoff_fact){"id", r->customer};
	qsort(facts, n, sizeof(*facts), by_name);
	json_out_key(json, "customer");
	json_out_object(json);
	for (size_t i = 0; i < n; i++) {
		if (!before || strcmp(before, facts[i].name) != 0)
			put(json, facts[i].name, facts[i].value);
		before = facts[i].name;
	}
	json_out_end(json);
	free(facts);
}

/* One rule that fired, but for what reason has already. */
static void put_also(struct json_out *json, const struct handoff_request *r)
{
	json_out_key(json, "also");
	json_out_array(json);
	for (size_t i = 0; i < r->n_also; i++) {
		const struct guard_rule_info *rule = &r->also[i].rule;

		json_out_object(json);
		put(json, "action", guard_action_name(rule->action));
		put_known(json, "match", r->also[i].what);
		put(json, "rule", rule->id);
		put(json, "severity", guard_severity_name(rule->severity));
		put_known(json, "title", rule->title);
		put_known(json, "why", rule->why);
		json_out_end(json);
	}
	json_out_end(json);
}

static void put_reason(struct json_out *json, const struct handoff_request *r)
{
	bool all = includes(r, GUARD_INCLUDE_RULE);
	const struct guard_rule_info *rule = all ? r->rule : NULL;

	json_out_key(json, "reason");
	json_out_object(json);
	if (all && !r->bare)
		put_also(json, r);
	put(json, "cause", r->cause ? r->cause : "rule");
	if (rule) {
		char *line = mem_printf("%s:%u", rule->file, rule->line);
		put(json, "line", line);
		free(line);
	}
	put_known(json, "match", all ? r->what : NULL);
	put_known(json, "policy", all ? r->policy : NULL);
	if (rule) {
		put(json, "rule", rule->id);
		put(json, "severity", guard_severity_name(rule->severity));
		put_known(json, "title", rule->title);
		json_out_key(json, "version");
		json_out_int(json, rule->version);
		put_known(json, "why", rule->why);
	}
	put(json, "words", packet_reason(r));
	json_out_end(json);
}

void packet_message(struct json_out *json, const struct store_message *m)
{
	json_out_object(json);
	if (m->kind != STORE_WORDS)
		put(json, "kind", store_kind_name(m->kind));
	json_out_key(json, "n");
	json_out_int(json, m->seq);
	put(json, "speaker", store_speaker_name(m->speaker));
	put(json, "status", store_status_name(m->status));
	json_out_key(json, "text");
	if (m->erased)
		json_out_null(json);
	else
		json_out_strn(json, m->text, m->len);
	put_time(json, "time", m->time_us);
	json_out_end(json);
}

bool packet_shows(const struct store_message *turns, size_t turn)
{
	return turns[turn].kind != STORE_ORIGINAL || turn == 0 ||
	    turns[turn - 1].status == STORE_EDITED;
}

static void put_turn(struct json_out *json, const struct packet_source *source,
    const struct store_message *turn)
{
	struct store_message m = *turn;

	if (source->request->untold && m.seq == source->request->told_seq)
		m.status = STORE_WITHHELD;
	packet_message(json, &m);
}

static void put_transcript(
    struct json_out *json, const struct packet_source *source)
{
	const struct conversation_view *view = source->view;
	int64_t count = 0;

	if (!holds(source->request, GUARD_INCLUDE_TRANSCRIPT))
		return;

	for (size_t i = 0; i < view->n_turns; i++)
		count += packet_shows(view->turns, i);
	json_out_key(json, "transcript");
	json_out_object(json);
	json_out_key(json, "count");
	json_out_int(json, count);
	json_out_key(json, "messages");
	json_out_array(json);
	for (size_t i = 0; i < view->n_turns; i++)
		if (packet_shows(view->turns, i))
			put_turn(json, source, &view->turns[i]);
	json_out_end(json);
	json_out_key(json, "truncated");
	json_out_bool(json, view->truncated);
	json_out_end(json);
}

static void put_text(struct json_out *json, const struct handoff_text *text)
{
	json_out_key(json, "text");
	json_out_strn(json, text->text, text->len);
}

static void put_withheld(struct json_out *json, const struct handoff_request *r)
{
	if (!holds(r, GUARD_INCLUDE_WITHHELD_DRAFT))
		return;
	json_out_key(json, "withheld");
	if (r->n_withheld == 0) {
		json_out_null(json);
		return;
	}
	json_out_object(json);
	put_known(json, "message_id", r->message_id);
	json_out_key(json, "parts");
	json_out_array(json);
	for (size_t i = 0; i < r->n_withheld; i++) {
		json_out_object(json);
		put(json, "kind", store_kind_name(r->withheld[i].kind));
		put_text(json, &r->withheld[i]);
		json_out_end(json);
	}
	json_out_end(json);
	put_text(json, &r->withheld[0]);
	json_out_end(json);
}

static void put_links(struct json_out *json, const struct packet_source *source)
{
	json_out_key(json, "links");
	json_out_object(json);
	if (source->request->console) {
		char *url = mem_printf("%s/handoffs/%s",
		    source->request->console, source->lock->handoff);
		put(json, "console", url);
		free(url);
	}
	json_out_end(json);
}

static void put_summary(
    struct json_out *json, const struct packet_source *source)
{
	struct buf text = {0};

	summarise(&text, source);
	json_out_key(json, "summary");
	json_out_strn(
	    json, text.data, cut(text.data, text.len, PACKET_SUMMARY_BYTES));
	buf_clear(&text);
}

/* What it was to hold, where the policy says so, and what of it nobody knows:
 * then the person lacks something. */
static void put_include(struct json_out *json, const struct handoff_request *r)
{
	if (!r->include)
		return;
	json_out_key(json, "include");
	json_out_array(json);
	for (unsigned i = 0; i < GUARD_INCLUDES; i++)
		if (r->include >> i & 1)
			json_out_str(json, guard_include_name(i));
	json_out_end(json);
}

static void put_missing(struct json_out *json, const struct handoff_request *r)
{
	const char *const known[GUARD_INCLUDES] = {"", "", "",
	    r->interaction_type, r->n_facts || r->customer ? "" : NULL,
	    r->open_tasks};

	if (!r->include)
		return;
	json_out_key(json, "missing");
	json_out_array(json);
	for (unsigned i = 0; i < GUARD_INCLUDES; i++)
		if (r->include >> i & 1 && !known[i])
			json_out_str(json, guard_include_name(i));
	json_out_end(json);
}

void packet_write(struct buf *out, const struct packet_source *source)
{
	const struct handoff_request *r = source->request;
	bool type = includes(r, GUARD_INCLUDE_INTERACTION_TYPE);
	bool tasks = holds(r, GUARD_INCLUDE_OPEN_TASKS);
	struct json_out json;

	json_out_init(&json, out);
	json_out_object(&json);
	if (r->ai_may_speak_again) {
		json_out_key(&json, "ai_may_speak_again");
		json_out_bool(&json, true);
	}
	packet_put_counted(&json, &source->view->counted);
	put_approvals(&json, r);
	put_known(&json, "bot", r->bot);
	put_known(&json, "channel", r->channel);
	put(&json, "conversation_id", source->id);
	put_customer(&json, r);
	put(&json, "customer_told", r->untold ? NULL : r->customer_told);
	put(&json, "family", source->family);
	put(&json, "handoff_id", source->lock->handoff);
	put_include(&json, r);
	if (r->bare) {
		json_out_key(&json, "incomplete");
		json_out_bool(&json, true);
	}
	put_known(&json, "interaction_type", type ? r->interaction_type : NULL);
	put_links(&json, source);
	put_missing(&json, r);
	put_known(&json, "open_tasks", tasks ? r->open_tasks : NULL);
	put(&json, "priority", r->priority ? r->priority : "normal");
	put(&json, "queue", r->queue ? r->queue : HANDOFF_DESK);
	put_reason(&json, r);
	put_summary(&json, source);
	put_time(&json, "time", r->time_us);
	put_transcript(&json, source);
	json_out_key(&json, "v");
	json_out_int(&json, 1);
	put_withheld(&json, r);
	put_known(&json, "zone", type ? r->zone : NULL);
	json_out_end(&json);
}

/* ---- events ---- */

void packet_requested(
    struct buf *out, char *key, const char *handoff, const struct buf *record)
{
	struct json_out json;

	snprintf(key, PACKET_KEY_SIZE, "%s/requested", handoff);
	json_out_init(&json, out);
	json_out_object(&json);
	put(&json, "event", "handoff.requested");
	json_out_key(&json, "handoff");
	json_out_raw(&json, record->data, record->len);
	put(&json, "id", key);
	json_out_key(&json, "v");
	json_out_int(&json, 1);
	json_out_end(&json);
}

void packet_customer(struct buf *out, char *key, const struct packet_event *e,
    const struct store_message *m)
{
	struct json_out json;

	snprintf(key, PACKET_KEY_SIZE, "%s/message-%u", e->handoff, m->seq);
	json_out_init(&json, out);
	json_out_object(&json);
	put(&json, "conversation_id", e->id);
	put(&json, "event", "message.customer");
	put(&json, "family", e->family);
	put(&json, "handoff_id", e->handoff);
	put(&json, "id", key);
	json_out_key(&json, "message");
	packet_message(&json, m);
	put_time(&json, "time", e->time_us);
	json_out_key(&json, "v");
	json_out_int(&json, 1);
	json_out_end(&json);
}

void packet_raised(struct buf *out, char *key, const struct packet_event *e,
    const struct handoff_raise *r, const char *record)
{
	struct json_out json;

	snprintf(key, PACKET_KEY_SIZE, "%s/raised-%lld", e->handoff,
	    (long long)e->time_us);
	json_out_init(&json, out);
	json_out_object(&json);
	put(&json, "conversation_id", e->id);
	put(&json, "destination", r->destination);
	put(&json, "event", "handoff.raised");
	put(&json, "family", e->family);
	if (record) { /* unless it has been erased */
		json_out_key(&json, "handoff");
		json_out_raw(&json, record, strlen(record));
	}
	put(&json, "handoff_id", e->handoff);
	put(&json, "id", key);
	put(&json, "priority", r->priority);
	put(&json, "queue", r->queue);
	json_out_key(&json, "reason");
	json_out_object(&json);
	put(&json, "rule", r->rule->id);
	put(&json, "severity", guard_severity_name(r->rule->severity));
	put_known(&json, "title", r->rule->title);
	put_known(&json, "why", r->rule->why);
	json_out_end(&json);
	put_time(&json, "time", e->time_us);
	json_out_key(&json, "v");
	json_out_int(&json, 1);
	json_out_end(&json);
}

void packet_amended(struct buf *out, char *key, const struct packet_event *e,
    const struct buf *record)
{
	struct json_out json;

	snprintf(key, PACKET_KEY_SIZE, "%s/amended", e->handoff);
	json_out_init(&json, out);
	json_out_object(&json);
	put(&json, "conversation_id", e->id);
	put(&json, "event", "handoff.amended");
	put(&json, "family", e->family);
	json_out_key(&json, "handoff");
	json_out_raw(&json, record->data, record->len);
	put(&json, "handoff_id", e->handoff);
	put(&json, "id", key);
	put_time(&json, "time", e->time_us);
	json_out_key(&json, "v");
	json_out_int(&json, 1);
	json_out_end(&json);
}

void packet_returned(
    struct buf *out, char *key, const struct packet_event *e, const char *note)
{
	struct json_out json;

	snprintf(key, PACKET_KEY_SIZE, "%s/returned", e->handoff);
	json_out_init(&json, out);
	json_out_object(&json);
	put(&json, "conversation_id", e->id);
	put(&json, "event", "handoff.returned");
	put(&json, "family", e->family);
	put(&json, "handoff_id", e->handoff);
	put(&json, "id", key);
	put_known(&json, "note", note);
	put_time(&json, "time", e->time_us);
	json_out_key(&json, "v");
	json_out_int(&json, 1);
	json_out_end(&json);
}
