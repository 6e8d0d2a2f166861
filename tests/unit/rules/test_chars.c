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

static void small_letters_are_counted(void **state)
{
	/* Any byte in any place, letters and others around it. */
	static const char around[] = "az`{\0\xe1\xff";
	for (size_t a = 0; a < sizeof(around) - 1; a++)
		for (size_t place = 0; place < 8; place++)
			for (int c = 0; c < 256; c++) {
				char s[8];
				size_t n = 0;
				memset(s, 'm', place);
				memset(s + place, around[a], sizeof(s) - place);
				s[place] = (char)c;
				while (
				    n < sizeof(s) && s[n] >= 'a' && s[n] <= 'z')
					n++;
				assert_int_equal(chars_small_of_eight(s), n);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_byte_has_its_classes),
	    cmocka_unit_test(small_letters_are_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
