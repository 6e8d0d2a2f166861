/*
 * said - a random text that hits, or nearly hits, the rules of a made policy:
 * their own phrases, numbers and data, whole or broken off, in disguise,
 * negated, excused, with words, signs and sentence ends between.
 */
#ifndef HANDRAIL_TESTS_EXACT_SAID_H
#define HANDRAIL_TESTS_EXACT_SAID_H

#include "tests/exact/made.h"

#define SAID_MAX_BYTES 8192u

struct said {
	char bytes[SAID_MAX_BYTES];
	size_t len;
};

/* Up to max_pieces ingredients and words. */
void said_make(
    struct said *, const struct made *, struct draw *, size_t max_pieces);
/* As above, of plain words, signs and sentence ends only. */
void said_make_plain(
    struct said *, const struct made *, struct draw *, size_t max_pieces);

#endif
