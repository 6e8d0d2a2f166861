/* metrics: the numbers, the text format, that labels stay bounded, and the
 * page about them. HANDRAIL_UPDATE=1 writes docs/METRICS.md. */
#include "proxy/admin/metrics.h"

#include "proxy/base/file.h"
#include "proxy/base/mem.h"

#include <ctype.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAGE "docs/METRICS.md"

static char *written(struct metrics *m)
{
	struct buf b = {0};
	metrics_write(m, &b);
	return buf_steal(&b);
}

static void expect_line(const char *text, const char *line)
{
	char *whole = mem_printf("\n%s\n", line);
	if (strstr(text, whole) == NULL)
		fail_msg("no line: %s\nin:\n%s", line, text);
	free(whole);
}

static void test_counts(void **state)
{
	struct metrics *m = metrics_new();
	metrics_add(m, METRIC_MESSAGES, 2, "handoff", "web");
	metrics_add(m, METRIC_MESSAGES, 1, "handoff", "web");
	metrics_add(m, METRIC_MESSAGES, 1, "deliver", "a\"b\\c\nd");
	metrics_add(m, METRIC_CONNECTIONS, 5);
	metrics_add(m, METRIC_CONNECTIONS, -2);
	metrics_set(m, METRIC_POLICY_INFO, 1, "sha256:1");
	char *text = written(m);
	expect_line(text,
	    "handrail_messages_total{verdict=\"handoff\",channel=\"web\"} 3");
	expect_line(text,
	    "handrail_messages_total{verdict=\"deliver\","
	    "channel=\"a\\\"b\\\\c\\nd\"} 1");
	expect_line(text, "handrail_connections 3");
	expect_line(text, "handrail_streams 0");
	expect_line(text, "handrail_policy_info{digest=\"sha256:1\"} 1");
	free(text);
	metrics_clear(m, METRIC_POLICY_INFO);
	metrics_set(m, METRIC_POLICY_INFO, 1, "sha256:2");
	text = written(m);
	assert_null(strstr(text, "sha256:1"));
	expect_line(text, "handrail_policy_info{digest=\"sha256:2\"} 1");
	free(text);
	assert_int_equal(metrics_get(m, METRIC_MESSAGES, "handoff", "web"), 3);
	assert_int_equal(metrics_get(m, METRIC_MESSAGES, "no", "web"), 0);
	metrics_free(m);
	metrics_free(NULL);
}

static void test_histogram(void **state)
{
	struct metrics *m = metrics_new();
	static const int64_t seen[] = {0, 5, 6, 999999, 1000000, 1000001, -1};
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		metrics_observe_us(m, METRIC_JUDGE_SECONDS, seen[i]);
	char *text = written(m);
	expect_line(text, "handrail_judge_seconds_bucket{le=\"0.000005\"} 3");
	expect_line(text, "handrail_judge_seconds_bucket{le=\"0.000010\"} 4");
	expect_line(text, "handrail_judge_seconds_bucket{le=\"0.100000\"} 4");
	expect_line(text, "handrail_judge_seconds_bucket{le=\"1.000000\"} 6");
	expect_line(text, "handrail_judge_seconds_bucket{le=\"+Inf\"} 7");
	expect_line(text, "handrail_judge_seconds_sum 3.000011");
	expect_line(text, "handrail_judge_seconds_count 7");
	free(text);
	metrics_observe_us(m, METRIC_CLASSIFIER_SECONDS, 7, "tone");
	metrics_observe_us(m, METRIC_CLASSIFIER_SECONDS, 2000000, "judge");
	text = written(m);
	expect_line(text,
	    "handrail_classifier_seconds_bucket{classifier=\"tone\","
	    "le=\"0.000010\"} 1");
	expect_line(text,
	    "handrail_classifier_seconds_bucket{classifier=\"judge\","
	    "le=\"+Inf\"} 1");
	expect_line(text,
	    "handrail_classifier_seconds_sum{classifier=\"judge\"} 2.000000");
	expect_line(
	    text, "handrail_classifier_seconds_count{classifier=\"tone\"} 1");
	free(text);
	metrics_free(m);
}

static const char *skip_name(const char *at)
{
	if (!isalpha((unsigned char)*at) && *at != '_')
		fail_msg("no name: %s", at);
	while (isalnum((unsigned char)*at) || *at == '_')
		at++;
	return at;
}

/* One sample of the text format, version 0.0.4. */
static void check_sample(const char *line, const char *family)
{
	const char *at = skip_name(line);
	if (strncmp(line, family, strlen(family)) != 0)
		fail_msg("%s stands under %s", line, family);
	if (*at == '{') {
		do {
			at = skip_name(at + 1);
			assert_memory_equal(at, "=\"", 2);
			for (at += 2; *at != '"'; at++)
				at += *at == '\\';
			at++;
		} while (*at == ',');
		assert_int_equal(*at++, '}');
	}
	char *end = NULL;
	assert_int_equal(*at, ' ');
	strtod(at + 1, &end);
	if (end == at + 1 || *end != '\0')
		fail_msg("no number: %s", line);
}

