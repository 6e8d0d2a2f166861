/*
 * pattern_fixed - the fixed text of a pattern: what every match begins with,
 * and the longest text every match has. A text without it needs no search.
 */
#include "rules/pattern_program.h"

#include "rules/glyph.h"

#include <string.h>

#define WINDOW 512u

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_ascii_letter(uint32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
}

/* ---- looking for it ---- */

int pattern_fixed_begins(
    const struct pattern_fixed *f, const char *bytes, size_t n)
{
	size_t len = n < f->len ? n : f->len;
	for (size_t i = 0; i < len; i++) {
		char c = f->caseless ? lower(bytes[i]) : bytes[i];
		if (c != f->text[i])
			return 0;
	}
	return n < f->len ? -1 : 1;
}

int pattern_fixed_at(
    const struct pattern_texts *texts, const char *bytes, size_t n)
{
	int answer = 0;
	for (size_t i = 0; i < texts->n && answer <= 0; i++) {
		int one = pattern_fixed_begins(&texts->any[i], bytes, n);
		answer = one ? one : answer;
	}
	return answer;
}

/* The first of the bytes pos..end where it begins and the n bytes hold all of
 * it; end: none. */
static size_t find(const struct pattern_fixed *f, const char *bytes, size_t pos,
    size_t end, size_t n)
{
	char rare = f->text[f->rare];
	bool two = f->caseless && is_ascii_letter((unsigned char)rare);
	size_t stop = n < f->len ? 0 : n - f->len + 1;
	stop = stop < end ? stop : end;
	for (; pos < stop; pos++) {
		const char *from = bytes + pos + f->rare;
		const char *at = two ? from : memchr(from, rare, stop - pos);
		if (!at)
			break;
		pos += (size_t)(at - from);
		if (pattern_fixed_begins(f, bytes + pos, n - pos) == 1)
			return pos;
	}
	return end;
}

bool pattern_fixed_in(
    const struct pattern_texts *texts, const char *bytes, size_t n)
{
	for (size_t i = 0; i < texts->n; i++)
		if (find(&texts->any[i], bytes, 0, n, n) < n)
			return true;
	return false;
}

/* The same, or where the n bytes end inside it. */
static size_t find_begun(const struct pattern_fixed *f, const char *bytes,
    size_t pos, size_t end, size_t n)
{
	size_t at = find(f, bytes, pos, end, n);
	if (at < end)
		return at;
	size_t cut = n < f->len ? 0 : n - f->len + 1;
	for (cut = cut > pos ? cut : pos; cut < end; cut++)
		if (pattern_fixed_begins(f, bytes + cut, n - cut))
			return cut;
	return end;
}

size_t pattern_fixed_next(
    const struct pattern_texts *texts, const char *bytes, size_t pos, size_t n)
{
	/* Not much further for one than for the others. */
	while (pos < n) {
		size_t end = n - pos < WINDOW ? n : pos + WINDOW;
		size_t least = end;
		for (size_t i = 0; i < texts->n; i++)
			least =
			    find_begun(&texts->any[i], bytes, pos, least, n);
		if (least < end)
			return least;
		pos = end;
	}
	return n;
}

/* ---- finding it in the pattern ---- */

struct finder {
	const struct pattern_tree *tree;
	struct pattern_fixed now; /* being read */
	struct pattern_texts best, prefix;
	bool at_start; /* nothing but fixed text has been read */
};

/* The byte of it that ordinary text has least. */
static size_t rarest(const struct pattern_fixed *f)
{
	static const char common[] = " etaoinshrdlucmfwypvbgkjqxz";
	size_t best = 0, rank = 0;
	for (size_t i = 0; i < f->len; i++) {
		const char *at = strchr(common, lower(f->text[i]));
		bool small = f->caseless || f->text[i] == lower(f->text[i]);
		size_t r = !at || !*at ? sizeof(common)
		    : small            ? (size_t)(at - common)
				       : sizeof(common) + 1;
		if (r > rank || i == 0) {
			best = i;
			rank = r;
		}
	}
	return best;
}

