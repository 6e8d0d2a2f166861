/*
 * log - see log.h. The one global of the proxy: where lines go and from which
 * level on. Refuses to let a byte of a peer's start a new line.
 */
#include "proxy/base/log.h"

#include "proxy/base/clock.h"
#include "proxy/base/file.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOG_MAX_MESSAGE_BYTES 4096

static atomic_int log_level = LOG_INFO;

static const char *const log_names[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARN] = "warn",
    [LOG_ERROR] = "error",
};

void log_set_level(enum log_level level)
{
	atomic_store_explicit(&log_level, (int)level, memory_order_relaxed);
}

bool log_wants(enum log_level level)
{
	return (int)level >=
	    atomic_load_explicit(&log_level, memory_order_relaxed);
}

int log_level_parse(const char *word)
{
	for (int i = LOG_DEBUG; i <= LOG_ERROR; i++)
		if (strcmp(word, log_names[i]) == 0)
			return i;
	return -1;
}

void log_escape(struct buf *out, const void *data, size_t n)
{
	const unsigned char *bytes = data;
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] >= 0x20 && bytes[i] < 0x7f)
			buf_addc(out, (char)bytes[i]);
		else
			buf_printf(out, "\\x%02x", bytes[i]);
	}
}

void log_line(enum log_level level, const char *who, const char *fmt, ...)
{
	if (!log_wants(level))
		return;
	char message[LOG_MAX_MESSAGE_BYTES], now[32];
	va_list args;
	va_start(args, fmt);
	int n = vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	if (n < 0)
		return;
	clock_rfc3339(now, clock_now_us());
	struct buf line = {0};
	buf_printf(&line, "%s %-5s ", now, log_names[level]);
	log_escape(&line, who, strlen(who));
	buf_adds(&line, ": ");
	log_escape(&line, message, strlen(message));
	if ((size_t)n >= sizeof(message))
		buf_adds(&line, "...");
	buf_addc(&line, '\n');
	/* Nobody is left to tell when stderr is gone. */
	int ignored = file_write_all(STDERR_FILENO, line.data, line.len);
	(void)ignored;
	buf_clear(&line);
}
