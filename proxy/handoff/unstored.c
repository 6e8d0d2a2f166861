/* unstored - see unstored.h. */
#include "proxy/handoff/unstored.h"

#include "proxy/base/clock.h"
#include "proxy/base/mem.h"
#include "proxy/handoff/handoff.h"
#include "proxy/store/store_log.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *text_of(
    const json_t *object, const char *key, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : otherwise;
}

static int64_t time_of(const char *text)
{
	struct tm utc = {0};

	if (!strptime(text, "%Y-%m-%dT%H:%M:%S", &utc))
		return 0;
	return (int64_t)timegm(&utc) * CLOCK_SECOND_US;
}

void unstored_read(struct store_handoff *out, const char *line)
{
	json_t *record = json_loads(line, 0, NULL);
	const json_t *handoff = json_object_get(record, "handoff");
	const char *when = text_of(record, "time", "?");
	const char *why = text_of(record, "reason", NULL);

	*out = (struct store_handoff){
	    .family = mem_strdup(
		text_of(json_object_get(record, "inputs"), "channel", "?")),
	    .conversation = mem_strdup(text_of(record, "conversation", "?")),
	    .queue = mem_strdup(text_of(handoff, "queue", HANDOFF_DESK)),
	    .priority = mem_strdup(text_of(handoff, "priority", "normal")),
	    .destination =
		mem_strdup(text_of(handoff, "destination", HANDOFF_DESK)),
	    .reason = mem_strdup("not_stored"),
	    .words = mem_printf(
		"A person was asked for at %.19s UTC, and the store could "
		"not keep it: what was said then may not be in this "
		"record.%s%s",
		when, why ? " The reason was: " : "", why ? why : ""),
	    .severity = mem_strdup(""),
	    .returned_by = mem_strdup(""),
	    .requested_us = time_of(when)};
	snprintf(out->id, sizeof(out->id), "%s", text_of(handoff, "id", "?"));
	json_decref(record);
}

struct listed {
	struct store_handoff **list;
	size_t *n;
};

static void add(void *arg, const struct store_recalled *row)
{
	struct listed *l = arg;

	if (!row->line)
		return;
	*l->list = mem_realloc_array(*l->list, *l->n + 1, sizeof(**l->list));
	unstored_read(&(*l->list)[(*l->n)++], row->line);
}

int unstored_list(struct store_tx *tx, struct store_handoff **list, size_t *n)
{
	struct listed l = {list, n};

	return store_recalled_list(tx, add, &l);
}
