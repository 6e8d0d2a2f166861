/*
 * pattern_run - one pattern on its way through one text, in any cutting.
 *
 * All ways a match can go are followed at once, one character at a time, as
 * threads that are ordered by right: those that began earlier first, then as a
 * search that goes back would have tried them. So no character is read twice
 * by a thread, what is found is what PCRE2 would find, and the place reached
 * does not depend on how the text was cut.
 *
 * Every step taken is counted. A search may take PATTERN_STEPS_PER_BYTE for
 * each byte it has passed, and `spare` beyond that; then it is over, at the
 * same byte for every cutting, compiler and machine.
 *
 * A pattern without upper length ends with its sentence; what looks ahead
 * without end looks no further than that. ^ and $ are those of the message.
 */
#ifndef HANDRAIL_RULES_PATTERN_RUN_H
#define HANDRAIL_RULES_PATTERN_RUN_H

#include "rules/pattern_program.h"

#define PATTERN_STEPS_PER_BYTE 8u

struct text;

struct pattern_thread {
	uint32_t step, start; /* start: byte of the plain view */
};

/* What looks ahead from one place, while it cannot tell yet. */
struct pattern_ahead {
	size_t at;       /* that place; SIZE_MAX: it does not look */
	size_t pos;      /* how far it has read */
	int answer;      /* 1, 0, -1: cannot tell yet */
	uint32_t *steps; /* where it stands */
	size_t n, cap;
};

struct pattern_run {
	size_t pos; /* byte of the plain view the threads stand at */
	struct pattern_thread *threads;
	size_t n, cap;
	bool found; /* a match, that a thread with more right may replace */
	size_t start, end;
	size_t sentence; /* the first that ends at pos or behind it */
	struct pattern_ahead *aheads; /* one for each look, or NULL */
	size_t n_aheads;
	uint64_t steps, spare;
	bool over;
};

/* Scratch for one call; any number of patterns may share it. */
struct pattern_scratch {
	struct pattern_thread *threads; /* 2 * cap */
	uint32_t *stack;                /* 3 * cap + 6 */
	uint32_t *marks;                /* by step: the round it was last in */
	size_t cap;
	uint32_t round;
	struct pattern_asker *asker;
};

enum pattern_run_answer {
	PATTERN_RUN_MATCH,  /* start and end; call again */
	PATTERN_RUN_MORE,   /* nothing further in what has settled */
	PATTERN_RUN_OVER,   /* it took too long */
	PATTERN_RUN_MEMORY, /* out of memory */
};

/* Before each text; keeps the memory. */
void pattern_run_begin(struct pattern_run *, uint64_t spare);
void pattern_run_clear(struct pattern_run *);
/* Read the plain view up to byte avail; complete: nothing will follow. */
enum pattern_run_answer pattern_run(struct pattern_run *,
    const struct pattern_program *, struct pattern_scratch *,
    const struct text *, size_t avail, bool complete)
    __attribute__((warn_unused_result));
/* Byte of the plain view the earliest living candidate starts at; SIZE_MAX. */
size_t pattern_run_alive(const struct pattern_run *, size_t avail);

/* 0, or -1 when memory runs out. */
int pattern_scratch_init(struct pattern_scratch *)
    __attribute__((warn_unused_result));
int pattern_scratch_fit(struct pattern_scratch *, size_t n_steps)
    __attribute__((warn_unused_result));
void pattern_scratch_clear(struct pattern_scratch *);

#endif
