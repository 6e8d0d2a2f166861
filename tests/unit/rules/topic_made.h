/*
 * topic_made - models for tests: words weigh what the test says, everything
 * else nothing.
 */
#ifndef HANDRAIL_TESTS_UNIT_RULES_TOPIC_MADE_H
#define HANDRAIL_TESTS_UNIT_RULES_TOPIC_MADE_H

#include "rules/topic.h"

#include <stdlib.h>
#include <string.h>

/* Every piece of every word of the text. */
static inline void topic_weigh(
    struct guard_topic_model *m, const char *words, int16_t weight)
{
	struct text t = {0};
	uint16_t pieces[TOPIC_WORD_PIECES];
	if (text_init(&t, 4096) || text_feed(&t, words, strlen(words)) ||
	    text_end(&t))
		abort();
	for (size_t i = 0; i < t.n_tokens; i++) {
		size_t n = topic_pieces(&t, &t.tokens[i], false, pieces);
		for (size_t k = 0; k < n; k++)
			m->weights[pieces[k]] = weight;
	}
	text_clear(&t);
}

#endif
