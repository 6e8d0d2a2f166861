/*
 * why - what keeps a rule from firing on a message.
 *
 * The rule is judged alone, enforced, and again with one of its conditions
 * taken out at a time: those without which it fires are the reasons. Where
 * more than one stands in the way (WHY_SEVERAL), all that do are named.
 */
#ifndef HANDRAIL_RULES_WHY_H
#define HANDRAIL_RULES_WHY_H

#include "rules/guard.h"

enum why {
	WHY_FIRES,     /* nothing keeps it; *out has the hits */
	WHY_SPEAKER,   /* somebody else speaks */
	WHY_WHEN,      /* its when does not hold */
	WHY_DATES,     /* not in force at this time */
	WHY_EXCUSED,   /* unless */
	WHY_NEGATED,   /* ignore_negated */
	WHY_NEAR,      /* nothing of near is close enough */
	WHY_WORDING,   /* the required wording is there */
	WHY_TOO_FEW,   /* of a topic's phrases */
	WHY_TOGETHER,  /* not all of find is in one sentence */
	WHY_SEVERAL,   /* several of these together */
	WHY_NOT_FOUND, /* nothing of find is in the text */
	WHY_UNDECIDED,
	WHY_KINDS,
};
/* In words, to follow the rule's name. */
const char *why_text(enum why);

struct why_answer {
	bool reasons[WHY_KINDS];
	struct guard_hit hit; /* WHY_FIRES: the first; `what` is dropped */
	bool undecided;
};

/* 0, or -1 when memory runs out. */
int why_not(const struct guard_policy *, size_t rule,
    const struct guard_session *, const struct guard_message *,
    struct why_answer *out) __attribute__((warn_unused_result));

#endif
