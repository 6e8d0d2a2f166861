/* store_log - see store_log.h. The place is one row of meta. */
#include "proxy/store/store_log.h"

#include "proxy/store/query.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int store_log_get(struct store_tx *tx, struct store_log *out)
{
	struct query q;
	char text[96] = "";

	*out = (struct store_log){0};
	query_start(&q, tx, "SELECT value FROM meta WHERE key = 'log'");
	if (query_step(&q))
		query_get_fixed(&q, 0, text, sizeof(text));
	int err = query_end(&q);
	if (!err && text[0] &&
	    sscanf(text, "%" SCNu64 " %" SCNu64 " %31s", &out->seen, &out->seq,
		out->segment) < 2)
		err = STORE_CORRUPT;
	return err;
}

int store_log_put(struct store_tx *tx, const struct store_log *log)
{
	struct query q;
	char text[96];

	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 " %s", log->seen,
	    log->seq, log->segment);
	query_start(&q, tx,
	    "INSERT INTO meta(key, value) VALUES('log', $1)"
	    " ON CONFLICT(key) DO UPDATE SET value = excluded.value");
	query_text(&q, text);
	return query_run(&q);
}

int store_recalled_put(struct store_tx *tx, const struct store_recalled *one)
{
	struct query q;

	query_start(&q, tx,
	    "INSERT INTO recalled(pseudonym, time_us, judged, line)"
	    " VALUES($1, $2, $3, $4) ON CONFLICT(pseudonym) DO UPDATE SET"
	    " time_us = excluded.time_us,"
	    " judged = MAX(judged, excluded.judged), line = excluded.line");
	query_text(&q, one->pseudonym);
	query_int(&q, one->time_us);
	query_int(&q, one->judged);
	query_text(&q, one->line);
	return query_run(&q);
}

int store_recalled_list(struct store_tx *tx,
    void (*fn)(void *arg, const struct store_recalled *), void *arg)
{
	struct query q;

	query_start(
	    &q, tx, "SELECT pseudonym, time_us, judged, line FROM recalled");
	while (query_step(&q)) {
		char *pseudonym = query_get_text(&q, 0);
		char *line =
		    query_is_null(&q, 3) ? NULL : query_get_text(&q, 3);

		fn(arg,
		    &(struct store_recalled){pseudonym, query_get_int(&q, 1),
			(uint32_t)query_get_int(&q, 2), line});
		free(pseudonym);
		free(line);
	}
	return query_end(&q);
}

int store_recalled_settle(struct store_tx *tx, const char *pseudonym)
{
	struct query q;

	query_start(
	    &q, tx, "UPDATE recalled SET line = NULL WHERE pseudonym = $1");
	query_text(&q, pseudonym);
	return query_run(&q);
}

int store_recalled_prune(struct store_tx *tx, int64_t before_us)
{
	struct query q;

	query_start(
	    &q, tx, "DELETE FROM recalled WHERE line IS NULL AND time_us < $1");
	query_int(&q, before_us);
	return query_run(&q);
}
