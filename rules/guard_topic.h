/*
 * guard_topic - for `handrail topic train`: the sentences of a topic as the
 * judge reads them, and the file a model made of them is kept in.
 *
 *     like:, unlike: -> pieces of words -> weights (made outside) -> file
 *                                                    judged in rules/topic.c
 *
 * A model gives each piece of a word a whole number, in thousandths. A sentence
 * has the sum of its pieces' weights, divided by the square root of how many
 * there are (and some more, so that two words alone say little); above the
 * threshold it is on the topic. Nothing but integers, so that it is the same
 * on every machine.
 */
#ifndef HANDRAIL_RULES_GUARD_TOPIC_H
#define HANDRAIL_RULES_GUARD_TOPIC_H

#include "rules/guard_policy.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUARD_TOPIC_BUCKETS 8192u /* pieces are hashed into so many */
#define GUARD_TOPIC_REST                                                       \
	100u /* pieces every sentence is taken to have more                    \
	      */
#define GUARD_TOPIC_WEIGHT 32767  /* at most, above and below zero */
#define GUARD_TOPIC_SENTENCES 10u /* of each kind at least, to learn from */

struct guard_topic_model {
	const char *topic;             /* its name, one line */
	const char *sentences;         /* digest of what it was made of */
	uint32_t like, like_found;     /* found by models that had not */
	uint32_t unlike, unlike_found; /* seen them */
	int32_t threshold;             /* thousandths, not below 0 */
	int16_t weights[GUARD_TOPIC_BUCKETS];
};

struct guard_topic_sentence {
	const char *text; /* len bytes */
	size_t len;
	bool like; /* false: unlike */
	unsigned line, col;
	const uint16_t *pieces; /* buckets, in the order of the text */
	size_t n_pieces;        /* at least 1 */
};
struct guard_topic {
	const char *name;
	const char *file;    /* of the model: "packs/advice.topic" */
	const char *written; /* its place: "packs/advice.yaml" */
	unsigned line;
	const char *sentences; /* digest of them, whatever their order */
	const struct guard_topic_sentence *items;
	size_t n;
};

struct guard_topics;

#pragma GCC visibility push(default)

/*
 * The topics of one pack that say learned:, with their sentences. pack is the
 * name of its file in the source: "packs/advice.yaml". Too few sentences, one
 * that stands twice or on both sides, and whatever cannot be learned from are
 * errors. On GUARD_OK the caller frees *out; otherwise it is NULL and diag has
 * been called with at least one error.
 */
enum guard_err guard_topics_load(struct guard_topics **out,
    const struct guard_source *, const char *pack, diag_fn *diag, void *arg)
    __attribute__((warn_unused_result));
void guard_topics_free(struct guard_topics *); /* accepts NULL */
size_t guard_topics_count(const struct guard_topics *);
/* Borrowed from the topics. */
const struct guard_topic *guard_topics_at(const struct guard_topics *, size_t);

/* The score of n pieces, in thousandths: on the topic when it is above the
 * threshold. 0 without pieces. */
int64_t guard_topic_score(
    const struct guard_topic_model *, const uint16_t *pieces, size_t n_pieces);
/* The file of a model: the same model, the same bytes. For free(); NULL when
 * memory runs out. */
char *guard_topic_write(const struct guard_topic_model *, size_t *len);

#pragma GCC visibility pop

#endif
