/* excuse - see excuse.h. */
#include "rules/excuse.h"

#include <stdlib.h>
#include <string.h>

void excuse_said_clear(struct excuse_said *s)
{
	for (size_t i = 0; i < s->n; i++)
		text_clear(&s->texts[i]);
	free(s->texts);
	*s = (struct excuse_said){0};
}

static int fold(struct text *t, const char *bytes, size_t len)
{
	if (text_init(t, len + 1))
		return -1;
	int err = text_feed(t, bytes, len);
	if (!err)
		err = text_end(t);
	/* What is not text cannot excuse; only memory is a fault. */
	return err == TEXT_ERR_MEMORY ? -1 : 0;
}

static int said_ready(
    struct excuse_said *s, const struct guard_session *session)
{
	if (s->ready)
		return 0;
	size_t n = session->n_customer_said;
	excuse_said_clear(s);
	s->texts = n ? calloc(n, sizeof(*s->texts)) : NULL;
	if (n && !s->texts)
		return -1;
	for (; s->n < n; s->n++) {
		const struct guard_span_text *said =
		    &session->customer_said[s->n];
		if (fold(&s->texts[s->n], said->text, said->len)) {
			text_clear(&s->texts[s->n]);
			return -1;
		}
	}
	s->ready = true;
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Letters, digits and everything beyond ASCII. */
static bool is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* May the character lie inside a value without changing it? */
static bool is_filler(char c, bool digits_only)
{
	return digits_only ? strchr(" \t-().+/", c) != NULL && c : is_space(c);
}

struct value {
	const char *s;
	size_t len;
	bool digits_only;
};

static struct value value_of(const char *s, size_t len)
{
	struct value v = {s, len, true};
	bool any = false;
	for (size_t i = 0; i < len; i++) {
		any |= is_digit(s[i]);
		if (!is_digit(s[i]) && !is_filler(s[i], true))
			v.digits_only = false;
	}
	v.digits_only &= any;
	while (v.len && is_filler(v.s[0], v.digits_only)) {
		v.s++;
		v.len--;
	}
	while (v.len && is_filler(v.s[v.len - 1], v.digits_only))
		v.len--;
	return v;
}

/* Bytes of s that read as the value, or 0. */
static size_t reads_as(const struct value *v, const char *s, size_t len)
{
	size_t i = 0, k = 0;
	while (k < v->len) {
		if (is_filler(v->s[k], v->digits_only))
			k++;
		else if (i < len && s[i] == v->s[k])
			i++, k++;
		else if (i && i < len && is_filler(s[i], v->digits_only))
			i++;
		else
			return 0;
	}
	return i;
}

static bool holds_value(const struct value *v, const char *s, size_t len)
{
	if (!v->len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (i && is_word(s[i - 1]) && is_word(s[i]))
			continue;
		size_t n = reads_as(v, s + i, len - i);
		bool ends = n &&
		    (i + n == len || !is_word(s[i + n]) ||
			!is_word(s[i + n - 1]));
		if (ends)
			return true;
	}
	return false;
}

static bool is_value(const struct value *v, const char *s, size_t len)
{
	struct value other = value_of(s, len);
	return v->len && other.digits_only == v->digits_only &&
	    reads_as(v, other.s, other.len) == other.len;
}

/* The folded bytes of a match, by the map of the view. */
static struct value match_value(const struct text *t, const struct match *m)
{
	const struct text_view *f = &t->folded;
	size_t lo = 0, hi = f->len;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (text_from(f, mid) < m->start)
			lo = mid + 1;
		else
			hi = mid;
	}
	size_t end = lo;
	while (end < f->len && text_from(f, end) < m->end)
		end++;
	return value_of(f->bytes + lo, end - lo);
}

static int is_listed(const char *const *texts, const struct value *v)
{
	for (; *texts; texts++) {
		struct text t = {0};
		int err = fold(&t, *texts, strlen(*texts));
		bool same = !err && is_value(v, t.folded.bytes, t.folded.len);
		text_clear(&t);
		if (err)
			return -1;
		if (same)
			return 1;
	}
	return 0;
}

int excuse_by_value(
    const struct excuse *e, const struct excuse_facts *f, const struct match *m)
{
	if (!e->texts && !e->said_by_customer)
		return 0;
	struct value v = match_value(f->text, m);
	int found = e->texts ? is_listed(e->texts, &v) : 0;
	if (found || !e->said_by_customer)
		return found;
	if (said_ready(f->said, f->session))
		return -1;
	for (size_t i = 0; i < f->said->n; i++) {
		const struct text_view *said = &f->said->texts[i].folded;
		if (holds_value(&v, said->bytes, said->len))
			return 1;
	}
	return 0;
}

static bool covers(
    const struct guard_approval *a, int64_t amount, const char *currency)
{
	if (a->up_to_minor < 0 || amount < 0)
		return true;
	bool same = !a->currency || !*a->currency || !*currency ||
	    !strcmp(a->currency, currency);
	return same && amount <= a->up_to_minor;
}

bool excuse_by_approval(const char *name, const struct guard_session *s,
    int64_t amount, const char *currency)
{
	for (size_t i = 0; i < s->n_approvals; i++) {
		const struct guard_approval *a = &s->approvals[i];
		/* Without a time nobody knows whether it still holds. */
		bool expired = a->expires_us &&
		    (!s->time_us || s->time_us >= a->expires_us);
		if (a->uses && !expired && !strcmp(a->name, name) &&
		    covers(a, amount, currency))
			return true;
	}
	return false;
}

bool excuse_is_over(const struct excuse *e, const struct excuse_facts *f)
{
	int64_t now = f->session->time_us;
	if (!e->until_us || (!now && f->any_day))
		return false;
	return !now || now >= e->until_us;
}
