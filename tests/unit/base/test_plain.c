/* plain: every byte at every place against a look at one byte after another,
 * at the end of readable memory. */
#include "proxy/base/plain.h"

#include "tests/support/guard_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MAX_LEN 27

static size_t slow_run(const char *p, size_t n)
{
	size_t i = 0;
	for (; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
			break;
	}
	return i;
}

static bool slow_is_printable(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			return false;
	return true;
}

static void check(const char *p, size_t n)
{
	size_t want = slow_run(p, n), got = plain_json_run(p, n);
	if (got != want)
		fail_msg("a run of %zu, not %zu, of %zu", got, want, n);
	if (plain_is_printable(p, n) != slow_is_printable(p, n))
		fail_msg("printable? the first of %zu is %02x", n, p[0]);
}

static void test_one_odd_byte(void **state)
{
	for (size_t n = 0; n <= MAX_LEN; n++) {
		struct guard_page page;
		char text[MAX_LEN];
		memset(text, 'a', sizeof(text));
		guard_page_init(&page, text, n);
		check(page.data, n);
		for (size_t at = 0; at < n; at++)
			for (int byte = 0; byte < 256; byte++) {
				page.data[at] = (char)byte;
				check(page.data, n);
				page.data[at] = 'a';
			}
		guard_page_clear(&page);
	}
}

/* What one odd byte does to its neighbours must not show. */
static void test_neighbours(void **state)
{
	static const char odd[] = {0, 0x1f, 0x20, 0x21, '"', '#', '\\', ']',
	    0x7e, 0x7f, (char)0x80, (char)0xa2, (char)0xff, 'a'};
	uint32_t seed = 7;
	for (int round = 0; round < 200000; round++) {
		char text[MAX_LEN];
		for (size_t i = 0; i < sizeof(text); i++) {
			seed = seed * 1664525 + 1013904223;
			bool plain = seed >> 28 < 10;
			text[i] = plain ? 'b' : odd[(seed >> 16) % sizeof(odd)];
		}
		check(text, sizeof(text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_odd_byte),
	    cmocka_unit_test(test_neighbours),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
