/* rule_name - see rule_name.h. */
#include "proxy/cli/rule_name.h"

#include "proxy/base/mem.h"
#include "rules/yaml.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The rule without its pack. */
static const char *short_name(const char *id)
{
	const char *slash = strrchr(id, '/');
	return slash ? slash + 1 : id;
}

/* One that is spelt nearly so, or has the name in another pack; or NULL. */
static const char *nearest(const char *const *ids, const char *name)
{
	const char *near = yaml_nearest(name, ids);
	for (size_t i = 0; !near && ids[i]; i++)
		if (strcmp(short_name(ids[i]), short_name(name)) == 0)
			near = ids[i];
	return near;
}

size_t rule_name_find(
    const struct guard_policy *policy, const char *name, const char *verb)
{
	size_t n = guard_policy_rules(policy), found = SIZE_MAX;
	const char **ids = mem_array(n + 1, sizeof(*ids));
	for (size_t i = 0; i < n; i++) {
		struct guard_rule_info rule;
		guard_policy_rule(policy, i, &rule);
		ids[i] = rule.id;
		if (strcmp(rule.id, name) == 0)
			found = i;
	}
	if (found == SIZE_MAX) {
		const char *near = nearest(ids, name);
		fprintf(stderr, "handrail %s: the policy has no rule \"%s\"\n",
		    verb, name);
		if (near)
			fprintf(stderr, "  did you mean \"%s\"?\n", near);
		else
			fprintf(stderr,
			    "  rules are named as in the audit log: "
			    "PACK/RULE\n");
	}
	free(ids);
	return found;
}
