/*
 * verb_explain - `handrail explain`: judge one message and say why, by the
 * same engine the proxy runs.
 */
#include "proxy/base/clock.h"
#include "proxy/base/file.h"
#include "proxy/cli/author.h"
#include "proxy/cli/given_scores.h"
#include "proxy/cli/rule_name.h"
#include "proxy/cli/verbs.h"
#include "rules/guard_author.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TEXT_BYTES ((size_t)1 << 20)

static const char usage[] =
    "usage: handrail explain [OPTION ...] [TEXT]\n"
    "  TEXT                the message [read from standard input]\n"
    "  --policy DIR        the policy's folder [.]\n"
    "  --environment NAME  which of its environments [the rules' own modes]\n"
    "  --speaker WHO       ai, customer or human [ai]\n"
    "  --as FILE           what is known about the conversation, as JSON:\n"
    "                      the keys of given: in examples\n"
    "  --why-not RULE      why this rule does not fire: pack/id\n"
    "  --format text|json  how to report [text]\n";

struct explain {
	struct author a;
	const char *dir, *environment, *format, *speaker, *as, *why_not;
	const char *text;
	struct buf input; /* the text, when it came from standard input */
	json_t *given_json;
	struct given given;
	struct guard_policy *policy;
	struct guard_scanner *scanner;
	struct guard_message message;
};

static const char *speaker_names[] = {
    [GUARD_AI] = "ai",
    [GUARD_CUSTOMER] = "customer",
    [GUARD_HUMAN] = "human",
};

static bool set_speaker(struct explain *e)
{
	for (int i = GUARD_AI; i <= GUARD_HUMAN; i++) {
		if (strcmp(e->speaker, speaker_names[i]) == 0) {
			e->message.speaker = (enum guard_speaker)i;
			return true;
		}
	}
	fprintf(stderr,
	    "handrail explain: --speaker takes ai, customer or human, not %s\n",
	    e->speaker);
	return false;
}

static bool read_text(struct explain *e)
{
	if (!e->text) {
		char piece[4096];
		size_t n;
		while (e->input.len <= MAX_TEXT_BYTES &&
		    (n = fread(piece, 1, sizeof(piece), stdin)) > 0)
			buf_add(&e->input, piece, n);
		/* The line feed that ends a typed line is not the message's. */
		if (e->input.len && e->input.data[e->input.len - 1] == '\n')
			e->input.len--;
		e->message.text = e->input.len ? e->input.data : "";
		e->message.len = e->input.len;
	} else {
		e->message.text = e->text;
		e->message.len = strlen(e->text);
	}
	return true;
}

static bool read_given(struct explain *e)
{
	json_error_t error;
	if (e->as) {
		e->given_json =
		    json_load_file(e->as, JSON_REJECT_DUPLICATES, &error);
		if (!e->given_json) {
			if (error.line > 0)
				fprintf(stderr, "%s:%d:%d: ", e->as, error.line,
				    error.column);
			fprintf(stderr, "%s\n", error.text);
			return false;
		}
	}
	if (given_read(&e->given, e->given_json, e->policy)) {
		fprintf(stderr, "%s: %s\n", e->as, e->given.why);
		return false;
	}
	return true;
}

/* ---- text ---- */

/* Why none of the rule's exceptions holds. */
static void show_exceptions(struct explain *e, size_t rule)
{
	size_t n = guard_exceptions(e->policy, rule);
	for (size_t i = 0; i < n; i++) {
		char why[GUARD_MISS_BYTES];
		const struct guard_exception of = {rule, i};
		if (guard_not_excused(e->policy, &of, &e->given.session,
			&e->message, why) == 0)
			printf("%-10sno: %s\n", i ? "" : "excused?", why);
	}
}

static void show_changes(struct explain *e, size_t rule)
{
	size_t n;
	const struct guard_change *c =
	    guard_policy_changes(e->policy, rule, &n);
	for (size_t i = 0; i < n; i++) {
		char *path = author_path(&e->a, c[i].file);
		printf("          changed by %s:%u%s%s%s%s: %s\n", path,
		    c[i].line, c[i].ticket ? " " : "",
		    c[i].ticket ? c[i].ticket : "", c[i].until ? " until " : "",
		    c[i].until ? c[i].until : "", c[i].reason);
		free(path);
	}
}

