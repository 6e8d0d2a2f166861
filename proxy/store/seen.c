/* seen - see seen.h. */
#include "proxy/store/seen.h"

#include "proxy/base/mem.h"

#include <stdlib.h>

#define FIRST_CAP 64u

void seen_clear(struct seen *s)
{
	free(s->slots);
	*s = (struct seen){0};
}

/* The slot that holds the hash, or the free one where it belongs. */
static uint64_t *slot_of(uint64_t *slots, size_t cap, uint64_t hash)
{
	/* Conversations of one shard share bits of the hash: mix them. */
	size_t i = (size_t)((hash * UINT64_C(0x9E3779B97F4A7C15)) >> 32);
	for (;; i++) {
		uint64_t *slot = &slots[i & (cap - 1)];
		if (*slot == 0 || *slot == hash)
			return slot;
	}
}

static void grow(struct seen *s)
{
	size_t cap = s->cap ? s->cap * 2 : FIRST_CAP;
	uint64_t *slots = mem_array(cap, sizeof(*slots));
	for (size_t i = 0; i < s->cap; i++)
		if (s->slots[i])
			*slot_of(slots, cap, s->slots[i]) = s->slots[i];
	free(s->slots);
	s->slots = slots;
	s->cap = cap;
}

bool seen_add(struct seen *s, uint64_t hash)
{
	if (s->full)
		return true;
	hash = hash ? hash : 1;
	if (s->n * 2 >= s->cap)
		grow(s);
	uint64_t *slot = slot_of(s->slots, s->cap, hash);
	if (*slot == hash)
		return true;
	*slot = hash;
	s->full = ++s->n >= SEEN_MAX;
	return false;
}
