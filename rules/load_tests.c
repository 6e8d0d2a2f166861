/*
 * load_tests - conversation tests (files in tests/): turns, what is given
 * before them, what is expected of them. They are no part of the policy's
 * digest: nothing is judged by them.
 */
#include "rules/conversation.h"
#include "rules/load_parts.h"

#include <string.h>

#define MAX_STEPS 10000u /* of one test */

static const char *const expected[] = {
    [GUARD_DELIVER] = "deliver",
    [GUARD_ALLOW] = "allow",
    [GUARD_LOG] = "log",
    [GUARD_FLAG] = "flag",
    [GUARD_REDACT] = "redact",
    [GUARD_PREPEND] = "prepend",
    [GUARD_APPEND] = "append",
    [GUARD_REPLACE] = "replace",
    [GUARD_BLOCK] = "block",
    [GUARD_HANDOFF] = "handoff",
    NULL,
};

static void read_text(
    struct load *l, const struct yaml_node *turn, struct step *s)
{
	const struct yaml_node *text = NULL;
	for (size_t i = 0; load_words_speaker[i]; i++) {
		const struct yaml_node *n =
		    yaml_get(turn, load_words_speaker[i]);
		if (!n)
			continue;
		if (text)
			load_fault(l, n->key, LOAD_STEP_FORM,
			    "make it two turns",
			    "only one can speak in a turn");
		text = n;
		s->speaker = (enum guard_speaker)i;
	}
	if (!text)
		return;
	s->text = load_sentence(l, text);
	s->len = s->text ? text->len : 0;
	s->line = text->line;
	s->col = text->col;
}

static void read_expected(
    struct load *l, const struct yaml_node *turn, struct step *s)
{
	const struct yaml_node *expect = yaml_get(turn, "expect");
	const struct yaml_node *because = yaml_get(turn, "because");
	s->checked = expect || because;
	s->has_action = expect != NULL;
	s->action =
	    (enum guard_action)load_choice(l, expect, expected, GUARD_DELIVER);
	if (expect && s->action == GUARD_ALLOW)
		load_fault(l, expect, LOAD_STEP_FORM, "write deliver",
		    "an allow excuses other rules; it is never what happens");
	if (s->checked && !s->text && !l->no_memory)
		load_fault(l, expect ? expect->key : because->key,
		    LOAD_STEP_FORM, "say who speaks: ai:, customer: or human:",
		    "nothing is said in this turn that could be judged");
	s->because = load_text(l, turn, "because", false);
	if (!s->because)
		return;
	uint32_t rule = names_find(&l->rule_names, s->because);
	if (rule == NAMES_NONE && load_is_whole(l))
		load_no_rule(l, because, s->because);
}

static void read_turn(
    struct load *l, const struct yaml_node *turn, struct step *s)
{
	if (!load_check_map(l, turn, load_keys_turn, "in a turn"))
		return;
	const struct yaml_node *given = yaml_get(turn, "given");
	if (given)
		s->given = load_given(l, given);
	read_text(l, turn, s);
	read_expected(l, turn, s);
	if (!given && !s->text && !turn->n_children)
		load_fault(l, turn, LOAD_EMPTY, NULL, "this turn is empty");
}

static void read_test(
    struct load *l, const struct yaml_node *n, struct conversation *c)
{
	if (!load_check_map(l, n, load_keys_test, "in a conversation test"))
		return;
	c->name = load_text(l, n, "name", true);
	c->file = load_printf(l, "%s", n->file);
	const struct yaml_node *turns = yaml_get(n, "turns");
	const struct yaml_node *given = yaml_get(n, "given");
	if (!turns || turns->kind != YAML_LIST || !turns->child) {
		load_fault(l, turns ? turns : n, LOAD_MISSING,
		    "add turns:, one \"- ai: ...\" or \"- customer: ...\" each",
		    "this test has no turns");
		return;
	}
	if (turns->n_children > MAX_STEPS) {
		load_fault(l, turns, LOAD_TOO_MANY, NULL,
		    "a test may have %u turns", MAX_STEPS);
		return;
	}
	struct step *steps =
	    load_alloc(l, turns->n_children + 1, sizeof(*steps));
	if (!steps)
		return;
	c->steps = steps;
	if (given)
		steps[c->n_steps++].given = load_given(l, given);
	for (const struct yaml_node *t = turns->child; t && !l->no_memory;
	     t = t->next)
		read_turn(l, t, &steps[c->n_steps++]);
}

static void read_tests(struct load *l)
{
	const struct yaml_node *root = yaml_root(l->doc);
	if (!load_check_header(l, "conversation tests") ||
	    !load_check_map(l, root, load_keys_tests, "in a file of tests"))
		return;
	const struct yaml_node *tests = yaml_get(root, "tests");
	if (!tests)
		load_text(l, root, "tests", true);
	for (const struct yaml_node *n = tests ? tests->child : NULL;
	     n && !l->no_memory; n = n->next) {
		struct conversation c = {0};
		read_test(l, n, &c);
		struct conversation *slot = load_push(l, &l->conversations);
		if (slot)
			*slot = c;
	}
}

void load_tests(struct load *l)
{
	const struct guard_source *s = l->source;
	for (size_t i = 0; i < s->n_own && !l->no_memory; i++) {
		const struct guard_file *f = &s->own[i];
		if (strncmp(f->path, "tests/", 6) != 0)
			continue;
		const struct yaml_doc **slot = load_push(l, &l->test_docs);
		if (!slot)
			return;
		l->doc = *slot =
		    yaml_parse(f->path, f->bytes, f->len, load_see, l);
		if (l->doc)
			read_tests(l);
	}
}
