/* entity_address: addresses of the US, the UK and Europe, and what only looks
 * like one, in any cutting. */
#include "rules/entity.h"
#include "rules/index.h"
#include "tests/support/shared.h"
#include "tests/unit/rules/scan_cases.h"

static const struct detector detectors[] = {
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_POSTAL_ADDRESS}};
static const uint32_t all[] = {0};
static struct index words;
static const struct guard_policy policy = {.detectors = detectors,
    .n_detectors = 1,
    .of_kind = {[DETECTOR_ENTITY] = {all, 1}},
    .index = &words};

SCAN_KIND(addresses, entity, policy);

/* What is found, "|" between. */
static const struct scan_case cases[] = {
    {"We sent it to 350 5th Ave, Apt 4B, New York, NY 10118 today.",
	"350 5th Ave, Apt 4B, New York, NY 10118"},
    {"It is at 123 Main Street. Thank you.", "123 Main Street"},
    {"123 Main St\nSpringfield, IL 62704-1234\nUSA",
	"123 Main St\nSpringfield, IL 62704-1234"},
    {"1234 N Highland Ave Suite 200 Los Angeles CA 90038 is it",
	"1234 N Highland Ave Suite 200 Los Angeles CA 90038"},
    {"1 Infinite Loop, Cupertino, CA 95014",
	"1 Infinite Loop, Cupertino, CA 95014"},
    {"7 Lake View Road; 22 Oak Park Blvd. # 7",
	"7 Lake View Road|22 Oak Park Blvd. # 7"},
    {"my address is 123 main street, springfield il 62704",
	"123 main street, springfield il 62704"},
    {"She lives at 12 Rose Close.", "12 Rose Close"},
    {"PO Box 123; P.O. Box 4567, Austin, TX 78701; Postfach 12",
	"PO Box 123|P.O. Box 4567, Austin, TX 78701|Postfach 12"},
    {"10 Downing Street, London SW1A 2AA",
	"10 Downing Street, London SW1A 2AA"},
    {"Flat 3, 45 Park Road, Leeds LS14AP, or 221B Baker Street",
	"45 Park Road, Leeds LS14AP|221B Baker Street"},
    {"Item 7\n221B Baker Street, London NW1 6XE; it costs 1,250 Main Street",
	"221B Baker Street, London NW1 6XE"},
    {"\U0001F4CD221B Baker Street, London NW1 6XE\U0001F600 "
     "\u2192PO Box 123\u3002 \u4F4F\u574010 Downing Street",
	"221B Baker Street, London NW1 6XE|PO Box 123|10 Downing Street"},
    {"12 bis rue de la Paix, 75002 Paris; 10 place de la Concorde",
	"12 bis rue de la Paix, 75002 Paris|10 place de la Concorde"},
    {"Hauptstr. 5, 10115 Berlin; Hauptstra\u00DFe 12a; Berliner Allee 20",
	"Hauptstr. 5, 10115 Berlin|Hauptstra\u00DFe 12a|Berliner Allee 20"},
    {"Unter den Linden 5, 10117 Berlin, und Am Markt 3, 20095 Hamburg",
	"Unter den Linden 5, 10117 Berlin|Am Markt 3, 20095 Hamburg"},
    {"Kerkstraat 12, 1017 GC Amsterdam", "Kerkstraat 12, 1017 GC Amsterdam"},
    {"Calle Mayor 5, 28013 Madrid. Via Roma 10, 00184 Roma.",
	"Calle Mayor 5, 28013 Madrid|Via Roma 10, 00184 Roma"},
    {"Rua Augusta 25, 1100-048 Lisboa; Rue de la Loi 16, 1000 Bruxelles",
	"Rua Augusta 25, 1100-048 Lisboa|"
	"Rue de la Loi 16, 1000 Bruxelles"},
    {"ul. Marsza\u0142kowska 10, 00-001 Warszawa",
	"ul. Marsza\u0142kowska 10, 00-001 Warszawa"},
    {"Storgatan 5, 111 22 Stockholm; N\u00F8rregade 10, 1165 K\u00F8benhavn",
	"Storgatan 5, 111 22 Stockholm|"
	"N\u00F8rregade 10, 1165 K\u00F8benhavn"},
    {"12\u200B3 **Main** Str\u200Beet", "12\u200B3 **Main** Str\u200Beet"},
    {"A 24 hour drive, a 3 mile road trip, 10 minutes by Lyft Drive", ""},
    {"5 Star Hotels. We sent 2 Court orders on 12 May Drive safely", ""},
    {"In 2024 Main Street banks grew. The 5th Avenue store.", ""},
    {"Flight 12 Boston to Denver, room 12 Garden View, 50 GB Drive", ""},
    {"Bring 10 more via PayPal 100, via Email 24/7, Plaza Hotel 5 stars", ""},
    {"Am 12 Mai, im Oktober 5 Tage, unter anderem 5, 10 Euro", ""},
    {"1,250 Main reasons, 12.50 Drive Fees, $5 Way", ""},
    {"postbox 12, box 123, po boxes", ""},
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static void finds_addresses(void **state)
{
	scan_check_found(&addresses, NULL, cases, N_CASES);
}

static void same_for_every_cutting(void **state)
{
	scan_check_cuttings(&addresses, cases, N_CASES);
}

/* Questions of a bank's customers have no address in them. */
static void ordinary_talk(void **state)
{
	struct shared_rows *rows = shared_open("scope_banking77.jsonl");
	if (!rows)
		skip();
	const json_t *row;
	while ((row = shared_next(rows))) {
		size_t len;
		const char *s = shared_text(row, "text", &len);
		struct matches m = {0};
		assert_int_equal(scan_whole(&addresses, s, len, &m), 0);
		if (m.n)
			print_error("\"%s\"\n", s);
		assert_int_equal(m.n, 0);
		matches_clear(&m);
	}
	shared_close(rows);
}

static int build_words(void **state)
{
	static struct arena arena;
	arena_init(&arena);
	*state = &arena;
	return address_words_build(&words.addresses, &arena);
}

static int clear_words(void **state)
{
	arena_clear(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_addresses),
	    cmocka_unit_test(same_for_every_cutting),
	    cmocka_unit_test(ordinary_talk),
	};
	return cmocka_run_group_tests(tests, build_words, clear_words);
}
