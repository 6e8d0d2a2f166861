/*
 * Property: the raw bytes of all frames and the rest are the bytes fed, and
 * the frames are the same wherever the bytes are cut.
 */
#include "proxy/wire/sse.h"

#include <stdlib.h>

static void take(struct sse_decoder *d, struct buf *raw, struct buf *out)
{
	struct sse_frame f;

	while (sse_next(d, &f) == 1) {
		buf_add(raw, f.raw.p, f.raw.len);
		buf_printf(out, "%d.%zu.%zu.%zu ", f.dispatched, f.event.len,
		    f.id.len, f.extra.len);
		buf_add(out, f.data.p, f.data.len);
	}
}

static void run(struct buf *out, struct span in, size_t cut)
{
	struct sse_decoder d;
	struct buf raw = {0};

	sse_init(&d, NULL);
	if (cut > in.len)
		cut = in.len;
	sse_feed(&d, in.p, cut);
	take(&d, &raw, out);
	sse_feed(&d, in.p + cut, in.len - cut);
	take(&d, &raw, out);
	struct span rest = sse_rest(&d);
	buf_add(&raw, rest.p, rest.len);
	if (raw.len != in.len || (in.len && memcmp(raw.data, in.p, in.len)))
		abort();
	buf_clear(&raw);
	sse_clear(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = {0}, cut = {0};

	if (size < 1)
		return 0;
	struct span in = {(const char *)data + 1, size - 1};
	run(&whole, in, in.len);
	run(&cut, in, data[0]);
	if (whole.len != cut.len ||
	    (whole.len && memcmp(whole.data, cut.data, cut.len)))
		abort();
	buf_clear(&whole);
	buf_clear(&cut);
	return 0;
}
