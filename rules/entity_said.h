/*
 * entity_said - what the words in front of a number say it is. Private to
 * entity_phone.c.
 */
#ifndef HANDRAIL_RULES_ENTITY_SAID_H
#define HANDRAIL_RULES_ENTITY_SAID_H

#include "rules/entity_kinds.h"

enum entity_said {
	ENTITY_UNASKED,
	ENTITY_SAID_NOTHING,
	ENTITY_SAID_PERHAPS, /* a number, a contact */
	ENTITY_SAID_PHONE,
	ENTITY_SAID_OTHER, /* of an order, an account, ... */
};

/* By the nearest word in the same sentence that says it. */
enum entity_said entity_said(const struct entity_in *, size_t start);

/*
 * Is it named as something else? "order 123", "your order number is 123", "the
 * tracking number of what you sent is 123", but not "the order of Jane Roe,
 * 123". shaped: it looks so much like a telephone number that a comma or a
 * parenthesis parts it from a word, "the customer, 123".
 */
bool entity_is_named(const struct entity_in *, size_t start, bool shaped);

#endif
