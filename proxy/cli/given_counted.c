/* given_counted - what a conversation has counted so far: as it was recorded,
 * or by what the AI said. See given.h. */
#include "proxy/base/mem.h"
#include "proxy/cli/given.h"

#include <stdio.h>
#include <string.h>

static bool read_kind(const char *name, enum guard_counted_kind *out)
{
	for (int k = GUARD_COUNTED_SIGNAL; k <= GUARD_COUNTED_WORDING; k++) {
		*out = (enum guard_counted_kind)k;
		if (strcmp(guard_counted_kind_name(*out), name) == 0)
			return true;
	}
	return false;
}

static int read_row(struct given *g, const json_t *v, struct guard_counted *row)
{
	static const char *const keys[] = {
	    "name", "kind", "currency", "value", "times"};
	const char *name = json_string_value(json_object_get(v, "name"));
	const char *kind = json_string_value(json_object_get(v, "kind"));
	const char *currency =
	    json_string_value(json_object_get(v, "currency"));
	const json_t *value = json_object_get(v, "value");
	const json_t *times = json_object_get(v, "times");
	size_t known = 0;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		known += json_object_get(v, keys[i]) != NULL;
	*row = (struct guard_counted){.name = name,
	    .value = json_integer_value(value),
	    .times = times ? json_integer_value(times) : 1};
	bool good = known == json_object_size(v) && name && kind &&
	    read_kind(kind, &row->kind) && row->times > 0 &&
	    (row->kind == GUARD_COUNTED_SIGNAL ? row->value == 0
					       : row->value > 0) &&
	    (!currency || strlen(currency) <= 3);
	if (!good)
		return given_refuse(g,
		    "counted must be a list of {name, kind, currency, value, "
		    "times}");
	snprintf(row->currency, sizeof(row->currency), "%s",
	    currency ? currency : "");
	return 0;
}

int given_counted(struct given *g, const json_t *v)
{
	size_t n = json_array_size(v);
	if (!json_is_array(v))
		return given_refuse(g, "counted must be a list");
	for (size_t i = 0; i < n; i++) {
		struct guard_counted row;
		if (read_row(g, json_array_get(v, i), &row))
			return -1;
		if (guard_memory_add(&g->memory, &row))
			mem_exhausted();
	}
	return 0;
}

/* What the customer said before may have shown that they are upset. */
void given_find_zone(struct given *g, const struct guard_policy *policy,
    struct guard_scanner *scanner, const struct guard_message *message)
{
	struct guard_session *s = &g->session;
	if (s->zone)
		return;
	for (size_t i = 0; i < s->n_customer_said; i++) {
		const struct guard_message said = {GUARD_CUSTOMER,
		    s->customer_said[i].text, s->customer_said[i].len};
		if (!guard_interaction(scanner, policy, s, &said))
			return;
	}
	guard_interaction(scanner, policy, s, message);
}

void given_count_said(struct given *g, const struct guard_policy *policy)
{
	if (!g->session.n_ai_said || !guard_policy_remembers(policy))
		return;
	struct guard_scanner *scanner = guard_scanner_new();
	if (!scanner ||
	    guard_remember_said(scanner, policy, &g->session, &g->memory))
		mem_exhausted();
	guard_scanner_free(scanner);
}
