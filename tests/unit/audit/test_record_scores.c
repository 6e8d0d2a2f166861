/* record_scores: what classifiers said, in a record's inputs. */
#include "kit.h"
#include "proxy/audit/record.h"

#include <jansson.h>

static json_t *inputs_of(const struct record_score *scores, size_t n)
{
	const struct guard_session session = {.channel = "chat"};
	const struct record r = {.type = RECORD_DECISION,
	    .inputs = &session,
	    .scores = scores,
	    .n_scores = n,
	    .released = -1};
	struct buf line = {0};
	record_line(&kit_maker, &r, &line);
	assert_true(line.len <= RECORD_MAX_BYTES);
	char *mark = memchr(line.data, RECORD_SEQ_MARK, line.len);
	assert_non_null(mark);
	*mark = '7';
	json_t *all = json_loads(line.data, 0, NULL);
	assert_non_null(all);
	json_t *inputs = json_incref(json_object_get(all, "inputs"));
	json_object_set_new(inputs, "shortened",
	    json_boolean(json_object_get(all, "shortened")));
	json_decref(all);
	buf_clear(&line);
	return inputs;
}

static void assert_scores(const struct record_score *one, const char *expected)
{
	json_t *inputs = inputs_of(one, 1);
	char *is = json_dumps(json_object_get(inputs, "scores"), JSON_COMPACT);
	assert_string_equal(is, expected);
	free(is);
	json_decref(inputs);
}

static void test_scores(void **state)
{
	const struct guard_score scores[] = {
	    {"threat", 12}, {"a \"b\"\n\u00e9", 1}, {"insult", 930000}};
	assert_scores(&(struct record_score){.classifier = "tone",
			  .config = "sha256:1",
			  .version = "t-1",
			  .scores = scores,
			  .n = 3,
			  .start = 10,
			  .end = 19},
	    "[{\"classifier\":\"tone\",\"config\":\"sha256:1\",\"end\":19,"
	    "\"scores\":{\"a _b____\":1,\"insult\":930000,\"threat\":12},"
	    "\"start\":10,\"version\":\"t-1\"}]");
	assert_scores(
	    &(struct record_score){
		.classifier = "tone", .failed = "late", .end = 3},
	    "[{\"classifier\":\"tone\",\"end\":3,\"failed\":\"late\","
	    "\"start\":0}]");
	const struct guard_score any = {NULL, 5};
	assert_scores(
	    &(struct record_score){
		.classifier = "spam", .scores = &any, .n = 1, .end = 3},
	    "[{\"classifier\":\"spam\",\"end\":3,\"scores\":{\"\":5},"
	    "\"start\":0}]");
	json_t *none = inputs_of(NULL, 0);
	assert_null(json_object_get(none, "scores"));
	json_decref(none);
}

/* However many, the record stays within its limit, and says so. */
static void test_many(void **state)
{
	enum { LABELS = 300, TEXTS = 1200 };
	struct guard_score *scores = mem_array(LABELS, sizeof(*scores));
	struct record_score *all = mem_array(TEXTS, sizeof(*all));
	char names[LABELS][80];
	for (size_t i = 0; i < LABELS; i++) {
		snprintf(names[i], sizeof(names[i]), "%070zu", i);
		scores[i] = (struct guard_score){names[i], 1};
	}
	for (size_t i = 0; i < TEXTS; i++)
		all[i] = (struct record_score){
		    .classifier = "tone", .scores = scores, .n = LABELS};
	json_t *inputs = inputs_of(all, TEXTS);
	assert_true(json_array_size(json_object_get(inputs, "scores")) > 0);
	assert_true(json_is_true(json_object_get(inputs, "shortened")));
	json_decref(inputs);
	free(all);
	free(scores);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_scores),
	    cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
