/*
 * table: rows are complete, defaults are good values, and the documentation
 * is what the table prints. HANDRAIL_UPDATE=1 writes docs/CONFIGURATION.md.
 */
#include "proxy/config/table.h"

#include "kit.h"

#define PAGE "docs/CONFIGURATION.md"

static void test_rows(void **state)
{
	for (size_t i = 0; i < table_n_keys; i++) {
		const struct table_key *key = &table_keys[i];
		bool number = key->kind == TABLE_COUNT ||
		    key->kind == TABLE_BYTES || key->kind == TABLE_MS;
		if (key->help == NULL || key->help[0] == '\0')
			fail_msg("%s has no help", key->path);
		if (number && (key->max <= key->min || key->fallback == NULL))
			fail_msg("%s has no bounds or default", key->path);
		if ((key->kind == TABLE_WORD) != (key->words != NULL))
			fail_msg("%s: words", key->path);
		if (key->required && key->fallback != NULL)
			fail_msg("%s is required and has a default", key->path);
		for (size_t k = 0; k < i; k++)
			if (strcmp(key->path, table_keys[k].path) == 0)
				fail_msg("%s twice", key->path);
	}
}

/* The unit of a limit is in its name. */
static void test_units(void **state)
{
	for (size_t i = 0; i < table_n_keys; i++) {
		const struct table_key *key = &table_keys[i];
		size_t len = strlen(key->path);
		bool bytes =
		    len > 6 && strcmp(key->path + len - 6, "_bytes") == 0;
		bool ms = len > 3 && strcmp(key->path + len - 3, "_ms") == 0;
		if ((key->kind == TABLE_BYTES) != bytes ||
		    (key->kind == TABLE_MS) != ms)
			fail_msg("%s: unit", key->path);
	}
}

static void test_names(void **state)
{
	struct table_key key = {.path = "listen[].tls.key"};
	char name[64];
	assert_null(table_name(&key, "", name));
	assert_null(table_name(&key, "listen[]", name));
	assert_null(table_name(&key, "listen[].tl", name));
	assert_string_equal(table_name(&key, "listen[].tls", name), "key");
	key.path = "routes[]";
	assert_string_equal(table_name(&key, "", name), "routes");
	key.path = "handoff.destinations.<name>.url";
	assert_null(table_name(&key, "handoff.destinations", name));
}

static void test_documentation(void **state)
{
	struct buf printed = {0}, page = {0}, help = {0};
	table_describe(&printed);
	table_help(&help);
	for (size_t i = 0; i < table_n_keys; i++)
		assert_non_null(strstr(help.data, table_keys[i].path));
	if (getenv("HANDRAIL_UPDATE") != NULL)
		assert_int_equal(
		    file_write_atomic(PAGE, printed.data, printed.len, 0644),
		    0);
	assert_int_equal(file_read(PAGE, &page, 1 << 20), 0);
	if (strcmp(page.data, printed.data) != 0)
		fail_msg(PAGE " is not what the table says; run this test "
			      "with HANDRAIL_UPDATE=1");
	buf_clear(&printed);
	buf_clear(&page);
	buf_clear(&help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_units),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_documentation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
