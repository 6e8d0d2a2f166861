/*
 * disguise: every row of the table is seen through, alone, with every other
 * one, and at every cut of a stream; a hit covers what is disguised and no
 * more. Ordinary text is left alone.
 */
#include "rules/guard_disguise.h"
#include "tests/support/bench.h"
#include "tests/support/disguises.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- judging them ---- */

static int setup(void **state)
{
	int failed = bench_setup(state);
	struct bench *b = *state;
	for (size_t i = 0; i < DISGUISE_PHRASES; i++)
		policy_kit_rule(&b->kit, disguise_phrases[i].phrase,
		    GUARD_BLOCK,
		    policy_kit_phrases(
			&b->kit, disguise_phrases[i].phrase, NULL));
	bench_policy(b);
	return failed;
}

#define BEFORE "Hello, of course "
#define AFTER " then, dear friend"

enum seen { MISSED, SEEN, SEEN_EXACTLY };

/* Does the rule of a phrase see it in the disguise, and where? */
static enum seen judge(struct bench *b, size_t phrase, const char *disguised)
{
	char text[DISGUISE_BYTES + 64];
	int n = snprintf(text, sizeof(text), BEFORE "%s" AFTER, disguised);
	struct guard_verdict v;
	guard_check(b->scanner, b->policy, &b->session,
	    &(struct guard_message){GUARD_AI, text, (size_t)n}, &v);
	size_t start = strlen(BEFORE), end = start + strlen(disguised);
	enum seen seen = MISSED;
	for (size_t i = 0; i < v.n_hits; i++) {
		if (v.hits[i].rule != phrase)
			continue;
		if (seen == MISSED)
			seen = SEEN;
		if (v.hits[i].start == start && v.hits[i].end == end)
			seen = SEEN_EXACTLY;
	}
	return seen;
}

struct count {
	size_t made, seen, exact;
};

static void count(struct count *c, enum seen seen)
{
	c->made++;
	c->seen += seen != MISSED;
	c->exact += seen == SEEN_EXACTLY;
}

static struct count judge_maker(struct bench *b, const struct disguise_maker *m)
{
	struct count c = {0};
	for (size_t i = 0; i < DISGUISE_PHRASES; i++) {
		char out[DISGUISE_BYTES];
		if (!disguise_make(m, i, disguise_phrases[i].said, out))
			continue;
		enum seen seen = judge(b, i, out);
		count(&c, seen);
		if (seen != SEEN_EXACTLY)
			print_error("%s: %s: \"%s\"\n", m->name,
			    seen ? "other bytes" : "missed", out);
	}
	return c;
}

/* ---- tests ---- */

static bool has_maker(const char *name)
{
	for (size_t i = 0; i < disguise_n_makers; i++)
		if (strcmp(disguise_makers[i].name, name) == 0)
			return true;
	return false;
}

static void every_row_has_a_maker(void **state)
{
	size_t n = 0;
	for (const struct guard_disguise *d; (d = guard_disguise(n)); n++) {
		assert_true(*d->name && *d->about && *d->source);
		if (!has_maker(d->name))
			fail_msg("no maker for \"%s\"", d->name);
	}
	for (size_t i = 0; i < disguise_n_makers; i++) {
		size_t k = 0;
		while (guard_disguise(k) &&
		    strcmp(guard_disguise(k)->name, disguise_makers[i].name) !=
			0)
			k++;
		if (k == n)
			fail_msg("no row \"%s\"", disguise_makers[i].name);
	}
}

static void each_is_seen_through(void **state)
{
	size_t faults = 0;
	for (size_t i = 0; i < disguise_n_makers; i++) {
		struct count c = judge_maker(*state, &disguise_makers[i]);
		assert_true(c.made > 0);
		print_message("%-30s %zu of %zu\n", disguise_makers[i].name,
		    c.seen, c.made);
		faults += c.made - c.exact;
	}
	assert_int_equal(faults, 0);
}

static void at_every_cut(void **state)
{
	struct bench *b = *state;
	const struct every_cut in = {b->policy, b->scanner, &b->session};
	for (size_t i = 0; i < disguise_n_makers; i++) {
		for (size_t p = 0; p < DISGUISE_PHRASES; p++) {
			char out[DISGUISE_BYTES], text[DISGUISE_BYTES + 64];
			if (!disguise_make(&disguise_makers[i], p,
				disguise_phrases[p].said, out))
				continue;
			snprintf(text, sizeof(text), BEFORE "%s" AFTER, out);
			assert_true(every_cut(&in, text) > 0);
		}
	}
}

