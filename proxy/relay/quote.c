/* quote - see quote.h. */
#include "proxy/relay/quote.h"

bool quote_edit(
    struct quoted *q, struct span text, struct guard_edit *e, char **own)
{
	struct buf out = {0};
	enum quoted_how how = quoted_write(
	    q, text, e->start, e->end, (struct span){e->text, e->len}, &out);
	*own = NULL;
	if (how == QUOTED_WRITTEN) {
		e->len = out.len;
		e->text = *own = buf_steal(&out);
	}
	buf_clear(&out);
	return how != QUOTED_BREAKS;
}
