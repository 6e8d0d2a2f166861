/*
 * whole_text - texts that are listed as a whole (text_is under find).
 */
#ifndef HANDRAIL_RULES_WHOLE_TEXT_H
#define HANDRAIL_RULES_WHOLE_TEXT_H

#include "rules/machine.h"

/* Those the text is, once it has ended, go to m->fresh; m->texts_alive says
 * whether it may still become one. 0, or -1 when memory runs out. */
int whole_text_match(struct machine *) __attribute__((warn_unused_result));

#endif
