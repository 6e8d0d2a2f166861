/*
 * request - ids and facts, each from the first source that has it. An id that
 * is there but unusable is an error, not absent: the next source might name
 * another conversation. Two that name different conversations are an error
 * too: whoever can set one of them must not get past a lock by it.
 */
#include "proxy/channel/request.h"

#include "proxy/base/mem.h"
#include "proxy/channel/model.h"
#include "proxy/channel/pieces.h"
#include "proxy/channel/turns.h"
#include "proxy/wire/utf8.h"

#include <stdlib.h>

#define MAX_ID_BYTES 256

struct reader {
	const struct channel *channel;
	const struct http1_head *head;
	const struct json_doc *doc;
};

enum found { FOUND_NOT, FOUND_TEXT, FOUND_BAD };

/* ---- sources ---- */

static enum found from_header(
    const struct reader *r, const char *name, struct buf *out)
{
	size_t count = http1_count(r->head, name);
	struct span value = http1_get(r->head, name);

	if (count == 0)
		return FOUND_NOT;
	if (count > 1)
		return FOUND_BAD;
	buf_add(out, value.p, value.len);
	return FOUND_TEXT;
}

/* name=value; name=value (RFC 6265 4.2.1) */
static enum found from_cookie(
    const struct reader *r, const char *name, struct buf *out)
{
	struct span all = http1_get(r->head, "cookie");
	size_t n = strlen(name);

	for (size_t i = 0; i < all.len;) {
		while (i < all.len && (all.p[i] == ' ' || all.p[i] == ';'))
			i++;
		size_t end = i;
		while (end < all.len && all.p[end] != ';')
			end++;
		if (end - i > n && all.p[i + n] == '=' &&
		    memcmp(all.p + i, name, n) == 0) {
			buf_add(out, all.p + i + n + 1, end - i - n - 1);
			return FOUND_TEXT;
		}
		i = end;
	}
	return FOUND_NOT;
}

static enum found from_body(
    const struct reader *r, const struct pointer *ptr, struct buf *out)
{
	uint32_t node = pointer_find(ptr, r->doc, 0, JSON_NONE);

	if (node == JSON_NONE)
		return FOUND_NOT;
	size_t at = out->len;
	struct span raw = json_raw(r->doc, node);
	switch ((enum json_type)r->doc->nodes[node].type) {
	case JSON_IS_NULL:
		return FOUND_NOT;
	case JSON_IS_STRING:
		json_decode(r->doc, node, out);
		if (out->len > at)
			pieces_blank_surrogates(out->data + at, out->len - at);
		return FOUND_TEXT;
	case JSON_IS_NUMBER:
	case JSON_IS_TRUE:
	case JSON_IS_FALSE:
		buf_add(out, raw.p, raw.len);
		return FOUND_TEXT;
	case JSON_IS_ARRAY:
	case JSON_IS_OBJECT:
		break;
	}
	return FOUND_BAD;
}

static enum found from_source(
    const struct reader *r, const struct source *source, struct buf *out)
{
	switch (source->kind) {
	case SOURCE_HEADER:
		return from_header(r, source->name, out);
	case SOURCE_COOKIE:
		return from_cookie(r, source->name, out);
	case SOURCE_REQUEST:
		return from_body(r, &source->ptr, out);
	case SOURCE_RESPONSE:
		break; /* not known yet */
	}
	return FOUND_NOT;
}

static enum found from_first(
    const struct reader *r, const struct sources *s, struct buf *out)
{
	enum found found = FOUND_NOT;

	for (size_t i = 0; i < s->n && found == FOUND_NOT; i++)
		found = from_source(r, &s->items[i], out);
	return found;
}

/* ---- ids ---- */

static bool is_id(const struct buf *b)
{
	if (b->len == 0 || b->len > MAX_ID_BYTES ||
	    !utf8_is_valid(b->data, b->len))
		return false;
	for (size_t i = 0; i < b->len; i++)
		if ((unsigned char)b->data[i] < 0x20 || b->data[i] == 0x7f)
			return false;
	return true;
}

