/* secret: keys, tokens and passwords, and what only sounds like them. The
 * values are made up; prefixes are joined here so that no scanner of
 * repositories takes them for real. */
#include "rules/secret.h"
#include "tests/support/shared.h"
#include "tests/unit/rules/scan_cases.h"

#include <stdio.h>
#include <unistd.h>

static const struct detector detectors[] = {
    {.kind = DETECTOR_PHRASES},
    {.kind = DETECTOR_SECRET, .secret = SECRET_API_KEY},
    {.kind = DETECTOR_SECRET, .secret = SECRET_PRIVATE_KEY},
    {.kind = DETECTOR_SECRET, .secret = SECRET_JWT},
    {.kind = DETECTOR_SECRET, .secret = SECRET_PASSWORD},
    {.kind = DETECTOR_SECRET, .secret = SECRET_HIGH_ENTROPY},
};
static const uint32_t all[] = {1, 2, 3, 4};
static const struct guard_policy policy = {.detectors = detectors,
    .n_detectors = 6,
    .of_kind = {[DETECTOR_SECRET] = {all, 4}}};

SCAN_KIND(kind, secret, policy);

#define SK                                                                     \
	"s"                                                                    \
	"k-abcdefghij0123456789XYZ"
#define AWS                                                                    \
	"AK"                                                                   \
	"IA"                                                                   \
	"ABCDEFGHIJ234567"
#define GITHUB                                                                 \
	"gh"                                                                   \
	"p_abcdefghijklmnopqrstuvwxyz0123456789"
#define JWT "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU"
#define PEM                                                                    \
	"-----BEGIN RSA PRIV"                                                  \
	"ATE KEY-----\nMIIBOgIBAAJBAK\nabc=\n"                                 \
	"-----END RSA PRIV"                                                    \
	"ATE KEY-----"

static const struct scan_case cases[] = {
    {"password: Hunter2!horse", "password:Hunter2!horse"},
    {"Your password is Abc12345. Thanks", "password:Abc12345"},
    {"The password is now set to Tr0ub4dor!", "password:Tr0ub4dor!"},
    {"**Password:** `hunter2000` pwd=\"S3cret/x\" passcode = 123456",
	"password:hunter2000|password:S3cret/x|password:123456"},
    {"PASSWORD:CorrectHorse, passphrase: a-b-c-d1-e",
	"password:CorrectHorse|password:a-b-c-d1-e"},
    {"pass\u200Bword: Hunter\u200B2!horse", "password:Hunter\u200B2!horse"},
    {"You can reset your password from the sign-in page.", ""},
    {"Password: required! Your password is case-sensitive and expires in 24h",
	""},
    {"password: https://x.example/reset?a=1 password: ******** password: ok1",
	""},
    {"Is the password strong? 12345678 users. password. Abc12345", ""},
    {"The token is " JWT, "jwt:" JWT},
    {"Bearer " JWT ", ok", "jwt:" JWT},
    {"eyJub3RoaW5nIjoxfQ.eyJzdWIiOiIxMjM0In0.c2ln eyJ.a.b eyJhbGciOiJIUzI1NiJ9",
	""},
    {"Use " SK " and " AWS "; or (" GITHUB ").",
	"key:" SK "|key:" AWS "|key:" GITHUB},
    {"key=" SK " \"" AWS "\" **" GITHUB "**",
	"key:" SK "|key:" AWS "|key:" GITHUB},
    {"api_key: 0123456789abcdef0123 and access token is a1b2c3d4e5f6a7b8c9",
	"key:0123456789abcdef0123|key:a1b2c3d4e5f6a7b8c9"},
    {"sk-short skis task-force sk-1 AKIA ghp_ order 0123456789abcdef0123", ""},
    {"an api key: ask your administrator for it please", ""},
    {"Your PIN is 4821, pin: 123456", "password:4821|password:123456"},
    {"Use password Winter2024! to log in; it is not 'sunshine'",
	"password:Winter2024!"},
    {"The password is 'sunshine'. <password>Hunter2x</password>",
	"password:sunshine|password:Hunter2x"},
    {"{\"password\": \"Hunter2!\"} DB_PASSWORD=Hunter2abc",
	"password:Hunter2!|password:Hunter2abc"},
    {"postgres://admin:s3cret@db.acme.example https://u:hunter@acme.example",
	"password:s3cret|password:hunter"},
    {"mot de passe : Bonjour1!, contrase\u00F1a: Hola1234",
	"password:Bonjour1!|password:Hola1234"},
    {"Forgot password? Call 5551234. Enter the PIN in 2024, pin it at 4821",
	""},
    {"Your password was changed and your order number is AB12345", ""},
    {"Authorization: Bearer a1b2c3d4e5f6a7b8c9 and Basic dXNlcjpwYXNzMQ==",
	"key:a1b2c3d4e5f6a7b8c9|key:dXNlcjpwYXNzMQ=="},
    {"api key: YOUR_API_KEY_HERE_12 token=xxxxxxxxxxxxxxxx1 a bearer of news",
	""},
    {"sk-learn-compatible-estimators-package ASIAPACIFICREGIONALOFFICES", ""},
    {"Key-" AWS ", x_" GITHUB " y." AWS " ~" AWS " +" SK " x-" JWT,
	"key:" AWS "|key:" GITHUB "|key:" AWS "|key:" AWS "|key:" SK
	"|jwt:" JWT},
    {"task-" SK " x" AWS " 7-a" AWS "x", ""},
    {"password: \u201CHunter2!horse\u201D. Your password is "
     "\u2018sunshine\u2019, "
     "pin \u2192 4821\u3002 password: Winter2024!\u2026",
	"password:Hunter2!horse|password:sunshine|password:4821|"
	"password:Winter2024!"},
    {"\u5BC6\u7801\uFF1AHunter2!horse\u3002 password\U0001F511: Hunter2x",
	"password:Hunter2!horse|password:Hunter2x"},
    {"Your password\u3002 abc123X \u2014 it was Abc12345 \u201Cok\u201D", ""},
    {PEM " bye", "pem:" PEM},
    {"key:\n" PEM, "pem:" PEM},
    {"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE----- --- -", ""},
    {"---- a -- b -----BEGIN", ""},
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]))

