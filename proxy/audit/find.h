/*
 * find - lines that are in the log already: what was handed over twice, by a
 * run that ended before it could say that it had been written, is recorded
 * once.
 */
#ifndef HANDRAIL_PROXY_AUDIT_FIND_H
#define HANDRAIL_PROXY_AUDIT_FIND_H

#include "proxy/audit/audit.h"

/*
 * Which of n lines of record_line are in the log, whatever their number. It is
 * read from the hour before since_us on, so that is the time of the oldest.
 * found has room for n. 0, or -errno where the log cannot be read.
 */
int audit_find(struct audit *, const struct buf *lines, size_t n,
    int64_t since_us, bool *found) __attribute__((warn_unused_result));

#endif