/* Two disguises of "refund" on streams: every fifth pair, for the time. */
static void two_at_every_cut(void **state)
{
	struct bench *b = *state;
	const struct every_cut in = {b->policy, b->scanner, &b->session};
	for (size_t i = 0; i < disguise_n_makers * disguise_n_makers; i += 5) {
		const struct disguise_maker *m =
		    &disguise_makers[i / disguise_n_makers];
		char one[DISGUISE_BYTES], two[DISGUISE_BYTES];
		if (m->outer ||
		    !disguise_make(m, 0, disguise_phrases[0].said, one) ||
		    !disguise_make(
			&disguise_makers[i % disguise_n_makers], 0, one, two))
			continue;
		char text[DISGUISE_BYTES + 64];
		snprintf(text, sizeof(text), BEFORE "%s" AFTER, two);
		assert_true(every_cut(&in, text) > 0);
	}
}

static void two_at_once(void **state)
{
	struct count c = {0};
	for (size_t i = 0; i < disguise_n_makers; i++) {
		struct count row = {0};
		for (size_t k = 0;
		     k < disguise_n_makers && !disguise_makers[i].outer; k++) {
			for (size_t p = 0; p < DISGUISE_PHRASES; p++) {
				char one[DISGUISE_BYTES], two[DISGUISE_BYTES];
				if (!disguise_make(&disguise_makers[i], p,
					disguise_phrases[p].said, one) ||
				    !disguise_make(
					&disguise_makers[k], p, one, two))
					continue;
				enum seen seen = judge(*state, p, two);
				count(&row, seen);
			}
		}
		print_message("%-30s and another: %zu of %zu\n",
		    disguise_makers[i].name, row.seen, row.made);
		c.made += row.made;
		c.seen += row.seen;
		c.exact += row.exact;
	}
	print_message(
	    "two at once: %zu of %zu, %zu exactly\n", c.seen, c.made, c.exact);
	assert_true(c.seen * 100 >= c.made * 96);
}

/* ---- what is no disguise ---- */

