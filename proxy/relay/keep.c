/*
 * keep - what was said goes into the transcript, in the order in which people
 * read it: what the customer has of a message and what not, and then what
 * they were told instead.
 */
#include "proxy/relay/steps.h"

#include "proxy/base/clock.h"

#include <string.h>

static const enum store_kind kinds[CHANNEL_KINDS] = {
    [CHANNEL_SAID] = STORE_WORDS,
    [CHANNEL_TOOL] = STORE_TOOL,
    [CHANNEL_REASONING] = STORE_REASONING,
    [CHANNEL_ERROR] = STORE_ERROR,
    [CHANNEL_OTHER] = STORE_OTHER,
};

enum store_kind keep_kind(enum channel_kind kind)
{
	return kinds[kind];
}

struct keeper {
	struct exchange *e;
	const unsigned char *salt; /* of the main text */
	uint32_t first;  /* number of the message's first row; 0: none yet */
	uint32_t salted; /* and of the one the salt is with */
	bool again;      /* they replace rows, which have the whole text */
};

static void add(struct keeper *k, enum store_status status,
    enum store_kind kind, const struct buf *text, bool salted)
{
	uint32_t seq = conversation_add(k->e->lease,
	    &(struct conversation_message){
		.speaker = STORE_AI,
		.status = status,
		.kind = kind,
		.beside = k->first != 0,
		.time_us = k->e->facts.session.time_us,
		.text = text->len ? text->data : "",
		.len = text->len,
		.salt = salted ? k->salt : NULL,
	    });
	if (!k->first)
		k->first = seq;
	if (salted)
		k->salted = seq;
}

static bool is_same(const struct buf *a, const struct buf *b)
{
	return span_eq(
	    (struct span){a->data, a->len}, (struct span){b->data, b->len});
}

/* A text the customer has some of: that, then what was withheld. */
static void add_cut(
    struct keeper *k, const struct told_text *t, enum channel_kind kind)
{
	bool said = kind == CHANNEL_SAID;
	bool main = kind == told_main(&k->e->told);
	bool edited = t->all.len < t->seen.len ||
	    memcmp(t->all.data, t->seen.data, t->seen.len) != 0;
	add(k, edited ? STORE_EDITED : STORE_DELIVERED,
	    said ? STORE_PART : kinds[kind], &t->seen, false);
	if (t->rest.len)
		add(k, STORE_WITHHELD, said ? STORE_REST : kinds[kind],
		    &t->rest, false);
	if (main && !k->again)
		add(k, STORE_WITHHELD, STORE_ORIGINAL, &t->all, true);
}

static void add_text(struct keeper *k, enum channel_kind kind, bool withheld)
{
	const struct told *told = &k->e->told;
	const struct told_text *t = &told->of[kind];
	bool main = kind == told_main(told);
	bool cut = withheld && told->differs && t->seen.len && k->e->frames;
	if (cut) {
		add_cut(k, t, kind);
	} else if (withheld) {
		add(k, STORE_WITHHELD, kinds[kind], &t->all, main && k->salt);
	} else if (!told->differs || is_same(&t->all, &t->seen)) {
		add(k, STORE_DELIVERED, kinds[kind], &t->all, main);
	} else {
		add(k, STORE_EDITED, kinds[kind], &t->seen, false);
		add(k, STORE_WITHHELD, STORE_ORIGINAL, &t->all, main);
	}
}

static void add_texts(struct keeper *k, bool withheld)
{
	for (int i = 0; i < CHANNEL_KINDS; i++)
		if (told_is_shown(&k->e->told, told_order[i]))
			add_text(k, told_order[i], withheld);
}

uint32_t keep_message(struct exchange *e, const unsigned char *salt)
{
	struct keeper k = {.e = e, .salt = salt};
	bool withheld = verdicts_withhold(&e->verdicts);
	add_texts(&k, withheld);
	if (e->told.unreadable.len)
		add(&k, STORE_WITHHELD, STORE_UNREADABLE, &e->told.unreadable,
		    false);
	if (!k.first) /* it said nothing at all */
		add_text(&k, CHANNEL_SAID, withheld);
	e->kept = k.first;
	return k.salted;
}

void keep_own_words(struct exchange *e)
{
	if (e->say.len == 0)
		return;
	e->told_seq = conversation_add(e->lease,
	    &(struct conversation_message){
		.speaker = STORE_SYSTEM,
		.status = STORE_DELIVERED,
		.time_us = clock_now_us(),
		.text = e->say.data,
		.len = e->say.len,
	    });
}

void keep_note(struct exchange *e, const char *text)
{
	conversation_add(e->lease,
	    &(struct conversation_message){
		.speaker = STORE_SYSTEM,
		.status = STORE_DRAFT,
		.kind = STORE_INTERRUPTED,
		.time_us = clock_now_us(),
		.text = text,
		.len = strlen(text),
	    });
}

void keep_untold(struct exchange *e)
{
	if (e->told_seq)
		conversation_withhold(e->lease, e->told_seq);
}

void keep_unsaid(struct exchange *e)
{
	if (e->told_seq)
		conversation_replace(e->lease, e->told_seq);
	e->told_seq = 0;
}

/* Of a stream its beginning has left all the same, perhaps all of it. */
void keep_withheld(struct exchange *e)
{
	if (e->kept == 0)
		return;
	if (!e->frames || frames_released(e->frames) == 0) {
		conversation_withhold(e->lease, e->kept);
		return;
	}
	conversation_replace(e->lease, e->kept);
	told_clear(&e->told);
	frames_told(e->frames, &e->verdicts, true, &e->told);
	struct keeper k = {.e = e, .first = e->kept, .again = true};
	add_texts(&k, true);
}
