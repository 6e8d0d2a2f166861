/* erased: what is told without the text. */
#include "proxy/handoff/erased.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char web[] = "web", c1[] = "c-1", care[] = "care",
	    key[] = "h-1/requested", requested[] = "handoff.requested",
	    billing[] = "billing", high[] = "high", refund[] = "offers/refund",
	    zone[] = "zone", words[] = "secret words", record[] = "{secret}";

static void expect(const struct store_handoff *h, const char *want)
{
	const struct store_delivery d = {.handoff = "h-1",
	    .family = web,
	    .conversation = c1,
	    .destination = care,
	    .key = key,
	    .event = requested,
	    .created_us = 1793714539907551};
	struct buf out = {0};

	erased_event(&out, &d, h);
	assert_string_equal(out.data, want);
	buf_clear(&out);
}

#define AROUND(handoff)                                                        \
	"{\"conversation_id\":\"c-1\",\"erased\":true,"                        \
	"\"event\":\"handoff.requested\",\"family\":\"web\"," handoff          \
	"\"handoff_id\":\"h-1\",\"id\":\"h-1/requested\","                     \
	"\"time\":\"2026-11-03T14:02:19.907551Z\",\"v\":1}"
#define HANDOFF(reason)                                                        \
	"\"handoff\":{\"conversation_id\":\"c-1\",\"erased\":true,"            \
	"\"family\":\"web\",\"handoff_id\":\"h-1\",\"priority\":\"high\","     \
	"\"queue\":\"billing\",\"reason\":{" reason                            \
	",\"words\":\"The conversation was erased before this could be "       \
	"sent.\"},\"time\":\"2026-11-03T14:02:18.000000Z\",\"v\":1},"

static void test_event(void **state)
{
	struct store_handoff h = {.id = "h-1",
	    .family = web,
	    .conversation = c1,
	    .queue = billing,
	    .priority = high,
	    .reason = refund,
	    .words = words,
	    .record = record,
	    .requested_us = 1793714538000000};

	expect(&h, AROUND(HANDOFF("\"rule\":\"offers/refund\"")));
	h.reason = zone;
	expect(&h, AROUND(HANDOFF("\"cause\":\"zone\"")));
	expect(&(struct store_handoff){0}, AROUND(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_event),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
