/*
 * verb_handoff - `handrail handoff`: the desk in a terminal.
 */
#include "proxy/base/clock.h"
#include "proxy/base/mem.h"
#include "proxy/cli/handoff_text.h"
#include "proxy/cli/storage.h"
#include "proxy/cli/usage.h"
#include "proxy/handoff/desk.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEW_TRIES 40 /* a new conversation is looked for: two seconds */
#define NEW_WAIT_US 50000

static const char usage[] =
    "usage: handrail handoff list [--all]\n"
    "       handrail handoff show ID\n"
    "       handrail handoff reply ID TEXT\n"
    "       handrail handoff return ID [--note TEXT]\n"
    "       handrail handoff retry ID | --all\n"
    "       handrail handoff drop ID\n"
    "       handrail handoff take FAMILY/CONVERSATION --reason TEXT\n"
    "ID may be cut short where it is unambiguous.\n"
    "A reply reaches the customer with the next response; a return waits\n"
    "until every reply has. retry sends again what a destination did not\n"
    "take, of one handoff or of all; drop does without what was given up of\n"
    "one, or is owed to a destination that is not configured any more, so\n"
    "that what waits behind it goes on. take is for when nobody\n"
    "asked: the AI is cut off at its next byte. Its reason goes into the audit "
    "log, where\n"
    "nothing is erased: name no customer in it.\n"
    "Done means in force in the running proxy; exit code 3 where it does\n"
    "not take note in time.\n" STORAGE_USAGE;

struct handoff_args {
	struct storage storage;
	const char *what, *id, *text, *note, *reason;
	bool all;
};

static int usage_error(const char *why)
{
	return usage_wrong("handoff", why);
}

static int do_list(struct handoff_args *a)
{
	struct store_handoff *list;
	size_t n;
	int err = desk_list(a->storage.store, a->all, &list, &n);

	if (err)
		return storage_failed("cannot list the handoffs", err);
	struct store_delivery *owed = NULL;
	size_t n_owed = 0;
	err = desk_owed(a->storage.store, &owed, &n_owed);
	if (!err && a->storage.json)
		handoff_json_list(list, n, owed, n_owed);
	else if (!err)
		handoff_text_list(list, n, owed, n_owed);
	store_handoffs_free(list, n);
	store_deliveries_free(owed, n_owed);
	return err ? storage_failed("cannot list the deliveries", err)
		   : EXIT_GOOD;
}

/* Why not, in a way that helps. */
static int refused(
    const struct handoff_args *a, int err, const struct desk_outcome *why)
{
	char when[32];

	if (err == STORE_NOT_FOUND) {
		fprintf(stderr, "handrail: there is no handoff %s\n", a->id);
		fprintf(stderr,
		    "  `handrail handoff list` shows those that wait, with "
		    "--all the others too\n");
		return EXIT_USAGE;
	}
	if (err == STORE_CONFLICT && why->other[0]) {
		fprintf(stderr,
		    "handrail: %s may be %s or %s\n  write more of it\n", a->id,
		    why->id, why->other);
		return EXIT_USAGE;
	}
	if (err == STORE_CONFLICT) {
		clock_rfc3339(when, why->returned_us);
		fprintf(stderr,
		    "handrail: %s was given back to the AI at %.19sZ: nobody "
		    "waits there any more\n",
		    why->id, when);
		return EXIT_USAGE;
	}
	return storage_failed(a->id ? a->id : a->what, err);
}

/* Nobody is told that it is done before the proxy knows of it. */
static int done(const struct handoff_args *a,
    const struct desk_outcome *outcome, const char *words)
{
	char what[64];

	snprintf(what, sizeof(what), "%s%s%s", a->what,
	    outcome->id[0] ? " " : "", outcome->id);
	int code = strcmp(a->what, "take") == 0
	    ? storage_silences(&a->storage, what)
	    : storage_in_force(&a->storage, what);
	if (a->storage.json)
		handoff_json_outcome(a->what, outcome);
	else if (code == EXIT_GOOD)
		printf("%s\n", words);
	return code;
}

