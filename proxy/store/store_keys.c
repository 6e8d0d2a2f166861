/*
 * store_keys - the keys of conversations: made when first needed, destroyed by
 * an erasure. No key is kept past the job that used it, so an erasure by any
 * process holds from its commit on.
 */
#include "proxy/store/store_conversations.h"
#include "proxy/store/store_pauses.h"
#include "proxy/store/store_row.h"
#include "proxy/store/vault.h"

#include "proxy/base/mem.h"

#include <stdlib.h>
#include <string.h>

static struct vault_place text_place(const struct store_sealed *p)
{
	return (struct vault_place){p->family, p->id, p->class, p->number};
}

/* ---- the memo ---- */

void store_keys_forget(struct store_tx *tx)
{
	struct key_memo *memo = &tx->memo;

	if (!memo->family)
		return;
	vault_key_wipe(&memo->key);
	free(memo->family);
	free(memo->id);
	*memo = (struct key_memo){0};
}

static bool memo_has(const struct store_tx *tx, const struct store_sealed *p)
{
	const struct key_memo *memo = &tx->memo;

	return memo->family && strcmp(memo->id, p->id) == 0 &&
	    strcmp(memo->family, p->family) == 0;
}

static void memo_set(struct store_tx *tx, const struct store_sealed *p,
    bool newest, const struct vault_key *key)
{
	store_keys_forget(tx);
	tx->memo = (struct key_memo){.family = mem_strdup(p->family),
	    .id = mem_strdup(p->id),
	    .gen = p->gen,
	    .newest = newest,
	    .key = *key};
}

/* ---- sealing ---- */

static int key_to_seal(
    struct store_tx *tx, struct store_sealed *p, struct vault_key *key)
{
	struct store_name name = {p->family, p->id};
	struct store_row row;
	int err = store_row_find(tx, &name, &row);

	if (err)
		return err;
	bool fresh = !row.has_key;
	err = store_row_key_to_seal(tx, &name, &row, key);
	if (!err && fresh)
		err = store_row_put(tx, &name, &row, 0);
	p->gen = row.gen;
	return err;
}

static int key_to_open(
    struct store_tx *tx, const struct store_sealed *p, struct vault_key *key)
{
	struct store_name name = {p->family, p->id};
	struct store_row row;
	int err = store_row_find(tx, &name, &row);

	return err ? err : store_row_key_to_open(tx, &name, &row, p->gen, key);
}

int store_seal(struct store_tx *tx, struct store_sealed *p, const void *text,
    size_t len, struct buf *out)
{
	struct vault_key key;
	struct vault_place place = text_place(p);
	int err = STORE_OK;

	if (memo_has(tx, p) && tx->memo.newest) {
		p->gen = tx->memo.gen;
	} else {
		err = key_to_seal(tx, p, &key);
		if (!err)
			memo_set(tx, p, true, &key);
		vault_key_wipe(&key);
	}
	if (!err)
		vault_seal(&tx->memo.key, &place, text, len, out);
	return err;
}

int store_unseal(struct store_tx *tx, const struct store_sealed *p,
    const void *sealed, size_t len, struct buf *out)
{
	struct vault_key key;
	struct vault_place place = text_place(p);
	int err = STORE_OK;

	if (!memo_has(tx, p) || tx->memo.gen != p->gen) {
		err = key_to_open(tx, p, &key);
		if (!err)
			memo_set(tx, p, false, &key);
		vault_key_wipe(&key);
	}
	if (!err && vault_open(&tx->memo.key, &place, sealed, len, out) != 0)
		err = STORE_KEY;
	return err;
}

/* ---- erasing ---- */

static int put_erasure(struct store_tx *tx, const struct store_name *name,
    const struct store_row *row, const struct store_erasure *why)
{
	bool recorded = why->first_us && row->erased_us >= why->first_us;
	struct query q;

	query_start(&q, tx,
	    "UPDATE conversations SET erased_us = $1"
	    " WHERE family = $2 AND id = $3");
	query_int(&q, why->now_us);
	query_text(&q, name->family);
	query_text(&q, name->id);
	int err = query_run(&q);
	if (!err && !recorded)
		err = store_put_pending_audit(tx,
		    &(struct store_audit){.type = (char *)"erase",
			.time_us = why->now_us,
			.family = (char *)name->family,
			.conversation = (char *)name->id,
			.actor = (char *)why->actor,
			.detail = (char *)why->reason,
			.basis = (char *)why->basis});
	if (!err)
		err = store_tell(tx,
		    &(struct store_change){.kind = STORE_CHANGE_ERASED,
			.family = name->family,
			.conversation = name->id,
			.handoff = ""});
	return err;
}

/* Why a person took it may be in that person's own words. */
static int forget_words(struct store_tx *tx, const char *family, const char *id)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE handoffs SET words = ''"
	    " WHERE family = $1 AND conversation = $2");
	query_text(&q, family);
	query_text(&q, id);
	return query_run(&q);
}

/* There is no text: none of before this moment may come. */
static int forbid(struct store_tx *tx, const struct store_name *name,
    struct store_row *row, const struct store_erasure *why)
{
	int err = row->n ? STORE_OK : store_row_put(tx, name, row, why->now_us);

	return err ? err : put_erasure(tx, name, row, why);
}

int store_erase_conversation(struct store_tx *tx, const char *family,
    const char *id, const struct store_erasure *why, size_t *n)
{
	struct store_name name = {family, id};
	struct store_row row;
	struct query q;
	int err = store_row_find(tx, &name, &row);

	*n = 0;
	store_keys_forget(tx);
	if (err)
		return err;
	if (!row.has_key) /* what is being said now is not kept either */
		return forbid(tx, &name, &row, why);
	query_start(&q, tx, "UPDATE keys SET wrapped = NULL WHERE n = $1");
	query_int(&q, row.key);
	err = query_run_one(&q);
	*n = err == STORE_OK;
	err = err ? err : forget_words(tx, family, id);
	return err ? err : put_erasure(tx, &name, &row, why);
}

struct names {
	char **names; /* family, id, family, id, ... */
	size_t n;
};

static int names_of(
    struct store_tx *tx, const char *customer, struct names *out)
{
	char index[VAULT_INDEX_SIZE];
	struct query q;

	vault_index(tx->vault, "customer", customer, strlen(customer), index);
	query_start(
	    &q, tx, "SELECT family, id FROM conversations WHERE customer = $1");
	query_text(&q, index);
	while (query_step(&q)) {
		out->names = mem_realloc_array(
		    out->names, out->n + 2, sizeof(*out->names));
		out->names[out->n++] = query_get_text(&q, 0);
		out->names[out->n++] = query_get_text(&q, 1);
	}
	return query_end(&q);
}

int store_erase_customer(struct store_tx *tx, const char *customer,
    const struct store_erasure *why, size_t *n)
{
	struct names list = {0};
	size_t one;
	int err = names_of(tx, customer, &list);

	*n = 0;
	for (size_t i = 0; i < list.n && !err; i += 2) {
		err = store_erase_conversation(
		    tx, list.names[i], list.names[i + 1], why, &one);
		*n += one;
	}
	for (size_t i = 0; i < list.n; i++)
		free(list.names[i]);
	free(list.names);
	return err;
}

int store_want_all(struct store_tx *tx)
{
	return store_tell(tx,
	    &(struct store_change){.kind = STORE_CHANGE_WANTED,
		.family = "",
		.conversation = "",
		.handoff = ""});
}
