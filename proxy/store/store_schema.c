/*
 * store_schema - see store_schema.h. Text of messages, drafts, replies and
 * records is sealed (vault.h) under generation gen of its conversation's key;
 * the rest is metadata that stays after an erasure. Times are unix
 * microseconds, 0 where it has not happened. Tables that are found by a text
 * have no rowid: one tree to keep instead of two.
 */
#include "proxy/store/store_schema.h"

#include <stddef.h>

static const char version_1[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);"

    "CREATE TABLE conversations("
    " family TEXT NOT NULL, id TEXT NOT NULL,"
    " locked INTEGER NOT NULL DEFAULT 0,"
    " epoch INTEGER NOT NULL DEFAULT 0," /* locks so far */
    " handoff TEXT NOT NULL DEFAULT '',"
    " ai_turns INTEGER NOT NULL DEFAULT 0,"
    " customer_turns INTEGER NOT NULL DEFAULT 0,"
    " last_seq INTEGER NOT NULL DEFAULT 0,"
    " customer TEXT," /* keyed hash of the id, never the id */
    " created_us INTEGER NOT NULL, updated_us INTEGER NOT NULL,"
    " erased_us INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY(family, id)) WITHOUT ROWID;"
    "CREATE INDEX conversations_customer ON conversations(customer)"
    " WHERE customer IS NOT NULL;"
    "CREATE INDEX conversations_locked ON conversations(locked)"
    " WHERE locked = 1;"

    "CREATE TABLE keys("
    " family TEXT NOT NULL, id TEXT NOT NULL, gen INTEGER NOT NULL,"
    " wrapped BLOB," /* NULL: destroyed */
    " PRIMARY KEY(family, id, gen)) WITHOUT ROWID;"

    "CREATE TABLE messages("
    " family TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,"
    " speaker INTEGER NOT NULL, status INTEGER NOT NULL,"
    " time_us INTEGER NOT NULL, gen INTEGER NOT NULL, text BLOB,"
    " PRIMARY KEY(family, id, seq)) WITHOUT ROWID;"

    "CREATE TABLE handoffs("
    " id TEXT PRIMARY KEY, family TEXT NOT NULL,"
    " conversation TEXT NOT NULL, epoch INTEGER NOT NULL,"
    " state INTEGER NOT NULL, is_returning INTEGER NOT NULL DEFAULT 0,"
    " queue TEXT NOT NULL, priority TEXT NOT NULL,"
    " destination TEXT NOT NULL, reason TEXT NOT NULL,"
    " requested_us INTEGER NOT NULL,"
    " accepted_us INTEGER NOT NULL DEFAULT 0,"
    " returned_us INTEGER NOT NULL DEFAULT 0,"
    " seq INTEGER NOT NULL, gen INTEGER NOT NULL, record BLOB,"
    " note_gen INTEGER NOT NULL DEFAULT 0, note BLOB);"
    "CREATE INDEX handoffs_state ON handoffs(state, requested_us);"

    "CREATE TABLE replies("
    " id INTEGER PRIMARY KEY, handoff TEXT NOT NULL,"
    " written_by TEXT, time_us INTEGER NOT NULL,"
    " delivered_us INTEGER NOT NULL DEFAULT 0,"
    " gen INTEGER NOT NULL, text BLOB);"
    "CREATE INDEX replies_handoff ON replies(handoff, id);"

    "CREATE TABLE outbox("
    " id INTEGER PRIMARY KEY, handoff TEXT NOT NULL,"
    " family TEXT NOT NULL, conversation TEXT NOT NULL,"
    " destination TEXT NOT NULL, key TEXT NOT NULL,"
    " event TEXT NOT NULL, state INTEGER NOT NULL,"
    " tries INTEGER NOT NULL DEFAULT 0, created_us INTEGER NOT NULL,"
    " next_us INTEGER NOT NULL, done_us INTEGER NOT NULL DEFAULT 0,"
    " error TEXT, gen INTEGER NOT NULL, body BLOB);"
    "CREATE UNIQUE INDEX outbox_key ON outbox(destination, key);"
    "CREATE INDEX outbox_due ON outbox(next_us) WHERE state = 0;"
    "CREATE INDEX outbox_order ON outbox(handoff, destination, id)"
    " WHERE state = 0;"
    "CREATE INDEX outbox_handoff ON outbox(handoff, id);"
    "CREATE INDEX outbox_dead ON outbox(id) WHERE state = 2;"

    "CREATE TABLE pauses("
    " id INTEGER PRIMARY KEY, scope INTEGER NOT NULL,"
    " rule TEXT NOT NULL, from_us INTEGER NOT NULL,"
    " until_us INTEGER NOT NULL, ended_us INTEGER NOT NULL DEFAULT 0,"
    " reason TEXT NOT NULL, made_by TEXT NOT NULL);"

    "CREATE TABLE audit_pending("
    " id INTEGER PRIMARY KEY AUTOINCREMENT, time_us INTEGER NOT NULL,"
    " until_us INTEGER NOT NULL, type TEXT NOT NULL, family TEXT,"
    " conversation TEXT, actor TEXT, action TEXT, detail TEXT,"
    " basis TEXT, handoff TEXT, queue TEXT, priority TEXT,"
    " destination TEXT);"

    "CREATE TABLE changes(" /* what one process tells another */
    " id INTEGER PRIMARY KEY AUTOINCREMENT, time_us INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, family TEXT NOT NULL,"
    " conversation TEXT NOT NULL, handoff TEXT NOT NULL);";

/* What a message is: enum store_kind; until then all were words. */
static const char version_2[] =
    "ALTER TABLE messages ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;";

/* Why a person was asked, for lists: metadata, as the rest of the row is. */
static const char version_3[] =
    "ALTER TABLE handoffs ADD COLUMN words TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE handoffs ADD COLUMN severity TEXT NOT NULL DEFAULT '';";

/* What a conversation has counted (rules/guard_memory.h): names of rules and
 * numbers, no text. */
static const char version_4[] =
    "CREATE TABLE counted("
    " family TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,"
    " kind INTEGER NOT NULL, currency TEXT NOT NULL,"
    " value INTEGER NOT NULL, times INTEGER NOT NULL,"
    " PRIMARY KEY(family, id, name, kind, currency, value)) WITHOUT ROWID;";

const char *const store_schema_sqlite[] = {
    version_1, version_2, version_3, version_4, NULL};
