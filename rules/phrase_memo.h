/*
 * phrase_memo - the steps of phrase parts that were read before, for
 * phrase_build.c. A phrase of two lists repeats the words of each as often as
 * the other is long, so most parts have been read. Long parts are not kept;
 * a part may push another out.
 */
#ifndef HANDRAIL_RULES_PHRASE_MEMO_H
#define HANDRAIL_RULES_PHRASE_MEMO_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PHRASE_MEMO_SLOTS 4096u /* a power of two */
#define PHRASE_MEMO_BYTES 22u
#define PHRASE_MEMO_STEPS 4u

struct phrase_memo {
	char text[PHRASE_MEMO_BYTES];
	uint8_t len, n; /* of text; of steps, 0: free */
	uint32_t steps[PHRASE_MEMO_STEPS];
};

/* Is it the memo of this part? */
static inline int phrase_memo_is(
    const struct phrase_memo *m, const char *s, size_t len)
{
	return m->n && m->len == len && !memcmp(m->text, s, len);
}

static inline void phrase_memo_keep(struct phrase_memo *m, const char *s,
    size_t len, const uint32_t *steps, size_t n)
{
	if (len > PHRASE_MEMO_BYTES || !n || n > PHRASE_MEMO_STEPS)
		return;
	memcpy(m->text, s, len);
	m->len = (uint8_t)len;
	m->n = (uint8_t)n;
	memcpy(m->steps, steps, n * sizeof(*steps));
}

#endif
