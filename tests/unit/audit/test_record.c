/*
 * record: what stands in a line, its canonical form, its length, and that
 * every field and every type is covered.
 */
#include "proxy/audit/record.h"

#include "proxy/audit/record_fields.h"
#include "proxy/audit/scan.h"
#include "proxy/base/mem.h"
#include "rules/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

static const struct record_maker maker = {.node = "px-1", .key = {7}};

/* A policy of two rules, as the loader would have made it. */
static const struct rule rules[] = {
    {.info = {.id = "offers/refund-over-limit",
	 .title = "Refund above $50 needs an approval id",
	 .why = "Refunds above $50 must carry an approval.",
	 .file = "packs/offers.yaml",
	 .line = 47,
	 .version = 3,
	 .severity = GUARD_SEVERITY_HIGH}},
    {.info = {.id = "risk/weak",
	 .title = "A weak signal",
	 .file = "packs/risk.yaml",
	 .changed = "policy.yaml:15",
	 .line = 3,
	 .version = 1}},
};
static const struct guard_policy policy = {.rules = rules, .n_rules = 2};

static const struct guard_hit hits[] = {
    {.start = 3,
	.end = 9,
	.rule = 1,
	.action = GUARD_FLAG,
	.mode = GUARD_SHADOW},
    {.start = 29,
	.end = 35,
	.rule = 0,
	.action = GUARD_HANDOFF,
	.mode = GUARD_ENFORCE,
	.what = "money 75 USD > 50"},
    {.start = 40,
	.end = 44,
	.rule = 1,
	.action = GUARD_FLAG,
	.mode = GUARD_SHADOW},
};
static const struct guard_verdict verdict = {.action = GUARD_HANDOFF,
    .hits = hits,
    .n_hits = 3,
    .deciding = 1,
    .queue = "billing",
    .priority = "normal"};
static const struct guard_approval approvals[] = {
    {.name = "refund",
	.id = "APR-1",
	.up_to_minor = 7500,
	.currency = "USD",
	.uses = 1},
    {.name = "discount",
	.id = "APR-2",
	.up_to_minor = -1,
	.expires_us = 1000000,
	.uses = 2},
    {.name = "refund", .id = "APR-3", .up_to_minor = 1, .uses = 0},
};
static const struct guard_counted counted[] = {
    {"p/late", GUARD_COUNTED_SIGNAL, "", 0, 2},
    {"p/credit", GUARD_COUNTED_MONEY, "USD", 4000, 1},
    {"p/credit", GUARD_COUNTED_MONEY, "USD", 1000, 3}};
static const struct guard_session session = {.time_us = 1793714539907551,
    .ai_turn = 4,
    .channel = "chat",
    .segment = "consumer",
    .language = "en-US",
    .interaction_type = "billing dispute",
    .zone = "ai assists",
    .customer = "cust-77",
    .resolved = GUARD_NO,
    .approvals = approvals,
    .n_approvals = 3,
    .n_customer_said = 4,
    .n_ai_said = 3,
    .counted = counted,
    .n_counted = 3};

static struct record full(enum record_type type)
{
	return (struct record){.type = type,
	    .time_us = 1793714539907551,
	    .family = "web",
	    .conversation = "c-91f3",
	    .conv_seq = 8,
	    .channel = "chat",
	    .trace = "4bf92f3577b34da6a3ce929d0e0e4736",
	    .stream = "0123456789abcdef0123456789abcdef",
	    .policy = "sha256:78db",
	    .speaker = GUARD_AI,
	    .commit = "sha256:43da",
	    .bytes = 49,
	    .vault = "v-1",
	    .released = 12,
	    .verdict = &verdict,
	    .judged_by = &policy,
	    .inputs = &session,
	    .undecided = "cannot_read",
	    .judged_us = 88,
	    .handoff = {.id = "h-3302", .cause = "rule", .destination = "desk"},
	    .actor = "jo",
	    .action_name = "pause",
	    .detail = "all",
	    .basis = "GDPR 17",
	    .engine = "0.1.0",
	    .previous = "sha256:1111",
	    .examples = 67,
	    .n_rules = 40,
	    .environment = "production",
	    .modes = {.known = true, .enforce = 38, .shadow = 2},
	    .until_us = 1793714600000000,
	    .from_us = 1,
	    .to_us = 2000000,
	    .lost = 3,
	    .opened = 17,
	    .judged_total = 5,
	    .forwarded_total = 4,
	    .held_total = 1};
}