/* Thanks and a promise of an answer tomorrow, or so, in many languages. */
static const char *const ordinary[] = {
    "Tak for dit sp\u00F8rgsm\u00E5l, vi svarer i morgen p\u00E5 \u00E6ren.",
    "Takk for sp\u00F8rsm\u00E5let, vi svarer i morgen.",
    "Tack f\u00F6r din fr\u00E5ga, vi svarar i morgon.",
    "Kiitos kysymyksest\u00E4si, vastaamme huomenna.",
    "Takk fyrir spurninguna, vi\u00F0 sv\u00F6rum \u00E1 morgun.",
    "T\u00E4nan k\u00FCsimuse eest, vastame homme.",
    "Paldies par jaut\u0101jumu, atbild\u0113sim r\u012Bt.",
    "A\u010Di\u016B u\u017E klausim\u0105, atsakysime rytoj.",
    "Dzi\u0119kujemy za pytanie, odpowiemy jutro. \u0141\u00F3d\u017A.",
    "D\u011Bkujeme za dotaz, odpov\u00EDme z\u00EDtra.",
    "\u010Eakujeme za ot\u00E1zku, odpovieme zajtra.",
    "K\u00F6sz\u00F6nj\u00FCk a k\u00E9rd\u00E9st, holnap v\u00E1laszolunk.",
    "Mul\u021Bumim pentru \u00EEntrebare, r\u0103spundem m\u00E2ine.",
    "Hvala na pitanju, odgovorit \u0107emo sutra. \u0110or\u0111e.",
    "Faleminderit p\u00EBr pyetjen, p\u00EBrgjigjemi nes\u00EBr.",
    "Sorunuz i\u00E7in te\u015Fekk\u00FCrler, yar\u0131n yan\u0131tlar\u0131z.",
    "Sual\u0131n\u0131z \u00FC\u00E7\u00FCn t\u0259\u015F\u0259kk\u00FCr.",
    "Danke f\u00FCr Ihre Frage, wir antworten morgen. Stra\u00DFe.",
    "Bedankt voor uw vraag, we antwoorden morgen.",
    "Dankie vir u vraag, ons antwoord m\u00F4re.",
    "Merci pour votre question, r\u00E9ponse demain \u00E0 No\u00EBl. "
    "C\u0153ur.",
    "Gracias por su pregunta, respondemos ma\u00F1ana.",
    "Obrigado pela pergunta, respondemos amanh\u00E3.",
    "Gr\u00E0cies per la pregunta, col\u00B7laborem dem\u00E0.",
    "Grazie per la domanda, rispondiamo domani. Perch\u00E9 no?",
    "Grazzi tal-mistoqsija, inwie\u0121bu g\u0127ada.",
    "Diolch am eich cwestiwn, atebwn yfory. D\u0175r.",
    "Go raibh maith agat as do cheist.",
    "Eskerrik asko galderagatik, bihar erantzungo dugu.",
    "Dankon pro via demando, ni respondos morga\u016D.",
    "C\u1EA3m \u01A1n c\u00E2u h\u1ECFi, ng\u00E0y mai ch\u00FAng t\u00F4i "
    "tr\u1EA3 l\u1EDDi.",
    "Terima kasih atas pertanyaan Anda, besok kami jawab.",
    "Salamat sa iyong tanong, sasagot kami bukas.",
    "Asante kwa swali lako, tutajibu kesho.",
    "Na gode da tambayarka, \u0257an uwa. \u0198asa.",
    "\u1EB8 \u1E63\u00E9 f\u00FAn \u00ECb\u00E9\u00E8r\u00E8 y\u00EDn, "
    "\u1ECD\u0300la la \u00F3 d\u00E1h\u00F9n.",
    "\u0421\u043F\u0430\u0441\u0438\u0431\u043E \u0437\u0430 "
    "\u0432\u043E\u043F\u0440\u043E\u0441, Microsoft \u0438 "
    "\u0421\u0420\u041E \u043E\u0442\u0432\u0435\u0442\u044F\u0442.",
    "\u0414\u044F\u043A\u0443\u0454\u043C\u043E \u0437\u0430 "
    "\u043F\u0438\u0442\u0430\u043D\u043D\u044F, Word \u0456 Excel.",
    "\u0411\u043B\u0430\u0433\u043E\u0434\u0430\u0440\u044F \u0437\u0430 "
    "\u0432\u044A\u043F\u0440\u043E\u0441\u0430.",
    "\u0425\u0432\u0430\u043B\u0430 \u043D\u0430 "
    "\u043F\u0438\u0442\u0430\u045A\u0443.",
    "\u0421\u04B1\u0440\u0430\u0493\u044B\u04A3\u044B\u0437\u0493\u0430 "
    "\u0440\u0430\u0445\u043C\u0435\u0442.",
    "\u0395\u03C5\u03C7\u03B1\u03C1\u03B9\u03C3\u03C4\u03BF\u03CD\u03BC\u03B5 "
    "\u03B3\u03B9\u03B1 \u03C4\u03BF "
    "\u03B5\u03C1\u03CE\u03C4\u03B7\u03BC\u03B1.",
    "\u0547\u0576\u0578\u0580\u0570\u0561\u056F\u0561\u056C\u0578\u0582\u0569"
    "\u0575\u0578\u0582\u0576.",
    "\u10D2\u10DB\u10D0\u10D3\u10DA\u10DD\u10D1\u10D7 "
    "\u10E8\u10D4\u10D9\u10D8\u10D7\u10EE\u10D5\u10D8\u10E1\u10D7\u10D5\u10D8"
    "\u10E1.",
    "\u05EA\u05D5\u05D3\u05D4 \u05E2\u05DC \u05D4\u05E9\u05D0\u05DC\u05D4.",
    "\u0634\u0643\u0631\u0627 \u0639\u0644\u0649 "
    "\u0633\u0624\u0627\u0644\u0643\u060C \u0646\u062C\u064A\u0628 "
    "\u063A\u062F\u0627.",
    "\u0628\u0627 \u062A\u0634\u06A9\u0631 \u0627\u0632 "
    "\u0633\u0624\u0627\u0644 \u0634\u0645\u0627\u060C "
    "\u0645\u06CC\u200C\u0622\u06CC\u06CC\u0645.",
    "\u0922\u0928\u094D\u092F\u0935\u093E\u0926, \u0939\u092E "
    "\u0915\u0932 \u0909\u0924\u094D\u0924\u0930 "
    "\u0926\u0947\u0902\u0917\u0947\u0964",
    "\u09A7\u09A8\u09CD\u09AF\u09AC\u09BE\u09A6\u0964",
    "\u0BA8\u0BA9\u0BCD\u0BB1\u0BBF, \u0BA8\u0BBE\u0BB3\u0BC8.",
    "\u0C27\u0C28\u0C4D\u0C2F\u0C35\u0C3E\u0C26\u0C3E\u0C32\u0C41.",
    "\u0E02\u0E2D\u0E1A\u0E04\u0E38\u0E13\u0E2A\u0E33\u0E2B\u0E23\u0E31\u0E1A"
    "\u0E04\u0E33\u0E16\u0E32\u0E21",
    "\u0E82\u0EAD\u0E9A\u0EC3\u0E88",
    "\u17A2\u179A\u1782\u17BB\u178E",
    "\u1000\u103B\u1031\u1038\u1007\u1030\u1038",
    "\u8C22\u8C22\u60A8\u7684\u95EE\u9898\uFF0C\u660E\u5929\u7B54\u590D\u3002",
    "\u3054\u8CEA\u554F\u3042\u308A\u304C\u3068\u3046\u3002"
    "\u30E1\u30FC\u30EB\u3067\u3002",
    "\uC9C8\uBB38\uD574 \uC8FC\uC154\uC11C \uAC10\uC0AC\uD569\uB2C8\uB2E4.",
    "\u12A0\u1218\u1230\u130D\u1293\u1208\u1201\u1362",
    /* no languages */
    "Great \U0001F469\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466 "
    "\u2764\uFE0F\u200D\U0001F525 "
    "1\uFE0F\u20E3 \U0001F44D\U0001F3FD "
    "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
    "We ship to \U0001F1FA\U0001F1F8 \U0001F1EE\U0001F1F9 "
    "\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7 and \U0001F1EB\U0001F1F7.",
    "Model A55-5G, part B0075-1234-XZ, order 4FF-1CE, SN RF3-UND-99.",
    "It is $1,250.00 (\u20AC1.150,99), 3 x 4\u00BD m, 2 \u00D7 10\u2070, 500 g "
    "\u212E.",
    "See https://shop.example/r/e/f/u?x=1&y=2#a-b-c or www.example.org.",
    "Plans A, B, C and D; e.g. the U.S.A., p.m., J. R. R. Tolkien, "
    "S-L-O-A-N-E.",
    "if (a < b && c > d) { x |= y ^ z; } // A \u222A B \u2228 C",
    "Press Ctrl+F, then _File_ > **Save** `as.txt` ~5 min. [1] (see *note*)",
};

