/* scan - see scan.h. Refuses to guess: what it does not know is absent. */
#include "proxy/audit/scan.h"

#include "proxy/base/mem.h"
#include "proxy/base/plain.h"

#include <string.h>

/* The index after the string that opens at from, or len. */
static size_t scan_string_end(const char *line, size_t len, size_t from)
{
	for (size_t i = from + 1; i < len; i++) {
		i += plain_json_run(line + i, len - i);
		if (i < len && line[i] == '\\')
			i++;
		else if (i < len && line[i] == '"')
			return i + 1;
	}
	return len;
}

/* The index after the object that opens at from, or 0: it does not end. */
static size_t scan_object_end(const char *line, size_t len, size_t from)
{
	size_t depth = 0;
	for (size_t i = from; i < len; i++) {
		if (line[i] == '"')
			i = scan_string_end(line, len, i) - 1;
		else if (line[i] == '{')
			depth++;
		else if (line[i] == '}' && --depth == 0)
			return i + 1;
	}
	return 0;
}

static const char *scan_value(
    const char *line, size_t len, size_t at, size_t *value_len)
{
	if (at < len && line[at] == '"') {
		size_t end = scan_string_end(line, len, at);
		if (end - at < 2 || line[end - 1] != '"')
			return NULL;
		*value_len = end - at - 2;
		return line + at + 1;
	}
	size_t n = 0;
	while (at + n < len && line[at + n] >= '0' && line[at + n] <= '9')
		n++;
	*value_len = n;
	return n > 0 ? line + at : NULL;
}

/* The index of the value, or len. */
static size_t scan_key(const char *line, size_t len, const char *key)
{
	size_t key_len = strlen(key), depth = 0;
	for (size_t i = 0; i < len; i++) {
		char c = line[i];
		if (c == '{' || c == '[')
			depth++;
		if ((c == '}' || c == ']') && depth-- == 0)
			return len;
		if (c != '"')
			continue;
		size_t end = scan_string_end(line, len, i);
		bool is_key = depth == 1 && end < len && line[end] == ':';
		if (is_key && end - i == key_len + 2 &&
		    memcmp(line + i + 1, key, key_len) == 0)
			return end + 1;
		i = end - 1;
	}
	return len;
}

const char *scan_field(
    const char *line, size_t len, const char *key, size_t *value_len)
{
	size_t at = scan_key(line, len, key);
	return at < len ? scan_value(line, len, at, value_len) : NULL;
}

const char *scan_object(
    const char *line, size_t len, const char *key, size_t *value_len)
{
	size_t at = scan_key(line, len, key);
	size_t end =
	    at < len && line[at] == '{' ? scan_object_end(line, len, at) : 0;
	*value_len = end > 0 ? end - at : 0;
	return end > 0 ? line + at : NULL;
}

bool scan_is(const char *line, size_t len, const char *key, const char *text)
{
	size_t n = 0;
	const char *value = scan_field(line, len, key, &n);
	return value != NULL && n == strlen(text) &&
	    memcmp(value, text, n) == 0;
}

uint64_t scan_number(const char *line, size_t len, const char *key)
{
	size_t n = 0;
	const char *value = scan_field(line, len, key, &n);
	uint64_t number = 0;
	if (value == NULL || n > 18)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (value[i] < '0' || value[i] > '9')
			return 0;
		number = number * 10 + (uint64_t)(value[i] - '0');
	}
	return number;
}

char *scan_text(const char *line, size_t len, const char *key)
{
	size_t n = 0;
	const char *value = scan_field(line, len, key, &n);
	return value == NULL ? NULL : mem_strndup(value, n);
}

bool scan_is_whole(const char *line, size_t len)
{
	if (len < 2 || line[0] != '{' || line[len - 1] != '}')
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20)
			return false;
	return scan_number(line, len, "seq") > 0;
}
