/* dialect: what is asked, and which answers are answers. */
#include "proxy/base/mem.h"
#include "proxy/classifier/dialect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char ok[] = "ok", insult[] = "Insult", name[] = "tone",
	    url[] = "https://s.test/v1/x", authority[] = "s.test",
	    path[] = "/v1/x", model[] = "m-1", told[] = "One \"word\".",
	    another[] = "Another.", field_name[] = "Authorization",
	    field_value[] = "Bearer k";
static struct config_header field = {field_name, field_value};
static char *labels[] = {ok, insult};

static struct config_classifier of(int kind)
{
	return (struct config_classifier){
	    .name = name,
	    .kind = kind,
	    .service = {.url = url, .authority = authority, .path = path},
	    .model = kind == CONFIG_SCORES ? NULL : model,
	    .instruction = kind == CONFIG_CHAT ? told : NULL,
	    .labels = kind == CONFIG_CHAT ? labels : NULL,
	    .n_labels = kind == CONFIG_CHAT ? 2 : 0,
	};
}

/* "insult=930000 threat=0 v=t-1", or "refused". */
static const char *read_as(int kind, const char *body, size_t len)
{
	static char out[512];
	struct config_classifier c = of(kind);
	struct dialect_scores s;
	char *exact = mem_alloc(len); /* so that a read past it is seen */
	memcpy(exact, body, len);
	int err = dialect_read(&c, (struct span){exact, len}, &s);
	free(exact);
	size_t n = 0;
	snprintf(out, sizeof(out), "%s", err ? "refused" : "");
	for (size_t i = 0; !err && i < s.n; i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s=%u",
		    i ? " " : "", s.items[i].label ? s.items[i].label : "any",
		    s.items[i].score);
	if (!err && s.version)
		snprintf(out + n, sizeof(out) - n, " v=%s", s.version);
	dialect_scores_clear(&s);
	return out;
}

static const struct {
	int kind;
	const char *body, *is;
} cases[] = {
    {CONFIG_SCORES, "{\"scores\":{\"insult\":0.93,\"threat\":0}}",
	"insult=930000 threat=0"},
    {CONFIG_SCORES, " {\"version\":\"t-1\",\"score\":1e-3,\"more\":[1]}\n",
	"any=1000 v=t-1"},
    {CONFIG_SCORES, "{\"scores\":{\"caf\\u00e9\":1}}", "caf\u00e9=1000000"},
    {CONFIG_SCORES, "{\"scores\":{\"a\":0},\"score\":0}", "refused"},
    {CONFIG_SCORES, "{\"scores\":{}}", "refused"},
    {CONFIG_SCORES, "{\"scores\":[0.1]}", "refused"},
    {CONFIG_SCORES, "{\"scores\":{\"a\":true}}", "refused"},
    {CONFIG_SCORES, "{\"scores\":{\"a\":{\"b\":0}}}", "refused"},
    {CONFIG_SCORES, "{\"scores\":{\"\":0}}", "refused"},
    {CONFIG_SCORES, "{\"scores\":{\"a\\u0000b\":0}}", "refused"},
    {CONFIG_SCORES, "{\"scores\":{\"a\":0.1,\"b\":-0.1}}", "refused"},
    {CONFIG_SCORES, "{\"score\":\"0.1\"}", "refused"},
    {CONFIG_SCORES, "{\"score\":null}", "refused"},
    {CONFIG_SCORES, "0.5", "refused"},
    {CONFIG_SCORES, "[]", "refused"},
    {CONFIG_SCORES, "", "refused"},
    {CONFIG_SCORES, "{\"score\":0.1", "refused"},
    {CONFIG_SCORES, "{\"score\":NaN}", "refused"},
    {CONFIG_MODERATION,
	"{\"model\":\"omni\",\"results\":[{\"flagged\":true,\"category_"
	"scores\":"
	"{\"hate\":0.5}}]}",
	"hate=500000 v=omni"},
    {CONFIG_MODERATION, "{\"results\":[]}", "refused"},
    {CONFIG_MODERATION,
	"{\"results\":[{\"category_scores\":{\"a\":0}},"
	"{\"category_scores\":{\"a\":0}}]}",
	"refused"},
    {CONFIG_MODERATION, "{\"results\":{\"category_scores\":{\"a\":0}}}",
	"refused"},
    {CONFIG_MODERATION, "{\"scores\":{\"a\":0}}", "refused"},
    {CONFIG_CHAT,
	"{\"model\":\"j\",\"choices\":[{\"message\":{\"content\":\"insult\"}}]"
	"}",
	"ok=0 Insult=1000000 v=j"},
    {CONFIG_CHAT, "{\"choices\":[{\"message\":{\"content\":\" OK.\\n\"}}]}",
	"ok=1000000 Insult=0"},
    {CONFIG_CHAT, "{\"choices\":[{\"message\":{\"content\":\"It is ok\"}}]}",
	"refused"},
    {CONFIG_CHAT, "{\"choices\":[{\"message\":{\"content\":\"\"}}]}",
	"refused"},
    {CONFIG_CHAT, "{\"choices\":[{\"message\":{\"content\":null}}]}",
	"refused"},
    {CONFIG_CHAT,
	"{\"choices\":[{\"message\":{\"content\":\"ok\"}},"
	"{\"message\":{\"content\":\"insult\"}}]}",
	"refused"},
};

