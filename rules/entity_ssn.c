/* entity_ssn - US social security numbers: areas that are given out. Nine bare
 * digits count only behind a word that says so, or alone in the message. */
#include "rules/entity_kinds.h"

#include <stdlib.h>
#include <string.h>

static const char *const context[] = {
    "ssn", "ssns", "social", "security", "itin", NULL};

static bool is_given_out(const char *d)
{
	static const char *const known_fakes[] = {
	    "078051120", "219099999", "123456789"};
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

/* Nothing but the number in the whole message. */
static enum entity_answer stands_alone(
    const struct entity_in *in, size_t start, size_t end)
{
	for (size_t i = 0; i < start; i++) {
		if (in->s[i] != ' ')
			return ENTITY_NO;
	}
	for (size_t i = end; i < in->n; i++) {
		if (in->s[i] != ' ' && in->s[i] != '.')
			return ENTITY_NO;
	}
	return in->final ? ENTITY_YES : ENTITY_MORE;
}

enum entity_answer entity_ssn(
    const struct entity_in *in, size_t start, size_t *end)
{
	if (!entity_is_digit(in->s[start]))
		return ENTITY_NO;
	struct entity_run run;
	entity_run_read(in, start, " -.", 10, &run);
	if (run.more && run.n <= 9)
		return ENTITY_MORE;
	if (run.n < 9 || !entity_run_breaks(&run, 8) ||
	    !is_given_out(run.digits))
		return ENTITY_NO;
	size_t breaks = 0;
	for (size_t i = 1; i < 9; i++)
		breaks += run.seps[i] != '\0';
	*end = run.ends[8];
	if (breaks == 2)
		return run.seps[3] && run.seps[3] == run.seps[5] ? ENTITY_YES
								 : ENTITY_NO;
	if (breaks > 0)
		return ENTITY_NO;
	if (entity_has_context(in, start, context))
		return ENTITY_YES;
	return run.n == 9 ? stands_alone(in, start, *end) : ENTITY_NO;
}
