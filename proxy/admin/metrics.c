/*
 * metrics - see metrics.h.
 *
 * A metric's series hang in one hash table, keyed by metric and label values;
 * they are only added until metrics_clear. Refuses to grow without end: past
 * METRICS_MAX_SERIES every new combination counts as "other".
 */
#include "proxy/admin/metrics.h"

#include "proxy/base/mem.h"

#include <assert.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define METRICS_MAX_LABELS 3
#define METRICS_SLOTS 4096u /* of the hash table: chains grow, slots do not */
#define METRICS_MAX_HOOKS 8u

enum metrics_type { METRICS_COUNTER, METRICS_GAUGE, METRICS_HISTOGRAM };

struct metrics_row {
	const char *name;
	enum metrics_type type;
	const char *labels[METRICS_MAX_LABELS + 1];
	const char *help;
};

static const struct metrics_row metrics_rows[METRICS] = {
    [METRIC_MESSAGES] = {"handrail_messages_total", METRICS_COUNTER,
	{"verdict", "channel"}, "Messages that received a verdict."},
    [METRIC_RULE_FIRES] = {"handrail_rule_fires_total", METRICS_COUNTER,
	{"rule", "mode", "action"}, "Rules that fired, shadow ones too."},
    [METRIC_UNDECIDED] = {"handrail_undecided_total", METRICS_COUNTER,
	{"reason"}, "Messages that could not be decided."},
    [METRIC_JUDGE_SECONDS] = {"handrail_judge_seconds", METRICS_HISTOGRAM,
	{NULL}, "Processor time of judging one message."},
    [METRIC_HANDOFFS] = {"handrail_handoffs_total", METRICS_COUNTER,
	{"cause", "outcome"}, "Handoffs to people."},
    [METRIC_POLICY_INFO] = {"handrail_policy_info", METRICS_GAUGE, {"digest"},
	"The policy that is enforced."},
    [METRIC_RELOADS] = {"handrail_reloads_total", METRICS_COUNTER, {"outcome"},
	"Reloads of configuration and policy."},
    [METRIC_CONNECTIONS] = {"handrail_connections", METRICS_GAUGE, {NULL},
	"Client connections that are open."},
    [METRIC_CONNECTIONS_OPENED] = {"handrail_connections_opened_total",
	METRICS_COUNTER, {NULL}, "Client connections accepted."},
    [METRIC_CONNECTIONS_REFUSED] = {"handrail_connections_refused_total",
	METRICS_COUNTER, {"reason"},
	"Client connections that ended before they were open."},
    [METRIC_REQUESTS] = {"handrail_requests_total", METRICS_COUNTER,
	{"channel", "code"},
	"Requests answered, by class of status; gone: the client was before."},
    [METRIC_UPSTREAM_ERRORS] = {"handrail_upstream_errors_total",
	METRICS_COUNTER, {"route", "reason"},
	"Answers of the AI agent that did not come or broke off."},
    [METRIC_STREAMS] = {"handrail_streams", METRICS_GAUGE, {NULL},
	"Streamed answers that are open."},
    [METRIC_CONVERSATIONS] = {"handrail_conversations", METRICS_GAUGE,
	{"state"},
	"Conversations in memory, locked ones, and limits.max_conversations: "
	"when all are locked, new ones are refused."},
    [METRIC_AUDIT_RECORDS] = {"handrail_audit_records_total", METRICS_COUNTER,
	{NULL}, "Records written to the audit log."},
    [METRIC_AUDIT_FAILURES] = {"handrail_audit_failures_total", METRICS_COUNTER,
	{NULL}, "Records that could not be written."},
    [METRIC_AUDIT_QUEUE_BYTES] = {"handrail_audit_queue_bytes", METRICS_GAUGE,
	{NULL}, "Records that are not yet safe."},
    [METRIC_AUDIT_WRITABLE] = {"handrail_audit_writable", METRICS_GAUGE, {NULL},
	"1 when the audit log can be written."},
    [METRIC_AUDIT_REMOVED] = {"handrail_audit_segments_removed_total",
	METRICS_COUNTER, {NULL},
	"Closed files of the audit log that somebody took away."},
    [METRIC_STORE_JOBS] = {"handrail_store_jobs", METRICS_GAUGE, {NULL},
	"Jobs that wait for the store."},
    [METRIC_STORE_WRITABLE] = {"handrail_store_writable", METRICS_GAUGE, {NULL},
	"1 when the latest commit of the store succeeded."},
    [METRIC_OUTBOX] = {"handrail_outbox_deliveries", METRICS_GAUGE, {"state"},
	"Deliveries owed to destinations, given up, and of the owed ones those "
	"whose destination is not configured any more."},
    [METRIC_OUTBOX_SENT] = {"handrail_outbox_sent_total", METRICS_COUNTER,
	{NULL}, "Deliveries a destination has accepted."},
    [METRIC_OUTBOX_FAILED_TRIES] = {"handrail_outbox_failed_tries_total",
	METRICS_COUNTER, {NULL}, "Tries of deliveries that failed."},
    [METRIC_CLASSIFIER_ANSWERS] = {"handrail_classifier_answers_total",
	METRICS_COUNTER, {"classifier", "outcome"},
	"Sentences classifiers were asked about."},
    [METRIC_CLASSIFIER_SECONDS] = {"handrail_classifier_seconds",
	METRICS_HISTOGRAM, {"classifier"},
	"Time from a question to a classifier to its answer or failure."},
    [METRIC_BUILD_INFO] = {"handrail_build_info", METRICS_GAUGE, {"version"},
	"The program."},
};

