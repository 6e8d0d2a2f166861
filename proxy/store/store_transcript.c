/*
 * store_transcript - pieces of transcripts.
 *
 *   conversations.piece -> piece -> before -> ... -> 0
 *
 * A piece has heads, one for each of its messages:
 *
 *   seq speaker status kind time_us len;
 *
 * len is -1 where the text was not kept. The texts that were, each behind its
 * salt, are sealed as one, with the heads and the piece before as additional
 * data: neither can be altered without it showing, while there is a text. In
 * rows from schema 4 the heads begin with '=', hold one message, and the text
 * is sealed as "message" under its number.
 */
#include "proxy/store/store_transcript.h"

#include "proxy/base/mem.h"
#include "proxy/store/store_row.h"

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void store_messages_free(struct store_message *messages, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(messages[i].text);
	free(messages);
}

/* ---- writing ---- */

struct piece {
	struct buf heads, plain;
	bool has_text;
};

static void add_number(struct buf *out, int64_t number, char end)
{
	buf_add_int(out, number);
	buf_addc(out, end);
}

static void add_message(
    struct piece *piece, const struct store_message *m, int64_t erased_us)
{
	bool keep = m->text && !m->erased && m->time_us > erased_us;

	add_number(&piece->heads, m->seq, ' ');
	add_number(&piece->heads, m->speaker, ' ');
	add_number(&piece->heads, m->status, ' ');
	add_number(&piece->heads, m->kind, ' ');
	add_number(&piece->heads, m->time_us, ' ');
	add_number(&piece->heads, keep ? (int64_t)m->len : -1, ';');
	if (!keep)
		return;
	buf_add(&piece->plain, m->salt, sizeof(m->salt));
	buf_add(&piece->plain, m->text, m->len);
	piece->has_text = true;
}

/* Written again in the same piece: only the last counts. */
static bool is_replaced(const struct store_exchange *x, size_t i)
{
	for (size_t k = i + 1; k < x->n; k++)
		if (x->messages[k].seq == x->messages[i].seq)
			return true;
	return false;
}

static int seal_piece(struct store_tx *tx, const struct store_name *name,
    struct store_row *row, const struct piece *piece, struct buf *out)
{
	struct vault_place place = {
	    name->family, name->id, piece->heads.data, row->piece};
	struct vault_key key;
	int err = store_row_key_to_seal(tx, name, row, &key);

	if (!err)
		vault_seal(
		    &key, &place, piece->plain.data, piece->plain.len, out);
	vault_key_wipe(&key);
	return err;
}

static int insert_piece(struct store_tx *tx, struct store_row *row,
    const struct piece *piece, const struct buf *sealed)
{
	struct query q;

	query_start(&q, tx,
	    "INSERT INTO pieces(before, gen, heads, text)"
	    " VALUES($1, $2, $3, $4)");
	query_int(&q, row->piece);
	query_int(&q, row->gen);
	query_text(&q, piece->heads.data);
	query_blob(&q, sealed->data, sealed->len);
	int err = query_run(&q);
	row->piece = tx->ops->inserted(tx->backend);
	return err;
}

static int put_messages(struct store_tx *tx, const struct store_name *name,
    const struct store_exchange *x, struct store_row *row)
{
	struct piece piece = {0};
	struct buf sealed = {0};
	int err = STORE_OK;

	for (size_t i = 0; i < x->n; i++)
		if (!is_replaced(x, i))
			add_message(&piece, &x->messages[i], row->erased_us);
	if (piece.has_text)
		err = seal_piece(tx, name, row, &piece, &sealed);
	if (!err && x->n)
		err = insert_piece(tx, row, &piece, &sealed);
	if (piece.plain.len)
		OPENSSL_cleanse(piece.plain.data, piece.plain.len);
	buf_clear(&piece.plain);
	buf_clear(&piece.heads);
	buf_clear(&sealed);
	return err;
}

static int put_customer(
    struct store_tx *tx, const struct store_row *row, const char *customer)
{
	char index[VAULT_INDEX_SIZE];
	struct query q;