/* "          most of it: court +0.912, sue +0.603" */
static void show_words(struct explain *e, const struct guard_hit *h)
{
	struct guard_weighed words[GUARD_HIT_WORDS];
	int n = guard_hit_words(e->policy, &e->message, h, words);
	for (int i = 0; i < n; i++)
		printf("%s%.*s +%" PRId64 ".%03" PRId64,
		    i ? ", " : "          most of it: ",
		    (int)(words[i].end - words[i].start),
		    e->message.text + words[i].start, words[i].weight / 1000,
		    words[i].weight % 1000);
	if (n > 0)
		putchar('\n');
}

static void show_place(struct explain *e, const struct guard_hit *h)
{
	struct guard_rule_info r;
	guard_policy_rule(e->policy, h->rule, &r);
	char *path = author_path(&e->a, r.file);
	printf("%s  %s:%u  severity %s  mode %s", r.id, path, r.line,
	    guard_severity_name(r.severity), guard_mode_name(h->mode));
	if (r.rollout_percent < 100)
		printf(" (%u%% rollout: %s)", r.rollout_percent,
		    h->mode == GUARD_ENFORCE ? "in" : "out");
	printf("  %s\n", guard_action_name(h->action));
	free(path);
	if (h->end > h->start)
		printf("          \"%.*s\"", (int)(h->end - h->start),
		    e->message.text + h->start);
	else
		printf("          the message");
	if (h->what)
		printf(" is %s", h->what);
	else
		printf(" is what it looks for");
	putchar('\n');
	show_words(e, h);
	if (r.why)
		printf("          %s\n", r.why);
	show_changes(e, h->rule);
}

static void show_customer_text(struct explain *e, const struct guard_verdict *v)
{
	size_t len = 0;
	if (v->say) {
		printf("customer  %s\n", v->say);
		return;
	}
	if (!v->n_edits)
		return;
	char *text = guard_apply_edits(
	    e->message.text, e->message.len, v->edits, v->n_edits, &len);
	if (text)
		printf("customer  %.*s\n", (int)len, text);
	free(text);
}

/* "  offers@3": the pack that decides, and its version. */
static void show_pack(struct explain *e, const struct guard_verdict *v)
{
	struct guard_rule_info r;
	if (v->deciding < v->n_hits) {
		guard_policy_rule(e->policy, v->hits[v->deciding].rule, &r);
		printf("  %.*s@%" PRIu32, (int)(strrchr(r.id, '/') - r.id),
		    r.id, r.version);
	}
	putchar('\n');
}

/* "case      bereavement, customer upset, zone human first" */
static void show_case(struct explain *e)
{
	const struct guard_session *s = &e->given.session;
	if (!s->zone)
		return;
	printf("case      %s%s%s%s\n",
	    s->interaction_type ? s->interaction_type : "unknown type",
	    s->upset == GUARD_UNKNOWN   ? ""
		: s->upset == GUARD_YES ? ", customer upset"
					: ", customer calm",
	    ", zone ", s->zone);
}

static void show_undecided(struct explain *e, const struct guard_verdict *v)
{
	struct guard_rule_info r;
	printf("undecided %s: the policy's fallback is the verdict\n",
	    guard_undecided_name(v->undecided));
	if (v->edit_rule == SIZE_MAX)
		return;
	guard_policy_rule(e->policy, v->edit_rule, &r);
	printf("%-10swith its edits the text would break %s (%s)\n", "because",
	    r.id, r.title);
}

static void show_verdict(struct explain *e, const struct guard_verdict *v)
{
	printf("verdict   %s", guard_action_name(v->action));
	if (v->action == GUARD_HANDOFF)
		printf(" -> %s (%s)", v->queue, v->priority);
	printf("     policy %.19s...", guard_policy_digest(e->policy));
	show_pack(e, v);
	show_case(e);
	if (v->undecided)
		show_undecided(e, v);
	size_t why = guard_verdict_reason(e->policy, v);
	if (why < v->n_hits) {
		printf("%-10s", "because");
		show_place(e, &v->hits[why]);
		show_exceptions(e, v->hits[why].rule);
	}
	for (size_t i = 0; i < v->n_hits; i++) {
		if (i == why)
			continue;
		printf("%-10s", "also");
		show_place(e, &v->hits[i]);
	}
	if (!v->n_hits)
		puts("because   no rule fired");
	show_customer_text(e, v);
}

/* ---- json ---- */

