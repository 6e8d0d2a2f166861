/*
 * draw - decisions for generated tests, from the bytes of a fuzzer or from a
 * seed. The same bytes and seed give the same decisions everywhere.
 */
#ifndef HANDRAIL_TESTS_EXACT_DRAW_H
#define HANDRAIL_TESTS_EXACT_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct draw {
	const uint8_t *bytes; /* used first; borrowed, may be NULL */
	size_t len, at;
	uint64_t state; /* then these */
};

void draw_init(struct draw *, const uint8_t *bytes, size_t len, uint64_t seed);
/* 0 to n - 1; 0 when n is 0. */
size_t draw(struct draw *, size_t n);
/* True so many times of a hundred. */
bool draw_chance(struct draw *, unsigned percent);

#endif
