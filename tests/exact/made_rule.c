/*
 * made_rule - see made_rule.h: when it applies, what excuses it, what it
 * requires, what it does. A line in a table for each key.
 */
#include "tests/exact/made_rule.h"

#include <string.h>

/* ---- when, effective ---- */

static void put_when(struct made *m)
{
	static const char *const all[][2] = {
	    {"channel", "[chat, sms]"},
	    {"segment", "[mail]"},
	    {"segment_not", "[mail]"},
	    {"language", "[chat]"},
	    {"interaction_type", "[chat, mail]"},
	    {"zone", "[mail]"},
	    {"customer_is", "[chat]"},
	    {"hours", "outside 08:00-20:00"},
	    {"hours", "06:00-18:30"},
	    {"ai_turn", "first"},
	    {"ai_turn", "more than 1"},
	    {"resolved", "no"},
	    {"repeat_contact", "yes"},
	};
	size_t i = draw(m->draw, sizeof(all) / sizeof(*all));
	made_key(m, 4, "rule", "when");
	made_put(m, "\n");
	made_key(m, 6, "when", all[i][0]);
	made_put(m, " %s\n", all[i][1]);
}

static void put_effective(struct made *m, bool must_end)
{
	static const char *const days[] = {"2020-01-01", "2040-12-31"};
	made_key(m, 4, "rule", "effective");
	made_put(m, "\n");
	if (!must_end && draw_chance(m->draw, 50)) {
		made_key(m, 6, "effective", "from");
		made_put(m, " %s\n", days[draw(m->draw, 2)]);
		return;
	}
	made_key(m, 6, "effective", "to");
	made_put(m, " %s\n", days[must_end ? 1 : draw(m->draw, 2)]);
}

/* ---- unless ---- */

static void put_excuse(struct made *m, struct made_rule *r)
{
	const struct made_texts *found = &r->find[0];
	made_put(m, "      -\n");
	m->apart = m->simple;
	switch (m->simple ? 5 : draw(m->draw, 6)) {
	case 0:
		made_key(m, 8, "unless", "approval");
		made_put(m, " boss\n");
		break;
	case 1:
		made_key(m, 8, "unless", "said_by_customer");
		made_put(m, " yes\n");
		break;
	case 2:
		if (found->n && !strpbrk(found->items[0], "\"\\\n")) {
			made_key(m, 8, "unless", "text_is");
			made_put(m, "\n          - \"%s\"\n", found->items[0]);
			break;
		}
		/* fall through */
	case 3:
		made_excusing_number(m, r);
		break;
	default:
		made_key(m, 8, "unless", "phrases");
		made_put(m, "\n");
		made_phrases(m, 10, &r->beside);
		if (r->beside.n & 1) {
			made_key(m, 8, "unless", "within");
			made_put(m, " clause\n");
		}
		break;
	}
	m->apart = false;
	if (draw_chance(m->draw, 20)) {
		made_key(m, 8, "unless", "until");
		made_put(m, " %s\n",
		    draw_chance(m->draw, 50) ? "2040-12-31" : "2020-12-31");
	}
}

static void put_unless(struct made *m, struct made_rule *r)
{
	made_key(m, 4, "rule", "unless");
	made_put(m, "\n");
	for (size_t n = 1 + draw(m->draw, 2); n > 0; n--)
		put_excuse(m, r);
}

/* ---- required wording ---- */

static void put_wording(struct made *m, const char *key, struct made_rule *r)
{
	m->apart = m->simple;
	made_key(m, 4, "rule", key);
	made_put(m, "\n");
	made_key(m, 6, "must_say", "all");
	made_put(m, "\n");
	for (size_t n = 1 + draw(m->draw, 2); n > 0; n--) {
		made_put(m, "        -\n");
		made_key(m, 10, "must_say item", "phrases");
		made_put(m, "\n");
		made_phrases(m, 12, &r->beside);
	}
	if (draw_chance(m->draw, 70)) {
		made_key(m, 6, "must_say", "where");
		made_put(m, " %s\n",
		    draw_chance(m->draw, 60) ? "same message"
					     : "conversation so far");
	}
	m->apart = false;
}

/* ---- then ---- */

static void put_text(struct made *m, const char *key, const char *text)
{
	made_put(m, "\n");
	made_key(m, 6, "then", key);
	made_put(m, " \"%s\"\n", text);
}

static void put_handoff(struct made *m)
{
	made_put(m, "\n");
	made_key(m, 6, "then", "handoff");
	made_put(m, "\n");
	made_key(m, 8, "handoff", "queue");
	made_put(m, " billing\n");
	made_key(m, 8, "handoff", "priority");
	made_put(m, " high\n");
	made_key(m, 8, "handoff", "say");
	made_put(m, " One moment.\n");
	made_key(m, 8, "handoff", "include");
	made_put(m, " [transcript, rule]\n");
}

/* Mostly words that are no rule's, sometimes one that may be. */
static const char *some_text(struct made *m)
{
	return draw_chance(m->draw, 20) ? made_word(m) : "[x]";
}