/* Every line is HELP, TYPE or a sample of the family above it; counters end
 * in _total; nobody else does. */
static void test_format(void **state)
{
	struct metrics *m = metrics_new();
	metrics_add(m, METRIC_RULE_FIRES, 1, "a/b", "enforce", "block");
	metrics_add(m, METRIC_UPSTREAM_ERRORS, 1, "\\", "\"");
	metrics_observe_us(m, METRIC_JUDGE_SECONDS, 3);
	metrics_observe_us(m, METRIC_CLASSIFIER_SECONDS, 3, "a\"b");
	char *text = written(m), family[128] = "", *save = NULL;
	int families = 0;
	char *line = strtok_r(text, "\n", &save);
	for (; line != NULL; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "# HELP ", 7) == 0) {
			snprintf(family, sizeof(family), "%.*s",
			    (int)strcspn(line + 7, " "), line + 7);
			families++;
			assert_true(strlen(line) > 7 + strlen(family) + 1);
		} else if (strncmp(line, "# TYPE ", 7) == 0) {
			size_t len = strlen(family);
			assert_memory_equal(line + 7, family, len);
			bool total =
			    len > 6 && strcmp(family + len - 6, "_total") == 0;
			bool counter = strcmp(line + 7 + len, " counter") == 0;
			assert_int_equal(total, counter);
			assert_memory_equal(family, "handrail_", 9);
		} else {
			check_sample(line, family);
		}
	}
	assert_int_equal(families, METRICS);
	free(text);
	metrics_free(m);
}

static void test_bounded(void **state)
{
	struct metrics *m = metrics_new();
	char rule[32], longest[2000];
	for (unsigned i = 0; i < METRICS_MAX_SERIES + 50; i++) {
		snprintf(rule, sizeof(rule), "r%u", i);
		metrics_add(m, METRIC_RULE_FIRES, 1, rule, "enforce", "block");
	}
	assert_int_equal(
	    metrics_get(m, METRIC_RULE_FIRES, "r7", "enforce", "block"), 1);
	assert_int_equal(
	    metrics_get(m, METRIC_RULE_FIRES, "other", "other", "other"), 50);
	for (size_t i = 0; i + 3 < sizeof(longest); i += 3)
		memcpy(longest + i, "\xe2\x82\xac", 4);
	metrics_add(m, METRIC_UNDECIDED, 1, longest);
	metrics_add(m, METRIC_UNDECIDED, 1, (const char *)NULL);
	char *text = written(m);
	expect_line(text, "handrail_undecided_total{reason=\"\"} 1");
	const char *at = strstr(text, "reason=\"\xe2");
	assert_non_null(at);
	/* 85 whole characters of three bytes: 255. */
	assert_int_equal(strcspn(at + 8, "\""), 255);
	free(text);
	metrics_free(m);
}

static void *count_many(void *arg)
{
	for (int i = 0; i < 5000; i++) {
		metrics_add(
		    arg, METRIC_MESSAGES, 1, "deliver", i % 2 ? "a" : "b");
		metrics_observe_us(arg, METRIC_JUDGE_SECONDS, i);
		if (i % 1000 == 0)
			free(written(arg));
	}
	return NULL;
}

static void test_threads(void **state)
{
	struct metrics *m = metrics_new();
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, count_many, m), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(
	    metrics_get(m, METRIC_MESSAGES, "deliver", "a"), 10000);
	assert_int_equal(metrics_get(m, METRIC_JUDGE_SECONDS), 20000);
	metrics_free(m);
}

static void set_gauge(void *arg, struct metrics *m)
{
	metrics_set(m, METRIC_STORE_JOBS, *(int *)arg);
}

static void test_asked_when_written(void **state)
{
	struct metrics *m = metrics_new();
	int value = 7;
	metrics_on_write(m, set_gauge, &value);
	char *text = written(m);
	expect_line(text, "handrail_store_jobs 7");
	free(text);
	value = 8;
	text = written(m);
	expect_line(text, "handrail_store_jobs 8");
	free(text);
	metrics_free(m);
}

static void test_described(void **state)
{
	struct buf b = {0}, page = {0};
	metrics_describe(&b);
	assert_non_null(strstr(b.data,
	    "| `handrail_messages_total` | counter | verdict, channel | "));
	int rows = 0;
	for (const char *at = b.data; (at = strstr(at, "| `")) != NULL; at++)
		rows++;
	assert_int_equal(rows, METRICS);
	if (getenv("HANDRAIL_UPDATE") != NULL)
		assert_int_equal(
		    file_write_atomic(PAGE, b.data, b.len, 0644), 0);
	assert_int_equal(file_read(PAGE, &page, 1 << 20), 0);
	if (strcmp(page.data, b.data) != 0)
		fail_msg(PAGE " is not what the table says; run this test "
			      "with HANDRAIL_UPDATE=1");
	buf_clear(&b);
	buf_clear(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_histogram),
	    cmocka_unit_test(test_format),
	    cmocka_unit_test(test_bounded),
	    cmocka_unit_test(test_threads),
	    cmocka_unit_test(test_asked_when_written),
	    cmocka_unit_test(test_described),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
