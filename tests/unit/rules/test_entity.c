/* entity: each kind with its checks, near misses, disguises, any cutting. */
#include "rules/entity.h"
#include "tests/support/shared.h"
#include "tests/unit/rules/scan_cases.h"

static const struct detector detectors[] = {
    {.kind = DETECTOR_PHRASES},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_PAYMENT_CARD},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_IBAN},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_US_SSN},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_UK_NINO},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_EMAIL},
    {.kind = DETECTOR_ENTITY, .entity = ENTITY_PHONE},
};
static const uint32_t all[] = {1, 2, 3, 4, 5, 6};
static const struct guard_policy policy = {.detectors = detectors,
    .n_detectors = 7,
    .of_kind = {[DETECTOR_ENTITY] = {all, 6}}};

SCAN_KIND(entities, entity, policy);

/* What is found: kind and original text, "|" between. */
static const struct scan_case cases[] = {
    {"The card on file is 4111 1111 1111 1111.", "card:4111 1111 1111 1111"},
    {"4111111111111111 4111-1111-1111-1111 4111.1111.1111.1111",
	"card:4111111111111111|card:4111-1111-1111-1111|"
	"card:4111.1111.1111.1111"},
    {"amex 3782 822463 10005, diners 3056 930902 5904",
	"card:3782 822463 10005|card:3056 930902 5904"},
    {"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "card:4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"},
    {"4111_1111_1111_1111 4111/1111/1111/1111, 3782:822463:10005",
	"card:4111_1111_1111_1111|card:4111/1111/1111/1111|"
	"card:3782:822463:10005"},
    {"| 4111 | 1111 | 1111 | 1111 | and 4111,1111,1111,1111",
	"card:4111 | 1111 | 1111 | 1111|card:4111,1111,1111,1111"},
    {"4111**1111**11111111, 41**1**1 1111 1111 1111, 411**1-1111-1111-1111",
	"card:4111**1111**11111111|card:41**1**1 1111 1111 1111|"
	"card:411**1-1111-1111-1111"},
    {"4111~1111~1111~1111, 41~11~11~11~11~11~11~11 ~4111 1111 1111 1112",
	"card:4111~1111~1111~1111"},
    {"4,111,111,111,111,111 41/11/11/11/11/11/11/11 411111*11111*11112", ""},
    {"078-**05**-1123, 078-0**5**-1123",
	"ssn:078-**05**-1123|ssn:078-0**5**-1123"},
    {"41\u200B11 \uFF11111 **1111** 1111",
	"card:41\u200B11 \uFF11111 **1111** 1111"},
    {"\u0664\u0661\u0661\u0661 1111 1111 1111 12/27",
	"card:\u0664\u0661\u0661\u0661 1111 1111 1111"},
    {"Order 12 4111 1111 1111 1111 20 items", "card:4111 1111 1111 1111"},
    {"Your order number is 4111 1111 1111 1112.", ""},
    {"0000 0000 0000 0000 4444444444444444 1234567890123456", ""},
    {"41111111111111110 x4111111111111111 1,234,567,890,123", ""},
    {"card4111111111111111, no4111 1111 1111 1111; visa4111-1111-1111-1111x",
	"card:4111111111111111|card:4111 1111 1111 1111|"
	"card:4111-1111-1111-1111"},
    {"\u043A\u0430\u0440\u0442\u04304111111111111111", "card:4111111111111111"},
    {"a1b4111111111111111 ab7f4111111111111111 no41111111111111110", ""},
    {"My IBAN: ES66 7296 8614 1972 9672 1088",
	"iban:ES66 7296 8614 1972 9672 1088"},
    {"(4111) (1111) (1111) (1111), (4111)(1111)(1111)(1111)",
	"card:4111) (1111) (1111) (1111|card:4111)(1111)(1111)(1111"},
    {"[4111][1111] [1111] [1111]; {3782} {822463} {10005}",
	"card:4111][1111] [1111] [1111|card:3782} {822463} {10005"},
    {"4111 \u2022 1111 \u2022 1111 \u2022 1111, "
     "4111\u00B71111\u00B71111\u00B71111",
	"card:4111 \u2022 1111 \u2022 1111 \u2022 1111|"
	"card:4111\u00B71111\u00B71111\u00B71111"},
    {"4111\U0001F4B31111\U0001F4B31111\U0001F4B31111 4111;1111;1111;1111 "
     "\"4111\",\"1111\",\"1111\",\"1111\"",
	"card:4111\U0001F4B31111\U0001F4B31111\U0001F4B31111|"
	"card:4111;1111;1111;1111|"
	"card:4111\",\"1111\",\"1111\",\"1111"},
    {"41\u202211\u202211\u202211\u202211\u202211\u202211\u202211 "
     "+49 (151) 1234 5678 $4111 $1111 $1111 $1111 4111 - a 1111 1111 1111",
	"phone:+49 (151) 1234 5678"},
    {"Your IBAN is DE89 3704 0044 0532 0130 00.",
	"iban:DE89 3704 0044 0532 0130 00"},
    {"de89370400440532013000 and GB29 NWBK 6016 1331 9268 19 too",
	"iban:de89370400440532013000|iban:GB29 NWBK 6016 1331 9268 19"},
    {"DE89-3704-0044-0532-0130-00", "iban:DE89-3704-0044-0532-0130-00"},
    {"D\u200BE89 3704 0044 \u200E0532 0130 00, it's his",
	"iban:D\u200BE89 3704 0044 \u200E0532 0130 00"},
    {"Reference GB82 WEST 1234 5698 7654 31.", ""},
    {"DE89370400440532013000x XX89370400440532013000 no93 is it", ""},
    {"D\u041589 3704 0044 0532 0130 00, G\u041282 WEST 1234 5698 7654 32",
	"iban:D\u041589 3704 0044 0532 0130 00|"
	"iban:G\u041282 WEST 1234 5698 7654 32"},
    {"GB82 W\u0395ST 1234 5698 7654 32, \u13A0E89370400440532013000",
	"iban:GB82 W\u0395ST 1234 5698 7654 32|"
	"iban:\u13A0E89370400440532013000"},
    {"\uFF24\uFF25\uFF18\uFF19 3704 0044 0532 0130 00",
	"iban:\uFF24\uFF25\uFF18\uFF19 3704 0044 0532 0130 00"},
    {"D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0 is it",
	"iban:D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0"},
    {"D.E.8.9.3.7.0.4.0.0.4.4.0.5.3.2.0.1.3.0.0.0",
	"iban:D.E.8.9.3.7.0.4.0.0.4.4.0.5.3.2.0.1.3.0.0.0"},
    {"DE 89 37 04 00 44 05 32 01 30 00, DE-89-3704-0044-0532-0130-00",
	"iban:DE 89 37 04 00 44 05 32 01 30 00|"
	"iban:DE-89-3704-0044-0532-0130-00"},
    {"DE89\u20223704\u20220044\u20220532\u20220130\u202200",
	"iban:DE89\u20223704\u20220044\u20220532\u20220130\u202200"},
    {"Tracking no. 9386011117947 or no 93 86011117947, no 93-86011-117947; "
     "No 93 8601 1117 947",
	""},
    {"nino \u0410\u0412 12 34 56 C", "nino:\u0410\u0412 12 34 56 C"},
    {"SSN 078-05-1123 or 078 05 1123, 078.05.1123",
	"ssn:078-05-1123|ssn:078 05 1123|ssn:078.05.1123"},
    {"my social is 078051121", "ssn:078051121"},
    {"078051121", "ssn:078051121"},
    {"order 078051121 and 000-12-3456 666-12-3456 912-12-3456 123-00-4567 "
     "123-45-0000 078-05-1120 12-345-6789 078-05 1123",
	""},
    {"123-45-6789 but ZIP 90210-1234, 07805-1121", "ssn:123-45-6789"},
    {"078-051121, 07805-1121",
	"ssn:078-051121|phone:078-051121|"
	"ssn:07805-1121"},
    {"123456789", ""},
    {"5019717010103742 371449635398431 6011000400000000",
	"card:5019717010103742|card:371449635398431|card:6011000400000000"},
    {"CI93 CI00 8011 1301 1342 9120 0589",
	"iban:CI93 CI00 8011 1301 1342 9120 0589"},
    {"nino: PR 123612C, AB 12 34 56 D, ab123456c",
	"nino:PR 123612C|nino:AB 12 34 56 D|nino:ab123456c"},
    {"BG123612A DA123456A AO123456A AA 12 34 56 H ab1234561 ab12345", ""},
    {"I sent it to someone@mail.example.", "email:someone@mail.example"},
    {"<j.doe+x@a-b.co.uk>, (a_b@x.org) mailto:q@r.io",
	"email:j.doe+x@a-b.co.uk|email:a_b@x.org|email:q@r.io"},
    {"user@xn--80ak6aa92e.com j\u200Bohn\uFF20acme.example",
	"email:user@xn--80ak6aa92e.com|email:j\u200Bohn\uFF20acme.example"},
    {"someone@mail.com--she, a@b.com...she a@b.com\u2014she "
     "a@b-c.com\u2013x.y, "
     "a@b.com-she; wait...a@b.com Mail\u2014a@b.com, a@b\u2013c.com",
	"email:someone@mail.com|email:a@b.com|email:a@b.com|email:a@b-c.com|"
	"email:a@b.com|email:a@b.com|email:a@b.com|email:a@b\u2013c.com"},
    {"\u8054\u7CFBa@b.com\u3002 \u7528\u6237@\u4F8B\u5B50.\u4E2D\u56FD "
     "a@\u4F8B\u3048.jp\u307E\u3067 a@b.com.2 o\u2019b@c.de",
	"email:a@b.com|email:\u7528\u6237@\u4F8B\u5B50.\u4E2D\u56FD|"
	"email:a@\u4F8B\u3048.jp|email:a@b.com|email:o\u2019b@c.de"},
    {"a@b.com1 a@b..com a@-b.com a..@b.com \u5361@home", ""},
    {"not@home @you a@b x@y.1 ..@x.com a.@b.com p@ssword.", ""},
    {"Call (415) 555-0132, 415-555-0132, 1-800-555-0100 or 415.555.0132.",
	"phone:(415) 555-0132|phone:415-555-0132|phone:1-800-555-0100|"
	"phone:415.555.0132"},
    {"+1 415 555 0132; +44 20 7946 0958; +44 (0)20 7946 0958",
	"phone:+1 415 555 0132|phone:+44 20 7946 0958|"
	"phone:+44 (0)20 7946 0958"},
    {"+33 1 42 68 53 00 / 01 42 68 53 00 / 020 7946 0958 / 0044 20 7946 0958",
	"phone:+33 1 42 68 53 00|phone:01 42 68 53 00|phone:020 7946 0958|"
	"phone:0044 20 7946 0958"},
    {"212/555-0187, 1(212)555-0187, 415-555-0132x20, (555) 123-4567",
	"phone:212/555-0187|phone:1(212)555-0187|phone:415-555-0132|"
	"phone:(555) 123-4567"},
    {"(020) 7946 0958, 030/1234567, 089 / 1234567, 0470 12 34 56, 07700900123",
	"phone:(020) 7946 0958|phone:030/1234567|phone:089 / 1234567|"
	"phone:0470 12 34 56|phone:07700900123"},
    {"+44 (20) 7123 4567; +49-30-901820-0; +353 1 677 3366",
	"phone:+44 (20) 7123 4567|phone:+49-30-901820-0|"
	"phone:+353 1 677 3366"},
    {"Call us (020 7946 0958). Tom (07700 900123, evenings) "
     "(+1 555 867 5309), ((020) 7946 0958)",
	"phone:020 7946 0958|phone:07700 900123|phone:+1 555 867 5309|"
	"phone:(020) 7946 0958"},
    {"Call (+44 20 7946 0958, ask for Tom); (+44) 7700 900123, +(44) 7700 "
     "900123, Tom ((555) 867-5309), 07700 900123) 5 items, 0044 20 7946 0958 "
     "(5",
	"phone:+44 20 7946 0958|phone:(+44) 7700 900123|"
	"phone:+(44) 7700 900123|phone:(555) 867-5309|phone:07700 900123|"
	"phone:0044 20 7946 0958"},
    {"(123) 45, ((+(44, (1) (2) (3) 4 5 6 7", ""},
    {"Tel.: 612 34 56 78. Llame al 912 345 678, telefon 600 123 456",
	"phone:612 34 56 78|phone:912 345 678|phone:600 123 456"},
    {"Call us at 555-0187. Ring 12 34 56 78",
	"phone:555-0187|phone:12 34 56 78"},
    {"Your order shipped, so call 4155550132.", "phone:4155550132"},
    {"The order was placed by Jane Roe, 07700 900123, on Monday. The customer "
     "is Jane Roe (020 7946 0958)",
	"phone:07700 900123|phone:020 7946 0958"},
    {"The customer can be reached on 07700900123. The driver for order 12345 "
     "is "
     "Tom, 07700 900124; the parcel was signed for by Tom 0044 20 7946 0958",
	"phone:07700900123|phone:07700 900124|phone:0044 20 7946 0958"},
    {"The account is in the name of Jo, (555) 123-4567. The order was placed "
     "by "
     "Jane Roe. Her number: 07700 900123. The customer, 07700 900124, a code "
     "to "
     "07700 900125",
	"phone:(555) 123-4567|phone:07700 900123|phone:07700 900124|"
	"phone:07700 900125"},
    {"Order 7\n07700 900123\n7 for 07700\n900124\n<td>7</td><td>020 7946 "
     "0958</td>",
	"phone:07700 900123|phone:07700\n900124|phone:020 7946 0958"},
    {"07700 900123 7 days a week, 0 7 7 0 0 9 0 0 1 2 3, +49-30-901820-0, "
     "+353 1 677 3366 9 to 5",
	"phone:07700 900123|phone:0 7 7 0 0 9 0 0 1 2 3|"
	"phone:+49-30-901820-0|phone:+353 1 677 3366"},
    {"0800 555 0199 8am to 8pm, 01 42 68 53 00 9h, 07700 900123 07700 900124 "
     "+44 20 7946 0958pm 07700900123a",
	"phone:0800 555 0199|phone:01 42 68 53 00|phone:07700 900123|"
	"phone:07700 900124"},
    {"order 020 7946 0958, account no. 0044 20 7946 0958; your order number is "
     "07700 900123. The tracking number of the blue parcel you sent is 0340 "
     "1234 5678, ref: 07700 900123",
	""},
    {"Your order, 07700900123, has shipped; order id 07700900124; order "
     "004420794609 was, with tracking no 01 42 68 53 00",
	""},
    {"call within 10-15 minutes, 24/7, or order 123-456-7890", ""},
    {"612 34 56 78, 555-0187, text STOP to 12345, 2024-2026, 192.168.1.100",
	""},
    {"sort code 12-34-56 account 12345678, 10.15.7.2, 01-02-26 0900", ""},
    {"call 4155550132 or text 07700900123",
	"phone:4155550132|phone:07700900123"},
    {"Order number 4155550132, ref 07700900123, on 01.02.2026 at 10:30", ""},
    {"112-3456789-1234567 2026-11-03 01-02-2026 1-2-3 555-0132 $415-555-0132",
	""},
    {"\u26104155550132, \u260E415-555-0132\u2022 "
     "IBAN\u2022DE89370400440532013000"
     "\u2022 \U0001F4B34111111111111111",
	"phone:415-555-0132|iban:DE89370400440532013000|"
	"card:4111111111111111"},
    {"24/7, 10-15 people, 1,250.00, 2 for 1, 100 200 3000", ""},
    /* No letters where the country has none: part of an id. */
    {"0fed5286-dfb7-401b-be59-a42d5e55b023, GB82 WEST 1234 5698 7654 32",
	"iban:GB82 WEST 1234 5698 7654 32"},
    /* Behind it the number of a note. */
    {"Card 4111 1111 1111 1111[1], 4111111111111111[12], 536-22-8145[3]",
	"card:4111 1111 1111 1111|card:4111111111111111|ssn:536-22-8145"},
    {"jane.doe@mail.example[1], 020 7946 0958[2]",
	"email:jane.doe@mail.example|phone:020 7946 0958"},
    /* Rows of numbers. */
    {"Rows 1 2 3 4 5 6 7 8 9 10 11 12 13 14 are full", ""},
    {"4021, 4035, 4057, 4063, 4070, 4088, 4099, 4101, 4111, 4120", ""},
    {"5 4 5 3 5 5 4 5 5 4 5 5 5 4 5 5 4 4", ""},
    {"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1, 41 11 11 11 11 11 11 11",
	"card:4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1|card:41 11 11 11 11 11 11 11"},
    {"-87.379107, 100.217759", ""},
    {"41 111111 11111111 or 4 111 1111 1111 1111",
	"card:41 111111 11111111|card:4 111 1111 1111 1111"},
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static const char *const names[] = {
    "", "card", "iban", "ssn", "nino", "email", "phone"};

static void finds_entities(void **state)
{
	scan_check_found(&entities, names, cases, N_CASES);
}

/* What may stand beside a value: every sign, and letters of scripts that are
 * written against it; the value is what is found, not what is beside it. */
static const struct scan_case values[] = {
    {"4111 1111 1111 1111", "card"},
    {"DE89 3704 0044 0532 0130 00", "iban"},
    {"DE89370400440532013000", "iban"},
    {"536-22-1234", "ssn"},
    {"AB 12 34 56 C", "nino"},
    {"AB123456C", "nino"},
    {"someone@mail.com", "email"},
    {"07700 900123", "phone"},
    {"415-555-0132", "phone"},
    {"+44 20 7946 0958", "phone"},
};
/* An e-mail address may have these inside, or what the folded view leaves out.
 */
static const char *const inside_mail[] = {
    "!", "\u2019", "[", "]", "**", "<b>", "</b>", "\u200B"};
static const char *const neighbours[] = {"\U0001F4B3", "\u2705", "\u260E\uFE0F",
    "\U0001F468\u200D\U0001F4BB", "\u2192", "\u2022", "\u00B7", "\u25B6",
    "\u2014", "\u2013", "\u2026", "...", "\u3002", "\u3001", "\uFF1A", "\u201C",
    "\u201D", "\u2018", "\u00AB", "\u300C", "\uFF08", "\uFF09", "(", ")", "<",
    ">", "\"", ",", ";", ":", "\u7684", "\u306F", "\u30AB", "\uC785", "\u0E17",
    "\u0628", "\u05DC", "\u0915\u093E"};

static void check_beside(const struct scan_case *value, const char *by)
{
	char s[256], want[128];
	struct scan_case c = {s, want};
	snprintf(want, sizeof(want), "%s:%s", value->found, value->text);
	snprintf(s, sizeof(s), "It is x%s%s", by, value->text);
	scan_check_found(&entities, names, &c, 1);
	scan_check_cuttings(&entities, &c, 1);
	snprintf(s, sizeof(s), "%s%sshe said", value->text, by);
	scan_check_found(&entities, names, &c, 1);
	scan_check_cuttings(&entities, &c, 1);
}

static void beside_anything(void **state)
{
	for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
		const struct scan_case *value = &values[v];
		for (size_t i = 0;
		     i < sizeof(neighbours) / sizeof(neighbours[0]); i++)
			check_beside(value, neighbours[i]);
		for (size_t i = 0; !strchr(value->text, '@') &&
		     i < sizeof(inside_mail) / sizeof(inside_mail[0]);
		     i++)
			check_beside(value, inside_mail[i]);
	}
}

static void same_for_every_cutting(void **state)
{
	scan_check_cuttings(&entities, cases, N_CASES);
}

static void out_of_memory(void **state)
{
	scan_check_memory(&entities, cases[0].text);
}

static void names_the_tokens(void **state)
{
	static const char s[] = "Hi. Write to a@b.example now.";
	struct matches m = {0};
	assert_int_equal(scan_whole(&entities, s, strlen(s), &m), 0);
	assert_int_equal(m.n, 1);
	assert_int_equal(m.items[0].first_token, 3);
	assert_int_equal(m.items[0].n_tokens, 3);
	assert_int_equal(m.items[0].sentence, 1);
	matches_clear(&m);
}

static void lets_go_of_ordinary_text(void **state)
{
	static const char s[] = "Thank you for waiting, we have 24 of them. ";
	struct text t;
	struct entity_scan scan_state;
	struct matches m = {0};
	size_t alive;
	entity_scan_init(&scan_state);
	assert_int_equal(text_init(&t, 1000), 0);
	for (size_t i = 0; i + 1 < sizeof(s); i++) {
		assert_int_equal(text_feed(&t, s + i, 1), 0);
		assert_int_equal(
		    entity_scan(&scan_state, &t, &policy, &m, &alive), 0);
		size_t held = alive == SIZE_MAX ? 0 : i + 1 - alive;
		if (held > 9)
			print_error("%.*s\n", (int)i + 1, s);
		assert_true(held <= 9);
	}
	assert_int_equal(alive, SIZE_MAX);
	matches_clear(&m);
	text_clear(&t);
}

/* ---- what others test their recognisers with ---- */

static uint32_t detector_named(const char *entity)
{
	static const char *const theirs[] = {"", "CREDIT_CARD", "IBAN_CODE",
	    "US_SSN", "UK_NINO", "EMAIL_ADDRESS", "PHONE_NUMBER"};
	for (uint32_t i = 1; i < 7; i++) {
		if (strcmp(entity, theirs[i]) == 0)
			return i;
	}
	return 0;
}

static void agrees_with_public_cases(void **state)
{
	struct shared_rows *rows = shared_open("pii_presidio_cases.jsonl");
	if (!rows)
		skip();
	unsigned asked[7] = {0}, agreed[7] = {0};
	const json_t *row;
	while ((row = shared_next(rows))) {
		uint32_t k = detector_named(shared_text(row, "entity", NULL));
		if (!k)
			continue;
		size_t len;
		const char *s = shared_text(row, "text", &len);
		struct matches m = {0};
		assert_int_equal(scan_whole(&entities, s, len, &m), 0);
		json_int_t n = 0;
		for (size_t i = 0; i < m.n; i++)
			n += m.items[i].detector == k;
		matches_clear(&m);
		json_int_t want =
		    json_integer_value(json_object_get(row, "expected_count"));
		asked[k]++;
		agreed[k] += n == want;
		if (n != want)
			print_message("%s differs: %d, expected %d: %s\n",
			    names[k], (int)n, (int)want, s);
	}
	shared_close(rows);
	for (uint32_t k = 1; k < 7; k++) {
		print_message("%s: %u of %u\n", names[k], agreed[k], asked[k]);
		assert_true(asked[k] > 0);
		assert_true(agreed[k] * 100 >= asked[k] * 95);
	}
}

/* Talk about bookings, dates, prices and addresses has no card, account or
 * security number in it. */
static void ordinary_talk(void **state)
{
	struct shared_rows *rows = shared_open("benign_agent_sgd.jsonl");
	if (!rows)
		skip();
	const json_t *row;
	unsigned counts[7] = {0};
	while ((row = shared_next(rows))) {
		size_t len;
		const char *s = shared_text(row, "text", &len);
		struct matches m = {0};
		assert_int_equal(scan_whole(&entities, s, len, &m), 0);
		for (size_t i = 0; i < m.n; i++)
			counts[m.items[i].detector]++;
		matches_clear(&m);
	}
	shared_close(rows);
	for (uint32_t k = 1; k < 6; k++) {
		if (counts[k])
			print_error("%s: %u\n", names[k], counts[k]);
		assert_int_equal(counts[k], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_entities),
	    cmocka_unit_test(same_for_every_cutting),
	    cmocka_unit_test(beside_anything),
	    cmocka_unit_test(out_of_memory),
	    cmocka_unit_test(names_the_tokens),
	    cmocka_unit_test(lets_go_of_ordinary_text),
	    cmocka_unit_test(agrees_with_public_cases),
	    cmocka_unit_test(ordinary_talk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
