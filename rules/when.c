/* when - see when.h. */
#include "rules/when.h"
#include "rules/zone.h"

#include <string.h>

#define MINUTE_US INT64_C(60000000)
#define DAY_MINUTES 1440

static bool listed(const struct words *w, const char *value)
{
	if (!value)
		return false;
	for (size_t i = 0; i < w->n; i++)
		if (!strcmp(w->any[i], value))
			return true;
	return false;
}

static bool holds(const struct words *w, const char *value)
{
	return !w->n || listed(w, value);
}

/* "en" is also spoken by "en-GB". */
static bool language_holds(const struct words *w, const char *value)
{
	if (holds(w, value))
		return true;
	if (!value)
		return false;
	for (size_t i = 0; i < w->n; i++) {
		size_t n = strlen(w->any[i]);
		if (!strncmp(w->any[i], value, n) && value[n] == '-')
			return true;
	}
	return false;
}

static int minute_of_day(const struct zone_rules *zone, int64_t time_us)
{
	if (zone)
		return (int)zone_local(zone, time_us).minute;
	int64_t minute = time_us / MINUTE_US - (time_us % MINUTE_US < 0);
	return (int)((minute % DAY_MINUTES + DAY_MINUTES) % DAY_MINUTES);
}

/* From a time later than its end, hours go on past midnight. */
static bool hours_hold(const struct when *w, int64_t time_us)
{
	const struct hours *h = &w->hours;
	if (!h->set)
		return true;
	if (!time_us)
		return false;
	int now = minute_of_day(w->zone_rules, time_us);
	bool inside = h->from <= h->to ? now >= h->from && now < h->to
				       : now >= h->from || now < h->to;
	return inside != h->outside;
}

static bool turn_holds(const struct ai_turn_range *range, uint32_t turn)
{
	if (!range->min && !range->max)
		return true;
	if (!turn)
		turn = 1;
	return turn >= range->min && turn <= range->max;
}

static bool state_holds(enum guard_tristate wanted, enum guard_tristate is)
{
	return wanted == GUARD_UNKNOWN || wanted == is;
}

bool when_holds(const struct when *w, const struct guard_session *s)
{
	if (!w->set)
		return true;
	return holds(&w->channel, s->channel) &&
	    holds(&w->segment, s->segment) &&
	    !listed(&w->segment_not, s->segment) &&
	    language_holds(&w->language, s->language) &&
	    holds(&w->interaction_type, s->interaction_type) &&
	    holds(&w->zone, s->zone) && holds(&w->customer_is, s->customer) &&
	    turn_holds(&w->ai_turn, s->ai_turn) &&
	    state_holds(w->resolved, s->resolved) &&
	    state_holds(w->repeat_contact, s->repeat_contact) &&
	    hours_hold(w, s->time_us);
}
