/*
 * lines - what stands in the log: every whole line, oldest first.
 */
#ifndef HANDRAIL_PROXY_AUDIT_LINES_H
#define HANDRAIL_PROXY_AUDIT_LINES_H

#include <stddef.h>

/*
 * Call fn with each line (without its newline, borrowed) of the segments under
 * root whose names do not come before from ("" for all). What the newest ends
 * with and is no line yet is left out. 0, or -errno where one cannot be read.
 */
int lines_each(const char *root, const char *from,
    void (*fn)(void *arg, const char *line, size_t len), void *arg)
    __attribute__((warn_unused_result));

#endif
