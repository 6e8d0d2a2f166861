/* modes - see modes.h. Rules are paired by their ids. */
#include "proxy/relay/modes.h"

#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

#define MAX_NAMED 20 /* rules named of one change; how many more is said */

struct record_modes modes_count(const struct guard_policy *policy)
{
	struct record_modes n = {.known = true};
	for (size_t i = 0; i < guard_policy_rules(policy); i++) {
		struct guard_rule_info rule;
		guard_policy_rule(policy, i, &rule);
		n.enforce += rule.mode == GUARD_ENFORCE;
		n.shadow += rule.mode == GUARD_SHADOW;
		n.off += rule.mode == GUARD_OFF;
	}
	return n;
}

struct mode_of { /* of a rule: how far it acts */
	const char *id;
	enum guard_mode mode;
	unsigned percent;
};

static int by_id(const void *a, const void *b)
{
	const struct mode_of *x = a, *y = b;
	return strcmp(x->id, y->id);
}

/* Sorted; for free(). */
static struct mode_of *modes_of(const struct guard_policy *policy, size_t *n)
{
	*n = guard_policy_rules(policy);
	struct mode_of *all = mem_array(*n + 1, sizeof(*all));
	for (size_t i = 0; i < *n; i++) {
		struct guard_rule_info rule;
		guard_policy_rule(policy, i, &rule);
		all[i] =
		    (struct mode_of){rule.id, rule.mode, rule.rollout_percent};
	}
	qsort(all, *n, sizeof(*all), by_id);
	return all;
}

struct mode_change {
	const struct mode_of *was, *now; /* now NULL: it is gone */
};

/* Say it once with every rule it is true of. */
static void put_change(struct buf *out, const struct mode_change *c)
{
	buf_adds(out, out->len ? "; " : "");
	if (!c->now)
		buf_printf(out, "%s -> removed", guard_mode_name(c->was->mode));
	else if (c->was->mode != c->now->mode)
		buf_printf(out, "%s -> %s", guard_mode_name(c->was->mode),
		    guard_mode_name(c->now->mode));
	else
		buf_printf(out, "rolled out to %u%% -> %u%%", c->was->percent,
		    c->now->percent);
}

static int compare(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

/* Those of one kind beside each other, by id among them. */
static int by_kind(const void *a, const void *b)
{
	const struct mode_change *x = a, *y = b;
	int order = compare(!x->now, !y->now);
	if (!order)
		order = compare(y->was->mode, x->was->mode);
	if (!order && x->now && y->now)
		order = compare(x->now->mode, y->now->mode);
	if (!order && x->now && y->now && x->was->mode == x->now->mode) {
		order = compare(x->was->percent, y->was->percent);
		if (!order)
			order = compare(x->now->percent, y->now->percent);
	}
	return order;
}

static int by_kind_and_id(const void *a, const void *b)
{
	const struct mode_change *x = a, *y = b;
	int order = by_kind(a, b);
	return order ? order : by_id(x->was, y->was);
}

static void put_changes(struct buf *out, struct mode_change *all, size_t n)
{
	qsort(all, n, sizeof(*all), by_kind_and_id);
	for (size_t i = 0, end; i < n; i = end) {
		put_change(out, &all[i]);
		for (end = i; end < n && !by_kind(&all[i], &all[end]); end++)
			if (end - i < MAX_NAMED)
				buf_printf(out, "%s%s", end == i ? ": " : ", ",
				    all[end].was->id);
		if (end - i > MAX_NAMED)
			buf_printf(out, " and %zu more", end - i - MAX_NAMED);
	}
}

static bool is_same(const struct mode_of *a, const struct mode_of *b)
{
	return b && a->mode == b->mode && a->percent == b->percent;
}

static const char *name_of(const char *environment)
{
	return environment ? environment : "none";
}

bool modes_differ(
    const struct modes_side *was, const struct modes_side *now, struct buf *out)
{
	size_t n_old, n_new, n = 0, start = out->len;
	struct mode_of *old = modes_of(was->policy, &n_old);
	struct mode_of *new = modes_of(now->policy, &n_new);
	struct mode_change *changes = mem_array(n_old + 1, sizeof(*changes));
	struct buf words = {0};
	for (size_t i = 0; i < n_old; i++) {
		const struct mode_of *with =
		    bsearch(&old[i], new, n_new, sizeof(*new), by_id);
		if (!is_same(&old[i], with))
			changes[n++] = (struct mode_change){&old[i], with};
	}
	if (strcmp(name_of(was->environment), name_of(now->environment)) != 0)
		buf_printf(&words, "environment %s -> %s",
		    name_of(was->environment), name_of(now->environment));
	put_changes(&words, changes, n);
	buf_add(out, words.data, words.len);
	buf_clear(&words);
	free(changes);
	free(old);
	free(new);
	return out->len > start;
}
