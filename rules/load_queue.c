/*
 * load_queue - queues: in policy.yaml. One with hours says which queue takes
 * over outside them; such a chain ends at a queue that is always open.
 */
#include "rules/load_parts.h"

#include <stdio.h>
#include <string.h>

#define ALL_DAYS 0x7fu

static const char days[7][4] = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

static bool read_day(const char **s, unsigned *out)
{
	for (*out = 0; *out < 7; ++*out)
		if (strncmp(*s, days[*out], 3) == 0)
			break;
	*s += *out < 7 ? 3 : 0;
	return *out < 7;
}

/* "Mon-Fri", "Sat,Sun", "Mon-Wed,Fri"; nothing at all is every day. */
static bool read_days(const char **s, unsigned *out)
{
	unsigned first, last;
	*out = 0;
	if (**s >= '0' && **s <= '9') {
		*out = ALL_DAYS;
		return true;
	}
	do {
		*s += **s == ',';
		if (!read_day(s, &first))
			return false;
		last = first;
		if (**s == '-' && (++*s, !read_day(s, &last)))
			return false;
		for (*out |= 1u << last; first != last; first = (first + 1) % 7)
			*out |= 1u << first;
	} while (**s == ',');
	return *(*s)++ == ' ';
}

static void read_span(
    struct load *l, const struct yaml_node *n, struct queue_hours *h)
{
	const char *s = n->kind == YAML_TEXT ? n->text : "";
	if (!read_days(&s, &h->days) || !load_clocks(s, &h->from, &h->to))
		load_fault(l, n, LOAD_DATE,
		    "write Mon-Fri 08:00-20:00, Sat,Sun 10:00-16:00 or "
		    "08:00-20:00",
		    "\"%s\" are no hours of a queue", n->text ? n->text : "");
}

static void read_hours(
    struct load *l, const struct yaml_node *n, struct queue *q)
{
	if (!n)
		return;
	bool list = n->kind == YAML_LIST;
	size_t count = list ? n->n_children : 1;
	struct queue_hours *all = load_alloc(l, count + 1, sizeof(*all));
	q->zone = load_zone(l, n);
	if (!all)
		return;
	const struct yaml_node *item = list ? n->child : n;
	for (; q->n_hours < count; item = item->next)
		read_span(l, item, &all[q->n_hours++]);
	q->hours = all;
}

static void read_queue(
    struct load *l, const struct yaml_node *n, struct queue *q)
{
	q->name = load_printf(l, "%s", n->key->text);
	q->destination = "desk";
	if (n->kind == YAML_TEXT && !n->len)
		return; /* "billing:" is the desk's */
	if (!load_check_map(l, n, load_keys_queue, "in a queue"))
		return;
	const struct yaml_node *at = yaml_get(n, "destination");
	const char *destination = load_text(l, n, "destination", false);
	if (destination) {
		q->destination = destination;
		q->at = (struct guard_place){
		    "policy.yaml", at->line, at->col, at->width};
	}
	q->priority = load_priority(l, yaml_get(n, "priority"));
	read_hours(l, yaml_get(n, "hours"), q);
}

/* Once all are known. */
static void read_otherwise(
    struct load *l, const struct yaml_node *n, struct queue *q)
{
	const struct yaml_node *at = yaml_get(n, "otherwise");
	if (!at) {
		if (q->n_hours)
			load_fault(l, yaml_get(n, "hours")->key, LOAD_MISSING,
			    "add otherwise: QUEUE",
			    "nobody takes what comes outside these hours");
		return;
	}
	if (!q->n_hours)
		load_fault(l, at->key, LOAD_MISSING,
		    "add hours:, or take it out",
		    "this queue is always open: there is no otherwise");
	const char *name = load_queue(l, at);
	uint32_t i = name ? names_find(&l->queue_names, name) : NAMES_NONE;
	q->otherwise = i == NAMES_NONE ? NULL : &l->policy->queues[i];
}

static void check_chain(
    struct load *l, const struct yaml_node *n, const struct queue *q)
{
	size_t left = l->policy->n_queues;
	const struct queue *at = q;
	while (at->otherwise && left--)
		at = at->otherwise;
	if (at->otherwise)
		load_fault(l, yaml_get(n, "otherwise"), LOAD_VALUE,
		    "let the last of them name a queue without hours",
		    "outside their hours these queues send to each other");
}

void load_queues(struct load *l, const struct yaml_node *n)
{
	size_t count = n && n->kind == YAML_MAP ? n->n_children : 0;
	struct queue *queues = load_alloc(l, count + 1, sizeof(*queues));
	if (!queues)
		return;
	struct guard_policy *p = l->policy;
	p->queues = queues;
	const struct yaml_node *first = count ? n->child : NULL;
	for (const struct yaml_node *c = first; c && !l->no_memory; c = c->next)
		read_queue(l, c, &queues[p->n_queues++]);
	/* Always there, unless the policy has one of that name. */
	if (!yaml_get(n, "desk"))
		queues[p->n_queues++] =
		    (struct queue){.name = "desk", .destination = "desk"};
	for (size_t i = 0; i < p->n_queues && !l->no_memory; i++)
		if (names_add(&l->queue_names, queues[i].name, (uint32_t)i))
			load_out_of_memory(l);
	if (l->no_memory)
		return;
	struct queue *q = queues;
	for (const struct yaml_node *c = first; c; c = c->next)
		read_otherwise(l, c, q++);
	q = queues;
	for (const struct yaml_node *c = first; c; c = c->next)
		check_chain(l, c, q++);
}
