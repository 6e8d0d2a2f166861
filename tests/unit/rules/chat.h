/*
 * chat - a conversation under a policy of YAML: each message is judged, then,
 * when it is delivered, remembered.
 *
 *     struct chat chat;
 *     chat_open(&chat, "rules:\n ...");     of the pack p
 *     CHAT(&chat, "I credit $40.", "deliver:");
 *     CHAT(&chat, "I credit $20.", "handoff: *p/a[9-12] money ...");
 *     chat_close(&chat);
 */
#ifndef HANDRAIL_TESTS_UNIT_RULES_CHAT_H
#define HANDRAIL_TESTS_UNIT_RULES_CHAT_H

#include "tests/support/every_cut.h"
#include "tests/unit/rules/policy_source.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct chat {
	struct guard_policy *policy;
	struct guard_scanner *scanner;
	struct guard_session session;
	struct guard_memory memory;
	struct guard_verdict verdict;
	char said[1024]; /* the verdict in words */
	size_t released; /* over all cuttings */
};

/* Two lists every pack may use. */
#define CHAT_LISTS                                                             \
	"format: 1\nkind: lists\nlists:\n"                                     \
	"  refund words: [credit*, refund*]\n"                                 \
	"  offer words: [offer*, give you, can do, \"off\"]\n"

static inline struct guard_policy *chat_load(
    struct policy_source *s, const char *blocks)
{
	static char pack[8192];
	*s = (struct policy_source){.n_own = 0};
	snprintf(pack, sizeof(pack),
	    PACK_HEAD "timezone: America/New_York\nuse_lists: [words]\n%s",
	    blocks);
	source_add(s, "policy.yaml", POLICY);
	source_add(s, "packs/p.yaml", pack);
	source_add(s, "lists/words.yaml", CHAT_LISTS);
	return source_load(s);
}

static inline void chat_open(struct chat *c, const char *blocks)
{
	struct policy_source s;
	*c = (struct chat){.policy = chat_load(&s, blocks)};
	if (!c->policy)
		fail_msg("%s %s:%u:%u %s (%s)", s.code, s.file, s.line, s.col,
		    s.message, s.hint);
	c->scanner = guard_scanner_new();
	assert_non_null(c->scanner);
}

static inline void chat_close(struct chat *c)
{
	guard_memory_clear(&c->memory);
	guard_scanner_free(c->scanner);
	guard_policy_unref(c->policy);
}

/* "handoff: *p/a[3-9] what; p/b[4-8]shadow", a * at the deciding one. */
static inline void chat_describe(struct chat *c)
{
	const struct guard_verdict *v = &c->verdict;
	size_t size = sizeof(c->said);
	int n = snprintf(c->said, size, "%s%s%s:", guard_action_name(v->action),
	    v->undecided ? " undecided " : "",
	    v->undecided ? guard_undecided_name(v->undecided) : "");
	for (size_t i = 0; i < v->n_hits && n < 900; i++) {
		const struct guard_hit *h = &v->hits[i];
		struct guard_rule_info info;
		guard_policy_rule(c->policy, h->rule, &info);
		n += snprintf(c->said + n, size - (size_t)n,
		    " %s%s[%zu-%zu]%s%s%s", i == v->deciding ? "*" : "",
		    info.id, h->start, h->end,
		    h->mode == GUARD_SHADOW ? "shadow" : "", h->what ? " " : "",
		    h->what ? h->what : "");
	}
}

/* Judge whole and in every cutting; remember what is delivered. */
static inline const char *chat_say(struct chat *c, const char *text)
{
	const struct guard_message m = {GUARD_AI, text, strlen(text)};
	c->session.counted = c->memory.rows;
	c->session.n_counted = c->memory.n;
	const struct every_cut in = {c->policy, c->scanner, &c->session};
	c->released = every_cut(&in, text);
	guard_check(c->scanner, c->policy, &c->session, &m, &c->verdict);
	chat_describe(c);
	if (c->verdict.action < GUARD_REPLACE) {
		size_t len;
		char *out = guard_apply_edits(
		    text, m.len, c->verdict.edits, c->verdict.n_edits, &len);
		const struct guard_message seen = {GUARD_AI, out, len};
		assert_int_equal(guard_remember(c->scanner, c->policy,
				     &c->session, &seen, &c->memory),
		    0);
		free(out);
	}
	c->session.ai_turn++;
	return c->said;
}

#define CHAT(c, text, expected)                                                \
	do {                                                                   \
		const char *is_ = chat_say(c, text);                           \
		if (strcmp(is_, expected))                                     \
			fail_msg("\"%s\": %s, not %s", text, is_, expected);   \
	} while (0)

#endif
