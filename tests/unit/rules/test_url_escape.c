/* url_escape: escapes that are characters, and where a URL has begun. */
#include "rules/url_escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void reads_characters(void **state)
{
	static const struct {
		const char *text;
		size_t len; /* 0: none */
		int32_t cp;
	} cases[] = {
	    {"%68x", 3, 'h'},
	    {"%20", 3, ' '},
	    {"%C3%a9%C3", 6, 0xE9},
	    {"%E2%82%AC", 9, 0x20AC},
	    {"%F0%9F%98%80", 12, 0x1F600},
	    {"%", 0, 0},
	    {"%6", 0, 0},
	    {"%6g", 0, 0},
	    {"% 6", 0, 0},
	    {"x68", 0, 0},
	    {"%00", 0, 0},
	    {"%0A", 0, 0},
	    {"%7F", 0, 0},
	    {"%80", 0, 0},
	    {"%C0%80", 0, 0},
	    {"%C3", 0, 0},
	    {"%C3%C3", 0, 0},
	    {"%C3x%A9", 0, 0},
	    {"%E0%80%80", 0, 0},
	    {"%ED%A0%80", 0, 0},
	    {"%F4%90%80%80", 0, 0},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *s = cases[i].text;
		int32_t cp = 0;
		size_t len = url_escape_char(s, strlen(s), false, &cp);
		if (len != cases[i].len)
			print_error("%s\n", s);
		assert_int_equal(len, cases[i].len);
		if (len > 0)
			assert_int_equal(cp, cases[i].cp);
	}
}

/* With fewer bytes: more of them, or what it is in the end. */
static void waits_for_its_bytes(void **state)
{
	static const char *const texts[] = {
	    "%F0%9F%98%80", "%C3x", "%6g", "%00", "%E2%82%AC"};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int32_t whole, cp;
		size_t n = strlen(texts[i]);
		size_t len = url_escape_char(texts[i], n, false, &whole);
		for (size_t k = 1; k < n; k++) {
			size_t got = url_escape_char(texts[i], k, true, &cp);
			assert_true(got == URL_ESCAPE_MORE || got == len);
		}
	}
}

static void knows_where_a_url_is(void **state)
{
	static const struct {
		const char *text;
		bool may;
	} cases[] = {
	    {"https://x", true},
	    {"(www.x", true},
	    {"x.example/", true},
	    {"x.example/a?b=", true},
	    {"50", false},
	    {"x.example", false},
	    {"and/or", false},
	    {".5/", false},
	    {"", false},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    url_escape_may_follow(cases[i].text, strlen(cases[i].text)),
		    cases[i].may);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_characters),
	    cmocka_unit_test(waits_for_its_bytes),
	    cmocka_unit_test(knows_where_a_url_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
