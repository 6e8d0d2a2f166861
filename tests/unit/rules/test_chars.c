/* chars: the table says what <ctype.h> says of ASCII, and no more. */
#include "rules/chars.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static unsigned expected(int c)
{
	unsigned classes = 0;
	if (c >= 0x80)
		return CHARS_HIGH;
	if (islower(c))
		classes |= CHARS_SMALL;
	if (isupper(c))
		classes |= CHARS_CAPITAL;
	if (isdigit(c))
		classes |= CHARS_DIGIT;
	if (c == '-' || c == '_')
		classes |= CHARS_JOIN;
	if (c == '.')
		classes |= CHARS_POINT;
	if (c && strchr(".!#$%&'*+/=?^_`{|}~-", c)) /* RFC 5322, 3.2.3 */
		classes |= CHARS_LOCAL;
	return classes;
}

static void every_byte_has_its_classes(void **state)
{
	for (int c = 0; c < 256; c++) {
		if (chars_table[c] != expected(c))
			print_error("byte %02x\n", (unsigned)c);
		assert_int_equal(chars_table[c], expected(c));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_byte_has_its_classes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
