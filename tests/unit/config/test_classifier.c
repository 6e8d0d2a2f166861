/* classifier: a service that scores texts, and every way to get it wrong. */
#include "proxy/config/classifier.h"

#include "kit.h"

#define GOOD KIT_LISTEN KIT_ROUTES

static void test_the_whole(void **state)
{
	struct buf faults = {0};
	setenv("KIT_KEY", "k-1", 1);
	struct config *c = kit_parse(GOOD
	    "classifiers:\n"
	    "  tone: {kind: scores, url: "
	    "\"http://127.0.0.1:9/v1/s/?v=2&x=/\"}\n"
	    "  judge:\n    kind: chat\n    url: "
	    "https://judge.internal/v1/chat\n"
	    "    ca: /dev/null\n"
	    "    headers: {Authorization: \"Bearer ${KIT_KEY}\", x-b: c}\n"
	    "    model: j-7b\n    instruction: One word.\n"
	    "    labels: [ok, bad]\n    timeout_ms: 250ms\n"
	    "    max_at_once: 3\n    max_waiting: 0\n    cached_texts: 0\n"
	    "    max_failures: 2\n    pause_ms: 1m\n",
	    &faults);
	if (!c)
		fail_msg("%s", faults.data);
	assert_int_equal(c->n_classifiers, 2);
	const struct config_classifier *a = &c->classifiers[0];
	assert_string_equal(a->name, "tone");
	assert_int_equal(a->kind, CONFIG_SCORES);
	assert_false(a->service.tls);
	assert_string_equal(a->service.path, "/v1/s/?v=2&x=/");
	assert_int_equal(a->timeout_ms, 1000);
	assert_int_equal(a->max_at_once, 16);
	assert_int_equal(a->cached_texts, 10000);
	const struct config_classifier *b = &c->classifiers[1];
	assert_int_equal(b->kind, CONFIG_CHAT);
	assert_true(b->service.tls);
	assert_int_equal(b->service.address.port, 443);
	assert_string_equal(b->service.ca, "/dev/null");
	assert_int_equal(b->n_headers, 2);
	assert_string_equal(b->headers[0].name, "Authorization");
	assert_string_equal(b->headers[0].value, "Bearer k-1");
	assert_string_equal(b->headers[1].value, "c");
	assert_int_equal(b->n_labels, 2);
	assert_string_equal(b->labels[1], "bad");
	assert_int_equal(b->timeout_ms, 250);
	assert_int_equal(b->pause_ms, 60000);
	config_unref(c);
	buf_clear(&faults);
}

#define ONE(more) GOOD "classifiers: {t: {" more "}}\n"
#define URL ", url: \"http://127.0.0.1:9\""
static const struct {
	const char *text, *fault;
} cases[] = {
    {GOOD "classifiers: [t]\n", "C003"},
    {GOOD "classifiers: {t: x}\n", "C003"},
    {ONE("kind: scores"), "url is missing"},
    {ONE("url: \"http://127.0.0.1:9\""), "kind is missing"},
    {ONE("kind: words" URL), "scores"},
    {ONE("kind: scores, url: \"ftp://x\""), "C008"},
    {ONE("kind: scores, url: \"https://u@x/\""), "C008"},
    {ONE("kind: scores, url: \"https://x/?a=1#b\""), "C008"},
    {ONE("kind: scores, url: \"http://scores.example\""), "C010"},
    {ONE("kind: scores, ca: /no/such" URL), "/no/such"},
    {ONE("kind: scores, timeout: 1s" URL), "timeout_ms"},
    {ONE("kind: scores, timeout_ms: 1ms" URL), "is not between"},
    {ONE("kind: scores, max_at_once: 0" URL), "C004"},
    {ONE("kind: scores, labels: [a, b]" URL), "C015"},
    {ONE("kind: moderation, instruction: x" URL), "C015"},
    {ONE("kind: chat" URL), "at least two labels"},
    {ONE("kind: chat, model: m, instruction: i, labels: [a]" URL), "C015"},
    {ONE("kind: chat, model: m, instruction: i, labels: [a, \"\"]" URL),
	"1 to 64 bytes"},
    {ONE("kind: scores, headers: x" URL), "C003"},
    {ONE("kind: scores, headers: {a: \"a\\nb: c\"}" URL), "header field"},
    {ONE("kind: scores, headers: {\"a b\": c}" URL), "is no name"},
    {ONE("kind: scores, headers: {\"a:\": c}" URL), "is no name"},
    {ONE("kind: scores, headers: {\"\": c}" URL), "is no name"},
    {ONE("kind: scores, headers: {Content-length: \"7\"}" URL),
	"Handrail's to write"},
    {ONE("kind: scores, headers: {hosT: x}" URL), "Handrail's to write"},
    {ONE("kind: scores, headers: {a: b, A: c}" URL), "there already"},
    {ONE("kind: scores, headers: {a: [b]}" URL), "C003"},
    {ONE("kind: scores, headers: {a: \"${KIT_NO_SUCH_NAME}\"}" URL),
	"KIT_NO_SUCH_NAME"},
};

static void test_faults(void **state)
{
	struct buf faults = {0};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct config *c = kit_parse(cases[i].text, &faults);
		if (c || !strstr(faults.data, cases[i].fault))
			fail_msg("%s: %s, not %s", cases[i].text, faults.data,
			    cases[i].fault);
	}
	buf_clear(&faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_whole),
	    cmocka_unit_test(test_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
