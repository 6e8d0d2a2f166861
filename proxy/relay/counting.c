/* counting - see counting.h. */
#include "proxy/relay/counting.h"

#include "proxy/base/mem.h"

static void add_all(struct guard_memory *to, const struct guard_memory *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (guard_memory_add(to, &from->rows[i]))
			mem_exhausted();
}

void counting_begin(struct counting *c, struct guard_scanner *scanner,
    const struct guard_policy *policy, const struct guard_session *session)
{
	*c = (struct counting){
	    .scanner = scanner,
	    .policy = policy,
	    .on = guard_policy_remembers(policy),
	    .session = *session,
	};
	if (!c->on)
		return;
	for (size_t i = 0; i < session->n_counted; i++)
		if (guard_memory_add(&c->all, &session->counted[i]))
			mem_exhausted();
	c->session.counted = c->all.rows;
}

void counting_add(struct counting *c, const struct guard_message *message,
    struct guard_memory *more)
{
	struct guard_memory added = {0};
	if (!c->on)
		return;
	if (guard_remember(c->scanner, c->policy, &c->session, message, &added))
		mem_exhausted();
	add_all(&c->all, &added);
	if (more)
		add_all(more, &added);
	c->session.counted = c->all.rows;
	c->session.n_counted = c->all.n;
	guard_memory_clear(&added);
}

void counting_clear(struct counting *c)
{
	guard_memory_clear(&c->all);
}
