/* streams: what is open, in order, also after a save and a load. */
#include "proxy/audit/streams.h"

#include "kit.h"

static void note(
    struct streams *set, int seq, const char *type, const char *stream)
{
	char *line =
	    mem_printf("{\"seq\":%d,\"stream\":\"%s\",\"type\":\"%s\"}", seq,
		stream, type);
	streams_note(set, line, strlen(line));
	free(line);
}

static void test_open_and_closed(void **state)
{
	struct streams set = {0};
	struct buf list = {0};
	note(&set, 1, "stream.open", "zz");
	note(&set, 2, "stream.open", "bb");
	note(&set, 3, "stream.open", "cc");
	note(&set, 4, "stream.edit", "cc");
	note(&set, 5, "decision", "bb");
	note(&set, 6, "decision", "unknown");
	note(&set, 7, "stream.open", "aa");
	note(&set, 8, "interrupted", "cc");
	streams_note(&set, "{\"seq\":9,\"type\":\"decision\"}", 27);
	note(&set, 10, "stream.open", "zz");
	assert_int_equal(set.n, 2);
	char *path = file_join(*state, "open.jsonl");
	assert_int_equal(streams_save(&set, path), 0);
	streams_clear(&set);
	assert_int_equal(streams_load(&set, path), 0);
	streams_list(&set, &list);
	assert_string_equal(list.data,
	    "{\"seq\":1,\"stream\":\"zz\",\"type\":\"stream.open\"}\n"
	    "{\"seq\":7,\"stream\":\"aa\",\"type\":\"stream.open\"}\n");
	streams_clear(&set);
	buf_clear(&list);
	free(path);
}

static void test_nothing(void **state)
{
	struct streams set = {0};
	char *path = file_join(*state, "none");
	assert_int_equal(streams_load(&set, path), 0);
	assert_int_equal(streams_save(&set, path), 0);
	assert_int_equal(streams_load(&set, path), 0);
	assert_int_equal(set.n, 0);
	streams_clear(&set);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_open_and_closed, kit_setup, kit_teardown),
	    cmocka_unit_test_setup_teardown(
		test_nothing, kit_setup, kit_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