/* The line with its number, checked to be one canonical line. */
static char *line_of(const struct record *r)
{
	struct buf b = {0};
	record_line(&maker, r, &b);
	assert_true(b.len <= RECORD_MAX_BYTES);
	char *mark = memchr(b.data, RECORD_SEQ_MARK, b.len);
	assert_non_null(mark);
	*mark = '5';
	assert_null(memchr(b.data, RECORD_SEQ_MARK, b.len));
	assert_ptr_equal(strchr(b.data, '\n'), b.data + b.len - 1);
	b.data[b.len - 1] = '\0';
	json_error_t error;
	json_t *json = json_loads(b.data, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL)
		fail_msg("%s: %s", error.text, b.data);
	char *again = json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
	assert_string_equal(b.data, again);
	free(again);
	json_decref(json);
	assert_true(scan_is_whole(b.data, strlen(b.data)));
	return buf_steal(&b);
}

static void test_decision(void **state)
{
	struct record r = full(RECORD_DECISION);
	r.undecided = NULL;
	r.stream = NULL;
	r.released = -1;
	char *line = line_of(&r);
	char conversation[RECORD_PSEUDONYM_SIZE],
	    customer[sizeof(conversation)];
	record_pseudonym(&maker, "conversation", "web", "c-91f3", conversation);
	record_pseudonym(&maker, "customer", NULL, "cust-77", customer);
	char *expected = mem_printf(
	    "{\"conv_seq\":8,\"conversation\":\"%s\",\"handoff\":{\"cause\":"
	    "\"rule\",\"destination\":\"desk\",\"id\":\"h-3302\",\"priority\":"
	    "\"normal\",\"queue\":\"billing\"},\"inputs\":{\"ai_said\":3,"
	    "\"ai_turn\":4,\"approvals\":{\"discount\":[{\"expires\":"
	    "\"1970-01-01T00:00:01.000000Z\",\"id\":\"APR-2\",\"uses\":2}],"
	    "\"refund\":[{\"currency\":\"USD\",\"id\":\"APR-1\","
	    "\"up_to_minor\":7500,\"uses\":1},{\"id\":\"APR-3\","
	    "\"up_to_minor\":1,\"uses\":0}]},\"channel\":\"chat\","
	    "\"counted\":[{\"currency\":\"USD\",\"kind\":\"money\","
	    "\"name\":\"p/credit\",\"times\":3,\"value\":1000},"
	    "{\"currency\":\"USD\",\"kind\":\"money\",\"name\":\"p/credit\","
	    "\"times\":1,\"value\":4000},{\"kind\":\"signal\",\"name\":"
	    "\"p/late\",\"times\":2,\"value\":0}],"
	    "\"customer\":\"%s\",\"customer_said\":4,\"interaction_type\":"
	    "\"billing dispute\",\"locale\":\"en-US\",\"resolved\":false,"
	    "\"segment\":\"consumer\",\"zone\":\"ai assists\"},"
	    "\"judged_us\":88,\"msg\":{\"bytes\":49,\"commit\":\"sha256:43da\","
	    "\"vault\":\"v-1\"},\"node\":\"px-1\",\"policy\":\"sha256:78db\","
	    "\"reason\":\"Refunds above $50 must carry an approval.\","
	    "\"rules\":[{\"action\":\"handoff\",\"line\":"
	    "\"packs/offers.yaml:47\",\"mode\":\"enforce\",\"rule\":"
	    "\"offers/refund-over-limit\",\"severity\":\"high\",\"spans\":"
	    "[{\"end\":35,\"start\":29,\"what\":\"money 75 USD > 50\"}],"
	    "\"version\":3},{\"action\":\"flag\",\"changed\":\"policy.yaml:"
	    "15\","
	    "\"line\":\"packs/risk.yaml:3\","
	    "\"mode\":\"shadow\",\"rule\":\"risk/weak\",\"severity\":\"low\","
	    "\"spans\":[{\"end\":9,\"start\":3},{\"end\":44,\"start\":40}],"
	    "\"version\":1}],\"seq\":5,\"speaker\":\"ai\",\"time\":"
	    "\"2026-11-03T14:02:19.907551Z\",\"trace\":"
	    "\"4bf92f3577b34da6a3ce929d0e0e4736\",\"type\":\"decision\","
	    "\"v\":1,\"verdict\":\"handoff\"}",
	    conversation, customer);
	assert_string_equal(line, expected);
	free(expected);
	free(line);
}

