/* token_list - see token_list.h. */
#include "rules/token_list.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 32u
#define ALT_FIRST_CAP 64u

static int grow(struct token **tokens, size_t *cap, size_t need)
{
	size_t more = *cap ? *cap * 2 : FIRST_CAP;
	while (more < need)
		more *= 2;
	struct token *p = realloc(*tokens, more * sizeof(*p));
	if (!p)
		return TEXT_ERR_MEMORY;
	*tokens = p;
	*cap = more;
	return 0;
}

int token_reserve(struct text *t, size_t more)
{
	size_t need = t->n_tokens + more;
	return need <= t->cap_tokens ? 0
				     : grow(&t->tokens, &t->cap_tokens, need);
}

int token_reserve_letters(struct text *t, size_t more)
{
	size_t need = t->n_letters + more;
	return need <= t->cap_letters
	    ? 0
	    : grow(&t->letters, &t->cap_letters, need);
}

int token_append(struct text *t, struct token *tok)
{
	if (token_reserve(t, 1))
		return TEXT_ERR_MEMORY;
	struct sentence *s = &t->sentences[tok->sentence];
	if (s->n_tokens++ == 0)
		s->first_token = (uint32_t)t->n_tokens;
	tok->glued = t->n_tokens > 0 && tok->fold == t->state->last_fold_end;
	t->state->last_fold_end = tok->fold + tok->fold_len;
	t->tokens[t->n_tokens++] = *tok;
	return 0;
}

int token_add_alt(
    struct text *t, struct token *tok, const char *bytes, size_t len)
{
	if (t->alt_cap - t->alt_len < len) {
		size_t cap = t->alt_cap ? t->alt_cap * 2 : ALT_FIRST_CAP;
		while (cap - t->alt_len < len)
			cap *= 2;
		char *p = realloc(t->alt, cap);
		if (!p)
			return TEXT_ERR_MEMORY;
		t->alt = p;
		t->alt_cap = cap;
	}
	memcpy(t->alt + t->alt_len, bytes, len);
	tok->alt = (uint32_t)t->alt_len;
	tok->alt_len = (uint32_t)len;
	t->alt_len += len;
	return 0;
}
