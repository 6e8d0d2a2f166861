/* refuse - see refuse.h. */
#include "proxy/relay/refuse.h"

#include "proxy/wire/http1_write.h"
#include "proxy/wire/json.h"

#include <string.h>

void refuse_body(struct buf *out, const char *code, const char *text)
{
	buf_adds(out, "{\"error\":{\"message\":");
	json_quote(out, span_str(text));
	buf_adds(out, ",\"type\":\"handrail\",\"code\":");
	json_quote(out, span_str(code));
	buf_adds(out, "}}");
}

void refuse_write(
    struct buf *out, int status, const char *code, const char *text, bool close)
{
	/* What OpenAI's clients, and others made like them, go by. */
	static const struct http1_extra final = {"X-Should-Retry", "false"};
	struct buf body = {0};
	refuse_body(&body, code, text);
	http1_write_answer(out, status, "application/json",
	    (struct span){body.data, body.len},
	    &(struct http1_out){.close = close, .add = &final, .n_add = 1});
	buf_clear(&body);
}

void refuse_cut_body(struct buf *out)
{
	const char *end = strstr(out->data, "\r\n\r\n");
	if (end)
		out->len = (size_t)(end + 4 - out->data);
	out->data[out->len] = '\0';
}
