/* dialect - see dialect.h. */
#include "proxy/classifier/dialect.h"

#include "proxy/base/hash.h"
#include "proxy/base/hex.h"
#include "proxy/base/mem.h"
#include "proxy/classifier/score.h"
#include "proxy/wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dialect_scores_clear(struct dialect_scores *s)
{
	for (size_t i = 0; i < s->n; i++)
		free((char *)(uintptr_t)s->items[i].label);
	free(s->items);
	free(s->version);
	*s = (struct dialect_scores){0};
}

static void add(struct dialect_scores *s, char *label, uint32_t score)
{
	s->items = mem_realloc_array(s->items, s->n + 1, sizeof(*s->items));
	s->items[s->n++] = (struct guard_score){label, score};
}

struct dialect_scores dialect_scores_copy(const struct dialect_scores *s)
{
	struct dialect_scores copy = {
	    .version = s->version ? mem_strdup(s->version) : NULL};
	for (size_t i = 0; i < s->n; i++)
		add(&copy,
		    s->items[i].label ? mem_strdup(s->items[i].label) : NULL,
		    s->items[i].score);
	return copy;
}

/* ---- asking ---- */

static void member(struct buf *out, const char *name, struct span value)
{
	buf_addc(out, out->len > 1 ? ',' : '{');
	json_quote(out, span_str(name));
	buf_addc(out, ':');
	json_quote(out, value);
}

static void write_body(
    const struct config_classifier *c, struct span text, struct buf *out)
{
	switch ((enum config_classifier_kind)c->kind) {
	case CONFIG_SCORES:
		member(out, "text", text);
		break;
	case CONFIG_MODERATION:
		if (c->model)
			member(out, "model", span_str(c->model));
		member(out, "input", text);
		break;
	case CONFIG_CHAT:
		member(out, "model", span_str(c->model));
		buf_adds(out,
		    ",\"temperature\":0,\"messages\":[{\"role\":\"system\","
		    "\"content\":");
		json_quote(out, span_str(c->instruction));
		buf_adds(out, "},{\"role\":\"user\",\"content\":");
		json_quote(out, text);
		buf_adds(out, "}]");
		break;
	}
	buf_addc(out, '}');
}

void dialect_write(
    const struct config_classifier *c, struct span text, struct buf *out)
{
	struct buf body = {0};
	write_body(c, text, &body);
	buf_printf(out,
	    "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: handrail\r\n"
	    "Accept: application/json\r\nContent-Type: application/json\r\n"
	    "Content-Length: %zu\r\n",
	    c->service.path[0] ? c->service.path : "/", c->service.authority,
	    body.len);
	for (size_t i = 0; i < c->n_headers; i++)
		buf_printf(
		    out, "%s: %s\r\n", c->headers[i].name, c->headers[i].value);
	buf_adds(out, "\r\n");
	buf_add(out, body.data, body.len);
	buf_clear(&body);
}

/* ---- reading ---- */

struct reading {
	struct json_doc doc;
	const struct config_classifier *c;
	struct dialect_scores *out;
};

static bool is(const struct reading *r, uint32_t node, enum json_type type)
{
	return node != JSON_NONE && r->doc.nodes[node].type == type;
}

static uint32_t get(const struct reading *r, uint32_t object, const char *name)
{
	if (!is(r, object, JSON_IS_OBJECT))
		return JSON_NONE;
	return json_member(&r->doc, object, span_str(name));
}

/* The first and only item of a list. */
static uint32_t only_item(const struct reading *r, uint32_t list)
{
	if (!is(r, list, JSON_IS_ARRAY))
		return JSON_NONE;
	uint32_t item = r->doc.nodes[list].child;
	bool one = item != JSON_NONE && r->doc.nodes[item].next == JSON_NONE;
	return one ? item : JSON_NONE;
}

/* Decoded, not too long, without NUL; NULL: not such a text. */
static char *text_of(const struct reading *r, uint32_t node)
{
	struct buf text = {0};
	if (!is(r, node, JSON_IS_STRING) || r->doc.nodes[node].lone_surrogate)
		return NULL;
	buf_adds(&text, "");
	json_decode(&r->doc, node, &text);
	if (text.len <= DIALECT_MAX_NAME_BYTES &&
	    !memchr(text.data, '\0', text.len))
		return buf_steal(&text);
	buf_clear(&text);
	return NULL;
}