/* Upper bounds in microseconds: 5 us is the target, 1 s is a disaster. */
static const int64_t metrics_bounds_us[] = {5, 10, 20, 50, 100, 200, 500, 1000,
    2000, 5000, 10000, 50000, 100000, 1000000};
#define METRICS_BOUNDS                                                         \
	(sizeof(metrics_bounds_us) / sizeof(metrics_bounds_us[0]))

struct metrics_series {
	struct metrics_series *next_in_slot, *next_of_metric;
	enum metric metric;
	int64_t value;                    /* of a histogram: observations */
	int64_t sum_us;                   /* of a histogram */
	uint64_t buckets[METRICS_BOUNDS]; /* not cumulative */
	size_t len;
	char key[]; /* label values, each with its NUL */
};

struct metrics_hook {
	void (*fn)(void *arg, struct metrics *);
	void *arg;
};

struct metrics {
	pthread_mutex_t lock;
	struct metrics_series *slots[METRICS_SLOTS];
	struct metrics_series *first[METRICS], **last[METRICS];
	size_t n[METRICS];
	struct metrics_hook hooks[METRICS_MAX_HOOKS]; /* set before threads */
	size_t n_hooks;
};

struct metrics_key {
	char bytes[METRICS_MAX_LABELS * (METRICS_MAX_LABEL_BYTES + 1)];
	size_t len;
};

static size_t metrics_n_labels(enum metric metric)
{
	size_t n = 0;
	while (metrics_rows[metric].labels[n] != NULL)
		n++;
	return n;
}

static void metrics_key_add(struct metrics_key *key, const char *value)
{
	size_t len =
	    value == NULL ? 0 : strnlen(value, METRICS_MAX_LABEL_BYTES);
	/* Cut at a character: a scraper refuses half of one. */
	while (len == METRICS_MAX_LABEL_BYTES && len > 0 &&
	    ((unsigned char)value[len] & 0xc0) == 0x80)
		len--;
	if (len > 0)
		memcpy(key->bytes + key->len, value, len);
	key->len += len;
	key->bytes[key->len++] = '\0';
}

static void metrics_key_read(
    struct metrics_key *key, enum metric metric, va_list args)
{
	size_t n = metrics_n_labels(metric);
	key->len = 0;
	for (size_t i = 0; i < n; i++)
		metrics_key_add(key, va_arg(args, const char *));
}

static size_t metrics_slot(enum metric metric, const struct metrics_key *key)
{
	uint32_t hash = 2166136261u ^ (uint32_t)metric; /* FNV-1a */
	for (size_t i = 0; i < key->len; i++)
		hash = (hash ^ (unsigned char)key->bytes[i]) * 16777619u;
	return (hash ^ hash >> 15) % METRICS_SLOTS;
}

static struct metrics_series *metrics_lookup(
    struct metrics *m, enum metric metric, const struct metrics_key *key)
{
	struct metrics_series *s = m->slots[metrics_slot(metric, key)];
	while (s != NULL &&
	    (s->metric != metric || s->len != key->len ||
		memcmp(s->key, key->bytes, key->len) != 0))
		s = s->next_in_slot;
	return s;
}

static struct metrics_series *metrics_series_new(
    struct metrics *m, enum metric metric, const struct metrics_key *key)
{
	struct metrics_series **slot = &m->slots[metrics_slot(metric, key)];
	struct metrics_series *s = mem_zero(sizeof(*s) + key->len);
	s->metric = metric;
	s->len = key->len;
	memcpy(s->key, key->bytes, key->len);
	s->next_in_slot = *slot;
	*slot = s;
	*m->last[metric] = s;
	m->last[metric] = &s->next_of_metric;
	m->n[metric]++;
	return s;
}

