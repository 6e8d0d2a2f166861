/* recall: which conversations people have, and the numbers, by the log alone.
 */
#include "proxy/audit/recall.h"

#include "kit.h"

struct said {
	enum record_type type;
	const char *conversation;
	uint32_t conv_seq;
	const char *handoff; /* NULL: none */
};

static void line_of(struct buf *out, const struct said *s)
{
	struct record r = {.type = s->type,
	    .time_us = 1793714539907551,
	    .family = "web",
	    .conversation = s->conversation,
	    .conv_seq = s->conv_seq,
	    .released = -1,
	    .reason = "a \"quoted\" {word}",
	    .handoff = {.id = s->handoff, .queue = "billing"}};
	buf_reset(out);
	record_line(&kit_maker, &r, out);
}

static void put(struct audit *a, const struct said *s)
{
	struct buf line = {0};
	line_of(&line, s);
	assert_int_equal(
	    audit_submit_wait(a, line.data, line.len, AUDIT_WRITTEN), AUDIT_OK);
	buf_clear(&line);
}

static const struct recalled *of(const struct recall *r, const char *id)
{
	char pseudonym[RECORD_PSEUDONYM_SIZE];
	record_pseudonym(&kit_maker, "conversation", "web", id, pseudonym);
	return recall_find(r, pseudonym);
}

static void expect(const struct recall *r, const char *id, uint32_t judged,
    const char *handoff)
{
	const struct recalled *one = of(r, id);
	assert_non_null(one);
	assert_int_equal(one->judged, judged);
	assert_int_equal(one->handoff != NULL, handoff != NULL);
	assert_int_equal(one->line != NULL, handoff != NULL);
	if (handoff != NULL)
		assert_string_equal(one->handoff, handoff);
}

static const struct said story[] = {
    {RECORD_DECISION, "open", 1, "h-1"},
    {RECORD_DECISION, "open", 2, NULL},
    {RECORD_DECISION, "returned", 1, "h-2"},
    {RECORD_HANDOFF_REQUESTED, "returned", 1, "h-2"},
    {RECORD_HANDOFF_RETURNED, "returned", 0, "h-2"},
    {RECORD_STREAM_OPEN, "streams", 7, NULL},
    {RECORD_DECISION, "late", 3, "h-3"},
    {RECORD_DECISION, "late", 4, "h-4"},
    {RECORD_HANDOFF_RETURNED, "late", 0, "h-3"}, /* of the one before */
    {RECORD_HANDOFF_REQUESTED, "taken", 0, "h-5"},
    {RECORD_OPERATOR_ACTION, "watched", 0, "h-6"},
    {RECORD_HEARTBEAT, NULL, 0, NULL},
};
#define N_STORY (sizeof(story) / sizeof(story[0]))

static void test_story(void **state)
{
	static const struct audit_place start;
	struct recall r = {0};
	struct audit *a = kit_open(*state);
	for (size_t i = 0; i < N_STORY; i++)
		put(a, &story[i]);
	assert_int_equal(audit_recall(a, &start, &r), 0);
	expect(&r, "open", 2, "h-1");
	expect(&r, "returned", 1, NULL);
	expect(&r, "streams", 7, NULL);
	expect(&r, "late", 4, "h-4");
	expect(&r, "taken", 0, "h-5");
	expect(&r, "watched", 0, NULL);
	assert_null(of(&r, "never"));
	assert_non_null(strstr(of(&r, "open")->line, "\"billing\""));
	recall_clear(&r);
	audit_close(a);
}

/* Only what is behind the place, over a new start and another segment. */
static void test_from_a_place(void **state)
{
	struct audit_options o = {
	    .directory = *state, .maker = &kit_maker, .max_segment_bytes = 600};
	struct recall r = {0};
	struct audit_state s;
	struct audit *a = kit_open_with(&o);
	for (uint32_t i = 1; i <= 20; i++)
		put(a, &(struct said){RECORD_DECISION, "before", i, NULL});
	audit_state(a, &s);
	assert_int_equal(s.place.seq, 20);
	assert_int_not_equal(s.place.segment[0], '\0');
	audit_close(a);
	a = kit_open_with(&o);
	assert_int_equal(audit_recall(a, &s.place, &r), 0);
	assert_int_equal(r.n, 0);
	for (uint32_t i = 1; i <= 20; i++)
		put(a, &(struct said){RECORD_DECISION, "after", i, NULL});
	assert_int_equal(audit_recall(a, &s.place, &r), 0);
	assert_null(of(&r, "before"));
	expect(&r, "after", 20, NULL);
	recall_clear(&r);
	audit_close(a);
}

static void test_many(void **state)
{
	struct recall r = {0};
	char name[32];
	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "k:%u", i);
		recall_take(&r, name)->judged = i;
	}
	assert_int_equal(r.n, 5000);
	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "k:%u", i);
		assert_int_equal(recall_find(&r, name)->judged, i);
	}
	recall_clear(&r);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_story),
	    TEST(test_from_a_place),
	    TEST(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
