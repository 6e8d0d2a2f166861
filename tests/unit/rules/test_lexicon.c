/* lexicon: what ends at each letter is what a list of the words says. */
#include "rules/lexicon.h"
#include "tests/support/failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WORDS 400u
#define BYTES 12u

struct made {
	char words[WORDS][BYTES];
	struct lexicon_entry entries[WORDS];
	size_t n;
};

static uint32_t draw(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

static bool is_known(const struct made *m, const struct lexicon_entry *e)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->entries[i].prefix == e->prefix &&
		    m->entries[i].len == e->len &&
		    !memcmp(m->entries[i].bytes, e->bytes, e->len))
			return true;
	return false;
}

/* Few letters, so that words share beginnings; some beyond ASCII. */
static void make(struct made *m, uint32_t seed, size_t n)
{
	static const char letters[] = "abc\xC3\xA9\xFF\x01";
	m->n = 0;
	for (size_t tries = 0; m->n < n && tries < 20 * WORDS; tries++) {
		char *word = m->words[m->n];
		struct lexicon_entry e = {.bytes = word,
		    .len = 1 + draw(&seed, BYTES - 1),
		    .key = (uint32_t)m->n + 1,
		    .prefix = draw(&seed, 2) == 0};
		for (uint32_t i = 0; i < e.len; i++)
			word[i] = letters[draw(&seed, 7)];
		if (!is_known(m, &e))
			m->entries[m->n++] = e;
	}
}

static uint32_t key_of(
    const struct made *m, const char *bytes, size_t len, bool prefix)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->entries[i].prefix == prefix &&
		    m->entries[i].len == len &&
		    !memcmp(m->entries[i].bytes, bytes, len))
			return m->entries[i].key;
	return 0;
}

static bool begins_one(const struct made *m, const char *bytes, size_t len)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->entries[i].len >= len &&
		    !memcmp(m->entries[i].bytes, bytes, len))
			return true;
	return false;
}

static void check_word(const struct made *m, const struct lexicon_state *states,
    const char *word, size_t len)
{
	uint32_t at = LEXICON_ROOT;
	for (size_t i = 0; i < len; i++) {
		bool goes_on = lexicon_step(states, &at, word[i]);
		assert_int_equal(goes_on, begins_one(m, word, i + 1));
		if (!goes_on)
			return;
		assert_int_equal(
		    states[at].word, key_of(m, word, i + 1, false));
		assert_int_equal(
		    states[at].prefix, key_of(m, word, i + 1, true));
	}
}

static void finds_words_and_beginnings(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 7, 50, WORDS};
	static struct made m, others;
	for (uint32_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		struct arena a;
		arena_init(&a);
		make(&m, k + 1, sizes[k]);
		make(&others, k + 100, WORDS);
		const struct lexicon_state *states =
		    lexicon_build(&a, m.entries, m.n);
		assert_non_null(states);
		for (size_t i = 0; i < m.n; i++)
			check_word(
			    &m, states, m.entries[i].bytes, m.entries[i].len);
		for (size_t i = 0; i < others.n; i++)
			check_word(&m, states, others.entries[i].bytes,
			    others.entries[i].len);
		arena_clear(&a);
	}
}

static int build(void *arg)
{
	struct made *m = arg;
	struct arena a;
	arena_init(&a);
	bool good = lexicon_build(&a, m->entries, m->n) != NULL;
	arena_clear(&a);
	return good ? 0 : -1;
}

static void out_of_memory(void **state)
{
	static struct made m;
	make(&m, 5, 60);
	assert_true(failmalloc_each(build, &m) > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_words_and_beginnings),
	    cmocka_unit_test(out_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
