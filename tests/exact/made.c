/* made - see made.h: strings, words and phrases, the files, the session. */
#include "tests/exact/made.h"
#include "rules/load_keys.h"
#include "tests/exact/made_rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_BLOCKS 64u

struct made_memory {
	struct made_memory *next;
	char text[];
};

static void *need(void *p)
{
	if (!p)
		abort();
	return p;
}

/* ---- writing ---- */

static void put(struct made_out *o, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (o->cap - o->len <= (size_t)n) {
		o->cap = (o->len + (size_t)n + 1) * 2;
		o->s = need(realloc(o->s, o->cap));
	}
	vsnprintf(o->s + o->len, o->cap - o->len, format, args);
	o->len += (size_t)n;
}

void made_put(struct made *m, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	put(&m->out, format, args);
	va_end(args);
}

void made_put_topic(struct made *m, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	put(&m->topics_out, format, args);
	va_end(args);
}

const char *made_string(struct made *m, const char *format, ...)
{
	struct made_out o = {0};
	va_list args;
	va_start(args, format);
	put(&o, format, args);
	va_end(args);
	struct made_memory *s = need(malloc(sizeof(*s) + o.len + 1));
	memcpy(s->text, o.s, o.len + 1);
	free(o.s);
	s->next = m->memory;
	m->memory = s;
	return s->text;
}

static char *take(struct made_out *o)
{
	char *s = o->s ? o->s : need(calloc(1, 1));
	*o = (struct made_out){0};
	return s;
}

/* ---- keys ---- */

static bool written[MAX_BLOCKS][LOAD_MAX_KEYS];

/* Of a key in load_blocks; NULL when there is none. */
static bool *note_of(const char *block, const char *key)
{
	for (size_t b = 0; load_blocks[b].name && b < MAX_BLOCKS; b++) {
		if (strcmp(load_blocks[b].name, block) != 0)
			continue;
		const struct load_key *keys = load_blocks[b].keys;
		for (size_t k = 0; keys[k].name; k++)
			if (strcmp(keys[k].name, key) == 0)
				return &written[b][k];
	}
	return NULL;
}

void made_note(const char *block, const char *key)
{
	bool *note = note_of(block, key);
	if (!note) {
		fprintf(stderr, "made: no key %s %s\n", key, block);
		abort();
	}
	*note = true;
}

void made_key(
    struct made *m, unsigned indent, const char *block, const char *key)
{
	made_note(block, key);
	made_put(m, "%*s%s:", (int)indent, "", key);
}

bool made_knows(const char *block, const char *key)
{
	/* They name, date, describe or test a rule. */
	static const char *const words_only[] = {"title", "why", "severity",
	    "shadow_until", "references", "ticket", "approved_by", "owner",
	    "examples", "definition", "like", "unlike", "reason", "id", "note",
	    "name", NULL};
	for (size_t i = 0; words_only[i]; i++)
		if (strcmp(words_only[i], key) == 0)
			return true;
	const bool *note = note_of(block, key);
	return note && *note;
}

/* ---- words ---- */

void made_add(struct made_texts *t, const char *text)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->items[i], text) == 0)
			return;
	if (t->n < MADE_TEXTS)
		t->items[t->n++] = text;
}

/* Few, so that phrases of different rules begin and end alike. */
static const char *const words[] = {"refund", "fee", "waive", "late", "money",
    "back", "off", "plan", "deal", "card", "we", "a", "the", "apr", "free",
    "month", "pay", "offer", "offers", "credit", "can't", "caf\u00E9", "3g",
    "e-mail"};

static const char *const other_words[] = {
    "sorry", "policy", "terms", "apply", "sorted", "robot", "by", "law"};

const char *made_word(struct made *m)
{
	if (m->apart)
		return other_words[draw(
		    m->draw, sizeof(other_words) / sizeof(*other_words))];
	return words[draw(m->draw, sizeof(words) / sizeof(*words))];
}

static bool is_all_letters(const char *s)
{
	for (; *s; s++)
		if (*s < 'a' || *s > 'z')
			return false;
	return true;
}

/* One word of a phrase, perhaps with a star; as it looks in a text. */
static const char *make_star(struct made *m, const char **looks)
{
	const char *word = *looks = made_word(m);
	size_t n = strlen(word);
	if (n < 4 || !is_all_letters(word) || !draw_chance(m->draw, 20))
		return word;
	*looks = made_string(m, "%sed", word);
	return made_string(m, "%.*s*", (int)(n - draw(m->draw, 2)), word);
}

const char *made_phrase(struct made *m, struct made_texts *texts)
{
	static const char *const fill[] = {
	    " ", " my ", " one two ", " one two three four five six "};
	size_t n = 1 + draw(m->draw, 3);
	const char *looks, *phrase = make_star(m, &looks);
	for (; n > 1; n--) {
		bool gap = draw_chance(m->draw, 30);
		const char *then, *word = make_star(m, &then);
		phrase =
		    made_string(m, "%s%s%s", phrase, gap ? " ... " : " ", word);
		const char *joint = draw_chance(m->draw, 10) ? "_" : " ";
		looks = made_string(m, "%s%s%s", looks,
		    gap ? fill[draw(m->draw, 4)] : joint, then);
	}
	made_add(texts, looks);
	return phrase;
}

void made_phrases(struct made *m, unsigned indent, struct made_texts *texts)
{
	for (size_t n = 1 + draw(m->draw, 3); n > 0; n--)
		made_put(
		    m, "%*s- \"%s\"\n", (int)indent, "", made_phrase(m, texts));
}

/* ---- the session ---- */

