/*
 * Property: where the reads end changes nothing. Bytes fed whole and fed with
 * a cut at the place the first byte names give the same events, and no event
 * leads outside the bytes.
 */
#include "proxy/base/buf.h"
#include "proxy/wire/http1.h"

#include <stdlib.h>

static void run(struct buf *out, int kind, struct span in, size_t cut)
{
	struct http1_parser p;
	struct http1_event ev;
	size_t at = 0, end = cut < in.len ? cut : in.len;

	http1_init(&p, kind ? HTTP1_RESPONSE : HTTP1_REQUEST, NULL);
	for (;;) {
		ssize_t n = http1_feed(&p, in.p + at, end - at, &ev);
		if (n < 0 || (size_t)n > end - at) {
			buf_printf(out, "!%zd", n);
			return;
		}
		at += (size_t)n;
		if (ev.kind == HTTP1_BODY)
			buf_add(out, ev.body.p, ev.body.len);
		else if (ev.kind != HTTP1_MORE)
			buf_printf(out, "<%d>", (int)ev.kind);
		else if (end == in.len)
			return;
		else
			end = in.len;
		if (ev.kind == HTTP1_END)
			http1_next(&p, span_str("GET"));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = {0}, cut = {0};

	if (size < 2)
		return 0;
	struct span in = {(const char *)data + 2, size - 2};
	run(&whole, data[0] & 1, in, in.len);
	run(&cut, data[0] & 1, in, data[1]);
	if (whole.len != cut.len ||
	    (whole.len && memcmp(whole.data, cut.data, cut.len)))
		abort();
	buf_clear(&whole);
	buf_clear(&cut);
	return 0;
}
