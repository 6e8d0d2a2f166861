/* limit - see limit.h. */
#include "rules/limit.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
	const char *name;
	int64_t seconds;
} units[] = {
    {"year", 31536000},
    {"month", 2592000},
    {"week", 604800},
    {"day", 86400},
    {"hour", 3600},
    {"minute", 60},
    {"second", 1},
};

int64_t limit_step(enum number_kind kind, int64_t value)
{
	if (kind != NUMBER_DURATION)
		return 100;
	size_t i = 0;
	while (
	    units[i].seconds > 1 && (!value || value % units[i].seconds != 0))
		i++;
	return units[i].seconds;
}

void limit_print(char *out, size_t cap, enum number_kind kind, int64_t value)
{
	if (kind == NUMBER_DURATION) {
		int64_t step = limit_step(kind, value);
		size_t i = 0;
		while (units[i].seconds != step)
			i++;
		snprintf(out, cap, "%" PRId64 " %s%s", value / step,
		    units[i].name, value == step ? "" : "s");
		return;
	}
	if (value % 100)
		snprintf(out, cap, "%" PRId64 ".%02" PRId64, value / 100,
		    value % 100);
	else
		snprintf(out, cap, "%" PRId64, value / 100);
}

const char *limit_kind(enum number_kind kind)
{
	switch (kind) {
	case NUMBER_PERCENT:
		return "percent";
	case NUMBER_MONEY:
		return "money";
	case NUMBER_DURATION:
		return "duration";
	case NUMBER_COUNT:
		break;
	}
	return "count";
}

void limit_print_range(char *out, size_t cap, const struct number_range *r)
{
	char above[48] = "", below[48] = "", limit[40];
	if (r->has_above) {
		limit_print(limit, sizeof(limit), r->kind, r->above);
		snprintf(above, sizeof(above), " above %s", limit);
	}
	if (r->has_below) {
		limit_print(limit, sizeof(limit), r->kind, r->below);
		snprintf(below, sizeof(below), " below %s", limit);
	}
	snprintf(out, cap, "%s%s%s%s%.3s", limit_kind(r->kind), above, below,
	    *r->currency ? " " : "", r->currency);
}
