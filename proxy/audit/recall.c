/* recall - see recall.h. Lines that name no conversation say nothing. */
#include "proxy/audit/recall.h"

#include "proxy/audit/lines.h"
#include "proxy/audit/scan.h"
#include "proxy/audit/writer.h"
#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

#define RECALL_FIRST_CAP 64u

static size_t recall_hash(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return (size_t)(hash ^ hash >> 32);
}

/* Its slot, or the free one where it belongs. */
static struct recalled *recall_slot(const struct recall *r, const char *name)
{
	for (size_t i = recall_hash(name);; i++) {
		struct recalled *slot = &r->slots[i & (r->cap - 1)];
		if (slot->pseudonym == NULL ||
		    strcmp(slot->pseudonym, name) == 0)
			return slot;
	}
}

struct recalled *recall_find(const struct recall *r, const char *pseudonym)
{
	struct recalled *slot = r->n > 0 ? recall_slot(r, pseudonym) : NULL;
	return slot != NULL && slot->pseudonym != NULL ? slot : NULL;
}

static void recall_grow(struct recall *r)
{
	struct recall old = *r;
	r->cap = old.cap > 0 ? mem_mul(old.cap, 2) : RECALL_FIRST_CAP;
	r->slots = mem_zero(mem_mul(r->cap, sizeof(*r->slots)));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i].pseudonym != NULL)
			*recall_slot(r, old.slots[i].pseudonym) = old.slots[i];
	free(old.slots);
}

struct recalled *recall_take(struct recall *r, const char *pseudonym)
{
	if (r->n * 2 >= r->cap)
		recall_grow(r);
	struct recalled *slot = recall_slot(r, pseudonym);
	if (slot->pseudonym == NULL) {
		slot->pseudonym = mem_strdup(pseudonym);
		r->n++;
	}
	return slot;
}

void recall_settle(struct recalled *one)
{
	free(one->handoff);
	free(one->line);
	one->handoff = one->line = NULL;
}

void recall_clear(struct recall *r)
{
	for (size_t i = 0; i < r->cap; i++) {
		recall_settle(&r->slots[i]);
		free(r->slots[i].pseudonym);
	}
	free(r->slots);
	*r = (struct recall){0};
}

/* A return counts for its own handoff: the record of it may come after that of
 * the next one. */
static void recall_handoff(
    struct recalled *one, const char *line, size_t len, bool returned)
{
	size_t n = 0;
	const char *handoff = scan_object(line, len, "handoff", &n);
	char *id = handoff != NULL ? scan_text(handoff, n, "id") : NULL;
	bool same =
	    id != NULL && one->handoff != NULL && strcmp(id, one->handoff) == 0;
	if (id == NULL || (returned ? !same : same)) {
		free(id);
		return;
	}
	recall_settle(one);
	if (returned) {
		free(id);
		return;
	}
	one->handoff = id;
	one->line = mem_strndup(line, len);
}

void recall_note(struct recall *r, const char *line, size_t len)
{
	char *pseudonym = scan_text(line, len, "conversation");
	if (pseudonym == NULL)
		return;
	struct recalled *one = recall_take(r, pseudonym);
	uint64_t judged = scan_number(line, len, "conv_seq");
	free(pseudonym);
	if (judged > one->judged && judged <= UINT32_MAX)
		one->judged = (uint32_t)judged;
	if (scan_is(line, len, "type", "decision") ||
	    scan_is(line, len, "type", "handoff.requested"))
		recall_handoff(one, line, len, false);
	else if (scan_is(line, len, "type", "handoff.returned"))
		recall_handoff(one, line, len, true);
}

struct recall_since {
	struct recall *recall;
	uint64_t seq;
};

static void recall_line(void *arg, const char *line, size_t len)
{
	const struct recall_since *since = arg;
	if (scan_number(line, len, "seq") > since->seq)
		recall_note(since->recall, line, len);
}

int audit_recall(
    struct audit *a, const struct audit_place *after, struct recall *r)
{
	struct recall_since since = {r, after->seq};
	return lines_each(a->root, after->segment, recall_line, &since);
}
