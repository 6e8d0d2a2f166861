/*
 * paths - built by taking all steps of all pointers at once: a state is the
 * set of places in pointers that a node has reached.
 */
#include "proxy/channel/paths.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

#define MAX_STATES 600
#define MAX_FOLDED_BYTES 256

/* ---- building ---- */

struct place { /* before this step of a pointer; NULL: behind the last */
	const struct pointer_step *step;
	size_t entry;
};

struct builder {
	struct paths *paths;
	const struct paths_entry *entries;
	struct place *places;
	size_t n_places;
	uint8_t *sets; /* of each state: one byte a place */
	size_t cap;
};

static bool is_number(const struct pointer_step *s)
{
	return s->key_len > 0 && strspn(s->key, "0123456789") == s->key_len;
}

/* Does a step need a look at the document? */
static bool is_conditional(const struct pointer *p)
{
	for (size_t i = 0; p != NULL && i < p->n_steps; i++) {
		const struct pointer_step *s = &p->steps[i];
		if (s->filter_key != NULL || s->kind == POINTER_LAST ||
		    (s->kind == POINTER_KEY && is_number(s)))
			return true;
	}
	return false;
}

static void add_places(struct builder *b, const struct pointer *p, size_t entry)
{
	for (size_t i = 0; p != NULL && i < p->n_steps; i++)
		b->places[b->n_places++] = (struct place){&p->steps[i], entry};
}

static uint8_t *set_of(const struct builder *b, size_t state)
{
	return b->sets + state * b->n_places;
}

/* `**` may also be no step at all. */
static void close_set(const struct builder *b, uint8_t *set)
{
	for (size_t i = 0; i < b->n_places; i++) {
		const struct pointer_step *s = b->places[i].step;
		if (set[i] && s != NULL && s->kind == POINTER_DEEP)
			set[i + 1] = 1;
	}
}

static void keep_first(uint16_t *have, uint16_t number)
{
	if (*have == 0 || number < *have)
		*have = number;
}

static void add_role(struct paths_roles *r, enum paths_role role, uint16_t item)
{
	uint16_t number = (uint16_t)(item + 1);

	switch (role) {
	case PATHS_TEXT:
		keep_first(&r->text, number);
		break;
	case PATHS_MIRROR:
		keep_first(&r->mirror, number);
		break;
	case PATHS_IGNORE:
		keep_first(&r->ignore, number);
		break;
	case PATHS_MEDIA:
		r->media = true;
		break;
	case PATHS_ERROR:
		r->error = true;
		break;
	case PATHS_MESSAGE:
		r->message = true;
		break;
	case PATHS_END_IF:
		r->end_if = true;
		break;
	case PATHS_HOLD:
		r->hold = true;
		break;
	case PATHS_OTHERWISE:
		r->otherwise = true;
		break;
	}
}

static void add_end(struct paths_state *s, const struct paths_entry *entry)
{
	if (!is_conditional(entry->ptr) && !is_conditional(entry->before)) {
		add_role(&s->roles, entry->role, entry->item);
		return;
	}
	s->maybe =
	    mem_realloc_array(s->maybe, s->n_maybe + 1, sizeof *s->maybe);
	s->maybe[s->n_maybe++] = (struct paths_hit){
	    entry->ptr, entry->before != NULL, entry->role, entry->item};
}

/* The state that is this set; the set is taken over by a new one. 0 for the
 * empty set; too many states are found out by the caller. */
static uint16_t intern(struct builder *b, const uint8_t *set)
{
	struct paths *p = b->paths;

	if (memchr(set, 1, b->n_places) == NULL && p->n_states > PATHS_ROOT)
		return PATHS_NOWHERE;
	for (size_t i = PATHS_ROOT; i < p->n_states; i++)
		if (memcmp(set_of(b, i), set, b->n_places) == 0)
			return (uint16_t)i;
	if (p->n_states == b->cap) {
		b->cap *= 2;
		b->sets = mem_realloc_array(
		    b->sets, mem_mul(b->cap, b->n_places + 1), 1);
		p->states =
		    mem_realloc_array(p->states, b->cap, sizeof *p->states);
	}
	struct paths_state *s = &p->states[p->n_states];
	*s = (struct paths_state){.edges = NULL};
	memcpy(set_of(b, p->n_states), set, b->n_places);
	for (size_t i = 0; i < b->n_places; i++)
		if (set[i] && b->places[i].step == NULL)
			add_end(s, &b->entries[b->places[i].entry]);
	return (uint16_t)p->n_states++;
}

