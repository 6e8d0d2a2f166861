/* test_report - see test_report.h. */
#include "proxy/cli/test_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_report_init(struct test_report *r, struct author *a)
{
	*r = (struct test_report){.author = a};
	struct test_suite *suites[] = {&r->examples, &r->steps};
	for (size_t i = 0; i < 2; i++) {
		json_out_init(&suites[i]->doc, &suites[i]->json);
		json_out_array(&suites[i]->doc);
	}
}

void test_report_clear(struct test_report *r)
{
	buf_clear(&r->examples.json);
	buf_clear(&r->examples.junit);
	buf_clear(&r->steps.json);
	buf_clear(&r->steps.junit);
}

/* Characters that XML 1.0 cannot name are left out. */
void test_report_xml(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c == '&')
			buf_adds(out, "&amp;");
		else if (c == '<')
			buf_adds(out, "&lt;");
		else if (c == '>')
			buf_adds(out, "&gt;");
		else if (c == '"')
			buf_adds(out, "&quot;");
		else if (c == '\n' || c == '\t' || c == '\r')
			buf_printf(out, "&#%u;", c);
		else if (c >= ' ')
			buf_addc(out, (char)c);
	}
}

static void attribute(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, " %s=\"", name);
	test_report_xml(out, value, strlen(value));
	buf_addc(out, '"');
}

static void add_junit(
    struct buf *out, const struct test_result *t, const char *path)
{
	struct buf name = {0};
	buf_printf(&name, "%u:%u %s: ", t->line, t->col, t->expected);
	buf_add(&name, t->text, t->len);
	buf_addc(&name, '\0');
	buf_adds(out, "    <testcase");
	attribute(out, "classname", t->name);
	attribute(out, "name", name.data);
	attribute(out, "file", path);
	buf_printf(out, " line=\"%u\"", t->line);
	buf_clear(&name);
	if (t->good) {
		buf_adds(out, "/>\n");
		return;
	}
	buf_adds(out, ">\n      <failure");
	attribute(out, "message", t->why);
	buf_adds(out, "/>\n    </testcase>\n");
}

static void add_json(
    struct json_out *j, const struct test_result *t, const char *path)
{
	json_out_object(j);
	json_out_key(j, "col");
	json_out_int(j, t->col);
	json_out_key(j, "expected");
	json_out_str(j, t->expected);
	json_out_key(j, "file");
	json_out_str(j, path);
	json_out_key(j, "good");
	json_out_bool(j, t->good);
	json_out_key(j, "line");
	json_out_int(j, t->line);
	json_out_key(j, "rule");
	json_out_str(j, t->name);
	json_out_key(j, "text");
	json_out_strn(j, t->text, t->len);
	json_out_key(j, "why");
	json_out_str(j, t->good ? NULL : t->why);
	json_out_end(j);
}

static void print(const struct test_result *t, const char *path)
{
	if (t->good)
		return;
	printf("FAIL %s  %s:%u:%u  %s\n", t->name, path, t->line, t->col,
	    t->expected);
	printf("   \"%.*s\"\n", (int)t->len, t->text);
	for (const char *line = t->why; *line;) {
		size_t n = strcspn(line, "\n");
		printf("   %.*s\n", (int)n, line);
		line += n + (line[n] == '\n');
	}
	putchar('\n');
}

void test_report_add(struct test_report *r, struct test_suite *suite,
    const struct test_result *t)
{
	char *path = author_path(r->author, t->file);
	suite->passed += t->good;
	suite->failed += !t->good;
	switch (r->author->format) {
	case AUTHOR_JSON:
		add_json(&suite->doc, t, path);
		break;
	case AUTHOR_JUNIT:
		add_junit(&suite->junit, t, path);
		break;
	case AUTHOR_TEXT:
	case AUTHOR_SARIF:
		print(t, path);
		break;
	}
	free(path);
}

static void add_suite(
    struct buf *out, const char *name, const struct test_suite *s)
{
	buf_printf(out,
	    "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\""
	    " errors=\"0\">\n",
	    name, s->passed + s->failed, s->failed);
	buf_add(out, s->junit.data, s->junit.len);
	buf_adds(out, "  </testsuite>\n");
}

/* That the policy loads is a test of its own; what is wrong is on stderr. */
void test_report_print_junit(struct test_report *r)
{
	struct author *a = r->author;
	const struct test_suite *e = &r->examples, *s = &r->steps;
	struct buf *out = &a->out;
	buf_printf(out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<testsuites name=\"handrail test\" tests=\"%zu\""
	    " failures=\"%zu\" errors=\"%d\">\n",
	    e->passed + e->failed + s->passed + s->failed + 1,
	    e->failed + s->failed, a->errors > 0);
	buf_printf(out,
	    "  <testsuite name=\"policy\" tests=\"1\" failures=\"0\""
	    " errors=\"%d\">\n    <testcase classname=\"policy\""
	    " name=\"loads\"",
	    a->errors > 0);
	if (a->errors)
		buf_printf(out,
		    ">\n      <error message=\"%zu errors, see stderr\"/>\n"
		    "    </testcase>\n  </testsuite>\n",
		    a->errors);
	else
		buf_adds(out, "/>\n  </testsuite>\n");
	add_suite(out, "examples", e);
	add_suite(out, "conversations", s);
	buf_adds(out, "</testsuites>\n");
	fwrite(out->data, 1, out->len, stdout);
}
