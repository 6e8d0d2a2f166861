/*
 * main - the property that decides whether streaming is exact, at any size.
 *
 *     exact_policies [--seed N] [--policies N] [--texts N] [--tight N]
 *                    [--seconds N]
 *
 * Draws policies and texts from the seed and checks cuts.h on each, and
 * tight.h on small ones; prints what was tried. A fault is printed with its
 * policy, its text made as short as still fails, and the seed that gives it
 * alone. Exit: 0 all holds, 1 a fault, 2 wrong usage.
 */
#include "rules/load_keys.h"
#include "tests/exact/cuts.h"
#include "tests/exact/made.h"
#include "tests/exact/said.h"
#include "tests/exact/tight.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct run {
	uint64_t seed, policies, texts, tight, seconds;
	uint64_t n_policies, n_rules;
	struct cuts cuts;
	struct draw cut_draw;
	struct tight tight_counts;
};

/* ---- a fault ---- */

static void print_text(const char *s, size_t len)
{
	putchar('"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];
		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c >= ' ' && c < 0x7F)
			putchar(c);
		else
			printf("\\x%02x", c);
	}
	puts("\"");
}

/* Leave out what the fault does not need, the larger pieces first. */
static void shorten(struct run *r, char *text, size_t *len)
{
	static char without[SAID_MAX_BYTES];
	for (size_t n = *len / 2; n > 0; n /= 2) {
		for (size_t at = 0; at + n <= *len;) {
			memcpy(without, text, at);
			memcpy(without + at, text + at + n, *len - at - n);
			if (cuts_hold(&r->cuts, without, *len - n)) {
				at++;
				continue;
			}
			*len -= n;
			memcpy(text, without, *len);
		}
	}
	(void)cuts_hold(&r->cuts, text, *len);
}

static void print_files(const struct made *m)
{
	printf("---- policy.yaml\n%s---- packs/p.yaml\n%s----\n",
	    m->policy_yaml, m->pack_yaml);
}

static void print_fault(
    struct run *r, const struct made *m, uint64_t seed, struct said *said)
{
	shorten(r, said->bytes, &said->len);
	printf("FAULT: %s\ntext: ", r->cuts.fault);
	print_text(said->bytes, said->len);
	print_files(m);
	printf("again: exact_policies --seed %" PRIu64 " --policies 1\n", seed);
}

/* ---- one policy ---- */

static bool try_policy(struct run *r, uint64_t seed)
{
	struct draw d;
	struct made m;
	bool good = true;
	draw_init(&d, NULL, 0, seed);
	made_init(&m, &d, MADE_RULES);
	draw_init(&r->cut_draw, NULL, 0, seed);
	r->cuts.policy = m.policy;
	r->cuts.session = &m.session;
	for (uint64_t i = 0; i < r->texts && good; i++) {
		struct said said;
		said_make(&said, &m, &d, 12);
		good = cuts_hold(&r->cuts, said.bytes, said.len);
		if (!good)
			print_fault(r, &m, seed, &said);
	}
	r->n_policies++;
	r->n_rules += m.n_rules;
	made_clear(&m);
	return good;
}

/* A small policy and small texts, by the slow reference. */
static bool try_tight(struct run *r, uint64_t seed)
{
	struct draw d;
	struct made m;
	bool good = true;
	draw_init(&d, NULL, 0, ~seed);
	made_init_simple(&m, &d, 2);
	for (uint64_t i = 0; i < r->texts && good; i++) {
		struct said said;
		said_make_plain(&said, &m, &d, 6);
		good = tight_holds(&r->tight_counts, &m, said.bytes, said.len);
		if (good)
			continue;
		printf("HELD IN EXCESS: %s\ntext: ", r->tight_counts.fault);
		print_text(said.bytes, said.len);
		print_files(&m);
		printf("again: exact_policies --seed %" PRIu64
		       " --policies 0 --tight 1\n",
		    seed);
	}
	made_clear(&m);
	return good;
}

/* ---- the whole ---- */

