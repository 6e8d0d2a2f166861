/*
 * Property: a body nobody edits is the bytes it was; with a number for every
 * text that can be edited, none of them is left; replaced, it says the approved
 * text and nothing else that can be edited.
 */
#include "proxy/base/mem.h"
#include "proxy/channel/render.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static void quiet(const struct diag *d, void *arg)
{
}

static const struct channel *openai(void)
{
	static struct channel *channel;
	static const char yaml[] = "preset: openai-chat\n";

	if (channel == NULL) {
		struct yaml_doc *doc =
		    yaml_parse("fuzz", yaml, sizeof yaml - 1, quiet, NULL);
		channel = channel_load(doc, yaml_root(doc), NULL, quiet, NULL);
		yaml_doc_free(doc);
		assert(channel != NULL);
	}
	return channel;
}

/* Texts that can be edited and hold any other byte than those of allowed. */
static size_t texts_in(const struct buf *json, const char *allowed)
{
	struct channel_body b;
	size_t n = 0;

	assert(channel_body_read(
		   openai(), (struct span){json->data, json->len}, &b) == 0);
	for (size_t i = 0; i < b.n_series; i++)
		n += b.series[i].can_edit &&
		    strspn(b.series[i].text.data, allowed) !=
			b.series[i].text.len;
	channel_body_clear(&b);
	return n;
}

/* Each text becomes its own number, so that keys stay different. */
static void number_texts(const struct channel_body *b)
{
	struct channel_edit *edits = mem_array(b->n_series + 1, sizeof *edits);
	char *numbers = mem_array(b->n_series + 1, 8);
	struct buf out = {0};
	size_t n = 0;

	for (uint32_t i = 0; i < b->n_series; i++) {
		if (!b->series[i].can_edit)
			continue;
		char *number = numbers + (size_t)i * 8;
		snprintf(number, 8, "%u", i % 10000);
		edits[n++] = (struct channel_edit){
		    i, 0, b->series[i].text.len, span_str(number)};
	}
	channel_render_edits(openai(), b, edits, n, &out);
	assert(texts_in(&out, "0123456789") == 0);
	buf_clear(&out);
	free(numbers);
	free(edits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct channel_emit emit = {
	    .text = {"Wait", 4}, .time_s = 1, .id = "id"};
	struct channel_body b;
	struct buf out = {0};

	if (channel_body_read(
		openai(), (struct span){(const char *)data, size}, &b) == 0) {
		if (!b.mirror_differs) {
			channel_render_edits(openai(), &b, NULL, 0, &out);
			assert(out.len == size);
			assert(memcmp(out.data, data, size) == 0);
		}
		number_texts(&b);
		buf_reset(&out);
		channel_render_replaced(openai(), &b, &emit, &out);
		assert(texts_in(&out, "Wait") == 0);
	}
	channel_body_clear(&b);
	buf_clear(&out);
	return 0;
}
