/*
 * guard_classify - classifiers: outside services that score texts. The engine
 * says what it wants to know of which text, the caller asks, and what is
 * answered is an input like any other: with the same answers the verdict is
 * the same, whoever gave them.
 *
 *     guard_check(scanner, policy, &session, &message, &v);
 *     asks = guard_scanner_asks(scanner, &n);
 *     ... n > 0: find the answers out, add them to session.answers, and judge
 *     again; without them v is "could not decide"
 *
 * A classifier reads sentence by sentence, in NFKC and without invisible
 * characters, so that a text is asked about in the same pieces however it
 * arrives. Answers belong to texts, not to places: a sentence said twice is
 * asked about once.
 */
#ifndef HANDRAIL_RULES_GUARD_CLASSIFY_H
#define HANDRAIL_RULES_GUARD_CLASSIFY_H

#include "rules/guard_policy.h"

#define GUARD_SCORE_ONE 1000000u /* scores are millionths, from 0 to this */

struct guard_score {
	const char *label; /* NULL: whichever */
	uint32_t score;
};
/* What a classifier says of a text. No scores: it could not be asked, or its
 * answer was none; where an enforced rule wants it, nothing can be decided. */
struct guard_answer {
	const char *classifier;
	const char *text; /* len bytes, as in the ask; NULL: of any text */
	size_t len;
	const struct guard_score *scores;
	size_t n_scores;
};
struct guard_answers {
	const struct guard_answer *items;
	size_t n;
};

/* A sentence of the message nobody has answered for yet. */
struct guard_ask {
	size_t classifier; /* index for guard_policy_classifier */
	const char *text;  /* len bytes of UTF-8 */
	size_t len;
	size_t start, end; /* of it in the message */
};

#pragma GCC visibility push(default)

/* The classifiers the policy's rules name, by index; where one stands first. */
size_t guard_policy_classifiers(const struct guard_policy *);
const char *guard_policy_classifier(const struct guard_policy *, size_t index);
struct guard_place guard_policy_classifier_place(
    const struct guard_policy *, size_t index);
/* Does a rule ask for this label of it? */
bool guard_policy_wants_label(
    const struct guard_policy *, size_t index, const char *label);

struct guard_scanner;
struct guard_stream;

/* What the last guard_check wanted to know and was not told. Borrowed until
 * the scanner's next use. */
const struct guard_ask *guard_scanner_asks(
    const struct guard_scanner *, size_t *n);

/*
 * Of a stream, whose session.answers is kept by pointer, so that the caller
 * can add to it: what is new since the last call (borrowed until the stream's
 * next use); look again, for there are more answers; is an answer still
 * missing? No more bytes will come, but answers may: to be called before
 * guard_stream_end, if somebody waits for them.
 */
struct guard_progress;
const struct guard_ask *guard_stream_asks(struct guard_stream *, size_t *n);
void guard_stream_look(struct guard_stream *, struct guard_progress *out);
bool guard_stream_waits(const struct guard_stream *);
void guard_stream_close(struct guard_stream *, struct guard_progress *out);

#pragma GCC visibility pop

#endif
