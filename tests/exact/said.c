/* said - see said.h. */
#include "tests/exact/said.h"

#include <string.h>

static void add(struct said *s, const char *bytes, size_t len)
{
	size_t room = sizeof(s->bytes) - s->len;
	len = len < room ? len : room;
	/* Never half a character: that would be all there is to the text. */
	while (len > 0 && len == room && ((unsigned char)bytes[len - 1] & 0x80))
		len--;
	memcpy(s->bytes + s->len, bytes, len);
	s->len += len;
}

static void add_text(struct said *s, const char *text)
{
	add(s, text, strlen(text));
}

static const struct made_texts *some_texts(const struct made *m, struct draw *d)
{
	const struct made_rule *r = &m->rules[draw(d, m->n_rules)];
	switch (draw(d, 4)) {
	case 0:
		return r->near.n ? &r->near : &r->find[0];
	case 1:
		return r->beside.n ? &r->beside : &r->find[0];
	default:
		return &r->find[r->n_find ? draw(d, r->n_find) : 0];
	}
}

static const char *ingredient(const struct made *m, struct draw *d)
{
	const struct made_texts *t = some_texts(m, d);
	return t->n ? t->items[draw(d, t->n)] : "nothing";
}

/* The beginning of one, up to a byte where a character ends. */
static void add_broken(struct said *s, const char *text, struct draw *d)
{
	size_t n = draw(d, strlen(text) + 1);
	while (text[n] && ((unsigned char)text[n] & 0xC0) == 0x80)
		n++;
	add(s, text, n);
}

/* In capitals, between marks, in pieces: the folded view is the same. */
static void add_disguised(struct said *s, const char *text, struct draw *d)
{
	static const char *const between[] = {"", "\u200B", "\u00AD", "\u0301",
	    "**", "<b>", "\u200D", "&#8203;", "\b", "\u202E", "<!-- x -->", " ",
	    ".", "\\", "\u0336"};
	const char *sep = between[draw(d, sizeof(between) / sizeof(*between))];
	unsigned often = draw_chance(d, 50) ? 100 : 25;
	bool capitals = draw_chance(d, 30), wide = draw_chance(d, 20);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (capitals && c >= 'a' && c <= 'z')
			c = (unsigned char)(c - 'a' + 'A');
		if (wide && c > ' ' && c < 0x7F) {
			uint32_t cp = 0xFF00u + c - 0x20;
			char u[3] = {(char)(0xE0 | cp >> 12),
			    (char)(0x80 | (cp >> 6 & 0x3F)),
			    (char)(0x80 | (cp & 0x3F))};
			add(s, u, 3);
		} else {
			add(s, (const char *)&c, 1);
		}
		bool inside = ((unsigned char)text[1] & 0xC0) == 0x80;
		if (text[1] && !inside && draw_chance(d, often))
			add_text(s, sep);
	}
}

static void add_odd(struct said *s, struct draw *d)
{
	static const char *const odd[] = {"<", "<!--", "-->", "&", "&amp",
	    "[a](", "[", "](x)", "`", "*", "_", "~", "\\", "\033[1m", "\033",
	    "\b", "@", ".", ":", "/", "//", "-", "+", "(", ")", "$", "%", "#",
	    "'", "\u0301", "\u200D", "\uFE0F", "\U0001F469\u200D\U0001F4BB",
	    "\u0627\u0644", "\u4E2D\u6587\u3002", "\u0440\u0435f", "\u00BD",
	    "r e f u n d", "f.e.e", "&#x66;ee", "1", "12", "DE89", "http",
	    "eyJ", "pass", "x@y", "\u00A0", "\t", "\r\n", "0", "e", "I", "\xff",
	    "\xe2\x80"};
	size_t n = sizeof(odd) / sizeof(*odd);
	/* What is not UTF-8 ends it all: seldom. */
	add_text(s, odd[draw(d, draw_chance(d, 97) ? n - 2 : n)]);
}

/* What markup says: in attributes, in comments, in titles, one in another; and
 * the words that it joins. */
static void add_marked(struct said *s, const char *text, struct draw *d)
{
	static const char *const marks[][2] = {{"<p title=\"", "\">"},
	    {"<b data-x='", "' class=a>"}, {"<img alt=\"no\" src=", ">"},
	    {"<!-- ", " -->"}, {"<![CDATA[", "]]>"}, {"re<? ", "?>fund"},
	    {"[a](", ")"}, {"[a](b \"", "\")"}, {"\033]0;", "\a"},
	    {"<a title='<i title=\"", "\">fee</i>'>"},
	    {"<!-- <p title='[a](b \"", "\")'> -->"},
	    {"<think>", "</think>Hello"}, {"so<b>", "</b>so"}, {"x**", "**x"},
	    {"`", "`s"}, {"[", "](b)s"}};
	const char *const *mark =
	    marks[draw(d, sizeof(marks) / sizeof(*marks))];
	add_text(s, mark[0]);
	if (draw_chance(d, 30))
		add_disguised(s, text, d);
	else
		add_text(s, text);
	add_text(s, mark[1]);
}

/* So much of nothing that sentences, windows and buffers come to their end. */
static void add_filler(struct said *s, struct draw *d)
{
	static const char *const words[] = {"so ", "and on ", "x", "1 ", "- "};
	const char *word = words[draw(d, sizeof(words) / sizeof(*words))];
	for (size_t n = draw(d, 1500); n > 0; n--)
		add_text(s, word);
}

static void add_piece(
    struct said *s, const struct made *m, struct draw *d, bool plain)
{
	static const char *const other[] = {"so", "my", "I", "cannot", "not",
	    "unfortunately", "never", "b", "c", "ok", "20", "once", "and"};
	const char *text = ingredient(m, d);
	switch (draw(d, 10)) {
	case 0:
	case 1:
		add_text(s, other[draw(d, sizeof(other) / sizeof(*other))]);
		break;
	case 2:
		add_broken(s, text, d);
		break;
	case 3:
		if (plain)
			add_text(s, text);
		else
			add_disguised(s, text, d);
		break;
	case 4:
		if (plain)
			add_text(s, "so");
		else if (draw_chance(d, 40))
			add_marked(s, text, d);
		else
			add_odd(s, d);
		break;
	default:
		add_text(s, text);
		break;
	}
}

static void make(struct said *s, const struct made *m, struct draw *d,
    size_t max_pieces, bool plain)
{
	static const char *const ends[] = {" ", " ", " ", " ", " ", " ", " ",
	    ", ", ". ", "! ", "? ", "\n", "  ", "; ", " - ", ".\" ", ""};
	size_t n_ends = sizeof(ends) / sizeof(*ends) - plain;
	s->len = 0;
	for (size_t n = 1 + draw(d, max_pieces); n > 0; n--) {
		if (!plain && draw(d, 400) == 0)
			add_filler(s, d);
		add_piece(s, m, d, plain);
		if (n > 1 || draw_chance(d, 60))
			add_text(s, ends[draw(d, n_ends)]);
	}
}

void said_make(
    struct said *s, const struct made *m, struct draw *d, size_t max_pieces)
{
	make(s, m, d, max_pieces, false);
}

void said_make_plain(
    struct said *s, const struct made *m, struct draw *d, size_t max_pieces)
{
	make(s, m, d, max_pieces, true);
}