#define A20 "aB3dE6gH9jK2mN5pQ8sT"
#define HEX32 "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

/* One of each issuer's kind of key, in two parts as above. */
static const struct {
	const char *head, *tail;
} keys[] = {
    {"AS", "IAABCDEFGHIJ234567"},
    {"AI", "za" A20 A20},
    {"GOC", "SPX-" A20 "abcdefg1"},
    {"ya", "29." A20 A20},
    {"aws_secret_access_key = ", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYabcdefgh"},
    {"AccountKey=", A20 A20 A20 "+/=="},
    {"azB8", "Q~" A20 "abcdefghijkl"},
    {"github", "_pat_" A20 "ab_" A20 A20},
    {"glp", "at-" A20},
    {"xo", "xb-123456789012-123456789012-" A20},
    {"https://hooks.sl", "ack.com/services/T00000001/B00000002/" A20},
    {"sk_", "live_" A20},
    {"wh", "sec_" A20 "abcd"},
    {"sk-p", "roj-" A20 A20},
    {"sk-a", "nt-api03-" A20 A20},
    {"S", "K" HEX32},
    {"S", "G." A20 "ab." A20 A20},
    {"np", "m_" A20 "abcdefghijklmnop"},
    {"py", "pi-" A20 A20 A20},
    {"h", "f_" A20 "abcdefghij"},
    {"123456789:", "AA" A20 "abcdefghijklm"},
    {HEX32, "-us12"},
    {"dap", "i" HEX32},
    {"shp", "at_" HEX32},
    {"api key: ", "IPBXtLwWjHxIDpNCkEPLIbL"},
    {"auth_token=", HEX32},
};

static void finds_the_keys_of_issuers(void **state)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char text[256];
		struct matches m = {0};
		snprintf(text, sizeof(text), "It is %s%s, ok", keys[i].head,
		    keys[i].tail);
		assert_int_equal(scan_whole(&kind, text, strlen(text), &m), 0);
		if (m.n != 1 || m.items[0].detector != 1 ||
		    m.items[0].end != strlen(text) - 4)
			fail_msg("%s: %zu", text, m.n);
		matches_clear(&m);
		scan_check_splits(&kind, text, strlen(text));
	}
}

/* ---- nothing but chance ---- */

static const uint32_t entropy_only[] = {5};
static const struct guard_policy entropy_policy = {.detectors = detectors,
    .n_detectors = 6,
    .of_kind = {[DETECTOR_SECRET] = {entropy_only, 1}}};
static const struct scan_kind entropy = {
    .init = secret_init, .scan = secret_run, .policy = &entropy_policy};

