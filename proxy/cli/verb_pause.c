/*
 * verb_pause - `handrail pause`: the kill switch, for a time, with a reason.
 */
#include "proxy/base/clock.h"
#include "proxy/base/mem.h"
#include "proxy/cli/findings.h"
#include "proxy/cli/policy_dir.h"
#include "proxy/cli/rule_name.h"
#include "proxy/cli/storage.h"
#include "proxy/cli/usage.h"
#include "proxy/config/config.h"
#include "proxy/store/store_pauses.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PAUSE_S (366 * INT64_C(86400))

static const char usage[] =
    "usage: handrail pause --rule ID | --all | --ai-speech\n"
    "                      --for TIME --reason TEXT\n"
    "       handrail pause list [--all]\n"
    "       handrail pause end ID\n"
    "  --rule ID        this rule acts as if in shadow\n"
    "  --all            every rule does (list: also those that are over)\n"
    "  --ai-speech      no AI message is delivered at all; a conversation in "
    "which\n"
    "                   the customer writes meanwhile goes to a person, and "
    "stays\n"
    "                   with people until `handrail handoff return`\n"
    "  --for TIME       90s, 15m, 1h, 2d\n"
    "  --reason TEXT    why; goes into the audit log\n"
    "Done means in force in the running proxy; exit code 3 where it does not\n"
    "take note in time.\n" STORAGE_USAGE;

struct pause_args {
	struct storage storage;
	const char *what, *id; /* "list", "end" and its ID */
	const char *rule, *time, *reason;
	bool all, ai_speech;
};

static void only_errors(const struct diag *d, void *findings)
{
	if (d->level == DIAG_ERROR)
		findings_diag(d, findings);
}

static int usage_error(const char *why)
{
	return usage_wrong("pause", why);
}

static int unknown(const char *word)
{
	static const char *const known[] = {"list", "end", "--rule", "--all",
	    "--ai-speech", "--for", "--reason", USAGE_STORAGE_OPTIONS, NULL};

	return usage_unknown("pause", word, known);
}

/* Seconds; -1 when it is no time of at most MAX_PAUSE_S. */
static int64_t parse_time(const char *text)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	char *end;

	errno = 0;
	long long n = strtoll(text, &end, 10);
	if (errno || end == text || n <= 0 || n > MAX_PAUSE_S)
		return -1;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (end[0] == units[i].unit && end[1] == '\0' &&
		    n <= MAX_PAUSE_S / units[i].seconds)
			return n * units[i].seconds;
	return -1;
}

struct change {
	struct store_pause pause;
	struct store_audit audit;
	int64_t id;
};

static int start_run(struct store_tx *tx, void *arg)
{
	struct change *c = arg;
	int err = store_pause_put(tx, &c->pause, &c->id);

	return err ? err : store_put_pending_audit(tx, &c->audit);
}

static int end_run(struct store_tx *tx, void *arg)
{
	struct change *c = arg;
	int err = store_pause_end(tx, c->id, c->audit.time_us);

	return err ? err : store_put_pending_audit(tx, &c->audit);
}

static char *in_words(const struct store_pause *p)
{
	switch (p->scope) {
	case STORE_PAUSE_RULE:
		return mem_printf("rule %s", p->rule);
	case STORE_PAUSE_ALL:
		return mem_strdup("all rules");
	case STORE_PAUSE_AI_SPEECH:
		return mem_strdup("all AI speech");
	}
	return mem_strdup("?");
}

static void put(struct json_out *json, const char *key, const char *value)
{
	json_out_key(json, key);
	json_out_str(json, value);
}

static void put_pause(struct json_out *json, const struct store_pause *p)
{
	json_out_object(json);
	put(json, "by", p->by);
	storage_put_time(json, "ended", p->ended_us);
	storage_put_time(json, "from", p->from_us);
	json_out_key(json, "id");
	json_out_int(json, p->id);
	put(json, "reason", p->reason);
	put(json, "rule", p->rule[0] ? p->rule : NULL);
	put(json, "scope", store_pause_scope_name(p->scope));
	storage_put_time(json, "until", p->until_us);
	json_out_end(json);
}

static void print_one(const struct store_pause *p)
{
	struct buf out = {0};
	struct json_out json;

	json_out_init(&json, &out);
	put_pause(&json, p);
	storage_print_json(&out);
}

