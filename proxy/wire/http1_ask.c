/* http1_ask - what a parsed head says, for those who ask. */
#include "proxy/wire/http1.h"

#include <assert.h>

void http1_head_clear(struct http1_head *head)
{
	memset(head, 0, offsetof(struct http1_head, fields));
}

void http1_head_copy(struct http1_head *to, const struct http1_head *from)
{
	size_t n = from->n_fields * sizeof from->fields[0];

	memcpy(to, from, offsetof(struct http1_head, fields) + n);
}

static struct span at(
    const struct http1_head *head, uint32_t from, uint32_t len)
{
	return (struct span){head->base + from, len};
}

struct span http1_method(const struct http1_head *head)
{
	return at(head, head->start.name, head->start.name_len);
}

struct span http1_target(const struct http1_head *head)
{
	return at(head, head->start.value, head->start.value_len);
}

struct span http1_reason(const struct http1_head *head)
{
	return at(head, head->start.value, head->start.value_len);
}

struct span http1_authority(const struct http1_head *head)
{
	return at(head, head->where.name, head->where.name_len);
}

struct span http1_path(const struct http1_head *head)
{
	if (head->where.value_len == 0)
		return (struct span){"/", 1};
	return at(head, head->where.value, head->where.value_len);
}

struct span http1_name(const struct http1_head *head, size_t i)
{
	assert(i < head->n_fields);
	return at(head, head->fields[i].name, head->fields[i].name_len);
}

struct span http1_value(const struct http1_head *head, size_t i)
{
	assert(i < head->n_fields);
	return at(head, head->fields[i].value, head->fields[i].value_len);
}

size_t http1_find(const struct http1_head *head, const char *name, size_t from)
{
	const struct span wanted = span_str(name);
	size_t i = from;

	while (
	    i < head->n_fields && !span_eq_nocase(http1_name(head, i), wanted))
		i++;
	return i;
}

size_t http1_count(const struct http1_head *head, const char *name)
{
	size_t count = 0;

	for (size_t i = http1_find(head, name, 0); i < head->n_fields;
	     i = http1_find(head, name, i + 1))
		count++;
	return count;
}

struct span http1_get(const struct http1_head *head, const char *name)
{
	size_t i = http1_find(head, name, 0);

	if (i == head->n_fields)
		return (struct span){NULL, 0};
	return http1_value(head, i);
}

static bool list_has(struct span list, const char *token)
{
	size_t i = 0;

	while (i <= list.len) {
		size_t end = i;
		while (end < list.len && list.p[end] != ',')
			end++;
		size_t a = i, b = end;
		while (a < b && (list.p[a] == ' ' || list.p[a] == '\t'))
			a++;
		while (b > a && (list.p[b - 1] == ' ' || list.p[b - 1] == '\t'))
			b--;
		if (span_is_nocase((struct span){list.p + a, b - a}, token))
			return true;
		i = end + 1;
	}
	return false;
}

bool http1_has_token(
    const struct http1_head *head, const char *name, const char *token)
{
	for (size_t i = http1_find(head, name, 0); i < head->n_fields;
	     i = http1_find(head, name, i + 1))
		if (list_has(http1_value(head, i), token))
			return true;
	return false;
}
