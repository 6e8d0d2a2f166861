/*
 * main - runs a fuzz target over files, with any compiler.
 *
 *   fuzz_NAME FOLDER-OR-FILE...
 *
 * libFuzzer brings a main of its own; this one replays what it has found, as
 * an ordinary test. A folder named repro/... may be missing (no crash was ever
 * found); any other argument that is missing or holds no file is an error, so
 * a lost corpus cannot pass for a good one.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_FILE_BYTES (16 * 1024 * 1024)

/* 0, or -1 after saying what is wrong. */
static int replay_file(const char *path, size_t size)
{
	FILE *file = fopen(path, "re");
	uint8_t *data;
	size_t n;

	if (file == NULL || size > MAX_FILE_BYTES) {
		fprintf(stderr, "%s: cannot be read or is too large\n", path);
		if (file != NULL)
			fclose(file);
		return -1;
	}
	/* Exactly its size, so that the sanitizer sees a read past it. */
	data = malloc(size);
	n = size > 0 && data != NULL ? fread(data, 1, size, file) : 0;
	fclose(file);
	if (n != size) {
		fprintf(stderr, "%s: short read\n", path);
		free(data);
		return -1;
	}
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

static int replay_folder(const char *path, size_t *files)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int result = 0;

	if (folder == NULL) {
		perror(path);
		return -1;
	}
	while (result == 0 && (entry = readdir(folder)) != NULL) {
		char *name = NULL;
		struct stat st;

		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&name, "%s/%s", path, entry->d_name) < 0)
			abort();
		if (stat(name, &st) == 0 && S_ISREG(st.st_mode)) {
			result = replay_file(name, (size_t)st.st_size);
			(*files)++;
		}
		free(name);
	}
	closedir(folder);
	return result;
}

static bool may_be_missing(const char *path)
{
	return strncmp(path, "repro/", 6) == 0 || strstr(path, "/repro/");
}

static int replay(const char *path, size_t *total)
{
	struct stat st;
	size_t files = 0;

	if (stat(path, &st) != 0) {
		if (may_be_missing(path))
			return 0;
		perror(path);
		return -1;
	}
	if (!S_ISDIR(st.st_mode)) {
		(*total)++;
		return replay_file(path, (size_t)st.st_size);
	}
	if (replay_folder(path, &files) != 0)
		return -1;
	if (files == 0 && !may_be_missing(path)) {
		fprintf(stderr, "%s: holds no file to replay\n", path);
		return -1;
	}
	*total += files;
	return 0;
}

int main(int argc, char **argv)
{
	size_t total = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: %s FOLDER-OR-FILE...\n", argv[0]);
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		if (replay(argv[i], &total) != 0)
			return 1;
	}
	printf("%zu inputs replayed\n", total);
	return 0;
}
