/* topic_file: what is written is read again; anything else is told where. */
#include "rules/topic_file.h"

#include "rules/sha256.h"
#include "tests/support/failmalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct guard_topic_model model = {.topic = "legal advice \u00E9",
    .sentences =
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    .like = 60,
    .like_found = 43,
    .unlike = 120,
    .unlike_found = 2,
    .threshold = 904};

static int make_model(void **state)
{
	for (size_t i = 0; i < GUARD_TOPIC_BUCKETS; i++)
		model.weights[i] = (int16_t)((i * 7919 % 4001) - 2000);
	model.weights[17] = GUARD_TOPIC_WEIGHT;
	model.weights[18] = -GUARD_TOPIC_WEIGHT;
	return 0;
}

static char *written(size_t *len)
{
	char *bytes = guard_topic_write(&model, len);
	assert_non_null(bytes);
	return bytes;
}

static void test_what_is_written_is_read_again(void **state)
{
	size_t len, again_len;
	char *bytes = written(&len);
	struct arena a;
	struct topic_fault fault;
	arena_init(&a);
	const struct guard_topic_model *m =
	    topic_file_read(&a, bytes, len, &fault);
	assert_non_null(m);
	assert_string_equal(m->topic, model.topic);
	assert_string_equal(m->sentences, model.sentences);
	assert_int_equal(m->like, 60);
	assert_int_equal(m->like_found, 43);
	assert_int_equal(m->unlike, 120);
	assert_int_equal(m->unlike_found, 2);
	assert_int_equal(m->threshold, 904);
	assert_memory_equal(m->weights, model.weights, sizeof(m->weights));
	char *again = guard_topic_write(m, &again_len);
	assert_int_equal(again_len, len);
	assert_memory_equal(again, bytes, len);
	free(again);
	free(bytes);
	arena_clear(&a);
}

static void test_the_largest_file_fits(void **state)
{
	static struct guard_topic_model most;
	char name[TOPIC_NAME_BYTES + 1];
	size_t len;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	most = model;
	most.topic = name;
	most.threshold = INT32_MAX;
	for (size_t i = 0; i < GUARD_TOPIC_BUCKETS; i++)
		most.weights[i] = -GUARD_TOPIC_WEIGHT;
	char *bytes = guard_topic_write(&most, &len);
	assert_true(len < TOPIC_FILE_BYTES);
	free(bytes);
}

/* ---- faults ---- */

/* The check of what stands above it, as somebody would who changes a file and
 * knows how it is made. */
static void seal(char *bytes, size_t len)
{
	struct sha256 sum;
	char hex[SHA256_HEX_LEN + 1];
	sha256_init(&sum);
	sha256_add(&sum, bytes, len - SHA256_HEX_LEN - 8);
	sha256_end(&sum, hex);
	memcpy(bytes + len - SHA256_HEX_LEN - 1, hex, SHA256_HEX_LEN);
}

static bool refused(
    const char *bytes, size_t len, unsigned line, const char *says)
{
	struct arena a;
	struct topic_fault f;
	arena_init(&a);
	bool good = !topic_file_read(&a, bytes, len, &f) && f.line == line &&
	    f.col >= 1 && f.width >= 1 && strstr(f.message, says) != NULL;
	if (!good)
		print_error("want line %u \"%s\", got line %u \"%s\"\n", line,
		    says, f.line, f.message);
	arena_clear(&a);
	return good;
}

static const struct {
	const char *from, *to; /* replaced where it stands first */
	unsigned line;
	const char *says;
} changes[] = {
    {"handrail topic 1", "handrail tapic 1", 1, "not the file of a learned"},
    {"handrail topic 1\n", "handrail topic 2\n", 1, "form 2"},
    {"handrail topic 1\n", "handrail topic 17\n", 1, "form 17"},
    {"handrail topic 1\n", "handrail topic \n", 1, "form"},
    {"# Made", "# made", 2, "\"# Made"},
    {"topic: legal", "topik: legal", 3, "\"topic: \""},
    {"sentences: ", "sentences ", 4, "\"sentences: \""},
    {"like: 43", "like: 043", 5, "whole number"},
    {"like: 43 of 60", "like: 43 of 42", 5, "from 43"},
    {"like: 43 of 60", "like: 43 of 60 ", 5, "end of the line"},
    {"unlike: 2", "unlike: x", 6, "whole number"},
    {"threshold: 904", "threshold: -1", 7, "from 0"},
    {"threshold: 904", "threshold: 2147483648", 7, "from 0"},
    {"weights: 8192", "weights: 8191", 8, "8192 to 8192"},
    {"\n16 ", "\n15 ", 10, "16 to 16"},
    {" 32767 ", " 32768 ", 10, "-32767 to 32767"},
    {" 32767 ", " -0 ", 10, "whole number"},
    {" 32767 ", " +7 ", 10, "whole number"},
    {" 32767 ", "  7 ", 10, "whole number"},
    {" 32767 ", " 7\t", 10, "\" \""},
};

static void test_what_is_written_otherwise_is_told_where(void **state)
{
	size_t len;
	char *bytes = written(&len);
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		char *at = strstr(bytes, changes[i].from);
		size_t before = (size_t)(at - bytes);
		size_t from = strlen(changes[i].from);
		size_t to = strlen(changes[i].to), all = len - from + to;
		char *changed = malloc(all);
		memcpy(changed, bytes, before);
		memcpy(changed + before, changes[i].to, to);
		memcpy(changed + before + to, at + from, len - before - from);
		if (changes[i].line > 1) /* as it is, and with a new check */
			assert_true(refused(
			    changed, all, 521, "the check does not fit"));
		seal(changed, all);
		assert_true(
		    refused(changed, all, changes[i].line, changes[i].says));
		free(changed);
	}
	free(bytes);
}

static void test_a_file_that_is_cut_or_added_to(void **state)
{
	size_t len;
	char *bytes = written(&len);
	char *more = malloc(TOPIC_FILE_BYTES + 1);
	for (size_t n = 0; n < len; n += n < 300 || n + 200 > len ? 1 : 997) {
		struct arena a;
		struct topic_fault f;
		arena_init(&a);
		assert_null(topic_file_read(&a, bytes, n, &f));
		assert_true(f.line > 0);
		arena_clear(&a);
	}
	memcpy(more, bytes, len);
	more[len] = '\n';
	assert_true(
	    refused(more, len + 1, 521, "cut short, or has been added"));
	assert_true(refused(more, TOPIC_FILE_BYTES + 1, 1, "at most"));
	more[strlen("handrail topic 1\n") + 100] = '\0';
	assert_true(refused(more, len, 521, "the check does not fit"));
	free(more);
	free(bytes);
}

/* ---- memory ---- */

static int read_once(void *arg)
{
	size_t len;
	char *bytes = guard_topic_write(&model, &len);
	struct arena a;
	struct topic_fault f;
	if (!bytes)
		return -1;
	arena_init(&a);
	bool good = topic_file_read(&a, bytes, len, &f) != NULL;
	if (!good && f.line)
		good = true; /* a fault of the file: the test fails */
	arena_clear(&a);
	free(bytes);
	return good ? 0 : -1;
}

static void test_memory_may_run_out(void **state)
{
	assert_true(failmalloc_each(read_once, NULL) >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_written_is_read_again),
	    cmocka_unit_test(test_the_largest_file_fits),
	    cmocka_unit_test(test_what_is_written_otherwise_is_told_where),
	    cmocka_unit_test(test_a_file_that_is_cut_or_added_to),
	    cmocka_unit_test(test_memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, make_model, NULL);
}
