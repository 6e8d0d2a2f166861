/*
 * split - the same bytes in every cutting.
 *
 * A parser that reads a stream must not care where the reads end. These
 * helpers call a test's callback once per cutting; the callback runs the
 * parser from its initial state over the pieces, in order, and asserts that
 * the outcome is that of the whole.
 *
 * Every piece is a heap block of exactly its length, so that the address
 * sanitizer sees a read past its end. A piece is never empty, except that an
 * empty input is one empty piece. Out of memory ends the program.
 */
#ifndef HANDRAIL_TESTS_SUPPORT_SPLIT_H
#define HANDRAIL_TESTS_SUPPORT_SPLIT_H

#include <stddef.h>
#include <stdint.h>

struct split_piece {
	const char *data; /* valid until the callback returns */
	size_t len;
};

struct split {
	const char *how; /* for assertion messages: "split at 17" */
	const struct split_piece *pieces;
	size_t n;
};

typedef void split_fn(const struct split *, void *arg);

/* Inputs longer than this are not cut at every byte (see split_every). */
#define SPLIT_EVERY_MAX_BYTES 4096

void split_whole(const char *bytes, size_t len, split_fn *run, void *arg);
void split_bytes(const char *bytes, size_t len, split_fn *run, void *arg);
/*
 * Two pieces, at every place between two bytes. Past SPLIT_EVERY_MAX_BYTES
 * only at as many places, evenly spread, the first and the last among them.
 */
void split_every(const char *bytes, size_t len, split_fn *run, void *arg);
/* runs cuttings into pieces of random length, the same for the same seed. */
void split_random(const char *bytes, size_t len, size_t runs, uint32_t seed,
    split_fn *run, void *arg);
/* All of the above, with 32 random cuttings. */
void split_all(const char *bytes, size_t len, split_fn *run, void *arg);

#endif
