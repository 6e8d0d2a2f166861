/* pattern_wake - see pattern_wake.h. */
#include "rules/pattern_wake.h"

#include "rules/chars.h"
#include "rules/pattern.h"
#include "rules/pattern_program.h"

#include <string.h>

struct entry {
	const struct pattern_fixed *fixed;
	uint32_t place; /* of its pattern */
	uint32_t next;  /* of the same byte, or 0 */
};

struct pattern_wake {
	uint32_t first[256]; /* by byte: the entry it is rare in, or 0 */
	struct entry *entries;
	size_t n;         /* entries 1..n */
	uint64_t *always; /* patterns of which nothing is known */
	size_t n_patterns;
};

static void set(uint64_t *awake, size_t place)
{
	awake[place / 64] |= (uint64_t)1 << place % 64;
}

static bool is_set(const uint64_t *awake, size_t place)
{
	return awake[place / 64] >> place % 64 & 1;
}

static const struct pattern_texts *texts_of(
    const struct guard_policy *p, size_t place)
{
	const struct any_of *all = &p->of_kind[DETECTOR_PATTERN];
	return pattern_inside(p->detectors[all->detectors[place]].pattern);
}

static void put(struct pattern_wake *w, char byte,
    const struct pattern_fixed *fixed, size_t place)
{
	uint32_t *first = &w->first[(unsigned char)byte];
	w->entries[++w->n] = (struct entry){fixed, (uint32_t)place, *first};
	*first = (uint32_t)w->n;
}

static void put_texts(
    struct pattern_wake *w, const struct pattern_texts *texts, size_t place)
{
	if (!texts->n)
		set(w->always, place);
	for (size_t i = 0; i < texts->n; i++) {
		const struct pattern_fixed *f = &texts->any[i];
		char rare = f->text[f->rare];
		put(w, rare, f, place);
		if (f->caseless && chars_are(rare, CHARS_SMALL))
			put(w, (char)(rare & ~0x20), f, place);
	}
}

int pattern_wake_build(const struct pattern_wake **out, struct guard_policy *p)
{
	struct arena *a = &p->arena;
	size_t n = p->of_kind[DETECTOR_PATTERN].n, n_texts = 0;
	*out = NULL;
	if (n < PATTERN_WAKE_MIN)
		return 0;
	for (size_t i = 0; i < n; i++)
		n_texts += texts_of(p, i)->n;
	struct pattern_wake *w = arena_alloc(a, sizeof(*w));
	if (!w)
		return -1;
	w->n_patterns = n;
	w->entries = arena_array(a, 2 * n_texts + 1, sizeof(*w->entries));
	w->always = arena_array(a, pattern_set_words(n), sizeof(*w->always));
	if (!w->entries || !w->always)
		return -1;
	for (size_t i = 0; i < n; i++)
		put_texts(w, texts_of(p, i), i);
	*out = w;
	return 0;
}

/* The byte at i is the rare one of these. */
static void look_at(const struct pattern_wake *w, uint32_t entry,
    const char *bytes, size_t i, size_t n, uint64_t *awake)
{
	for (; entry; entry = w->entries[entry].next) {
		const struct entry *e = &w->entries[entry];
		size_t rare = e->fixed->rare;
		if (i >= rare && !is_set(awake, e->place) &&
		    pattern_fixed_begins(
			e->fixed, bytes + i - rare, n - i + rare) == 1)
			set(awake, e->place);
	}
}

void pattern_wake_look(
    const struct pattern_wake *w, const char *bytes, size_t n, uint64_t *awake)
{
	memcpy(awake, w->always,
	    pattern_set_words(w->n_patterns) * sizeof(*awake));
	for (size_t i = 0; i < n; i++) {
		uint32_t entry = w->first[(unsigned char)bytes[i]];
		if (entry)
			look_at(w, entry, bytes, i, n, awake);
	}
}