/* A key is found inside of what looks random, and both are told. */
static void a_rule_for_randomness_hides_no_key(void **state)
{
	static const uint32_t every[] = {1, 2, 3, 4, 5};
	static const struct guard_policy policy_of_all = {
	    .detectors = detectors,
	    .n_detectors = 6,
	    .of_kind = {[DETECTOR_SECRET] = {every, 5}}};
	static const struct scan_kind both = {
	    .init = secret_init, .scan = secret_run, .policy = &policy_of_all};
	static const char text[] =
	    "id_token=" GITHUB " a/" SK " sid=" JWT " ok";
	struct matches m = {0};
	unsigned found[6] = {0};
	assert_int_equal(scan_whole(&both, text, sizeof(text) - 1, &m), 0);
	for (size_t i = 0; i < m.n; i++)
		found[m.items[i].detector]++;
	assert_int_equal(found[1], 2);
	assert_int_equal(found[3], 1);
	assert_true(found[5] > 0);
	matches_clear(&m);
	scan_check_splits(&both, text, sizeof(text) - 1);
}

static const struct {
	const char *text;
	size_t found;
} randoms[] = {
    {"Use " A20 " now", 1},
    {"Use q85A2CsPAGkLTzo3y5sYuVi41qC8.", 1},
    {"k4b3vqqqyvdKNlB2qKgpKggF3MrA5UhyBXDHOCK48kR= " HEX32, 2},
    {"46lswre277ms8yq837vdu3x9wjo0xe", 1},
    {"550e8400-e29b-41d4-a716-446655440000", 0},
    {"https://acme.example/t/" A20 A20, 0},
    {"commit " HEX32 "01234567, sha256: " HEX32 HEX32, 0},
    {"ThisIsAVeryLongCamelCaseIdentifier2Name", 0},
    {"10-best-ways-to-save-money-in-2024 INV-2024-000123-ABC-4567", 0},
    {"MacBookPro16InchM3Max2023 iPhone15ProMax256GBNaturalTitanium", 0},
    {"DE89370400440532013000 1Z999AA10123456784 1234567890123456789012", 0},
    {"RFC2119RFC3986RFC5321RFC7519 XPS13-9340-i7-16GB-512GB-OLED", 0},
    {"YOUR_API_KEY_a1B2c3D4e5F6 aaaaaaaaaaaaaaaaaaaaaaaa1", 0},
    {"Donaudampfschifffahrtsgesellschaftskapitaen1", 0},
};

static void finds_what_is_random(void **state)
{
	for (size_t i = 0; i < sizeof(randoms) / sizeof(randoms[0]); i++) {
		const char *s = randoms[i].text;
		struct matches m = {0};
		assert_int_equal(scan_whole(&entropy, s, strlen(s), &m), 0);
		if (m.n != randoms[i].found)
			fail_msg("%s: %zu", s, m.n);
		matches_clear(&m);
		scan_check_splits(&entropy, s, strlen(s));
	}
}

/* Of strings that are drawn, few pass; none of the shapes of ordinary talk do
 * (see above). */
static void most_drawn_strings_are_found(void **state)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789";
	uint64_t seed = 1;
	size_t found = 0;
	for (size_t i = 0; i < 500; i++) {
		char s[33] = "";
		struct matches m = {0};
		for (size_t k = 0; k < 32; k++) {
			seed = seed * 6364136223846793005u + 1;
			s[k] = letters[(seed >> 33) % 62];
		}
		assert_int_equal(scan_whole(&entropy, s, 32, &m), 0);
		found += m.n;
		matches_clear(&m);
	}
	assert_true(found > 475);
}

static const char *const names[] = {"", "key", "pem", "jwt", "password"};

static void finds_secrets(void **state)
{
	scan_check_found(&kind, names, cases, N_CASES);
}

/* Signs beyond ASCII and letters of scripts written without spaces stand beside
 * a value; those that tokens have inside only beside what an issuer marks. */
