/* tight - see tight.h. */
#include "tests/exact/tight.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TEXT 1024u
#define MAX_TAILS 512u
#define TAIL_BYTES 96u
#define MAX_DEPTH 2u
#define MAX_CHECKS 100000u /* for one byte; a reason is mostly soon found */

/* What becomes of one byte. */
struct fate {
	bool withheld;
	uint64_t front;    /* which rules put something in front */
	size_t start, end; /* of the redaction it is in; equal: none */
	size_t rule;       /* whose text stands there */
};

struct tails {
	char (*items)[TAIL_BYTES];
	size_t n;
};

struct reference {
	const struct made *made;
	struct guard_scanner *scanner;
	struct tight *counts;
	char text[MAX_TEXT]; /* the prefix, and room for what comes */
	size_t len;
	const char *whole; /* the text it is a prefix of */
	size_t at;         /* the byte asked about */
	struct fate base;
	struct tails first, more; /* continuations to try */
	char last[MAX_TEXT];      /* the one that was a reason before */
	size_t last_len;
	size_t left; /* checks that may still be made for this byte */
};

/* ---- fates ---- */

static void redact(
    struct fate *f, const struct guard_verdict *v, size_t at, size_t len)
{
	size_t start = 0, end = 0, rule = 0;
	for (size_t i = 0; i < v->n_hits; i++) {
		const struct guard_hit *h = &v->hits[i];
		if (h->mode != GUARD_ENFORCE || h->action != GUARD_REDACT)
			continue;
		size_t stop = h->start == h->end ? len : h->end;
		if (end == 0 || h->start >= end) {
			if (at >= start && at < end)
				break;
			start = h->start;
			end = stop;
			rule = h->rule;
		} else if (stop > end) {
			end = stop;
		}
	}
	if (at >= start && at < end) {
		f->start = start;
		f->end = end;
		f->rule = rule;
	}
}

static struct fate fate_of(struct reference *r, size_t len)
{
	struct fate f = {0};
	struct guard_verdict v;
	guard_check(r->scanner, r->made->policy, &r->made->session,
	    &(struct guard_message){GUARD_AI, r->text, len}, &v);
	r->counts->n_checks++;
	f.withheld = v.undecided != GUARD_DECIDED;
	for (size_t i = 0; i < v.n_hits; i++) {
		const struct guard_hit *h = &v.hits[i];
		if (h->mode != GUARD_ENFORCE)
			continue;
		f.withheld |= h->action >= GUARD_REPLACE && h->start <= r->at;
		if (h->action == GUARD_PREPEND)
			f.front |= (uint64_t)1 << (h->rule % 64);
	}
	redact(&f, &v, r->at, len);
	return f;
}

static bool is_same(const struct fate *a, const struct fate *b)
{
	return a->withheld == b->withheld && a->front == b->front &&
	    a->start == b->start && a->end == b->end && a->rule == b->rule;
}

/* Does this continuation show that the byte has to be held? */
static bool is_reason(struct reference *r, size_t len)
{
	struct fate f = fate_of(r, len);
	return f.withheld || f.end > r->len || !is_same(&f, &r->base);
}

/* ---- continuations ---- */

static void add_tail(struct tails *t, const char *s, size_t len)
{
	if (t->n == MAX_TAILS || len >= TAIL_BYTES || len == 0)
		return;
	memcpy(t->items[t->n], s, len);
	t->items[t->n][len] = '\0';
	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(t->items[i], t->items[t->n]))
			return;
	t->n++;
}

/* Does the prefix end with the first k bytes of s, whatever the case? */
static bool ends_with(const struct reference *r, const char *s, size_t k)
{
	if (k > r->len)
		return false;
	for (size_t i = 0; i < k; i++)
		if (tolower((unsigned char)r->text[r->len - k + i]) !=
		    tolower((unsigned char)s[i]))
			return false;
	return true;
}

/* All of it, what is behind each of its words, and what is missing of it when
 * the prefix ends with its beginning. */
