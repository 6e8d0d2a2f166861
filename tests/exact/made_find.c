/*
 * made_find - what a generated rule looks for: one line in finds[] for each
 * key under find.
 */
#include "rules/topic.h"
#include "tests/exact/made.h"

#include <stdlib.h>
#include <string.h>

static void add_all(struct made_texts *t, const char *const *texts)
{
	for (; *texts; texts++)
		made_add(t, *texts);
}

/* near and within, at the indent of the keys beside them. */
static void put_near(
    struct made *m, unsigned indent, const char *block, struct made_rule *r)
{
	if (m->bare)
		return;
	made_key(m, indent, block, "near");
	made_put(m, "\n");
	made_phrases(m, indent + 2, &r->near);
	if (draw_chance(m->draw, 20))
		return;
	made_key(m, indent, block, "within");
	if (draw_chance(m->draw, 20))
		made_put(m, " sentence\n");
	else
		made_put(m, " %zu words\n", draw(m->draw, 5));
}

/* ---- numbers ---- */

static const struct number {
	const char *key; /* and the name of its block */
	const char *bounds[4], *texts[MADE_TEXTS];
} numbers[] = {
    {"percent", {"5", "10", "30%"},
	{"15%", "7 percent", "forty per cent", "half off", "3 %", "10-15%",
	    "two for one", "twenty five percent", "12.5 percentage points",
	    "1%"}},
    {"money", {"10", "50", "1250.50"},
	{"$75", "$1,250.75", "5 dollars", "USD 60.00", "seventy five bucks",
	    "1.400,00 \u20AC", "two grand", "$5 and 50 cents", "20 EUR",
	    "$10-$20", "9.99 \u00A3", "1.5k USD"}},
    {"duration", {"30 minutes", "2 days", "1 month"},
	{"3 months", "24 hours", "two years", "90 min", "a week",
	    "half an hour", "5 business days"}},
    {"count", {"2", "10", "100"},
	{"3", "a dozen", "twenty five", "1,250", "7", "two hundred", "4-5-6",
	    "4-5-6 ", "10/11/2026 12:30"}},
};

static void put_bounds(struct made *m, unsigned indent, const struct number *n)
{
	size_t which = draw(m->draw, 4), i = draw(m->draw, 2);
	if (strcmp(n->key, "money") == 0 && draw_chance(m->draw, 40)) {
		made_key(m, indent, n->key, "currency");
		made_put(m, " USD\n");
	}
	if (which != 0) {
		made_key(m, indent, n->key, "above");
		made_put(m, " %s\n", n->bounds[i]);
	}
	if (which == 0 || which == 3) {
		made_key(m, indent, n->key, "below");
		made_put(m, " %s\n", n->bounds[i + 1]);
	}
}

static void put_sum(struct made *m, const struct number *n, struct made_rule *r)
{
	made_key(m, 8, n->key, "above");
	made_put(m, " %s\n", n->bounds[draw(m->draw, 2)]);
	made_key(m, 8, n->key, "over");
	made_put(m, " conversation\n");
	made_add(&r->beside, "as I said");
	r->adds_up = true;
}

static void make_number(
    struct made *m, struct made_rule *r, const struct number *n)
{
	made_put(m, m->bare ? " {}\n" : "\n");
	if (m->bare)
		return;
	if (!r->adds_up && !m->simple && draw_chance(m->draw, 30))
		put_sum(m, n, r);
	else
		put_bounds(m, 8, n);
	add_all(&r->find[r->n_find], n->texts);
	if (!r->near.n && draw_chance(m->draw, 60))
		put_near(m, 8, n->key, r);
}

static void make_percent(struct made *m, struct made_rule *r)
{
	make_number(m, r, &numbers[0]);
}

static void make_money(struct made *m, struct made_rule *r)
{
	make_number(m, r, &numbers[1]);
}

static void make_duration(struct made *m, struct made_rule *r)
{
	make_number(m, r, &numbers[2]);
}

static void make_count(struct made *m, struct made_rule *r)
{
	make_number(m, r, &numbers[3]);
}

void made_excusing_number(struct made *m, struct made_rule *r)
{
	const struct number *n = &numbers[draw(m->draw, 4)];
	made_key(m, 8, "unless", n->key);
	made_put(m, "\n");
	put_bounds(m, 10, n);
	add_all(&r->beside, n->texts);
}

/* ---- everything else ---- */

static void make_phrases(struct made *m, struct made_rule *r)
{
	made_put(m, "\n");
	made_phrases(m, 8, &r->find[r->n_find]);
	if (!r->near.n && draw_chance(m->draw, 30))
		put_near(m, 6, "find", r);
}

