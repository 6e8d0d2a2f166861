/* Streams to play, and what of them left, for the tests of frames. */
#ifndef HANDRAIL_TESTS_RELAY_FRAMES_KIT_H
#define HANDRAIL_TESTS_RELAY_FRAMES_KIT_H

#include "proxy/channel/channel.h"
#include "proxy/relay/frames.h"
#include "tests/unit/relay/frames_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_HELD (256 * 1024)

struct fixture {
	struct channel *channel;
	struct guard_policy *policy;
	struct guard_scanner *scanner;
	struct guard_session session;
};

static inline void print_diag(const struct diag *d, void *arg)
{
	print_error("%s:%u:%u %s %s\n", d->file ? d->file : "", d->line, d->col,
	    d->code, d->message);
}

static inline int setup_with(void **state, const char *policy, const char *pack)
{
	struct fixture *x = calloc(1, sizeof(*x));
	const struct guard_file files[] = {
	    {"policy.yaml", policy, strlen(policy)},
	    {"packs/p.yaml", pack, strlen(pack)},
	};
	struct guard_source source = {.own = files, .n_own = 2};
	static const char channel_yaml[] = "preset: openai-chat\n";
	assert_int_equal(
	    guard_policy_load(&x->policy, &source, NULL, print_diag, NULL), 0);
	struct yaml_doc *doc = yaml_parse(
	    "c.yaml", channel_yaml, sizeof(channel_yaml) - 1, print_diag, NULL);
	assert_non_null(doc);
	x->channel = channel_load(doc, yaml_root(doc), "web", print_diag, NULL);
	assert_non_null(x->channel);
	yaml_doc_free(doc);
	x->scanner = guard_scanner_new();
	*state = x;
	return 0;
}

static inline int setup(void **state)
{
	return setup_with(state, policy_yaml, pack_yaml);
}

static inline int teardown(void **state)
{
	struct fixture *x = *state;
	guard_scanner_free(x->scanner);
	guard_policy_unref(x->policy);
	channel_free(x->channel);
	free(x);
	return 0;
}

static inline struct frames *begin(struct fixture *x)
{
	return frames_new(&(struct frames_options){x->channel, x->policy,
	    &x->session, x->scanner, 8, MAX_HELD, NULL, NULL});
}

static inline void delta(struct buf *out, const char *members)
{
	buf_printf(out,
	    "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\","
	    "\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,%s}]}"
	    "\n\n",
	    members);
}

/* A stream that says text in pieces of so many bytes. */
static inline void stream_of(struct buf *out, const char *text, size_t piece)
{
	delta(out,
	    "\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
	    "\"finish_reason\":null");
	for (size_t i = 0; i < strlen(text); i += piece) {
		char members[256];
		snprintf(members, sizeof(members),
		    "\"delta\":{\"content\":\"%.*s\"},\"finish_reason\":null",
		    (int)piece, text + i);
		delta(out, members);
	}
	delta(out, "\"delta\":{},\"finish_reason\":\"stop\"");
	buf_adds(out, "data: [DONE]\n\n");
}

struct played {
	struct buf out; /* what the customer got */
	enum guard_action action;
	struct told told;
};

static inline void played_clear(struct played *p)
{
	buf_clear(&p->out);
	told_clear(&p->told);
}

/* Play the relay: feed, take, record edits at once, close. */
static inline void play(
    struct fixture *x, const struct buf *in, size_t step, struct played *p)
{
	struct buf *out = &p->out;
	*p = (struct played){0};
	told_init(&p->told);
	struct frames *f = begin(x);
	enum frames_state state = FRAMES_OPEN;
	for (size_t i = 0; i < in->len && state == FRAMES_OPEN; i += step) {
		size_t n = in->len - i < step ? in->len - i : step;
		state = frames_feed(f, in->data + i, n);
		frames_edits_recorded(f, frames_edits(f));
		frames_take(f, out);
	}
	if (state == FRAMES_OPEN)
		state = frames_end(f);
	if (state != FRAMES_OVER)
		frames_close(f);
	frames_take(f, out);
	p->action = frames_verdicts(f)->action;
	frames_told(f, frames_verdicts(f),
	    verdicts_withhold(frames_verdicts(f)), &p->told);
	struct channel_emit emit = {.time_s = 1, .id = "x"};
	if (p->action >= GUARD_REPLACE) {
		emit.text = span_str(frames_verdicts(f)->say);
		frames_cut(f, &emit, out);
	} else if (state == FRAMES_OVER) {
		frames_release(f, &emit);
		frames_take(f, out);
	}
	frames_free(f);
}

static const size_t steps[] = {1, 3, 17, 64, 1000, 100000};
#endif
