/*
 * record_fields - the table of what stands in which record.
 *
 * One row a field, in canonical order. record_line walks it; the tests and
 * the JSON Schema are made from it.
 */
#ifndef HANDRAIL_PROXY_AUDIT_RECORD_FIELDS_H
#define HANDRAIL_PROXY_AUDIT_RECORD_FIELDS_H

#include "proxy/audit/record.h"
#include "proxy/base/json_out.h"

enum record_kind {
	RECORD_TEXT,    /* const char * */
	RECORD_COUNT,   /* uint64_t */
	RECORD_COUNT32, /* uint32_t */
	RECORD_AMOUNT,  /* int64_t, absent when negative */
	RECORD_TIME,    /* int64_t microseconds, written as RFC 3339 */
	RECORD_OTHER,   /* write does it */
};

/* How much of what may be long is written: see record.c. */
struct record_limits {
	size_t text, hits, approvals; /* bytes, spans, grants */
	size_t counted;               /* rows */
	size_t scores;                /* sentences */
};

struct record_writer {
	struct json_out json;
	const struct record_maker *maker;
	struct record_limits limits;
	bool shortened; /* something did not fit the limits */
	bool say_so;    /* write "shortened" */
};

struct record_field {
	const char *name;
	uint32_t types; /* 1 << enum record_type */
	enum record_kind kind;
	size_t offset; /* in struct record; of OTHER: unused */
	bool always;   /* written also when zero */
	/* Writes key and value, or nothing when absent. */
	void (*write)(
	    struct record_writer *, const char *name, const struct record *);
	const char *schema; /* JSON type of OTHER: "object", "array", ... */
	const char *about;
};

extern const struct record_field record_fields[];
extern const size_t record_n_fields;

/* A text cut to the writer's limit, at a character. */
void record_put_text(struct record_writer *, const char *key, const char *text);

/* record_parts.c: the fields that are more than a value. */
void record_put_conversation(
    struct record_writer *, const char *, const struct record *);
void record_put_handoff(
    struct record_writer *, const char *, const struct record *);
void record_put_counted(struct record_writer *, const struct guard_session *);
void record_put_scores(struct record_writer *, const struct record *);
void record_put_inputs(
    struct record_writer *, const char *, const struct record *);
void record_put_modes(
    struct record_writer *, const char *, const struct record *);
void record_put_msg(
    struct record_writer *, const char *, const struct record *);
void record_put_node(
    struct record_writer *, const char *, const struct record *);
void record_put_reason(
    struct record_writer *, const char *, const struct record *);
void record_put_rules(
    struct record_writer *, const char *, const struct record *);
void record_put_seq(
    struct record_writer *, const char *, const struct record *);
void record_put_shortened(
    struct record_writer *, const char *, const struct record *);
void record_put_speaker(
    struct record_writer *, const char *, const struct record *);
void record_put_type(
    struct record_writer *, const char *, const struct record *);
void record_put_undecided(
    struct record_writer *, const char *, const struct record *);
void record_put_version(
    struct record_writer *, const char *, const struct record *);
void record_put_verdict(
    struct record_writer *, const char *, const struct record *);

#endif
