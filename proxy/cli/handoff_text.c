/*
 * handoff_text - what a human agent reads, in the order in which they need it:
 * who waits, why, what was withheld and what the customer was told, then the
 * conversation as the customer saw it, then what came since.
 */
#include "proxy/cli/handoff_text.h"

#include "proxy/base/clock.h"
#include "proxy/cli/storage.h"
#include "proxy/handoff/packet.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define INDENT 11

/* "2026-11-03 14:02:19" UTC */
static void print_time(int64_t us)
{
	char text[32];

	clock_rfc3339(text, us);
	printf("%.10s %.8s", text, text + 11);
}

static void print_age(int64_t since_us)
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	int64_t age = (clock_now_us() - since_us) / CLOCK_SECOND_US;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (age >= units[i].seconds) {
			printf(", %" PRId64 " %s ago", age / units[i].seconds,
			    units[i].unit);
			return;
		}
	printf(", just now");
}

/* U+0000 may be among what others wrote. */
struct text {
	const char *p;
	size_t len;
};

static struct text text_str(const char *s)
{
	return (struct text){s, strlen(s)};
}

static bool text_eq(struct text a, struct text b)
{
	return a.len == b.len && memcmp(a.p, b.p, a.len) == 0;
}

static void print_text(struct text text, int indent)
{
	storage_print_bytes(text.p, text.len, indent);
}

/* A line with its label; nothing when there is no text. */
static void print_line(const char *label, struct text text)
{
	if (text.len == 0)
		return;
	printf("%-*s", INDENT, label);
	print_text(text, INDENT);
	printf("\n");
}

static const char *state_in_words(const struct store_handoff *h)
{
	if (h->returning)
		return "goes back to the AI once the last replies are "
		       "delivered";
	switch (h->state) {
	case STORE_HANDOFF_REQUESTED:
		return "nobody has answered yet";
	case STORE_HANDOFF_ACCEPTED:
		return "a person has answered";
	case STORE_HANDOFF_RETURNED:
		return "given back to the AI";
	case STORE_HANDOFF_FAILED:
		return "nobody has answered yet, and its destination could not "
		       "be reached";
	}
	return "?";
}

/* What an answer does besides. */
static const char *answer_in_words(const struct store_handoff *h)
{
	bool open = h->state != STORE_HANDOFF_RETURNED && !h->returning;

	return open && h->ai_may_speak_again
	    ? "; an answer gives it back to the AI"
	    : "";
}

/* When it is tried again. */
static void print_next(int64_t us)
{
	if (us <= clock_now_us()) {
		printf("; the next try is due");
		return;
	}
	printf("; tried again at ");
	print_time(us);
}

static void print_owed(const struct store_delivery *owed, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("  %s  %s to %s: ",
		    owed[i].state == STORE_OUTBOX_DEAD ? "GIVEN UP"
						       : "not sent",
		    owed[i].event, owed[i].destination);
		printf("%s, %u %s", owed[i].handoff, owed[i].tries,
		    owed[i].tries == 1 ? "try" : "tries");
		if (owed[i].error) {
			printf(", ");
			storage_print(owed[i].error, 0);
		}
		if (owed[i].trying)
			printf("; a try is under way");
		else if (owed[i].state == STORE_OUTBOX_PENDING)
			print_next(owed[i].next_us);
		printf("\n");
	}
	for (size_t i = 0; i < n; i++)
		if (owed[i].state == STORE_OUTBOX_DEAD ||
		    store_delivery_is_lost(&owed[i])) {
			printf("  Once the destination works again: handrail "
			       "handoff retry %s\n"
			       "  To do without it, so that what came later is "
			       "sent: handrail handoff drop %s\n",
			    owed[i].handoff, owed[i].handoff);
			return;
		}
}

/* ---- the list ---- */

static void print_where(const struct store_handoff *h)
{
	storage_print(h->family, 0);
	printf("/");
	storage_print(h->conversation, 0);
}