static struct metrics_series *metrics_find(
    struct metrics *m, enum metric metric, const struct metrics_key *key)
{
	struct metrics_key other = {.len = 0};
	struct metrics_series *s = metrics_lookup(m, metric, key);
	if (s != NULL)
		return s;
	if (m->n[metric] < METRICS_MAX_SERIES)
		return metrics_series_new(m, metric, key);
	for (size_t i = metrics_n_labels(metric); i > 0; i--)
		metrics_key_add(&other, "other");
	s = metrics_lookup(m, metric, &other);
	return s != NULL ? s : metrics_series_new(m, metric, &other);
}

struct metrics *metrics_new(void)
{
	struct metrics *m = mem_zero(sizeof(*m));
	pthread_mutex_init(&m->lock, NULL);
	struct metrics_key none = {.len = 0};
	for (int i = 0; i < METRICS; i++) {
		m->last[i] = &m->first[i];
		if (metrics_n_labels((enum metric)i) == 0)
			metrics_find(m, (enum metric)i, &none);
	}
	return m;
}

/* Under the lock, or when nobody else is left. */
static void metrics_forget(struct metrics *m, enum metric metric)
{
	for (size_t i = 0; i < METRICS_SLOTS; i++) {
		struct metrics_series **at = &m->slots[i];
		while (*at != NULL) {
			struct metrics_series *s = *at;
			if (s->metric == metric) {
				*at = s->next_in_slot;
				free(s);
			} else {
				at = &s->next_in_slot;
			}
		}
	}
	m->first[metric] = NULL;
	m->last[metric] = &m->first[metric];
	m->n[metric] = 0;
}

void metrics_free(struct metrics *m)
{
	if (m == NULL)
		return;
	for (int i = 0; i < METRICS; i++)
		metrics_forget(m, (enum metric)i);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

void metrics_add(struct metrics *m, enum metric metric, int64_t n, ...)
{
	struct metrics_key key;
	va_list args;
	va_start(args, n);
	metrics_key_read(&key, metric, args);
	va_end(args);
	assert(metrics_rows[metric].type != METRICS_HISTOGRAM);
	assert(n >= 0 || metrics_rows[metric].type == METRICS_GAUGE);
	pthread_mutex_lock(&m->lock);
	metrics_find(m, metric, &key)->value += n;
	pthread_mutex_unlock(&m->lock);
}

void metrics_set(struct metrics *m, enum metric metric, int64_t value, ...)
{
	struct metrics_key key;
	va_list args;
	va_start(args, value);
	metrics_key_read(&key, metric, args);
	va_end(args);
	assert(metrics_rows[metric].type != METRICS_HISTOGRAM);
	pthread_mutex_lock(&m->lock);
	metrics_find(m, metric, &key)->value = value;
	pthread_mutex_unlock(&m->lock);
}

int64_t metrics_get(struct metrics *m, enum metric metric, ...)
{
	struct metrics_key key;
	va_list args;
	va_start(args, metric);
	metrics_key_read(&key, metric, args);
	va_end(args);
	pthread_mutex_lock(&m->lock);
	struct metrics_series *s = metrics_lookup(m, metric, &key);
	int64_t value = s == NULL ? 0 : s->value;
	pthread_mutex_unlock(&m->lock);
	return value;
}

void metrics_observe_us(struct metrics *m, enum metric metric, int64_t us, ...)
{
	struct metrics_key key;
	size_t bucket = 0;
	va_list args;
	va_start(args, us);
	metrics_key_read(&key, metric, args);
	va_end(args);
	assert(metrics_rows[metric].type == METRICS_HISTOGRAM);
	us = us < 0 ? 0 : us;
	while (bucket < METRICS_BOUNDS && us > metrics_bounds_us[bucket])
		bucket++;
	pthread_mutex_lock(&m->lock);
	struct metrics_series *s = metrics_find(m, metric, &key);
	s->value++;
	s->sum_us += us;
	if (bucket < METRICS_BOUNDS)
		s->buckets[bucket]++;
	pthread_mutex_unlock(&m->lock);
}

void metrics_clear(struct metrics *m, enum metric metric)
{
	pthread_mutex_lock(&m->lock);
	metrics_forget(m, metric);
	pthread_mutex_unlock(&m->lock);
}

void metrics_on_write(
    struct metrics *m, void (*fn)(void *arg, struct metrics *), void *arg)
{
	assert(m->n_hooks < METRICS_MAX_HOOKS);
	m->hooks[m->n_hooks++] = (struct metrics_hook){fn, arg};
}

/* Backslash, quote and line feed are escaped in label values. */
static void metrics_put_value(struct buf *out, const char *value)
{
	for (; *value != '\0'; value++) {
		if (*value == '\n')
			buf_adds(out, "\\n");
		else if (*value == '"' || *value == '\\')
			buf_printf(out, "\\%c", *value);
		else
			buf_addc(out, *value);
	}
}

/* a="1",b="2" of a series. */
static void metrics_put_labels(struct buf *out, const struct metrics_series *s)
{
	const char *const *labels = metrics_rows[s->metric].labels;
	const char *value = s->key;
	for (size_t i = 0; labels[i] != NULL; i++) {
		buf_printf(out, "%s%s=\"", i == 0 ? "" : ",", labels[i]);
		metrics_put_value(out, value);
		buf_addc(out, '"');
		value += strlen(value) + 1;
	}
}

/* The name, its suffix and the labels of a series, and a blank. */
static void metrics_put_name(
    struct buf *out, const char *suffix, const struct metrics_series *s)
{
	const struct metrics_row *row = &metrics_rows[s->metric];
	bool labelled = row->labels[0] != NULL;
	buf_printf(out, "%s%s%s", row->name, suffix, labelled ? "{" : "");
	metrics_put_labels(out, s);
	buf_adds(out, labelled ? "} " : " ");
}

static void metrics_put_series(struct buf *out, const struct metrics_series *s)
{
	metrics_put_name(out, "", s);
	buf_printf(out, "%lld\n", (long long)s->value);
}

static void metrics_put_seconds(struct buf *out, int64_t us)
{
	buf_printf(out, "%lld.%06lld", (long long)(us / 1000000),
	    (long long)(us % 1000000));
}

/* NAME_bucket{labels,le=" */
static void metrics_begin_bucket(
    struct buf *out, const struct metrics_series *s)
{
	const struct metrics_row *row = &metrics_rows[s->metric];
	buf_printf(out, "%s_bucket{", row->name);
	metrics_put_labels(out, s);
	buf_adds(out, row->labels[0] != NULL ? ",le=\"" : "le=\"");
}

static void metrics_put_histogram(
    struct buf *out, const struct metrics_series *s)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < METRICS_BOUNDS; i++) {
		sum += s->buckets[i];
		metrics_begin_bucket(out, s);
		metrics_put_seconds(out, metrics_bounds_us[i]);
		buf_printf(out, "\"} %llu\n", (unsigned long long)sum);
	}
	metrics_begin_bucket(out, s);
	buf_printf(out, "+Inf\"} %lld\n", (long long)s->value);
	metrics_put_name(out, "_sum", s);
	metrics_put_seconds(out, s->sum_us);
	buf_addc(out, '\n');
	metrics_put_name(out, "_count", s);
	buf_printf(out, "%lld\n", (long long)s->value);
}

