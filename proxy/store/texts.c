/* texts - see texts.h. */
#include "proxy/store/texts.h"

#include "proxy/base/mem.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A block is as large as all before it: few for a long transcript, little
 * memory for a short one. */
#define MIN_BLOCK ((size_t)512)
#define MAX_BLOCK ((size_t)16 << 10)

struct text_block {
	atomic_size_t refs;
	size_t live; /* texts that have not been dropped; the transcript's */
	size_t used, size;
	char data[];
};

static void block_unref(struct text_block *block)
{
	if (atomic_fetch_sub(&block->refs, 1) == 1)
		free(block);
}

static struct text_block *block_add(struct texts *t, size_t need)
{
	size_t size = t->bytes;

	size = size < MIN_BLOCK ? MIN_BLOCK : size;
	size = size > MAX_BLOCK ? MAX_BLOCK : size;
	size = size < need ? need : size;
	struct text_block *block = mem_alloc(mem_add(sizeof(*block), size));
	atomic_init(&block->refs, 1);
	block->live = block->used = 0;
	block->size = size;
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 4;
		t->blocks =
		    mem_realloc_array(t->blocks, t->cap, sizeof(*t->blocks));
	}
	t->blocks[t->n++] = block;
	t->bytes += size;
	return block;
}

char *texts_add(struct texts *t, const char *text, size_t len)
{
	size_t need = mem_add(len, 1);
	struct text_block *block = t->n ? t->blocks[t->n - 1] : NULL;

	if (!block || block->size - block->used < need)
		block = block_add(t, need);
	char *to = block->data + block->used;
	if (len)
		memcpy(to, text, len);
	to[len] = '\0';
	block->used += need;
	block->live++;
	return to;
}

void texts_drop(struct texts *t)
{
	assert(t->n > 0 && t->blocks[0]->live > 0);
	struct text_block *oldest = t->blocks[0];

	if (--oldest->live > 0)
		return;
	t->bytes -= oldest->size;
	t->n--;
	memmove(t->blocks, t->blocks + 1, t->n * sizeof(*t->blocks));
	block_unref(oldest);
}

void texts_clear(struct texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		block_unref(t->blocks[i]);
	free(t->blocks);
	*t = (struct texts){0};
}

struct texts_shared texts_share(const struct texts *t)
{
	struct texts_shared shared = {
	    .blocks = mem_array(t->n + 1, sizeof(*shared.blocks)), .n = t->n};

	for (size_t i = 0; i < t->n; i++) {
		atomic_fetch_add(&t->blocks[i]->refs, 1);
		shared.blocks[i] = t->blocks[i];
	}
	return shared;
}

void texts_unshare(struct texts_shared *shared)
{
	for (size_t i = 0; i < shared->n; i++)
		block_unref(shared->blocks[i]);
	free(shared->blocks);
	*shared = (struct texts_shared){0};
}