static void make_session(struct made *m)
{
	struct guard_session *s = &m->session;
	*s = (struct guard_session){0};
	static const char *const places[] = {"chat", "mail"};
	if (draw_chance(m->draw, 70))
		s->channel = s->segment = s->language = s->interaction_type =
		    s->zone = s->customer = places[draw(m->draw, 2)];
	if (draw_chance(m->draw, 70))
		s->time_us = INT64_C(1790000000) * 1000000 +
		    (int64_t)draw(m->draw, 24) * 3600 * 1000000;
	s->conversation = draw_chance(m->draw, 70) ? "c1" : NULL;
	s->ai_turn = (uint32_t)draw(m->draw, 4);
	s->resolved = (enum guard_tristate)draw(m->draw, 3);
	s->repeat_contact = (enum guard_tristate)draw(m->draw, 3);
	if (draw_chance(m->draw, 40)) {
		m->approvals[0] = (struct guard_approval){.name = "boss",
		    .id = "A-1",
		    .up_to_minor = draw_chance(m->draw, 50) ? -1 : 6000,
		    .currency = "USD",
		    .uses = 1};
		s->approvals = m->approvals;
		s->n_approvals = 1;
	}
	for (size_t i = 0; i < 2; i++) {
		const struct made_rule *r =
		    &m->rules[draw(m->draw, m->n_rules)];
		const char *text = r->find[0].n
		    ? r->find[0].items[draw(m->draw, r->find[0].n)]
		    : "nothing";
		m->said[i] = (struct guard_span_text){text, strlen(text)};
	}
	s->customer_said = m->said;
	s->n_customer_said = draw(m->draw, 3);
	const struct made_texts *wording = &m->rules[0].beside;
	const char *said = wording->n ? wording->items[0] : "hello";
	m->ai_said[0] = (struct guard_span_text){said, strlen(said)};
	s->ai_said = m->ai_said;
	s->n_ai_said = draw(m->draw, 2);
	s->aside = draw_chance(m->draw, 5);
	made_counted(m);
}

/* ---- the files ---- */

static void see(const struct diag *d, void *arg)
{
	bool *bad = arg;
	if (d->level != DIAG_ERROR)
		return;
	*bad = true;
	fprintf(stderr, "%s:%u:%u: %s %s\n", d->file, d->line, d->col, d->code,
	    d->message);
}

static struct guard_policy *load(
    const struct made *m, const char *policy_yaml, const char *pack_yaml)
{
	bool bad = false;
	struct guard_policy *p = NULL;
	struct guard_file files[MADE_FILES + 2] = {
	    {"policy.yaml", policy_yaml, strlen(policy_yaml)},
	    {"packs/p.yaml", pack_yaml, strlen(pack_yaml)}};
	memcpy(files + 2, m->files, m->n_files * sizeof(*files));
	const struct guard_source source = {
	    .own = files, .n_own = m->n_files + 2, .environment = "test"};
	if (guard_policy_load_untested(&p, &source, see, &bad) || bad) {
		fprintf(stderr,
		    "made: a generated policy does not load:\n%s---\n%s",
		    policy_yaml, pack_yaml);
		abort();
	}
	return p;
}

/* Everything the words of a topic say is it, when at_least is left out. */
static void drop_at_least(char *s)
{
	while ((s = strstr(s, "    at_least: ")) != NULL)
		s[strlen("    at_least: ")] = '1';
}

static void load_parts(struct made *m)
{
	made_put(m, "format: 1\nkind: pack\npack: p\n");
	if (m->topics)
		made_put(m, "topics:\n%s", m->topics_out.s);
	made_put(m, "rules:\n%s", m->parts_out.s ? m->parts_out.s : "");
	drop_at_least(m->out.s);
	char *pack = take(&m->out);
	if (m->parts_out.s)
		m->parts = load(m,
		    "format: 1\nkind: policy\nname: parts\n"
		    "packs: [p]\nenvironments: {test: {}}\n",
		    pack);
	free(pack);
}

static void make(struct made *m, struct draw *d, size_t max_rules, bool simple)
{
	*m = (struct made){.draw = d, .simple = simple};
	m->n_rules =
	    1 + draw(d, max_rules < MADE_RULES ? max_rules : MADE_RULES);
	for (size_t i = 0; i < m->n_rules; i++)
		made_rule(m, i);
	made_totals(m);
	/* The slow reference knows rules by their numbers: no more of them. */
	if (!simple && draw_chance(d, 20))
		made_offers(m);
	made_scope_topic(m);
	char *rules = take(&m->out);
	made_put(m,
	    "format: 1\nkind: pack\npack: p\ntitle: Made\nversion: 1\n"
	    "owner: o@acme.example\nlanguages: [en]\n");
	if (m->topics)
		made_put(m, "topics:\n%s", m->topics_out.s);
	made_put(m, "rules:\n%s", rules);
	free(rules);
	m->pack_yaml = take(&m->out);
	made_policy(m);
	m->policy_yaml = take(&m->out);
	make_session(m);
	m->policy = load(m, m->policy_yaml, m->pack_yaml);
	if (simple)
		load_parts(m);
}

void made_init(struct made *m, struct draw *d, size_t max_rules)
{
	make(m, d, max_rules, false);
}

void made_init_simple(struct made *m, struct draw *d, size_t max_rules)
{
	make(m, d, max_rules, true);
}

void made_clear(struct made *m)
{
	guard_policy_unref(m->policy);
	guard_policy_unref(m->parts);
	free(m->policy_yaml);
	free(m->pack_yaml);
	free(m->topics_out.s);
	free(m->parts_out.s);
	for (size_t i = 0; i < m->n_files; i++)
		free((char *)m->files[i].bytes);
	while (m->memory) {
		struct made_memory *next = m->memory->next;
		free(m->memory);
		m->memory = next;
	}
	*m = (struct made){0};
}
