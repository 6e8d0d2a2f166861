/* number: what each way of writing a number means, in any cutting. */
#include "rules/number.h"
#include "rules/number_start.h"
#include "tests/support/shared.h"
#include "tests/unit/rules/scan_check.h"

#include <inttypes.h>
#include <stdio.h>

static struct arena arena;
static const struct lexicon_state *starts;

static int make_starts(void **state)
{
	arena_init(&arena);
	starts = number_start_words(&arena);
	return starts ? 0 : -1;
}

static int clear_starts(void **state)
{
	arena_clear(&arena);
	return 0;
}

static void init(void *state)
{
	number_scan_init(state);
}

static int values(void *state, const struct text *t,
    const struct guard_policy *p, struct matches *out, size_t *alive)
{
	return number_scan(state, t, starts, out, alive);
}

static const struct scan_kind all_values = {.init = init, .scan = values};

/* P percent in basis points, M money with its currency, D seconds, C
 * hundredths. */
static const struct {
	const char *text, *values;
} cases[] = {
    {"I can give you 15% off your next bill.", "P1500"},
    {"We could do a twenty percent discount.", "P2000"},
    {"15 percent, 15 per cent, 15 pct, 15pct, 15-percent",
	"P1500 P1500 P1500 P1500 P1500"},
    {"$25\\%$ off, \\$25\\%\\$, $20$% off, $20$\\%", "P2500 P2500 P2000 P2000"},
    {"$20\\%\\text{ off}$, \\(20\\%\\), $20$, $20, 20%$",
	"P2000 M2000USD P2000 M2000USD M2000USD P2000"},
    {"60 UK pounds, \u00A3 sixty, $ two hundred, 60 UK customers",
	"M6000GBP M6000GBP M20000USD C6000"},
    {"up 15 percentage points or 50 basis points, 25bps", "P1500 P50 P25"},
    {"half off, half price, half-price, a third off, a quarter off",
	"P5000 P5000 P5000 P3333 P2500"},
    {"two for one, 2 for 1, 2-for-1, three for two", "P5000 P5000 P5000 P3333"},
    {"2 for $1 and 2 for 1 dollar", "C200 M100USD C200 M100USD"},
    {"0.5% .5% 2.125% 5\u00BD% 1,5 %", "P50 P50 P212 P550 P150"},
    {"half the price, half of your bill, half the day, half of it",
	"P5000 P5000"},
    {"one third off, two thirds off, three-quarters off, one third of it",
	"P3333 P6666 P7500 C100"},
    {"1/2 off, 1/3 off, \u00BD off, \u00BC off, 1/2 price, on 3/4",
	"P5000 P3333 P5000 P2500 P5000 C300 C400"},
    {"1/4 percent, 2 1/2 hours, 1/2 hour, point five percent, %15",
	"P25 D9000 D1800 P50 P1500"},
    {"2for1, two for the price of one, 5 for 4, 10 for 3",
	"P5000 P5000 P2000 C1000 C300"},
    {"buy one get one, buy one, get one free; BOGO; buy 2, get the 3rd free",
	"P5000 P5000 P5000 P3333"},
    {"buy two get one free, buy one and get another free, buy 3 items",
	"P3333 P5000 C300"},
    {"buy one get one 50% off", "C100 C100 P5000"},
    {"buy two pairs and the third one is free; buy one case, get the second "
     "case free; buy 3 shirts and get one free",
	"P3333 P5000 P2500"},
    {"buy two pairs and the third is half off, buy one case and get cover",
	"C200 P5000 C100"},
    {"40 (forty) percent, 40 (fifty) percent, $40 (forty)",
	"P4000 C4000 C5000 M4000USD C4000"},
    {"twenty-five (25) percent, five (5) days, five (6) days",
	"P2500 D432000 C500 C600"},
    {"15 por ciento, 15 pour cent", "P1500 P1500"},
    {"$.50, Rs. 500, kr. 500, RM 50, 50,- \u20AC, 50.-- CHF, 50 z\u0142",
	"M50USD M50000INR M50000 M5000MYR M5000EUR M5000CHF M5000PLN"},
    {"a couple hundred bucks, a few hundred dollars, hundreds of dollars",
	"M20000USD M30000USD M20000USD"},
    {"a tenner, a grand off, a grand opening, 5 lakh rupees, Mex$50",
	"M1000GBP M100000 M50000000INR M5000MXN"},
    {"a few questions, several people, a couple of days", "D172800"},
    {"an hour, a whole week, a year and a half, $75 a month, twice a day; for "
     "a day",
	"D3600 D604800 D47304000 M7500USD D86400"},
    {"1 year and 6 months, 1h 30m, 5 minutes 10 seconds, a quarter of an hour, "
     "half a dozen",
	"D47088000 D5400 D300 D10 D900 C600"},
    {"three free months", "D7776000"},
    {"Take **4**0% off, $2**00** back, **$2**00, *$1*50, 2**0**0 dollars",
	"C400 P4000 P0 M200USD M20000USD C0 M200USD M20000USD C0 M100USD "
	"M15000USD C5000 C200 M20000USD C0 M0USD"},
    {"$ 2 0 0, 2 0 0 dollars, $ 4 0, 4 0 %, pick 1 2 or 3 5% off",
	"M200USD M20000USD C0 C0 C200 M20000USD C0 M0USD M400USD M4000USD C0 "
	"C400 P4000 P0 C100 C200 C300 P500"},
    {"2 * 3%, 2*, 3* 4", "C200 P300 C200 C300 C400"},
    {"12:30, 2026-11-03, 10/11/2026, 24/7, 555-123-4567", ""},
    {"10-20-30% off, 10:30%, 1-1-1-1-1-1-1-1-1-20% off, 2/3/50 dollars",
	"C1000 P2000 P3000 C1000 P3000 C100 C100 C100 C100 C100 P100 P2000 "
	"C200 "
	"C300 M5000USD"},
    {"\u0665\u0660\u066A \uFF15\uFF10\uFF05 5\u2030", "P5000 P5000 P500"},
    {"refunded $75.00 to you", "M7500USD"},
    {"75$, 75 $, $ 75, USD 75, 75 USD, USD75 75usd US$75 $75 USD",
	"M7500USD M7500USD M7500USD M7500USD M7500USD M7500USD M7500USD "
	"M7500USD M7500USD"},
    {"$75 CAD C$75 A$75 NZ$75 HK$75",
	"M7500CAD M7500CAD M7500AUD M7500NZD M7500HKD"},
    {"\u20AC50 \u00A350 \u00A5500 50\u20AC 50p 99 cents 99\u00A2",
	"M5000EUR M5000GBP M50000JPY M5000EUR M50GBP M99USD M99USD"},
    {"120 dollars, 5 bucks, 5 euros, 5 pounds, 5 quid, 20 pence",
	"M12000USD M500USD M500EUR M500GBP M500GBP M20GBP"},
    {"75 US dollars, 75 Canadian dollars, 75 pounds sterling",
	"M7500USD M7500CAD M7500GBP"},
    {"$1,250.00 $1.250,00 1.250,00 \u20AC 1 250,00 \u20AC 1'250 CHF",
	"M125000USD M125000USD M125000EUR M125000EUR M125000CHF"},
    {"1\u00A0250 \u20AC 1\u202F250 EUR 1.250 EUR 1,00,000 rupees",
	"M125000EUR M125000EUR M125000EUR M10000000INR"},
    {"$1.5k $2m $2 million 2 million dollars $1.5 billion two grand",
	"M150000USD M200000000USD M200000000USD M200000000USD "
	"M150000000000USD M200000"},
    {"seventy five dollars, seventy-five bucks, a hundred euros",
	"M7500USD M7500USD M10000EUR"},
    {"five dollars and fifty cents; $5 and 5 cents", "M550USD M505USD"},
    {"half a million euros, two and a half million dollars",
	"M50000000EUR M250000000USD"},
    {"99999999999999999999 dollars", "M9223372036854775807USD"},
    {"twenty five, a hundred and twenty, a dozen, four hundred, zero",
	"C2500 C12000 C1200 C40000 C0"},
    {"one thousand two hundred and thirty-four; two point five",
	"C123400 C250"},
    {"twelve hundred. Nineteen eighty. Twenty twenty.",
	"C120000 C1900 C8000 C2000 C2000"},
    {"10-15% 10 to 15 percent between 10 and 15% 10 or 15%",
	"P1000 P1500 P1000 P1500 P1000 P1500 P1000 P1500"},
    {"10% to 15%; $10-15; $10-$15; $10 to $15; ten to twenty dollars",
	"P1000 P1500 M1000USD M1500USD M1000USD M1500USD M1000USD M1500USD "
	"M1000USD M2000USD"},
    {"for 50 and 15% more", "C5000 P1500"},
    {"3 months 24-hour 24h, 30min 30m 2 hrs half an hour a week",
	"D7776000 D86400 D86400 D1800 D1800 D7200 D1800"},
    {"5 business days, 5-7 working days, two years",
	"D432000 D432000 D604800 D63072000"},
    {"call 5 customers 1,250 1.250 1 250", "C500 C125000 C125 C100 C25000"},
    {"1st 22nd 3rd 4th v1.2.3 a1 $ % cash", ""},
    {"all 5, try 6, TRY 5, 5 TRY", "C500 C600 M500TRY M500TRY"},
    {"tw3nty percent, t w e n t y percent, f1fty d0llars",
	"P2000 P2000 M5000USD"},
    {"$**75** and **50** % and $7\u200B5", "M7500USD P5000 M7500USD"},
    {"The $75. Percent is a word", "M7500USD"},
    {"75\ndollars", "M7500USD"},
    {"one, two", "C100 C200"},
    {"a an half third the per cent point and grand k", ""},
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static void describe(const struct matches *m, char *out, size_t size)
{
	size_t len = 0;
	out[0] = '\0';
	for (size_t i = 0; i < m->n && len < size; i++)
		len +=
		    (size_t)snprintf(out + len, size - len, "%s%c%" PRId64 "%s",
			i ? " " : "", "PMDC"[m->items[i].detector],
			m -> items[i].value, m->items[i].currency);
}

static void reads_numbers(void **state)
{
	for (size_t i = 0; i < N_CASES; i++) {
		struct matches m = {0};
		char got[1024];
		assert_int_equal(scan_whole(&all_values, cases[i].text,
				     strlen(cases[i].text), &m),
		    0);
		describe(&m, got, sizeof(got));
		if (strcmp(got, cases[i].values) != 0)
			print_error("\"%s\"\n", cases[i].text);
		assert_string_equal(got, cases[i].values);
		matches_clear(&m);
	}
}

static void same_for_every_cutting(void **state)
{
	for (size_t i = 0; i < N_CASES; i++)
		scan_check_splits(
		    &all_values, cases[i].text, strlen(cases[i].text));
}

static void spans_cover_the_whole_expression(void **state)
{
	static const char s[] = "Pay USD 1,250.00 in 5-7 business days.";
	struct matches m = {0};
	assert_int_equal(scan_whole(&all_values, s, strlen(s), &m), 0);
	assert_int_equal(m.n, 3);
	assert_int_equal(m.items[0].start, 4);
	assert_int_equal(m.items[0].end, 16);
	assert_int_equal(m.items[0].first_token, 1);
	assert_int_equal(m.items[0].n_tokens, 2);
	assert_int_equal(m.items[1].start, 20);
	assert_int_equal(m.items[1].end, 37);
	assert_int_equal(m.items[2].start, 22);
	assert_int_equal(m.items[2].end, 37);
	matches_clear(&m);
}

/* What is alive after each prefix: ends with the byte it starts at. */
static void holds_what_may_become_a_number(void **state)
{
	static const struct {
		const char *text;
		size_t alive;
	} prefixes[] = {
	    {"twenty ", 0},
	    {"twenty percent ", 0},
	    {"twenty percent. ", SIZE_MAX},
	    {"75 ", 0},
	    {"75 dollars ", 0},
	    {"75 dollars, ", SIZE_MAX},
	    {"75, ", SIZE_MAX},
	    {"we pay $", 7},
	    {"we pay USD ", 7},
	    {"we pay you ", SIZE_MAX},
	    {"half ", 0},
	    {"half the ", 0},
	    {"half the day ", SIZE_MAX},
	    {"buy ", 0},
	    {"buy 3 ", 0},
	    {"buy 3 items ", 0},
	    {"buy 3 items in ", SIZE_MAX},
	    {"a nice ", SIZE_MAX},
	    {"twenty-five (25) ", 0},
	    {"3 months ", 0},
	    {"3 months free ", SIZE_MAX},
	    {"you get 15% ", SIZE_MAX},
	};
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		struct text t;
		struct number_scan s;
		struct matches m = {0};
		size_t alive;
		const char *text = prefixes[i].text;
		assert_int_equal(text_init(&t, 1000), 0);
		assert_int_equal(text_feed(&t, text, strlen(text)), 0);
		number_scan_init(&s);
		assert_int_equal(number_scan(&s, &t, starts, &m, &alive), 0);
		if (alive != prefixes[i].alive)
			print_error("\"%s\"\n", text);
		assert_int_equal(alive, prefixes[i].alive);
		matches_clear(&m);
		text_clear(&t);
	}
}

