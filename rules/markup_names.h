/*
 * markup_names - the names HTML knows, in capitals or not.
 */
#ifndef HANDRAIL_RULES_MARKUP_NAMES_H
#define HANDRAIL_RULES_MARKUP_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#define MARKUP_MAX_NAME 24u /* no name is longer */

/* Of a tag; of one that separates words. */
bool markup_is_tag_name(const char *, size_t n);
bool markup_is_block_name(const char *, size_t n);
/* Of an attribute that needs no value. */
bool markup_is_bare_attribute(const char *, size_t n);
/* Of any attribute. */
bool markup_is_attribute(const char *, size_t n);

#endif
