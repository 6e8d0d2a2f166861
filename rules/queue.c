/* queue - see queue.h, and guard_open_queue in guard.h. */
#include "rules/queue.h"

#include "rules/policy.h"

#include <string.h>

#define DAY_S INT64_C(86400)

struct moment { /* of a place's wall clock */
	unsigned weekday, minute;
};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static struct moment moment_at(const struct zone_rules *zone, int64_t time_us)
{
	int64_t unix_s = floor_div(time_us, 1000000);
	int64_t local = unix_s + zone_offset(zone, unix_s);
	int64_t day = floor_div(local, DAY_S);
	int64_t weekday = (day + 4) % 7; /* 1970-01-01 was a Thursday */
	return (struct moment){
	    .weekday = (unsigned)(weekday < 0 ? weekday + 7 : weekday),
	    .minute = (unsigned)((local - day * DAY_S) / 60),
	};
}

static bool is_within(const struct queue_hours *h, const struct moment *now)
{
	bool today = h->days >> now->weekday & 1;
	bool yesterday = h->days >> (now->weekday + 6) % 7 & 1;
	if (h->from < h->to)
		return today && now->minute >= h->from && now->minute < h->to;
	return (today && now->minute >= h->from) ||
	    (yesterday && now->minute < h->to);
}

bool queue_is_open(const struct queue *q, int64_t time_us)
{
	if (!q->n_hours || !time_us)
		return true;
	const struct moment now = moment_at(q->zone, time_us);
	for (size_t i = 0; i < q->n_hours; i++)
		if (is_within(&q->hours[i], &now))
			return true;
	return false;
}

const char *guard_open_queue(
    const struct guard_policy *p, const char *queue, int64_t time_us)
{
	const struct queue *q = NULL;
	for (size_t i = 0; queue && i < p->n_queues; i++)
		if (strcmp(p->queues[i].name, queue) == 0)
			q = &p->queues[i];
	if (!q)
		return queue;
	/* The loader has seen that this ends at one without hours. */
	while (!queue_is_open(q, time_us))
		q = q->otherwise;
	return q->name;
}