static void add_tails(struct reference *r, struct tails *t, const char *s)
{
	size_t len = strlen(s);
	add_tail(t, s, len);
	for (size_t word = 0; word < len; word++) {
		if (word && s[word - 1] != ' ')
			continue;
		add_tail(t, s + word, len - word);
		for (size_t k = 1; word + k < len; k++)
			if (ends_with(r, s + word, k))
				add_tail(t, s + word + k, len - word - k);
	}
}

static void add_spelled(struct reference *r, struct tails *t, const char *s)
{
	char spelled[TAIL_BYTES];
	size_t n = 0, letters = strcspn(s, " ");
	for (size_t i = 0; i < letters && n + 2 < sizeof(spelled); i++) {
		if (i)
			spelled[n++] = ' ';
		spelled[n++] = s[i];
	}
	spelled[n] = '\0';
	for (size_t k = 1; k < n; k++)
		if (ends_with(r, spelled, k))
			add_tail(t, spelled + k, n - k);
}

static void add_group(
    struct reference *r, const struct made_texts *g, size_t most)
{
	for (size_t i = 0; i < g->n; i++) {
		const char *s = g->items[i];
		add_tails(r, &r->first, s);
		if (i < most)
			add_tail(&r->more, s, strlen(s));
		for (; s; s = strchr(s, ' ')) {
			s += *s == ' ';
			add_spelled(r, &r->first, s);
		}
	}
}

/* Can a hit of this rule be a reason? Its allowances too: they change what
 * becomes of a hit. */
static bool may_hold(const struct reference *r, size_t rule)
{
	struct guard_rule_info info;
	guard_policy_rule(r->made->policy, rule, &info);
	if (r->made->rules[rule].scored && info.mode == GUARD_ENFORCE)
		return true;
	if (info.mode != GUARD_ENFORCE || info.action == GUARD_LOG ||
	    info.action == GUARD_FLAG || info.action == GUARD_APPEND)
		return false;
	return true;
}

/* What may follow to make one rule hit, or not hit. */
static void make_tails(struct reference *r, size_t number)
{
	static const char *const units[] = {"%", "percent", "per cent",
	    "percentage points", "dollars", "bucks", "grand", "k", "0", "00",
	    ".5", ",000", "hundred", "thousand", "million", "five", "months",
	    "hours", "minutes", "business days", "years", "off", "for 1",
	    "for one", "-20%", "- 20%", "to 20%", "-$20", "and 50 cents",
	    "50 cents", "EUR", "USD", "an hour", "a percent", "price", "cents",
	    "US dollars", "000 dollars", "1 dollars", "and 5", "75", "$75",
	    "5%", "basis points", "dozen", "and a half", NULL};
	const struct made_rule *rule = &r->made->rules[number];
	r->first.n = r->more.n = 0;
	for (size_t k = 0; k < rule->n_find; k++)
		add_group(r, &rule->find[k], MADE_TEXTS);
	add_group(r, &rule->near, 2);
	add_group(r, &rule->beside, 2);
	for (size_t i = 0; units[i]; i++)
		add_tails(r, &r->first, units[i]);
}

/* ---- parts ---- */

static size_t append(struct reference *r, size_t at, const char *s)
{
	size_t n = strlen(s);
	if (at + n >= MAX_TEXT)
		return at;
	memcpy(r->text + at, s, n);
	return at + n;
}

/* Is the part that of a rule that holds? */
static bool is_part(const struct reference *r, size_t part)
{
	struct guard_rule_info info;
	guard_policy_rule(r->made->parts, part, &info);
	const char *number = strchr(info.id, '/');
	return number && may_hold(r, strtoul(number + 1, NULL, 10));
}