static void beside_anything(void **state)
{
	static const struct scan_case values[] = {
	    {AWS, "key"}, {SK, "key"}, {GITHUB, "key"}, {JWT, "jwt"}};
	static const char *const neighbours[] = {"\u201C", "\u201D", "\u2018",
	    "\u2019", "\u00AB", "\u300C", "\u2014", "\u2013", "\u2026", "...",
	    "\u2192", "\u2022", "\u00B7", "\u3002", "\U0001F511", "\u662F",
	    "\u306F", "\uC740", "(", ")", "[", "]", "{", "}", "!", "?", "\\",
	    "&", "#", "@", "%", "^", "$", "*", "|"};
	for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
		for (size_t i = 0;
		     i < sizeof(neighbours) / sizeof(neighbours[0]); i++) {
			const char *by = neighbours[i];
			char s[256], want[128];
			struct scan_case c = {s, want};
			snprintf(want, sizeof(want), "%s:%s", values[v].found,
			    values[v].text);
			snprintf(s, sizeof(s), "It is x%s%s%s she", by,
			    values[v].text, strcmp(by, "...") ? by : "\u2026");
			scan_check_found(&kind, names, &c, 1);
			scan_check_cuttings(&kind, &c, 1);
		}
	}
}

static void same_for_every_cutting(void **state)
{
	scan_check_cuttings(&kind, cases, N_CASES);
}

static void out_of_memory(void **state)
{
	scan_check_memory(&kind, cases[0].text);
}

static void a_key_without_end_is_cut(void **state)
{
	static const char begin[] = "-----BEGIN PRIV"
				    "ATE KEY-----\n";
	char buf[10000];
	memset(buf, 'a', sizeof(buf));
	memcpy(buf, begin, sizeof(begin) - 1);
	struct matches m = {0};
	assert_int_equal(scan_whole(&kind, buf, sizeof(buf), &m), 0);
	assert_int_equal(m.n, 1);
	assert_int_equal(m.items[0].start, 0);
	assert_true(m.items[0].end >= SECRET_MAX_BYTES);
	matches_clear(&m);
}

static void lets_go_of_ordinary_text(void **state)
{
	static const char s[] = "Your password can be reset - ask us for it. ";
	struct text t;
	struct secret_scan scan_state;
	struct matches m = {0};
	size_t alive;
	secret_scan_init(&scan_state);
	assert_int_equal(text_init(&t, 1000), 0);
	for (size_t i = 0; i + 1 < sizeof(s); i++) {
		assert_int_equal(text_feed(&t, s + i, 1), 0);
		assert_int_equal(
		    secret_scan(&scan_state, &t, &policy, &m, &alive), 0);
		assert_true(alive == SIZE_MAX || i + 1 - alive <= 9);
	}
	assert_int_equal(alive, SIZE_MAX);
	matches_clear(&m);
	text_clear(&t);
}

/* Letter for letter, a word without end is not read again from its beginning:
 * that would take many minutes. */
static void a_word_without_end_is_read_once(void **state)
{
	static const char letter[] = "x\u0301";
	struct text t;
	struct secret_scan scan_state;
	struct matches m = {0};
	size_t alive;
	secret_scan_init(&scan_state);
	assert_int_equal(text_init(&t, 1u << 20), 0);
	alarm(60);
	for (size_t i = 0; i < 60000; i++) {
		assert_int_equal(text_feed(&t, letter, sizeof(letter) - 1), 0);
		assert_int_equal(
		    secret_scan(&scan_state, &t, &policy, &m, &alive), 0);
	}
	alarm(0);
	matches_clear(&m);
	text_clear(&t);
}

static void ordinary_talk(void **state)
{
	struct shared_rows *rows = shared_open("benign_agent_sgd.jsonl");
	if (!rows)
		skip();
	const json_t *row;
	unsigned found = 0;
	while ((row = shared_next(rows))) {
		size_t len;
		const char *s = shared_text(row, "text", &len);
		struct matches m = {0};
		assert_int_equal(scan_whole(&kind, s, len, &m), 0);
		if (m.n)
			print_message("%s\n", s);
		found += m.n > 0;
		matches_clear(&m);
	}
	shared_close(rows);
	assert_int_equal(found, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_secrets),
	    cmocka_unit_test(same_for_every_cutting),
	    cmocka_unit_test(beside_anything),
	    cmocka_unit_test(finds_the_keys_of_issuers),
	    cmocka_unit_test(finds_what_is_random),
	    cmocka_unit_test(a_rule_for_randomness_hides_no_key),
	    cmocka_unit_test(most_drawn_strings_are_found),
	    cmocka_unit_test(out_of_memory),
	    cmocka_unit_test(a_key_without_end_is_cut),
	    cmocka_unit_test(lets_go_of_ordinary_text),
	    cmocka_unit_test(a_word_without_end_is_read_once),
	    cmocka_unit_test(ordinary_talk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