static void put_redact(struct made *m)
{
	made_put(m, "\n");
	made_key(m, 6, "then", "redact");
	if (draw_chance(m->draw, 20)) {
		made_put(m, " {}\n");
		return;
	}
	made_put(m, "\n");
	made_key(m, 8, "redact", "with");
	made_put(m, " \"%s\"\n", some_text(m));
}

static void put_block(struct made *m)
{
	made_put(m, "\n");
	made_key(m, 6, "then", "block");
	made_put(m, "\n");
	made_key(m, 8, "block", "say");
	made_put(m, " I cannot say.\n");
}

static void put_then(struct made *m, const struct made_rule *r)
{
	made_key(m, 4, "rule", "then");
	switch (draw(m->draw, r->n_find ? 10 : 8)) {
	case 0:
		made_put(m, " handoff\n");
		break;
	case 1:
		put_handoff(m);
		break;
	case 2:
	case 3:
		put_block(m);
		break;
	case 4:
		put_text(m, "replace", "Let me see.");
		break;
	case 5:
		put_text(m, "append", some_text(m));
		break;
	case 6:
		put_text(m, "prepend", some_text(m));
		break;
	case 7:
		made_put(m, "\n");
		made_key(
		    m, 6, "then", draw_chance(m->draw, 50) ? "log" : "flag");
		made_put(m, "\n");
		break;
	default:
		put_redact(m);
		break;
	}
}

/* ---- the rule ---- */

static void put_head(struct made *m, size_t i, bool when)
{
	made_put(m, "  - id: r%zu\n    title: T\n", i);
	if (draw_chance(m->draw, 12)) {
		made_key(m, 4, "rule", "mode");
		made_put(
		    m, " %s\n", draw_chance(m->draw, 80) ? "shadow" : "off");
	}
	if (draw_chance(m->draw, 4)) {
		made_key(m, 4, "rule", "speaker");
		made_put(m, " ai\n");
	}
	if (when)
		put_when(m);
}

static void put_examples(struct made *m)
{
	made_put(m,
	    "    examples:\n      matches:\n        - x\n"
	    "      passes:\n        - y\n");
}

/* The exact text of a rule in front that is let pass. */
static void put_allow(struct made *m, struct made_rule *r, size_t i)
{
	const struct made_texts *other = &m->rules[i - 1].find[0];
	const char *text = made_string(m, "%s.",
	    other->n && !strpbrk(other->items[0], "\"\\\n") ? other->items[0]
							    : "fine");
	made_put(m, "  - id: r%zu\n    title: T\n", i);
	made_key(m, 4, "rule", "find");
	made_put(m, "\n");
	made_key(m, 6, "find", "text_is");
	made_put(m, "\n        - \"%s\"\n", text);
	made_add(&r->find[r->n_find++], text);
	put_effective(m, true);
	made_key(m, 4, "rule", "then");
	made_put(m, "\n");
	made_key(m, 6, "then", "allow");
	made_put(m, "\n");
	made_key(m, 8, "allow", "rules");
	made_put(m, " [r%zu]\n", i - 1);
	put_examples(m);
}

void made_rule(struct made *m, size_t i)
{
	struct made_rule *r = &m->rules[i];
	if (i > 0 && draw_chance(m->draw, 8)) {
		put_allow(m, r, i);
		return;
	}
	bool find = !draw_chance(m->draw, 8);
	bool when = draw_chance(m->draw, find ? 15 : 40);
	put_head(m, i, when);
	if (!find) {
		if (!when || draw_chance(m->draw, 50))
			put_wording(m, "must_say", r);
	} else {
		made_key(m, 4, "rule", "find");
		made_put(m, "\n");
		made_find(m, r);
		if (draw_chance(m->draw, 20)) {
			made_key(m, 4, "rule", "ignore_negated");
			made_put(m, " yes\n");
		}
		if (draw_chance(m->draw, 30))
			put_unless(m, r);
		if (draw_chance(m->draw, 12))
			put_wording(m, "must_also_say", r);
		else if (draw_chance(m->draw, 25))
			made_score(m, r);
	}
	if (draw_chance(m->draw, 8))
		put_effective(m, false);
	put_then(m, r);
	put_examples(m);
}

void made_policy(struct made *m)
{
	made_put(m,
	    "format: 1\nkind: policy\nname: made\n"
	    "owner: o@acme.example\ntimezone: UTC\npacks: [p]\n");
	made_put(m, "queues:\n  billing: {destination: desk}\n");
	made_put(m, "environments:\n  test:\n");
	made_key(m, 4, "environment", "mode");
	made_put(m, " %s\n", draw_chance(m->draw, 95) ? "enforce" : "shadow");
	if (draw_chance(m->draw, 10)) {
		made_key(m, 4, "environment", "rollout");
		made_put(m,
		    "\n      - rule: p/r0\n        percent: 50\n"
		    "        by: conversation\n");
	}
	if (draw_chance(m->draw, 20))
		made_put(m, "if_the_engine_cannot_decide: block\n");
	made_scope(m);
	made_zones(m);
}
