/*
 * store_row - the row of a conversation as a job finds it, with its key. For
 * the files of rows only.
 */
#ifndef HANDRAIL_PROXY_STORE_STORE_ROW_H
#define HANDRAIL_PROXY_STORE_STORE_ROW_H

#include "proxy/store/query.h"

struct store_name {
	const char *family, *id;
};

struct store_row {
	int64_t n; /* 0: there is none */
	uint32_t ai_turns, customer_turns, last_seq, judged;
	int64_t updated_us, erased_us;
	bool asking;   /* the bot has the question */
	int64_t piece; /* the newest; 0: none */
	int64_t key;   /* its row; 0: none was ever made */
	int64_t gen;   /* of that key; 0: none */
	bool has_key;  /* it is not destroyed */
	unsigned char wrapped[VAULT_WRAPPED_BYTES];
};

/* STORE_OK with n = 0 when there is none. */
int store_row_find(struct store_tx *, const struct store_name *,
    struct store_row *out) __attribute__((warn_unused_result));
/* Insert it, or update its counters, key and piece; n is set. created_us is
 * of a new one. */
int store_row_put(struct store_tx *, const struct store_name *,
    struct store_row *, int64_t created_us) __attribute__((warn_unused_result));

/* The key to seal under. It is made when there is none: the row is then to be
 * put. Wipe it. */
int store_row_key_to_seal(struct store_tx *, const struct store_name *,
    struct store_row *, struct vault_key *out)
    __attribute__((warn_unused_result));
/* The key of that generation; STORE_ERASED, STORE_KEY. */
int store_row_key_to_open(struct store_tx *, const struct store_name *,
    const struct store_row *, int64_t gen, struct vault_key *out)
    __attribute__((warn_unused_result));

#endif