/* What is found at the byte asked about, in one number. */
static uint64_t parts_at(struct reference *r, size_t len)
{
	uint64_t sum = 0;
	struct guard_verdict v;
	guard_check(r->scanner, r->made->parts, NULL,
	    &(struct guard_message){GUARD_AI, r->text, len}, &v);
	r->counts->n_checks++;
	for (size_t i = 0; i < v.n_hits; i++) {
		const struct guard_hit *h = &v.hits[i];
		if (r->at < h->start || r->at >= h->end || !is_part(r, h->rule))
			continue;
		sum = sum * 31 + h->start;
		sum = sum * 31 + h->end;
		sum = sum * 31 + h->rule;
		for (const char *c = h->what; c && *c; c++)
			sum = sum * 31 + (unsigned char)*c;
	}
	return sum;
}

/* Has something begun at the byte, or in front of it, that may still become
 * what a rule looks for, or more of it? */
static bool is_part_way(struct reference *r)
{
	static const char *const before[] = {"", " "};
	static const char *const behind[] = {"", " so", " cents"};
	if (!r->made->parts)
		return false;
	uint64_t now = parts_at(r, r->len);
	for (size_t k = 0; k < r->made->n_rules; k++) {
		if (!may_hold(r, k))
			continue;
		make_tails(r, k);
		for (size_t b = 0; b < 2; b++)
			for (size_t i = 0; i < 3 * r->first.n; i++) {
				size_t at = append(r, r->len, before[b]);
				at = append(r, at, r->first.items[i / 3]);
				at = append(r, at, behind[i % 3]);
				if (parts_at(r, at) != now)
					return true;
			}
	}
	return false;
}

/* ---- the search ---- */

/* With every end of the sentence behind it. */
static bool try_ends(struct reference *r, size_t at)
{
	/* The last makes a sentence something else than small talk. */
	static const char *const ends[] = {"", " so", ". So",
	    " so so so so so so so so so so so so so so so so so so so so"};
	size_t n = sizeof(ends) / sizeof(*ends) - !r->made->scoped;
	for (size_t i = 0; i < n && r->left; i++) {
		r->left--;
		size_t len = append(r, at, ends[i]);
		if (!is_reason(r, len))
			continue;
		r->last_len = len - r->len;
		memcpy(r->last, r->text + r->len, r->last_len);
		return true;
	}
	return false;
}

static bool try_more(struct reference *r, size_t at, unsigned depth)
{
	if (try_ends(r, at))
		return true;
	for (size_t i = 0; depth && i < r->more.n; i++) {
		size_t len = append(r, append(r, at, " "), r->more.items[i]);
		if (try_more(r, len, depth - 1))
			return true;
	}
	return false;
}

static bool rule_has_reason(struct reference *r, unsigned depth)
{
	static const char *const before[] = {"", " ", ". "};
	for (size_t b = 0; b < 3; b++)
		for (size_t i = 0; i < r->first.n; i++) {
			size_t at = append(r, r->len, before[b]);
			at = append(r, at, r->first.items[i]);
			if (try_more(r, at, depth))
				return true;
		}
	return false;
}

/* How many ingredients a hit of the rule may want behind the first. */
static unsigned depth_of(const struct made_rule *rule)
{
	return (rule->n_find > 1) + (rule->near.n > 0) + (rule->beside.n > 1) +
	    rule->many;
}

/* With so many ingredients behind the first, by any of the rules. */
static bool has_reason(struct reference *r, unsigned depth)
{
	for (size_t i = 0; i < r->made->n_rules; i++) {
		const struct made_rule *rule = &r->made->rules[i];
		if (!may_hold(r, i) || depth > depth_of(rule))
			continue;
		make_tails(r, i);
		if (rule_has_reason(r, depth))
			return true;
	}
	return false;
}

/* What has been a reason before, or the end of the text, or a sentence's. */
static bool has_plain_reason(struct reference *r)
{
	memcpy(r->text + r->len, r->last, r->last_len);
	return (r->last_len && is_reason(r, r->len + r->last_len)) ||
	    try_ends(r, r->len);
}

/* ---- what may be held anyway ---- */

