/* token_parts - see token_parts.h. While the word is open, its parts are the
 * last in text.letters; where a part begins in the word's other reading stands
 * in alt. */
#include "rules/token_parts.h"

#include "rules/reading.h"
#include "rules/token_list.h"

#include <string.h>

/* The open part ends where the word does so far; one of no bytes is none. */
static int close_part(struct text *t)
{
	struct token_open *w = &t->state->word;
	uint32_t end = w->tok.fold + w->tok.fold_len;
	if (end == w->part_fold)
		return 0;
	if (token_reserve_letters(t, 1))
		return TEXT_ERR_MEMORY;
	t->letters[t->n_letters++] = (struct token){.fold = w->part_fold,
	    .fold_len = end - w->part_fold,
	    .alt = w->part_read,
	    .alt_len = w->reading.len - w->part_read,
	    .kind = TOKEN_WORD};
	w->n_parts++;
	return 0;
}

int token_part(struct text *t, uint32_t sign, uint32_t sign_read)
{
	struct token_open *w = &t->state->word;
	if (w->n_parts + 1 == TEXT_SPELLED_LETTERS)
		return 0;
	reading_start(
	    &w->reading, t->folded.bytes + w->tok.fold, w->tok.fold_len);
	w->reading.sure = true;
	int err = close_part(t);
	w->part_fold = w->tok.fold + w->tok.fold_len + sign;
	w->part_read = w->reading.len + sign_read;
	return err;
}

void token_drop_parts(struct text *t)
{
	struct token_open *w = &t->state->word;
	t->n_letters -= w->n_parts;
	w->n_parts = w->part_read = 0;
	w->part_fold = w->tok.fold;
}

/* A number stays one: call_1 is no "call I". */
static bool is_number(const char *fold, size_t len)
{
	size_t i = 0;
	while (i < len && fold[i] >= '0' && fold[i] <= '9')
		i++;
	return i == len;
}

/* What was noted of a part, in full. */
static int finish(
    struct text *t, struct token *part, const struct token *tok, size_t alt_len)
{
	const char *other = t->state->word.reading.bytes + part->alt;
	const char *fold = t->folded.bytes + part->fold;
	size_t len = part->alt_len;
	part->start = text_from(&t->folded, part->fold);
	part->end = text_to(&t->folded, part->fold + part->fold_len - 1);
	part->sentence = tok->sentence;
	bool same = len == part->fold_len && memcmp(other, fold, len) == 0;
	bool has_other = part->alt + len <= alt_len && len > 0 && !same &&
	    !is_number(fold, part->fold_len);
	part->alt_len = 0;
	return has_other ? token_add_alt(t, part, other, len) : 0;
}

int token_keep_parts(struct text *t, struct token *tok, size_t alt_len)
{
	struct token_open *w = &t->state->word;
	if (w->n_parts == 0)
		return 0;
	int err = close_part(t);
	if (err || w->letters == 0 || w->n_parts == 1) {
		token_drop_parts(t);
		return err;
	}
	tok->n_letters = (uint8_t)w->n_parts;
	tok->letters = (uint32_t)(t->n_letters - w->n_parts);
	for (size_t i = tok->letters; i < t->n_letters && err == 0; i++)
		err = finish(t, &t->letters[i], tok, alt_len);
	w->n_parts = 0;
	return err;
}
