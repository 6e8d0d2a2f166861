/*
 * pieces - where in a document the bytes of a text stand. Private to this
 * folder.
 */
#ifndef HANDRAIL_CHANNEL_PIECES_H
#define HANDRAIL_CHANNEL_PIECES_H

#include "proxy/channel/nested.h"
#include "proxy/channel/scan.h"

struct channel_piece {
	uint32_t node, series;
	bool is_key, nested;
	bool repeats; /* says what another field says */
	bool joins;   /* with those of the same: */
	struct scan_join join;
	struct nested_text inner; /* nested: start and end are not used */
	size_t start, end;        /* in the text of the series */
};

/* Three-byte surrogates become U+FFFD, in place. */
void pieces_blank_surrogates(char *p, size_t len);

#endif
