/*
 * match - what a detector found, and the shape all scanners share.
 *
 * A scanner reads a struct text that grows. Each call looks at what has
 * settled since the last one and appends matches in order of their end; it
 * answers with the original byte at which the earliest still living candidate
 * starts (a phrase part-way, digits that may become a card number), or
 * SIZE_MAX when there is none: nothing before that byte can become a new
 * match any more. After text_end no candidate is alive.
 */
#ifndef HANDRAIL_RULES_MATCH_H
#define HANDRAIL_RULES_MATCH_H

#include <stddef.h>
#include <stdint.h>

struct match {
	uint32_t detector;              /* or a bundle of them (index.h) */
	uint32_t start, end;            /* original bytes */
	uint32_t first_token, n_tokens; /* tokens it covers (touches) */
	uint32_t sentence;              /* of its first token */
	int64_t value;                  /* numbers: in the unit of the kind */
	char currency[4];               /* money, else "" */
};

struct matches {
	struct match *items;
	size_t n, cap;
};

/* Room for one more. 0, or -1 when memory runs out. */
int matches_grow(struct matches *) __attribute__((warn_unused_result));

/* 0, or -1 when memory runs out. */
static inline int __attribute__((warn_unused_result))
matches_add(struct matches *list, const struct match *match)
{
	if (list->n == list->cap && matches_grow(list))
		return -1;
	list->items[list->n++] = *match;
	return 0;
}

void matches_clear(struct matches *);

#endif