static void print_all(const struct store_pause *list, size_t n)
{
	struct buf out = {0};
	struct json_out json;

	json_out_init(&json, &out);
	json_out_object(&json);
	json_out_key(&json, "pauses");
	json_out_array(&json);
	for (size_t i = 0; i < n; i++)
		put_pause(&json, &list[i]);
	json_out_end(&json);
	json_out_end(&json);
	storage_print_json(&out);
}

static void print_ended(int64_t id)
{
	struct buf out = {0};
	struct json_out json;

	json_out_init(&json, &out);
	json_out_object(&json);
	json_out_key(&json, "ended");
	json_out_int(&json, id);
	json_out_end(&json);
	storage_print_json(&out);
}

/* A switch that switches nothing would be found out too late. */
static int check_rule(const struct pause_args *a)
{
	const struct config *c = a->storage.loaded;
	struct findings f;

	if (!c)
		return usage_error("--rule is looked up in the policy: say "
				   "-c FILE");
	findings_init(&f, stderr);
	struct guard_policy *policy = policy_dir_load(
	    c->policy, c->shipped, c->environment, NULL, only_errors, &f);
	findings_clear(&f);
	if (!policy) {
		fprintf(stderr,
		    "handrail pause: the policy cannot be read; --all and "
		    "--ai-speech do without it\n");
		return EXIT_FINDINGS;
	}
	bool known = rule_name_find(policy, a->rule, "pause") != SIZE_MAX;
	guard_policy_unref(policy);
	return known ? EXIT_GOOD : EXIT_USAGE;
}

static int in_force(const struct pause_args *a, int64_t id)
{
	char what[48];

	snprintf(
	    what, sizeof(what), "pause %s%" PRId64, a->what ? "end " : "", id);
	return a->ai_speech && !a->what ? storage_silences(&a->storage, what)
					: storage_in_force(&a->storage, what);
}

static void print_started(const struct store_pause *p, const char *words)
{
	char until[32];

	clock_rfc3339(until, p->until_us);
	printf("Pause %" PRId64 ": %s until %s. End it with: "
	       "handrail pause end %" PRId64 "\n",
	    p->id, words, until, p->id);
}

static int do_start(struct pause_args *a)
{
	int64_t seconds = a->time ? parse_time(a->time) : -1;
	int64_t now_us = clock_now_us();

	if ((a->rule != NULL) + a->all + a->ai_speech != 1)
		return usage_error("one of --rule, --all, --ai-speech");
	if (seconds < 0)
		return usage_error(
		    "--for needs a time such as 90m or 2h: one number and one "
		    "of s, m, h, d, a year at most");
	if (!a->reason || !a->reason[0])
		return usage_error("--reason is missing");
	int code = a->rule ? check_rule(a) : EXIT_GOOD;
	if (code != EXIT_GOOD)
		return code;
	struct change c = {.pause = {.scope = a->rule ? STORE_PAUSE_RULE
				   : a->all           ? STORE_PAUSE_ALL
						      : STORE_PAUSE_AI_SPEECH,
			       .rule = (char *)(a->rule ? a->rule : ""),
			       .from_us = now_us,
			       .until_us = now_us + seconds * CLOCK_SECOND_US,
			       .reason = (char *)a->reason,
			       .by = (char *)a->storage.by}};
	char *words = in_words(&c.pause);
	char *detail = mem_printf("%s: %s", words, a->reason);
	c.audit = (struct store_audit){.type = (char *)"operator.action",
	    .action = (char *)"pause",
	    .actor = (char *)a->storage.by,
	    .detail = detail,
	    .time_us = now_us,
	    .until_us = c.pause.until_us};
	int err = store_call(a->storage.store, false, start_run, &c);
	c.pause.id = c.id;
	code = err ? storage_failed("cannot pause", err) : in_force(a, c.id);
	if (!err && a->storage.json)
		print_one(&c.pause);
	else if (code == EXIT_GOOD)
		print_started(&c.pause, words);
	free(words);
	free(detail);
	return code;
}