static size_t shortest(const struct pattern_texts *t)
{
	size_t least = t->n ? SIZE_MAX : 0;
	for (size_t i = 0; i < t->n; i++)
		least = t->any[i].len < least ? t->any[i].len : least;
	return least;
}

static void keep_longer(
    struct pattern_texts *best, const struct pattern_texts *other)
{
	size_t len = shortest(other);
	if (len >= PATTERN_MIN_FIXED && len > shortest(best))
		*best = *other;
}

/* What is fixed so far ends here. */
static void end_run(struct finder *f)
{
	f->now.rare = rarest(&f->now);
	struct pattern_texts one = {.any = {f->now}, .n = 1};
	if (f->at_start)
		keep_longer(&f->prefix, &one);
	keep_longer(&f->best, &one);
	f->at_start = false;
	f->now = (struct pattern_fixed){0};
}

/* One more character. Where case does not matter for some of the text, it is
 * compared without case as a whole: every match still has it. */
static void add_char(struct finder *f, const struct pattern_item *item)
{
	char utf8[GLYPH_MAX_UTF8];
	bool plain = item->single && (!item->caseless || item->cp < 128);
	size_t n = plain ? glyph_encode((int32_t)item->cp, utf8) : 0;
	if (n == 0 || f->now.len + n > PATTERN_MAX_FIXED) {
		end_run(f);
		return;
	}
	memcpy(f->now.text + f->now.len, utf8, n);
	f->now.len += n;
	f->now.caseless |= item->caseless && is_ascii_letter(item->cp);
	for (size_t i = 0; f->now.caseless && i < f->now.len; i++)
		f->now.text[i] = lower(f->now.text[i]);
}

static void read_node(struct finder *f, uint32_t node);

/* All of some; none if one of them has none or there are too many. */
static bool join(struct pattern_texts *all, const struct pattern_texts *some)
{
	if (some->n == 0 || all->n + some->n > PATTERN_MAX_TEXTS)
		return false;
	memcpy(all->any + all->n, some->any, some->n * sizeof(*some->any));
	all->n += some->n;
	return true;
}

/* Alternatives: a match has what one of them has. */
static void read_any(struct finder *f, uint32_t child)
{
	struct pattern_texts best = {.n = 0}, prefix = {.n = 0};
	bool has_best = true, has_prefix = f->at_start && f->now.len == 0;
	for (; child != PATTERN_NO_NODE; child = f->tree->nodes[child].next) {
		struct finder branch = {.tree = f->tree, .at_start = true};
		read_node(&branch, child);
		end_run(&branch);
		has_best = has_best && join(&best, &branch.best);
		has_prefix = has_prefix && join(&prefix, &branch.prefix);
	}
	end_run(f);
	if (has_best)
		keep_longer(&f->best, &best);
	if (has_prefix)
		keep_longer(&f->prefix, &prefix);
}

static void read_node(struct finder *f, uint32_t node)
{
	const struct pattern_node *n = &f->tree->nodes[node];
	switch (n->kind) {
	case PATTERN_NODE_CHAR:
		add_char(f, &f->tree->items[n->item]);
		break;
	case PATTERN_NODE_ASSERT:
	case PATTERN_NODE_LOOK:
		break;
	case PATTERN_NODE_ALL:
		for (uint32_t c = n->child; c != PATTERN_NO_NODE;
		     c = f->tree->nodes[c].next)
			read_node(f, c);
		break;
	case PATTERN_NODE_ANY:
		read_any(f, n->child);
		break;
	case PATTERN_NODE_REPEAT:
		if (n->min > 0)
			read_node(f, n->child);
		if (n->min != 1 || n->max != 1)
			end_run(f);
		break;
	}
}

void pattern_fixed_find(
    struct pattern_program *p, const struct pattern_tree *tree)
{
	struct finder f = {.tree = tree, .at_start = true};
	read_node(&f, tree->root);
	end_run(&f);
	p->prefix = f.prefix;
	p->inside = f.best;
}
