/*
 * json - RFC 8259 to the letter, without recursion.
 *
 * While a container is open its node's `next` holds its last child (nothing
 * can follow an open container); closing gives it back. The path from the
 * innermost open container to the root is the chain of parents.
 */
#include "proxy/wire/json.h"

#include "proxy/base/mem.h"
#include "proxy/base/plain.h"
#include "proxy/wire/json_keys.h"
#include "proxy/wire/utf8.h"

#include <assert.h>
#include <stdlib.h>

#define DEFAULT_BYTES ((size_t)16 << 20)
#define DEFAULT_DEPTH 64
#define DEFAULT_NODES 200000
#define PAIRWISE_KEYS 8 /* up to here comparing all pairs is cheaper */

struct parser {
	struct json_doc *doc;
	struct json_limits limits;
	size_t pos;
	uint32_t open; /* innermost open container */
	size_t depth;
};

enum expect { EXPECT_VALUE, EXPECT_FIRST, EXPECT_AFTER };

const char *json_error_text(int err)
{
	static const char *const text[] = {
	    [JSON_OK] = "no fault",
	    [-JSON_ERR_SYNTAX] = "not JSON",
	    [-JSON_ERR_TRUNCATED] = "JSON that ends too early",
	    [-JSON_ERR_NUMBER] = "malformed number",
	    [-JSON_ERR_STRING] = "control byte or bad escape in a string",
	    [-JSON_ERR_UTF8] = "bytes that are not UTF-8",
	    [-JSON_ERR_DUPLICATE_KEY] = "the same key twice in an object",
	    [-JSON_ERR_TRAILING] = "bytes after the JSON value",
	    [-JSON_ERR_DEPTH_LIMIT] = "JSON nested too deeply",
	    [-JSON_ERR_NODES_LIMIT] = "JSON with too many values",
	    [-JSON_ERR_SIZE_LIMIT] = "JSON that is too large",
	};
	size_t i = err <= 0 ? (size_t)-err : sizeof text;

	return i < sizeof text / sizeof text[0] ? text[i] : "unknown fault";
}

static void skip_space(struct parser *p)
{
	const struct json_doc *d = p->doc;

	while (p->pos < d->len &&
	    (d->text[p->pos] == ' ' || d->text[p->pos] == '\t' ||
		d->text[p->pos] == '\n' || d->text[p->pos] == '\r'))
		p->pos++;
}

/* ---- scalars ---- */

static bool is_digit(const struct parser *p)
{
	return p->pos < p->doc->len && p->doc->text[p->pos] >= '0' &&
	    p->doc->text[p->pos] <= '9';
}

static bool take(struct parser *p, char c)
{
	if (p->pos == p->doc->len || p->doc->text[p->pos] != c)
		return false;
	p->pos++;
	return true;
}

static int digits(struct parser *p)
{
	if (!is_digit(p))
		return p->pos == p->doc->len ? JSON_ERR_TRUNCATED
					     : JSON_ERR_NUMBER;
	while (is_digit(p))
		p->pos++;
	return 0;
}

static int scan_number(struct parser *p)
{
	int err = 0;

	take(p, '-');
	if (take(p, '0')) {
		if (is_digit(p))
			return JSON_ERR_NUMBER;
	} else {
		err = digits(p);
	}
	if (err == 0 && take(p, '.'))
		err = digits(p);
	if (err == 0 && (take(p, 'e') || take(p, 'E'))) {
		if (!take(p, '+'))
			take(p, '-');
		err = digits(p);
	}
	return err;
}

static int scan_word(struct parser *p, const char *word)
{
	for (; *word != '\0'; word++)
		if (!take(p, *word))
			return p->pos == p->doc->len ? JSON_ERR_TRUNCATED
						     : JSON_ERR_SYNTAX;
	return 0;
}

