/*
 * conversation - conversation tests as they are compiled, and judging them.
 * What the outside may ask is in guard_tests.h.
 *
 * A test is judged by the rules in the modes their authors wrote, whatever
 * the environment lowers or rolls out in part.
 */
#ifndef HANDRAIL_RULES_CONVERSATION_H
#define HANDRAIL_RULES_CONVERSATION_H

#include "rules/guard_tests.h"

struct step {
	enum guard_speaker speaker;
	const char *text; /* NULL: nobody speaks, only given counts */
	size_t len;
	const struct guard_session *given; /* what is known from here on, or
					      NULL; what it leaves out stays */
	bool checked;                      /* there is something to expect */
	bool has_action;
	enum guard_action action;
	const char *because; /* id of the rule that has to decide, or NULL */
	unsigned line, col;  /* of the text */
};

struct conversation {
	const char *name, *file;
	const struct step *steps;
	size_t n_steps;
};

struct load;
/* At the end of loading: reports P074. */
void conversations_judge(struct load *);

#endif
