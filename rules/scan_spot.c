/* scan_spot - see scan_spot.h. */
#include "rules/scan_spot.h"

bool scan_spot(const struct text *t, const struct text_view *v, size_t start,
    size_t end, struct match *out)
{
	uint32_t from = text_from(v, start), to = text_to(v, end - 1);
	if (to > t->open_token)
		return false;
	size_t first = text_token_at(t, from);
	size_t last = first;
	while (last < t->n_tokens && t->tokens[last].start < to)
		last++;
	*out = (struct match){.start = from,
	    .end = to,
	    .first_token = (uint32_t)first,
	    .n_tokens = (uint32_t)(last - first),
	    .sentence = first < last ? t->tokens[first].sentence
				     : (uint32_t)text_sentence_at(t, from)};
	return true;
}
