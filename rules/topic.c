/* topic - see topic.h. */
#include "rules/topic.h"

#include <assert.h>

#define SHORTEST 3u
#define LONGEST 5u
#define HASH_START 2166136261u

/* ---- pieces of words ---- */

static uint32_t hash_byte(uint32_t h, char c)
{
	return (h ^ (unsigned char)c) * 16777619u; /* FNV-1a */
}

/* Its low bits hang on few of the bytes: mix them. */
static uint16_t bucket_of(uint32_t h)
{
	h ^= h >> 15;
	h *= 0x2c1b3c6du;
	h ^= h >> 12;
	return (uint16_t)(h & (GUARD_TOPIC_BUCKETS - 1));
}

struct spelled { /* a word between its marks */
	char bytes[4 * TOPIC_WORD_CHARS + 2];
	uint16_t starts[TOPIC_WORD_CHARS + 3]; /* of characters, and the end */
	size_t n;
	bool ascii; /* characters are bytes */
};

static void spell(struct spelled *s, const char *word, size_t len)
{
	size_t at = 0;
	s->n = 0;
	s->ascii = true;
	s->starts[s->n++] = 0;
	s->bytes[at++] = '<';
	for (size_t i = 0; i < len; i++) {
		bool first = ((unsigned char)word[i] & 0xC0) != 0x80;
		if (first && s->n > TOPIC_WORD_CHARS)
			break;
		if (at == sizeof(s->bytes) - 1)
			break;
		if (first)
			s->starts[s->n++] = (uint16_t)at;
		s->ascii &= (unsigned char)word[i] < 0x80;
		s->bytes[at++] = word[i];
	}
	s->starts[s->n++] = (uint16_t)at;
	s->bytes[at++] = '>';
	s->starts[s->n] = (uint16_t)at;
}

/* What the loop below does, without looking for characters. */
static size_t pieces_of_ascii(
    const struct spelled *s, uint16_t out[TOPIC_WORD_PIECES])
{
	size_t n = 0;
	for (size_t from = 0; from + SHORTEST <= s->n; from++) {
		const char *c = s->bytes + from;
		uint32_t h = hash_byte(hash_byte(HASH_START, c[0]), c[1]);
		h = hash_byte(h, c[2]);
		out[n++] = bucket_of(h);
		if (from + 4 > s->n)
			break;
		h = hash_byte(h, c[3]);
		out[n++] = bucket_of(h);
		if (from + LONGEST <= s->n)
			out[n++] = bucket_of(hash_byte(h, c[4]));
	}
	return n;
}

static size_t pieces_of(
    const char *word, size_t len, uint16_t out[TOPIC_WORD_PIECES])
{
	struct spelled s;
	size_t n = 0;
	spell(&s, word, len);
	if (s.ascii)
		return pieces_of_ascii(&s, out);
	for (size_t from = 0; from < s.n; from++) {
		uint32_t h = HASH_START;
		size_t i = s.starts[from];
		for (size_t k = 1; k <= LONGEST && from + k <= s.n; k++) {
			for (; i < s.starts[from + k]; i++)
				h = hash_byte(h, s.bytes[i]);
			if (k >= SHORTEST)
				out[n++] = bucket_of(h);
		}
	}
	return n;
}

size_t topic_pieces(const struct text *t, const struct token *k, bool other,
    uint16_t out[TOPIC_WORD_PIECES])
{
	if (k->kind == TOKEN_NUMBER)
		return pieces_of("0", 1, out);
	if (other && k->alt_len)
		return pieces_of(t->alt + k->alt, k->alt_len, out);
	return pieces_of(text_fold(t, k), k->fold_len, out);
}

/* ---- scores ---- */

static uint64_t root_of(uint64_t n)
{
	uint64_t root = 0;
	for (uint64_t bit = (uint64_t)1 << 31; bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= n)
			root += bit;
	return root;
}

int64_t topic_scale(int64_t sum, size_t n)
{
	/* A thousand times the root, in whole numbers. */
	uint64_t all = (uint64_t)n + GUARD_TOPIC_REST;
	return sum * 1000 / (int64_t)root_of(all * 1000000);
}