static bool same_key(const struct pointer_step *s, const char *key, size_t len)
{
	return s->key_len == len && strncasecmp(s->key, key, len) == 0;
}

/* Where a node goes: a member called key (NULL: by another name), or an
 * element of an array. */
static uint16_t move(
    struct builder *b, size_t from, const char *key, size_t len, bool element)
{
	uint8_t *set = mem_array(b->n_places + 1, 1);

	for (size_t i = 0; i < b->n_places; i++) {
		const struct pointer_step *s = b->places[i].step;
		if (!set_of(b, from)[i] || s == NULL)
			continue;
		switch (s->kind) {
		case POINTER_KEY:
			set[i + 1] |= element ? is_number(s)
					      : key && same_key(s, key, len);
			break;
		case POINTER_ANY:
			set[i + 1] = 1;
			break;
		case POINTER_LAST:
			set[i + 1] |= element;
			break;
		case POINTER_DEEP:
			set[i] = 1;
			break;
		}
	}
	close_set(b, set);
	uint16_t to = intern(b, set);
	free(set);
	return to;
}

static bool has_edge(const struct paths_state *s, const char *key, size_t len)
{
	for (size_t i = 0; i < s->n_edges; i++)
		if (s->edges[i].len == len &&
		    strncasecmp(s->edges[i].key, key, len) == 0)
			return true;
	return false;
}

static void build_edges(struct builder *b, size_t from)
{
	for (size_t i = 0; i < b->n_places; i++) {
		const struct pointer_step *s = b->places[i].step;
		struct paths_state *state = &b->paths->states[from];
		if (!set_of(b, from)[i] || s == NULL ||
		    s->kind != POINTER_KEY ||
		    has_edge(state, s->key, s->key_len))
			continue;
		uint16_t to = move(b, from, s->key, s->key_len, false);
		state = &b->paths->states[from];
		state->edges = mem_realloc_array(
		    state->edges, state->n_edges + 1, sizeof *state->edges);
		state->edges[state->n_edges++] =
		    (struct paths_edge){s->key, s->key_len, to};
	}
	uint16_t member = move(b, from, NULL, 0, false);
	uint16_t element = move(b, from, NULL, 0, true);
	b->paths->states[from].member = member;
	b->paths->states[from].element = element;
}

int paths_build(struct paths *p, const struct paths_entry *entries, size_t n)
{
	struct builder b = {.paths = p, .entries = entries, .cap = 64};
	size_t room = 0;

	*p = (struct paths){.states = mem_array(b.cap, sizeof *p->states)};
	for (size_t i = 0; i < n; i++)
		room += entries[i].ptr->n_steps + 1 +
		    (entries[i].before ? entries[i].before->n_steps : 0);
	b.places = mem_array(room + 1, sizeof *b.places);
	uint8_t *first = mem_array(room + 1, 1);
	for (size_t i = 0; i < n; i++) {
		first[b.n_places] = 1;
		add_places(&b, entries[i].before, i);
		add_places(&b, entries[i].ptr, i);
		b.places[b.n_places++] = (struct place){NULL, i};
	}
	b.sets = mem_array(b.cap, b.n_places + 1);
	p->n_states = 1;
	close_set(&b, first);
	intern(&b, first);
	for (size_t i = PATHS_ROOT; i < p->n_states && i < MAX_STATES; i++)
		build_edges(&b, i);
	free(first);
	free(b.places);
	free(b.sets);
	return p->n_states > MAX_STATES ? -1 : 0;
}

void paths_clear(struct paths *p)
{
	for (size_t i = 0; i < p->n_states; i++) {
		free(p->states[i].edges);
		free(p->states[i].maybe);
	}
	free(p->states);
	*p = (struct paths){.states = NULL};
}

/* ---- walking ---- */

static struct span key_inside(const struct json_doc *doc, uint32_t node)
{
	const struct json_node *n = &doc->nodes[node];

	return (struct span){
	    doc->text + n->key_start + 1, n->key_end - n->key_start - 2};
}