static void print_item(const struct store_handoff *h)
{
	bool rule = strchr(h->reason, '/') != NULL;

	printf("\n%s  ", h->id);
	print_where(h);
	printf("  ");
	print_time(h->requested_us);
	print_age(h->requested_us);
	printf("\n  priority %s, queue %s; %s%s", h->priority, h->queue,
	    state_in_words(h), answer_in_words(h));
	if (h->replies_waiting == 1)
		printf(", a reply waits for the customer");
	else if (h->replies_waiting)
		printf(
		    ", %zu replies wait for the customer", h->replies_waiting);
	printf("\n  ");
	storage_print(h->words[0] ? h->words : h->reason, 2);
	if (rule) {
		printf(" (rule ");
		storage_print(h->reason, 2);
		printf(h->severity[0] ? ", severity %s)" : ")", h->severity);
	}
	printf("\n");
}

void handoff_text_list(const struct store_handoff *list, size_t n,
    const struct store_delivery *owed, size_t n_owed)
{
	size_t waiting = 0;

	for (size_t i = 0; i < n; i++)
		waiting += list[i].state != STORE_HANDOFF_RETURNED;
	if (waiting == 0)
		printf("Nobody waits for a person.\n");
	else
		printf("%zu conversation%s with a person (times in UTC):\n",
		    waiting, waiting == 1 ? " is" : "s are");
	for (size_t i = 0; i < n; i++)
		print_item(&list[i]);
	if (n_owed)
		printf("\nDeliveries that are owed:\n");
	print_owed(owed, n_owed);
}

/* ---- one case ---- */

/* The bytes of a string, NUL-terminated besides; "" of anything else. */
static struct text string_of(const json_t *value)
{
	const char *text = json_string_value(value);

	return text ? (struct text){text, json_string_length(value)}
		    : text_str("");
}

static struct text text_of(const json_t *object, const char *key)
{
	return string_of(json_object_get(object, key));
}

/* Of a word of ours. */
static const char *word_of(const json_t *object, const char *key)
{
	return text_of(object, key).p;
}

/* name: value, name: value */
static void print_customer(const json_t *customer)
{
	const char *key, *between = "";
	json_t *value;

	if (json_object_size(customer) == 0)
		return;
	printf("%-*s", INDENT, "Customer");
	json_object_foreach((json_t *)customer, key, value)
	{
		printf("%s", between);
		storage_print(key, INDENT);
		printf(": ");
		print_text(string_of(value), INDENT);
		between = ", ";
	}
	printf("\n");
}

static void print_topic(const json_t *record)
{
	struct text type = text_of(record, "interaction_type");
	struct text zone = text_of(record, "zone");

	if (!type.len && !zone.len)
		return;
	printf("%-*s", INDENT, "About");
	print_text(type, INDENT);
	printf(type.len && zone.len ? ", zone " : zone.len ? "zone " : "");
	print_text(zone, INDENT);
	printf("\n");
}

/* What the policy wants the person to have and nobody has told. */
static void print_missing(const json_t *missing)
{
	const char *between = "";
	const json_t *one;
	size_t i;

	if (json_array_size(missing) == 0)
		return;
	printf("%-*s", INDENT, "Not known");
	json_array_foreach(missing, i, one)
	{
		printf("%s", between);
		print_text(string_of(one), INDENT);
		between = ", ";
	}
	printf("\n");
}

static void print_also(const json_t *also)
{
	size_t i;
	json_t *one;

	json_array_foreach(also, i, one)
	{
		struct text why = text_of(one, "why");
		struct text match = text_of(one, "match");

		print_line(i == 0 ? "Also" : "",
		    why.len ? why : text_of(one, "title"));
		printf("%*srule ", INDENT, "");
		print_text(text_of(one, "rule"), INDENT);
		printf(", severity %s", word_of(one, "severity"));
		printf(match.len ? ", found " : "");
		print_text(match, INDENT);
		printf("\n");
	}
}

static void print_reason(const json_t *reason)
{
	struct text words = text_of(reason, "words");
	struct text title = text_of(reason, "title");
	struct text rule = text_of(reason, "rule");

	print_line("Why", words);
	if (!text_eq(words, title))
		print_line("", title);
	if (rule.len) {
		printf("%*srule ", INDENT, "");
		print_text(rule, INDENT);
		printf(", severity %s, ", word_of(reason, "severity"));
		print_text(text_of(reason, "line"), INDENT);
		printf("\n");
	}
	print_line("Found", text_of(reason, "match"));
	print_also(json_object_get(reason, "also"));
}

