/*
 * verb_judge - `handrail judge`: many texts at full speed, JSON lines in and
 * out (DESIGN.md section 9). How authors measure a corpus, and we ourselves.
 *
 * Results keep the order of the input. A line that cannot be read is said on
 * stderr with its number and leaves no result; the rest is judged. With
 * --split every text goes through a stream, in pieces, and the stream reads
 * on after a cut, so that the rules listed are those of the whole text.
 */
#include "proxy/base/buf.h"
#include "proxy/base/json_out.h"
#include "proxy/base/mem.h"
#include "proxy/cli/findings.h"
#include "proxy/cli/given_scores.h"
#include "proxy/cli/policy_dir.h"
#include "proxy/cli/verbs.h"
#include "rules/guard_author.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define OUT_BYTES 65536u
#define MAX_UNREAD 8u        /* keys that are named */
#define RANDOM_PIECE_MAX 24u /* bytes: about four tokens of a model */

static const char usage[] =
    "usage: handrail judge --policy DIR [OPTION ...] < in.jsonl > out.jsonl\n"
    "  --policy DIR        the policy's folder\n"
    "  --environment NAME  which of its environments [the rules' own modes]\n"
    "  --split HOW         as a stream: whole, bytes, bytes:N or random:SEED\n"
    "  --stats             time per message and bytes held, on stderr\n"
    "in:  {\"id\", \"text\", \"given\": {...}?, \"speaker\"?} a line\n"
    "out: {\"id\", \"verdict\", \"undecided\", \"rules\", \"text\"?,\n"
    "      \"released\"?, \"mean_held\"?} a line, in the same order\n"
    "rules of learned topics have \"words\": the heaviest, and what each adds "
    "to the\nscore in thousandths\n";

enum split { SPLIT_NONE, SPLIT_WHOLE, SPLIT_BYTES, SPLIT_RANDOM };

struct judge {
	const char *dir, *environment;
	enum split split;
	uint32_t piece;        /* bytes, SPLIT_BYTES */
	uint32_t seed, random; /* of the run, of the text at hand */
	bool stats;
	struct guard_policy *policy;
	struct guard_scanner *scanner;
	struct buf out;
	bool bad_line, bad_output;
	json_t *unread;        /* keys of lines that were named */
	uint32_t *nanoseconds; /* of each text, with --stats */
	size_t n, cap, bytes;
	double held; /* sum of the means */
	size_t max_held;
};

struct text { /* one line of the input */
	const json_t *id;
	struct guard_message message;
	struct given given;
};

struct outcome {
	struct guard_verdict verdict;
	struct guard_stream *stream; /* or NULL */
	size_t released;             /* bytes of the text */
	char *seen; /* those, edited: what the customer has seen */
	double mean_held;
};

/* ---- options ---- */

static int usage_error(const char *why)
{
	fprintf(stderr, "handrail judge: %s\n%s", why, usage);
	return EXIT_USAGE;
}

/* A number behind "name:". */
static bool parse_number(const char *s, uint32_t *out)
{
	char *end;
	errno = 0;
	unsigned long n = strtoul(s, &end, 10);
	*out = (uint32_t)n;
	return *s >= '0' && *s <= '9' && !errno && !*end && n <= UINT32_MAX;
}

static bool parse_split(struct judge *j, const char *how)
{
	j->piece = 1;
	if (!strcmp(how, "whole")) {
		j->split = SPLIT_WHOLE;
		return true;
	}
	if (!strncmp(how, "random:", 7)) {
		j->split = SPLIT_RANDOM;
		return parse_number(how + 7, &j->seed);
	}
	j->split = SPLIT_BYTES;
	if (!strncmp(how, "bytes:", 6))
		return parse_number(how + 6, &j->piece) && j->piece > 0;
	return !strcmp(how, "bytes");
}

/* "--name value" or "--name=value": arguments taken, 0 when it is another. */
static int option(
    int argc, char **argv, int at, const char *name, const char **out)
{
	size_t n = strlen(name);
	if (strncmp(argv[at], name, n))
		return 0;
	if (argv[at][n] == '=') {
		*out = argv[at] + n + 1;
		return 1;
	}
	if (argv[at][n] || at + 1 >= argc)
		return 0;
	*out = argv[at + 1];
	return 2;
}