static bool is_ascii(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* The key as lenient readers compare it: the long s and the Kelvin sign are
 * letters of ASCII then. What is longer than any pointer's key is cut. */
static struct span fold(
    const struct json_doc *doc, uint32_t node, char out[MAX_FOLDED_BYTES])
{
	struct buf key = {0};
	size_t n = 0;

	json_decode_key(doc, node, &key);
	for (size_t i = 0; i < key.len && n < MAX_FOLDED_BYTES; i++) {
		if (strncmp(key.data + i, "\xc5\xbf", 2) == 0) {
			out[n++] = 's';
			i++;
		} else if (strncmp(key.data + i, "\xe2\x84\xaa", 3) == 0) {
			out[n++] = 'k';
			i += 2;
		} else {
			out[n++] = key.data[i];
		}
	}
	buf_clear(&key);
	return (struct span){out, n};
}

static uint16_t lenient(const struct paths_state *s, struct span key)
{
	for (size_t i = 0; i < s->n_edges; i++)
		if (s->edges[i].len == key.len &&
		    strncasecmp(s->edges[i].key, key.p, key.len) == 0)
			return s->edges[i].to;
	return s->member;
}

static uint16_t member(const struct paths_state *s, const struct json_doc *doc,
    uint32_t node, bool *exact)
{
	struct span key = key_inside(doc, node);
	bool escaped = doc->nodes[node].key_escaped;
	char folded[MAX_FOLDED_BYTES];

	for (size_t i = 0; !escaped && i < s->n_edges; i++) {
		const struct paths_edge *e = &s->edges[i];
		*exact =
		    e->len == key.len && memcmp(e->key, key.p, key.len) == 0;
		if (*exact)
			return e->to;
	}
	if (s->n_edges == 0)
		return s->member;
	if (escaped || !is_ascii(key))
		key = fold(doc, node, folded);
	return lenient(s, key);
}

bool paths_find_member(const struct json_doc *doc, uint32_t object,
    const char *name, uint32_t *out)
{
	char folded[MAX_FOLDED_BYTES];
	size_t len = strlen(name);
	uint32_t i = JSON_NONE;

	*out = JSON_NONE;
	if (doc->nodes[object].type == JSON_IS_OBJECT)
		i = doc->nodes[object].child;
	for (; i != JSON_NONE; i = doc->nodes[i].next) {
		struct span key = key_inside(doc, i);
		bool plain = !doc->nodes[i].key_escaped;
		if (plain && key.len == len && memcmp(key.p, name, len) == 0) {
			*out = i;
			continue;
		}
		if (!plain || !is_ascii(key))
			key = fold(doc, i, folded);
		if (key.len == len && strncasecmp(key.p, name, len) == 0)
			return false;
	}
	return true;
}

uint16_t paths_step(const struct paths *p, uint16_t parent,
    const struct json_doc *doc, uint32_t node, bool *exact)
{
	const struct json_node *n = &doc->nodes[node];

	*exact = false;
	if (parent == PATHS_NOWHERE)
		return PATHS_NOWHERE;
	if (n->key_end == n->key_start)
		return p->states[parent].element;
	return member(&p->states[parent], doc, node, exact);
}

bool paths_is_any(const struct paths *p, uint16_t parent, uint16_t state)
{
	const struct paths_state *s = &p->states[parent];
	bool any = state != PATHS_NOWHERE && s->member == state;

	for (size_t i = 0; i < s->n_edges && any; i++)
		any = s->edges[i].to != state;
	return any;
}

bool paths_is_double(const struct paths *p, uint16_t parent,
    const struct json_doc *doc, uint32_t node)
{
	char folded[2][MAX_FOLDED_BYTES];
	struct span mine = fold(doc, node, folded[0]);
	uint32_t i = doc->nodes[doc->nodes[node].parent].child;

	if (!has_edge(&p->states[parent], mine.p, mine.len))
		return false;
	for (; i != JSON_NONE; i = doc->nodes[i].next) {
		if (i == node)
			continue;
		struct span other = fold(doc, i, folded[1]);
		if (other.len == mine.len &&
		    strncasecmp(other.p, mine.p, mine.len) == 0)
			return true;
	}
	return false;
}

void paths_roles(const struct paths *p, uint16_t state,
    const struct json_doc *doc, uint32_t base, uint32_t node,
    struct paths_roles *out)
{
	const struct paths_state *s = &p->states[state];

	*out = s->roles;
	for (size_t i = 0; i < s->n_maybe; i++) {
		const struct paths_hit *h = &s->maybe[i];
		uint32_t from = h->in_message ? base : 0;
		if (from != JSON_NONE && pointer_match(h->ptr, doc, from, node))
			add_role(out, h->role, h->item);
	}
}