static int do_end(struct pause_args *a)
{
	char *end;
	struct change c = {0};

	errno = 0;
	c.id = strtoll(a->id, &end, 10);
	if (errno || *end || end == a->id)
		return usage_error("end takes the number of a pause");
	char *detail = mem_printf("pause %" PRId64, c.id);
	c.audit = (struct store_audit){.type = (char *)"operator.action",
	    .action = (char *)"pause.end",
	    .actor = (char *)a->storage.by,
	    .detail = detail,
	    .time_us = clock_now_us()};
	int err = store_call(a->storage.store, false, end_run, &c);
	free(detail);
	if (err == STORE_CONFLICT) {
		fprintf(stderr, "handrail: pause %s is over already\n", a->id);
		return EXIT_USAGE;
	}
	if (err == STORE_NOT_FOUND) {
		fprintf(stderr,
		    "handrail: there is no pause %s\n  `handrail pause list` "
		    "shows those in force, with --all the others too\n",
		    a->id);
		return EXIT_USAGE;
	}
	if (err)
		return storage_failed("cannot end the pause", err);
	int code = in_force(a, c.id);
	if (a->storage.json)
		print_ended(c.id);
	else if (code == EXIT_GOOD)
		printf("Pause %" PRId64 " is over.\n", c.id);
	return code;
}

struct found {
	int64_t now_us; /* 0: all */
	struct store_pause *list;
	size_t n;
};

static int list_run(struct store_tx *tx, void *arg)
{
	struct found *f = arg;

	return store_pauses_list(tx, f->now_us, &f->list, &f->n);
}

static void print_pause(const struct store_pause *p)
{
	char from[32], until[32];
	char *words = in_words(p);

	clock_rfc3339(from, p->from_us);
	clock_rfc3339(until, p->ended_us ? p->ended_us : p->until_us);
	printf("%4" PRId64 "  %.19sZ to %.19sZ  ", p->id, from, until);
	storage_print(words, 0);
	printf("  by ");
	storage_print(p->by, 0);
	printf(": ");
	storage_print(p->reason, 0);
	printf("\n");
	free(words);
}

static int do_list(struct pause_args *a)
{
	struct found f = {.now_us = a->all ? 0 : clock_now_us()};
	int err = store_call(a->storage.store, true, list_run, &f);

	if (err)
		return storage_failed("cannot list the pauses", err);
	if (a->storage.json)
		print_all(f.list, f.n);
	else if (f.n == 0)
		printf("Nothing is paused.\n");
	for (size_t i = 0; i < f.n && !a->storage.json; i++)
		print_pause(&f.list[i]);
	store_pauses_free(f.list, f.n);
	return EXIT_GOOD;
}

static int take_one(void *args, int argc, char **argv, int at)
{
	struct pause_args *a = args;
	const struct {
		const char *name, **to;
	} table[] = {{"--rule", &a->rule}, {"--for", &a->time},
	    {"--reason", &a->reason}};
	int took = storage_option(&a->storage, argc, argv, at);

	for (size_t i = 0; took == 0 && i < sizeof(table) / sizeof(*table); i++)
		took =
		    storage_value(argc, argv, at, table[i].name, table[i].to);
	if (took != 0)
		return took;
	if (strcmp(argv[at], "--all") == 0)
		a->all = true;
	else if (strcmp(argv[at], "--ai-speech") == 0)
		a->ai_speech = true;
	else if (argv[at][0] == '-')
		return 0;
	else if (!a->what)
		a->what = argv[at];
	else if (!a->id)
		a->id = argv[at];
	else {
		usage_error("too many words");
		return -1;
	}
	return 1;
}

static int (*which(const struct pause_args *a))(struct pause_args *)
{
	if (!a->what)
		return do_start;
	if (strcmp(a->what, "list") == 0 && !a->id)
		return do_list;
	if (strcmp(a->what, "end") == 0 && a->id)
		return do_end;
	return NULL;
}

static int not_understood(const struct pause_args *a)
{
	if (strcmp(a->what, "list") == 0)
		return usage_error("list takes no word, only --all");
	if (strcmp(a->what, "end") == 0)
		return usage_error("end takes the number of a pause");
	return unknown(a->what);
}

int verb_pause(int argc, char **argv)
{
	struct pause_args a = {0};
	int code = usage_read(
	    &(struct usage_verb){usage, take_one, unknown}, &a, argc, argv);

	if (code != USAGE_READ)
		return code;
	int (*run)(struct pause_args *) = which(&a);
	if (!run)
		return not_understood(&a);
	code = storage_open(&a.storage);
	if (code == EXIT_GOOD)
		code = run(&a);
	storage_close(&a.storage);
	return code;
}