static const char *metrics_type_name(enum metrics_type type)
{
	static const char *const names[] = {
	    [METRICS_COUNTER] = "counter",
	    [METRICS_GAUGE] = "gauge",
	    [METRICS_HISTOGRAM] = "histogram",
	};
	return names[type];
}

void metrics_write(struct metrics *m, struct buf *out)
{
	for (size_t i = 0; i < m->n_hooks; i++)
		m->hooks[i].fn(m->hooks[i].arg, m);
	pthread_mutex_lock(&m->lock);
	for (int i = 0; i < METRICS; i++) {
		const struct metrics_row *row = &metrics_rows[i];
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", row->name,
		    row->help, row->name, metrics_type_name(row->type));
		const struct metrics_series *s = m->first[i];
		for (; s != NULL; s = s->next_of_metric)
			if (row->type == METRICS_HISTOGRAM)
				metrics_put_histogram(out, s);
			else
				metrics_put_series(out, s);
	}
	pthread_mutex_unlock(&m->lock);
}

void metrics_describe(struct buf *out)
{
	buf_adds(out,
	    "# Metrics\n\n"
	    "`/metrics` on the console's address answers in the text format of "
	    "Prometheus.\nThis page is made from the table in "
	    "proxy/admin/metrics.c.\n\n"
	    "| metric | type | labels | meaning |\n"
	    "| --- | --- | --- | --- |\n");
	for (int i = 0; i < METRICS; i++) {
		const struct metrics_row *row = &metrics_rows[i];
		buf_printf(out, "| `%s` | %s | ", row->name,
		    metrics_type_name(row->type));
		for (size_t k = 0; row->labels[k] != NULL; k++)
			buf_printf(
			    out, "%s%s", k == 0 ? "" : ", ", row->labels[k]);
		buf_printf(out, " | %s |\n", row->help);
	}
}
