/*
 * kit - a configuration from a text, and the faults it was refused for.
 */
#ifndef HANDRAIL_TESTS_UNIT_CONFIG_KIT_H
#define HANDRAIL_TESTS_UNIT_CONFIG_KIT_H

#include "proxy/base/file.h"
#include "proxy/base/mem.h"
#include "proxy/config/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "CODE line:col message | hint", one a line. */
static inline void kit_note(const struct diag *d, void *arg)
{
	buf_printf(arg, "%s %u:%u %s | %s\n", d->code, d->line, d->col,
	    d->message, d->hint == NULL ? "" : d->hint);
}

static inline struct config *kit_parse(const char *text, struct buf *faults)
{
	struct buf bytes = {0};
	struct config *c = NULL;
	buf_adds(&bytes, text);
	buf_reset(faults);
	buf_adds(faults, "");
	int err = config_parse(
	    &c, "/etc/handrail/handrail.yaml", &bytes, kit_note, faults);
	assert_int_equal(err == 0, c != NULL);
	if (c == NULL)
		assert_true(faults->len > 0);
	buf_clear(&bytes);
	return c;
}

/* A good one; more is added at the end. */
#define KIT_ROUTES                                                             \
	"routes:\n"                                                            \
	"  - channel: openai-chat\n"                                           \
	"    upstream: {url: \"http://127.0.0.1:9000\"}\n"
#define KIT_LISTEN "listen:\n  - address: 127.0.0.1:8443\n"

#endif
