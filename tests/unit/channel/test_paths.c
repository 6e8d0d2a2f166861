/* The machine says of every node what the pointers say one by one. */
#include "proxy/channel/paths.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const char text[] =
    "{\"a\":[{\"k\":\"x\",\"v\":1},{\"k\":\"y\",\"v\":{\"v\":2}}],"
    "\"b\":{\"c\":{\"v\":3},\"d/e~\":4},\"v\":5,\"\":6,\"10\":7,"
    "\"choices\":[{\"m\":{\"t\":8,\"c\":[{\"t\":9},[{\"t\":10}]]}},"
    "[{\"m\":{\"t\":11}}]]}";

static const char *const absolute[] = {"/v", "/a/0/v", "/a/*/v", "/a/-1/v",
    "/a/*[k=y]/v", "/a/[k=x]/v", "/**/v", "/a/**/v", "/b/**", "/**/c/v",
    "/b/d~1e~0", "/*/c/v", "/10", "/", "/b/-1", "v", "", "/choices/*", "/a/10"};
static const char *const in_message[] = {
    "m/t", "m/c/*/t", "m/**/t", "m/c/1/0/t", "**/t", "m/c/-1"};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void parse(struct pointer *p, const char *s)
{
	const char *why = NULL;

	if (pointer_parse(p, s, &why) != 0)
		fail_msg("%s: %s", s, why);
}

/* Each pointer alone, so that the first of two does not hide the second. */
static void check_alone(const struct json_doc *doc,
    const struct pointer *before, const struct pointer *p, const char *name)
{
	struct paths paths;
	const struct paths_entry entry = {before, p, PATHS_TEXT, 6};
	uint16_t *state = calloc(doc->n_nodes, sizeof *state);

	assert_int_equal(paths_build(&paths, &entry, 1), 0);
	for (uint32_t i = 0; i < doc->n_nodes; i++) {
		struct paths_roles roles;
		uint32_t base = before ? JSON_NONE : 0;
		bool exact;
		state[i] = i == 0
		    ? PATHS_ROOT
		    : paths_step(
			  &paths, state[doc->nodes[i].parent], doc, i, &exact);
		for (uint32_t up = i;
		     before && base == JSON_NONE && up != JSON_NONE;
		     up = doc->nodes[up].parent)
			if (pointer_match(before, doc, 0, up))
				base = up;
		paths_roles(&paths, state[i], doc, base, i, &roles);
		bool want = base != JSON_NONE && pointer_match(p, doc, base, i);
		if ((roles.text == 7) != want || (roles.text != 0) != want)
			fail_msg("%s at node %u: %u", name, i, roles.text);
	}
	free(state);
	paths_clear(&paths);
}

static void test_alone(void **unused)
{
	struct json_doc doc = {0};
	struct pointer message, p;

	(void)unused;
	assert_int_equal(json_parse(&doc, text, sizeof text - 1, NULL), 0);
	parse(&message, "/choices/*");
	for (size_t i = 0; i < COUNT(absolute); i++) {
		parse(&p, absolute[i]);
		check_alone(&doc, NULL, &p, absolute[i]);
		pointer_clear(&p);
	}
	for (size_t i = 0; i < COUNT(in_message); i++) {
		parse(&p, in_message[i]);
		check_alone(&doc, &message, &p, in_message[i]);
		pointer_clear(&p);
	}
	pointer_clear(&message);
	json_clear(&doc);
}

static uint16_t state_of(const struct paths *p, const char *json, bool *exact)
{
	struct json_doc doc = {0};

	assert_int_equal(json_parse(&doc, json, strlen(json), NULL), 0);
	uint16_t s = paths_step(p, PATHS_ROOT, &doc, 1, exact);
	json_clear(&doc);
	return s;
}

static void test_spellings(void **unused)
{
	struct paths paths;
	struct pointer p;
	bool exact;

	(void)unused;
	parse(&p, "/task");
	const struct paths_entry entry = {NULL, &p, PATHS_IGNORE, 0};
	assert_int_equal(paths_build(&paths, &entry, 1), 0);
	uint16_t there = state_of(&paths, "{\"task\":1}", &exact);
	assert_true(exact);
	assert_int_equal(paths.states[there].roles.ignore, 1);
	static const char *const alike[] = {"{\"Task\":1}", "{\"TASK\":1}",
	    "{\"t\\u0061sk\":1}", "{\"ta\xc5\xbfk\":1}", "{\"tas\\u212a\":1}"};
	for (size_t i = 0; i < COUNT(alike); i++) {
		assert_int_equal(state_of(&paths, alike[i], &exact), there);
		assert_false(exact);
	}
	assert_int_equal(
	    state_of(&paths, "{\"tasks\":1}", &exact), PATHS_NOWHERE);
	assert_int_equal(
	    state_of(&paths, "{\"t\xc3\xa4sk\":1}", &exact), PATHS_NOWHERE);
	paths_clear(&paths);
	pointer_clear(&p);
}

static void test_doubles(void **unused)
{
	static const struct {
		const char *json;
		bool twice;
	} rows[] = {
	    {"{\"Task\":1,\"x\":2}", false},
	    {"{\"Task\":1,\"task\":2}", true},
	    {"{\"Task\":1,\"x\":0,\"ta\xc5\xbfK\":2}", true},
	    {"{\"X\":1,\"x\":2}", false},
	};
	struct paths paths;
	struct pointer p;

	(void)unused;
	parse(&p, "/task");
	const struct paths_entry entry = {NULL, &p, PATHS_IGNORE, 0};
	assert_int_equal(paths_build(&paths, &entry, 1), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json_doc doc = {0};
		assert_int_equal(
		    json_parse(&doc, rows[i].json, strlen(rows[i].json), NULL),
		    0);
		if (paths_is_double(&paths, PATHS_ROOT, &doc, 1) !=
		    rows[i].twice)
			fail_msg("%s", rows[i].json);
		json_clear(&doc);
	}
	paths_clear(&paths);
	pointer_clear(&p);
}

/* Pointers whose combinations explode are refused, not built. */
static void test_limit(void **unused)
{
	enum { N = 16 };
	struct pointer p[N];
	struct paths_entry entries[N];
	struct paths paths;

	(void)unused;
	for (int i = 0; i < N; i++) {
		char s[128];
		int n = snprintf(s, sizeof s, "/**/k%d", i);
		for (int k = 0; k < 13; k++)
			n += snprintf(s + n, sizeof s - (size_t)n, "/*");
		parse(&p[i], s);
		entries[i] = (struct paths_entry){NULL, &p[i], PATHS_TEXT, 0};
	}
	assert_int_equal(paths_build(&paths, entries, N), -1);
	paths_clear(&paths);
	for (int i = 0; i < N; i++)
		pointer_clear(&p[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_alone),
	    cmocka_unit_test(test_spellings),
	    cmocka_unit_test(test_doubles),
	    cmocka_unit_test(test_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
