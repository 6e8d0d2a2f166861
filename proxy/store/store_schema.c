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

/*
 * Conversations and what is said in them are numbered in the order in which
 * they come, so that those in use now share few pages: every page a commit
 * touches is written to the log. Three things follow.
 *
 * A piece is what was kept at once: heads tells its messages, text holds what
 * they say, sealed as one. Pieces are only added, each with the number of the
 * one before it in its conversation; a later one speaks for a number both
 * have. A key has a row that never moves or grows, so that destroying it
 * leaves no copy in the unused part of a page. Names are found by one index.
 *
 * Heads of older rows begin with '=': their text was sealed as that of one
 * message (store_transcript.c). 44 is what sealing and the salt add to it.
 */
static const char version_5[] =
    "DROP INDEX conversations_customer;"
    "DROP INDEX conversations_locked;"
    "ALTER TABLE conversations RENAME TO conversations_4;"
    "ALTER TABLE keys RENAME TO keys_4;"

    "CREATE TABLE conversations("
    " n INTEGER PRIMARY KEY,"
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
    " key INTEGER NOT NULL DEFAULT 0,"    /* keys.n; 0: none yet */
    " piece INTEGER NOT NULL DEFAULT 0);" /* pieces.n, the newest */
    "INSERT INTO conversations(family, id, locked, epoch, handoff, ai_turns,"
    " customer_turns, last_seq, customer, created_us, updated_us, erased_us)"
    " SELECT family, id, locked, epoch, handoff, ai_turns, customer_turns,"
    " last_seq, customer, created_us, updated_us, erased_us"
    " FROM conversations_4 ORDER BY updated_us;"
    "CREATE UNIQUE INDEX conversations_name ON conversations(id, family);"
    "INSERT INTO conversations(family, id, created_us, updated_us)"
    " SELECT family, id, 0, 0 FROM"
    " (SELECT family, id FROM keys_4 UNION SELECT family, id FROM messages)"
    " WHERE true ON CONFLICT DO NOTHING;"
    "CREATE INDEX conversations_customer ON conversations(customer)"
    " WHERE customer IS NOT NULL;"
    "CREATE INDEX conversations_locked ON conversations(locked)"
    " WHERE locked = 1;"

    "CREATE TABLE keys(n INTEGER PRIMARY KEY,"
    " gen INTEGER NOT NULL, wrapped BLOB);" /* NULL: destroyed */
    "INSERT INTO keys(n, gen, wrapped) SELECT c.n, k.gen, k.wrapped"
    " FROM conversations c"
    " JOIN keys_4 k ON k.family = c.family AND k.id = c.id"
    " WHERE k.gen = (SELECT MAX(gen) FROM keys_4 m"
    "  WHERE m.family = c.family AND m.id = c.id) ORDER BY c.n;"
    "UPDATE conversations SET key = n"
    " WHERE EXISTS(SELECT 1 FROM keys k WHERE k.n = conversations.n);"

    "CREATE TABLE pieces(n INTEGER PRIMARY KEY,"
    " before INTEGER NOT NULL," /* pieces.n, of the conversation; or 0 */
    " gen INTEGER NOT NULL,"    /* of the key */
    " heads TEXT NOT NULL,"     /* seq speaker status kind time_us len; */
    " text BLOB);"              /* NULL: none of it was kept */
    "INSERT INTO pieces(n, before, gen, heads, text)"
    " SELECT ROW_NUMBER() OVER (ORDER BY c.n, m.seq),"
    " CASE WHEN ROW_NUMBER() OVER (PARTITION BY c.n ORDER BY m.seq) = 1"
    "  THEN 0 ELSE ROW_NUMBER() OVER (ORDER BY c.n, m.seq) - 1 END, m.gen,"
    " '=' || m.seq || ' ' || m.speaker || ' ' || m.status || ' ' || m.kind ||"
    " ' ' || m.time_us || ' ' || COALESCE(length(m.text) - 44, -1) || ';',"
    " m.text FROM conversations c"
    " JOIN messages m ON m.family = c.family AND m.id = c.id"
    " ORDER BY c.n, m.seq;"
    "UPDATE conversations SET piece = last.piece FROM"
    " (SELECT c.n AS n, SUM(COUNT(*)) OVER (ORDER BY c.n) AS piece"
    "  FROM conversations c"
    "  JOIN messages m ON m.family = c.family AND m.id = c.id"
    "  GROUP BY c.n) AS last WHERE last.n = conversations.n;"

    "DROP TABLE messages;"
    "DROP TABLE keys_4;"
    "DROP TABLE conversations_4;";

/* Who gave it back: the record of it may come later than the asking. And
 * whether the bot has the question: found so at a start, the customer may have
 * seen some of an answer that nobody kept. */
static const char version_6[] =
    "ALTER TABLE handoffs ADD COLUMN returned_by TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE conversations ADD COLUMN asking INTEGER NOT NULL DEFAULT 0;";

/* A record that is made already, as the log will have it but for its number. */
static const char version_7[] =
    "ALTER TABLE audit_pending ADD COLUMN line TEXT;";

/* A person's answer may give the conversation back. */
static const char version_8[] =
    "ALTER TABLE handoffs ADD COLUMN ai_may_speak_again INTEGER NOT NULL"
    " DEFAULT 0;";

/*
 * That a try with the text begins is written down before it does: the receiver
 * may have it, however the try ends. begun_us: of the latest; trying: nobody
 * has written down how it ended.
 */
static const char version_9[] =
    "ALTER TABLE outbox ADD COLUMN begun_us INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE outbox ADD COLUMN trying INTEGER NOT NULL DEFAULT 0;"
    "UPDATE outbox SET begun_us = CASE WHEN done_us > 0 THEN done_us"
    " ELSE created_us END WHERE state <> 0 OR tries > 0;";

/* Messages of a conversation that the audit log has a decision on: the number
 * of the latest. And what the log told of conversations at a start that their
 * rows do not (store_log.h), by pseudonym. */
static const char version_10[] =
    "ALTER TABLE conversations ADD COLUMN judged INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE recalled(pseudonym TEXT PRIMARY KEY,"
    " time_us INTEGER NOT NULL, judged INTEGER NOT NULL, line TEXT)"
    " WITHOUT ROWID;";

const char *const store_schema_sqlite[] = {version_1, version_2, version_3,
    version_4, version_5, version_6, version_7, version_8, version_9,
    version_10, NULL};
