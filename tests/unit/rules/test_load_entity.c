/* load_entity: kinds of data a pack defines, whole and in every cutting. */
#include "rules/policy.h"

#include "tests/support/failmalloc.h"
#include "tests/support/split.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char pack[] = PACK_HEAD
    "use_lists: [words]\n"
    "entities:\n"
    "  loyalty number:\n"
    "    definition: The number on the blue card.\n"
    "    pattern: '\\b\\d{4} ?\\d{6}\\b'\n"
    "    check: luhn\n"
    "    context: [<member words>, blue card]\n"
    "    within: 4 words\n"
    "  isbn:\n"
    "    pattern: '\\b\\d[\\d-]{8,11}[\\dXx]\\b'\n"
    "    check: mod11\n"
    "  ticket: {pattern: '\\bINC-\\d{4,8}\\b'}\n"
    "  pin: {pattern: '\\b\\d{4}\\b', context: [pin], within: sentence}\n"
    "rules:\n"
    "  - id: a\n    title: A\n    then: {redact: {}}\n"
    "    find: {entities: [loyalty number, isbn, ticket, pin, email]}\n"
    "    examples:\n"
    "      matches:\n        - Your loyalty number is 7992 739875.\n"
    "        - It is INC-0042.\n"
    "      passes:\n        - Your loyalty number is 7992 739872.\n"
    "        - Your order number is 7992 739875.\n";
static const char lists[] =
    "format: 1\nkind: lists\nlists:\n  member words:\n    - loyalty\n"
    "    - member*\n";

static struct guard_policy *load(void)
{
	struct policy_source s = {0};
	source_add(&s, "policy.yaml", POLICY);
	source_add(&s, "packs/p.yaml", pack);
	source_add(&s, "lists/words.yaml", lists);
	struct guard_policy *p = source_load(&s);
	if (!p)
		fail_msg("%s %s:%u:%u %s (%s)", s.code, s.file, s.line, s.col,
		    s.message, s.hint);
	return p;
}

/* What is found, "|" between. */
static const struct {
	const char *text, *found;
} cases[] = {
    {"Your loyalty number is 7992 739875.", "7992 739875"},
    {"7992739875 is on your blue card.", "7992739875"},
    {"Members write 7992 739875 or 7992 739872 here.", "7992 739875"},
    {"Loyalty is good. The number is 7992 739875.", ""},
    {"The loyalty desk says that your number is 7992 739875.", ""},
    {"0-306-40615-2, 0-306-40615-3, 0-8044-2957-X",
	"0-306-40615-2|0-8044-2957-X"},
    {"INC-00421 and a.b@c.example", "INC-00421|a.b@c.example"},
    {"In 1984 we sent the new secret code, which is the pin", "1984"},
    {"In 1984 we sent it. The pin is new.", ""},
};

struct run {
	struct guard_policy *policy;
	const char *want;
};

static void describe(
    const struct guard_verdict *v, const char *text, char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; i < v->n_hits; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%.*s",
		    i ? "|" : "", (int)(v->hits[i].end - v->hits[i].start),
		    text + v->hits[i].start);
}

static void run_split(const struct split *split, void *arg)
{
	struct run *run = arg;
	struct guard_session session = {0};
	struct guard_stream *s =
	    guard_stream_new(run->policy, &session, GUARD_AI);
	struct guard_progress p;
	struct guard_verdict v;
	char got[256];
	for (size_t i = 0; i < split->n; i++)
		guard_stream_feed(
		    s, split->pieces[i].data, split->pieces[i].len, &p);
	guard_stream_end(s, &v);
	describe(&v, guard_stream_text(s).text, got, sizeof(got));
	if (strcmp(got, run->want) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", split->how, got, run->want);
	guard_stream_free(s);
}

static void test_finds_own_entities(void **state)
{
	struct run run = {.policy = load()};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		run.want = cases[i].found;
		split_all(
		    cases[i].text, strlen(cases[i].text), run_split, &run);
	}
	guard_policy_unref(run.policy);
}

static int load_once(void *arg)
{
	struct guard_file files[] = {
	    {"policy.yaml", POLICY, sizeof(POLICY) - 1},
	    {"packs/p.yaml", pack, sizeof(pack) - 1},
	    {"lists/words.yaml", lists, sizeof(lists) - 1}};
	struct guard_source source = {.own = files, .n_own = 3};
	struct policy_source seen = {0};
	struct guard_policy *p = NULL;
	enum guard_err err =
	    guard_policy_load(&p, &source, NULL, source_see, &seen);
	guard_policy_unref(p);
	return err;
}

static void test_memory(void **state)
{
	assert_true(failmalloc_each(load_once, NULL) > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_finds_own_entities),
	    cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
