/*
 * scan_parts - what the files of the scan share: scan.c walks, scan_text.c
 * knows where a text stands, scan_either.c compares fields, scan_tokens.c reads
 * lists of tokens. Nobody else
 * includes it.
 */
#ifndef HANDRAIL_CHANNEL_SCAN_PARTS_H
#define HANDRAIL_CHANNEL_SCAN_PARTS_H

#include "proxy/channel/scan.h"

enum scan_numbering { SCAN_BY_PLACE, SCAN_BY_NUMBER, SCAN_NO_NUMBER };

/* The number a message or element goes by: its key member, or its place when
 * it has none. SCAN_NO_NUMBER (and the place): a client may read it in another
 * way than we would. */
enum scan_numbering scan_ordinal(const struct scan *, uint32_t node,
    const char *key, char out[SCAN_NUMBER_BYTES]);
/* The bytes between the quotes. */
static inline struct span scan_inside(struct span quoted)
{
	return (struct span){quoted.p + 1, quoted.len - 2};
}
struct span scan_raw_key(const struct json_doc *, uint32_t node);

/* Is node the bytes of a token, and not those of the token beside it? */
bool scan_bytes_differ(const struct scan *, uint32_t node);
/* Of fields that are one text to clients: those that repeat another are marked.
 * -1: two of them differ. */
int scan_settle_either(struct scan *);

#endif
