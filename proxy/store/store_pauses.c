/*
 * store_pauses - rows of pauses, and of audit records that wait for the
 * proxy.
 */
#include "proxy/store/store_pauses.h"

#include "proxy/base/mem.h"
#include "proxy/store/query.h"

#include <stdlib.h>
#include <string.h>

const char *store_pause_scope_name(enum store_pause_scope scope)
{
	switch (scope) {
	case STORE_PAUSE_RULE:
		return "rule";
	case STORE_PAUSE_ALL:
		return "all";
	case STORE_PAUSE_AI_SPEECH:
		return "ai-speech";
	}
	return "unknown";
}

void store_pauses_free(struct store_pause *pauses, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(pauses[i].rule);
		free(pauses[i].reason);
		free(pauses[i].by);
	}
	free(pauses);
}

static int tell_pause(struct store_tx *tx)
{
	return store_tell(tx,
	    &(struct store_change){.kind = STORE_CHANGE_PAUSE,
		.family = "",
		.conversation = "",
		.handoff = ""});
}

int store_pause_put(
    struct store_tx *tx, const struct store_pause *p, int64_t *id)
{
	struct query q;

	query_start(&q, tx,
	    "INSERT INTO pauses(scope, rule, from_us, until_us, reason,"
	    " made_by) VALUES($1, $2, $3, $4, $5, $6)");
	query_int(&q, p->scope);
	query_text(&q, p->rule);
	query_int(&q, p->from_us);
	query_int(&q, p->until_us);
	query_text(&q, p->reason);
	query_text(&q, p->by);
	int err = query_run(&q);
	*id = err ? 0 : tx->ops->inserted(tx->backend);
	return err ? err : tell_pause(tx);
}

int store_pause_end(struct store_tx *tx, int64_t id, int64_t now_us)
{
	struct query q;
	bool found;

	query_start(&q, tx, "SELECT 1 FROM pauses WHERE id = $1");
	query_int(&q, id);
	found = query_step(&q);
	int err = query_end(&q);
	if (err || !found)
		return err ? err : STORE_NOT_FOUND;
	query_start(&q, tx,
	    "UPDATE pauses SET ended_us = $1 WHERE id = $2"
	    " AND ended_us = 0 AND until_us > $1");
	query_int(&q, now_us);
	query_int(&q, id);
	err = query_run_one(&q);
	if (err)
		return err == STORE_NOT_FOUND ? STORE_CONFLICT : err;
	return tell_pause(tx);
}

int store_pauses_list(
    struct store_tx *tx, int64_t now_us, struct store_pause **out, size_t *n)
{
	struct query q;

	*out = NULL;
	*n = 0;
	query_start(&q, tx,
	    "SELECT id, scope, rule, from_us, until_us, ended_us, reason,"
	    " made_by FROM pauses WHERE $1 = 0"
	    " OR (ended_us = 0 AND until_us > $1) ORDER BY id");
	query_int(&q, now_us);
	while (query_step(&q)) {
		*out = mem_realloc_array(*out, *n + 1, sizeof(**out));
		(*out)[(*n)++] =
		    (struct store_pause){.id = query_get_int(&q, 0),
			.scope = (enum store_pause_scope)query_get_int(&q, 1),
			.rule = query_get_text(&q, 2),
			.from_us = query_get_int(&q, 3),
			.until_us = query_get_int(&q, 4),
			.ended_us = query_get_int(&q, 5),
			.reason = query_get_text(&q, 6),
			.by = query_get_text(&q, 7)};
	}
	int err = query_end(&q);
	if (err) {
		store_pauses_free(*out, *n);
		*out = NULL;
		*n = 0;
	}
	return err;
}

/* ---- audit records that wait ---- */

/* The texts of a record, in the order of the columns. */
#define AUDIT_TEXTS 12

static void texts_of(struct store_audit *a, char **texts[AUDIT_TEXTS])
{
	char **const all[AUDIT_TEXTS] = {&a->type, &a->family, &a->conversation,
	    &a->actor, &a->action, &a->detail, &a->basis, &a->handoff,
	    &a->queue, &a->priority, &a->destination, &a->line};

	memcpy(texts, all, sizeof(all));
}

void store_audits_free(struct store_audit *audits, size_t n)
{
	char **texts[AUDIT_TEXTS];

	for (size_t i = 0; i < n; i++) {
		texts_of(&audits[i], texts);
		for (size_t k = 0; k < AUDIT_TEXTS; k++)
			free(*texts[k]);
	}
	free(audits);
}

int store_put_pending_audit(struct store_tx *tx, const struct store_audit *a)
{
	struct store_audit copy = *a;
	char **texts[AUDIT_TEXTS];
	struct query q;

	texts_of(&copy, texts);
	tx->told = true; /* whoever records is to look */
	query_start(&q, tx,
	    "INSERT INTO audit_pending(time_us, until_us, type, family,"
	    " conversation, actor, action, detail, basis, handoff, queue,"
	    " priority, destination, line) VALUES($1, $2, $3, $4, $5, $6, $7,"
	    " $8, $9, $10, $11, $12, $13, $14)");
	query_int(&q, a->time_us);
	query_int(&q, a->until_us);
	for (size_t k = 0; k < AUDIT_TEXTS; k++)
		query_text(&q, *texts[k]);
	return query_run(&q);
}

static void read_audit(struct query *q, struct store_audit *a)
{
	char **texts[AUDIT_TEXTS];

	*a = (struct store_audit){.id = query_get_int(q, 0),
	    .time_us = query_get_int(q, 1),
	    .until_us = query_get_int(q, 2)};
	texts_of(a, texts);
	for (int k = 0; k < AUDIT_TEXTS; k++)
		*texts[k] =
		    query_is_null(q, 3 + k) ? NULL : query_get_text(q, 3 + k);
}

int store_take_pending_audit(
    struct store_tx *tx, size_t max, struct store_audit **out, size_t *n)
{
	struct query q;

	*out = NULL;
	*n = 0;
	query_start(&q, tx,
	    "SELECT id, time_us, until_us, type, family, conversation, actor,"
	    " action, detail, basis, handoff, queue, priority, destination,"
	    " line"
	    " FROM audit_pending ORDER BY id LIMIT $1");
	query_int(&q, (int64_t)max);
	while (query_step(&q)) {
		*out = mem_realloc_array(*out, *n + 1, sizeof(**out));
		read_audit(&q, &(*out)[(*n)++]);
	}
	int err = query_end(&q);
	if (err) {
		store_audits_free(*out, *n);
		*out = NULL;
		*n = 0;
	}
	return err;
}

int store_drop_pending_audit(struct store_tx *tx, int64_t up_to_id)
{
	struct query q;

	query_start(&q, tx, "DELETE FROM audit_pending WHERE id <= $1");
	query_int(&q, up_to_id);
	return query_run(&q);
}