static bool all_keys_known(void)
{
	static const char *const blocks[] = {"rule", "find", "percent", "money",
	    "duration", "count", "links", "classifier", "unless", "when",
	    "must_say", "must_say item", "effective", "then", "redact", "block",
	    "handoff", "allow", "topic", "total", "offers", "detect", "allowed",
	    "allowed percent", "allowed money", "only", "zone", NULL};
	bool good = true;
	for (size_t b = 0; load_blocks[b].name; b++) {
		bool listed = false;
		for (size_t i = 0; blocks[i]; i++)
			listed |= strcmp(blocks[i], load_blocks[b].name) == 0;
		const struct load_key *k = load_blocks[b].keys;
		for (; listed && k->name; k++) {
			if (made_knows(load_blocks[b].name, k->name))
				continue;
			good = false;
			printf("no generated policy has the key %s %s: give it "
			       "a line in tests/exact/made_find.c or "
			       "made_rule.c\n",
			    k->name, load_blocks[b].where);
		}
	}
	return good;
}

static void print_counts(const struct run *r)
{
	const struct cuts *c = &r->cuts;
	printf("%" PRIu64 " policies, %" PRIu64 " rules, %" PRIu64
	       " texts of %" PRIu64 " bytes, %" PRIu64 " cuttings; %" PRIu64
	       " hits, %" PRIu64 " edits, %" PRIu64 " undecided;",
	    r->n_policies, r->n_rules, c->n_texts, c->n_bytes, c->n_cuttings,
	    c->n_hits, c->n_edits, c->n_undecided);
	for (int i = 0; i <= GUARD_HANDOFF; i++)
		if (i != GUARD_ALLOW)
			printf(" %s %" PRIu64,
			    guard_action_name((enum guard_action)i),
			    c->n_actions[i]);
	const struct tight *t = &r->tight_counts;
	printf("\ntight: %" PRIu64 " texts, %" PRIu64 " prefixes, %" PRIu64
	       " checks; bytes held: %" PRIu64 " of the last word, %" PRIu64
	       " spelled, %" PRIu64 " with a reason (%" PRIu64
	       " part-way), %" PRIu64 " in excess\n",
	    t->n_texts, t->n_prefixes, t->n_checks, t->word, t->spelled,
	    t->held, t->part, t->excess);
}

static bool parse(struct run *r, int argc, char **argv)
{
	const struct {
		const char *name;
		uint64_t *value;
	} options[] = {{"--seed", &r->seed}, {"--policies", &r->policies},
	    {"--texts", &r->texts}, {"--tight", &r->tight},
	    {"--seconds", &r->seconds}};
	for (int i = 1; i < argc; i += 2) {
		bool known = false;
		for (size_t k = 0; k < 5 && i + 1 < argc; k++) {
			if (strcmp(argv[i], options[k].name))
				continue;
			char *end;
			*options[k].value = strtoull(argv[i + 1], &end, 10);
			known = *end == '\0';
		}
		if (!known)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct run r = {.seed = 1, .policies = 100, .texts = 4};
	r.cuts = (struct cuts){.every = 160, .random = 8, .draw = &r.cut_draw};
	if (!parse(&r, argc, argv)) {
		fputs("usage: exact_policies [--seed N] [--policies N] "
		      "[--texts N] "
		      "[--tight N] [--seconds N]\n",
		    stderr);
		return 2;
	}
	bool good = true;
	time_t end = time(NULL) + (time_t)r.seconds;
	for (uint64_t i = 0; good; i++) {
		bool time_left = r.seconds && time(NULL) < end;
		if (!time_left && i >= r.policies && i >= r.tight)
			break;
		if (time_left || i < r.policies)
			good = try_policy(&r, r.seed + i);
		if (good && r.tight && (time_left || i < r.tight))
			good = try_tight(&r, r.seed + i);
	}
	print_counts(&r);
	if (good && r.n_policies >= 200)
		good = all_keys_known();
	cuts_clear(&r.cuts);
	return good ? 0 : 1;
}