/* Every field of the table appears in every type it belongs to and in no
 * other, and the table knows every key that appears. */
static void test_every_field_and_type(void **state)
{
	for (int type = 0; type < RECORD_TYPES; type++) {
		struct record r = full((enum record_type)type);
		r.reason = "because";
		char *line = line_of(&r);
		json_t *json = json_loads(line, 0, NULL);
		size_t n = 0;
		for (size_t i = 0; i < record_n_fields; i++) {
			const struct record_field *f = &record_fields[i];
			bool belongs = f->types >> type & 1;
			bool there = json_object_get(json, f->name) != NULL;
			if (strcmp(f->name, "shortened") == 0)
				belongs = false;
			if (belongs != there)
				fail_msg("%s in %s: %s", f->name,
				    record_type_name(r.type), line);
			n += there;
		}
		assert_int_equal(json_object_size(json), n);
		json_decref(json);
		free(line);
	}
}

static void test_table_is_sorted_and_described(void **state)
{
	for (size_t i = 0; i < record_n_fields; i++) {
		const struct record_field *f = &record_fields[i];
		assert_non_null(f->about);
		assert_true(f->types != 0);
		assert_int_equal(f->kind == RECORD_OTHER, f->write != NULL);
		assert_int_equal(f->kind == RECORD_OTHER, f->schema != NULL);
		if (i > 0)
			assert_true(
			    strcmp(record_fields[i - 1].name, f->name) < 0);
	}
}

static void test_empty_records(void **state)
{
	for (int type = 0; type < RECORD_TYPES; type++) {
		struct record r = {.type = (enum record_type)type};
		char *line = line_of(&r);
		for (size_t i = 0; i < record_n_fields; i++) {
			const struct record_field *f = &record_fields[i];
			size_t len;
			bool must = f->always && (f->types >> type & 1);
			if (must &&
			    scan_field(line, strlen(line), f->name, &len) ==
				NULL)
				fail_msg("no %s in %s", f->name, line);
		}
		free(line);
	}
}

/* The largest and ugliest of everything still fits, and says so. */
static void test_shortened(void **state)
{
	size_t n = 5000;
	struct guard_hit *many = mem_array(n, sizeof(*many));
	struct guard_approval *grants = mem_array(n, sizeof(*grants));
	static char ugly[200000], euros[200001];
	memset(ugly, 0x01, sizeof(ugly) - 1);
	for (size_t i = 0; i + 3 < sizeof(euros); i += 3)
		memcpy(euros + i, "\xe2\x82\xac", 3);
	for (size_t i = 0; i < n; i++) {
		many[i] = (struct guard_hit){.start = i,
		    .end = i + 1,
		    .rule = i % 2,
		    .action = GUARD_BLOCK,
		    .mode = GUARD_ENFORCE,
		    .what = ugly};
		grants[i] =
		    (struct guard_approval){.name = i % 3 ? ugly : euros,
			.id = ugly,
			.currency = ugly,
			.up_to_minor = INT64_MAX};
	}
	struct guard_verdict v = {.action = GUARD_BLOCK,
	    .hits = many,
	    .n_hits = n,
	    .deciding = n - 1};
	struct guard_session s = {.channel = ugly,
	    .segment = ugly,
	    .language = ugly,
	    .interaction_type = ugly,
	    .zone = ugly,
	    .customer = ugly,
	    .approvals = grants,
	    .n_approvals = n};
	for (int type = 0; type < RECORD_TYPES; type++) {
		struct record r = full((enum record_type)type);
		r.verdict = &v;
		r.inputs = &s;
		r.reason = r.trace = r.stream = r.policy = ugly;
		r.commit = r.vault = r.undecided = ugly;
		r.handoff =
		    (struct record_handoff){ugly, ugly, ugly, ugly, ugly};
		r.actor = r.action_name = r.detail = r.basis = euros;
		r.engine = r.previous = r.channel = euros;
		char *line = line_of(&r);
		json_t *json = json_loads(line, 0, NULL);
		bool says = json_is_true(json_object_get(json, "shortened"));
		bool long_ones = type != RECORD_HEARTBEAT || r.policy == ugly;
		assert_int_equal(says, long_ones);
		json_decref(json);
		free(line);
	}
	free(many);
	free(grants);
}