static bool is_white(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static size_t word_start(const struct reference *r)
{
	size_t at = r->len;
	while (at > 0 && !is_white(r->text[at - 1]))
		at--;
	return at;
}

/* The first of the single letters that end the prefix, a sign or a space
 * between. */
static size_t spelled_start(const struct reference *r, size_t word)
{
	size_t at = word;
	while (at >= 2 && is_white(r->text[at - 1])) {
		size_t i = at - 1;
		while (i > 0 && !isalnum((unsigned char)r->text[i - 1]) &&
		    at - i < 4)
			i--;
		if (i == 0 || !isalpha((unsigned char)r->text[i - 1]) ||
		    (i > 1 && isalnum((unsigned char)r->text[i - 2])))
			break;
		at = i - 1;
	}
	return at;
}

/* ---- one text ---- */

/* As far as the prefix goes up to len, is there a reason to hold the byte? */
static bool must_hold(struct reference *r, size_t len, bool *part_way)
{
	size_t all = r->len;
	*part_way = false;
	r->len = len;
	r->base = fate_of(r, len);
	r->left = MAX_CHECKS;
	bool reason = r->base.withheld || r->base.end > len ||
	    has_plain_reason(r) || has_reason(r, 0);
	if (!reason)
		reason = *part_way = is_part_way(r);
	for (unsigned depth = 1; !reason && depth <= MAX_DEPTH; depth++)
		reason = has_reason(r, depth);
	r->len = all;
	memcpy(r->text, r->whole, all);
	return reason;
}

/* The byte at safe is held: is there a reason? The unfinished last word may
 * become any other. */
static void account(struct reference *r, size_t safe)
{
	struct tight *t = r->counts;
	size_t word = word_start(r), allowed = spelled_start(r, word);
	t->n_prefixes++;
	if (safe < r->len)
		t->word += r->len - (safe > word ? safe : word);
	if (safe < word)
		t->spelled += word - (safe > allowed ? safe : allowed);
	if (safe >= allowed)
		return;
	bool part_way = false;
	r->at = safe;
	if (must_hold(r, r->len, &part_way) ||
	    (word < r->len && must_hold(r, word, &part_way))) {
		t->held += allowed - safe;
		t->part += part_way ? allowed - safe : 0;
		return;
	}
	t->excess += allowed - safe;
	if (!t->fault[0])
		snprintf(t->fault, sizeof(t->fault),
		    "%zu of %zu bytes are safe; held: \"%.*s\"", safe, r->len,
		    (int)(r->len - safe), r->text + safe);
}

static void read_text(
    struct reference *r, struct guard_stream *s, const char *text, size_t len)
{
	for (size_t n = 1; n <= len; n++) {
		struct guard_progress p;
		guard_stream_feed(s, text + n - 1, 1, &p);
		/* From its first edit on a text is read twice, one reader
		 * behind the other: DESIGN.md section 13. */
		if (p.cut || p.withheld || p.n_edits)
			return;
		memcpy(r->text, text, n);
		r->whole = text;
		r->len = n;
		bool inside =
		    n < len && ((unsigned char)text[n] & 0xC0) == 0x80;
		if (!inside)
			account(r, p.safe_len);
	}
}

bool tight_holds(
    struct tight *t, const struct made *m, const char *text, size_t len)
{
	struct reference r = {
	    .made = m, .counts = t, .scanner = guard_scanner_new()};
	struct guard_stream *s =
	    guard_stream_new(m->policy, &m->session, GUARD_AI);
	r.first.items = malloc(MAX_TAILS * TAIL_BYTES);
	r.more.items = malloc(MAX_TAILS * TAIL_BYTES);
	if (!r.scanner || !s || !r.first.items || !r.more.items)
		abort();
	t->fault[0] = '\0';
	t->n_texts++;
	read_text(&r, s, text, len < MAX_TEXT / 2 ? len : MAX_TEXT / 2);
	free(r.first.items);
	free(r.more.items);
	guard_stream_free(s);
	guard_scanner_free(r.scanner);
	return !t->fault[0];
}