static int parse(struct judge *j, int argc, char **argv)
{
	const char *how = NULL;
	for (int i = 1; i < argc;) {
		int n = option(argc, argv, i, "--policy", &j->dir);
		if (!n)
			n = option(
			    argc, argv, i, "--environment", &j->environment);
		if (!n)
			n = option(argc, argv, i, "--split", &how);
		if (!n && !strcmp(argv[i], "--stats")) {
			j->stats = true;
			n = 1;
		}
		if (!n)
			return usage_error("unknown option, or one without "
					   "its value");
		i += n;
	}
	if (how && !parse_split(j, how))
		return usage_error(
		    "--split takes whole, bytes, bytes:N or random:SEED");
	return j->dir ? EXIT_GOOD : usage_error("--policy is missing");
}

/* ---- judging ---- */

static size_t next_piece(struct judge *j, size_t left)
{
	size_t n = 1;
	switch (j->split) {
	case SPLIT_NONE:
	case SPLIT_WHOLE:
		return left;
	case SPLIT_BYTES:
		n = j->piece;
		break;
	case SPLIT_RANDOM:
		j->random ^= j->random << 13;
		j->random ^= j->random >> 17;
		j->random ^= j->random << 5;
		n = 1 + j->random % RANDOM_PIECE_MAX;
		break;
	}
	return n < left ? n : left;
}

/* What is held counts until the stream is cut. */
static void judge_stream(struct judge *j, struct text *t, struct outcome *o)
{
	struct guard_progress p = {0};
	size_t pieces = 0, held = 0;
	t->given.session.answers = &t->given.scores.given;
	o->stream =
	    guard_stream_new(j->policy, &t->given.session, t->message.speaker);
	if (!o->stream) {
		fputs("handrail judge: out of memory\n", stderr);
		abort();
	}
	guard_stream_read_on(o->stream);
	j->random = j->seed * 2654435761u + 1;
	for (size_t at = 0; at < t->message.len;) {
		size_t n = next_piece(j, t->message.len - at);
		guard_stream_feed(o->stream, t->message.text + at, n, &p);
		if (given_scores_stream(&t->given, j->policy, o->stream))
			guard_stream_look(o->stream, &p);
		at += n;
		if (p.cut)
			continue;
		pieces++;
		held += at - p.safe_len;
		if (at - p.safe_len > j->max_held)
			j->max_held = at - p.safe_len;
	}
	o->released = p.safe_len;
	size_t len;
	o->seen = guard_apply_edits(
	    t->message.text, p.safe_len, p.edits, p.n_edits, &len);
	o->mean_held = pieces ? (double)held / (double)pieces : 0;
	guard_stream_close(o->stream, &p);
	if (given_scores_stream(&t->given, j->policy, o->stream))
		guard_stream_look(o->stream, &p);
	guard_stream_end(o->stream, &o->verdict);
}

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void note_time(struct judge *j, uint64_t ns)
{
	if (j->n == j->cap) {
		j->cap = j->cap ? j->cap * 2 : 1024;
		j->nanoseconds = mem_realloc(
		    j->nanoseconds, j->cap * sizeof(*j->nanoseconds));
	}
	j->nanoseconds[j->n++] = ns < UINT32_MAX ? (uint32_t)ns : UINT32_MAX;
}

static void judge_text(struct judge *j, struct text *t, struct outcome *o)
{
	*o = (struct outcome){0};
	uint64_t start = j->stats ? now_ns() : 0;
	if (j->split == SPLIT_NONE)
		given_scores_check(
		    &t->given, j->scanner, j->policy, &t->message, &o->verdict);
	else
		judge_stream(j, t, o);
	if (j->stats)
		note_time(j, now_ns() - start);
	j->bytes += t->message.len;
	j->held += o->mean_held;
}

/* ---- output ---- */

/* Of a rule that finds a learned topic: the words that weighed. */
static void put_words(struct judge *j, const struct text *t,
    const struct guard_verdict *v, size_t first)
{
	const char *before = ",\"words\":[";
	bool any = false;
	for (size_t i = first; i < v->n_hits; i++) {
		struct guard_weighed words[GUARD_HIT_WORDS];
		int n = v->hits[i].rule != v->hits[first].rule
		    ? 0
		    : guard_hit_words(
			  j->policy, &t->message, &v->hits[i], words);
		for (int k = 0; k < n; k++, before = ",", any = true)
			buf_printf(&j->out,
			    "%s{\"start\":%zu,\"end\":%zu,"
			    "\"weight\":%" PRId64 "}",
			    before, words[k].start, words[k].end,
			    words[k].weight);
	}
	if (any)
		buf_adds(&j->out, "]");
}

