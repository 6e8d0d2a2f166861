/*
 * shipped - the property of cuts.h for policies on disk, over their own
 * examples and the public material that may lie beside the repository.
 *
 *     exact_shipped [--rows N] POLICY...
 *
 * N rows of each file of the material are judged, spread over the file [100];
 * 0: all of them. Exit as exact_policies.
 */
#include "proxy/cli/policy_dir.h"
#include "rules/guard_author.h"
#include "tests/exact/cuts.h"
#include "tests/support/shared.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const files[] = {"benign_agent_sgd.jsonl",
    "pii_presidio_cases.jsonl", "scope_banking77.jsonl", "unicode_benign.jsonl",
    "redos_regexlib.jsonl"};
#define MAX_ROW_BYTES 4096u

struct run {
	struct cuts cuts;
	struct draw draw;
	unsigned rows;
	bool good;
};

static void see(const struct diag *d, void *arg)
{
	if (d->level == DIAG_ERROR)
		fprintf(stderr, "%s:%u: %s\n", d->file, d->line, d->message);
}

static void try_text(struct run *r, const char *text, size_t len)
{
	if (!r->good)
		return;
	r->good = cuts_hold(
	    &r->cuts, text, len < MAX_ROW_BYTES ? len : MAX_ROW_BYTES);
	if (!r->good)
		printf("FAULT: %s\ntext: \"%.*s\"\n", r->cuts.fault, (int)len,
		    text);
}

static void try_example(const struct guard_example *e, void *arg)
{
	try_text(arg, e->text, e->len);
}

static unsigned count_rows(const char *name)
{
	struct shared_rows *rows = shared_open(name);
	unsigned n = 0;
	while (rows && shared_next(rows))
		n++;
	shared_close(rows);
	return n;
}

static void try_file(struct run *r, const char *name)
{
	unsigned n = count_rows(name), i = 0;
	unsigned step = r->rows && n > r->rows ? n / r->rows : 1;
	struct shared_rows *rows = shared_open(name);
	const json_t *row;
	while (rows && (row = shared_next(rows))) {
		size_t len;
		const char *text = shared_text(row, "text", &len);
		if (i++ % step == 0)
			try_text(r, text, len);
	}
	shared_close(rows);
}

static void try_policy(struct run *r, const char *dir)
{
	struct guard_policy *policy =
	    policy_dir_load(dir, NULL, NULL, NULL, see, NULL);
	const struct guard_session session = {.ai_turn = 2, .channel = "chat"};
	if (!policy) {
		r->good = false;
		return;
	}
	r->cuts.policy = policy;
	r->cuts.session = &session;
	draw_init(&r->draw, NULL, 0, 1);
	if (guard_examples(policy, try_example, r))
		abort();
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		try_file(r, files[i]);
	guard_policy_unref(policy);
	const struct cuts *c = &r->cuts;
	printf("%s: %" PRIu64 " texts of %" PRIu64 " bytes, %" PRIu64
	       " cuttings, %" PRIu64 " hits, %" PRIu64 " edits\n",
	    dir, c->n_texts, c->n_bytes, c->n_cuttings, c->n_hits, c->n_edits);
}

int main(int argc, char **argv)
{
	struct run r = {.rows = 100, .good = true};
	r.cuts = (struct cuts){.every = 200, .random = 4, .draw = &r.draw};
	int i = 1;
	if (argc > 2 && !strcmp(argv[1], "--rows")) {
		r.rows = (unsigned)strtoul(argv[2], NULL, 10);
		i = 3;
	}
	if (i >= argc) {
		fputs("usage: exact_shipped [--rows N] POLICY...\n", stderr);
		return 2;
	}
	for (; i < argc && r.good; i++)
		try_policy(&r, argv[i]);
	cuts_clear(&r.cuts);
	return r.good ? 0 : 1;
}