static void test_many_hits_keep_the_deciding_one(void **state)
{
	struct guard_hit many[1000];
	for (size_t i = 0; i < 1000; i++)
		many[i] = (struct guard_hit){.start = i,
		    .end = i + 1,
		    .rule = i == 999 ? 0 : 1,
		    .action = GUARD_FLAG,
		    .mode = GUARD_ENFORCE};
	struct guard_verdict v = {.action = GUARD_HANDOFF,
	    .hits = many,
	    .n_hits = 1000,
	    .deciding = 999};
	struct record r = full(RECORD_DECISION);
	r.verdict = &v;
	char *line = line_of(&r);
	assert_non_null(strstr(line, "\"shortened\":true"));
	assert_non_null(strstr(line, "\"start\":999"));
	assert_non_null(strstr(line, "\"start\":399"));
	assert_null(strstr(line, "\"start\":400,"));
	free(line);
}

static void test_pseudonyms(void **state)
{
	struct record_maker other = maker;
	other.key[31] ^= 1;
	char a[RECORD_PSEUDONYM_SIZE], b[RECORD_PSEUDONYM_SIZE];
	record_pseudonym(&maker, "conversation", "web", "1", a);
	assert_int_equal(strlen(a), 18);
	assert_int_equal(strspn(a + 2, "0123456789abcdef"), 16);
	static const char *const others[][3] = {{"customer", "web", "1"},
	    {"conversation", "web", "2"}, {"conversation", "we", "b1"},
	    {"conversation", "", "web1"}, {"conversationweb", "", "1"}};
	for (size_t i = 0; i < 5; i++) {
		record_pseudonym(
		    &maker, others[i][0], others[i][1], others[i][2], b);
		assert_string_not_equal(a, b);
	}
	record_pseudonym(&other, "conversation", "web", "1", b);
	assert_string_not_equal(a, b);
	record_pseudonym(&maker, "conversation", "web", "1", b);
	assert_string_equal(a, b);
}

/* Computed with coreutils:
 * printf 'msg-v1\0%s%s' 0123456789abcdef 'Hello' | sha256sum */
static void test_commitment(void **state)
{
	char a[RECORD_COMMIT_SIZE], b[RECORD_COMMIT_SIZE];
	unsigned char salt[RECORD_SALT_BYTES], again[RECORD_SALT_BYTES];
	record_commit_with(
	    "Hello", 5, (const unsigned char *)"0123456789abcdef", a);
	assert_string_equal(a,
	    "sha256:"
	    "80a4eee1bb51a472cd0636cb4b20fe4159d125c1ec450ef88f0877cbe2f58f59");
	record_commit("Hello", 5, salt, a);
	record_commit("Hello", 5, again, b);
	assert_memory_not_equal(salt, again, sizeof(salt));
	assert_string_not_equal(a, b);
	record_commit_with("Hello", 5, salt, b);
	assert_string_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_decision),
	    cmocka_unit_test(test_every_field_and_type),
	    cmocka_unit_test(test_table_is_sorted_and_described),
	    cmocka_unit_test(test_empty_records),
	    cmocka_unit_test(test_shortened),
	    cmocka_unit_test(test_many_hits_keep_the_deciding_one),
	    cmocka_unit_test(test_pseudonyms),
	    cmocka_unit_test(test_commitment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
