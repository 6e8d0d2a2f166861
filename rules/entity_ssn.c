/* entity_ssn - US social security numbers: areas that are given out, written
 * 3-2-4. Other groupings of the nine digits count only behind a word that says
 * so, or alone in the message. */
#include "rules/entity_kinds.h"

#include <string.h>

static const char *const context[] = {
    "ssn", "ssns", "social", "security", "socials", NULL};

static bool is_given_out(const char *d)
{
	static const char *const known_fakes[] = {"078051120", "219099999"};
	for (size_t i = 0; i < sizeof(known_fakes) / sizeof(known_fakes[0]);
	     i++) {
		if (memcmp(d, known_fakes[i], 9) == 0)
			return false;
	}
	bool varied = false;
	for (size_t i = 1; i < 9; i++)
		varied |= d[i] != d[0];
	return varied && d[0] != '9' && memcmp(d, "000", 3) != 0 &&
	    memcmp(d, "666", 3) != 0 && memcmp(d + 3, "00", 2) != 0 &&
	    memcmp(d + 5, "0000", 4) != 0;
}

static bool is_number_only(const char *s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (!entity_is_digit(s[i]) && s[i] != ' ' && s[i] != '-' &&
		    s[i] != '.' && s[i] != ',')
			return false;
	}
	return true;
}

/* Nothing but numbers in the whole message. */
static enum entity_answer stands_alone(
    const struct entity_in *in, size_t start, size_t end)
{
	if (!is_number_only(in->s, 0, start) ||
	    !is_number_only(in->s, end, in->n))
		return ENTITY_NO;
	return in->final ? ENTITY_YES : ENTITY_MORE;
}

/* 3-2-4 with one separator, 3-6, 5-4, or nine digits; with one point it is a
 * number of units and parts. */
static bool is_grouped(const struct entity_run *run, bool *usual)
{
	unsigned breaks = 0;
	for (unsigned i = 1; i < 9; i++)
		breaks |= run->seps[i] ? 1u << i : 0;
	*usual = breaks == (1u << 3 | 1u << 5);
	bool point = run->seps[3] == '.' || run->seps[5] == '.';
	return (*usual && run->seps[3] == run->seps[5]) || breaks == 0 ||
	    ((breaks == 1u << 3 || breaks == 1u << 5) && !point);
}

enum entity_answer entity_ssn(
    const struct entity_in *in, size_t start, size_t *end)
{
	if (!entity_is_digit(in->s[start]))
		return ENTITY_NO;
	struct entity_run run;
	bool usual;
	entity_run_read(in, start, " -.", 10, &run);
	if (run.more && run.n <= 9)
		return ENTITY_MORE;
	if (run.n < 9 || !entity_run_breaks(&run, 8) ||
	    !is_given_out(run.digits) || !is_grouped(&run, &usual))
		return ENTITY_NO;
	*end = run.ends[8];
	if (usual || entity_has_context(in, start, context))
		return ENTITY_YES;
	bool counting = memcmp(run.digits, "123456789", 9) == 0;
	return counting ? ENTITY_NO : stands_alone(in, start, *end);
}
