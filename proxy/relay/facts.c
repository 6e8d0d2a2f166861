/* facts - see facts.h. */
#include "proxy/relay/facts.h"

#include "proxy/base/mem.h"
#include "proxy/relay/news.h"

#include <stdlib.h>
#include <string.h>

static enum guard_tristate tristate(const char *word)
{
	if (!word)
		return GUARD_UNKNOWN;
	if (strcmp(word, "yes") == 0)
		return GUARD_YES;
	return strcmp(word, "no") == 0 ? GUARD_NO : GUARD_UNKNOWN;
}

static unsigned char *paused_rules(const struct facts_sources *from)
{
	if (!pauses_any(from->pauses))
		return NULL;
	size_t n = guard_policy_rules(from->policy);
	unsigned char *paused = mem_zero(n + 1);
	for (size_t i = 0; i < n; i++) {
		struct guard_rule_info rule;
		guard_policy_rule(from->policy, i, &rule);
		paused[i] = pauses_rule(from->pauses, rule.id, from->now_us);
	}
	return paused;
}

/* What the customer wrote before, and in this very turn. */
static void customer_said(struct facts *f, const struct channel_request *asked)
{
	size_t n = f->view->n_customer_said;
	f->customer_said = mem_array(
	    n + asked->n_turns - f->news + 1, sizeof(*f->customer_said));
	if (n)
		memcpy(f->customer_said, f->view->customer_said,
		    n * sizeof(*f->customer_said));
	for (size_t i = f->news; i < asked->n_turns; i++) {
		struct span text = channel_turn_text(asked, i);
		if (asked->turns[i].kind == CHANNEL_TURN_CUSTOMER)
			f->customer_said[n++] =
			    (struct guard_span_text){text.p, text.len};
	}
	f->session.customer_said = f->customer_said;
	f->session.n_customer_said = n;
}

void facts_init(struct facts *f, const struct facts_sources *from)
{
	const struct channel_facts *facts = &from->asked->facts;
	*f = (struct facts){0};
	f->view = conversation_view(from->lease);
	f->news = news_from(from->asked, f->view);
	f->paused = paused_rules(from);
	f->session = (struct guard_session){
	    .time_us = from->now_us,
	    .ai_turn = f->view->ai_turn,
	    .conversation = from->conversation,
	    .channel = from->channel,
	    .segment = facts->segment,
	    .language = facts->language,
	    .interaction_type = facts->interaction_type,
	    .zone = facts->zone,
	    .customer = from->asked->customer,
	    .resolved = tristate(facts->resolved),
	    .repeat_contact = tristate(facts->repeat_contact),
	    .ai_said = f->view->ai_said,
	    .n_ai_said = f->view->n_ai_said,
	    .counted = f->view->counted.rows,
	    .n_counted = f->view->counted.n,
	    .paused = f->paused,
	};
	customer_said(f, from->asked);
	/* What the client calls the zone is its own affair where the policy
	 * has some. */
	guard_interaction(from->scanner, from->policy, &f->session, NULL);
}

void facts_clear(struct facts *f)
{
	conversation_view_free(f->view);
	free(f->customer_said);
	free(f->paused);
	*f = (struct facts){0};
}