	vault_index(tx->vault, "customer", customer, strlen(customer), index);
	query_start(
	    &q, tx, "UPDATE conversations SET customer = $1 WHERE n = $2");
	query_text(&q, index);
	query_int(&q, row->n);
	return query_run(&q);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static void count(struct store_row *row, const struct store_exchange *x)
{
	const struct store_conversation *c = x->conversation;

	row->ai_turns = larger(row->ai_turns, c->ai_turns);
	row->customer_turns = larger(row->customer_turns, c->customer_turns);
	row->last_seq = larger(row->last_seq, c->last_seq);
	row->judged = larger(row->judged, c->judged);
	row->asking = c->asking;
	for (size_t i = 0; i < x->n; i++)
		row->last_seq = larger(row->last_seq, x->messages[i].seq);
	if (row->updated_us < c->updated_us)
		row->updated_us = c->updated_us;
}

int store_exchange_put(struct store_tx *tx, const struct store_exchange *x)
{
	const struct store_conversation *c = x->conversation;
	struct store_name name = {c->family, c->id};
	struct store_row row;
	int err = store_row_find(tx, &name, &row);

	if (!err)
		err = put_messages(tx, &name, x, &row);
	if (err)
		return err;
	count(&row, x);
	err = store_row_put(tx, &name, &row, c->created_us);
	if (!err && x->customer)
		err = put_customer(tx, &row, x->customer);
	return err;
}

/* ---- reading ---- */

struct reader {
	struct store_tx *tx;
	struct store_name name;
	struct store_row row;
	uint32_t low; /* slots are of low + 1 and on */
	struct store_message *slots;
	size_t n, empty; /* seq is 0 in an empty one */
};

/* A piece as it is read. */
struct read_piece {
	int64_t number, before, gen;
	char *heads;
	bool opened;
	struct buf plain;
	size_t at; /* what of it has been taken */
};

/* Its text, or opened stays false: it was erased, or never kept. */
static int open_piece(struct reader *r, struct read_piece *p, struct query *q)
{
	struct vault_place place = {
	    r->name.family, r->name.id, p->heads, p->before};
	struct vault_key key;
	size_t n;
	const void *sealed = query_get_blob(q, 3, &n);

	if (query_is_null(q, 3))
		return STORE_OK;
	if (p->heads[0] == '=') {
		place.class = "message";
		place.number = strtoll(p->heads + 1, NULL, 10);
	}
	int err = store_row_key_to_open(r->tx, &r->name, &r->row, p->gen, &key);
	if (!err && vault_open(&key, &place, sealed, n, &p->plain) != 0)
		err = STORE_KEY;
	vault_key_wipe(&key);
	p->opened = err == STORE_OK;
	return err == STORE_ERASED ? STORE_OK : err;
}

/* The next head of a piece into m; its length, -1: no text. */
static int read_head(const char **at, struct store_message *m, int64_t *len)
{
	uint32_t speaker, status, kind;
	int used = 0;

	if (sscanf(*at,
		"%" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNu32 " %" SCNd64
		" %" SCNd64 ";%n",
		&m->seq, &speaker, &status, &kind, &m->time_us, len,
		&used) != 6 ||
	    used == 0 || m->seq == 0)
		return STORE_CORRUPT;
	m->speaker = (enum store_speaker)speaker;
	m->status = (enum store_status)status;
	m->kind = (enum store_kind)kind;
	*at += used;
	return STORE_OK;
}

/* What the message says, of the piece. */
static int take_text(struct read_piece *p, struct store_message *m, int64_t len)
{
	m->erased = len < 0 || !p->opened;
	if (m->erased)
		return STORE_OK;
	size_t left = p->plain.len - p->at;
	if (left < STORE_SALT_BYTES || (uint64_t)len > left - STORE_SALT_BYTES)
		return STORE_CORRUPT;
	memcpy(m->salt, p->plain.data + p->at, STORE_SALT_BYTES);
	m->len = (size_t)len;
	m->text = mem_strndup(p->plain.data + p->at + STORE_SALT_BYTES, m->len);
	p->at += STORE_SALT_BYTES + m->len;
	return STORE_OK;
}

/* A newer piece has spoken for it already, or nobody asks for it. */
static bool is_wanted(const struct reader *r, uint32_t seq)
{
	return seq > r->low && seq - r->low <= r->n &&
	    r->slots[seq - r->low - 1].seq == 0;
}

static int read_messages(struct reader *r, struct read_piece *p)
{
	const char *at = p->heads + (p->heads[0] == '=');
	int err = STORE_OK;

	while (*at && !err) {
		struct store_message m = {0};
		int64_t len;

		err = read_head(&at, &m, &len);
		if (!err)
			err = take_text(p, &m, len);
		if (!err && is_wanted(r, m.seq)) {
			r->slots[m.seq - r->low - 1] = m;
			r->empty--;
		} else {
			free(m.text);
		}
	}
	return err;
}

static int read_piece(struct reader *r, struct read_piece *p)
{
	struct query q;
	int err = STORE_CORRUPT;

	query_start(&q, r->tx,
	    "SELECT before, gen, heads, text FROM pieces WHERE n = $1");
	query_int(&q, p->number);
	if (query_step(&q)) {
		p->before = query_get_int(&q, 0);
		p->gen = query_get_int(&q, 1);
		p->heads = query_get_text(&q, 2);
		/* Numbers grow, so no row can make this go round. */
		if (p->before >= 0 && p->before < p->number)
			err = open_piece(r, p, &q);
		if (!err)
			err = read_messages(r, p);
	}
	int ended = query_end(&q);
	if (p->plain.len)
		OPENSSL_cleanse(p->plain.data, p->plain.len);
	buf_clear(&p->plain);
	free(p->heads);
	return ended ? ended : err;
}

/* Back from the newest, until every number has its message. */
static int read_back(struct reader *r)
{
	int64_t number = r->row.piece;
	int err = STORE_OK;

	while (number && r->empty && !err) {
		struct read_piece p = {.number = number};

		err = read_piece(r, &p);
		number = p.before;
	}
	return err;
}

/* Numbers whose write was given up have no message. */
static size_t close_up(struct reader *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		if (r->slots[i].seq)
			r->slots[n++] = r->slots[i];
	return n;
}

int store_messages_get(struct store_tx *tx, const char *family, const char *id,
    struct store_range range, struct store_message **out, size_t *n)
{
	struct reader r = {.tx = tx, .name = {family, id}, .low = range.after};
	int err = store_row_find(tx, &r.name, &r.row);

	*out = NULL;
	*n = 0;
	if (err || r.row.last_seq <= range.after)
		return err;
	if (r.row.last_seq - r.low > range.max)
		r.low = r.row.last_seq - (uint32_t)range.max;
	r.n = r.empty = r.row.last_seq - r.low;
	r.slots = mem_array(r.n + 1, sizeof(*r.slots));
	err = read_back(&r);
	if (err) {
		store_messages_free(r.slots, r.n);
		return err;
	}
	*out = r.slots;
	*n = close_up(&r);
	return STORE_OK;
}
