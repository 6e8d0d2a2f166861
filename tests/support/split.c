/*
 * split - cuts a byte string and hands the pieces to a callback.
 *
 * Cuts are positions strictly between the first and the last byte, ascending.
 * Everything else is deriving them: none, all, each one alone, or random.
 */
#include "tests/support/split.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RANDOM_RUNS 32

struct input {
	const char *bytes;
	size_t len;
	split_fn *run;
	void *arg;
};

static struct split_piece copy_piece(
    const struct input *in, size_t from, size_t to)
{
	char *copy = malloc(to - from);

	assert(copy != NULL || to == from);
	if (to > from)
		memcpy(copy, in->bytes + from, to - from);
	return (struct split_piece){copy, to - from};
}

static void run_cuts(
    const struct input *in, const char *how, const size_t *cuts, size_t n_cuts)
{
	struct split_piece *pieces = calloc(n_cuts + 1, sizeof(*pieces));
	size_t from = 0;

	assert(pieces != NULL);
	for (size_t i = 0; i <= n_cuts; i++) {
		size_t to = i < n_cuts ? cuts[i] : in->len;

		pieces[i] = copy_piece(in, from, to);
		from = to;
	}
	in->run(&(struct split){how, pieces, n_cuts + 1}, in->arg);
	for (size_t i = 0; i <= n_cuts; i++)
		free((void *)pieces[i].data);
	free(pieces);
}

void split_whole(const char *bytes, size_t len, split_fn *run, void *arg)
{
	struct input in = {bytes, len, run, arg};

	run_cuts(&in, "whole", NULL, 0);
}

void split_bytes(const char *bytes, size_t len, split_fn *run, void *arg)
{
	struct input in = {bytes, len, run, arg};
	size_t n = len > 0 ? len - 1 : 0;
	size_t *cuts = calloc(n + 1, sizeof(*cuts));

	assert(cuts != NULL);
	for (size_t i = 0; i < n; i++)
		cuts[i] = i + 1;
	run_cuts(&in, "byte by byte", cuts, n);
	free(cuts);
}

void split_every(const char *bytes, size_t len, split_fn *run, void *arg)
{
	struct input in = {bytes, len, run, arg};
	size_t places = len > 0 ? len - 1 : 0;
	size_t n =
	    places < SPLIT_EVERY_MAX_BYTES ? places : SPLIT_EVERY_MAX_BYTES;
	char how[64];

	for (size_t i = 0; i < n; i++) {
		size_t cut = n == places ? i + 1
					 : 1 +
			(size_t)((double)i * (double)(places - 1) /
			    (double)(n - 1));

		snprintf(how, sizeof(how), "split at %zu", cut);
		run_cuts(&in, how, &cut, 1);
	}
}

/* xorshift32: small, and the same on every machine. Never 0. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

void split_random(const char *bytes, size_t len, size_t runs, uint32_t seed,
    split_fn *run, void *arg)
{
	struct input in = {bytes, len, run, arg};
	size_t *cuts = calloc(len + 1, sizeof(*cuts));
	char how[64];

	assert(cuts != NULL);
	for (size_t i = 0; i < runs; i++) {
		uint32_t state = (seed + (uint32_t)i) * 2654435761u | 1u;
		/* Mean piece length differs from run to run: 2 to 33. */
		uint32_t spread = 3 + next_random(&state) % 64;
		size_t n = 0;
		size_t at = 0;

		for (;;) {
			at += 1 + next_random(&state) % spread;
			if (at >= len)
				break;
			cuts[n++] = at;
		}
		snprintf(how, sizeof(how), "random cutting, seed %u",
		    (unsigned)(seed + (uint32_t)i));
		run_cuts(&in, how, cuts, n);
	}
	free(cuts);
}

void split_all(const char *bytes, size_t len, split_fn *run, void *arg)
{
	split_whole(bytes, len, run, arg);
	split_bytes(bytes, len, run, arg);
	split_every(bytes, len, run, arg);
	split_random(bytes, len, RANDOM_RUNS, 1, run, arg);
}
