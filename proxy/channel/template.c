/*
 * template - filled in by appending; a value from the upstream is used only if
 * it is a number or a short token, so that no text of its slips through.
 */
#include "proxy/channel/template.h"

#include "proxy/base/mem.h"
#include "proxy/channel/model.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

static struct template_piece *add(struct template *t, enum template_hole hole)
{
	t->pieces = mem_realloc_array(t->pieces, t->n + 1, sizeof *t->pieces);
	t->pieces[t->n] = (struct template_piece){.hole = hole};
	return &t->pieces[t->n++];
}

static const char *parse_up(struct template *t, char *spec)
{
	static const char word[] = " or ";
	const char *why = NULL;
	char * or = strstr(spec, word);

	if (or == NULL)
		return "{{up:/ptr}} needs a fallback: {{up:/ptr or id}}";
	* or = '\0';
	struct template_piece *piece = add(t, TEMPLATE_UP);
	if (pointer_parse(&piece->up, spec, &why) != 0)
		return why;
	const char *fallback = or +sizeof word - 1;
	if (strcmp(fallback, "id") == 0)
		piece->fallback = TEMPLATE_ID;
	else if (strcmp(fallback, "time") == 0)
		piece->fallback = TEMPLATE_TIME;
	else
		piece->literal = mem_strdup(fallback);
	return NULL;
}

static const char *parse_hole(struct template *t, char *name)
{
	static const struct {
		const char *name;
		enum template_hole hole;
	} holes[] = {
	    {"json text", TEMPLATE_TEXT},
	    {"text", TEMPLATE_TEXT},
	    {"key", TEMPLATE_KEY},
	    {"time", TEMPLATE_TIME},
	    {"id", TEMPLATE_ID},
	};

	const char *why = NULL;

	if (strncmp(name, "up:", 3) == 0)
		return parse_up(t, name + 3);
	if (strncmp(name, "copy:", 5) == 0)
		return pointer_parse(
			   &add(t, TEMPLATE_COPY)->up, name + 5, &why) != 0
		    ? why
		    : NULL;
	for (size_t i = 0; i < sizeof holes / sizeof holes[0]; i++)
		if (strcmp(name, holes[i].name) == 0) {
			add(t, holes[i].hole);
			return NULL;
		}
	return "holes are {{json text}}, {{key}}, {{time}}, {{id}}, "
	       "{{copy:ptr}} and {{up:/ptr or ...}}";
}

int template_parse(struct template *t, const char *text, const char **why)
{
	*t = (struct template){NULL, 0};
	*why = NULL;
	while (*text != '\0' && *why == NULL) {
		const char *open = strstr(text, "{{");
		/* {"a":{{key}}}: the hole ends at the first }} */
		const char *close = open ? strstr(open, "}}") : NULL;
		size_t n = close ? (size_t)(open - text) : strlen(text);
		if (n > 0)
			add(t, TEMPLATE_LITERAL)->literal =
			    mem_strndup(text, n);
		text += n;
		if (close == NULL)
			break;
		char *name = mem_strndup(open + 2, (size_t)(close - open) - 2);
		*why = parse_hole(t, name);
		free(name);
		text = close + 2;
	}
	if (*why == NULL)
		return 0;
	template_clear(t);
	return -1;
}

void template_clear(struct template *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->pieces[i].literal);
		pointer_clear(&t->pieces[i].up);
	}
	free(t->pieces);
	*t = (struct template){NULL, 0};
}

static bool write_up(const struct template_piece *piece,
    const struct json_doc *doc, struct buf *out)
{
	uint32_t node = JSON_NONE;

	if (doc != NULL && doc->n_nodes > 0)
		node = pointer_find(&piece->up, doc, 0, JSON_NONE);
	if (node == JSON_NONE || doc->nodes[node].child != JSON_NONE)
		return false;
	struct span raw = json_raw(doc, node);
	bool number = doc->nodes[node].type == JSON_IS_NUMBER && raw.len < 32;
	struct span inside = {raw.p + 1, raw.len >= 2 ? raw.len - 2 : 0};
	bool token =
	    doc->nodes[node].type == JSON_IS_STRING && model_is_token(inside);
	if (number || token)
		buf_add(out, raw.p, raw.len);
	return number || token;
}

static void write_copy(const struct template_piece *piece,
    const struct template_values *v, struct buf *out)
{
	uint32_t node = JSON_NONE;

	if (v->up != NULL && v->up->n_nodes > 0)
		node = pointer_find(&piece->up, v->up, v->message, JSON_NONE);
	struct span raw = {"null", 4};
	if (node != JSON_NONE)
		raw = json_raw(v->up, node);
	buf_add(out, raw.p, raw.len);
}

static void write_simple(enum template_hole hole, const char *literal,
    const struct template_values *v, struct buf *out)
{
	switch (hole) {
	case TEMPLATE_LITERAL:
		buf_adds(out, literal);
		return;
	case TEMPLATE_TEXT:
		json_quote(out, v->text);
		return;
	case TEMPLATE_KEY:
		if (v->key.len > 0)
			buf_add(out, v->key.p, v->key.len);
		else
			buf_adds(out, "0");
		return;
	case TEMPLATE_TIME:
		buf_printf(out, "%" PRId64, v->time_s);
		return;
	case TEMPLATE_ID:
		json_quote(out, span_str(v->id != NULL ? v->id : "handrail"));
		return;
	case TEMPLATE_UP:
	case TEMPLATE_COPY:
		break;
	}
	assert(!"hole");
}

void template_write(
    const struct template *t, const struct template_values *v, struct buf *out)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct template_piece *piece = &t->pieces[i];
		enum template_hole hole = piece->hole;
		if (hole == TEMPLATE_COPY) {
			write_copy(piece, v, out);
			continue;
		}
		if (hole == TEMPLATE_UP) {
			if (write_up(piece, v->up, out))
				continue;
			hole = piece->fallback;
		}
		write_simple(hole, piece->literal, v, out);
	}
}
