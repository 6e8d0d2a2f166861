/*
 * reader - see reader.h.
 *
 * Codes: C002 a key is missing, C003 wrong kind of value, C004 no such number,
 * C005 not one of the words, C006 the environment lacks a name, C009 a file
 * cannot be read. Refuses to guess: a fault is reported and the file refused.
 */
#include "proxy/config/reader.h"

#include "proxy/base/buf.h"
#include "proxy/base/file.h"
#include "proxy/base/mem.h"
#include "proxy/config/table.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READER_MAX_KEYS 64

void reader_fault(struct reader *r, const struct yaml_node *node,
    const char *code, const char *hint, const char *fmt, ...)
{
	char text[512];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	r->faults++;
	yaml_report(
	    r->doc, node, DIAG_ERROR, code, hint, r->diag, r->arg, "%s", text);
}

bool reader_expect(struct reader *r, const struct yaml_node *node,
    enum yaml_kind kind, const char *what)
{
	if (node->kind == kind)
		return true;
	reader_fault(r, node, "C003", NULL, "%s is expected here", what);
	return false;
}

/* One ${NAME} at from (after the $): its value appended, the rest returned;
 * NULL after a fault. */
static const char *reader_name(struct reader *r, const struct yaml_node *node,
    const char *from, struct buf *out)
{
	const char *close = strchr(from, '}');
	size_t len = close == NULL ? 0 : (size_t)(close - from) - 1;
	if (len == 0) {
		reader_fault(r, node, "C006", "write ${NAME}, or $${ for ${",
		    "${ begins the name of an environment variable that does "
		    "not end");
		return NULL;
	}
	char *name = mem_strndup(from + 1, len);
	const char *value = getenv(name);
	if (value == NULL) {
		char *hint =
		    mem_printf("set it before the start: export %s=...", name);
		reader_fault(
		    r, node, "C006", hint, "the environment has no %s", name);
		free(hint);
	} else {
		buf_adds(out, value);
	}
	free(name);
	return value == NULL ? NULL : close + 1;
}

char *reader_text(struct reader *r, const struct yaml_node *node)
{
	struct buf out = {0};
	if (!reader_expect(r, node, YAML_TEXT, "text"))
		return mem_strdup("");
	if (strlen(node->text) != node->len)
		reader_fault(r, node, "C003", NULL, "a NUL is in the text");
	const char *at = node->text;
	while (at != NULL && *at != '\0') {
		if (strncmp(at, "$${", 3) == 0) {
			buf_adds(&out, "${");
			at += 3;
		} else if (strncmp(at, "${", 2) == 0) {
			at = reader_name(r, node, at + 1, &out);
		} else {
			buf_addc(&out, *at++);
		}
	}
	return buf_steal(&out);
}

char *reader_path(struct reader *r, const struct yaml_node *node)
{
	char *text = reader_text(r, node);
	char *path = file_join(r->dir, text);
	free(text);
	return path;
}

/* How much one of the unit is; 0: no such unit. */
static uint64_t reader_unit(enum table_kind kind, const char *unit)
{
	static const struct {
		enum table_kind kind;
		const char *unit;
		uint64_t factor;
	} units[] = {{TABLE_BYTES, "B", 1}, {TABLE_BYTES, "KiB", 1024},
	    {TABLE_BYTES, "MiB", 1024 * 1024},
	    {TABLE_BYTES, "GiB", (uint64_t)1 << 30}, {TABLE_MS, "ms", 1},
	    {TABLE_MS, "s", 1000}, {TABLE_MS, "m", 60000},
	    {TABLE_MS, "h", 3600000}};
	if (*unit == '\0')
		return 1;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].kind == kind && strcmp(units[i].unit, unit) == 0)
			return units[i].factor;
	return 0;
}

static const char *reader_unit_hint(enum table_kind kind)
{
	if (kind == TABLE_BYTES)
		return "a number of bytes, or with a unit: 64KiB, 1MiB, 1GiB";
	if (kind == TABLE_MS)
		return "a number of milliseconds, or with a unit: 500ms, 10s, "
		       "5m, 1h";
	return "a whole number";
}

static const char *reader_range_hint(enum table_kind kind)
{
	if (kind == TABLE_BYTES)
		return "both ends are in bytes";
	if (kind == TABLE_MS)
		return "both ends are in milliseconds";
	return "a whole number";
}

static uint64_t reader_number(
    struct reader *r, const struct yaml_node *node, const struct table_key *key)
{
	unsigned long long value = 0;
	char *text = reader_text(r, node), *unit = text;
	const char *hint = reader_unit_hint(key->kind);
	bool good = isdigit((unsigned char)text[0]);
	errno = 0;
	if (good)
		value = strtoull(text, &unit, 10);
	while (*unit == ' ')
		unit++;
	uint64_t factor = reader_unit(key->kind, unit);
	good = good && errno == 0 && factor > 0 && value <= UINT64_MAX / factor;
	if (!good)
		reader_fault(
		    r, node, "C004", hint, "\"%s\" is no number here", text);
	else if (value * factor < key->min || value * factor > key->max)
		reader_fault(r, node, "C004", reader_range_hint(key->kind),
		    "%s is not between %llu and %llu", text,
		    (unsigned long long)key->min, (unsigned long long)key->max);
	free(text);
	return good ? value * factor : 0;
}

