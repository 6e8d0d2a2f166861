/*
 * conn_time - the timeouts of a conn, on one timer.
 *
 * Each timeout is a moment in the past and a length; nothing is stored that
 * could be wrong. The timer is moved only to an earlier time: one that fires
 * too early looks again, which is cheaper than moving it with every byte.
 */
#include "proxy/net/conn_private.h"

#include <stdio.h>

/* When this timeout is due, 0: not running. */
static int64_t due(const struct conn *c, enum conn_timeout kind)
{
	bool transfers =
	    c->state == CONN_STATE_OPEN || c->state == CONN_STATE_FLUSHING;
	int64_t since = 0;
	switch (kind) {
	case CONN_TIMEOUT_CONNECT:
		since = c->state == CONN_STATE_CONNECTING ? c->phase_us : 0;
		break;
	case CONN_TIMEOUT_HANDSHAKE:
		since = c->state == CONN_STATE_HANDSHAKING ? c->phase_us : 0;
		break;
	case CONN_TIMEOUT_IDLE:
		since = transfers ? c->moved_us : 0;
		break;
	case CONN_TIMEOUT_WRITE:
		if (c->state == CONN_STATE_FLUSHING ||
		    (c->state == CONN_STATE_OPEN && c->output.len))
			since = c->write_us;
		break;
	case CONN_TIMEOUT_LINGER:
		since = c->state == CONN_STATE_LINGERING ? c->phase_us : 0;
		break;
	}
	if (!since || !c->timeout_ms[kind])
		return 0;
	return since + (int64_t)c->timeout_ms[kind] * 1000;
}

void conn_time_set(struct conn *c)
{
	int64_t first = 0;
	for (int kind = 0; kind < CONN_TIMEOUTS; kind++) {
		int64_t at = due(c, kind);
		if (at && (!first || at < first))
			first = at;
	}
	if (!first ||
	    (loop_timer_is_armed(&c->timer) && c->timer.due_us <= first))
		return;
	int64_t left = first - loop_now_us(c->loop);
	loop_timer_arm_ms(&c->timer, left > 0 ? (uint64_t)left / 1000 + 1 : 0);
}

static void time_out(struct conn *c, enum conn_timeout kind)
{
	static const struct {
		enum conn_reason reason;
		const char *text;
	} ends[CONN_TIMEOUTS] = {
	    [CONN_TIMEOUT_CONNECT] = {CONN_CONNECT_TIMEOUT, "no connection"},
	    [CONN_TIMEOUT_HANDSHAKE] = {CONN_HANDSHAKE_TIMEOUT,
		"TLS handshake not done"},
	    [CONN_TIMEOUT_IDLE] = {CONN_IDLE_TIMEOUT, "no byte came or went"},
	    [CONN_TIMEOUT_WRITE] = {CONN_WRITE_TIMEOUT,
		"the peer took no output"},
	    [CONN_TIMEOUT_LINGER] = {CONN_DONE, "the peer did not end"},
	};
	char text[80];
	snprintf(text, sizeof(text), "%s within %llu ms", ends[kind].text,
	    (unsigned long long)c->timeout_ms[kind]);
	conn_close(c, ends[kind].reason, text);
}

void conn_time_fired(void *arg)
{
	struct conn *c = arg;
	int64_t now = loop_now_us(c->loop);
	for (int kind = 0; kind < CONN_TIMEOUTS; kind++) {
		int64_t at = due(c, kind);
		if (!at || at > now)
			continue;
		time_out(c, kind);
		return;
	}
	conn_time_set(c);
}
