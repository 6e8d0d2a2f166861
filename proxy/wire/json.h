/*
 * json - a strict RFC 8259 document as a flat array of nodes with spans.
 *
 * Nothing is re-serialised: a node knows the bytes it came from, so an edit
 * splices the text and everything else stays as it was. Refused besides what
 * the RFC refuses: bytes that are not UTF-8, a byte order mark, the same key
 * twice in an object (compared after decoding), nesting or counts over the
 * limits. A lone surrogate escape is allowed and marked.
 *
 * The nodes are allocated and owned by the document; the text is borrowed.
 */
#ifndef HANDRAIL_WIRE_JSON_H
#define HANDRAIL_WIRE_JSON_H

#include "proxy/base/buf.h"
#include "proxy/wire/span.h"

#include <stdint.h>

enum json_err {
	JSON_OK = 0,
	JSON_ERR_SYNTAX = -1,
	JSON_ERR_TRUNCATED = -2,
	JSON_ERR_NUMBER = -3,
	JSON_ERR_STRING = -4, /* control byte or bad escape */
	JSON_ERR_UTF8 = -5,
	JSON_ERR_DUPLICATE_KEY = -6,
	JSON_ERR_TRAILING = -7, /* something after the value */
	JSON_ERR_DEPTH_LIMIT = -8,
	JSON_ERR_NODES_LIMIT = -9,
	JSON_ERR_SIZE_LIMIT = -10,
};
const char *json_error_text(int err);

enum json_type {
	JSON_IS_NULL,
	JSON_IS_FALSE,
	JSON_IS_TRUE,
	JSON_IS_NUMBER,
	JSON_IS_STRING,
	JSON_IS_ARRAY,
	JSON_IS_OBJECT,
};

#define JSON_NONE UINT32_MAX /* no such node */

struct json_node {
	uint32_t start, end;          /* raw bytes, quotes included */
	uint32_t key_start, key_end;  /* raw key with quotes; equal: no key */
	uint32_t parent, next, child; /* indices or JSON_NONE */
	uint32_t index;               /* position among its siblings, from 0 */
	uint8_t type;                 /* enum json_type */
	bool escaped, key_escaped;    /* holds a backslash */
	bool lone_surrogate;          /* in the string (not the key) */
};

struct json_limits {      /* zero means the default in brackets */
	size_t max_bytes; /* [16 MiB], at most 4 GiB - 1 */
	size_t max_depth; /* [64] */
	size_t max_nodes; /* [200000] */
};

struct json_doc {
	const char *text; /* borrowed */
	size_t len;
	struct json_node *nodes; /* node 0 is the root; in text order */
	size_t n_nodes, cap_nodes;
	size_t error_at; /* byte the fault was found at */
};

/* limits may be NULL. *doc must be zero or a document used before; its memory
 * is reused. 0 or an enum json_err; then there are no nodes. */
int json_parse(struct json_doc *doc, const char *text, size_t len,
    const struct json_limits *limits) __attribute__((warn_unused_result));
void json_clear(struct json_doc *);

struct span json_raw(const struct json_doc *, uint32_t node);
/* Member of an object by its decoded key, or JSON_NONE. */
uint32_t json_member(const struct json_doc *, uint32_t object, struct span key);
/* Is node a string, and this one? */
bool json_string_is(const struct json_doc *, uint32_t node, struct span text);
bool json_key_is(const struct json_doc *, uint32_t node, struct span text);
/* Append the decoded value or key as UTF-8. A lone surrogate becomes its
 * three-byte form (ED A0..BF xx): not UTF-8, the caller decides. */
void json_decode(const struct json_doc *, uint32_t node, struct buf *out);
void json_decode_key(const struct json_doc *, uint32_t node, struct buf *out);
/* A valid raw number as clients show it: a whole one as it is, another as the
 * nearest double without an exponent, if that takes no more than forty
 * digits. */
void json_spell_number(struct span raw, struct buf *out);
/* Decode the inside of a valid raw string (without its quotes). */
void json_unescape(struct span inside, struct buf *out);
/*
 * The raw offset (from the first byte inside the quotes) at which decoded
 * byte `at` begins; at == decoded length gives the raw length. For an offset
 * inside a character the character's start (up == false) or end (up == true).
 */
size_t json_raw_offset(struct span inside, size_t at, bool up);
/* Append text as the inside of a JSON string. Bytes that are not UTF-8 become
 * U+FFFD; surrogates in three-byte form become \uXXXX again. */
void json_escape(struct buf *out, struct span text);
/* The same with quotes around it. */
void json_quote(struct buf *out, struct span text);

#endif