/* The four digits of \uXXXX at p->pos. */
static int scan_hex4(struct parser *p, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++, p->pos++) {
		if (p->pos == p->doc->len)
			return JSON_ERR_TRUNCATED;
		char c = p->doc->text[p->pos];
		uint32_t v = 0;
		if (c >= '0' && c <= '9')
			v = (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = (uint32_t)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			v = (uint32_t)(c - 'A') + 10;
		else
			return JSON_ERR_STRING;
		*out = *out << 4 | v;
	}
	return 0;
}

/* After a backslash. *high is the value of a high surrogate just before. */
static int scan_escape(struct parser *p, bool *high, bool *lone)
{
	if (p->pos == p->doc->len)
		return JSON_ERR_TRUNCATED;
	char c = p->doc->text[p->pos++];
	if (c != 'u') {
		*lone |= *high;
		*high = false;
		return c != '\0' && strchr("\"\\/bfnrt", c) ? 0
							    : JSON_ERR_STRING;
	}
	uint32_t value = 0;
	int err = scan_hex4(p, &value);
	bool is_low = value >= 0xdc00 && value < 0xe000;
	*lone |= *high != is_low;
	*high = value >= 0xd800 && value < 0xdc00;
	return err;
}

struct string_facts {
	bool escaped, lone;
};

/* At the opening quote; ends behind the closing one. */
static int scan_string(struct parser *p, struct string_facts *facts)
{
	const struct json_doc *d = p->doc;
	bool high = false;

	*facts = (struct string_facts){false, false};
	for (p->pos++; p->pos < d->len;) {
		size_t plain =
		    plain_json_run(d->text + p->pos, d->len - p->pos);
		if (plain > 0) {
			facts->lone |= high;
			high = false;
			p->pos += plain;
			continue;
		}
		unsigned char c = (unsigned char)d->text[p->pos];
		if (c == '\\') {
			facts->escaped = true;
			p->pos++;
			int err = scan_escape(p, &high, &facts->lone);
			if (err != 0)
				return err;
			continue;
		}
		facts->lone |= high;
		high = false;
		if (c == '"') {
			p->pos++;
			return 0;
		}
		if (c < 0x20)
			return JSON_ERR_STRING;
		size_t n = utf8_next(d->text + p->pos, d->len - p->pos);
		if (n == 0)
			return JSON_ERR_UTF8;
		p->pos += n;
	}
	return JSON_ERR_TRUNCATED;
}

/* ---- the tree ---- */

static int add_node(struct parser *p, uint8_t type, uint32_t *out)
{
	struct json_doc *d = p->doc;

	if (d->n_nodes >= p->limits.max_nodes)
		return JSON_ERR_NODES_LIMIT;
	if (d->n_nodes == d->cap_nodes) {
		d->cap_nodes = d->cap_nodes ? d->cap_nodes * 2 : 64;
		d->nodes =
		    mem_realloc_array(d->nodes, d->cap_nodes, sizeof *d->nodes);
	}
	uint32_t id = (uint32_t)d->n_nodes++;
	struct json_node *n = &d->nodes[id];
	*n = (struct json_node){.start = (uint32_t)p->pos,
	    .parent = p->open,
	    .next = JSON_NONE,
	    .child = JSON_NONE,
	    .type = type};
	if (p->open != JSON_NONE) {
		struct json_node *parent = &d->nodes[p->open];
		if (parent->child == JSON_NONE) {
			parent->child = id;
		} else {
			n->index = d->nodes[parent->next].index + 1;
			d->nodes[parent->next].next = id;
		}
		parent->next = id;
	}
	*out = id;
	return 0;
}

static int compare_keys(const void *a, const void *b, void *doc)
{
	return json_key_order(doc, *(const uint32_t *)a, *(const uint32_t *)b);
}

/* Unescaped keys are their bytes. */
static bool is_same_key(const struct json_doc *d, uint32_t a, uint32_t b)
{
	const struct json_node *x = &d->nodes[a], *y = &d->nodes[b];
	size_t len = x->key_end - x->key_start;

	if (x->key_escaped || y->key_escaped)
		return json_key_order(d, a, b) == 0;
	return len == y->key_end - y->key_start &&
	    memcmp(d->text + x->key_start, d->text + y->key_start, len) == 0;
}

