/*
 * storage - the store, as the verbs that work beside a running proxy open it:
 * from -c handrail.yaml, or from --store PATH --keys DIR.
 */
#ifndef HANDRAIL_PROXY_CLI_STORAGE_H
#define HANDRAIL_PROXY_CLI_STORAGE_H

#include "proxy/base/buf.h"
#include "proxy/base/json_out.h"
#include "proxy/cli/verbs.h"
#include "proxy/store/store.h"
#include "proxy/store/vault.h"

#include <stdbool.h>

struct config;

struct storage {
	const char *config, *path, *keys; /* options, or NULL */
	const char *at;                   /* the store that was opened */
	const char *by; /* who acts: --by, else the login name */
	char *login;
	struct config *loaded; /* the configuration, where it was read */
	bool json;             /* --format json */
	struct vault *vault;
	struct store *store;
};

/* A running proxy looks ten times a second: so long it is waited for. */
#define STORAGE_IN_FORCE_S 5

#define STORAGE_USAGE                                                          \
	"  -c FILE          the configuration [handrail.yaml]\n"               \
	"  --store PATH     the store, instead of the configuration's\n"       \
	"  --keys DIR       the keys, instead of the configuration's\n"        \
	"  --by NAME        who does this, for the audit log [login name]\n"   \
	"  --format FORMAT  text or json [text]\n"

/* An option with a value: how many arguments it took (0: not this one; -1:
 * said what is wrong). */
int storage_option(struct storage *, int argc, char **argv, int at);
/* The value of option NAME at argv[at] ("--name value" or "--name=value"),
 * with the same answers. */
int storage_value(
    int argc, char **argv, int at, const char *name, const char **out);
/* EXIT_GOOD, or the exit code with the reason on stderr. */
int storage_open(struct storage *) __attribute__((warn_unused_result));
void storage_close(struct storage *);

/* Does a proxy serve with this store? */
bool storage_is_served(const struct storage *);
/* After a change: EXIT_GOOD once it is in force in the proxy that serves, if
 * one does; else the exit code, with words on stderr about what ("the pause").
 */
int storage_in_force(const struct storage *, const char *what);
/* The same of what only silences the AI: it is in force without a record, too,
 * which is said on stderr. */
int storage_silences(const struct storage *, const char *what);
/* On stderr: why the proxy has not taken note, what to do about it, and then
 * ("this needs not be done again"). */
void storage_say_waits(const struct storage *, const char *then);

/* Print one JSON value with its newline, and clear it. */
void storage_print_json(struct buf *);
/* "key": "2026-..." of a moment; null for 0. */
void storage_put_time(struct json_out *, const char *key, int64_t us);

/* Say on stderr that it could not be done, and the exit code for it. */
int storage_failed(const char *what, int err);

/* Text of others onto the terminal: lines after the first are indented, and
 * what could steer a terminal or turn text around is shown as '?'. The second
 * may have any bytes, U+0000 too. */
void storage_print(const char *text, int indent);
void storage_print_bytes(const char *text, size_t len, int indent);

#endif