static void print_amounts(const json_t *amounts)
{
	const char *title = "Promised";
	size_t i;
	json_t *one;

	json_array_foreach(amounts, i, one)
	{
		if (strcmp(word_of(one, "kind"), "signal") == 0)
			continue;
		printf("%-*s%s in all, ", INDENT, title, word_of(one, "words"));
		print_text(text_of(one, "name"), INDENT);
		printf("\n");
		title = "";
	}
}

/* What a kind of message is called where it is not simply words. */
static const char *kind_in_words(const char *kind)
{
	static const char *const table[][2] = {
	    {"history", "before Handrail was there, as the client tells it"},
	    {"media", "not text, and not kept here"},
	    {"part", "this much was sent, then it was cut"},
	    {"original", "as the AI had written it; not sent"},
	    {"tool", "a tool call"},
	    {"reasoning", "reasoning"},
	    {"error", "an error of the bot"},
	    {"other", "beside the message"},
	    {"unreadable", "could not be read"},
	    {"interrupted", "interrupted"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(table[i][0], kind) == 0)
			return table[i][1];
	return NULL;
}

static const char *status_in_words(const char *status, const char *kind)
{
	if (strcmp(kind, "original") == 0 || strcmp(kind, "interrupted") == 0)
		return NULL;
	if (strcmp(status, "withheld") == 0)
		return "WITHHELD: the customer has not seen this";
	if (strcmp(status, "draft") == 0)
		return "a draft: the customer has not seen this";
	if (strcmp(status, "edited") == 0)
		return "edited by a rule before it was sent";
	return NULL;
}

static const char *speaker_in_words(const char *speaker)
{
	static const char *const table[][2] = {{"customer", "Customer"},
	    {"ai", "AI"}, {"human", "Person"}, {"system", "Handrail"}};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(table[i][0], speaker) == 0)
			return table[i][1];
	return speaker;
}

struct line { /* of the conversation */
	const char *time, *speaker, *status, *kind;
	struct text text;
};

static void print_message(const struct line *m)
{
	const char *kind = kind_in_words(m->kind);
	const char *status = status_in_words(m->status, m->kind);

	printf("\n%.8s  %s", strlen(m->time) > 11 ? m->time + 11 : m->time,
	    speaker_in_words(m->speaker));
	if (kind || status)
		printf("  [%s%s%s]", kind ? kind : "",
		    kind && status ? "; " : "", status ? status : "");
	printf("\n%*s", INDENT - 1, "");
	print_text(m->text, INDENT - 1);
	printf("\n");
}

/* The draft nobody saw; several texts each with what it is. */
static void print_withheld(const json_t *withheld)
{
	const json_t *parts = json_object_get(withheld, "parts"), *part;
	size_t i;

	json_array_foreach(parts, i, part)
	{
		const char *kind = kind_in_words(word_of(part, "kind"));

		printf("%-*s", INDENT, i == 0 ? "Withheld" : "");
		if (kind)
			printf("(%s) ", kind);
		print_text(text_of(part, "text"), INDENT);
		printf("\n");
	}
}

static void print_conversation(const json_t *transcript)
{
	const json_t *messages = json_object_get(transcript, "messages"), *m;
	size_t i;

	printf("\nThe conversation, times in UTC%s\n",
	    json_is_true(json_object_get(transcript, "truncated"))
		? "; older messages are left out:"
		: ":");
	json_array_foreach(messages, i, m)
	{
		print_message(&(struct line){word_of(m, "time"),
		    word_of(m, "speaker"), word_of(m, "status"),
		    word_of(m, "kind"), text_of(m, "text")});
	}
}