int64_t guard_topic_score(
    const struct guard_topic_model *m, const uint16_t *pieces, size_t n_pieces)
{
	int64_t sum = 0;
	for (size_t i = 0; i < n_pieces; i++)
		sum += m->weights[pieces[i]];
	return topic_scale(sum, n_pieces);
}

/* What the models of a policy, or one of them, make of a sentence. */
struct tally {
	const struct guard_topic_model *models[TOPIC_MAX_MODELS];
	int64_t sums[TOPIC_MAX_MODELS];
	size_t n_models, n_pieces;
	bool has_other; /* some word has another reading */
};

static void read_sentence(
    struct tally *y, const struct text *t, const struct sentence *s, bool other)
{
	uint16_t pieces[TOPIC_WORD_PIECES];
	y->n_pieces = 0;
	for (size_t m = 0; m < y->n_models; m++)
		y->sums[m] = 0;
	for (size_t i = 0; i < s->n_tokens; i++) {
		const struct token *k = &t->tokens[s->first_token + i];
		size_t n = topic_pieces(t, k, other, pieces);
		y->has_other |= k->alt_len > 0;
		y->n_pieces += n;
		for (size_t m = 0; m < y->n_models; m++)
			for (size_t p = 0; p < n; p++)
				y->sums[m] += y->models[m]->weights[pieces[p]];
	}
	for (size_t m = 0; m < y->n_models; m++)
		y->sums[m] = topic_scale(y->sums[m], y->n_pieces);
}

static void score_sentence(struct tally *y, const struct text *t,
    const struct sentence *s, bool other[TOPIC_MAX_MODELS])
{
	int64_t first[TOPIC_MAX_MODELS];
	y->has_other = false;
	read_sentence(y, t, s, false);
	for (size_t m = 0; m < y->n_models; m++)
		other[m] = false;
	if (!y->has_other)
		return;
	for (size_t m = 0; m < y->n_models; m++)
		first[m] = y->sums[m];
	read_sentence(y, t, s, true);
	for (size_t m = 0; m < y->n_models; m++) {
		other[m] = y->sums[m] > first[m];
		if (!other[m])
			y->sums[m] = first[m];
	}
}

int64_t topic_score(const struct guard_topic_model *m, const struct text *t,
    const struct sentence *s, bool *other)
{
	struct tally y = {.models = {m}, .n_models = 1};
	bool others[TOPIC_MAX_MODELS];
	score_sentence(&y, t, s, others);
	*other = others[0];
	return y.sums[0];
}

/* ---- the scanner ---- */

void topic_scan_init(struct topic_scan *s)
{
	*s = (struct topic_scan){0};
}

static int report(const struct tally *y, const struct any_of *all,
    const struct text *t, uint32_t sentence, struct matches *out)
{
	const struct sentence *s = &t->sentences[sentence];
	for (size_t m = 0; m < y->n_models; m++) {
		const struct match match = {
		    .detector = all->detectors[m],
		    .start = s->start,
		    .end = s->end,
		    .first_token = s->first_token,
		    .n_tokens = s->n_tokens,
		    .sentence = sentence,
		    .value = y->sums[m],
		};
		if (y->sums[m] > y->models[m]->threshold &&
		    matches_add(out, &match))
			return -1;
	}
	return 0;
}

static int look_at(const struct text *t, const struct guard_policy *p,
    uint32_t sentence, struct matches *out)
{
	const struct any_of *all = &p->of_kind[DETECTOR_TOPIC];
	struct tally y;
	bool other[TOPIC_MAX_MODELS];
	assert(all->n <= TOPIC_MAX_MODELS);
	y.n_models = all->n;
	for (size_t m = 0; m < all->n; m++)
		y.models[m] = p->detectors[all->detectors[m]].topic;
	score_sentence(&y, t, &t->sentences[sentence], other);
	return report(&y, all, t, sentence, out);
}

int topic_scan(struct topic_scan *s, const struct text *t,
    const struct guard_policy *p, struct matches *out, size_t *alive_from)
{
	for (; s->next < t->n_sentences && t->sentences[s->next].closed;
	     s->next++)
		if (look_at(t, p, (uint32_t)s->next, out))
			return -1;
	*alive_from =
	    s->next < t->n_sentences ? t->sentences[s->next].start : SIZE_MAX;
	return 0;
}