/* After each beginning of a text: what is not yet found, and has begun, is of a
 * kind that the scan says may come. */
static void check_kinds(const char *text)
{
	struct matches whole = {0};
	assert_int_equal(
	    scan_whole(&all_values, text, strlen(text), &whole), 0);
	for (size_t len = 1; len <= strlen(text); len++) {
		struct text t;
		struct number_scan s;
		struct matches m = {0};
		size_t alive;
		assert_int_equal(text_init(&t, 1000), 0);
		assert_int_equal(text_feed(&t, text, len), 0);
		number_scan_init(&s);
		assert_int_equal(number_scan(&s, &t, starts, &m, &alive), 0);
		for (size_t i = m.n; i < whole.n; i++) {
			const struct match *w = &whole.items[i];
			bool begun =
			    w->start < t.settled && w->start < t.open_token;
			if (begun && !(s.kinds >> w->detector & 1))
				fail_msg(
				    "\"%.*s\" of \"%s\"", (int)len, text, text);
		}
		matches_clear(&m);
		text_clear(&t);
	}
	matches_clear(&whole);
}

static void says_which_kinds_may_come(void **state)
{
	static const char *const texts[] = {
	    "4-5-6 percent off",
	    "4/5/6five percent off",
	    "call 555-123-4567two dollars",
	    "2026-11-03half days now",
	    "It is $50 a hundred.",
	    "$5 a dozen eggs",
	    "You get $half off today",
	};
	for (size_t i = 0; i < N_CASES; i++)
		check_kinds(cases[i].text);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		check_kinds(texts[i]);
}

