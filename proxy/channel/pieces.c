/* pieces - see pieces.h. */
#include "proxy/channel/pieces.h"

#include "proxy/wire/utf8.h"

#include <string.h>

void pieces_blank_surrogates(char *p, size_t len)
{
	for (size_t i = 0; i + 2 < len; i++)
		if (utf8_surrogate(p + i, len - i) != 0)
			memcpy(p + i, "\xef\xbf\xbd", 3);
}
