/*
 * scan - reads single fields back from a line of the log.
 *
 * Only for lines this program wrote: canonical, one object, no spaces. Pure
 * functions over the bytes; a line that is anything else gives "absent".
 */
#ifndef HANDRAIL_PROXY_AUDIT_SCAN_H
#define HANDRAIL_PROXY_AUDIT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The value of a key of the outermost object: the text of a string without
 * its quotes (escapes are left as they are), or the digits of a number. *len
 * gets its bytes. NULL when absent or something else.
 */
const char *scan_field(
    const char *line, size_t len, const char *key, size_t *value_len);
/* The object that is the value, braces included; NULL as above. */
const char *scan_object(
    const char *line, size_t len, const char *key, size_t *value_len);
/* Whether that value is exactly this text. */
bool scan_is(const char *line, size_t len, const char *key, const char *text);
/* A number without sign; 0 when absent, too large or no number. */
uint64_t scan_number(const char *line, size_t len, const char *key);
/* A copy for free(), or NULL when absent. */
char *scan_text(const char *line, size_t len, const char *key);
/* Whether a line is whole: an object from first byte to last, no control
 * bytes, with a number. */
bool scan_is_whole(const char *line, size_t len);

#endif
