/*
 * verb_erase - `handrail erase`: destroy the keys of one conversation, or of
 * everything of one customer. It cannot be undone.
 */
#include "proxy/base/clock.h"
#include "proxy/base/mem.h"
#include "proxy/cli/handed_out.h"
#include "proxy/cli/storage.h"
#include "proxy/cli/usage.h"
#include "proxy/store/store_conversations.h"
#include "proxy/store/store_told.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRUB_TRIES 25
#define SCRUB_WAIT_US 200000

static const char usage[] =
    "usage: handrail erase --conversation FAMILY/ID --reason TEXT\n"
    "       handrail erase --customer ID --reason TEXT\n"
    "  --basis TEXT     the legal basis, for the audit log\n"
    "What was handed out is not Handrail's to erase: the files of "
    "destinations\n"
    "of preset file, and what webhooks were sent, hold copies. It is listed, "
    "for\n"
    "you to have it erased there.\n" STORAGE_USAGE;

struct erase_args {
	struct storage storage;
	const char *conversation, *customer, *reason, *basis;
	char *family; /* of conversation */
	const char *id;
	size_t erased;
	int64_t first_us; /* of the first pass, once that was */
};

static int usage_error(const char *why)
{
	return usage_wrong("erase", why);
}

static int unknown(const char *word)
{
	static const char *const known[] = {"--conversation", "--customer",
	    "--reason", "--basis", USAGE_STORAGE_OPTIONS, NULL};

	return usage_unknown("erase", word, known);
}

static int erase_run(struct store_tx *tx, void *arg)
{
	struct erase_args *a = arg;
	struct store_erasure why = {
	    clock_now_us(), a->storage.by, a->reason, a->basis, a->first_us};
	int err = a->customer
	    ? store_erase_customer(tx, a->customer, &why, &a->erased)
	    : store_erase_conversation(tx, a->family, a->id, &why, &a->erased);

	if (!a->first_us)
		a->first_us = why.now_us;
	return err;
}

static int want_run(struct store_tx *tx, void *arg)
{
	return store_want_all(tx);
}

static int await_note(const struct erase_args *a)
{
	return store_await_told(a->storage.store, STORAGE_IN_FORCE_S * 1000);
}

/* Which conversations are a customer's says the store: those that a running
 * proxy has still to write are not to be missed. */
static int await_all(const struct erase_args *a)
{
	int err = STORE_OK;

	if (a->customer && storage_is_served(&a->storage)) {
		err = store_call(a->storage.store, false, want_run, NULL);
		err = err ? err : await_note(a);
	}
	return err;
}

/* The old pages of the log hold the wrapped keys until it is emptied. */
static int scrub(struct store *store)
{
	int err = store_scrub(store);

	for (int i = 1; err == STORE_BUSY && i < SCRUB_TRIES; i++) {
		usleep(SCRUB_WAIT_US);
		err = store_scrub(store);
	}
	return err;
}

/* Until a running proxy has taken note it may write what it still knows once
 * more, under a new key: that goes as well, with what was said meanwhile. One
 * that is late is not waited for again. */
static int erase_rest(struct erase_args *a, bool late)
{
	struct store *store = a->storage.store;
	size_t before = a->erased;

	if (!storage_is_served(&a->storage))
		return EXIT_GOOD;
	if ((late || await_note(a) != STORE_OK) &&
	    storage_is_served(&a->storage)) {
		fprintf(stderr,
		    "handrail: the running proxy has not taken note of it "
		    "within %d s: what it still has in memory may be stored "
		    "once more\n",
		    STORAGE_IN_FORCE_S);
		storage_say_waits(&a->storage, "erase again after that");
		return EXIT_BROKEN;
	}
	int err = store_call(store, false, erase_run, a);
	if (a->erased < before)
		a->erased = before;
	return err ? storage_failed("not all of it was erased", err)
		   : EXIT_GOOD;
}

static void print_text(size_t erased)
{
	if (erased == 0)
		printf("There is no text of it in the store; what was said "
		       "before now will not be kept.\n");
	else
		printf("Erased: the text of %zu conversation%s can no longer "
		       "be read.\n",
		    erased, erased == 1 ? "" : "s");
}

static int run(struct erase_args *a)
{
	bool late = await_all(a) != STORE_OK;
	int err = store_call(a->storage.store, false, erase_run, a);

	if (err)
		return storage_failed("nothing was erased", err);
	int code = erase_rest(a, late);
	if (code != EXIT_GOOD)
		return code;
	if (a->erased > 0)
		err = scrub(a->storage.store);
	if (err)
		fprintf(stderr,
		    "handrail: old pages are still in the write-ahead log "
		    "(%s); the proxy's next checkpoint empties it\n",
		    store_err_text(err));
	if (!a->storage.json)
		print_text(a->erased);
	code = handed_out_print(&a->storage,
	    &(struct store_whose){a->family, a->id, a->customer}, a->erased);
	if (code != EXIT_GOOD)
		return code;
	return a->erased > 0 ? EXIT_GOOD : EXIT_FINDINGS;
}

static int take_one(void *args, int argc, char **argv, int at)
{
	struct erase_args *a = args;
	const struct {
		const char *name, **to;
	} table[] = {{"--conversation", &a->conversation},
	    {"--customer", &a->customer}, {"--reason", &a->reason},
	    {"--basis", &a->basis}};
	int took = storage_option(&a->storage, argc, argv, at);

	for (size_t i = 0; took == 0 && i < sizeof(table) / sizeof(*table); i++)
		took =
		    storage_value(argc, argv, at, table[i].name, table[i].to);
	return took;
}

static int check(struct erase_args *a)
{
	if ((a->conversation != NULL) + (a->customer != NULL) != 1)
		return usage_error("one of --conversation, --customer");
	if (!a->reason || !a->reason[0])
		return usage_error("--reason is missing");
	if (!a->conversation)
		return EXIT_GOOD;
	const char *slash = strchr(a->conversation, '/');
	if (!slash)
		return usage_error("--conversation is FAMILY/ID");
	a->family =
	    mem_strndup(a->conversation, (size_t)(slash - a->conversation));
	a->id = slash + 1;
	return EXIT_GOOD;
}

int verb_erase(int argc, char **argv)
{
	struct erase_args a = {0};
	int code = usage_read(
	    &(struct usage_verb){usage, take_one, unknown}, &a, argc, argv);

	if (code != USAGE_READ)
		return code;
	code = check(&a);
	if (code == EXIT_GOOD)
		code = storage_open(&a.storage);
	if (code == EXIT_GOOD)
		code = run(&a);
	storage_close(&a.storage);
	free(a.family);
	return code;
}