static void put_rule(struct judge *j, const struct text *t,
    const struct guard_verdict *v, size_t first)
{
	struct guard_rule_info info;
	guard_policy_rule(j->policy, v->hits[first].rule, &info);
	buf_adds(&j->out, "{\"rule\":");
	json_out_quote(&j->out, info.id, strlen(info.id));
	buf_printf(&j->out, ",\"action\":\"%s\",\"mode\":\"%s\",\"spans\":[",
	    guard_action_name(info.action),
	    guard_mode_name(v->hits[first].mode));
	const char *comma = "";
	for (size_t i = first; i < v->n_hits; i++) {
		const struct guard_hit *h = &v->hits[i];
		if (h->rule != v->hits[first].rule)
			continue;
		bool whole = h->start == h->end;
		buf_printf(&j->out, "%s{\"start\":%zu,\"end\":%zu}", comma,
		    h->start, whole ? t->message.len : h->end);
		comma = ",";
	}
	buf_adds(&j->out, "]");
	put_words(j, t, v, first);
	buf_adds(&j->out, "}");
}

static bool is_first(const struct guard_verdict *v, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (v->hits[k].rule == v->hits[i].rule)
			return false;
	return true;
}

static void put_rules(
    struct judge *j, const struct text *t, const struct guard_verdict *v)
{
	const char *comma = "";
	buf_adds(&j->out, ",\"rules\":[");
	for (size_t i = 0; i < v->n_hits; i++) {
		if (!is_first(v, i))
			continue;
		buf_adds(&j->out, comma);
		put_rule(j, t, v, i);
		comma = ",";
	}
	buf_adds(&j->out, "]");
}

static void put_edited(
    struct judge *j, const struct text *t, const struct guard_verdict *v)
{
	size_t len;
	char *out = guard_apply_edits(
	    t->message.text, t->message.len, v->edits, v->n_edits, &len);
	buf_adds(&j->out, ",\"text\":");
	json_out_quote(&j->out, out ? out : "", out ? len : 0);
	free(out);
}

/* What the customer gets, where that is not the text itself. */
static void put_text(
    struct judge *j, const struct text *t, const struct outcome *o)
{
	const struct guard_verdict *v = &o->verdict;
	if (v->action < GUARD_REPLACE) {
		if (v->n_edits)
			put_edited(j, t, v);
		return;
	}
	/* A blank line is what the shipped channels put between the two; a
	 * customer is not sent their own words. */
	bool seen =
	    o->seen && o->seen[0] && t->message.speaker != GUARD_CUSTOMER;
	bool say = v->say && v->say[0];
	struct buf all = {0};
	buf_adds(&all, seen ? o->seen : "");
	buf_adds(&all, seen && say ? "\n\n" : "");
	buf_adds(&all, say ? v->say : "");
	buf_adds(&j->out, ",\"text\":");
	json_out_quote(&j->out, all.data, all.len);
	buf_clear(&all);
}