static int do_show(struct handoff_args *a)
{
	struct desk_outcome outcome;
	struct desk_case c;
	int err = desk_show(a->storage.store, a->id, &c, &outcome);

	if (err)
		return refused(a, err, &outcome);
	if (a->storage.json)
		handoff_json_case(&c);
	else
		handoff_text_case(&c);
	desk_case_clear(&c);
	return EXIT_GOOD;
}

static bool is_utf8(const char *text)
{
	json_t *string = json_string(text); /* which takes nothing else */
	bool good = string != NULL;

	json_decref(string);
	return good;
}

static int do_reply(struct handoff_args *a)
{
	struct desk_outcome outcome;

	if (a->text[strspn(a->text, " \t\r\n")] == '\0')
		return usage_error("the reply is empty: what is the customer "
				   "to be told?");
	if (!is_utf8(a->text))
		return usage_error("the reply is not UTF-8, and nobody could "
				   "read it");
	int err = desk_reply(
	    a->storage.store, a->id, a->storage.by, a->text, &outcome);
	if (err)
		return refused(a, err, &outcome);
	return done(a, &outcome,
	    outcome.later ? "The customer gets it with the next response; then "
			    "the AI has the conversation again."
			  : "The customer gets it with the next response.");
}

static int do_return(struct handoff_args *a)
{
	struct desk_outcome outcome;
	int err = desk_return(
	    a->storage.store, a->id, a->storage.by, a->note, &outcome);

	if (err)
		return refused(a, err, &outcome);
	return done(a, &outcome,
	    outcome.later ? "Replies wait for the customer; the AI gets the "
			    "conversation back once they are delivered."
			  : "The AI gets the conversation back.");
}

/* What was done to how many deliveries. */
static int done_to(const struct handoff_args *a,
    const struct desk_outcome *outcome, const char *what, const char *none)
{
	char words[64];
	size_t n = outcome->deliveries;

	snprintf(words, sizeof(words), "%zu deliver%s %s.", n,
	    n == 1 ? "y is" : "ies are", what);
	return done(a, outcome, n ? words : none);
}

static int do_retry(struct handoff_args *a)
{
	struct desk_outcome outcome;

	if ((a->id != NULL) == a->all)
		return usage_error("retry takes the ID of one handoff, or "
				   "--all");
	int err = desk_retry(a->storage.store, a->id, a->storage.by, &outcome);
	return err
	    ? refused(a, err, &outcome)
	    : done_to(a, &outcome, "tried again now", "Nothing is owed.");
}

static int do_drop(struct handoff_args *a)
{
	struct desk_outcome outcome;
	int err = desk_drop(a->storage.store, a->id, a->storage.by, &outcome);

	return err ? refused(a, err, &outcome)
		   : done_to(a, &outcome, "dropped", "Nothing was given up.");
}

static int not_taken(
    const struct handoff_args *a, int err, const struct desk_outcome *why)
{
	if (err == STORE_CONFLICT) {
		fprintf(stderr, "handrail: a person has %s already: %s\n",
		    a->id, why->id);
		return EXIT_USAGE;
	}
	if (err == STORE_NOT_FOUND) {
		fprintf(stderr,
		    "handrail: there is no conversation %s\n  FAMILY is the "
		    "channel's, such as openai-chat\n",
		    a->id);
		return EXIT_USAGE;
	}
	return storage_failed(a->id, err);
}

/* A conversation that has just begun is in the proxy's memory first. */
static int take(const struct handoff_args *a, const struct desk_take *what,
    struct desk_outcome *outcome)
{
	int err = desk_take(a->storage.store, what, outcome);

	for (int i = 0; err == STORE_NOT_FOUND && i < NEW_TRIES &&
	     storage_is_served(&a->storage);
	     i++) {
		usleep(NEW_WAIT_US);
		err = desk_take(a->storage.store, what, outcome);
	}
	return err;
}

