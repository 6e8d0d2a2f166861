/*
 * allow - is a rule excused by an approved text (then: allow)?
 */
#ifndef HANDRAIL_RULES_ALLOW_H
#define HANDRAIL_RULES_ALLOW_H

#include "rules/combine.h"
#include "rules/machine.h"

/* YES: it is. OPEN: it may be, once more has been read. */
enum combine allow_look(struct machine *, uint32_t rule);

#endif
