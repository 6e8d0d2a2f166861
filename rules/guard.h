/*
 * guard - the judging engine: policy in, message in, verdict out. This header
 * is its whole face, with the six it includes; guard_author.h is for
 * authors' tools.
 *
 *     struct guard_policy *policy;
 *     if (guard_policy_load(&policy, &source, NULL, report, NULL))
 *             return;                         ... report() has said why
 *     struct guard_scanner *scanner = guard_scanner_new();
 *     struct guard_verdict v;
 *     guard_check(scanner, policy, &session, &message, &v);
 *     if (v.action == GUARD_DELIVER) ...
 *     guard_scanner_free(scanner);
 *     guard_policy_unref(policy);
 *
 * Units. Offsets and lengths are bytes of the original UTF-8 text, times unix
 * microseconds, amounts minor units of their currency.
 *
 * Ownership. Arguments are borrowed for the call unless said otherwise. What
 * is answered is borrowed from what answered it; policies are counted.
 *
 * Errors. Loading answers a code and says every fault to a function of the
 * caller's. Judging cannot fail: limits, memory and texts that are no text set
 * `undecided`, and the policy's fallback is the verdict, so there is no error
 * path to forget. Nothing exits, prints or throws; a broken contract asserts.
 *
 * Threads. A policy may be used by any number of threads at once, a scanner or
 * a stream by one at a time. There are no globals.
 *
 * The same policy bytes, session and message give the same verdict on every
 * machine: no clock, locale, file, floating point or randomness is involved.
 */
#ifndef HANDRAIL_RULES_GUARD_H
#define HANDRAIL_RULES_GUARD_H

#include "rules/guard_classify.h"
#include "rules/guard_interaction.h"
#include "rules/guard_memory.h"
#include "rules/guard_policy.h"
#include "rules/guard_session.h"
#include "rules/guard_verdict.h"

#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(default)

/* ---- whole messages ---- */

struct guard_scanner; /* scratch of one thread, reused from call to call */

/* NULL when memory runs out. */
struct guard_scanner *guard_scanner_new(void);
void guard_scanner_free(struct guard_scanner *); /* accepts NULL */

/*
 * Judge one whole message. session may be NULL: nothing is known. *out and its
 * arrays are borrowed from the scanner until its next use, its strings from
 * the policy, to which the caller holds a reference for as long as it uses
 * *out.
 */
void guard_check(struct guard_scanner *, const struct guard_policy *,
    const struct guard_session *, const struct guard_message *,
    struct guard_verdict *out);

/* ---- messages that arrive in pieces (DESIGN.md section 5) ---- */

struct guard_stream; /* one message */

/*
 * Begin a message. The stream takes its own reference to the policy and a
 * copy of what it needs of the session (which may be NULL), and keeps the
 * message's text. NULL when memory runs out: treat as GUARD_CANNOT_DECIDE.
 */
struct guard_stream *guard_stream_new(
    struct guard_policy *, const struct guard_session *, enum guard_speaker);
void guard_stream_free(struct guard_stream *); /* accepts NULL */

struct guard_progress {
	size_t safe_len; /* leading bytes of the original that may be
			    released now, with the edits inside them
			    applied; never shrinks */
	const struct guard_edit *edits; /* settled ones, all with end <=
					   safe_len; only ever more are added */
	size_t n_edits;
	bool cut;      /* an enforced HANDOFF is settled: stop reading */
	bool withheld; /* REPLACE or BLOCK is settled: nothing more will be
			  released, read on for a handoff */
};
/* The next bytes, cut anywhere, inside a character too. out->edits is borrowed
 * from the stream until its next use. After a cut, bytes are ignored. */
void guard_stream_feed(struct guard_stream *, const char *bytes, size_t len,
    struct guard_progress *out);
/*
 * No more bytes will come (also to be called after a cut, for the verdict).
 * Equal to guard_check of the whole text, but that hits after a cut are not
 * looked for. Edits are all of them, released ones included. *out is borrowed
 * from the stream until it is freed.
 */
void guard_stream_end(struct guard_stream *, struct guard_verdict *out);
/*
 * Let a stream read on after a cut, so that its end is that of the whole text
 * (for measuring). To be called before the first byte.
 */
void guard_stream_read_on(struct guard_stream *);
/* The text fed so far; borrowed until the next feed. */
struct guard_span_text guard_stream_text(const struct guard_stream *);

/*
 * The queue that takes what is for this one at a time (unix microseconds; 0:
 * not known): itself or, outside its hours, the one the policy names. Verdicts
 * name that one already; for fallbacks and other handoffs. Borrowed.
 */
const char *guard_open_queue(
    const struct guard_policy *, const char *queue, int64_t time_us);

#pragma GCC visibility pop

#endif
