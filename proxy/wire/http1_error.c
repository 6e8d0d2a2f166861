/*
 * http1_error - one table: what each fault is called and answered with.
 */
#include "proxy/wire/http1_error.h"

#include <stddef.h>

struct fault {
	const char *text;
	int status;
};

static const struct fault faults[] = {
    [-HTTP1_ERR_START_LINE] = {"malformed start line", 400},
    [-HTTP1_ERR_METHOD] = {"unknown method", 501},
    [-HTTP1_ERR_TARGET] = {"malformed request target", 400},
    [-HTTP1_ERR_VERSION] = {"not HTTP/1.0 or HTTP/1.1", 505},
    [-HTTP1_ERR_STATUS] = {"malformed status code or reason", 502},
    [-HTTP1_ERR_LINE_END] = {"a line does not end with CR LF", 400},
    [-HTTP1_ERR_FOLD] = {"a field line begins with white space", 400},
    [-HTTP1_ERR_FIELD_NAME] = {"malformed field name", 400},
    [-HTTP1_ERR_FIELD_VALUE] = {"control byte in a field value", 400},
    [-HTTP1_ERR_CONTENT_LENGTH] = {"malformed or repeated Content-Length", 400},
    [-HTTP1_ERR_TRANSFER_ENCODING] =
	{"Transfer-Encoding other than exactly chunked", 501},
    [-HTTP1_ERR_TWO_FRAMINGS] = {"both Transfer-Encoding and Content-Length",
	400},
    [-HTTP1_ERR_HOST] = {"missing, repeated or malformed Host", 400},
    [-HTTP1_ERR_EXPECT] = {"unknown expectation", 417},
    [-HTTP1_ERR_CHUNK] = {"malformed chunk", 400},
    [-HTTP1_ERR_LINE_LIMIT] = {"a line is too long", 431},
    [-HTTP1_ERR_HEAD_LIMIT] = {"the head is too long", 431},
    [-HTTP1_ERR_FIELDS_LIMIT] = {"too many fields", 431},
    [-HTTP1_ERR_BODY_LIMIT] = {"the body is too long", 413},
    [-HTTP1_ERR_CHUNK_LIMIT] = {"chunk framing is out of proportion", 400},
    [-HTTP1_ERR_AFTER_CLOSE] = {"bytes after the last message", 400},
    [-HTTP1_ERR_TRUNCATED] = {"the connection closed in mid-message", 400},
    [-HTTP1_ERR_NO_BODY_STATUS] = {"a status without a body announces one",
	502},
};

static const struct fault *find(int err)
{
	static const struct fault unknown = {"unknown fault", 400};
	size_t i = err < 0 ? (size_t)-err : 0;

	if (i >= sizeof faults / sizeof faults[0] || faults[i].text == NULL)
		return &unknown;
	return &faults[i];
}

const char *http1_error_text(int err)
{
	return find(err)->text;
}

int http1_error_status(int err)
{
	return find(err)->status;
}
