/*
 * markup_names - the names HTML knows, in capitals or not.
 */
#ifndef HANDRAIL_RULES_MARKUP_NAMES_H
#define HANDRAIL_RULES_MARKUP_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#define MARKUP_MAX_NAME 24u /* no name is longer */

/* What a tag keeps apart. */
enum markup_parts {
	MARKUP_NOTHING,
	MARKUP_WORDS, /* a box in a line: <button> */
	MARKUP_CELLS, /* of a row, of a list of names and values: <td>, <dd> */
	MARKUP_LINES, /* <p>, <br> */
};

/* Of a tag. */
bool markup_is_tag_name(const char *, size_t n);
enum markup_parts markup_parts_of(const char *, size_t n);
/* Of an attribute that needs no value. */
bool markup_is_bare_attribute(const char *, size_t n);
/* Of any attribute. */
bool markup_is_attribute(const char *, size_t n);

#endif
