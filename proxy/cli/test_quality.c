/* test_quality - see test_quality.h. */
#include "proxy/cli/test_quality.h"

#include "rules/guard_tests.h"

#include <stdlib.h>
#include <string.h>

#define NEVER_SHOWN 5u /* phrases of a rule in text; JSON has all */

void test_quality_init(
    struct test_quality *q, const struct author *a, const char *only)
{
	*q = (struct test_quality){.author = a, .only = only};
	json_out_init(&q->doc, &q->json);
	json_out_array(&q->doc);
}

void test_quality_clear(struct test_quality *q)
{
	buf_clear(&q->text);
	buf_clear(&q->json);
}

/* ---- cover ---- */

static void cover_text(struct test_quality *q, const struct guard_cover *c)
{
	size_t shown = 0;
	if (!c->fired)
		buf_printf(
		    &q->text, "   %s  no example makes it fire\n", c->rule);
	if (c->n_seen == c->n_phrases)
		return;
	buf_printf(&q->text, "   %s  %zu/%zu   never: ", c->rule, c->n_seen,
	    c->n_phrases);
	for (size_t i = 0; i < c->n_phrases && shown <= NEVER_SHOWN; i++) {
		if (c->phrases[i].seen)
			continue;
		const char *comma = shown ? ", " : "";
		if (shown++ < NEVER_SHOWN)
			buf_printf(
			    &q->text, "%s\"%s\"", comma, c->phrases[i].text);
		else
			buf_printf(&q->text, "%s...", comma);
	}
	buf_addc(&q->text, '\n');
}

static void cover_json(struct test_quality *q, const struct guard_cover *c)
{
	struct json_out *j = &q->doc;
	char *path = author_path(q->author, c->file);
	json_out_object(j);
	json_out_key(j, "file");
	json_out_str(j, path);
	json_out_key(j, "fired");
	json_out_bool(j, c->fired);
	json_out_key(j, "line");
	json_out_int(j, c->line);
	json_out_key(j, "never");
	json_out_array(j);
	for (size_t i = 0; i < c->n_phrases; i++)
		if (!c->phrases[i].seen)
			json_out_str(j, c->phrases[i].text);
	json_out_end(j);
	json_out_key(j, "phrases");
	json_out_int(j, (int64_t)c->n_phrases);
	json_out_key(j, "rule");
	json_out_str(j, c->rule);
	json_out_key(j, "seen");
	json_out_int(j, (int64_t)c->n_seen);
	json_out_end(j);
	free(path);
}

static void see_cover(const struct guard_cover *c, void *arg)
{
	struct test_quality *q = arg;
	if (q->only && strcmp(q->only, c->rule) != 0)
		return;
	q->rules++;
	q->fired += c->fired;
	q->phrases += c->n_phrases;
	q->seen += c->n_seen;
	cover_json(q, c);
	cover_text(q, c);
}

int test_quality_cover(struct test_quality *q, const struct guard_policy *p)
{
	int err = guard_cover(p, see_cover, q);
	json_out_end(&q->doc);
	return err;
}

/* ---- weaken ---- */

static void see_weakening(const struct guard_weakening *w, void *arg)
{
	struct test_quality *q = arg;
	struct json_out *j = &q->doc;
	if (q->only && strcmp(q->only, w->rule) != 0)
		return;
	q->weakened++;
	q->noticed += w->noticed;
	char *path = author_path(q->author, w->file);
	json_out_object(j);
	json_out_key(j, "advice");
	json_out_str(j, w->advice);
	json_out_key(j, "file");
	json_out_str(j, path);
	json_out_key(j, "line");
	json_out_int(j, w->line);
	json_out_key(j, "noticed");
	json_out_bool(j, w->noticed);
	json_out_key(j, "rule");
	json_out_str(j, w->rule);
	json_out_key(j, "what");
	json_out_str(j, w->what);
	json_out_end(j);
	free(path);
	if (!w->noticed)
		buf_printf(&q->text, "   %s  %s went unnoticed\n      %s\n",
		    w->rule, w->what, w->advice);
}

int test_quality_weaken(struct test_quality *q, const struct guard_policy *p)
{
	int err = guard_weaken(p, see_weakening, q);
	json_out_end(&q->doc);
	return err;
}
