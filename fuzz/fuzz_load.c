/*
 * fuzz_load - any bytes as a policy, pack, lists or tests file give a policy or
 * at least one error, and the same bytes the same answer.
 *
 * The first byte says which file the rest is: l(ists), p(ack), t(ests), else
 * policy.
 */
#include "rules/guard.h"

#include <stdint.h>
#include <stdlib.h>

static const char policy[] =
    "format: 1\nkind: policy\nname: f\ntimezone: UTC\npacks: [p]\n";
static const char pack[] =
    "format: 1\nkind: pack\npack: p\nuse_lists: [l]\nrules:\n"
    "  - {id: a, title: A, mode: shadow, then: log, find: {phrases: <x>}}\n";
static const char tests[] = "format: 1\nkind: conversation tests\ntests: []\n";
static const char lists[] = "format: 1\nkind: lists\nlists: {x: [foo]}\n";

static void count(const struct diag *d, void *arg)
{
	if (!d->message || !d->code || !d->width)
		abort();
	*(unsigned *)arg += d->level == DIAG_ERROR;
}

static enum guard_err load(const uint8_t *data, size_t size)
{
	struct guard_file files[] = {
	    {"policy.yaml", policy, sizeof(policy) - 1},
	    {"packs/p.yaml", pack, sizeof(pack) - 1},
	    {"lists/l.yaml", lists, sizeof(lists) - 1},
	    {"tests/t.yaml", tests, sizeof(tests) - 1},
	};
	size_t which = data[0] == 'p' ? 1
	    : data[0] == 'l'          ? 2
	    : data[0] == 't'          ? 3
				      : 0;
	files[which].bytes = (const char *)data + 1;
	files[which].len = size - 1;
	struct guard_source source = {.own = files, .n_own = 4};
	struct guard_policy *out = NULL;
	unsigned errors = 0;
	enum guard_err err =
	    guard_policy_load(&out, &source, NULL, count, &errors);
	if ((err == GUARD_OK) != (out != NULL) ||
	    (err == GUARD_OK) != (errors == 0))
		abort();
	guard_policy_unref(out);
	return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size && load(data, size) != load(data, size))
		abort();
	return 0;
}
