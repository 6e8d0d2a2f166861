/*
 * pattern_item - what stands for one character or for none: escapes, [...],
 * literals, borders. See pattern_reader.h.
 */
#include "rules/pattern_reader.h"

#include "rules/glyph.h"

static uint32_t add_single(struct pattern_reader *r, uint32_t cp)
{
	return pattern_add_item(r,
	    (struct pattern_item){
		.cp = cp, .single = true, .caseless = r->flags.caseless});
}

/* Bytes of the source that stand for one character of several. */
static uint32_t add_set(struct pattern_reader *r, const char *from)
{
	return pattern_add_item(r,
	    (struct pattern_item){.caseless = r->flags.caseless,
		.text = from,
		.len = (size_t)(r->s - from)});
}

uint32_t pattern_add_assert(
    struct pattern_reader *r, enum pattern_assert assert)
{
	return pattern_add_node(r,
	    (struct pattern_node){.kind = PATTERN_NODE_ASSERT,
		.assert = assert,
		.child = PATTERN_NO_NODE,
		.next = PATTERN_NO_NODE});
}

/* ---- escapes ---- */

static uint32_t read_number(struct pattern_reader *r, unsigned base, size_t max)
{
	uint32_t value = 0;
	for (size_t i = 0; i < max && r->s < r->end; i++) {
		char c = *r->s;
		unsigned digit = pattern_is_digit(c) ? (unsigned)(c - '0')
		    : (c | 0x20) >= 'a' && c != '\0'
		    ? (unsigned)(c | 0x20) - 'a' + 10
		    : base;
		if (digit >= base)
			break;
		value = value * base + digit;
		r->s++;
	}
	return value;
}

/* \x{20AC} \x41 \o{101} \N{U+20AC}, behind the letter. */
static uint32_t read_code(struct pattern_reader *r, unsigned base, size_t bare)
{
	if (pattern_peek(r, 0) != '{')
		return add_single(r, read_number(r, base, bare));
	r->s++;
	if (pattern_at(r, "U+"))
		r->s += 2;
	uint32_t cp = read_number(r, base, 8);
	if (pattern_peek(r, 0) != '}')
		pattern_refuse(
		    r, "this way to write a character is not supported");
	else
		r->s++;
	return add_single(r, cp);
}

/* \p{Greek} \pL, from the backslash at from. */
static uint32_t read_property(struct pattern_reader *r, const char *from)
{
	if (pattern_peek(r, 0) == '{') {
		while (r->s < r->end && *r->s != '}')
			r->s++;
	}
	if (r->s < r->end)
		r->s++;
	return add_set(r, from);
}

static const char *refused_escape(char c)
{
	if (c >= '1' && c <= '9')
		return "it refers back to what it matched (\\1)";
	switch (c) {
	case 'k':
	case 'g':
		return "it refers back or calls itself (\\k, \\g)";
	case 'C':
		return "\\C could split a character";
	case 'K':
		return "\\K hides where the match starts; use (?<=...)";
	case 'Q':
	case 'E':
		return "\\Q...\\E; put a \\ before each special character "
		       "instead";
	case 'G':
		return "\\G has no meaning here; use \\b or ^";
	case 'R':
		return "\\R is not supported; write \\n";
	case 'X':
		return "\\X is not supported; write .";
	default:
		return NULL;
	}
}

/* \t and others that are one character; 0: no such. */
static uint32_t control(char c)
{
	static const char names[] = "tnrfea", values[] = "\t\n\r\f\x1b\a";
	const char *at = c ? strchr(names, c) : NULL;
	return at ? (unsigned char)values[at - names] : 0;
}

uint32_t pattern_read_escape(struct pattern_reader *r)
{
	const char *from = r->s++;
	char c = pattern_peek(r, 0);
	const char *why = refused_escape(c);
	if (why) {
		pattern_refuse(r, why);
		return PATTERN_NO_NODE;
	}
	r->s++;
	switch (c) {
	case 'A':
		return pattern_add_assert(r, PATTERN_START);
	case 'Z':
		return pattern_add_assert(r, PATTERN_LAST_END);
	case 'z':
		return pattern_add_assert(r, PATTERN_END);
	case 'b':
		return pattern_add_assert(r, PATTERN_BORDER);
	case 'B':
		return pattern_add_assert(r, PATTERN_NO_BORDER);
	case 'x':
		return read_code(r, 16, 2);
	case 'o':
		return read_code(r, 8, 0);
	case '0':
		return add_single(r, read_number(r, 8, 2));
	case 'c':
		r->s++;
		return add_single(r,
		    (uint32_t)(r->s[-1] >= 'a' && r->s[-1] <= 'z'
			    ? r->s[-1] - 32
			    : r->s[-1]) ^
			64u);
	case 'p':
	case 'P':
		return read_property(r, from);
	case 'N':
		return pattern_at(r, "{U+") ? read_code(r, 16, 0)
					    : add_set(r, from);
	default:
		break;
	}
	if (control(c))
		return add_single(r, control(c));
	if (c != '\0' && strchr("dDwWsShHvV", c))
		return add_set(r, from);
	bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
	if (letter || c == '\0') {
		pattern_refuse(r, "this \\ escape is not supported");
		return PATTERN_NO_NODE;
	}
	r->s--;
	int32_t cp;
	r->s += glyph_decode(r->s, (size_t)(r->end - r->s), &cp);
	return add_single(r, (uint32_t)cp);
}

/* ---- other items ---- */

uint32_t pattern_read_class(struct pattern_reader *r)
{
	const char *from = r->s++;
	if (pattern_peek(r, 0) == '^')
		r->s++;
	if (pattern_peek(r, 0) == ']')
		r->s++;
	while (r->s < r->end && *r->s != ']') {
		if (pattern_at(r, "\\Q") || pattern_at(r, "\\E"))
			pattern_refuse(r, refused_escape('Q'));
		if (*r->s == '\\' && r->s + 1 < r->end) {
			r->s += 2;
		} else if (pattern_at(r, "[:") || pattern_at(r, "[.") ||
		    pattern_at(r, "[=")) {
			char mark[3] = {r->s[1], ']', '\0'};
			const char *p = r->s + 2;
			while (p + 1 < r->end && memcmp(p, mark, 2) != 0 &&
			    *p != ']' && *p != '\\')
				p++;
			r->s = p + 1 < r->end && memcmp(p, mark, 2) == 0
			    ? p + 2
			    : r->s + 1;
		} else {
			r->s++;
		}
	}
	if (r->s < r->end)
		r->s++;
	return add_set(r, from);
}

uint32_t pattern_read_dot(struct pattern_reader *r)
{
	static const char any[] = "(?s).", not_break[] = "\\N";
	r->s++;
	return pattern_add_item(r,
	    (struct pattern_item){.text = r->flags.dot_all ? any : not_break,
		.len = r->flags.dot_all ? sizeof(any) - 1
					: sizeof(not_break) - 1});
}

uint32_t pattern_read_literal(struct pattern_reader *r)
{
	int32_t cp = 0;
	size_t n = glyph_decode(r->s, (size_t)(r->end - r->s), &cp);
	r->s += n ? n : 1;
	return add_single(r, (uint32_t)cp);
}