static void ordinary_text_is_left_alone(void **state)
{
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t words = policy_kit_phrases(&kit, "refund*", "discount", "off",
	    "free", "fee", "book", "ass", "sue", "loan", "us", "it is free",
	    "money", "credit", "cash", "kill", "die", "office", "tell",
	    "i guarantee", "bill", "lie", "hell", NULL);
	policy_kit_rule(&kit, "words", GUARD_BLOCK, words);
	struct guard_policy *policy = policy_kit_policy(&kit);
	struct guard_scanner *scanner = guard_scanner_new();
	assert_non_null(scanner);
	for (size_t i = 0; i < sizeof(ordinary) / sizeof(*ordinary); i++) {
		struct guard_verdict v;
		guard_check(scanner, policy, NULL,
		    &(struct guard_message){
			GUARD_AI, ordinary[i], strlen(ordinary[i])},
		    &v);
		if (v.n_hits)
			print_error(
			    "\"%s\" at %zu\n", ordinary[i], v.hits[0].start);
		assert_int_equal(v.n_hits, 0);
		assert_false(v.undecided);
	}
	guard_scanner_free(scanner);
	policy_kit_clear(&kit);
}

/* Redacted, nothing of the disguise is left, and nothing else is gone. */
static void a_redaction_takes_the_disguise(void **state)
{
	struct policy_kit kit;
	policy_kit_init(&kit);
	uint32_t words = policy_kit_phrases(&kit, "refund", NULL);
	policy_kit_rule(&kit, "r", GUARD_REDACT, words);
	struct guard_policy *policy = policy_kit_policy(&kit);
	struct guard_scanner *scanner = guard_scanner_new();
	assert_non_null(scanner);
	for (size_t i = 0; i < disguise_n_makers; i++) {
		char out[DISGUISE_BYTES], text[DISGUISE_BYTES + 64];
		if (!disguise_make(&disguise_makers[i], 0, "refund", out))
			continue;
		int n = snprintf(text, sizeof(text), BEFORE "%s" AFTER, out);
		struct guard_verdict v;
		guard_check(scanner, policy, NULL,
		    &(struct guard_message){GUARD_AI, text, (size_t)n}, &v);
		assert_int_equal(v.n_edits, 1);
		assert_int_equal(v.edits[0].start, strlen(BEFORE));
		assert_int_equal(v.edits[0].end, n - (int)strlen(AFTER));
	}
	guard_scanner_free(scanner);
	policy_kit_clear(&kit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_row_has_a_maker),
	    cmocka_unit_test_setup_teardown(
		each_is_seen_through, setup, bench_teardown),
	    cmocka_unit_test_setup_teardown(
		at_every_cut, setup, bench_teardown),
	    cmocka_unit_test_setup_teardown(two_at_once, setup, bench_teardown),
	    cmocka_unit_test_setup_teardown(
		two_at_every_cut, setup, bench_teardown),
	    cmocka_unit_test(ordinary_text_is_left_alone),
	    cmocka_unit_test(a_redaction_takes_the_disguise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
