/*
 * example - the engine as a stranger uses it: guard.h and the shared library,
 * nothing else.
 *
 *     example TEXT     prints what the text gets and why; 1: a bad policy
 */
#include "rules/guard.h"

#include <stdio.h>
#include <string.h>

static const char policy_yaml[] = "format: 1\nkind: policy\nname: example\n"
				  "owner: me@shop.example\npacks: [fees]\n";
static const char fees_yaml[] =
    "format: 1\nkind: pack\npack: fees\ntitle: Fees\nversion: 1\n"
    "owner: me@shop.example\n"
    "rules:\n"
    "  - id: waiver\n"
    "    title: Waiving a fee needs a person\n"
    "    severity: high\n"
    "    find: {phrases: [waive* ... fee*]}\n"
    "    then: handoff\n"
    "    examples:\n"
    "      matches:\n"
    "        - I'll waive the late fee.\n"
    "      passes:\n"
    "        - A late fee of $5 applies.\n";

static void report(const struct diag *d, void *arg)
{
	fprintf(arg, "%s:%u: %s\n", d->file, d->line, d->message);
}

int main(int argc, char **argv)
{
	const char *text = argc > 1 ? argv[1] : "";
	const struct guard_file files[] = {
	    {"policy.yaml", policy_yaml, strlen(policy_yaml)},
	    {"packs/fees.yaml", fees_yaml, strlen(fees_yaml)}};
	const struct guard_source source = {.own = files, .n_own = 2};
	struct guard_policy *policy;
	if (guard_policy_load(&policy, &source, NULL, report, stderr))
		return 1;
	struct guard_scanner *scanner = guard_scanner_new();
	struct guard_message message = {GUARD_AI, text, strlen(text)};
	struct guard_verdict v;
	guard_check(scanner, policy, NULL, &message, &v);
	printf("%s", guard_action_name(v.action));
	if (v.deciding < v.n_hits) {
		struct guard_rule_info rule;
		guard_policy_rule(policy, v.hits[v.deciding].rule, &rule);
		printf(" because of %s at byte %zu", rule.id, v.hits[0].start);
	}
	printf("\n");
	guard_scanner_free(scanner);
	guard_policy_unref(policy);
	return 0;
}
