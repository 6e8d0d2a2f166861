/*
 * fixture - a store in a folder of its own under /tmp, for the tests of store
 * and handoff.
 */
#ifndef HANDRAIL_TESTS_UNIT_STORE_FIXTURE_H
#define HANDRAIL_TESTS_UNIT_STORE_FIXTURE_H

#include "proxy/base/buf.h"
#include "proxy/base/mem.h"
#include "proxy/store/store.h"
#include "proxy/store/store_pauses.h"
#include "proxy/store/vault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	char dir[64];
	char path[96];
	struct vault *vault;
	struct store *store;
};

static inline void fixture_open(struct fixture *f)
{
	struct store_options options = {
	    .sqlite = f->path, .vault = f->vault, .busy_ms = 2000};
	char why[256] = "";

	if (store_open(&f->store, &options, why, sizeof(why)) != 0)
		fail_msg("cannot open the store: %s", why);
}

static inline void fixture_init(struct fixture *f)
{
	static const char dir[] = "/tmp/handrail-test-XXXXXX";
	unsigned char master[VAULT_KEY_BYTES];

	memset(master, 7, sizeof(master));
	memset(f, 0, sizeof(*f));
	memcpy(f->dir, dir, sizeof(dir));
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/handrail.db", f->dir);
	f->vault = vault_new(master);
	fixture_open(f);
}

static inline void fixture_remove(struct fixture *f)
{
	char *command = mem_printf("rm -rf '%s'", f->dir);

	assert_int_equal(system(command), 0);
	free(command);
}

static inline void fixture_clear(struct fixture *f)
{
	store_close(f->store);
	vault_free(f->vault);
	fixture_remove(f);
}

/* The proxy's part: what waits for the audit log is recorded, and leaves.
 * Before store_start; types gets "TYPE " or "TYPE+ " (with an actor) of each,
 * to be read when the store is closed. */
static inline int fixture_record(struct store_tx *tx, void *types)
{
	struct store_audit *list;
	size_t n;
	int err = store_take_pending_audit(tx, 100, &list, &n);

	if (err)
		return err;
	for (size_t i = 0; types && i < n; i++)
		buf_printf(
		    types, "%s%s ", list[i].type, list[i].actor ? "+" : "");
	store_audits_free(list, n);
	return store_drop_pending_audit(tx, INT64_MAX);
}

/* Wait until what() is true, at most ten seconds. */
#define fixture_wait(what)                                                     \
	do {                                                                   \
		for (int tries_ = 0; !(what); tries_++) {                      \
			if (tries_ == 2000)                                    \
				fail_msg("never came true: %s", #what);        \
			usleep(5000);                                          \
		}                                                              \
	} while (0)

#endif
