/* Escapes undone, however the text is cut, and where each byte came from. */
#include "proxy/channel/undo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *text, *undone;
} rows[] = {
    {"plain", ""}, /* nothing to read twice */
    {"gu\\u0061rantee", "guarantee"},
    {"gu\\u{61}r \\u{1F600}", "guar \xf0\x9f\x98\x80"},
    {"gu\\x61r\\141ntee", "guarantee"},
    {"a\\nb\\t\\\"c\\\"\\\\d\\/", "a\nb\t\"c\"\\d/"},
    {"gu\\\narantee", "guarantee"},
    {"gu\\arantee \\q", "guarantee q"},
    {"\\ud83d\\ude00\\ud83dx\\ude00",
	"\xf0\x9f\x98\x80\xef\xbf\xbdx\xef\xbf\xbd"},
    {"\\u{110000}\\u{}\\u{zz}\\uzz12\\xg", "\xef\xbf\xbdu{}u{zz}uzz12xg"},
    {"\\0\\08\\777", "8\xc7\xbf"},
    {"end\\", "end\\"},
    {"end\\u00", "end\\u00"},
    {"end\\14", "end\f"},
    {"\\\xc3\xa9", "\xc3\xa9"},
};

/* Fed in pieces of n bytes. */
static void undo_text(
    struct undo *u, const char *text, size_t n, struct buf *out)
{
	size_t len = strlen(text);

	buf_adds(out, "");
	for (size_t i = 0; i < len; i += n) {
		size_t m = len - i < n ? len - i : n;
		undo_add(u, 3, (struct span){text + i, m});
		if (u->open)
			buf_add(out, u->fresh.data, u->fresh.len);
		undo_take(u);
	}
	undo_finish(u, 3);
	if (u->open)
		buf_add(out, u->fresh.data, u->fresh.len);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (size_t n = 1; n < 20; n++) {
			struct undo u = {.open = false};
			struct buf out = {0};
			undo_text(&u, rows[i].text, n, &out);
			if (strcmp(out.data, rows[i].undone) != 0)
				fail_msg("%s by %zu\n got %s\nwant %s",
				    rows[i].text, n, out.data, rows[i].undone);
			undo_clear(&u);
			buf_clear(&out);
		}
}

struct want {
	size_t start, end;
};

static bool covers(void *arg, uint32_t series, size_t start, size_t end)
{
	const struct want *w = arg;

	assert_int_equal(series, 3);
	return w->start <= start && end <= w->end;
}

/* "x\u0041y\n": each byte of "xAy<LF>" is those it came from. */
static void test_seams(void **state)
{
	static const char text[] = "x\\u0041y\\n";
	static const struct {
		size_t start, end, from, to;
	} of[] = {
	    {0, 1, 0, 1},
	    {1, 2, 1, 2},
	    {1, 3, 1, 8},
	    {2, 3, 7, 8},
	    {3, 4, 8, 9},
	};

	(void)state;
	for (size_t n = 1; n < sizeof text; n++) {
		struct undo u = {.open = false};
		struct buf out = {0};
		undo_text(&u, text, n, &out);
		assert_string_equal(out.data, "xAy\n");
		for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
			struct want all = {of[i].from, of[i].to};
			struct want less = {of[i].from + 1, of[i].to};
			assert_true(channel_seams_near(
			    &u.seams, of[i].start, of[i].end));
			assert_true(channel_seams_edited(
			    &u.seams, of[i].start, of[i].end, covers, &all));
			assert_false(channel_seams_edited(
			    &u.seams, of[i].start, of[i].end, covers, &less));
		}
		undo_clear(&u);
		buf_clear(&out);
	}
}

/* The first escape opens it, and it begins where the text does. */
static void test_open(void **state)
{
	struct undo u = {.open = false};

	(void)state;
	undo_add(&u, 0, (struct span){"ab", 2});
	undo_take(&u);
	assert_false(u.open || undo_waits(&u));
	undo_add(&u, 0, (struct span){"c\\", 2});
	assert_true(u.open && undo_waits(&u));
	assert_string_equal(u.fresh.data, "abc");
	undo_take(&u);
	undo_add(&u, 0, (struct span){"u0064e", 6});
	assert_false(undo_waits(&u));
	assert_string_equal(u.fresh.data, "de");
	assert_int_equal(u.len, 5);
	undo_take(&u);
	undo_add(&u, 0, (struct span){"\\ud83d", 6});
	assert_true(undo_waits(&u));
	assert_int_equal(u.fresh.len, 0);
	undo_clear(&u);
}

/* Escapes that are left, however the text is cut. */
static void test_deep(void **state)
{
	static const struct {
		const char *text;
		bool deep;
	} deep[] = {
	    {"a\\\\u0062", true},
	    {"a\\\\nb", true},
	    {"a\\u005cx41", true},
	    {"a\\\\\\\\tb", true},
	    {"a\\nb \\u0062", false},
	    {"a\\\\ b \\\\\"c \\\\Users", false},
	    {"a\\\\", false},
	    {"C:\\new\\x", false},
	    {"a\\u00", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof deep / sizeof deep[0]; i++)
		for (size_t n = 1; n < 12; n++) {
			struct undo u = {.open = false};
			struct buf out = {0};
			undo_text(&u, deep[i].text, n, &out);
			if (u.deep != deep[i].deep)
				fail_msg("%s by %zu", deep[i].text, n);
			undo_clear(&u);
			buf_clear(&out);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_seams),
	    cmocka_unit_test(test_open),
	    cmocka_unit_test(test_deep),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