/* Of a learned topic: what words add to its score, in thousandths. */
static void write_words(struct explain *e, const struct guard_hit *h)
{
	struct json_out *j = &e->a.doc;
	struct guard_weighed words[GUARD_HIT_WORDS];
	int n = guard_hit_words(e->policy, &e->message, h, words);
	if (n <= 0)
		return;
	json_out_key(j, "words");
	json_out_array(j);
	for (int i = 0; i < n; i++) {
		json_out_object(j);
		json_out_key(j, "end");
		json_out_int(j, (int64_t)words[i].end);
		json_out_key(j, "start");
		json_out_int(j, (int64_t)words[i].start);
		json_out_key(j, "weight");
		json_out_int(j, words[i].weight);
		json_out_end(j);
	}
	json_out_end(j);
}

static void write_hit(
    struct explain *e, const struct guard_hit *h, bool deciding)
{
	struct json_out *j = &e->a.doc;
	struct guard_rule_info r;
	guard_policy_rule(e->policy, h->rule, &r);
	char *path = author_path(&e->a, r.file);
	json_out_object(j);
	json_out_key(j, "action");
	json_out_str(j, guard_action_name(h->action));
	json_out_key(j, "changed");
	json_out_str(j, r.changed);
	json_out_key(j, "deciding");
	json_out_bool(j, deciding);
	json_out_key(j, "end");
	json_out_int(j, (int64_t)h->end);
	json_out_key(j, "file");
	json_out_str(j, path);
	json_out_key(j, "line");
	json_out_int(j, r.line);
	json_out_key(j, "mode");
	json_out_str(j, guard_mode_name(h->mode));
	json_out_key(j, "rule");
	json_out_str(j, r.id);
	json_out_key(j, "severity");
	json_out_str(j, guard_severity_name(r.severity));
	json_out_key(j, "start");
	json_out_int(j, (int64_t)h->start);
	json_out_key(j, "what");
	json_out_str(j, h->what);
	json_out_key(j, "why");
	json_out_str(j, r.why);
	write_words(e, h);
	json_out_end(j);
	free(path);
}

static void write_verdict(struct explain *e, const struct guard_verdict *v)
{
	struct json_out *j = &e->a.doc;
	json_out_object(j);
	json_out_key(j, "hits");
	json_out_array(j);
	for (size_t i = 0; i < v->n_hits; i++)
		write_hit(e, &v->hits[i], i == v->deciding);
	json_out_end(j);
	json_out_key(j, "policy");
	json_out_str(j, guard_policy_digest(e->policy));
	json_out_key(j, "priority");
	json_out_str(j, v->priority);
	json_out_key(j, "queue");
	json_out_str(j, v->queue);
	json_out_key(j, "say");
	json_out_str(j, v->say);
	json_out_key(j, "undecided");
	json_out_str(
	    j, v->undecided ? guard_undecided_name(v->undecided) : NULL);
	json_out_key(j, "verdict");
	json_out_str(j, guard_action_name(v->action));
	json_out_key(j, "zone");
	json_out_str(j, e->given.session.zone);
	json_out_end(j);
	author_print_json(&e->a);
}

static void show_work(struct explain *e, int64_t took_us)
{
	struct buf line = {0};
	buf_printf(&line, "work      %" PRId64 " us, ", took_us);
	author_count(&line, guard_policy_rules(e->policy), "rule", "rules");
	buf_adds(&line, ", text ");
	author_count(&line, e->message.len, "byte", "bytes");
	puts(line.data);
	buf_clear(&line);
}

static int explain_verdict(struct explain *e)
{
	struct guard_verdict v;
	int64_t start = clock_mono_us();
	given_scores_check(&e->given, e->scanner, e->policy, &e->message, &v);
	int64_t took = clock_mono_us() - start;
	if (e->a.json)
		write_verdict(e, &v);
	else
		show_verdict(e, &v);
	if (!e->a.json)
		show_work(e, took);
	return EXIT_GOOD;
}

/* ---- why not ---- */

/* What of unless or when it was. */
static void print_spot(
    struct explain *e, enum guard_why why, const struct guard_why_answer *w)
{
	if (why == GUARD_WHY_WHEN && w->unmet)
		printf("          %s: does not hold\n", w->unmet);
	if (why != GUARD_WHY_EXCUSED || !w->exception_file)
		return;
	char *path = author_path(&e->a, w->exception_file);
	printf("          the exception at %s:%u\n", path, w->exception_line);
	free(path);
}

static void write_exception(struct explain *e, const struct guard_why_answer *w)
{
	struct json_out *j = &e->a.doc;
	json_out_key(j, "exception");
	if (!w->exception_file) {
		json_out_str(j, NULL);
		return;
	}
	char *path = author_path(&e->a, w->exception_file);
	json_out_object(j);
	json_out_key(j, "file");
	json_out_str(j, path);
	free(path);
	json_out_key(j, "line");
	json_out_int(j, w->exception_line);
	json_out_end(j);
}

