/* The shipped openai-chat channel, for tests of this folder. */
#ifndef HANDRAIL_TESTS_CHANNEL_OPENAI_H
#define HANDRAIL_TESTS_CHANNEL_OPENAI_H

#include "proxy/base/buf.h"
#include "proxy/channel/channel.h"

#include <stdio.h>
#include <stdlib.h>

static inline void openai_diag(const struct diag *d, void *arg)
{
	fprintf(stderr, "%s:%u:%u %s\n", d->file, d->line, d->col, d->message);
}

/* more: YAML lines behind the preset, or "". Ends the program on a fault. */
static inline struct channel *openai_channel(const char *more)
{
	struct buf yaml = {0};

	buf_printf(&yaml, "preset: openai-chat\n%s", more);
	struct yaml_doc *doc =
	    yaml_parse("test", yaml.data, yaml.len, openai_diag, NULL);
	struct channel *c = doc == NULL
	    ? NULL
	    : channel_load(doc, yaml_root(doc), NULL, openai_diag, NULL);
	if (c == NULL)
		abort();
	yaml_doc_free(doc);
	buf_clear(&yaml);
	return c;
}

#endif
