/*
 * record - see record.h. Refuses floats, message text and lines over
 * RECORD_MAX_BYTES; what is too long is written again with tighter limits
 * until it fits, and the tightest always fits.
 */
#include "proxy/audit/record.h"

#include "proxy/audit/record_fields.h"
#include "proxy/base/clock.h"
#include "proxy/base/hash.h"
#include "proxy/base/hex.h"
#include "proxy/base/id.h"

#include <assert.h>
#include <string.h>

static const struct record_limits record_steps[] = {
    {2000, 400, 64, 256, 1000},
    {1000, 200, 32, 128, 200},
    {500, 100, 16, 64, 64},
    {200, 40, 8, 16, 16},
    {60, 8, 2, 4, 2},
};
#define RECORD_USUAL_BYTES                                                     \
	1200 /* so that the buffer need not grow by steps                      \
	      */
#define RECORD_STEPS (sizeof(record_steps) / sizeof(record_steps[0]))

const char *record_type_name(enum record_type type)
{
	static const char *const names[RECORD_TYPES] = {
	    [RECORD_START] = "start",
	    [RECORD_STOP] = "stop",
	    [RECORD_POLICY_LOAD] = "policy.load",
	    [RECORD_STREAM_OPEN] = "stream.open",
	    [RECORD_STREAM_EDIT] = "stream.edit",
	    [RECORD_DECISION] = "decision",
	    [RECORD_INTERRUPTED] = "interrupted",
	    [RECORD_HANDOFF_REQUESTED] = "handoff.requested",
	    [RECORD_HANDOFF_ACCEPTED] = "handoff.accepted",
	    [RECORD_HANDOFF_RETURNED] = "handoff.returned",
	    [RECORD_HANDOFF_FAILED] = "handoff.failed",
	    [RECORD_OPERATOR_ACTION] = "operator.action",
	    [RECORD_GAP] = "gap",
	    [RECORD_HEARTBEAT] = "heartbeat",
	    [RECORD_ERASE] = "erase",
	};
	assert(type < RECORD_TYPES);
	return names[type];
}

void record_put_text(struct record_writer *w, const char *key, const char *text)
{
	if (text == NULL)
		return;
	size_t len = strnlen(text, w->limits.text + 1);
	if (len > w->limits.text) {
		len = w->limits.text;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
		w->shortened = true;
	}
	json_out_key(&w->json, key);
	json_out_strn(&w->json, text, len);
}

static void record_put_number(struct record_writer *w,
    const struct record_field *field, int64_t value, bool absent)
{
	if (absent && !field->always)
		return;
	json_out_key(&w->json, field->name);
	if (field->kind == RECORD_TIME) {
		char text[32];
		clock_rfc3339(text, value);
		json_out_str(&w->json, text);
	} else {
		json_out_int(&w->json, value);
	}
}

static void record_put(struct record_writer *w,
    const struct record_field *field, const struct record *r)
{
	const char *at = (const char *)r + field->offset;
	uint64_t count = 0;
	uint32_t count32 = 0;
	int64_t amount = 0;
	switch (field->kind) {
	case RECORD_TEXT:
		record_put_text(w, field->name, *(const char *const *)at);
		break;
	case RECORD_COUNT:
		memcpy(&count, at, sizeof(count));
		record_put_number(w, field, (int64_t)count, count == 0);
		break;
	case RECORD_COUNT32:
		memcpy(&count32, at, sizeof(count32));
		record_put_number(w, field, count32, count32 == 0);
		break;
	case RECORD_AMOUNT:
		memcpy(&amount, at, sizeof(amount));
		record_put_number(w, field, amount, amount < 0);
		break;
	case RECORD_TIME:
		memcpy(&amount, at, sizeof(amount));
		record_put_number(w, field, amount, amount == 0);
		break;
	case RECORD_OTHER:
		field->write(w, field->name, r);
		break;
	}
}

static void record_put_all(struct record_writer *w, const struct record *r)
{
	json_out_object(&w->json);
	for (size_t i = 0; i < record_n_fields; i++)
		if (record_fields[i].types >> r->type & 1)
			record_put(w, &record_fields[i], r);
	json_out_end(&w->json);
	buf_addc(w->json.buf, '\n');
}

void record_line(
    const struct record_maker *maker, const struct record *r, struct buf *out)
{
	size_t before = out->len, step = 0;
	bool say_so = false;
	buf_reserve(out, RECORD_USUAL_BYTES);
	for (;;) {
		struct record_writer w = {.maker = maker,
		    .limits = record_steps[step],
		    .say_so = say_so};
		json_out_init(&w.json, out);
		record_put_all(&w, r);
		/* Room for the digits of seq, which are not there yet. */
		bool fits = out->len - before <= RECORD_MAX_BYTES - 24;
		if (fits && w.shortened == say_so)
			return;
		assert(fits || step + 1 < RECORD_STEPS);
		step += !fits;
		say_so = say_so || w.shortened || !fits;
		out->len = before;
	}
}

void record_pseudonym(const struct record_maker *maker, const char *class,
    const char *family, const char *id, char out[RECORD_PSEUDONYM_SIZE])
{
	unsigned char mac[HASH_BYTES];
	struct hash_part key = {maker->key, sizeof(maker->key)};
	family = family == NULL ? "" : family;
	id = id == NULL ? "" : id;
	/* Each with its NUL, so that no two triples are one string. */
	struct hash_part parts[] = {{class, strlen(class) + 1},
	    {family, strlen(family) + 1}, {id, strlen(id) + 1}};
	hash_hmac(mac, &key, parts, 3);
	memcpy(out, "k:", 2);
	hex_encode(out + 2, mac, (RECORD_PSEUDONYM_SIZE - 3) / 2);
}

void record_commit_with(const void *text, size_t len,
    const unsigned char salt[RECORD_SALT_BYTES], char out[RECORD_COMMIT_SIZE])
{
	unsigned char digest[HASH_BYTES];
	struct hash_part parts[] = {{"msg-v1", sizeof("msg-v1")},
	    {salt, RECORD_SALT_BYTES}, {text, len}};
	hash_sha256(digest, parts, 3);
	memcpy(out, "sha256:", 7);
	hex_encode(out + 7, digest, sizeof(digest));
}

void record_commit(const void *text, size_t len,
    unsigned char salt[RECORD_SALT_BYTES], char out[RECORD_COMMIT_SIZE])
{
	id_random(salt, RECORD_SALT_BYTES);
	record_commit_with(text, len, salt, out);
}