static void write_reasons(
    struct explain *e, const struct guard_why_answer *w, const char *miss)
{
	struct json_out *j = &e->a.doc;
	json_out_object(j);
	write_exception(e, w);
	json_out_key(j, "fires");
	json_out_bool(j, w->reasons[GUARD_WHY_FIRES]);
	json_out_key(j, "nearest_miss");
	json_out_str(j, *miss ? miss : NULL);
	json_out_key(j, "reasons");
	json_out_array(j);
	for (size_t i = GUARD_WHY_FIRES + 1; i < GUARD_WHY_KINDS; i++)
		if (w->reasons[i])
			json_out_str(j, guard_why_text((enum guard_why)i));
	json_out_end(j);
	json_out_key(j, "rule");
	json_out_str(j, e->why_not);
	json_out_key(j, "unmet");
	json_out_str(j, w->unmet);
	json_out_end(j);
	author_print_json(&e->a);
}

static int explain_why_not(struct explain *e)
{
	struct guard_why_answer w;
	struct guard_rule_info r;
	char miss[GUARD_MISS_BYTES];
	size_t rule = rule_name_find(e->policy, e->why_not, "explain");
	if (rule == SIZE_MAX)
		return EXIT_USAGE;
	guard_policy_rule(e->policy, rule, &r);
	if (guard_why_not(
		e->policy, rule, &e->given.session, &e->message, &w) ||
	    guard_near_miss(e->policy, rule, &e->message, &w, miss))
		return EXIT_BROKEN;
	if (e->a.json) {
		write_reasons(e, &w, miss);
		return EXIT_GOOD;
	}
	for (enum guard_why i = 0; i < GUARD_WHY_KINDS; i++) {
		if (!w.reasons[i])
			continue;
		printf("%s %s\n", r.id, guard_why_text(i));
		print_spot(e, i, &w);
	}
	if (*miss)
		printf("          %s\n", miss);
	if (w.reasons[GUARD_WHY_FIRES])
		printf("          on \"%.*s\"; its mode is %s\n",
		    (int)(w.hit.end - w.hit.start),
		    e->message.text + w.hit.start, guard_mode_name(r.mode));
	return EXIT_GOOD;
}

/* ---- the verb ---- */

/* Only a policy that goes live is explained; why a rule does not fire is what
 * the author of a failing example asks. */
static enum guard_err load(struct explain *e)
{
	const struct guard_source *source = author_source(&e->a);
	if (e->why_not)
		return guard_policy_load_untested(
		    &e->policy, source, author_diag, &e->a);
	return guard_policy_load(&e->policy, source, NULL, author_diag, &e->a);
}

static int run(struct explain *e)
{
	if (!author_open(&e->a, e->dir, e->environment, e->format, AUTHOR_JSON))
		return EXIT_USAGE;
	bool json = e->a.json;
	e->a.json = false; /* a policy that does not load is told in text */
	e->a.findings.out = stderr;
	enum guard_err err = load(e);
	e->a.json = json;
	if (err)
		return err == GUARD_ERR_MEMORY ? EXIT_BROKEN : EXIT_FINDINGS;
	if (!set_speaker(e) || !read_text(e) || !read_given(e))
		return EXIT_USAGE;
	e->scanner = guard_scanner_new();
	if (!e->scanner)
		return EXIT_BROKEN;
	given_find_zone(&e->given, e->policy, e->scanner, &e->message);
	return e->why_not ? explain_why_not(e) : explain_verdict(e);
}

int verb_explain(int argc, char **argv)
{
	struct explain e = {.dir = ".", .speaker = "ai"};
	const struct author_option options[] = {
	    {"--policy", &e.dir, NULL},
	    {"--environment", &e.environment, NULL},
	    {"--format", &e.format, NULL},
	    {"--speaker", &e.speaker, NULL},
	    {"--as", &e.as, NULL},
	    {"--why-not", &e.why_not, NULL},
	    {NULL, NULL, NULL},
	};
	struct author_args args = {
	    .verb = "explain",
	    .usage = usage,
	    .options = options,
	    .rest = &e.text,
	    .max_rest = 1,
	};
	int rc = author_parse(&args, argc, argv);
	if (rc)
		return rc < 0 ? EXIT_USAGE : EXIT_GOOD;
	rc = run(&e);
	guard_scanner_free(e.scanner);
	given_clear(&e.given);
	json_decref(e.given_json);
	guard_policy_unref(e.policy);
	buf_clear(&e.input);
	author_close(&e.a);
	return rc;
}