static int read_id(const struct reader *r, const struct sources *s, char **out)
{
	struct buf text = {0};
	enum found found = from_first(r, s, &text);
	int err = CHANNEL_READ_OK;

	if (found == FOUND_BAD || (found == FOUND_TEXT && !is_id(&text)))
		err = CHANNEL_READ_BAD_ID;
	else if (found == FOUND_TEXT)
		*out = buf_steal(&text);
	buf_clear(&text);
	return err;
}

/* Which places were looked at, for the client's developer. */
static char *where(const char *what, const struct sources *s, const char *end)
{
	static const char *const kinds[] = {
	    [SOURCE_HEADER] = "header ",
	    [SOURCE_COOKIE] = "cookie ",
	    [SOURCE_REQUEST] = "JSON ",
	    [SOURCE_RESPONSE] = "",
	};
	struct buf text = {0};

	buf_adds(&text, what);
	for (size_t i = 0; i < s->n; i++) {
		buf_adds(&text, i == 0 ? " " : i + 1 < s->n ? ", " : " or ");
		buf_printf(
		    &text, "%s%s", kinds[s->items[i].kind], s->items[i].name);
	}
	buf_adds(&text, end);
	return buf_steal(&text);
}

/* One that names the customer as well says of which customer, not which of
 * the customer's conversations. */
static bool names_customer(const struct channel *c, const struct source *s)
{
	for (size_t i = 0; i < c->customer.n; i++)
		if (c->customer.items[i].kind == s->kind &&
		    strcmp(c->customer.items[i].name, s->name) == 0)
			return true;
	return false;
}

/* What else the request says of its conversation: one that contradicts is
 * refused, one that is the customer's is a name it may have had before. */
static int read_others(const struct reader *r, struct channel_request *out)
{
	const struct sources *all = &r->channel->conversation;
	const struct source *first = NULL;
	int err = CHANNEL_READ_OK;

	for (size_t i = 0; i < all->n && err == CHANNEL_READ_OK; i++) {
		const struct source *s = &all->items[i];
		bool weak = names_customer(r->channel, s);
		struct buf text = {0};
		enum found found = from_source(r, s, &text);
		if (found == FOUND_NOT || (found == FOUND_TEXT && !text.len)) {
			buf_clear(&text);
			continue;
		}
		bool good = found == FOUND_TEXT && is_id(&text);
		bool same = good && strcmp(text.data, out->conversation) == 0;
		first = !first && !weak ? s : first;
		if (!weak && !same && s != first)
			err = CHANNEL_READ_BAD_ID;
		else if (weak && good && !same &&
		    out->n_others < CHANNEL_OTHER_IDS)
			out->others[out->n_others++] = buf_steal(&text);
		buf_clear(&text);
	}
	return err;
}

static int read_ids(const struct reader *r, struct channel_request *out)
{
	const struct channel *c = r->channel;
	int err = read_id(r, &c->conversation, &out->conversation);

	if (err == 0)
		err = read_id(r, &c->customer, &out->customer);
	if (err != 0) {
		out->error = mem_strdup(
		    "A conversation or customer id is 1 to 256 bytes of text "
		    "without control characters, given once.");
		return err;
	}
	if (out->conversation != NULL) {
		err = read_others(r, out);
		if (err != 0)
			out->error = where(
			    "This request names two conversations. Send one "
			    "id, or the same one, in",
			    &c->conversation, ".");
		return err;
	}
	out->anonymous = c->anonymous;
	if (c->anonymous)
		return CHANNEL_READ_OK;
	out->error = where("This request names no conversation. Send an id in",
	    &c->conversation, ".");
	return CHANNEL_READ_NO_CONVERSATION;
}

/* ---- facts ---- */

/* The first language of Accept-Language (RFC 9110 12.5.4); a plain tag stays
 * as it is. */
static void first_language(struct buf *b)
{
	size_t n = strcspn(b->data, ",; ");

	b->data[n] = '\0';
	b->len = n;
	if (n == 0 || strcmp(b->data, "*") == 0)
		buf_reset(b);
}

