/*
 * bench_engine - what judging costs, one figure a line, for engine.py.
 *
 *   bench_engine load   POLICY TIMES
 *   bench_engine check  POLICY TEXTS ROUNDS
 *   bench_engine stream POLICY TEXTS ROUNDS PIECE
 *   bench_engine memory POLICY TEXTS
 *
 * TEXTS are texts each followed by a NUL (make_texts.py). PIECE is the bytes
 * of a token, or "words" for the pieces a model sends. Each text has a round
 * in bench_warm_up first; the work that counts runs inside bench_counted, so
 * that callgrind can count it alone:
 *
 *   valgrind --tool=callgrind --toggle-collect=bench_counted bench_engine ...
 */
#include "bench/measure.h"
#include "proxy/cli/policy_dir.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAMS 200u
#define PIECE_MAX 7u /* bytes of the longest piece of a word */

struct span {
	const char *text;
	size_t len;
};

struct bench {
	struct guard_policy *policy;
	struct guard_scanner *scanner;
	char *bytes;
	struct span *texts;
	size_t n_texts;
	size_t piece; /* 0: words */
	struct samples samples;
	uint64_t cpu_ns;
	size_t n_pieces, hits;
};

static void die(const char *what)
{
	fprintf(stderr, "bench_engine: %s\n", what);
	exit(2);
}

static void see(const struct diag *d, void *arg)
{
	(void)arg;
	if (d->level == DIAG_ERROR)
		fprintf(stderr, "%s: %s\n", d->file ? d->file : "", d->message);
}

static struct guard_policy *load(const char *dir)
{
	struct guard_policy *p =
	    policy_dir_load(dir, NULL, NULL, NULL, see, NULL);
	if (!p)
		die("the policy does not load");
	return p;
}

static void read_texts(struct bench *b, const char *path)
{
	size_t len = 0, cap = 0;
	FILE *f = fopen(path, "rb");
	if (!f)
		die("cannot read the texts");
	for (size_t n = 1; n > 0; len += n) {
		cap = len + (1u << 20);
		b->bytes = realloc(b->bytes, cap);
		if (!b->bytes)
			die("out of memory");
		n = fread(b->bytes + len, 1, cap - len, f);
	}
	fclose(f);
	b->texts = calloc(len + 1, sizeof(*b->texts));
	if (!b->texts)
		die("out of memory");
	for (char *at = b->bytes; at < b->bytes + len;) {
		char *end = memchr(at, '\0', len - (size_t)(at - b->bytes));
		if (!end)
			die("a text without its NUL");
		b->texts[b->n_texts++] = (struct span){at, (size_t)(end - at)};
		at = end + 1;
	}
	if (!b->n_texts)
		die("no texts");
}

static void check(struct bench *b, const struct span *t)
{
	const struct guard_message message = {
	    .speaker = GUARD_AI, .text = t->text, .len = t->len};
	struct guard_verdict verdict;
	guard_check(b->scanner, b->policy, NULL, &message, &verdict);
	b->hits += verdict.n_hits;
}

/* As models cut: a word with the space in front, long words in parts. */
static size_t piece_at(const struct bench *b, const struct span *t, size_t at)
{
	size_t left = t->len - at, n = 1;
	if (b->piece)
		return b->piece < left ? b->piece : left;
	while (n < left && n < PIECE_MAX && t->text[at + n] != ' ')
		n++;
	return n;
}

static void stream(struct bench *b, const struct span *t)
{
	struct guard_progress progress;
	struct guard_verdict verdict;
	struct guard_stream *s = guard_stream_new(b->policy, NULL, GUARD_AI);
	if (!s)
		die("out of memory");
	guard_stream_read_on(s);
	for (size_t at = 0, n; at < t->len; at += n) {
		n = piece_at(b, t, at);
		guard_stream_feed(s, t->text + at, n, &progress);
		b->n_pieces++;
	}
	guard_stream_end(s, &verdict);
	b->hits += verdict.n_hits;
	guard_stream_free(s);
}

typedef void job(struct bench *, const struct span *);

static __attribute__((noinline)) void bench_warm_up(struct bench *b, job *work)
{
	for (size_t i = 0; i < b->n_texts; i++)
		work(b, &b->texts[i]);
}

