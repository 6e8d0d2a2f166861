/* excuse - see excuse.h. */
#include "rules/excuse.h"

#include "rules/entity.h"
#include "rules/excuse_value.h"

#include <stdlib.h>
#include <string.h>

void excuse_said_clear(struct excuse_said *s)
{
	for (size_t i = 0; i < s->n; i++) {
		text_clear(&s->turns[i].text);
		matches_clear(&s->turns[i].entities);
	}
	free(s->turns);
	*s = (struct excuse_said){0};
}

static int fold(struct text *t, const char *bytes, size_t len)
{
	if (text_init(t, len + 1))
		return -1;
	int err = text_feed(t, bytes, len);
	if (!err)
		err = text_end(t);
	/* What is not text cannot excuse; only memory is a fault. */
	return err == TEXT_ERR_MEMORY ? -1 : 0;
}

static int find_entities(const struct guard_policy *p, struct excuse_turn *turn)
{
	struct entity_scan scan;
	size_t alive;
	entity_scan_init(&scan);
	return p->of_kind[DETECTOR_ENTITY].n
	    ? entity_scan(&scan, &turn->text, p, &turn->entities, &alive)
	    : 0;
}

static int said_ready(struct excuse_said *s, const struct excuse_facts *f)
{
	if (s->ready)
		return 0;
	size_t n = f->session->n_customer_said;
	excuse_said_clear(s);
	s->turns = n ? calloc(n, sizeof(*s->turns)) : NULL;
	if (n && !s->turns)
		return -1;
	while (s->n < n) {
		const struct guard_span_text *said =
		    &f->session->customer_said[s->n];
		struct excuse_turn *turn = &s->turns[s->n++];
		if (fold(&turn->text, said->text, said->len) ||
		    find_entities(f->policy, turn))
			return -1;
	}
	s->ready = true;
	return 0;
}

static int is_listed(const char *const *texts, const struct excuse_value *v)
{
	for (; *texts; texts++) {
		struct text t = {0};
		int err = fold(&t, *texts, strlen(*texts));
		bool same = !err && excuse_value_is(v, &t);
		text_clear(&t);
		if (err)
			return -1;
		if (same)
			return 1;
	}
	return 0;
}

int excuse_by_value(
    const struct excuse *e, const struct excuse_facts *f, const struct match *m)
{
	if (!e->texts && !e->said_by_customer)
		return 0;
	struct excuse_value v = excuse_value_of(f->policy, f->text, m);
	int found = e->texts ? is_listed(e->texts, &v) : 0;
	if (found || !e->said_by_customer)
		return found;
	if (said_ready(f->said, f))
		return -1;
	for (size_t i = 0; i < f->said->n; i++) {
		const struct excuse_turn *turn = &f->said->turns[i];
		if (excuse_value_is_said(&v, &turn->text, &turn->entities))
			return 1;
	}
	return 0;
}

static bool covers(
    const struct guard_approval *a, int64_t amount, const char *currency)
{
	if (a->up_to_minor < 0 || amount < 0)
		return true;
	bool same = !a->currency || !*a->currency || !*currency ||
	    !strcmp(a->currency, currency);
	return same && amount <= a->up_to_minor;
}

bool excuse_by_approval(const char *name, const struct guard_session *s,
    int64_t amount, const char *currency)
{
	for (size_t i = 0; i < s->n_approvals; i++) {
		const struct guard_approval *a = &s->approvals[i];
		/* Without a time nobody knows whether it still holds. */
		bool expired = a->expires_us &&
		    (!s->time_us || s->time_us >= a->expires_us);
		if (a->uses && !expired && !strcmp(a->name, name) &&
		    covers(a, amount, currency))
			return true;
	}
	return false;
}

bool excuse_is_over(const struct excuse *e, const struct excuse_facts *f)
{
	int64_t now = f->session->time_us;
	if (!e->until_us || (!now && f->any_day))
		return false;
	return !now || now >= e->until_us;
}
