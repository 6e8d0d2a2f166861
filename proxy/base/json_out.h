/*
 * json_out - writes canonical JSON (RFC 8785, integers only) onto a buf.
 *
 * The caller gives the keys of an object in order: out of order, twice, a
 * value without its key or an unbalanced end is a bug and asserts. Bytes that
 * are not UTF-8 are written as U+FFFD, one for each maximal bad part.
 *
 *   json_out_init(&json, &buf);
 *   json_out_object(&json);
 *   json_out_key(&json, "a"); json_out_int(&json, 1);
 *   json_out_key(&json, "b"); json_out_str(&json, "two");
 *   json_out_end(&json);
 */
#ifndef HANDRAIL_PROXY_BASE_JSON_OUT_H
#define HANDRAIL_PROXY_BASE_JSON_OUT_H

#include "proxy/base/buf.h"

#include <stdbool.h>
#include <stdint.h>

#define JSON_OUT_MAX_DEPTH 16

struct json_out_level {
	bool object, started, keyed;
	size_t key, key_len; /* the last key, as an offset into the buf */
};

struct json_out {
	struct buf *buf; /* borrowed; bytes before the start are left alone */
	struct json_out_level levels[JSON_OUT_MAX_DEPTH];
	size_t depth;
};

void json_out_init(struct json_out *, struct buf *);
void json_out_object(struct json_out *);
void json_out_array(struct json_out *);
/* Closes the innermost object or array. */
void json_out_end(struct json_out *);
/* A name: ASCII without what JSON escapes. */
void json_out_key(struct json_out *, const char *key);
/* NULL is written as null. */
void json_out_str(struct json_out *, const char *s);
void json_out_strn(struct json_out *, const char *s, size_t n);
/* Beyond 2^53 RFC 8785 has no number: written as a string of digits. */
void json_out_int(struct json_out *, int64_t value);
void json_out_bool(struct json_out *, bool value);
void json_out_null(struct json_out *);
/* One whole value that is canonical JSON already. */
void json_out_raw(struct json_out *, const char *value, size_t n);
/* Whether everything opened has been closed. */
bool json_out_is_done(const struct json_out *);
/* Order of keys: by UTF-16 code units (RFC 8785 section 3.2.3); <0, 0, >0. */
int json_out_compare(const char *a, size_t a_len, const char *b, size_t b_len);
/* s in quotes, escaped, with no regard to a json_out. */
void json_out_quote(struct buf *, const char *s, size_t n);

#endif
