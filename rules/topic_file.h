/*
 * topic_file - the file a model is kept in, beside its pack:
 *
 *     handrail topic 1
 *     # Made by `handrail topic train`: docs/TOPICS.md. Not to be edited.
 *     topic: investment advice
 *     sentences: 5b1e...                  digest of what it was made of
 *     like: 43 of 60                      found by models that had not seen
 *     unlike: 2 of 120                    them
 *     threshold: 904                      thousandths
 *     weights: 8192
 *     0 12 -3 0 0 ...                     bucket, and the weights of it and
 *     16 ...                              of the 15 behind it
 *     check: 60c2...                      SHA-256 of all lines above
 *
 * One model has one such text: what is written otherwise is refused, and so is
 * a file whose check does not fit, in which somebody has changed a weight.
 */
#ifndef HANDRAIL_RULES_TOPIC_FILE_H
#define HANDRAIL_RULES_TOPIC_FILE_H

#include "rules/arena.h"
#include "rules/guard_topic.h"

#define TOPIC_FILE_BYTES ((size_t)128 << 10) /* at most */
#define TOPIC_NAME_BYTES 200u                /* of the topic's */

struct topic_fault {
	unsigned line, col, width;
	char message[200];
	const char *hint; /* or NULL */
};

/* The model, in the arena; NULL with the fault filled in, its line 0 when
 * memory ran out. */
const struct guard_topic_model *topic_file_read(
    struct arena *, const char *bytes, size_t len, struct topic_fault *);

#endif
