/*
 * made_sums - what concerns a generated policy as a whole: scores and their
 * totals, the offers that are allowed, the topics in scope, and what the
 * conversation has counted so far.
 */
#include "tests/exact/made.h"

static const char *some_action(struct made *m)
{
	static const char *const all[] = {"handoff",
	    "{block: {say: I cannot.}}", "flag", "{append: So be it.}",
	    "{prepend: Well.}", "{replace: Let me see.}"};
	return all[draw(m->draw, sizeof(all) / sizeof(*all))];
}

void made_score(struct made *m, struct made_rule *r)
{
	made_key(m, 4, "rule", "score");
	made_put(m, " %zu\n", 1 + draw(m->draw, 3));
	r->scored = true;
}

/* A total of the rules with a score; nothing when there is none. */
void made_totals(struct made *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->n_rules; i++)
		n += m->rules[i].scored;
	if (!n)
		return;
	made_put(m, "totals:\n  - name: total\n");
	made_note("total", "name");
	made_key(m, 4, "total", "adds");
	made_put(m, "\n");
	for (size_t i = 0; i < m->n_rules; i++)
		if (m->rules[i].scored)
			made_put(m, "      - r%zu\n", i);
	/* One rule alone may not reach more in a message. */
	made_key(m, 4, "total", "over");
	made_put(m, " %s\n", n < 3 ? "conversation" : "message");
	made_key(m, 4, "total", "at_least");
	made_put(m, " %zu\n", 1 + draw(m->draw, n < 3 ? 5 : n));
	made_key(m, 4, "total", "then");
	made_put(m, " %s\n", some_action(m));
	if (draw_chance(m->draw, 15)) {
		made_key(m, 4, "total", "mode");
		made_put(m, " shadow\n");
	}
	if (draw_chance(m->draw, 10)) {
		made_key(m, 4, "total", "when");
		made_put(m, " {channel: chat}\n");
	}
	if (draw_chance(m->draw, 10)) {
		made_key(m, 4, "total", "effective");
		made_put(m, " {to: 2040-12-31}\n");
	}
	if (draw_chance(m->draw, 5)) {
		made_key(m, 4, "total", "speaker");
		made_put(m, " ai\n");
	}
}

/* ---- offers ---- */

static const struct limit {
	const char *key, *most, *text;
} limits[] = {
    {"percent", "10", "15%"},
    {"money", "25", "$20"},
    {"duration", "2 months", "3 months"},
    {"count", "3", "twenty five"},
};

static void put_entry(
    struct made *m, struct made_rule *r, const struct limit *l, size_t number)
{
	bool money = l->key[0] == 'm';
	const char *block = money ? "allowed money" : "allowed percent";
	bool limited = draw_chance(m->draw, 85);
	made_put(m, "    - name: entry %zu\n", number);
	made_note("allowed", "name");
	if (limited) {
		made_key(m, 6, "allowed", l->key);
		made_put(m, "\n");
		made_key(m, 8, block, "up_to");
		made_put(m, " %s\n", l->most);
		if (money && draw_chance(m->draw, 40)) {
			made_key(m, 8, block, "currency");
			made_put(m, " USD\n");
		}
		made_key(m, 8, block, "over");
		made_put(m, " %s\n",
		    draw_chance(m->draw, 60) ? "conversation" : "message");
	}
	if (!limited || draw_chance(m->draw, 30)) {
		made_key(m, 6, "allowed", "near");
		made_put(m, "\n");
		made_phrases(m, 8, &r->near);
		made_key(m, 6, "allowed", "within");
		made_put(m, " %zu words\n", draw(m->draw, 5));
	}
	if (draw_chance(m->draw, 20)) {
		made_key(m, 6, "allowed", "when");
		made_put(m, " {segment: chat}\n");
	}
}

static void put_detect(struct made *m, struct made_rule *r)
{
	made_key(m, 2, "offers", "detect");
	made_put(m, "\n");
	made_key(m, 4, "detect", "phrases");
	made_put(m, "\n");
	made_phrases(m, 6, &r->near);
	made_key(m, 4, "detect", "with");
	made_put(m, " [percent, money, duration, count]\n");
	if (draw_chance(m->draw, 60)) {
		made_key(m, 4, "detect", "within");
		made_put(m, " %zu words\n", draw(m->draw, 6));
	}
}

