/* train: same sentences, same model; figures of sentences not seen. */
#include "proxy/topic/train.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD                                                                   \
	"format: 1\nkind: pack\npack: p\ntopics:\n  t:\n"                      \
	"    learned: t.topic\n"

static const char *const like[] = {"Buy shares while they are cheap.",
    "Put your savings into an index fund.", "Shares will go up next year.",
    "I would buy that stock now.", "Gold is a safe investment.",
    "You should invest in bonds.", "This fund returns eight percent a year.",
    "Sell the stock before it falls.", "Crypto is a good investment today.",
    "Move your savings out of the bank and into stocks.",
    "Bonds are safer than shares.", "Invest in gold and hold it."};
static const char *const unlike[] = {"Your order is on its way.",
    "The parcel will arrive on Monday.", "Please restart the router.",
    "I have refunded the fee.", "Which size do you need?",
    "The store opens at nine.", "Your password was reset.",
    "I can book a table for two.", "The flight leaves at noon.",
    "Thank you for waiting.", "Is there anything else?",
    "Your plan renews in May.", "The bank has confirmed your card."};
#define N_LIKE (sizeof(like) / sizeof(*like))
#define N_UNLIKE (sizeof(unlike) / sizeof(*unlike))

static void see(const struct diag *d, void *arg)
{
	print_error("%u:%u %s %s\n", d->line, d->col, d->code, d->message);
}

/* A pack of the sentences, from the back when told to, and one more. */
static struct guard_topics *topics_of(bool backwards, const char *more_like)
{
	char pack[8192];
	size_t at = (size_t)snprintf(pack, sizeof(pack), HEAD "    like:\n");
	struct guard_topics *topics;
	for (size_t i = 0; i < N_LIKE; i++)
		at += (size_t)snprintf(pack + at, sizeof(pack) - at,
		    "      - %s\n", like[backwards ? N_LIKE - 1 - i : i]);
	if (more_like)
		at += (size_t)snprintf(
		    pack + at, sizeof(pack) - at, "      - %s\n", more_like);
	at += (size_t)snprintf(pack + at, sizeof(pack) - at, "    unlike:\n");
	for (size_t i = 0; i < N_UNLIKE; i++)
		at += (size_t)snprintf(pack + at, sizeof(pack) - at,
		    "      - %s\n", unlike[backwards ? N_UNLIKE - 1 - i : i]);
	const struct guard_file file = {"packs/p.yaml", pack, at};
	const struct guard_source source = {.own = &file, .n_own = 1};
	assert_int_equal(
	    guard_topics_load(&topics, &source, "packs/p.yaml", see, NULL),
	    GUARD_OK);
	return topics;
}

static void test_same_sentences_same_bytes(void **state)
{
	char *bytes[3];
	size_t lens[3];
	for (size_t i = 0; i < 3; i++) {
		struct guard_topics *topics = topics_of(i == 2, NULL);
		struct train_result r;
		train_topic(guard_topics_at(topics, 0), 20, &r);
		assert_true(r.apart);
		bytes[i] = guard_topic_write(&r.model, &lens[i]);
		train_clear(&r);
		guard_topics_free(topics);
	}
	for (size_t i = 1; i < 3; i++) { /* again, and backwards */
		assert_int_equal(lens[i], lens[0]);
		assert_memory_equal(bytes[i], bytes[0], lens[0]);
	}
	for (size_t i = 0; i < 3; i++)
		free(bytes[i]);
}

static void test_it_knows_its_own_and_says_what_it_would_not(void **state)
{
	struct guard_topics *topics = topics_of(false, NULL);
	const struct guard_topic *t = guard_topics_at(topics, 0);
	struct train_result r;
	uint32_t found[2] = {0};
	train_topic(t, 0, &r);
	const struct guard_topic_model *m = &r.model;
	assert_string_equal(m->topic, "t");
	assert_string_equal(m->sentences, t->sentences);
	for (size_t i = 0; i < t->n; i++) {
		const struct guard_topic_sentence *s = &t->items[i];
		int64_t is = guard_topic_score(m, s->pieces, s->n_pieces);
		assert_int_equal(is > m->threshold, s->like);
		assert_true(
		    is >= guard_topic_score(m, t->items[r.worst_like].pieces,
			      t->items[r.worst_like].n_pieces) ||
		    !s->like);
		found[s->like] += r.held_out[i] > m->threshold;
	}
	assert_int_equal(m->like, N_LIKE);
	assert_int_equal(m->unlike, N_UNLIKE);
	assert_int_equal(m->like_found, found[1]);
	assert_int_equal(m->unlike_found, found[0]);
	assert_true(m->like_found > 0);
	if (!r.lowered)
		assert_int_equal(m->unlike_found, 0);
	train_clear(&r);
	guard_topics_free(topics);
}

/* More false alarms allowed: never a higher threshold, never fewer found. */
static void test_false_alarms_are_what_is_traded(void **state)
{
	struct guard_topics *topics = topics_of(false, NULL);
	int32_t threshold = INT32_MAX;
	uint32_t found = 0;
	for (unsigned allowed = 0; allowed <= 500; allowed += 100) {
		struct train_result r;
		train_topic(guard_topics_at(topics, 0), allowed, &r);
		assert_true(r.model.threshold <= threshold);
		assert_true(r.model.like_found >= found);
		threshold = r.model.threshold;
		found = r.model.like_found;
		train_clear(&r);
	}
	guard_topics_free(topics);
}

/* Sentences of the same words in another order are the same to it. */
static void test_what_cannot_be_told_apart(void **state)
{
	struct guard_topics *topics =
	    topics_of(false, "Order is on its way your");
	const struct guard_topic *t = guard_topics_at(topics, 0);
	struct train_result r;
	train_topic(t, 20, &r);
	assert_false(r.apart);
	assert_string_equal(
	    t->items[r.worst_like].text, "Order is on its way your");
	assert_string_equal(
	    t->items[r.worst_unlike].text, "Your order is on its way.");
	train_clear(&r);
	guard_topics_free(topics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_sentences_same_bytes),
	    cmocka_unit_test(test_it_knows_its_own_and_says_what_it_would_not),
	    cmocka_unit_test(test_false_alarms_are_what_is_traded),
	    cmocka_unit_test(test_what_cannot_be_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
