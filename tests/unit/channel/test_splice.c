/* Splices: members leave with their commas, the rest stays as it is. */
#include "proxy/base/mem.h"
#include "proxy/channel/splice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Remove the members whose key is in `keys`, whatever object they are in. */
static void remove_keys(const char *json, const char *keys, const char *expect)
{
	struct json_doc doc = {0};
	struct splice s = {0};
	struct buf out = {0};

	assert_int_equal(json_parse(&doc, json, strlen(json), NULL), 0);
	uint8_t *gone = mem_array(doc.n_nodes, 1);
	for (uint32_t i = 1; i < doc.n_nodes; i++) {
		char key[2] = {doc.text[doc.nodes[i].key_start + 1], '\0'};
		gone[i] = doc.nodes[i].key_end > doc.nodes[i].key_start &&
		    strstr(keys, key) != NULL;
	}
	splice_remove(&s, &doc, gone);
	splice_write(&s, (struct span){json, doc.len}, &out);
	if (strcmp(out.data, expect) != 0)
		fail_msg("%s without %s\n got %s\nwant %s", json, keys,
		    out.data, expect);
	struct json_doc again = {0};
	assert_int_equal(json_parse(&again, out.data, out.len, NULL), 0);
	json_clear(&again);
	json_clear(&doc);
	splice_clear(&s);
	buf_clear(&out);
	free(gone);
}

static void test_remove(void **state)
{
	static const char three[] = "{ \"a\" : 1 , \"b\":[2] ,\"c\":{} }";

	remove_keys(three, "a", "{ \"b\":[2] ,\"c\":{} }");
	remove_keys(three, "b", "{ \"a\" : 1 ,\"c\":{} }");
	remove_keys(three, "c", "{ \"a\" : 1 , \"b\":[2] }");
	remove_keys(three, "ab", "{ \"c\":{} }");
	remove_keys(three, "ac", "{ \"b\":[2] }");
	remove_keys(three, "bc", "{ \"a\" : 1 }");
	remove_keys(three, "abc", "{  }");
	remove_keys(three, "", three);
	remove_keys("{\"a\":{\"b\":1,\"c\":2},\"d\":{\"b\":3}}", "b",
	    "{\"a\":{\"c\":2},\"d\":{}}");
	/* What is inside goes along. */
	remove_keys("{\"a\":{\"b\":1,\"c\":2},\"d\":4}", "ab", "{\"d\":4}");
	remove_keys("[{\"a\":1},{\"a\":2,\"b\":3}]", "a", "[{},{\"b\":3}]");
}

static void test_write(void **state)
{
	static const char text[] = "0123456789";
	struct splice s = {0};
	struct buf out = {0};

	splice_add(&s, 8, 10, (struct span){"z", 1});
	splice_add(&s, 3, 5, (struct span){"", 0});
	splice_add(&s, 0, 0, (struct span){"<", 1});
	splice_add(&s, 0, 0, (struct span){"<<", 2});
	splice_add(&s, 4, 6, (struct span){"", 0});
	splice_write(&s, (struct span){text, 10}, &out);
	assert_string_equal(out.data, "<<<01267z");
	splice_clear(&s);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_remove),
	    cmocka_unit_test(test_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
