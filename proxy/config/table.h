/*
 * table - every key of handrail.yaml: where its value goes, its default, its
 * bounds and its words.
 */
#ifndef HANDRAIL_PROXY_CONFIG_TABLE_H
#define HANDRAIL_PROXY_CONFIG_TABLE_H

#include "proxy/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum table_kind {
	TABLE_TEXT,  /* char * */
	TABLE_PATH,  /* char *, resolved against the file */
	TABLE_FILE,  /* the same, and it must be readable */
	TABLE_COUNT, /* uint64_t */
	TABLE_BYTES, /* uint64_t; KiB, MiB, GiB may follow */
	TABLE_MS,    /* uint64_t; ms, s, m, h may follow */
	TABLE_BOOL,  /* bool */
	TABLE_WORD,  /* int: index into words */
	TABLE_MAP,   /* its keys are rows of their own, same struct */
	TABLE_OTHER, /* read by code: lists, alternatives */
};

struct table_key {
	const char *path; /* "listen[].tls.certificate"; "[]" is an item of a
			     list, "<name>" one that the operator names */
	enum table_kind kind;
	size_t offset;        /* in the struct of its prefix */
	const char *fallback; /* as it would be written; NULL: absent */
	bool required;
	bool fixed;        /* read once, at the start; in struct config */
	uint64_t min, max; /* of numbers */
	const char *const *words; /* of WORD, NULL-terminated */
	const char *help;
};

extern const struct table_key table_keys[];
extern const size_t table_n_keys;

/* The name of a row directly under prefix ("" is the top), or NULL. */
const char *table_name(
    const struct table_key *, const char *prefix, char out[64]);
/* docs/CONFIGURATION.md; and the listing of `handrail run --help`. */
void table_describe(struct buf *out);
void table_help(struct buf *out);

#endif
