/* shared - finds the optional folder and reads its JSON-lines files. */
#include "tests/support/shared.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

struct shared_rows {
	FILE *file;
	char *line;
	size_t cap;
	unsigned n;
	json_t *row;
};

const char *shared_folder(void)
{
	static const char *const usual = "../shared";
	const char *named = getenv("HANDRAIL_SHARED");
	struct stat st;

	if (named == NULL || named[0] == '\0')
		named = usual;
	return stat(named, &st) == 0 && S_ISDIR(st.st_mode) ? named : NULL;
}

struct shared_rows *shared_open(const char *name)
{
	const char *folder = shared_folder();
	char path[PATH_MAX];
	struct shared_rows *rows;
	FILE *file;
	int n;

	if (folder == NULL)
		return NULL;
	n = snprintf(path, sizeof(path), "%s/data/%s", folder, name);
	assert(n > 0 && (size_t)n < sizeof(path));
	file = fopen(path, "re");
	if (file == NULL)
		return NULL;
	rows = calloc(1, sizeof(*rows));
	assert(rows != NULL);
	rows->file = file;
	return rows;
}

const json_t *shared_next(struct shared_rows *rows)
{
	json_error_t error;
	ssize_t n;

	json_decref(rows->row);
	rows->row = NULL;
	n = getline(&rows->line, &rows->cap, rows->file);
	if (n < 0)
		return NULL;
	rows->n++;
	rows->row = json_loadb(rows->line, (size_t)n, JSON_ALLOW_NUL, &error);
	if (!json_is_object(rows->row)) {
		fprintf(stderr, "shared: line %u is no JSON object: %s\n",
		    rows->n, error.text);
		abort();
	}
	return rows->row;
}

unsigned shared_line(const struct shared_rows *rows)
{
	return rows->n;
}

void shared_close(struct shared_rows *rows)
{
	if (rows == NULL)
		return;
	json_decref(rows->row);
	free(rows->line);
	fclose(rows->file);
	free(rows);
}

const char *shared_text(const json_t *row, const char *key, size_t *len)
{
	const json_t *value = json_object_get(row, key);
	const char *text = json_string_value(value);

	if (len != NULL)
		*len = json_string_length(value);
	return text != NULL ? text : "";
}

static int b64_value(char c)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : strchr(letters, c);

	return at == NULL ? -1 : (int)(at - letters);
}

char *shared_bytes(const json_t *row, const char *key, size_t *len)
{
	const json_t *value = json_object_get(row, key);
	const char *text = json_string_value(value);
	unsigned bits = 0;
	unsigned n_bits = 0;
	char *out;

	if (text == NULL)
		return NULL;
	out = malloc(json_string_length(value) + 1);
	assert(out != NULL);
	*len = 0;
	for (; b64_value(*text) >= 0; text++) {
		bits = bits << 6 | (unsigned)b64_value(*text);
		n_bits += 6;
		if (n_bits < 8)
			continue;
		n_bits -= 8;
		out[(*len)++] = (char)(bits >> n_bits & 0xff);
	}
	return out;
}