static void print_record(const json_t *record)
{
	print_customer(json_object_get(record, "customer"));
	print_topic(record);
	print_line("Open", text_of(record, "open_tasks"));
	print_missing(json_object_get(record, "missing"));
	printf("\n");
	print_reason(json_object_get(record, "reason"));
	print_amounts(json_object_get(record, "amounts"));
	print_withheld(json_object_get(record, "withheld"));
	print_line("Told", text_of(record, "customer_told"));
	printf("\n");
	print_line("In short", text_of(record, "summary"));
	if (json_object_get(record, "transcript"))
		print_conversation(json_object_get(record, "transcript"));
}

static void print_replies(const struct desk_case *c)
{
	for (size_t i = 0; i < c->n_replies; i++) {
		const struct store_reply *r = &c->replies[i];
		char time[32];

		if (r->delivered_us)
			continue; /* it is among the messages */
		clock_rfc3339(time, r->time_us);
		printf("\n%.8s  ", time + 11);
		storage_print(r->by ? r->by : "Person", 0);
		printf("  [not delivered yet: it goes out with the next "
		       "response]\n%*s",
		    INDENT - 1, "");
		storage_print(r->erased ? "(erased)" : r->text, INDENT - 1);
		printf("\n");
	}
}

static bool anything_since(const struct desk_case *c)
{
	for (size_t i = 0; i < c->n_replies; i++)
		if (!c->replies[i].delivered_us)
			return true;
	return c->n_later > 0;
}

static void print_later(const struct desk_case *c, bool incomplete)
{
	char time[32];

	if (incomplete)
		printf("\nThe disk was full: the record is without the "
		       "conversation.\nWhat is kept of it, and what came "
		       "since%s\n",
		    anything_since(c) ? ":" : ": nothing so far");
	else if (anything_since(c))
		printf("\nSince the handoff:\n");
	for (size_t i = 0; i < c->n_later; i++) {
		const struct store_message *m = &c->later[i];

		if (!packet_shows(c->later, i))
			continue;
		clock_rfc3339(time, m->time_us);
		print_message(
		    &(struct line){time, store_speaker_name(m->speaker),
			store_status_name(m->status), store_kind_name(m->kind),
			m->erased ? text_str("(erased)")
				  : (struct text){m->text, m->len}});
	}
	print_replies(c);
}

static void print_deliveries(const struct desk_case *c)
{
	if (c->n_deliveries)
		printf("\nDeliveries:\n");
	for (size_t i = 0; i < c->n_deliveries; i++) {
		const struct store_delivery *d = &c->deliveries[i];

		if (d->state == STORE_OUTBOX_SENT ||
		    d->state == STORE_OUTBOX_DROPPED)
			printf("  %-8s  %s to %s\n",
			    store_outbox_state_name(d->state), d->event,
			    d->destination);
		else
			print_owed(d, 1);
	}
}

/* The record; false: it is not whole, the conversation follows. */
static bool print_stored(const struct store_handoff *h)
{
	json_error_t why;
	json_t *record;

	if (!h->record) {
		printf("\nThe text of this conversation was erased.\n");
		return true;
	}
	record = json_loads(h->record, JSON_ALLOW_NUL, &why);
	if (!record) {
		printf("\nThe record of this handoff cannot be read (%s, byte "
		       "%d). --format json prints it as it is stored.\n",
		    why.text, why.position);
		return true;
	}
	bool whole = !json_is_true(json_object_get(record, "incomplete"));
	print_record(record);
	json_decref(record);
	return whole;
}

void handoff_text_case(const struct desk_case *c)
{
	const struct store_handoff *h = &c->handoff;

	printf("%-*s%s: %s%s\n", INDENT, "Handoff", h->id, state_in_words(h),
	    answer_in_words(h));
	printf("%-*s", INDENT, "Since");
	print_time(h->requested_us);
	printf(" UTC");
	print_age(h->requested_us);
	printf("\n%-*squeue %s, priority %s\n", INDENT, "For", h->queue,
	    h->priority);
	printf("%-*s", INDENT, "Where");
	print_where(h);
	printf("\n");
	print_later(c, !print_stored(h));
	if (h->note) {
		printf("\n");
		print_line("Note", text_str(h->note));
	}
	print_deliveries(c);
}
