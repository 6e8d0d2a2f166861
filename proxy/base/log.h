/*
 * log - the operator's log: one line on stderr.
 *
 *   2026-11-03T14:02:19.907551Z warn  c42: header over max_header_bytes
 *
 * Whatever a message holds, it stays one line: bytes outside printable ASCII
 * are written as \xNN. Never message text above LOG_DEBUG. Any thread; each
 * line is one write.
 */
#ifndef HANDRAIL_PROXY_BASE_LOG_H
#define HANDRAIL_PROXY_BASE_LOG_H

#include "proxy/base/buf.h"

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Lines under level are dropped; LOG_INFO to begin with. */
void log_set_level(enum log_level);
bool log_wants(enum log_level);
/* "debug", "info", "warn", "error"; -1 for any other word. */
int log_level_parse(const char *word);
/* who: "c42", "audit", "main". No newline in fmt. */
void log_line(enum log_level, const char *who, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Appends data with \xNN for all but printable ASCII. A backslash is left
 * alone, so escaping twice is escaping once. */
void log_escape(struct buf *, const void *data, size_t n);

#endif