void made_offers(struct made *m)
{
	struct made_rule *r = &m->rules[0];
	made_put(m, "offers:\n");
	put_detect(m, r);
	made_key(m, 2, "offers", "allowed");
	made_put(m, "\n");
	for (size_t i = 0; i < 4; i++) {
		const struct limit *l = &limits[draw(m->draw, 4)];
		put_entry(m, r, l, i);
		made_add(&r->beside, l->text);
	}
	if (draw_chance(m->draw, 30)) {
		made_key(m, 2, "offers", "ignore_negated");
		made_put(m, " no\n");
	}
	if (draw_chance(m->draw, 20)) {
		made_key(m, 2, "offers", "unless");
		made_put(m, "\n    - phrases:\n");
		made_phrases(m, 8, &r->beside);
	}
	if (draw_chance(m->draw, 10)) {
		made_key(m, 2, "offers", "mode");
		made_put(m, " shadow\n");
	}
	if (draw_chance(m->draw, 10)) {
		made_key(m, 2, "offers", "when");
		made_put(m, " {channel: chat}\n");
	}
	if (draw_chance(m->draw, 10)) {
		made_key(m, 2, "offers", "effective");
		made_put(m, " {from: 2020-01-01}\n");
	}
	made_key(m, 2, "offers", "otherwise");
	made_put(m, " %s\n", some_action(m));
}

/* ---- scope ---- */

void made_scope_topic(struct made *m)
{
	m->scoped = draw_chance(m->draw, 15);
	if (!m->scoped)
		return;
	made_put_topic(m, "  topic %u:\n    says:\n", m->topics);
	for (size_t i = 0; i < 3; i++)
		made_put_topic(
		    m, "      - \"%s\"\n", made_phrase(m, &m->rules[0].beside));
	made_put_topic(m, "    at_least: %zu\n", 1 + draw(m->draw, 2));
	m->topics++;
	/* Of small talk, said as often. */
	made_add(&m->rules[0].beside, "hello");
	made_add(&m->rules[0].beside, "thank you");
	made_add(&m->rules[0].near, "hello there");
}

void made_scope(struct made *m)
{
	static const char *const actions[] = {"handoff",
	    "{block: {say: Not here.}}", "flag", "{append: So be it.}",
	    "{replace: Let me see.}"};
	if (!m->scoped)
		return;
	made_put(m, "only:\n");
	made_key(m, 2, "only", "topics");
	made_put(m, " [topic %u]\n", m->topics - 1);
	made_key(m, 2, "only", "then");
	made_put(m, " %s\n", actions[draw(m->draw, 5)]);
	if (draw_chance(m->draw, 40)) {
		made_key(m, 2, "only", "small_talk");
		made_put(m, "\n");
		made_phrases(m, 4, &m->rules[0].beside);
	}
	if (draw_chance(m->draw, 10)) {
		made_key(m, 2, "only", "mode");
		made_put(m, " shadow\n");
	}
	if (draw_chance(m->draw, 10)) {
		made_key(m, 2, "only", "when");
		made_put(m, " {channel: chat}\n");
	}
	if (draw_chance(m->draw, 10)) {
		made_key(m, 2, "only", "effective");
		made_put(m, " {from: 2020-01-01}\n");
	}
}

/* ---- zones ---- */

/* The session is in the zone chat, in mail, or in none (made.c). */
void made_zones(struct made *m)
{
	if (!draw_chance(m->draw, 10))
		return;
	made_put(m,
	    "interactions:\n  types: {unknown: {complexity: low}}\n"
	    "  zones:\n    low complexity: {calm: chat, upset: chat}\n"
	    "    high complexity: {calm: mail, upset: mail}\n"
	    "  zone_behaviour:\n    chat:\n");
	made_key(m, 6, "zone", "ai_sends");
	made_put(m, " %s\n    mail:\n",
	    draw_chance(m->draw, 50) ? "no" : "drafts to a human");
	made_put(m, "      ai_sends: yes\n");
	made_key(m, 6, "zone", "hand_off_after");
	made_put(m, " 2 ai turns\n");
	made_key(m, 6, "zone", "then");
	made_put(m, " handoff\n");
}

/* ---- counted so far ---- */

void made_counted(struct made *m)
{
	static const struct guard_counted rows[] = {
	    {.kind = GUARD_COUNTED_SIGNAL, .times = 1},
	    {.kind = GUARD_COUNTED_MONEY,
		.currency = "USD",
		.value = 2000,
		.times = 1},
	    {.kind = GUARD_COUNTED_PERCENT, .value = 300, .times = 2},
	    {.kind = GUARD_COUNTED_WORDING, .value = 1, .times = 1},
	};
	size_t n = draw(m->draw, 5);
	for (size_t i = 0; i < n; i++) {
		size_t rule = draw(m->draw, m->n_rules + 1);
		m->counted[i] = rows[i];
		m->counted[i].name = rule < m->n_rules
		    ? made_string(m, "p/r%zu", rule)
		    : "p/offers: entry 0";
		m->session.n_counted++;
	}
	m->session.counted = m->counted;
}
