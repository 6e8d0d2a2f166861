/*
 * handoff_text - what a human agent reads first comes first: who, why, what
 * the customer knows, what was withheld, then the whole conversation.
 */
#include "proxy/cli/handoff_text.h"

#include "proxy/base/clock.h"
#include "proxy/cli/storage.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define INDENT 12

/* "2026-11-03 14:02:19" UTC; "-" for never. */
static void print_time(int64_t us)
{
	char text[32];

	if (us == 0) {
		printf("-");
		return;
	}
	clock_rfc3339(text, us);
	printf("%.10s %.8s", text, text + 11);
}

static void print_line(const char *label, const char *text)
{
	if (!text || !text[0])
		return;
	printf("%-*s", INDENT, label);
	storage_print(text, INDENT);
	printf("\n");
}

static const char *state_of(const struct store_handoff *h)
{
	return h->returning ? "returning" : store_handoff_state_name(h->state);
}

static void print_owed(const struct store_delivery *owed, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("%s  %s to %s: ",
		    owed[i].state == STORE_OUTBOX_DEAD ? "GIVEN UP"
						       : "not sent",
		    owed[i].event, owed[i].destination);
		printf("%s, %u tries", owed[i].handoff, owed[i].tries);
		if (owed[i].error) {
			printf(", ");
			storage_print(owed[i].error, 0);
		}
		printf("\n");
	}
}

void handoff_text_list(const struct store_handoff *list, size_t n,
    const struct store_delivery *owed, size_t n_owed)
{
	if (n == 0)
		printf("Nobody waits for a person.\n");
	else
		printf("%-26s  %-9s  %-19s  %-8s  %-12s  %s\n", "handoff",
		    "state", "requested (UTC)", "priority", "queue",
		    "conversation and reason");
	for (size_t i = 0; i < n; i++) {
		const struct store_handoff *h = &list[i];

		printf("%-26s  %-9s  ", h->id, state_of(h));
		print_time(h->requested_us);
		printf("  %-8s  %-12s  ", h->priority, h->queue);
		storage_print(h->family, 0);
		printf("/");
		storage_print(h->conversation, 0);
		printf("  ");
		storage_print(h->reason, 0);
		if (h->replies_waiting)
			printf("  (%zu replies not delivered)",
			    h->replies_waiting);
		printf("\n");
	}
	if (n_owed)
		printf("\nDeliveries that are owed:\n");
	print_owed(owed, n_owed);
}

/* ---- one case ---- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static void print_customer(const json_t *customer)
{
	const char *key;
	json_t *value;
	bool first = true;

	json_object_foreach((json_t *)customer, key, value)
	{
		printf("%-*s", INDENT, first ? "Customer" : "");
		storage_print(key, INDENT);
		printf(": ");
		storage_print(
		    json_string_value(value) ? json_string_value(value) : "",
		    INDENT);
		printf("\n");
		first = false;
	}
}

/* What the status says to somebody who has never seen the word. */
static const char *mark_of(const char *status)
{
	if (strcmp(status, "withheld") == 0)
		return "  [WITHHELD: the customer has not seen this]";
	if (strcmp(status, "draft") == 0)
		return "  [draft: the customer has not seen this]";
	if (strcmp(status, "edited") == 0)
		return "  [edited by a rule before it was sent]";
	if (strcmp(status, "seen") == 0)
		return "  [cut short: only this much was sent]";
	return "";
}

static const char *kind_mark_of(const char *kind)
{
	if (strcmp(kind, "history") == 0)
		return "  [before Handrail was in the chat, as the client "
		       "tells it]";
	if (strcmp(kind, "media") == 0)
		return "  [not text; not kept here]";
	return "";
}

static void print_message(
    const char *time, const char *speaker, const char *status, const char *kind)
{
	printf("\n%.8s  %s%s%s\n%*s", strlen(time) > 11 ? time + 11 : time,
	    speaker, mark_of(status), kind_mark_of(kind), INDENT - 2, "");
}

static void print_record(const json_t *record)
{
	const json_t *reason = json_object_get(record, "reason");
	const json_t *transcript = json_object_get(record, "transcript");
	const json_t *messages = json_object_get(transcript, "messages");
	const json_t *withheld = json_object_get(record, "withheld");
	const json_t *m;
	size_t i;

	print_customer(json_object_get(record, "customer"));
	print_line("Why", text_of(reason, "words"));
	print_line("Rule", text_of(reason, "rule"));
	print_line("Found", text_of(reason, "match"));
	print_line("Told", text_of(record, "customer_told"));
	if (json_is_object(withheld))
		print_line("WITHHELD", text_of(withheld, "text"));
	printf("\nConversation%s:\n",
	    json_is_true(json_object_get(transcript, "truncated"))
		? " (older messages are left out)"
		: "");
	json_array_foreach(messages, i, m)
	{
		print_message(text_of(m, "time"), text_of(m, "speaker"),
		    text_of(m, "status"), text_of(m, "kind"));
		storage_print(text_of(m, "text"), INDENT - 2);
		printf("\n");
	}
}

static void print_later(const struct desk_case *c)
{
	char time[32];

	for (size_t i = 0; i < c->n_later; i++) {
		const struct store_message *m = &c->later[i];

		clock_rfc3339(time, m->time_us);
		print_message(time, store_speaker_name(m->speaker),
		    store_status_name(m->status), store_kind_name(m->kind));
		storage_print(m->erased ? "(erased)" : m->text, INDENT - 2);
		printf("\n");
	}
	for (size_t i = 0; i < c->n_replies; i++) {
		const struct store_reply *r = &c->replies[i];

		if (r->delivered_us)
			continue; /* it is among the messages */
		clock_rfc3339(time, r->time_us);
		printf("\n%.8s  human  [not delivered yet]\n%*s", time + 11,
		    INDENT - 2, "");
		storage_print(r->erased ? "(erased)" : r->text, INDENT - 2);
		printf("\n");
	}
}

void handoff_text_case(const struct desk_case *c)
{
	const struct store_handoff *h = &c->handoff;
	json_t *record = h->record ? json_loads(h->record, 0, NULL) : NULL;

	printf("%-*s%s, %s\n", INDENT, "Handoff", h->id, state_of(h));
	printf("%-*s", INDENT, "Since");
	print_time(h->requested_us);
	printf(" UTC\n");
	print_line("Queue", h->queue);
	print_line("Priority", h->priority);
	printf("%-*s", INDENT, "Where");
	storage_print(h->family, INDENT);
	printf("/");
	storage_print(h->conversation, INDENT);
	printf("\n");
	if (record)
		print_record(record);
	else
		printf("\nThe text of this conversation was erased.\n");
	json_decref(record);
	print_later(c);
	if (h->note)
		printf("\n");
	print_line("Note", h->note);
	if (c->n_deliveries)
		printf("\nDeliveries:\n");
	for (size_t i = 0; i < c->n_deliveries; i++)
		if (c->deliveries[i].state == STORE_OUTBOX_SENT)
			printf("sent      %s to %s\n", c->deliveries[i].event,
			    c->deliveries[i].destination);
		else
			print_owed(&c->deliveries[i], 1);
}
