/*
 * Property: where the bytes are cut changes nothing in the views, tokens and
 * sentences of a text, and maps never go back. The first byte says where.
 */
#include "rules/text.h"

#include <stdlib.h>
#include <string.h>

#define MAX_BYTES (1u << 20)

static void check(int good)
{
	if (!good)
		abort();
}

static void read_cut(struct text *t, const char *s, size_t n, size_t step)
{
	int err = text_init(t, MAX_BYTES);
	for (size_t i = 0; i < n && err == 0; i += step)
		err = text_feed(t, s + i, n - i < step ? n - i : step);
	if (err == 0)
		(void)!text_end(t);
}

static void same_view(const struct text_view *a, const struct text_view *b)
{
	check(a->len == b->len);
	for (size_t i = 0; i < a->len; i++) {
		check(a->bytes[i] == b->bytes[i] &&
		    text_from(a, i) == text_from(b, i));
		check(text_to(a, i) == text_to(b, i));
		check(text_from(a, i) < text_to(a, i));
		check(i == 0 || text_from(a, i) >= text_from(a, i - 1));
		check(i == 0 || text_to(a, i) >= text_to(a, i - 1));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text a, b;
	if (size < 2)
		return 0;
	const char *s = (const char *)data + 1;
	read_cut(&a, s, size - 1, size);
	read_cut(&b, s, size - 1, 1 + data[0] % 16);
	check(a.err == b.err && a.len == b.len);
	same_view(&a.folded, &b.folded);
	same_view(&a.plain, &b.plain);
	check(a.n_tokens == b.n_tokens && a.n_sentences == b.n_sentences);
	for (size_t i = 0; i < a.n_tokens; i++) {
		const struct token *x = &a.tokens[i], *y = &b.tokens[i];
		check(x->start == y->start && x->end == y->end);
		check(x->fold == y->fold && x->alt_len == y->alt_len);
		check(x->sentence == y->sentence && x->kind == y->kind);
		check(x->fold + x->fold_len <= a.folded.len);
	}
	check(a.alt_len == b.alt_len &&
	    (a.alt_len == 0 || memcmp(a.alt, b.alt, a.alt_len) == 0));
	text_clear(&a);
	text_clear(&b);
	return 0;
}