static void yes_or_no(struct buf *b)
{
	bool yes = strcmp(b->data, "true") == 0 || strcmp(b->data, "yes") == 0;
	bool no = strcmp(b->data, "false") == 0 || strcmp(b->data, "no") == 0;

	buf_reset(b);
	buf_adds(b, yes ? "yes" : no ? "no" : "");
}

static void read_facts(const struct reader *r, struct channel_facts *f)
{
	char **const places[N_FACTS] = {
	    [FACT_SEGMENT] = &f->segment,
	    [FACT_LANGUAGE] = &f->language,
	    [FACT_INTERACTION_TYPE] = &f->interaction_type,
	    [FACT_ZONE] = &f->zone,
	    [FACT_RESOLVED] = &f->resolved,
	    [FACT_REPEAT_CONTACT] = &f->repeat_contact,
	    [FACT_OPEN_TASKS] = &f->open_tasks,
	};

	for (int i = 0; i < N_FACTS; i++) {
		struct buf b = {0};
		if (from_first(r, &r->channel->facts[i], &b) == FOUND_TEXT &&
		    is_id(&b)) {
			if (i == FACT_LANGUAGE)
				first_language(&b);
			if (i == FACT_RESOLVED || i == FACT_REPEAT_CONTACT)
				yes_or_no(&b);
			if (b.len > 0)
				*places[i] = buf_steal(&b);
		}
		buf_clear(&b);
	}
}

static bool asks_stream(const struct reader *r)
{
	const struct channel *c = r->channel;
	struct buf text = {0};

	if (!c->has_stream_if)
		return false;
	buf_adds(&text, "");
	enum found found = from_body(r, &c->stream_if, &text);
	bool yes =
	    found == FOUND_TEXT && strcmp(text.data, c->stream_equals) == 0;
	buf_clear(&text);
	return yes;
}

/* One, unless the request clearly says otherwise. */
static size_t messages_asked(const struct reader *r)
{
	const struct channel *c = r->channel;
	struct buf text = {0};
	size_t n = 1;

	if (!c->has_asked)
		return SIZE_MAX;
	if (from_body(r, &c->asked, &text) == FOUND_TEXT && text.len < 6 &&
	    strspn(text.data, "0123456789") == text.len)
		n = strtoul(text.data, NULL, 10);
	buf_clear(&text);
	return n > 0 ? n : 1;
}

int channel_read(const struct channel *c, const struct http1_head *head,
    struct span body, struct channel_request *out)
{
	const struct channel_limits *l = &c->limits;
	const struct json_limits limits = {
	    l->max_body_bytes, l->max_depth, l->max_nodes};
	struct json_doc doc = {0};
	const struct reader r = {c, head, &doc};

	*out = (struct channel_request){.stream = false};
	int err = json_parse(&doc, body.p, body.len, &limits);
	out->error_at = doc.error_at;
	bool other = err == 0 && doc.nodes[0].type != JSON_IS_OBJECT;
	if (other)
		err = JSON_ERR_SYNTAX;
	if (err != 0) {
		out->error = mem_printf("The body cannot be read: %s.",
		    other ? "it is JSON, but no object" : json_error_text(err));
		json_clear(&doc);
		return err == JSON_ERR_SIZE_LIMIT ? CHANNEL_READ_TOO_LARGE
						  : CHANNEL_READ_BAD_BODY;
	}
	out->stream = asks_stream(&r);
	out->messages = messages_asked(&r);
	turns_read(c, &doc, out);
	read_facts(&r, &out->facts);
	err = read_ids(&r, out);
	json_clear(&doc);
	return err;
}

void channel_request_clear(struct channel_request *r)
{
	free(r->conversation);
	free(r->customer);
	for (size_t i = 0; i < r->n_others; i++)
		free(r->others[i]);
	buf_clear(&r->texts);
	free(r->many);
	free(r->error);
	free(r->facts.segment);
	free(r->facts.language);
	free(r->facts.interaction_type);
	free(r->facts.zone);
	free(r->facts.resolved);
	free(r->facts.repeat_contact);
	free(r->facts.open_tasks);
	*r = (struct channel_request){.stream = false};
}