static int do_take(struct handoff_args *a)
{
	struct desk_outcome outcome;
	const char *slash = strchr(a->id, '/');

	if (!slash)
		return usage_error("take needs FAMILY/CONVERSATION, such as "
				   "openai-chat/c-81");
	if (!a->reason || !a->reason[0])
		return usage_error("--reason is missing");
	char *family = mem_strndup(a->id, (size_t)(slash - a->id));
	int err = take(a,
	    &(struct desk_take){family, slash + 1, a->storage.by, a->reason},
	    &outcome);
	free(family);
	if (err)
		return not_taken(a, err, &outcome);
	char *words =
	    mem_printf("It is yours: %s. The AI is silent there.", outcome.id);
	int code = done(a, &outcome, words);
	free(words);
	return code;
}

static int take_one(void *args, int argc, char **argv, int at)
{
	struct handoff_args *a = args;
	int took = storage_option(&a->storage, argc, argv, at);

	if (took == 0)
		took = storage_value(argc, argv, at, "--note", &a->note);
	if (took == 0)
		took = storage_value(argc, argv, at, "--reason", &a->reason);
	if (took != 0)
		return took;
	if (strcmp(argv[at], "--all") == 0) {
		a->all = true;
		return 1;
	}
	if (argv[at][0] == '-' && argv[at][1] == '-')
		return 0;
	const char **free_place = !a->what ? &a->what
	    : !a->id                       ? &a->id
	    : !a->text                     ? &a->text
					   : NULL;
	if (!free_place) {
		usage_error("too many words; a TEXT of several goes in "
			    "\"quotes\"");
		return -1;
	}
	*free_place = argv[at];
	return 1;
}

static const struct command {
	const char *name;
	int least, most;    /* words after the name */
	const char *needed; /* where there are others */
	int (*run)(struct handoff_args *);
} commands[] = {
    {"list", 0, 0, "list takes no word, only --all", do_list},
    {"show", 1, 1, "show takes the ID of a handoff", do_show},
    {"reply", 2, 2, "reply takes the ID of a handoff and a TEXT in \"quotes\"",
	do_reply},
    {"return", 1, 1, "return takes the ID of a handoff", do_return},
    {"retry", 0, 1, "retry takes the ID of one handoff, or --all", do_retry},
    {"drop", 1, 1, "drop takes the ID of a handoff", do_drop},
    {"take", 1, 1, "take needs FAMILY/CONVERSATION, such as openai-chat/c-81",
	do_take},
};

#define N_COMMANDS (sizeof(commands) / sizeof(*commands))

static int unknown(const char *word)
{
	static const char *const options[] = {
	    "--note", "--reason", "--all", USAGE_STORAGE_OPTIONS, NULL};
	const char *names[N_COMMANDS + 1] = {0};

	for (size_t i = 0; i < N_COMMANDS; i++)
		names[i] = commands[i].name;
	return usage_unknown("handoff", word, word[0] == '-' ? options : names);
}

static int run(struct handoff_args *a, const struct command *command)
{
	int words = (a->id != NULL) + (a->text != NULL);

	if (words < command->least || words > command->most)
		return usage_error(command->needed);
	int code = storage_open(&a->storage);
	if (code == EXIT_GOOD)
		code = command->run(a);
	storage_close(&a->storage);
	return code;
}

int verb_handoff(int argc, char **argv)
{
	struct handoff_args a = {0};
	int code = usage_read(
	    &(struct usage_verb){usage, take_one, unknown}, &a, argc, argv);

	if (code != USAGE_READ)
		return code;
	for (size_t i = 0; a.what && i < N_COMMANDS; i++)
		if (strcmp(a.what, commands[i].name) == 0)
			return run(&a, &commands[i]);
	if (a.what)
		return unknown(a.what);
	fprintf(stderr, "handrail handoff: say what to do\n%s", usage);
	return EXIT_USAGE;
}