static void compares_with_ranges(void **state)
{
	static const struct {
		struct number_range range;
		struct {
			enum number_kind kind;
			int64_t value;
			char currency[4];
		} value;
		bool matches;
	} rows[] = {
	    {{NUMBER_PERCENT, true, false, 1000, 0, ""},
		{NUMBER_PERCENT, 1001, ""}, true},
	    {{NUMBER_PERCENT, true, false, 1000, 0, ""},
		{NUMBER_PERCENT, 1000, ""}, false},
	    {{NUMBER_PERCENT, true, false, 1000, 0, ""},
		{NUMBER_COUNT, 5000, ""}, false},
	    {{NUMBER_PERCENT, true, true, 1000, 2000, ""},
		{NUMBER_PERCENT, 2000, ""}, false},
	    {{NUMBER_PERCENT, true, true, 1000, 2000, ""},
		{NUMBER_PERCENT, 1500, ""}, true},
	    {{NUMBER_MONEY, true, false, 5000, 0, "USD"},
		{NUMBER_MONEY, 7500, "USD"}, true},
	    {{NUMBER_MONEY, true, false, 5000, 0, "USD"},
		{NUMBER_MONEY, 7500, "EUR"}, false},
	    {{NUMBER_MONEY, true, false, 5000, 0, "USD"},
		{NUMBER_MONEY, 7500, ""}, true},
	    {{NUMBER_MONEY, false, false, 0, 0, ""}, {NUMBER_MONEY, 1, "EUR"},
		true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct match m = {.detector = rows[i].value.kind,
		    .value = rows[i].value.value};
		memcpy(m.currency, rows[i].value.currency, 4);
		assert_int_equal(
		    number_matches(&rows[i].range, &m), rows[i].matches);
	}
}

/* Customer service talk of every kind reads without trouble in pieces. */
static void ordinary_talk(void **state)
{
	struct shared_rows *rows = shared_open("benign_agent_sgd.jsonl");
	if (!rows)
		skip();
	const json_t *row;
	for (unsigned i = 0; i < 400 && (row = shared_next(rows)); i++) {
		size_t len;
		const char *s = shared_text(row, "text", &len);
		struct scan_run run = {
		    .kind = &all_values, .bytes = s, .len = len};
		assert_int_equal(
		    scan_whole(&all_values, s, len, &run.whole), 0);
		split_bytes(s, len, scan_split, &run);
		matches_clear(&run.whole);
	}
	shared_close(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_numbers),
	    cmocka_unit_test(same_for_every_cutting),
	    cmocka_unit_test(says_which_kinds_may_come),
	    cmocka_unit_test(spans_cover_the_whole_expression),
	    cmocka_unit_test(holds_what_may_become_a_number),
	    cmocka_unit_test(compares_with_ranges),
	    cmocka_unit_test(ordinary_talk),
	};
	return cmocka_run_group_tests(tests, make_starts, clear_starts);
}
