/*
 * load_time - dates, times, hours and zones in policy files. A day counts from
 * its first to its last moment in the pack's time zone.
 */
#include "rules/load_parts.h"

#include <stdio.h>
#include <string.h>

const struct zone_rules *load_zone_named(
    struct load *l, const struct yaml_node *n)
{
	if (!n || n->kind != YAML_TEXT)
		return NULL;
	if (strcmp(n->text, "UTC") == 0)
		return zone_utc();
	uint32_t known = names_find(&l->zone_names, n->text);
	if (known != NAMES_NONE)
		return *LOAD_ITEM(&l->zones, const struct zone_rules *, known);
	size_t len = 0;
	const unsigned char *bytes = l->source->zone
	    ? l->source->zone(l->source->zone_arg, n->text, &len)
	    : NULL;
	const struct zone_rules *zone = NULL;
	enum zone_err err = ZONE_ERR_FORMAT;
	if (bytes)
		err = zone_read(&zone, &l->policy->arena, bytes, len);
	if (err == ZONE_ERR_MEMORY) {
		load_out_of_memory(l);
		return NULL;
	}
	if (err) {
		load_fault(l, n, LOAD_ZONE,
		    "use a name such as America/New_York or UTC",
		    bytes ? "the data of time zone %s cannot be read"
			  : "the time zone %s is not known here",
		    n->text);
		return zone_utc(); /* the rest is read as if it were good */
	}
	const struct zone_rules **slot = load_push(l, &l->zones);
	char *name = load_printf(l, "%s", n->text);
	if (!slot || !name)
		return NULL;
	*slot = zone;
	if (names_add(&l->zone_names, name, (uint32_t)l->zones.n - 1))
		load_out_of_memory(l);
	return zone;
}

const struct zone_rules *load_zone(struct load *l, const struct yaml_node *at)
{
	const struct zone_rules *pack = l->pack ? l->pack->zone : NULL;
	/* What a policy changes in a pack's rule is dated by the policy. */
	bool of_pack = !at || !l->pack || at->file == yaml_file(l->pack->doc);
	if (pack && (of_pack || !l->policy_zone))
		return pack;
	if (l->policy_zone)
		return l->policy_zone;
	load_fault(l, at, LOAD_ZONE,
	    "add timezone: to the pack or to policy.yaml",
	    "a time is meant here, but no time zone is given");
	l->policy_zone = zone_utc(); /* told once */
	return l->policy_zone;
}

static bool parse_date(const char *s, struct zone_civil *out, int *used)
{
	*used = 0;
	unsigned year, month, day;
	for (int i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? s[i] != '-' : s[i] < '0' || s[i] > '9')
			return false;
	if (sscanf(s, "%4u-%2u-%2u%n", &year, &month, &day, used) != 3)
		return false;
	*out = (struct zone_civil){(int)year, month, day, 0};
	return zone_is_day((int)year, month, day);
}

/* "08:00", "24:00" where the end of the day is meant. */
static bool parse_clock(const char *s, unsigned last, unsigned *minutes)
{
	for (int i = 0; i < 5; i++)
		if (i == 2 ? s[i] != ':' : s[i] < '0' || s[i] > '9')
			return false;
	unsigned hour = (unsigned)(s[0] - '0') * 10 + (unsigned)(s[1] - '0');
	unsigned minute = (unsigned)(s[3] - '0') * 10 + (unsigned)(s[4] - '0');
	*minutes = hour * 60 + minute;
	return minute < 60 && *minutes <= last;
}

int64_t load_date(struct load *l, const struct yaml_node *n, unsigned days)
{
	if (!n || n->kind != YAML_TEXT)
		return 0;
	struct zone_civil c;
	int used;
	if (!parse_date(n->text, &c, &used) || n->text[used]) {
		load_fault(l, n, LOAD_DATE, "write it like 2026-11-01",
		    "\"%s\" is not a day", n->text);
		return 0;
	}
	const struct zone_rules *zone = load_zone(l, n);
	if (!zone)
		return 0;
	for (; days; days--) {
		c.day++;
		if (!zone_is_day(c.year, c.month, c.day)) {
			c.day = 1;
			c.month++;
		}
		if (c.month > 12) {
			c.month = 1;
			c.year++;
		}
	}
	return zone_unix_us(zone, &c);
}

int64_t load_time(struct load *l, const struct yaml_node *n)
{
	if (!n || n->kind != YAML_TEXT)
		return 0;
	struct zone_civil c;
	int used;
	bool good = parse_date(n->text, &c, &used) && n->text[used] == 'T' &&
	    parse_clock(n->text + used + 1, 1439, &c.minute);
	const char *rest = good ? n->text + used + 6 : "";
	bool utc = strcmp(rest, "Z") == 0;
	if (!good || (*rest && !utc)) {
		load_fault(l, n, LOAD_DATE,
		    "write it like \"2026-11-03T21:15\"",
		    "\"%s\" is not a time", n->text);
		return 0;
	}
	const struct zone_rules *zone = utc ? zone_utc() : load_zone(l, n);
	return zone ? zone_unix_us(zone, &c) : 0;
}

bool load_clocks(const char *s, uint16_t *from, uint16_t *to)
{
	unsigned a, b;
	if (!parse_clock(s, 1439, &a) || s[5] != '-' ||
	    !parse_clock(s + 6, 1440, &b) || s[11] || a == b)
		return false;
	*from = (uint16_t)a;
	*to = (uint16_t)b;
	return true;
}

struct hours load_hours(struct load *l, const struct yaml_node *n)
{
	struct hours h = {0};
	if (!n || n->kind != YAML_TEXT)
		return h;
	const char *s = n->text;
	if (strncmp(s, "outside ", 8) == 0) {
		h.outside = true;
		s += 8;
	}
	if (!load_clocks(s, &h.from, &h.to)) {
		load_fault(l, n, LOAD_DATE,
		    "write 08:00-20:00, or outside 08:00-20:00",
		    "\"%s\" is not a span of hours", n->text);
		return h;
	}
	h.set = load_zone(l, n) != NULL;
	return h;
}