static bool has_pair(const struct json_doc *d, uint32_t first)
{
	for (uint32_t a = first; a != JSON_NONE; a = d->nodes[a].next)
		for (uint32_t b = d->nodes[a].next; b != JSON_NONE;
		     b = d->nodes[b].next)
			if (is_same_key(d, a, b))
				return true;
	return false;
}

/* Sorted, so that hostile keys cannot make it quadratic. */
static bool has_duplicate(struct json_doc *d, uint32_t object, size_t count)
{
	uint32_t first = d->nodes[object].child;

	if (count <= PAIRWISE_KEYS)
		return has_pair(d, first);
	uint32_t *keys = mem_array(count, sizeof *keys);
	size_t n = 0;
	for (uint32_t i = first; i != JSON_NONE; i = d->nodes[i].next)
		keys[n++] = i;
	assert(n == count);
	qsort_r(keys, n, sizeof *keys, compare_keys, d);
	bool found = false;
	for (size_t i = 1; i < n && !found; i++)
		found = json_key_order(d, keys[i - 1], keys[i]) == 0;
	free(keys);
	return found;
}

static int close_container(struct parser *p)
{
	struct json_doc *d = p->doc;
	struct json_node *n = &d->nodes[p->open];
	uint32_t id = p->open;
	size_t count = n->child == JSON_NONE ? 0 : d->nodes[n->next].index + 1;

	p->pos++;
	n->end = (uint32_t)p->pos;
	n->next = JSON_NONE;
	p->open = n->parent;
	p->depth--;
	if (n->type == JSON_IS_OBJECT && has_duplicate(d, id, count))
		return JSON_ERR_DUPLICATE_KEY;
	return 0;
}

static int open_container(struct parser *p, uint8_t type)
{
	uint32_t id = 0;

	if (p->depth >= p->limits.max_depth)
		return JSON_ERR_DEPTH_LIMIT;
	int err = add_node(p, type, &id);
	if (err != 0)
		return err;
	p->pos++;
	p->open = id;
	p->depth++;
	return 0;
}

static int scan_scalar(struct parser *p, uint8_t type, const char *word)
{
	struct string_facts facts = {false, false};
	uint32_t id = 0;
	int err = add_node(p, type, &id);

	if (err != 0)
		return err;
	if (type == JSON_IS_STRING)
		err = scan_string(p, &facts);
	else if (type == JSON_IS_NUMBER)
		err = scan_number(p);
	else
		err = scan_word(p, word);
	struct json_node *n = &p->doc->nodes[id];
	n->end = (uint32_t)p->pos;
	n->escaped = facts.escaped;
	n->lone_surrogate = facts.lone;
	return err;
}

/* A value at p->pos. *next: what must follow. */
static int scan_value(struct parser *p, enum expect *next)
{
	*next = EXPECT_AFTER;
	if (p->pos == p->doc->len)
		return JSON_ERR_TRUNCATED;
	switch (p->doc->text[p->pos]) {
	case '{':
	case '[':
		*next = EXPECT_FIRST;
		return open_container(p,
		    p->doc->text[p->pos] == '{' ? JSON_IS_OBJECT
						: JSON_IS_ARRAY);
	case '"':
		return scan_scalar(p, JSON_IS_STRING, NULL);
	case 't':
		return scan_scalar(p, JSON_IS_TRUE, "true");
	case 'f':
		return scan_scalar(p, JSON_IS_FALSE, "false");
	case 'n':
		return scan_scalar(p, JSON_IS_NULL, "null");
	case '-':
		return scan_scalar(p, JSON_IS_NUMBER, NULL);
	default:
		if (is_digit(p))
			return scan_scalar(p, JSON_IS_NUMBER, NULL);
		return JSON_ERR_SYNTAX;
	}
}

