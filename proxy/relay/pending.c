/* pending - see pending.h. What cannot be recorded stays, and so does what it
 * would have changed. */
#include "proxy/relay/pending.h"

#include "proxy/audit/find.h"
#include "proxy/audit/recover.h"
#include "proxy/base/clock.h"
#include "proxy/base/log.h"
#include "proxy/base/mem.h"
#include "proxy/store/store_conversations.h"
#include "proxy/store/store_pauses.h"
#include "proxy/store/store_told.h"
#include "proxy/wire/json.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 64

static int record_type_of(const char *name)
{
	for (int i = 0; i < RECORD_TYPES; i++)
		if (strcmp(record_type_name((enum record_type)i), name) == 0)
			return i;
	return -1;
}

/* A whole record of that type, as record_line makes it. */
static bool is_sound_line(const char *line, const char *type)
{
	size_t len = strlen(line);
	const char *stop = strchr(line, '\n');
	struct buf whole = {0};
	struct json_doc doc = {0};
	if (!stop || stop != line + len - 1 || len > RECORD_MAX_BYTES ||
	    !strchr(line, RECORD_SEQ_MARK))
		return false;
	recover_number(&whole, line, len, 1);
	bool sound = json_parse(&doc, whole.data, whole.len, NULL) == 0 &&
	    doc.nodes[0].type == JSON_IS_OBJECT &&
	    json_string_is(
		&doc, json_member(&doc, 0, span_str("type")), span_str(type)) &&
	    json_member(&doc, 0, span_str("seq")) != JSON_NONE;
	json_clear(&doc);
	buf_clear(&whole);
	return sound;
}

static bool is_sound(const struct store_audit *row)
{
	return record_type_of(row->type) >= 0 &&
	    (!row->line || is_sound_line(row->line, row->type));
}

/* What it says cannot be trusted: that is recorded, and of what. */
static void damaged_line(
    struct pending *p, const struct store_audit *row, struct buf *line)
{
	int64_t now_us = clock_now_us();
	bool known = record_type_of(row->type) >= 0;
	char *reason = mem_printf("A record that waited in the store was "
				  "damaged there and is lost: %s%s%.*s.",
	    known ? row->type : "of an unknown type",
	    row->handoff ? " of handoff " : "", STORE_HANDOFF_ID_SIZE,
	    row->handoff ? row->handoff : "");
	log_line(
	    LOG_ERROR, "audit", "%s Look at the disk of the store", reason);
	record_line(p->maker,
	    &(struct record){.type = RECORD_GAP,
		.time_us = now_us,
		.from_us = row->time_us > 0 && row->time_us < now_us
		    ? row->time_us
		    : now_us,
		.to_us = now_us,
		.lost = 1,
		.reason = reason},
	    line);
	free(reason);
}

static void pending_line(
    struct pending *p, const struct store_audit *row, struct buf *line)
{
	if (!is_sound(row)) {
		damaged_line(p, row, line);
		return;
	}
	if (row->line) {
		buf_adds(line, row->line);
		return;
	}
	record_line(p->maker,
	    &(struct record){
		.type = (enum record_type)record_type_of(row->type),
		.time_us = row->time_us,
		.family = row->family,
		.conversation = row->conversation,
		.handoff = {.id = row->handoff,
		    .queue = row->queue,
		    .priority = row->priority,
		    .destination = row->destination},
		.actor = row->actor,
		.action_name = row->action,
		.detail = row->detail,
		.basis = row->basis,
		.until_us = row->until_us,
	    },
	    line);
}

/* A transaction that fails is tried again, its records are not. */
static bool is_to_be_recorded(
    const struct pending *p, const struct store_audit *row)
{
	return row->id > p->last;
}

struct batch { /* what is to be written of some rows */
	const struct store_audit *rows;
	struct buf lines[BATCH];
	size_t at[BATCH]; /* row of a line */
	size_t n;
};

static void batch_fill(struct pending *p, struct batch *b,
    const struct store_audit *rows, size_t n)
{
	*b = (struct batch){.rows = rows};
	for (size_t i = 0; i < n; i++)
		if (is_to_be_recorded(p, &rows[i])) {
			b->at[b->n] = i;
			pending_line(p, &rows[i], &b->lines[b->n++]);
		}
}

static void batch_clear(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		buf_clear(&b->lines[i]);
}

/* The last run may have been killed when they were in the log and not yet out
 * of the store. False: the log cannot be read. */
static bool leave_out_recorded(struct pending *p, struct batch *b)
{
	bool found[BATCH] = {false};
	int64_t since_us = INT64_MAX;
	size_t kept = 0;
	for (size_t i = 0; i < b->n; i++)
		if (b->rows[b->at[i]].time_us < since_us)
			since_us = b->rows[b->at[i]].time_us;
	int err = audit_find(p->audit, b->lines, b->n, since_us, found);
	if (err != 0) {
		log_line(LOG_ERROR, "audit",
		    "cannot be read, to see what is recorded already: %s",
		    strerror(-err));
		return false;
	}
	for (size_t i = 0; i < b->n; i++) {
		struct buf line = b->lines[i];
		if (found[i]) {
			buf_clear(&line);
			continue;
		}
		b->at[kept] = b->at[i];
		b->lines[kept++] = line;
	}
	b->n = kept;
	return true;
}

/* How many rows from the first on are recorded. While the log cannot be written
 * it is not asked to: each try would count as a record lost. */
static size_t record_rows(
    struct pending *p, const struct store_audit *rows, size_t n)
{
	struct batch b;
	size_t done = n;
	struct audit_state state;
	enum audit_result result;
	audit_state(p->audit, &state);
	p->waits =
	    state.health != AUDIT_OK ? audit_result_text(state.health) : NULL;
	if (p->waits)
		return 0;
	batch_fill(p, &b, rows, n);
	if (p->left_over && !leave_out_recorded(p, &b)) {
		batch_clear(&b);
		return 0;
	}
	size_t good =
	    audit_submit_all(p->audit, b.lines, b.n, AUDIT_DURABLE, &result);
	if (good < b.n) {
		done = b.at[good];
		p->waits = audit_result_text(result);
		log_line(
		    LOG_ERROR, "audit", "%s: %s", rows[done].type, p->waits);
	}
	batch_clear(&b);
	if (done > 0 && rows[done - 1].id > p->last)
		p->last = rows[done - 1].id;
	return done;
}

int pending_record(struct store_tx *tx, void *arg)
{
	struct pending *p = arg;
	for (;;) {
		struct store_audit *rows;
		size_t n, done = 0;
		int err = store_take_pending_audit(tx, BATCH, &rows, &n);
		if (!err && n)
			done = record_rows(p, rows, n);
		for (size_t i = 0; i < done; i++)
			if (record_type_of(rows[i].type) == RECORD_ERASE)
				store_scrub_after(tx);
		if (!err && done)
			err = store_drop_pending_audit(tx, rows[done - 1].id);
		store_audits_free(rows, n);
		if (!err && n == 0)
			p->left_over = false;
		if (err || n == 0)
			return err;
		if (done < n)
			return STORE_IO;
	}
}

void pending_tell(struct pending *p, struct store *store)
{
	if (p->waits == p->said)
		return;
	p->said = p->waits;
	store_say_waits(store, p->waits);
}
