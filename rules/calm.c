/* calm - see calm.h. What a stretch does to the text is noted once at its end;
 * of a word only its bytes and its token are written. */
#include "rules/calm.h"

#include "rules/chars.h"
#include "rules/put.h"
#include "rules/sentence.h"
#include "rules/token.h"
#include "rules/token_list.h"
#include "rules/view.h"

#include <stdlib.h>

#define FIRST_CAP 16u
#define WORD_BYTES 11u     /* nine letters, a comma and a space */
#define STRETCH_BYTES 256u /* read in one go */
#define STRETCH_WORDS (STRETCH_BYTES / 2 + 1) /* a letter and a space */

struct word {
	size_t letters, len; /* without and with what is behind it */
	bool stop;           /* a full stop, and a space that is not in len */
};

/* Is the letter at s a word? Others by themselves may be one spelled out. */
static inline bool is_letter_word(const char *s)
{
	return s[1] == ' ' && chars_are(s[2], CHARS_LETTER) &&
	    chars_are(s[3], CHARS_LETTER);
}

/* The calm word that begins at s, where TEXT_SLACK bytes may be read; of no
 * bytes when there is none. */
static inline struct word read_word(const char *s)
{
	size_t n = 1 + chars_small_of_eight(s + 1);
	bool stop = s[n] == '.';
	size_t tail = 1;
	if (s[n] != ' ' && (s[n + 1] != ' ' || (s[n] != ',' && !stop)))
		tail = 0;
	else if (s[n] == ',')
		tail = 2;
	if (!tail || !chars_are(s[0], CHARS_LETTER) ||
	    (n == 1 && !is_letter_word(s)))
		return (struct word){0};
	return (struct word){n, n + tail, stop};
}

/* In both views. */
static bool stands_apart(const struct text *t)
{
	const struct text_view *f = &t->folded, *p = &t->plain;
	char last = p->len ? p->bytes[p->len - 1] : ' ';
	return (f->len == 0 || f->bytes[f->len - 1] == ' ') &&
	    (last == ' ' || last == '\n');
}

static int reserve(struct text *t)
{
	if (t->n_calm == t->cap_calm) {
		size_t cap = t->cap_calm ? t->cap_calm * 2 : FIRST_CAP;
		struct text_calm *p = realloc(t->calm, cap * sizeof(*p));
		if (!p)
			return TEXT_ERR_MEMORY;
		t->calm = p;
		t->cap_calm = cap;
	}
	int err = token_reserve(t, STRETCH_WORDS);
	if (err == 0)
		err = view_reserve(&t->folded, STRETCH_BYTES + 2 * WORD_BYTES);
	if (err == 0)
		err = view_reserve(&t->plain, STRETCH_BYTES + 2 * WORD_BYTES);
	return err;
}

/* The next len bytes of both views are calm. */
static void note(struct text *t, size_t len)
{
	uint32_t fold = (uint32_t)t->folded.len, plain = (uint32_t)t->plain.len;
	struct text_calm *last = t->n_calm ? &t->calm[t->n_calm - 1] : NULL;
	if (last && last->plain + last->len == plain &&
	    last->fold + last->len == fold)
		last->len += (uint32_t)len;
	else
		t->calm[t->n_calm++] =
		    (struct text_calm){fold, plain, (uint32_t)len};
}

/* Write the words from t->settled on that begin before end; returns where they
 * end. A space, a comma and a full stop have the bit that makes letters small.
 */
static size_t write_words(struct text *t, size_t end, bool *stop)
{
	size_t pos = t->settled;
	char *fold = t->folded.bytes + t->folded.len;
	char *plain = t->plain.bytes + t->plain.len;
	struct token *tok = t->tokens + t->n_tokens;
	uint32_t sentence = (uint32_t)t->n_sentences - 1;
	struct word w;
	*stop = false;
	while (!*stop && pos < end && (w = read_word(t->bytes + pos)).len) {
		uint64_t two[2];
		memcpy(two, t->bytes + pos, sizeof(two));
		memcpy(plain, two, sizeof(two));
		two[0] |= VIEW_SMALL;
		two[1] |= VIEW_SMALL;
		memcpy(fold, two, sizeof(two));
		*tok++ = (struct token){.start = (uint32_t)pos,
		    .end = (uint32_t)(pos + w.letters),
		    .fold = (uint32_t)(fold - t->folded.bytes),
		    .fold_len = (uint32_t)w.letters,
		    .sentence = sentence,
		    .kind = TOKEN_WORD};
		pos += w.len;
		fold += w.len;
		plain += w.len;
		*stop = w.stop;
	}
	struct sentence *s = &t->sentences[sentence];
	size_t n = (size_t)(tok - (t->tokens + t->n_tokens));
	if (s->n_tokens == 0)
		s->first_token = (uint32_t)t->n_tokens;
	s->n_tokens += (uint32_t)n;
	t->n_tokens += n;
	return pos;
}

int calm_read(struct text *t)
{
	struct text_state *st = t->state;
	uint32_t start = (uint32_t)t->settled;
	bool stop;
	if (!read_word(t->bytes + start).len || !stands_apart(t))
		return 0;
	int err = sentence_before(t, t->bytes[start], start);
	if (err == 0)
		err = reserve(t);
	if (err)
		return err;
	size_t end = t->sentences[t->n_sentences - 1].start +
	    TEXT_SENTENCE_BYTES - WORD_BYTES;
	if (end > start + STRETCH_BYTES)
		end = start + STRETCH_BYTES;
	if (end <= start)
		return 0;
	end = write_words(t, end, &stop);
	size_t n = end - start;
	note(t, n + stop);
	view_map_run(&t->folded, start, n);
	view_map_run(&t->plain, start, n);
	t->folded.len += n;
	t->plain.len += n;
	t->settled = end;
	st->last_fold_end = t->tokens[t->n_tokens - 1].fold +
	    t->tokens[t->n_tokens - 1].fold_len;
	st->latin_before = true;
	st->prev = stop ? PREV_OTHER : PREV_SPACE;
	st->prev_keeps_marks = false;
	if (!stop)
		return 0;
	sentence_after(t, '.', (uint32_t)end);
	t->settled++;
	return put_ascii_space(t, ' ', (uint32_t)end);
}
