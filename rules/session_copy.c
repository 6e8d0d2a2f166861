/*
 * session_copy - see session_copy.h. The same walk runs twice: once to count
 * the bytes, once to copy them.
 */
#include "rules/session_copy.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct room {
	char *bytes; /* NULL while counting */
	size_t used;
};

/* Where n bytes from s now are; s itself while counting. */
static const void *put(struct room *r, const void *s, size_t n)
{
	if (!s)
		return NULL;
	char *to = r->bytes ? r->bytes + r->used : NULL;
	r->used += n;
	if (!to)
		return s;
	memcpy(to, s, n);
	return to;
}

/* Structures go first, so that they are aligned. */
static void *put_items(struct room *r, const void *items, size_t n, size_t size)
{
	const size_t align = alignof(max_align_t);
	const void *p = n ? put(r, items, n * size) : NULL;
	r->used = (r->used + align - 1) / align * align;
	return r->bytes ? (void *)(uintptr_t)p : NULL;
}

static const char *put_text(struct room *r, const char *s)
{
	return s ? put(r, s, strlen(s) + 1) : NULL;
}

static void put_approvals(
    struct room *r, struct guard_approval *to, const struct guard_session *s)
{
	for (size_t i = 0; i < s->n_approvals; i++) {
		struct guard_approval a = s->approvals[i];
		a.name = put_text(r, a.name);
		a.id = put_text(r, a.id);
		a.currency = put_text(r, a.currency);
		if (to)
			to[i] = a;
	}
}

static void put_counted(
    struct room *r, struct guard_counted *to, const struct guard_session *s)
{
	for (size_t i = 0; i < s->n_counted; i++) {
		const char *name = put_text(r, s->counted[i].name);
		if (to)
			to[i].name = name;
	}
}

static void put_all(struct room *r, const struct guard_session *s,
    bool with_customer, size_t n_rules)
{
	struct guard_session *c = put_items(r, s, 1, sizeof(*s));
	struct guard_approval *approvals =
	    put_items(r, s->approvals, s->n_approvals, sizeof(*s->approvals));
	size_t n_said = with_customer ? s->n_customer_said : 0;
	struct guard_span_text *said =
	    put_items(r, s->customer_said, n_said, sizeof(*said));
	struct guard_counted *counted =
	    put_items(r, s->counted, s->n_counted, sizeof(*counted));
	struct guard_session out = *s;
	put_counted(r, counted, s);
	put_approvals(r, approvals, s);
	for (size_t i = 0; i < n_said; i++) {
		const struct guard_span_text *t = &s->customer_said[i];
		const char *text = t->len ? put(r, t->text, t->len) : "";
		if (said)
			said[i].text = text;
	}
	out.conversation = put_text(r, s->conversation);
	out.channel = put_text(r, s->channel);
	out.segment = put_text(r, s->segment);
	out.language = put_text(r, s->language);
	out.interaction_type = put_text(r, s->interaction_type);
	out.zone = put_text(r, s->zone);
	out.customer = put_text(r, s->customer);
	out.paused = put(r, s->paused, n_rules);
	out.approvals = approvals;
	out.counted = counted;
	out.customer_said = said;
	out.n_customer_said = n_said;
	out.ai_said = NULL;
	out.n_ai_said = 0;
	if (c)
		*c = out;
}

struct guard_session *session_copy(
    const struct guard_session *s, bool with_customer, size_t n_rules)
{
	struct room room = {0};
	put_all(&room, s, with_customer, n_rules);
	room.bytes = malloc(room.used);
	if (!room.bytes)
		return NULL;
	room.used = 0;
	put_all(&room, s, with_customer, n_rules);
	return (struct guard_session *)(void *)room.bytes;
}
