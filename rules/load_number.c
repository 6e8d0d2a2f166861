/*
 * load_number - limits as authors write them, the words that may be near, and
 * the detectors of typed numbers.
 */
#include "rules/load_amounts.h"
#include "rules/load_parts.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* ---- near ---- */

unsigned load_within(struct load *l, const struct yaml_node *map)
{
	const struct yaml_node *n = yaml_get(map, "within");
	unsigned words = 0;
	int used = 0;
	if (!n || n->kind != YAML_TEXT || yaml_is(n, "sentence") ||
	    yaml_is(n, "same sentence"))
		return UINT_MAX;
	bool digits = n->text[0] >= '0' && n->text[0] <= '9';
	if (digits && sscanf(n->text, "%4u word%n", &words, &used) == 1 &&
	    used && (!n->text[used] || strcmp(n->text + used, "s") == 0) &&
	    words <= LOAD_MAX_WITHIN_WORDS)
		return words;
	load_fault(l, n, LOAD_NUMBER, "write: within: 6 words",
	    "\"%s\" is not \"N words\" (at most %u) or \"sentence\"", n->text,
	    LOAD_MAX_WITHIN_WORDS);
	return UINT_MAX;
}

bool load_near(struct load *l, const struct yaml_node *map, struct near *out)
{
	const struct yaml_node *near = yaml_get(map, "near");
	const struct yaml_node *within = yaml_get(map, "within");
	if (!near) {
		if (within)
			load_fault(l, within->key, LOAD_FIND,
			    "say near what: near: [...]",
			    "within has to stand beside near");
		return false;
	}
	out->what = load_phrases(l, near);
	out->within = load_within(l, map);
	return out->what.n > 0;
}

/* ---- numbers ---- */

struct unit {
	const char *name;
	int64_t seconds;
};
static const struct unit units[] = {
    {"second", 1},
    {"minute", 60},
    {"hour", 3600},
    {"day", 86400},
    {"week", 604800},
    {"month", 2592000},
    {"year", 31536000},
};

/* "3 months" as seconds; a month is 30 days, a year 365, as in texts. */
static bool read_duration(
    struct load *l, const struct yaml_node *n, int64_t *out)
{
	unsigned amount = 0;
	char unit[16] = "";
	int used = 0;
	if (n->text[0] >= '0' && n->text[0] <= '9' &&
	    sscanf(n->text, "%6u %10[a-z]%n", &amount, unit, &used) == 2 &&
	    !n->text[used]) {
		size_t len = strlen(unit);
		if (len && unit[len - 1] == 's')
			unit[len - 1] = '\0';
		for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
			if (strcmp(units[i].name, unit) != 0)
				continue;
			*out = (int64_t)amount * units[i].seconds;
			return true;
		}
	}
	load_fault(l, n, LOAD_NUMBER, "write it like 30 minutes or 3 months",
	    "\"%s\" is not a length of time", n->text);
	return false;
}

bool load_bound(struct load *l, const struct yaml_node *n,
    enum number_kind kind, int64_t *out)
{
	if (!n || n->kind != YAML_TEXT)
		return false;
	switch (kind) {
	case NUMBER_DURATION:
		return read_duration(l, n, out);
	case NUMBER_PERCENT: {
		/* 10% and 10 are the same limit. */
		struct yaml_node bare = *n;
		char text[32];
		if (n->len > 1 && n->len < sizeof(text) &&
		    n->text[n->len - 1] == '%') {
			memcpy(text, n->text, n->len - 1);
			text[n->len - 1] = '\0';
			bare.text = text;
			bare.len = n->len - 1;
		}
		return load_hundredths(l, &bare, out);
	}
	case NUMBER_MONEY:
	case NUMBER_COUNT:
		return load_hundredths(l, n, out);
	}
	return false;
}

void load_currency(struct load *l, const struct yaml_node *n, char out[4])
{
	if (!n || n->kind != YAML_TEXT)
		return;
	bool good = n->len == 3;
	for (size_t i = 0; good && i < 3; i++)
		good = n->text[i] >= 'A' && n->text[i] <= 'Z';
	if (good)
		memcpy(out, n->text, 4);
	else
		load_fault(l, n, LOAD_VALUE, "write it like USD or EUR",
		    "\"%s\" is not a currency in three capital letters",
		    n->text);
}

bool load_range(struct load *l, const struct yaml_node *n,
    enum number_kind kind, const char *where, struct number_range *out)
{
	if (!n || n->kind != YAML_MAP)
		return false;
	load_check_map(l, n,
	    kind == NUMBER_MONEY ? load_keys_money : load_keys_number, where);
	*out = (struct number_range){.kind = kind};
	out->has_above = load_bound(l, yaml_get(n, "above"), kind, &out->above);
	out->has_below = load_bound(l, yaml_get(n, "below"), kind, &out->below);
	load_currency(l, yaml_get(n, "currency"), out->currency);
	if (out->has_above && out->has_below && out->above >= out->below) {
		load_fault(l, n, LOAD_NUMBER, NULL,
		    "nothing is above %s and below %s",
		    yaml_get_text(n, "above"), yaml_get_text(n, "below"));
		return false;
	}
	return true;
}

uint32_t load_number(struct load *l, const struct number_range *r)
{
	char *key = load_printf(l, "number %d %s %d %" PRId64 " %d %" PRId64,
	    (int)r->kind, r->currency, r->has_above, r->above, r->has_below,
	    r->below);
	struct detector d = {.kind = DETECTOR_NUMBER, .number = *r};
	return key ? load_detector(l, key, &d) : DETECTOR_NONE;
}
