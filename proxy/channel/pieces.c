/* pieces - see pieces.h. */
#include "proxy/channel/pieces.h"

#include "proxy/wire/utf8.h"

#include <string.h>

void pieces_blank_surrogates(char *p, size_t len)
{
	if (len == 0)
		return;
	const char *end = p + len;
	while ((p = memchr(p, 0xed, (size_t)(end - p))) != NULL) {
		if (utf8_surrogate(p, (size_t)(end - p)) != 0)
			memcpy(p, "\xef\xbf\xbd", 3);
		p++;
	}
}
