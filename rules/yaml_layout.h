/*
 * yaml_layout - a YAML file in the one layout that all of a policy's files
 * have, whoever wrote them.
 *
 * Says the same, word for word, and keeps every comment, the order of keys,
 * how a text is quoted, and where its author broke lines:
 *
 * - two spaces a level, "- " included; no tabs, no white space at line ends,
 *   LF, one line end at the end;
 * - "key: value", [a, b], {a: b}; # comments two spaces behind, one under
 *   another in lines that follow each other;
 * - [..] and {..} that take several lines open at the end of a line, are
 *   filled to YAML_LAYOUT_COLUMNS and close on a line of their own; with
 *   comments inside they keep their lines;
 * - at most one blank line, none at either end, one between the entries of a
 *   list at the top (rules:, tests:) that have more than one key.
 *
 * What has been laid out stays as it is.
 */
#ifndef HANDRAIL_RULES_YAML_LAYOUT_H
#define HANDRAIL_RULES_YAML_LAYOUT_H

#include "rules/diag.h"

#include <stddef.h>

#define YAML_LAYOUT_COLUMNS 87u

/*
 * For free(), NUL-terminated; NULL after at least one diagnostic: what
 * yaml_parse refuses, a key of several lines (Y007), a file without keys or too
 * little memory (Y000), and a text that could not be laid out without changing
 * it (Y010).
 */
char *yaml_layout(const char *file, const char *bytes, size_t len,
    size_t *out_len, diag_fn *, void *arg) __attribute__((warn_unused_result));

#endif
