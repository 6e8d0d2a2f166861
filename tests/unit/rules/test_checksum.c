/* checksum: numbers whose check digits are known, and their neighbours. */
#include "rules/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	enum checksum kind;
	const char *text;
	bool good;
} rows[] = {
    {CHECKSUM_NONE, "anything", true},
    {CHECKSUM_LUHN, "79927398713", true},
    {CHECKSUM_LUHN, "7992 7398 713", true},
    {CHECKSUM_LUHN, "LN-79927398713", true},
    {CHECKSUM_LUHN, "79927398712", false},
    {CHECKSUM_LUHN, "97927398713", false},
    {CHECKSUM_LUHN, "0", false},
    {CHECKSUM_LUHN, "", false},
    {CHECKSUM_MOD97, "DE89370400440532013000", true},
    {CHECKSUM_MOD97, "de89 3704 0044 0532 0130 00", true},
    {CHECKSUM_MOD97, "DE88370400440532013000", false},
    {CHECKSUM_MOD97, "5493001KJTIIGC8Y1R12", true}, /* an LEI */
    {CHECKSUM_MOD97, "5493001KJTIIGC8Y1R13", false},
    {CHECKSUM_MOD97, "BE 0428.759.497", true}, /* a Belgian company */
    {CHECKSUM_MOD97, "BE 0428.759.498", false},
    {CHECKSUM_MOD97, "97", false},
    {CHECKSUM_MOD11, "0-306-40615-2", true}, /* an ISBN */
    {CHECKSUM_MOD11, "0-306-40615-3", false},
    {CHECKSUM_MOD11, "0-8044-2957-X", true},
    {CHECKSUM_MOD11, "943 476 5919", true}, /* NHS */
    {CHECKSUM_MOD11, "943 476 5918", false},
};

static void test_rows(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (checksum_holds(rows[i].kind, rows[i].text,
			strlen(rows[i].text)) != rows[i].good)
			fail_msg("%d %s", rows[i].kind, rows[i].text);
}

static void test_too_long_is_wrong(void **state)
{
	char text[CHECKSUM_MAX + 1];
	memset(text, '0', sizeof(text));
	assert_true(checksum_holds(CHECKSUM_LUHN, text, CHECKSUM_MAX));
	assert_false(checksum_holds(CHECKSUM_LUHN, text, sizeof(text)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_too_long_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