static char *label_of(const struct reading *r, uint32_t node)
{
	struct buf text = {0};
	buf_adds(&text, "");
	json_decode_key(&r->doc, node, &text);
	if (text.len > 0 && text.len <= DIALECT_MAX_NAME_BYTES &&
	    !memchr(text.data, '\0', text.len))
		return buf_steal(&text);
	buf_clear(&text);
	return NULL;
}

static bool read_score(const struct reading *r, uint32_t node, uint32_t *out)
{
	return is(r, node, JSON_IS_NUMBER) &&
	    score_read(json_raw(&r->doc, node), out);
}

static int read_scores(struct reading *r, uint32_t object)
{
	if (!is(r, object, JSON_IS_OBJECT))
		return -1;
	uint32_t n = r->doc.nodes[object].child;
	for (; n != JSON_NONE; n = r->doc.nodes[n].next) {
		uint32_t score = 0;
		if (r->out->n == DIALECT_MAX_LABELS ||
		    !read_score(r, n, &score))
			return -1;
		char *label = label_of(r, n);
		if (!label)
			return -1;
		add(r->out, label, score);
	}
	return r->out->n ? 0 : -1;
}

static int read_plain(struct reading *r)
{
	uint32_t one = get(r, 0, "score"), score = 0;
	r->out->version = text_of(r, get(r, 0, "version"));
	if (one == JSON_NONE)
		return read_scores(r, get(r, 0, "scores"));
	if (get(r, 0, "scores") != JSON_NONE || !read_score(r, one, &score))
		return -1;
	add(r->out, NULL, score);
	return 0;
}

static int read_moderation(struct reading *r)
{
	r->out->version = text_of(r, get(r, 0, "model"));
	return read_scores(
	    r, get(r, only_item(r, get(r, 0, "results")), "category_scores"));
}

/* One of the labels, with nothing around it but white space or a full stop. */
static int read_label(struct reading *r, const char *said)
{
	static const char around[] = " \t\r\n.";
	size_t from = strspn(said, around), end = strlen(said);
	bool known = false;
	while (end > from && strchr(around, said[end - 1]))
		end--;
	for (size_t i = 0; i < r->c->n_labels; i++) {
		bool it = span_is_nocase(
		    (struct span){said + from, end - from}, r->c->labels[i]);
		add(r->out, mem_strdup(r->c->labels[i]),
		    it && !known ? GUARD_SCORE_ONE : 0);
		known = known || it;
	}
	return known ? 0 : -1;
}

static int read_chat(struct reading *r)
{
	uint32_t choice = only_item(r, get(r, 0, "choices"));
	char *said = text_of(r, get(r, get(r, choice, "message"), "content"));
	int err = said ? read_label(r, said) : -1;
	r->out->version = text_of(r, get(r, 0, "model"));
	free(said);
	return err;
}

static int read_kind(struct reading *r)
{
	switch ((enum config_classifier_kind)r->c->kind) {
	case CONFIG_SCORES:
		return read_plain(r);
	case CONFIG_MODERATION:
		return read_moderation(r);
	case CONFIG_CHAT:
		return read_chat(r);
	}
	return -1;
}

int dialect_read(const struct config_classifier *c, struct span body,
    struct dialect_scores *out)
{
	struct reading r = {.c = c, .out = out};
	*out = (struct dialect_scores){0};
	int err = json_parse(&r.doc, body.p ? body.p : "", body.len, NULL);
	if (!err)
		err = read_kind(&r);
	json_clear(&r.doc);
	if (err)
		dialect_scores_clear(out);
	return err ? -1 : 0;
}

/* ---- which it is ---- */

void dialect_digest(
    const struct config_classifier *c, char out[DIALECT_DIGEST_SIZE])
{
	struct buf all = {0};
	unsigned char hash[HASH_BYTES];
	buf_printf(&all, "%d", c->kind);
	member(&all, "url", span_str(c->service.url));
	member(&all, "model", span_str(c->model));
	member(&all, "instruction", span_str(c->instruction));
	for (size_t i = 0; i < c->n_labels; i++)
		member(&all, "label", span_str(c->labels[i]));
	hash_sha256(hash, &(struct hash_part){all.data, all.len}, 1);
	memcpy(out, "sha256:", 7);
	hex_encode(out + 7, hash, sizeof(hash));
	out[DIALECT_DIGEST_SIZE - 1] = '\0';
	buf_clear(&all);
}