static void put(struct judge *j, const struct text *t, const struct outcome *o)
{
	const struct guard_verdict *v = &o->verdict;
	char *id =
	    t->id ? json_dumps(t->id, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
	buf_adds(&j->out, "{\"id\":");
	buf_adds(&j->out, id ? id : "null");
	free(id);
	buf_printf(&j->out,
	    ",\"verdict\":\"%s\",\"undecided\":", guard_action_name(v->action));
	if (v->undecided)
		buf_printf(
		    &j->out, "\"%s\"", guard_undecided_name(v->undecided));
	else
		buf_adds(&j->out, "null");
	put_rules(j, t, v);
	put_text(j, t, o);
	if (o->stream)
		buf_printf(&j->out, ",\"released\":%zu,\"mean_held\":%.2f",
		    o->released, o->mean_held);
	buf_adds(&j->out, "}\n");
}

static void flush(struct judge *j)
{
	if (j->out.len &&
	    fwrite(j->out.data, 1, j->out.len, stdout) != j->out.len)
		j->bad_output = true;
	buf_reset(&j->out);
}

/* ---- input ---- */

static const char *read_speaker(const json_t *line, struct text *t)
{
	static const char *const names[] = {"ai", "customer", "human"};
	const json_t *v = json_object_get(line, "speaker");
	t->message.speaker = GUARD_AI;
	if (!v)
		return NULL;
	for (size_t i = 0; json_is_string(v) && i < 3; i++)
		if (!strcmp(json_string_value(v), names[i])) {
			t->message.speaker = (enum guard_speaker)i;
			return NULL;
		}
	return "speaker must be ai, customer or human";
}

/* A corpus may have columns of its own, so they are no fault; a misspelt
 * "speaker" must not go unnoticed either. Each is named once. */
static void tell_unread(struct judge *j, const json_t *line, size_t number)
{
	static const char *const read[] = {
	    "id", "text", "given", "speaker", NULL};
	const char *key;
	json_t *item;
	json_object_foreach((json_t *)(uintptr_t)line, key, item)
	{
		size_t i = 0;
		while (read[i] && strcmp(read[i], key) != 0)
			i++;
		if (read[i] || json_object_size(j->unread) == MAX_UNREAD ||
		    json_object_get(j->unread, key))
			continue;
		json_object_set_new(j->unread, key, json_true());
		fprintf(stderr,
		    "handrail judge: line %zu: the key %.40s is not read "
		    "(id, text, given and speaker are)\n",
		    number, key);
	}
}

/* NULL, or what is wrong with the line. */
static const char *read_line(
    struct judge *j, const json_t *line, struct text *t)
{
	if (!json_is_object(line))
		return "not a JSON object";
	const json_t *text = json_object_get(line, "text");
	if (!json_is_string(text))
		return "no \"text\"";
	t->id = json_object_get(line, "id");
	t->message.text = json_string_value(text);
	t->message.len = json_string_length(text);
	const char *why = read_speaker(line, t);
	if (why)
		return why;
	if (given_read(&t->given, json_object_get(line, "given"), j->policy))
		return t->given.why;
	return NULL;
}

static void judge_line(
    struct judge *j, const char *bytes, size_t len, size_t number)
{
	json_error_t error;
	struct text t = {0};
	json_t *line = json_loadb(
	    bytes, len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
	const char *why = line ? read_line(j, line, &t) : error.text;
	if (why) {
		fprintf(stderr, "handrail judge: line %zu: %s\n", number, why);
		j->bad_line = true;
	} else {
		struct outcome o;
		tell_unread(j, line, number);
		given_find_zone(&t.given, j->policy, j->scanner, &t.message);
		judge_text(j, &t, &o);
		put(j, &t, &o);
		guard_stream_free(o.stream);
		free(o.seen);
	}
	given_clear(&t.given);
	json_decref(line);
}

static int judge_all(struct judge *j)
{
	char *line = NULL;
	size_t cap = 0, number = 0;
	ssize_t len;
	while ((len = getline(&line, &cap, stdin)) >= 0) {
		size_t n = (size_t)len;
		while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
			n--;
		number++;
		if (n)
			judge_line(j, line, n, number);
		if (j->out.len >= OUT_BYTES)
			flush(j);
	}
	free(line);
	flush(j);
	if (ferror(stdin) || fflush(stdout) || j->bad_output) {
		fputs("handrail judge: cannot read or write\n", stderr);
		return EXIT_BROKEN;
	}
	return j->bad_line ? EXIT_USAGE : EXIT_GOOD;
}

/* ---- statistics ---- */

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void print_stats(struct judge *j)
{
	if (!j->stats || !j->n)
		return;
	qsort(j->nanoseconds, j->n, sizeof(*j->nanoseconds), by_value);
	double sum = 0, n = (double)j->n;
	for (size_t i = 0; i < j->n; i++)
		sum += j->nanoseconds[i];
	fprintf(stderr,
	    "%zu messages, mean %.0f bytes; per message mean %.2f us, "
	    "p50 %.2f us, p99 %.2f us, max %.2f us",
	    j->n, (double)j->bytes / n, sum / n / 1e3,
	    j->nanoseconds[j->n / 2] / 1e3,
	    j->nanoseconds[j->n - 1 - j->n / 100] / 1e3,
	    j->nanoseconds[j->n - 1] / 1e3);
	if (j->split != SPLIT_NONE)
		fprintf(stderr, "; held mean %.2f bytes, max %zu", j->held / n,
		    j->max_held);
	fputc('\n', stderr);
}

int verb_judge(int argc, char **argv)
{
	struct judge j = {0};
	if (argc > 1 &&
	    (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(usage, stdout);
		return EXIT_GOOD;
	}
	int code = parse(&j, argc, argv);
	if (code)
		return code;
	struct findings findings;
	findings_init(&findings, stderr);
	j.policy = policy_dir_load(
	    j.dir, NULL, j.environment, NULL, findings_diag, &findings);
	findings_clear(&findings);
	if (!j.policy)
		return EXIT_USAGE;
	j.unread = json_object();
	j.scanner = guard_scanner_new();
	code = j.scanner ? judge_all(&j) : EXIT_BROKEN;
	print_stats(&j);
	guard_scanner_free(j.scanner);
	guard_policy_unref(j.policy);
	json_decref(j.unread);
	free(j.nanoseconds);
	buf_clear(&j.out);
	return code;
}
