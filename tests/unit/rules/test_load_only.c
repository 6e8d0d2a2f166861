/* load_only: what can be wrong with the topics in scope. */
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define TOPIC(pack, name)                                                      \
	"format: 1\nkind: pack\npack: " pack "\ntopics:\n  " name              \
	": {says: [order*]}\n"

/* Each is what policy.yaml says behind its four lines. */
static const struct bad {
	const char *code;
	unsigned line, col;
	const char *only;
	const char *hint; /* part of it, or NULL */
} bads[] = {
    {"P025", 5, 8, "only: [ordres]\n", "\"orders\""},
    {"P025", 5, 8, "only: [q/order]\n", "\"q/orders\""},
    {"P025", 5, 7, "only: weather\n", "under topics:"},
    {"P011", 5, 8, "only: [orders]\n", "write p/orders, or q/orders"},
    {"P011", 5, 18, "only: [p/orders, p/orders]\n", "take it out"},
    {"P009", 5, 7, "only: []\n", "name topics"},
    {"P005", 5, 8, "only: [[tax]]\n", NULL},
    {"P004", 5, 8, "only: {mode: shadow}\n", NULL},
    {"P014", 5, 8, "only: {topic: tax}\n", "\"topics\""},
    {"P006", 5, 27, "only: {topics: tax, mode: shadw}\n", "\"shadow\""},
    {"P029", 5, 27, "only: {topics: tax, then: {prepend: Hi}}\n", "handoff"},
    {"P029", 5, 27, "only: {topics: tax, then: redact}\n", NULL},
    {"P021", 5, 34, "only: {topics: tax, small_talk: [<hello>]}\n", NULL},
    {"P032", 6, 13, "only: {topics: tax,\n  examples: {matches: [x]}}\n",
	"the other kind"},
    {"P071", 7, 13,
	"only: {topics: tax,\n  examples: {matches: Cook.,\n"
	"    passes: Boil it.}}\n",
	NULL},
};

static void load(struct policy_source *s, const char *only)
{
	static char policy[1024];
	snprintf(
	    policy, sizeof(policy), POLICY_HEAD "packs: [p, q, r]\n%s", only);
	*s = (struct policy_source){.n_own = 0};
	source_add(s, "policy.yaml", policy);
	source_add(s, "packs/p.yaml", TOPIC("p", "orders"));
	source_add(s, "packs/q.yaml", TOPIC("q", "orders"));
	source_add(s, "packs/r.yaml", TOPIC("r", "tax"));
	guard_policy_unref(source_load(s));
}

static void every_fault_has_its_code_and_place(void **state)
{
	unsigned wrong = 0;
	(void)state;
	for (size_t i = 0; i < sizeof(bads) / sizeof(*bads); i++) {
		const struct bad *b = &bads[i];
		struct policy_source s;
		load(&s, b->only);
		if (strcmp(s.code, b->code) == 0 && s.line == b->line &&
		    s.col == b->col && (!b->hint || strstr(s.hint, b->hint)))
			continue;
		wrong++;
		print_message("case %zu: want %s %u:%u \"%s\", got %s %u:%u "
			      "%s (%s)\n",
		    i, b->code, b->line, b->col, b->hint ? b->hint : "", s.code,
		    s.line, s.col, s.message, s.hint);
	}
	assert_int_equal(wrong, 0);
}

/* A pack of topics only is used by the scope; one nobody lists is told. */
static void what_is_not_used_is_told(void **state)
{
	struct policy_source s;
	(void)state;
	load(&s, "only: [tax, p/orders, q/orders]\n");
	assert_int_equal(s.n_errors, 0);
	assert_int_equal(s.n_warnings, 1); /* no example */
	load(&s, "only: [tax]\n");
	assert_int_equal(s.n_errors, 0);
	assert_int_equal(s.n_warnings, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_fault_has_its_code_and_place),
	    cmocka_unit_test(what_is_not_used_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
