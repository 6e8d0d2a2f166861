/*
 * stream_lists - lists of tool calls, as the official Python client puts them
 * together.
 *
 *   {"index":1,...} {"index":0,...}      the second goes to place 0 of its
 * list, and there is the first
 *
 * It takes an element's number for its place in the list of what came, and
 * adds what finds no such place at the end. Where that leads a piece to another
 * call than its number does, nobody can say what the call is.
 */
#include "proxy/channel/stream_state.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

#define MAX_PLACES 1024 /* of one list */

/* Do these steps lead from base to the list node, and on into its elements? */
static bool leads_through(const struct pointer *p, const struct json_doc *doc,
    uint32_t base, uint32_t node)
{
	size_t n = 0;

	while (n < p->n_steps && p->steps[n].kind == POINTER_KEY)
		n++;
	if (n == p->n_steps || p->steps[n].kind != POINTER_ANY)
		return false;
	while (n > 0 && node != base) {
		const struct pointer_step *step = &p->steps[--n];
		if (!json_key_is(
			doc, node, (struct span){step->key, step->key_len}))
			return false;
		node = doc->nodes[node].parent;
	}
	return n == 0 && node == base;
}

/* The first rule for texts of tools that leads into the list; NULL: none. */
static const struct text_rule *rule_of(
    const struct channel_stream *s, uint32_t list)
{
	const struct variant *v = &s->channel->sse;
	uint32_t message = s->scan.message[list];

	if (s->doc.nodes[list].type != JSON_IS_ARRAY ||
	    message == CHANNEL_NO_MESSAGE)
		return NULL;
	for (size_t i = 0; i < v->n_texts; i++)
		if (v->texts[i].kind == CHANNEL_TOOL &&
		    leads_through(&v->texts[i].ptr, &s->doc,
			s->scan.messages[message].node, list))
			return &v->texts[i];
	return NULL;
}

static struct stream_list *list_of(
    struct channel_stream *s, const struct text_rule *rule, uint32_t message)
{
	for (size_t i = 0; i < s->n_lists; i++)
		if (s->lists[i].rule == rule && s->lists[i].message == message)
			return &s->lists[i];
	s->lists =
	    mem_realloc_array(s->lists, s->n_lists + 1, sizeof *s->lists);
	s->lists[s->n_lists] =
	    (struct stream_list){.rule = rule, .message = message};
	return &s->lists[s->n_lists++];
}

static bool add_place(struct stream_list *l, uint32_t number)
{
	if (l->n == MAX_PLACES)
		return false;
	l->numbers =
	    mem_realloc_array(l->numbers, l->n + 1, sizeof *l->numbers);
	l->numbers[l->n++] = number;
	return true;
}

/* What comes first is taken over as it is. */
static bool follow(
    struct channel_stream *s, struct stream_list *l, uint32_t list)
{
	bool first = l->n == 0;
	uint32_t i = s->doc.nodes[list].child;

	for (; i != JSON_NONE; i = s->doc.nodes[i].next) {
		uint32_t number = scan_number_of(&s->scan, i);
		if (first || number >= l->n) {
			if (!add_place(l, number))
				return false;
		} else if (l->numbers[number] != number) {
			return false;
		}
	}
	return true;
}

bool stream_follow_lists(struct channel_stream *s)
{
	for (uint32_t i = 0; i < s->doc.n_nodes; i++) {
		const struct text_rule *rule = rule_of(s, i);
		if (rule != NULL &&
		    !follow(
			s, list_of(s, rule, s->ordinal[s->scan.message[i]]), i))
			return false;
	}
	return true;
}

void stream_free_lists(struct channel_stream *s)
{
	for (size_t i = 0; i < s->n_lists; i++)
		free(s->lists[i].numbers);
	free(s->lists);
}
