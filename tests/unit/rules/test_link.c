/* link: the host a browser would go to, however it is written. */
#include "rules/link.h"
#include "tests/support/shared.h"
#include "tests/unit/rules/scan_cases.h"

static const char *const hosts[] = {
    "acme.example", "*.acme.example", "b\u00FCcher.example", "10.0.0.1", NULL};
static const struct detector detectors[] = {
    {.kind = DETECTOR_PHRASES},
    {.kind = DETECTOR_LINKS, .hosts = hosts},
};
static const uint32_t links[] = {1};
static const struct guard_policy policy = {.detectors = detectors,
    .n_detectors = 2,
    .of_kind = {[DETECTOR_LINKS] = {links, 1}}};

SCAN_KIND(kind, link, policy);

/* The links outside, "|" between. */
static const struct scan_case cases[] = {
    {"See https://help.acme.example/roaming for details.", ""},
    {"https://acme.example, http://acme.example:8080/x?y#z ACME.example/a", ""},
    {"Pay here https://acme.example.pay-now.test/login",
	"https://acme.example.pay-now.test/login"},
    {"See http://bit.ly/3xYz.", "http://bit.ly/3xYz"},
    {"https://acme.example@evil.test/ https://acme.example:x@evil.test",
	"https://acme.example@evil.test/|https://acme.example:x@evil.test"},
    {"https://evil.test\\@acme.example https://evil.test?acme.example",
	"https://evil.test\\@acme.example|https://evil.test?acme.example"},
    {"https://acme%2Eexample/ https://evil%2etest/ http://%61cme.example",
	"https://evil%2etest/"},
    {"http:evil.test https:/evil.test http:\\\\evil.test //evil.test/x",
	"http:evil.test|https:/evil.test|http:\\\\evil.test|//evil.test/x"},
    {"HTTPS://ACME.EXAMPLE/ \uFF48ttps://\uFF41cme\u3002example/ "
     "ht\u200Btps://ac\u00ADme.example",
	""},
    {"https://xn--bcher-kva.example/ https://b\u00FCcher.example", ""},
    {"https://\u0430cme.example/", "https://\u0430cme.example/"},
    {"[help](https://evil.test/a_(b)) <a href=\"https://evil.test\">x</a>",
	"https://evil.test/a_(b)|https://evil.test"},
    {"[x](//evil.com) (see evil.com) **evil.com**, evil.com.",
	"//evil.com|evil.com|evil.com|evil.com"},
    {"bit.ly/3xYz youtu.be/x www.evil.zz evil.com:80 evil.co.uk?q",
	"bit.ly/3xYz|youtu.be/x|www.evil.zz|evil.com:80|evil.co.uk?q"},
    {"http://1.2.3.4/x http://10.0.0.1/ 1.2.3.4/x 1.2.3.4:80 version 1.2.3.4",
	"http://1.2.3.4/x|1.2.3.4/x|1.2.3.4:80"},
    {"http://[::1]/ http://0x7f.1 ftp://x.y app://x",
	"http://[::1]/|http://0x7f.1|ftp://x.y|app://x"},
    {"javascript:alert(1) data:text/html,x JavaScript:x data:,x",
	"javascript:alert(1)|data:text/html,x|JavaScript:x|data:,x"},
    {"data: 5 GB, data:5 javascript: yes, http: no, note: x http:// and//or",
	""},
    {"I am done.It is fine.So what e.g. this i.e. that 3.5 and 1.250,00", ""},
    {"your account.Click here, v1.2.3/4 a/b and/or 24/7 p.m./a.m. U.S.A.", ""},
    {"write to help@evil.com or me@sub.evil.com", ""},
    {"https&#58;//evil.test &#104;ttp://evil.test",
	"https&#58;//evil.test|&#104;ttp://evil.test"},
    {"https://evil.test", "https://evil.test"},
    {"https://acme.example. https://acme.example./x", ""},
    {"https://user@acme.example/ http://a%40acme.example/",
	"https://user@acme.example/|http://a%40acme.example/"},
    {"acme.example@evil.test/login me@evil.test", "evil.test/login"},
    {"mailto:help@acme.example mailto:me@evil.test", "mailto:me@evil.test"},
    {"hxxps://evil[.]test/x evil[.]test/x evil(dot)com a[DOT]evil.com",
	"hxxps://evil[.]test/x|evil[.]test/x|evil(dot)com|a[DOT]evil.com"},
    {"hxxps://acme[.]example/x help[.]acme(.)example [1] (x) a[.", ""},
    {"[x](javascript: alert(1)) <a href=\"data: x\">", "javascript:|data:"},
    {"\u0441\u0430\u0439\u0442.\u0440\u0444 "
     "\u4F8B\u5B50.\u516C\u53F8 \u044D\u0442\u043E.\u0438",
	"\u0441\u0430\u0439\u0442.\u0440\u0444|"
	"\u4F8B\u5B50.\u516C\u53F8"},
    {"Go to evil.com\u2014it is. \u201Cevil.com\u201D, evil.com\u2019s page "
     "evil.com\U0001F600. evil.com\u3002 evil.com...it evil.com--it",
	"evil.com|evil.com|evil.com|evil.com|evil.com|evil.com|evil.com"},
    {"\u2192evil.com \U0001F449https://evil.com \u2022bit.ly/x "
     "\u2192//evil.com/x "
     "...evil.com",
	"evil.com|https://evil.com|bit.ly/x|//evil.com/x|evil.com"},
    {"\u8BF7\u8BBF\u95EEevil.com\u3002 evil.com\u3067\u3059 "
     "\u8BF7\u8BBF\u95EEhttps://evil.com\u3002 www.evil.zz\u306B",
	"evil.com|evil.com|https://evil.com|www.evil.zz\u306B"},
    {"https://evil.com\u2014it \u201Chttps://evil.com/x\u201D i\u2764.ws "
     "\U0001F600.ws",
	"https://evil.com|https://evil.com/x|i\u2764.ws|\U0001F600.ws"},
    {"acme.example\u2014it acme.example...it https://acme.example\u2014it "
     "\u2192acme.example\U0001F600. \u201Cacme.example\u201D "
     "acme.example\u3067",
	""},
    /* where a browser would go on reading the host */
    {"https://acme.example\u2014x.evil.com acme.example\u3002evil.com "
     "acme.example\u3067\u3059.evil.com \u8BF7acme.example acme.example--x.com",
	"https://acme.example\u2014x.evil.com|evil.com|"
	"acme.example\u3067\u3059.evil.com|acme.example|acme.example--x.com"},
    {"\u201Cyes\u201D.Then a\u2014b.c well...ok socket.io-client a->b.ai_turn "
     "file\u2019s.It "
     "done\U0001F600.So",
	""},
    {"ASP.NET and Node.js, setup.sh, main.rs, README.md, photo.zip", ""},
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static void finds_links_outside(void **state)
{
	scan_check_found(&kind, NULL, cases, N_CASES);
}

static void same_for_every_cutting(void **state)
{
	scan_check_cuttings(&kind, cases, N_CASES);
}

static void out_of_memory(void **state)
{
	scan_check_memory(&kind, "https://evil.test");
}

static void lists_cover_hosts(void **state)
{
	assert_true(link_host_is_listed("acme.example", hosts));
	assert_true(link_host_is_listed("a.b.acme.example", hosts));
	assert_true(link_host_is_listed("b\u00FCcher.example", hosts));
	assert_false(link_host_is_listed("xacme.example", hosts));
	assert_false(link_host_is_listed("acme.example.test", hosts));
	assert_false(link_host_is_listed("a.b\u00FCcher.example", hosts));
	assert_false(link_host_is_listed("", hosts));
}

static void entries_are_folded(void **state)
{
	char entry[LINK_MAX_HOST + 2];
	assert_true(link_list_entry("*.B\u00DCCHER.example.", entry));
	assert_string_equal(entry, "*.b\u00FCcher.example");
	assert_true(link_list_entry("xn--bcher-kva.Example", entry));
	assert_string_equal(entry, "b\u00FCcher.example");
	assert_false(link_list_entry("*.", entry));
	assert_false(link_list_entry("", entry));
}

static void a_link_without_end_is_cut(void **state)
{
	char buf[20000];
	memset(buf, 'a', sizeof(buf));
	memcpy(buf, "https://evil.test/", 18);
	struct matches m = {0};
	assert_int_equal(scan_whole(&kind, buf, sizeof(buf), &m), 0);
	assert_int_equal(m.n, 1);
	assert_int_equal(m.items[0].end, LINK_MAX_BYTES);
	matches_clear(&m);
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
		if (m.n && !strstr(s, "http") && !strstr(s, "www.")) {
			print_message("%s\n", s);
			found++;
		}
		matches_clear(&m);
	}
	shared_close(rows);
	assert_int_equal(found, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(finds_links_outside),
	    cmocka_unit_test(same_for_every_cutting),
	    cmocka_unit_test(out_of_memory),
	    cmocka_unit_test(lists_cover_hosts),
	    cmocka_unit_test(entries_are_folded),
	    cmocka_unit_test(a_link_without_end_is_cut),
	    cmocka_unit_test(ordinary_talk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
