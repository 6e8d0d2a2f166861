/* keys - see guard_keys.h: the loader's tables, joined. */
#include "rules/guard_keys.h"

#include "rules/load_holds.h"
#include "rules/load_keys.h"

#include <assert.h>
#include <string.h>

const char *guard_block(size_t index)
{
	size_t n = 0;
	while (n < index && load_blocks[n].name)
		n++;
	return load_blocks[n].name;
}

static const struct load_key *keys_of(const char *block)
{
	const struct load_block *b = load_blocks;
	while (b->name && strcmp(b->name, block) != 0)
		b++;
	return b->keys;
}

static void add(struct guard_key *k, const struct guard_value *v)
{
	assert(k->n_values < GUARD_KEY_VALUES);
	k->values[k->n_values++] = *v;
}

/* What the shape alone says. */
static void add_by_shape(struct guard_key *k, enum load_shape shape)
{
	const struct guard_value text = {
	    .holder = GUARD_HOLDER_ONE, .held = GUARD_HELD_TEXT};
	const struct guard_value texts = {
	    .holder = GUARD_HOLDER_LIST, .held = GUARD_HELD_TEXT};
	switch (shape) {
	case SHAPE_TEXT:
		add(k, &text);
		return;
	case SHAPE_WORDS:
	case SHAPE_SENTENCES:
		add(k, &text);
		add(k, &texts);
		return;
	case SHAPE_LIST:
	case SHAPE_MAP:
	case SHAPE_ANY:
		return;
	}
}

static bool is_required(const char *block, const char *key)
{
	const struct load_required *r = load_required;
	while (r->block &&
	    (strcmp(r->block, block) != 0 || strcmp(r->key, key) != 0))
		r++;
	return r->block != NULL;
}

bool guard_block_key(const char *block, size_t index, struct guard_key *out)
{
	const struct load_key *k = keys_of(block);
	while (k && k->name && index-- > 0)
		k++;
	if (!k || !k->name)
		return false;
	*out = (struct guard_key){.name = k->name,
	    .about = k->about,
	    .required = is_required(block, k->name)};
	for (const struct load_hold *h = load_holds; h->block; h++)
		if (strcmp(h->block, block) == 0 &&
		    strcmp(h->key, k->name) == 0)
			add(out, &h->value);
	if (!out->n_values)
		add_by_shape(out, k->shape);
	return true;
}
