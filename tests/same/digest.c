/*
 * digest - one number for everything the engine answers over policies and texts
 * drawn from a seed: whole and in pieces, verdicts, hits, texts, what was safe
 * when. run.sh compares it between compilers.
 *
 *     digest POLICIES      prints how much was judged, and the number
 */
#include "tests/exact/said.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS 6u /* of each policy */
#define PIECES 12u

struct digest {
	uint64_t hash; /* FNV-1a */
	size_t texts, hits, undecided;
};

static void add(struct digest *d, const void *bytes, size_t len)
{
	const unsigned char *s = bytes;
	for (size_t i = 0; i < len; i++)
		d->hash = (d->hash ^ s[i]) * UINT64_C(1099511628211);
}

static void add_number(struct digest *d, uint64_t n)
{
	unsigned char bytes[8];
	for (size_t i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(n >> (8 * i));
	add(d, bytes, sizeof(bytes));
}

static void add_text(struct digest *d, const char *s)
{
	add(d, s ? s : "", s ? strlen(s) + 1 : 0);
}

static void add_hit(struct digest *d, const struct guard_policy *policy,
    const struct guard_hit *h)
{
	struct guard_rule_info rule;
	guard_policy_rule(policy, h->rule, &rule);
	add_text(d, rule.id);
	add_text(d, h->what);
	add_number(d, h->start);
	add_number(d, h->end);
	add_number(d, h->action);
	add_number(d, h->mode);
	d->hits++;
}

static void add_verdict(struct digest *d, const struct guard_policy *policy,
    const struct guard_verdict *v)
{
	add_number(d, v->action);
	add_number(d, v->undecided);
	add_number(d, v->deciding);
	add_text(d, v->say);
	add_text(d, v->queue);
	add_text(d, v->priority);
	for (size_t i = 0; i < v->n_hits; i++)
		add_hit(d, policy, &v->hits[i]);
	for (size_t i = 0; i < v->n_edits; i++) {
		add_number(d, v->edits[i].start);
		add_number(d, v->edits[i].end);
		add_text(d, v->edits[i].text);
	}
	d->undecided += v->undecided != GUARD_DECIDED;
}

static void add_stream(
    struct digest *d, const struct made *m, const struct said *said)
{
	struct guard_stream *s =
	    guard_stream_new(m->policy, &m->session, GUARD_AI);
	if (!s)
		abort();
	for (size_t at = 0, i = 0; at < said->len; i++) {
		size_t n = (i + 1) % PIECES;
		if (n > said->len - at)
			n = said->len - at;
		struct guard_progress p = {0};
		guard_stream_feed(s, said->bytes + at, n, &p);
		add_number(d, p.safe_len);
		at += n;
	}
	guard_stream_free(s);
}

static void add_policy(
    struct digest *d, struct guard_scanner *scanner, uint64_t seed)
{
	struct draw draw;
	struct made m;
	draw_init(&draw, NULL, 0, seed);
	made_init(&m, &draw, MADE_RULES);
	add_text(d, guard_policy_digest(m.policy));
	for (size_t i = 0; i < TEXTS; i++) {
		struct said said;
		struct guard_verdict v;
		said_make(&said, &m, &draw, 12);
		const struct guard_message message = {
		    GUARD_AI, said.bytes, said.len};
		guard_check(scanner, m.policy, &m.session, &message, &v);
		add_verdict(d, m.policy, &v);
		add_stream(d, &m, &said);
		d->texts++;
	}
	made_clear(&m);
}

int main(int argc, char **argv)
{
	struct digest d = {.hash = UINT64_C(14695981039346656037)};
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;
	struct guard_scanner *scanner = guard_scanner_new();
	if (!scanner)
		return 1;
	for (unsigned long i = 0; i < n; i++)
		add_policy(&d, scanner, i + 1);
	guard_scanner_free(scanner);
	printf("%lu policies, %zu texts, %zu hits, %zu undecided: "
	       "%016" PRIx64 "\n",
	    n, d.texts, d.hits, d.undecided, d.hash);
	return d.hits ? 0 : 1;
}
