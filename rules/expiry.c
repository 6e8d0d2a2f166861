/*
 * expiry - what of a policy has ended by a day, and what will soon. See
 * guard_author.h. The judging never asks: it goes by the time of each message.
 */
#include "rules/guard_author.h"
#include "rules/load_codes.h"
#include "rules/policy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DAY_US (INT64_C(86400) * 1000000)

/* Something with an end, and what it means when that is past. */
struct ending {
	const char *rule, *file;
	unsigned line;
	int64_t until_us; /* 0: none */
	enum load_code code;
	const char *what, *past, *hint;
};

struct reporter {
	int64_t now_us;
	diag_fn *diag;
	void *arg;
};

static void tell(const struct reporter *to, const struct ending *e)
{
	char message[400];
	int64_t left = e->until_us - to->now_us;
	if (!e->until_us || left > GUARD_SOON_DAYS * DAY_US)
		return;
	enum load_code code = left > 0 ? LOAD_ENDS_SOON : e->code;
	int64_t days = left > 0 ? (left - 1) / DAY_US : -left / DAY_US;
	const char *s = days == 1 ? "" : "s";
	if (left > 0 && days == 0)
		snprintf(message, sizeof(message), "%s %s ends today", e->what,
		    e->rule);
	else if (left > 0)
		snprintf(message, sizeof(message),
		    "%s %s ends in %" PRId64 " day%s", e->what, e->rule, days,
		    s);
	else if (days == 0)
		snprintf(message, sizeof(message),
		    "%s %s ended less than a day ago: %s", e->what, e->rule,
		    e->past);
	else
		snprintf(message, sizeof(message),
		    "%s %s ended %" PRId64 " day%s ago: %s", e->what, e->rule,
		    days, s, e->past);
	to->diag(
	    &(struct diag){
		.level = load_codes[code].level,
		.code = load_codes[code].code,
		.file = e->file,
		.line = e->line,
		.col = 1,
		.width = 1,
		.message = message,
		.hint = left > 0 ? NULL : e->hint,
	    },
	    to->arg);
}

static void tell_exceptions(const struct reporter *to, const struct rule *r)
{
	for (size_t i = 0; i < r->n_unless; i++)
		tell(to,
		    &(struct ending){
			.rule = r->info.id,
			.file = r->unless[i].file,
			.line = r->unless[i].line,
			.until_us = r->unless[i].until_us,
			.code = LOAD_EXCEPTION_OVER,
			.what = "an exception to",
			.past = "it excuses nothing any more",
			.hint = "take it out, or decide on another day",
		    });
}

static void tell_changes(const struct reporter *to, const struct rule *r)
{
	for (size_t i = 0; i < r->n_changes; i++)
		tell(to,
		    &(struct ending){
			.rule = r->info.id,
			.file = r->changes[i].file,
			.line = r->changes[i].line,
			.until_us = r->changes[i].until_us,
			.code = LOAD_CHANGE_OVER,
			.what = "the change to",
			.past = "what it loosened is as strict as in its pack",
			.hint = "take it out, or decide on another day",
		    });
}

void guard_policy_expiries(
    const struct guard_policy *p, int64_t time_us, diag_fn *diag, void *arg)
{
	const struct reporter to = {time_us, diag, arg};
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule *r = &p->rules[i];
		tell_changes(&to, r);
		tell_exceptions(&to, r);
		struct ending e = {
		    .rule = r->info.id,
		    .file = r->info.file,
		    .line = r->info.line,
		    .until_us = r->to_us,
		    .code = LOAD_RULE_OVER,
		    .what = "the rule",
		    .past = "it is not in force any more",
		    .hint = "take it out, or write another effective: to:",
		};
		tell(&to, &e);
		e.until_us = r->shadow_until_us;
		e.code = LOAD_SHADOW_OVER;
		e.what = "the time in shadow of";
		e.past = "nobody has decided yet";
		e.hint = "take mode: shadow out, or write another "
			 "shadow_until:";
		tell(&to, &e);
	}
}
