/* JSON inside strings: what is read, and edits carried back to the outside. */
#include "proxy/channel/nested.h"
#include "tests/unit/channel/openai.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct channel *channel;

static const struct {
	const char *outer, *texts;
} rows[] = {
    {"{\"a\":\"I\",\"b\":[1,\"x\\n\"]}",
	"a|I|b|1|x\n|~{\"a\":\"I\",\"b\":[1,\"x\\n\"]}|~1x\n|~1 x\n|~1\nx\n|"},
    {"\"a\"", "a|~\"a\"|"},
    {"4.1e3", "4100|~4.1e3|"},
    /* Several values; the beginning of one; nothing in it. */
    {"{\"a\":1}{\"b\":2}\n\"c\"", "a|1|b|2|c|~{\"a\":1}{\"b\":2}\n\"c\"|"},
    {"{\"a\":1}{\"b\":", "{\"a\":1}{\"b\":|"},
    {"{\"a\":\"I gu\\u0061", "{\"a\":\"I gu\\u0061|"},
    {"{\"a\":1,}", "{\"a\":1,}|"},
    {"{a:1}", "{a:1}|"},
    {"{}", "{}|"},
    {"", ""},
    /* Text that happens to be numbers, and numbers in a list: as they stand. */
    {"41 11", "41|11|~41 11|"},
    {"[41,11]", "41|11|~[41,11]|"},
    {"[\"a\",41,11,\"b\"]",
	"a|41|11|b|~[\"a\",41,11,\"b\"]|~a41|~a 41|~a\n41|~11b|~11 b|~11\nb|"},
    /* Of a record they stay apart, and so do other members. */
    {"{\"a\":41,\"b\":11}", "a|41|b|11|~{\"a\":41,\"b\":11}|"},
    {"{\"a\":\"x\",\"b\":\"y\"}", "a|x|b|y|~{\"a\":\"x\",\"b\":\"y\"}|"},
    {"[{\"a\":\"x\"},{\"a\":\"y\"}]",
	"a|x|a|y|~[{\"a\":\"x\"},{\"a\":\"y\"}]|~xy|~x y|~x\ny|"},
    /* JSON in a string in it, and in that one. */
    {"{\"a\":\"{\\\"b\\\":\\\"c\\\\n\\\"}\"}",
	"a|b|c\n|~{\"b\":\"c\\n\"}|~{\"a\":\"{\\\"b\\\":\\\"c\\\\n\\\"}\"}|"},
    {"\"\\\"\\\\\\\"a\\\\\\\"\\\"\"",
	"a|~\"a\"|~\"\\\"a\\\"\"|~\"\\\"\\\\\\\"a\\\\\\\"\\\"\"|"},
    {"\"[1\"", "[1|~\"[1\"|"},
    /* Not for ever. */
    {"\"\\\"\\\\\\\"\\\\\\\\\\\\\\\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"a\\\\\\\\\\"
     "\\\\\\\\\\\\\\\\\\\\\"\\\\\\\\\\\\\\\"\\\\\\\"\\\"\"",
	"\"a\"|~\"\\\"a\\\"\"|~\"\\\"\\\\\\\"a\\\\\\\"\\\"\"|~"
	"\"\\\"\\\\\\\"\\\\\\\\\\\\\\\"a\\\\\\\\\\\\\\\"\\\\\\\"\\\"\"|~"
	"\"\\\"\\\\\\\"\\\\\\\\\\\\\\\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\"a\\\\\\"
	"\\\\\\\\\\\\\\\\\\\\\\\\\"\\\\\\\\\\\\\\\"\\\\\\\"\\\"\"|"},
};

static void test_read(void **state)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct nested n = {0};
		struct buf texts = {0}, got = {0};
		nested_read(&n, channel, span_str(rows[i].outer), &texts);
		buf_adds(&got, "");
		for (size_t k = 0; k < n.n_texts; k++)
			buf_printf(&got, "%s%.*s|",
			    n.texts[k].n_steps == 0 ? "~" : "",
			    (int)(n.texts[k].end - n.texts[k].start),
			    texts.data + n.texts[k].start);
		if (strcmp(got.data, rows[i].texts) != 0)
			fail_msg("%s\n got %s\nwant %s", rows[i].outer,
			    got.data, rows[i].texts);
		nested_clear(&n);
		buf_clear(&texts);
		buf_clear(&got);
	}
}

/* As many texts as there is room for, and one more. */
static void test_sizes(void **state)
{
	struct buf outer = {0};

	for (size_t size = 1; size <= 70; size++) {
		struct nested n = {0};
		struct buf texts = {0};
		buf_adds(&outer, size == 1 ? "[\"a\"" : ",\"a\"");
		buf_addc(&outer, ']');
		nested_read(
		    &n, channel, (struct span){outer.data, outer.len}, &texts);
		assert_int_equal(n.n_texts, size == 1 ? 2 : size + 4);
		assert_int_equal(n.texts[size].seams.n, 2 * size);
		nested_clear(&n);
		buf_clear(&texts);
		outer.len--;
	}
	buf_clear(&outer);
}