/* "key" : value, the node of the value carrying the key. */
static int scan_member(struct parser *p, enum expect *next)
{
	struct string_facts facts;

	if (p->pos == p->doc->len)
		return JSON_ERR_TRUNCATED;
	if (p->doc->text[p->pos] != '"')
		return JSON_ERR_SYNTAX;
	size_t start = p->pos;
	int err = scan_string(p, &facts);
	if (err != 0)
		return err;
	size_t end = p->pos;
	skip_space(p);
	if (!take(p, ':'))
		return p->pos == p->doc->len ? JSON_ERR_TRUNCATED
					     : JSON_ERR_SYNTAX;
	skip_space(p);
	uint32_t id = (uint32_t)p->doc->n_nodes;
	err = scan_value(p, next);
	if (p->doc->n_nodes == id)
		return err;
	struct json_node *n = &p->doc->nodes[id];
	n->key_start = (uint32_t)start;
	n->key_end = (uint32_t)end;
	n->key_escaped = facts.escaped;
	return err;
}

static int scan_item(struct parser *p, enum expect *next)
{
	if (p->open != JSON_NONE &&
	    p->doc->nodes[p->open].type == JSON_IS_OBJECT)
		return scan_member(p, next);
	return scan_value(p, next);
}

static int scan_after(struct parser *p, enum expect *next)
{
	char c = p->doc->text[p->pos];
	char end = p->doc->nodes[p->open].type == JSON_IS_OBJECT ? '}' : ']';

	if (c == end)
		return close_container(p);
	if (c != ',')
		return JSON_ERR_SYNTAX;
	p->pos++;
	*next = EXPECT_VALUE;
	return 0;
}

static int scan_first(struct parser *p, enum expect *next)
{
	char c = p->doc->text[p->pos];
	char end = p->doc->nodes[p->open].type == JSON_IS_OBJECT ? '}' : ']';

	if (c != end)
		return scan_item(p, next);
	*next = EXPECT_AFTER;
	return close_container(p);
}

static int scan_document(struct parser *p)
{
	enum expect expect = EXPECT_VALUE;
	int err = 0;

	skip_space(p);
	do {
		if (p->pos == p->doc->len)
			return JSON_ERR_TRUNCATED;
		if (expect == EXPECT_FIRST)
			err = scan_first(p, &expect);
		else if (expect == EXPECT_AFTER)
			err = scan_after(p, &expect);
		else
			err = scan_item(p, &expect);
		if (err != 0)
			return err;
		skip_space(p);
	} while (p->open != JSON_NONE);
	return p->pos < p->doc->len ? JSON_ERR_TRAILING : 0;
}

int json_parse(struct json_doc *doc, const char *text, size_t len,
    const struct json_limits *limits)
{
	struct parser p = {.doc = doc, .open = JSON_NONE};

	if (limits != NULL)
		p.limits = *limits;
	if (p.limits.max_bytes == 0)
		p.limits.max_bytes = DEFAULT_BYTES;
	if (p.limits.max_depth == 0)
		p.limits.max_depth = DEFAULT_DEPTH;
	if (p.limits.max_nodes == 0)
		p.limits.max_nodes = DEFAULT_NODES;
	doc->text = text;
	doc->len = len;
	doc->n_nodes = 0;
	doc->error_at = 0;
	if (len > p.limits.max_bytes || len >= UINT32_MAX)
		return JSON_ERR_SIZE_LIMIT;
	int err = scan_document(&p);
	if (err != 0) {
		doc->error_at = p.pos;
		doc->n_nodes = 0;
	}
	return err;
}

void json_clear(struct json_doc *doc)
{
	free(doc->nodes);
	*doc = (struct json_doc){.text = NULL};
}

struct span json_raw(const struct json_doc *doc, uint32_t node)
{
	const struct json_node *n = &doc->nodes[node];

	return (struct span){doc->text + n->start, n->end - n->start};
}

uint32_t json_member(
    const struct json_doc *doc, uint32_t object, struct span key)
{
	if (object == JSON_NONE || doc->nodes[object].type != JSON_IS_OBJECT)
		return JSON_NONE;
	uint32_t i = doc->nodes[object].child;
	while (i != JSON_NONE && !json_key_is(doc, i, key))
		i = doc->nodes[i].next;
	return i;
}
