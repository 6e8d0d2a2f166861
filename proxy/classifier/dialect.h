/*
 * dialect - what a classifier is asked, and what it answers. Pure: bytes in,
 * bytes and scores out.
 *
 *   scores       {"text": T}
 *                {"scores": {"insult": 0.93, ...}, "version": V?}, or
 *                {"score": 0.93, "version": V?}
 *   moderation   {"model": M?, "input": T}
 *                {"model": V, "results": [{"category_scores": {...}}]}
 *   chat         {"model": M, "messages": [instruction, T], "temperature": 0}
 *                {"model": V, "choices": [{"message": {"content": LABEL}}]}
 */
#ifndef HANDRAIL_PROXY_CLASSIFIER_DIALECT_H
#define HANDRAIL_PROXY_CLASSIFIER_DIALECT_H

#include "proxy/config/classifier.h"
#include "proxy/wire/span.h"
#include "rules/guard.h"

#define DIALECT_MAX_LABELS 256u
#define DIALECT_MAX_NAME_BYTES                                                 \
	128u                   /* of a label, of a version; longer: cut        \
				*/
#define DIALECT_DIGEST_SIZE 72 /* "sha256:" and 64 digits, NUL */

struct dialect_scores { /* all owned */
	struct guard_score *items;
	size_t n;
	char *version; /* what the service says it is; or NULL */
};
void dialect_scores_clear(struct dialect_scores *);
struct dialect_scores dialect_scores_copy(const struct dialect_scores *);

/* Append the whole request for a text. */
void dialect_write(
    const struct config_classifier *, struct span text, struct buf *out);
/* 0, or -1: it is not exactly an answer. */
int dialect_read(const struct config_classifier *, struct span body,
    struct dialect_scores *out) __attribute__((warn_unused_result));
/* Of all that decides what is asked: kind, url, model, instruction, labels. */
void dialect_digest(
    const struct config_classifier *, char out[DIALECT_DIGEST_SIZE]);

#endif