static __attribute__((noinline)) void bench_counted(struct bench *b, job *work)
{
	for (size_t i = 0; i < b->n_texts; i++) {
		uint64_t start = measure_now_ns();
		work(b, &b->texts[i]);
		samples_add(&b->samples, measure_now_ns() - start);
	}
}

static void run(struct bench *b, job *work, const char *rounds)
{
	unsigned long n = strtoul(rounds, NULL, 10);
	bench_warm_up(b, work);
	b->n_pieces = b->hits = 0;
	uint64_t start = measure_cpu_ns();
	for (unsigned long i = 0; i < n; i++)
		bench_counted(b, work);
	b->cpu_ns = measure_cpu_ns() - start;
	printf("texts %zu\nhits %zu\npieces %zu\ncpu_ns %llu\n", b->samples.n,
	    b->hits, b->n_pieces, (unsigned long long)b->cpu_ns);
	printf("p50_ns %u\np99_ns %u\n", samples_at(&b->samples, 500),
	    samples_at(&b->samples, 990));
}

static void measure_load(const char *dir, const char *times)
{
	struct samples samples = {0};
	for (unsigned long n = strtoul(times, NULL, 10); n > 0; n--) {
		uint64_t start = measure_cpu_ns();
		guard_policy_unref(load(dir));
		samples_add(&samples, (measure_cpu_ns() - start) / 1000);
	}
	printf("p50_us %u\n", samples_at(&samples, 500));
	samples_clear(&samples);
}

/* Streams that have read some text and wait. */
static void measure_streams(struct bench *b, size_t bytes)
{
	struct guard_stream *open[STREAMS];
	struct guard_progress progress;
	size_t heap = measure_heap_bytes(), resident = measure_resident_bytes();
	for (size_t i = 0; i < STREAMS; i++) {
		const struct span *t = &b->texts[i % b->n_texts];
		size_t n = bytes < t->len ? bytes : t->len;
		open[i] = guard_stream_new(b->policy, NULL, GUARD_AI);
		if (!open[i])
			die("out of memory");
		for (size_t at = 0, k; at < n; at += k) {
			k = piece_at(b, t, at);
			guard_stream_feed(open[i], t->text + at, k, &progress);
		}
	}
	printf("stream_%zu_heap %zu\nstream_%zu_resident %zu\n", bytes,
	    (measure_heap_bytes() - heap) / STREAMS, bytes,
	    (measure_resident_bytes() - resident) / STREAMS);
	for (size_t i = 0; i < STREAMS; i++)
		guard_stream_free(open[i]);
}

static void measure_memory(struct bench *b, const char *dir)
{
	size_t heap = measure_heap_bytes(), resident = measure_resident_bytes();
	b->policy = load(dir);
	printf("policy_heap %zu\npolicy_resident %zu\n",
	    measure_heap_bytes() - heap, measure_resident_bytes() - resident);
	heap = measure_heap_bytes();
	b->scanner = guard_scanner_new();
	if (!b->scanner)
		die("out of memory");
	bench_warm_up(b, check);
	printf("scanner_heap %zu\n", measure_heap_bytes() - heap);
	measure_streams(b, 0);
	measure_streams(b, 300);
	measure_streams(b, 4096);
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	const char *verb = argc > 3 ? argv[1] : "";
	if (argc == 4 && !strcmp(verb, "load")) {
		measure_load(argv[2], argv[3]);
		return 0;
	}
	bool streams = argc == 6 && !strcmp(verb, "stream");
	bool memory = argc == 4 && !strcmp(verb, "memory");
	if (!streams && !memory && !(argc == 5 && !strcmp(verb, "check")))
		die("see the top of bench/engine.c");
	read_texts(&b, argv[3]);
	if (memory) {
		measure_memory(&b, argv[2]);
	} else {
		b.policy = load(argv[2]);
		b.scanner = guard_scanner_new();
		if (!b.scanner)
			die("out of memory");
		b.piece = streams ? strtoul(argv[5], NULL, 10) : 0;
		run(&b, streams ? stream : check, argv[4]);
	}
	samples_clear(&b.samples);
	guard_scanner_free(b.scanner);
	guard_policy_unref(b.policy);
	free(b.texts);
	free(b.bytes);
	return 0;
}