static void only_answers_are_answers(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *is = read_as(
		    cases[i].kind, cases[i].body, strlen(cases[i].body));
		if (strcmp(is, cases[i].is) != 0)
			fail_msg(
			    "%s: %s, not %s", cases[i].body, is, cases[i].is);
	}
}

/* Cut anywhere, an answer is none. */
static void half_an_answer_is_none(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t end = strlen(cases[i].body);
		while (end && strchr(" \n", cases[i].body[end - 1]))
			end--;
		for (size_t n = 0; n < end; n++)
			if (cases[i].body[0] != '0')
				assert_string_equal(
				    read_as(cases[i].kind, cases[i].body, n),
				    "refused");
	}
}

static void too_many_labels_are_refused(void **state)
{
	struct buf body = {0};
	buf_adds(&body, "{\"scores\":{\"l0\":0");
	for (unsigned i = 1; i <= DIALECT_MAX_LABELS; i++)
		buf_printf(&body, ",\"l%u\":0", i);
	buf_adds(&body, "}}");
	assert_string_equal(
	    read_as(CONFIG_SCORES, body.data, body.len), "refused");
	buf_clear(&body);
}

static void assert_asks(int kind, bool field_too, const char *body)
{
	static const char text[] = "A \"b\"\n\u00e9";
	struct config_classifier c = of(kind);
	struct buf out = {0}, expected = {0};
	c.headers = &field;
	c.n_headers = field_too;
	dialect_write(&c, (struct span){text, sizeof(text) - 1}, &out);
	buf_printf(&expected,
	    "POST /v1/x HTTP/1.1\r\nHost: s.test\r\nUser-Agent: handrail\r\n"
	    "Accept: application/json\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n%s\r\n%s",
	    strlen(body), field_too ? "Authorization: Bearer k\r\n" : "", body);
	assert_string_equal(out.data, expected.data);
	buf_clear(&expected);
	buf_clear(&out);
}

static void a_text_is_asked_about(void **state)
{
#define T "\"A \\\"b\\\"\\n\u00e9\""
	assert_asks(CONFIG_SCORES, false, "{\"text\":" T "}");
	assert_asks(
	    CONFIG_MODERATION, true, "{\"model\":\"m-1\",\"input\":" T "}");
	assert_asks(CONFIG_CHAT, false,
	    "{\"model\":\"m-1\",\"temperature\":0,\"messages\":["
	    "{\"role\":\"system\",\"content\":\"One \\\"word\\\".\"},"
	    "{\"role\":\"user\",\"content\":" T "}]}");
#undef T
}

static void the_digest_knows_what_is_asked(void **state)
{
	char a[DIALECT_DIGEST_SIZE], b[DIALECT_DIGEST_SIZE];
	struct config_classifier c = of(CONFIG_CHAT);
	dialect_digest(&c, a);
	assert_int_equal(strlen(a), DIALECT_DIGEST_SIZE - 1);
	c.headers = &field; /* is no part of it */
	c.n_headers = 1;
	c.timeout_ms = 5;
	dialect_digest(&c, b);
	assert_string_equal(a, b);
	c.n_labels = 1;
	dialect_digest(&c, b);
	assert_string_not_equal(a, b);
	c = of(CONFIG_CHAT);
	c.instruction = another;
	dialect_digest(&c, b);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_answers_are_answers),
	    cmocka_unit_test(half_an_answer_is_none),
	    cmocka_unit_test(too_many_labels_are_refused),
	    cmocka_unit_test(a_text_is_asked_about),
	    cmocka_unit_test(the_digest_knows_what_is_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