struct place {
	uint32_t text;
	size_t start, end;
};

static bool is_at(void *arg, uint32_t text, size_t start, size_t end)
{
	const struct place *p = arg;

	return text == p->text && p->start <= start && end <= p->end;
}

/* Bytes of the last reading, and the text and bytes of it they are. */
static void test_seams(void **state)
{
	static const struct {
		const char *outer;
		size_t start, end;
		struct place of;
	} of[] = {
	    {"{\"a\":\"x 41 y\"}", 8, 10, {1, 2, 4}},
	    {"{\"a\":4111}", 5, 9, {1, 0, 4}},
	    {"[\"\\u0034\\\"41\"]", 10, 12, {0, 2, 4}},
	    {"[\"\\ud83d\\ude0041\"]", 14, 16, {0, 4, 6}},
	    /* Text 2 is a reading, too. */
	    {"{\"a\":\"{\\\"41\\\":1}\"}", 9, 11, {3, 2, 4}},
	};

	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
		struct nested n = {0};
		struct buf texts = {0};
		struct place more = of[i].of, less = of[i].of;
		less.start++;
		nested_read(&n, channel, span_str(of[i].outer), &texts);
		const struct channel_seams *seams =
		    &n.texts[n.n_texts - 1].seams;
		assert_true(channel_seams_near(seams, of[i].start, of[i].end));
		if (!channel_seams_edited(
			seams, of[i].start, of[i].end, is_at, &more) ||
		    channel_seams_edited(
			seams, of[i].start, of[i].end, is_at, &less))
			fail_msg("%s", of[i].outer);
		nested_clear(&n);
		buf_clear(&texts);
	}
}

/* `find` becomes `with`: what the outer text is then. */
static const struct {
	const char *outer, *find, *with, *result;
} edits[] = {
    {"{\"a\":\"x 41 y\"}", "41", "\"#\"", "{\"a\":\"x \\\"#\\\" y\"}"},
    {"{\"a\":4111}", "41", "#", "{\"a\":\"#11\"}"},
    {"{\"a\":4110999999999999.999}", "4111", "#", "{\"a\":\"#000000000000\"}"},
    {"{\"41\":1}", "41", "#", "{\"#\":1}"},
    {"{\"a\":1}{\"b\":\"41\"}", "41", "#", "{\"a\":1}{\"b\":\"#\"}"},
    {"{half 41", "41", "\"", "{half \""},
    {"{\"a\":\"{\\\"b\\\":\\\"x 41\\\"}\"}", "41", "\"\\",
	"{\"a\":\"{\\\"b\\\":\\\"x \\\\\\\"\\\\\\\\\\\"}\"}"},
    {"{\"a\":\"{\\\"b\\\":4111}\"}", "41", "\"",
	"{\"a\":\"{\\\"b\\\":\\\"\\\\\\\"11\\\"}\"}"},
    {"{\"a\":\"{\\\"b\\\":\\\"\\\\u0034\\\\u0031\\\"}\"}", "41", "#",
	"{\"a\":\"{\\\"b\\\":\\\"#\\\"}\"}"},
};

static void edit_one(size_t row)
{
	struct nested n = {0};
	struct buf texts = {0}, with = {0}, out = {0};
	struct span outer = span_str(edits[row].outer);

	nested_read(&n, channel, outer, &texts);
	for (size_t k = 0; k < n.n_texts && out.len == 0; k++) {
		if (n.texts[k].n_steps == 0)
			continue;
		struct span text = {texts.data + n.texts[k].start,
		    n.texts[k].end - n.texts[k].start};
		const char *at = memmem(
		    text.p, text.len, edits[row].find, strlen(edits[row].find));
		if (at == NULL)
			continue;
		struct channel_edit e = {.start = (size_t)(at - text.p),
		    .end = (size_t)(at - text.p) + strlen(edits[row].find),
		    .text = span_str(edits[row].with)};
		nested_map(&n.texts[k], outer, text, &e, &with);
		buf_add(&out, outer.p, e.start);
		buf_add(&out, with.data, with.len);
		buf_add(&out, outer.p + e.end, outer.len - e.end);
	}
	if (strcmp(out.data, edits[row].result) != 0)
		fail_msg("row %zu\n got %s\nwant %s", row, out.data,
		    edits[row].result);
	nested_clear(&n);
	buf_clear(&texts);
	buf_clear(&with);
	buf_clear(&out);
}

static void test_edits(void **state)
{
	for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++)
		edit_one(i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read),
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_seams),
	    cmocka_unit_test(test_edits),
	};
	channel = openai_channel("");
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	channel_free(channel);
	return failed;
}
