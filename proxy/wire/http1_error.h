/*
 * http1_error - what can be wrong with an HTTP/1 message.
 */
#ifndef HANDRAIL_WIRE_HTTP1_ERROR_H
#define HANDRAIL_WIRE_HTTP1_ERROR_H

enum http1_err { /* order as the table in http1_error.c */
	HTTP1_ERR_START_LINE = -1,
	HTTP1_ERR_METHOD = -2,
	HTTP1_ERR_TARGET = -3,
	HTTP1_ERR_VERSION = -4,
	HTTP1_ERR_STATUS = -5,
	HTTP1_ERR_LINE_END = -6, /* bare CR or bare LF */
	HTTP1_ERR_FOLD = -7,     /* obs-fold, or white space before a field */
	HTTP1_ERR_FIELD_NAME = -8,
	HTTP1_ERR_FIELD_VALUE = -9,
	HTTP1_ERR_CONTENT_LENGTH = -10,
	HTTP1_ERR_TRANSFER_ENCODING = -11,
	HTTP1_ERR_TWO_FRAMINGS = -12, /* both of the above */
	HTTP1_ERR_HOST = -13,
	HTTP1_ERR_EXPECT = -14,
	HTTP1_ERR_CHUNK = -15,
	HTTP1_ERR_LINE_LIMIT = -16,
	HTTP1_ERR_HEAD_LIMIT = -17,
	HTTP1_ERR_FIELDS_LIMIT = -18,
	HTTP1_ERR_BODY_LIMIT = -19,
	HTTP1_ERR_CHUNK_LIMIT =
	    -20, /* extensions or framing out of proportion */
	HTTP1_ERR_AFTER_CLOSE = -21, /* bytes after the last message */
	HTTP1_ERR_TRUNCATED = -22,
	HTTP1_ERR_NO_BODY_STATUS = -23, /* 1xx or 204 that announces a body */
};
/* In plain words, never NULL. */
const char *http1_error_text(int err);
/* The status a server answers a request with that has this fault: 400, ... */
int http1_error_status(int err);

#endif
