/*
 * load_codes - every code the loader reports, once: a row each in load_codes[]
 * with its level and a line for the reference.
 */
#ifndef HANDRAIL_RULES_LOAD_CODES_H
#define HANDRAIL_RULES_LOAD_CODES_H

#include "rules/diag.h"

enum load_code {
	LOAD_NO_POLICY,
	LOAD_FORMAT,
	LOAD_KIND,
	LOAD_MISSING,
	LOAD_SHAPE,
	LOAD_VALUE,
	LOAD_NUMBER,
	LOAD_DATE,
	LOAD_EMPTY,
	LOAD_ID,
	LOAD_TWICE,
	LOAD_PACK_NAME,
	LOAD_MEMORY,
	LOAD_KEY,
	LOAD_TOO_MANY,
	LOAD_NO_PACK,
	LOAD_UNUSED,
	LOAD_PHRASE,
	LOAD_NO_LIST,
	LOAD_LIST_IN_PHRASE,
	LOAD_LIST_IN_LIST,
	LOAD_NO_LISTS_FILE,
	LOAD_NO_TOPIC,
	LOAD_NO_QUEUE,
	LOAD_NO_RULE,
	LOAD_FIND,
	LOAD_ACTION,
	LOAD_PATTERN,
	LOAD_PATTERN_BARE,
	LOAD_EXAMPLES,
	LOAD_ZONE,
	LOAD_NO_ENVIRONMENT,
	LOAD_HOLDS_MESSAGE,
	LOAD_HOLDS_PATTERN,
	LOAD_HOLDS_SENTENCE,
	LOAD_HOLDS_TEXT,
	LOAD_NEVER_MATCHED,
	LOAD_WRONGLY_MATCHED,
	LOAD_OWN_TEXT,
	LOAD_UNDECIDED,
	LOAD_LATER,
	LOAD_CODES,
};
struct load_code_row {
	const char *code;
	enum diag_level level;
	const char *about; /* one line for the reference */
};
extern const struct load_code_row load_codes[LOAD_CODES];

#endif