static void make_entities(struct made *m, struct made_rule *r)
{
	static const struct {
		const char *kind;
		const char *texts[5];
	} kinds[] = {
	    {"payment_card",
		{"4111 1111 1111 1111", "4111111111111111",
		    "4111 1111 1111 1112", "(4111) (1111) (1111) (1111)",
		    "card4111\u20221111\u20221111\u20221111"}},
	    {"iban",
		{"DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432",
		    "DE89 3704 0044 0532 0130 01",
		    "D\u0415 89 3704 0044 0532 0130 00",
		    "N.O.9.3.8.6.0.1.1.1.1.7.9.4.7"}},
	    {"us_ssn", {"536-22-1234", "ssn 536221234", "000-12-3456"}},
	    {"uk_nino", {"AB 12 34 56 C", "JG103759A", "BG 12 34 56 C"}},
	    {"email", {"someone@mail.example", "a.b@x.example", "a@b"}},
	    {"phone",
		{"(212) 555-0147", "+44 20 7946 0958", "call 2125550147",
		    "020 7946 0958"}},
	};
	made_put(m, "\n");
	size_t n = 1 + draw(m->draw, 2), i = draw(m->draw, 6);
	for (; n > 0; n--, i = (i + 1) % 6) {
		made_put(m, "        - %s\n", kinds[i].kind);
		add_all(&r->find[r->n_find], kinds[i].texts);
	}
}

/* Keys that no scanner of repositories takes for real ones. */
static void make_secrets(struct made *m, struct made_rule *r)
{
	static const struct {
		const char *kind;
		const char *texts[4];
	} kinds[] = {
	    {"api_key",
		{"s"
		 "k-abcdefghij0123456789XYZ",
		    "api key: 0123456789abcdef0123",
		    "s"
		    "k-short"}},
	    {"private_key",
		{"-----BEGIN RSA PRIV"
		 "ATE KEY-----\nMIIB\n-----END RSA PRIV"
		 "ATE KEY-----"}},
	    {"jwt",
		{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
		    "eyJ.a.b"}},
	    {"password",
		{"password: Hunter2!horse", "password is Abc12345",
		    "password is fine"}},
	};
	size_t i = draw(m->draw, 4);
	made_put(m, " [%s]\n", kinds[i].kind);
	add_all(&r->find[r->n_find], kinds[i].texts);
}

static void make_links(struct made *m, struct made_rule *r)
{
	static const char *const texts[] = {"http://bit.ly/3xYz",
	    "https://acme.example/x", "www.evil.example", "evil.com/pay",
	    "http://acme.example@evil.com", "javascript:alert(1)",
	    "help.acme.example", NULL};
	made_put(m, "\n");
	made_key(m, 8, "links", "outside");
	made_put(m, " [acme.example, \"*.acme.example\"]\n");
	add_all(&r->find[r->n_find], texts);
}

static void make_pattern(struct made *m, struct made_rule *r)
{
	static const struct {
		const char *pattern, *texts[4];
	} all[] = {
	    {"\\bINC-\\d{6,8}\\b", {"INC-0042917", "INC-42"}},
	    {"(?i)order\\s+no\\.?\\s*\\d+", {"order no. 42", "order no"}},
	    {"\\bfree\\b.*\\bmonth\\b",
		{"free one whole month", "free", "month"}},
	    {"[A-Z]{2}\\d[a-z](?=,|\\.)", {"AB1c,", "AB1c"}},
	    {"ref(und|er)(ed)?", {"refund", "refunded", "refer"}},
	};
	size_t i = draw(m->draw, sizeof(all) / sizeof(*all));
	made_put(m, " '%s'\n", all[i].pattern);
	add_all(&r->find[r->n_find], all[i].texts);
	if (!r->near.n && draw_chance(m->draw, 25))
		put_near(m, 6, "find", r);
}

/* ---- topics ---- */

static void make_said(struct made *m, struct made_rule *r)
{
	unsigned number = m->topics++;
	made_note("topic", "says");
	made_note("topic", "at_least");
	size_t at_least = 1 + draw(m->draw, 3);
	r->many = true;
	made_put(m, " topic %u\n", number);
	made_put_topic(m, "  topic %u:\n    says:\n", number);
	for (size_t i = 0; i < 3; i++)
		made_put_topic(
		    m, "      - \"%s\"\n", made_phrase(m, &r->find[r->n_find]));
	if (draw_chance(m->draw, 60))
		made_put_topic(m, "    at_least: %zu\n", at_least);
}

/* Every piece of the words weighs so much. */
static void weigh(
    struct guard_topic_model *model, const char *words, int16_t weight)
{
	struct text t = {0};
	uint16_t pieces[TOPIC_WORD_PIECES];
	if (text_init(&t, 1024) || text_feed(&t, words, strlen(words)) ||
	    text_end(&t))
		abort();
	for (size_t i = 0; i < t.n_tokens; i++) {
		size_t n = topic_pieces(&t, &t.tokens[i], false, pieces);
		for (size_t k = 0; k < n; k++)
			model->weights[pieces[k]] = weight;
	}
	text_clear(&t);
}

