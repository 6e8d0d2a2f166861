/* store_row - see store_row.h. */
#include "proxy/store/store_row.h"

#include <string.h>

static void read_row(struct query *q, struct store_row *row)
{
	size_t n;

	row->n = query_get_int(q, 0);
	row->ai_turns = (uint32_t)query_get_int(q, 1);
	row->customer_turns = (uint32_t)query_get_int(q, 2);
	row->last_seq = (uint32_t)query_get_int(q, 3);
	row->updated_us = query_get_int(q, 4);
	row->erased_us = query_get_int(q, 5);
	row->piece = query_get_int(q, 6);
	row->key = query_get_int(q, 7);
	row->gen = query_get_int(q, 8);
	row->has_key = !query_is_null(q, 9);
	row->asking = query_get_int(q, 10) != 0;
	row->judged = (uint32_t)query_get_int(q, 11);
	const void *wrapped = query_get_blob(q, 9, &n);
	if (n == sizeof(row->wrapped)) /* else it will not open */
		memcpy(row->wrapped, wrapped, n);
}

int store_row_find(
    struct store_tx *tx, const struct store_name *name, struct store_row *out)
{
	struct query q;

	*out = (struct store_row){0};
	query_start(&q, tx,
	    "SELECT c.n, c.ai_turns, c.customer_turns, c.last_seq,"
	    " c.updated_us, c.erased_us, c.piece, c.key, k.gen, k.wrapped,"
	    " c.asking, c.judged"
	    " FROM conversations c LEFT JOIN keys k ON k.n = c.key"
	    " WHERE c.family = $1 AND c.id = $2");
	query_text(&q, name->family);
	query_text(&q, name->id);
	if (query_step(&q))
		read_row(&q, out);
	return query_end(&q);
}

static int insert(struct store_tx *tx, const struct store_name *name,
    struct store_row *row, int64_t created_us)
{
	struct query q;

	query_start(&q, tx,
	    "INSERT INTO conversations(family, id, ai_turns, customer_turns,"
	    " last_seq, created_us, updated_us, key, piece, asking, judged)"
	    " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
	query_text(&q, name->family);
	query_text(&q, name->id);
	query_int(&q, row->ai_turns);
	query_int(&q, row->customer_turns);
	query_int(&q, row->last_seq);
	query_int(&q, created_us);
	query_int(&q, row->updated_us);
	query_int(&q, row->key);
	query_int(&q, row->piece);
	query_int(&q, row->asking);
	query_int(&q, row->judged);
	int err = query_run(&q);
	row->n = tx->ops->inserted(tx->backend);
	return err;
}

static int update(struct store_tx *tx, const struct store_row *row)
{
	struct query q;

	query_start(&q, tx,
	    "UPDATE conversations SET ai_turns = $1, customer_turns = $2,"
	    " last_seq = $3, updated_us = $4, key = $5, piece = $6,"
	    " asking = $7, judged = $8 WHERE n = $9");
	query_int(&q, row->ai_turns);
	query_int(&q, row->customer_turns);
	query_int(&q, row->last_seq);
	query_int(&q, row->updated_us);
	query_int(&q, row->key);
	query_int(&q, row->piece);
	query_int(&q, row->asking);
	query_int(&q, row->judged);
	query_int(&q, row->n);
	return query_run(&q);
}

int store_row_put(struct store_tx *tx, const struct store_name *name,
    struct store_row *row, int64_t created_us)
{
	return row->n ? update(tx, row) : insert(tx, name, row, created_us);
}

/* ---- keys ---- */

static struct vault_place key_place(const struct store_name *name, int64_t gen)
{
	return (struct vault_place){name->family, name->id, "key", gen};
}

static int make_key(struct store_tx *tx, const struct store_name *name,
    struct store_row *row, struct vault_key *out)
{
	struct vault_place place = key_place(name, row->gen + 1);
	struct query q;

	vault_key_make(tx->vault, &place, out, row->wrapped);
	query_start(&q, tx, "INSERT INTO keys(gen, wrapped) VALUES($1, $2)");
	query_int(&q, row->gen + 1);
	query_blob(&q, row->wrapped, sizeof(row->wrapped));
	int err = query_run(&q);
	row->key = tx->ops->inserted(tx->backend);
	row->gen++;
	row->has_key = true;
	return err;
}

int store_row_key_to_seal(struct store_tx *tx, const struct store_name *name,
    struct store_row *row, struct vault_key *out)
{
	return row->has_key
	    ? store_row_key_to_open(tx, name, row, row->gen, out)
	    : make_key(tx, name, row, out);
}

int store_row_key_to_open(struct store_tx *tx, const struct store_name *name,
    const struct store_row *row, int64_t gen, struct vault_key *out)
{
	struct vault_place place = key_place(name, gen);

	/* One has been made since only because the one before is gone. */
	if (!row->has_key || row->gen != gen)
		return STORE_ERASED;
	return vault_key_unwrap(
		   tx->vault, &place, row->wrapped, sizeof(row->wrapped), out)
	    ? STORE_KEY
	    : STORE_OK;
}
