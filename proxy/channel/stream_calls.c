/*
 * stream_calls - tool calls that are over before their stream is: the JSON of
 * each is whole, and the message goes on with words. They are judged then, so
 * that the words need not wait behind them. What goes on with such a call all
 * the same cannot be read.
 */
#include "proxy/channel/stream_state.h"

#include <string.h>

/* Of JSON that is whole nothing could follow that a client would read. */
static bool is_whole(struct channel_stream *s, const struct stream_series *of)
{
	const struct channel_limits *l = channel_limits(s->channel);
	const struct json_limits limits = {
	    l->max_text_bytes, l->max_depth, l->max_nodes};
	struct span text = {of->text.data, of->text.len};
	struct json_doc doc = {0};

	if (text.len == 0 || strchr("{[", text.p[0]) == NULL ||
	    strchr("}]", text.p[text.len - 1]) == NULL)
		return false; /* a number may grow */
	bool whole = json_parse(&doc, text.p, text.len, &limits) == 0;
	json_clear(&doc);
	return whole;
}

/* Messages that say something in this frame, bit each. */
static uint64_t speaking(const struct channel_stream *s)
{
	uint64_t said = 0;

	for (size_t i = 0; i < s->n_parts; i++) {
		const struct channel_part *p = &s->parts[i].part;
		if (p->mode == CHANNEL_PART_STREAM && p->kind == CHANNEL_SAID &&
		    p->end > p->start && p->message != CHANNEL_NO_MESSAGE)
			said |= 1ull << p->message;
	}
	return said;
}

/* Does nothing of its calls miss? */
static bool end_calls_of(struct channel_stream *s, uint32_t message)
{
	size_t begun = 0, ended = 0;

	for (size_t i = 0; i < s->n_lists; i++)
		if (s->lists[i].message == message)
			begun += s->lists[i].n;
	for (uint32_t i = 0; i < s->n_series; i++) {
		struct stream_series *series = &s->series[i];
		if (!series->held || series->message != message)
			continue;
		if (!series->ended && series->looked != series->len) {
			series->looked = series->len;
			if (is_whole(s, series))
				stream_end_series(s, i);
		}
		if (!series->ended)
			return false;
		ended++;
	}
	return ended > 0 && ended >= begun;
}

uint64_t stream_end_calls(struct channel_stream *s)
{
	uint64_t said = speaking(s), over = 0;

	for (; said != 0; said &= said - 1) {
		uint32_t message = (uint32_t)__builtin_ctzll(said);
		if (end_calls_of(s, message))
			over |= 1ull << message;
	}
	return over;
}