uint64_t reader_count(
    struct reader *r, const struct yaml_node *node, uint64_t min, uint64_t max)
{
	struct table_key key = {.kind = TABLE_COUNT, .min = min, .max = max};
	return reader_number(r, node, &key);
}

static int reader_word(
    struct reader *r, const struct yaml_node *node, const char *const *words)
{
	char *text = reader_text(r, node);
	struct buf hint = {0};
	int index = -1;
	buf_adds(&hint, "one of");
	for (int i = 0; words[i] != NULL; i++) {
		buf_printf(&hint, "%s %s", i == 0 ? "" : ",", words[i]);
		if (strcmp(words[i], text) == 0)
			index = i;
	}
	if (index < 0) {
		const char *near = yaml_nearest(text, words);
		if (near != NULL)
			buf_printf(&hint, "; did you mean %s?", near);
		reader_fault(r, node, "C005", hint.data,
		    "\"%s\" is not known here", text);
	}
	buf_clear(&hint);
	free(text);
	return index < 0 ? 0 : index;
}

static bool reader_bool(struct reader *r, const struct yaml_node *node)
{
	static const char *const words[] = {"no", "yes", "false", "true", NULL};
	return reader_word(r, node, words) % 2 == 1;
}

static void reader_check_file(
    struct reader *r, const struct yaml_node *node, const char *path)
{
	if (access(path, R_OK) < 0)
		reader_fault(r, node, "C009",
		    "paths are relative to the configuration file",
		    "cannot read %s: %s", path, strerror(errno));
}

static void reader_value(struct reader *r, const struct yaml_node *node,
    const struct table_key *key, char *at)
{
	switch (key->kind) {
	case TABLE_TEXT:
		*(char **)(void *)at = reader_text(r, node);
		break;
	case TABLE_PATH:
		*(char **)(void *)at = reader_path(r, node);
		break;
	case TABLE_FILE:
		*(char **)(void *)at = reader_path(r, node);
		reader_check_file(r, node, *(char **)(void *)at);
		break;
	case TABLE_COUNT:
	case TABLE_BYTES:
	case TABLE_MS:
		*(uint64_t *)(void *)at = reader_number(r, node, key);
		break;
	case TABLE_BOOL:
		*(bool *)(void *)at = reader_bool(r, node);
		break;
	case TABLE_WORD:
		*(int *)(void *)at = reader_word(r, node, key->words);
		break;
	case TABLE_MAP:
	case TABLE_OTHER:
		break;
	}
}

/* The keys allowed under prefix, into names and, NULL-terminated, list. */
static void reader_allowed(
    const char *prefix, char names[][64], const char **list)
{
	size_t n = 0;
	for (size_t i = 0; i < table_n_keys && n < READER_MAX_KEYS; i++)
		if (table_name(&table_keys[i], prefix, names[n]) != NULL) {
			list[n] = names[n];
			n++;
		}
	list[n] = NULL;
}

static void reader_check_keys(
    struct reader *r, const struct yaml_node *node, const char *prefix)
{
	char names[READER_MAX_KEYS][64];
	const char *allowed[READER_MAX_KEYS + 1];
	reader_allowed(prefix, names, allowed);
	char *where = prefix[0] == '\0' ? mem_strdup("at the top")
					: mem_printf("under %s", prefix);
	r->faults +=
	    yaml_check_keys(r->doc, node, allowed, where, r->diag, r->arg);
	free(where);
}

static void reader_absent(struct reader *r, const struct yaml_node *map,
    const struct table_key *key, char *at)
{
	if (key->required && map != NULL)
		reader_fault(
		    r, map, "C002", key->help, "%s is missing", key->path);
	if (key->fallback == NULL || key->kind == TABLE_OTHER)
		return;
	/* A default is read the way a value is. */
	struct yaml_node node = {.kind = YAML_TEXT,
	    .text = key->fallback,
	    .len = strlen(key->fallback)};
	reader_value(r, &node, key, at);
}

void reader_map(struct reader *r, const struct yaml_node *node,
    const char *prefix, void *base)
{
	if (node != NULL && !reader_expect(r, node, YAML_MAP, "a map of keys"))
		node = NULL;
	if (node != NULL)
		reader_check_keys(r, node, prefix);
	for (size_t i = 0; i < table_n_keys; i++) {
		const struct table_key *key = &table_keys[i];
		char name[64];
		if (table_name(key, prefix, name) == NULL)
			continue;
		const struct yaml_node *value = yaml_get(node, name);
		char *at = (char *)base + key->offset;
		/* Depth is that of the table, not of the file. */
		if (key->kind == TABLE_MAP)
			reader_map(r, value, key->path, base);
		else if (value == NULL)
			reader_absent(r, node, key, at);
		else
			reader_value(r, value, key, at);
	}
}