/* Simple ones know no word that speaks against the topic. */
static void make_learned(struct made *m, struct made_rule *r)
{
	static struct guard_topic_model model;
	unsigned number = m->topics++;
	struct made_texts *texts = &r->find[r->n_find];
	made_note("topic", "learned");
	made_put(m, " topic %u\n", number);
	made_put_topic(
	    m, "  topic %u:\n    learned: t%u.topic\n", number, number);
	if (draw_chance(m->draw, 30))
		made_put_topic(m, "    says: \"%s\"\n", made_phrase(m, texts));
	model = (struct guard_topic_model){
	    .topic = made_string(m, "topic %u", number),
	    .sentences = "made",
	    .threshold = (int32_t)draw(m->draw, 500)};
	for (size_t n = m->simple ? 0 : draw(m->draw, 3); n > 0; n--)
		weigh(&model, made_word(m), -20000);
	for (size_t n = 1 + draw(m->draw, 3); n > 0; n--) {
		const char *first = made_word(m);
		made_add(texts, first);
		made_add(texts, made_string(m, "%s %s", first, made_word(m)));
		weigh(&model, first, 20000);
	}
	struct guard_file *file = &m->files[m->n_files++];
	file->path = made_string(m, "packs/t%u.topic", number);
	file->bytes = guard_topic_write(&model, &file->len);
	if (!file->bytes)
		abort();
}

static void make_topic(struct made *m, struct made_rule *r)
{
	if (draw_chance(m->draw, 50))
		make_learned(m, r);
	else
		make_said(m, r);
}

static void make_text_is(struct made *m, struct made_rule *r)
{
	made_put(m, "\n");
	for (size_t i = 0; i < 2; i++) {
		/* One by one: compilers differ in which they would draw first.
		 */
		const char *first = made_word(m), *second = made_word(m);
		const char *text =
		    made_string(m, "%s %s, %s.", first, second, made_word(m));
		made_put(m, "        - \"%s\"\n", text);
		made_add(&r->find[r->n_find], text);
	}
}

static void make_classifier(struct made *m, struct made_rule *r)
{
	static const char *const above[] = {"0.2", "0.5", "0.875"};
	made_put(m, "\n");
	made_key(m, 8, "classifier", "name");
	made_put(m, " %s\n", draw_chance(m->draw, 70) ? "tone" : "other");
	made_key(m, 8, "classifier", "score_above");
	made_put(m, " %s\n", above[draw(m->draw, 3)]);
	if (draw_chance(m->draw, 30))
		return;
	made_key(m, 8, "classifier", "label");
	made_put(m, " %s\n",
	    draw_chance(m->draw, 50) ? "insult" : "[insult, threat]");
}

static const struct find {
	const char *key;
	void (*make)(struct made *, struct made_rule *);
	unsigned often;
	bool alone;  /* nothing may stand beside it */
	bool simple; /* tight.h knows all that can follow */
} finds[] = {
    {"phrases", make_phrases, 10, false, true},
    {"percent", make_percent, 4, false, true},
    {"money", make_money, 4, false, true},
    {"duration", make_duration, 2, false, true},
    {"count", make_count, 2, false, true},
    {"entities", make_entities, 3, false, false},
    {"secrets", make_secrets, 2, false, false},
    {"links", make_links, 2, false, false},
    {"pattern", make_pattern, 3, false, false},
    {"topic", make_topic, 5, false, true},
    {"text_is", make_text_is, 2, true, true},
    {"classifier", make_classifier, 4, false, false},
};
#define N_FINDS (sizeof(finds) / sizeof(*finds))

static size_t pick(const struct made *m)
{
	size_t sum = 0;
	for (size_t i = 0; i < N_FINDS; i++)
		sum += finds[i].simple || !m->simple ? finds[i].often : 0;
	size_t at = draw(m->draw, sum);
	for (size_t i = 0;; i++) {
		size_t often =
		    finds[i].simple || !m->simple ? finds[i].often : 0;
		if (at < often)
			return i;
		at -= often;
	}
}

/* The key alone, drawn as it will be for the rule. */
static void write_part(struct made *m, struct made_rule *r, size_t i)
{
	struct draw before = *m->draw;
	struct made_out rule = m->out;
	m->out = m->parts_out;
	m->bare = true;
	made_put(m,
	    "  - id: \"%zu-%zu\"\n    title: T\n    mode: shadow\n"
	    "    then: flag\n    find:\n",
	    (size_t)(r - m->rules), r->n_find);
	made_key(m, 6, "find", finds[i].key);
	finds[i].make(m, r);
	m->bare = false;
	m->parts_out = m->out;
	m->out = rule;
	*m->draw = before;
}

void made_find(struct made *m, struct made_rule *r)
{
	size_t n = draw_chance(m->draw, 35) ? 2 : 1, last = N_FINDS;
	for (size_t k = 0; k < n && r->n_find < MADE_KEYS; k++) {
		size_t i = pick(m);
		if (i == last || (k && finds[i].alone))
			continue;
		if (m->simple)
			write_part(m, r, i);
		made_key(m, 6, "find", finds[i].key);
		finds[i].make(m, r);
		r->n_find++;
		last = i;
		if (finds[i].alone)
			return;
	}
}
