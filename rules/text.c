/*
 * text - see text.h. Keeps the bytes, checks that they are UTF-8, and lets
 * normalise.c read what is whole. The first error is final.
 */
#include "rules/text.h"

#include "rules/normalise.h"
#include "rules/sentence.h"
#include "rules/token.h"
#include "rules/view.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 512u
#define TEXT_MAX_BYTES (64u << 20) /* offsets in the views stay 32 bits */

int text_init(struct text *t, size_t max_bytes)
{
	*t = (struct text){.max_bytes = max_bytes < TEXT_MAX_BYTES
		? max_bytes
		: TEXT_MAX_BYTES};
	view_reset(&t->folded);
	view_reset(&t->plain);
	t->state = calloc(1, sizeof(*t->state));
	if (!t->state)
		t->err = TEXT_ERR_MEMORY;
	return t->err;
}

void text_clear(struct text *t)
{
	free(t->bytes);
	free(t->alt);
	free(t->tokens);
	free(t->letters);
	free(t->sentences);
	free(t->calm);
	spans_clear(&t->hidden);
	spans_clear(&t->apart);
	free(t->state);
	view_clear(&t->folded);
	view_clear(&t->plain);
	*t = (struct text){0};
}

void text_reset(struct text *t)
{
	t->len = t->alt_len = 0;
	view_reset(&t->folded);
	view_reset(&t->plain);
	t->n_tokens = t->n_letters = t->n_sentences = t->n_calm = 0;
	t->hidden.n = t->apart.n = 0;
	t->settled = t->open_token = 0;
	t->final = false;
	if (!t->state)
		return; /* text_init failed: the error stays */
	t->err = TEXT_OK;
	memset(t->state, 0, sizeof(*t->state));
}

/* ---- UTF-8 (RFC 3629) ---- */

/* Length of the character at s, 0 when it is cut off, -1 when malformed. */
static int utf8_length(const unsigned char *s, size_t n)
{
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xC2 || s[0] > 0xF4)
		return -1;
	int len = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	unsigned char low = 0x80, high = 0xBF;
	if (s[0] == 0xE0)
		low = 0xA0; /* overlong */
	else if (s[0] == 0xED)
		high = 0x9F; /* surrogates */
	else if (s[0] == 0xF0)
		low = 0x90;
	else if (s[0] == 0xF4)
		high = 0x8F; /* beyond U+10FFFF */
	for (int i = 1; i < len; i++) {
		if ((size_t)i >= n)
			return 0;
		if (s[i] < low || s[i] > high)
			return -1;
		low = 0x80;
		high = 0xBF;
	}
	return len;
}

/* Move state->valid over whole characters. 0 or TEXT_ERR_NOT_UTF8. */
static int validate(struct text *t)
{
	const unsigned char *s = (const unsigned char *)t->bytes;
	size_t pos = t->state->valid;
	int len = 1;
	while (pos < t->len && len > 0) {
		uint64_t word;
		if (t->len - pos >= sizeof(word)) {
			memcpy(&word, s + pos, sizeof(word));
			if (!(word & 0x8080808080808080u)) {
				pos += sizeof(word);
				continue;
			}
		}
		len = utf8_length(s + pos, t->len - pos);
		if (len > 0)
			pos += (size_t)len;
	}
	t->state->valid = pos;
	return len < 0 ? TEXT_ERR_NOT_UTF8 : 0;
}

/* ---- feeding ---- */

static int append(struct text *t, const char *bytes, size_t len)
{
	if (len == 0)
		return 0;
	if (t->cap - t->len < len) {
		size_t cap = t->cap ? t->cap : FIRST_CAP;
		while (cap - t->len < len)
			cap *= 2;
		char *p = realloc(t->bytes, cap + TEXT_SLACK);
		if (!p)
			return TEXT_ERR_MEMORY;
		t->bytes = p;
		t->cap = cap;
	}
	memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
	memset(t->bytes + t->len, 0, TEXT_SLACK);
	return 0;
}

/* What may still come behind the bytes that are here. */
enum to_come { ANYTHING, NEW_UNITS, NOTHING };

/* Read what is valid and note where things stand. */
static int read_on(struct text *t, enum to_come what)
{
	int err = normalise_run(t, what != ANYTHING);
	if (err == 0 && what == NOTHING)
		err = token_break(t);
	if (err == 0 && what == NOTHING)
		err = token_flush(t);
	if (err == 0 && what == NOTHING)
		err = sentence_end(t);
	t->open_token = token_open_start(t);
	sentence_update(t);
	return err;
}

/* The first error stays; what was good before it has been read. */
static int fail(struct text *t, enum text_err err)
{
	if (t->err == TEXT_OK)
		t->err = err;
	return t->err;
}

int text_feed(struct text *t, const char *bytes, size_t len)
{
	if (t->err || t->final)
		return t->err;
	size_t room = t->max_bytes - t->len;
	int err = append(t, bytes, len < room ? len : room);
	if (err)
		return fail(t, err);
	int bad = validate(t);
	if (bad)
		t->len = t->state->valid;
	else if (len > room)
		bad = TEXT_ERR_TOO_LONG;
	err = read_on(t, ANYTHING);
	return err ? fail(t, err) : bad ? fail(t, bad) : 0;
}

int text_settle(struct text *t)
{
	if (t->err || t->final)
		return t->err;
	int err = read_on(t, NEW_UNITS);
	return err ? fail(t, err) : 0;
}

int text_end(struct text *t)
{
	if (t->err || t->final)
		return t->err;
	if (t->state->valid < t->len) {
		t->len = t->state->valid;
		return fail(t, TEXT_ERR_NOT_UTF8);
	}
	int err = read_on(t, NOTHING);
	if (err)
		return fail(t, err);
	t->final = true;
	return 0;
}

/* ---- looking up ---- */

size_t text_token_at(const struct text *t, size_t orig)
{
	size_t low = 0, high = t->n_tokens;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (t->tokens[mid].end <= orig)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

size_t text_sentence_at(const struct text *t, size_t orig)
{
	size_t low = 0, high = t->n_sentences;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (t->sentences[mid].start <= orig)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? low - 1 : 0;
}
