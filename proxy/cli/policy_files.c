/* policy_files - see policy_files.h. */
#include "proxy/cli/policy_files.h"

#include "proxy/base/file.h"
#include "proxy/base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_DEPTH 16u

/* Folders still to be read, the last first. */
struct folder {
	char *path;
	unsigned depth;
	bool of_policy; /* itself or one above it is packs, lists or tests */
};

struct walk {
	struct policy_files *files;
	struct folder *folders;
	size_t n;
};

static bool is_one_of(const char *name, const char *const *names)
{
	while (*names && strcmp(name, *names) != 0)
		names++;
	return *names != NULL;
}

static bool is_policy_folder(const char *name)
{
	const char *const names[] = {"packs", "lists", "tests", NULL};
	return is_one_of(name, names);
}

static bool is_yaml(const char *name)
{
	const char *dot = strrchr(name, '.');
	const char *const endings[] = {".yaml", ".yml", NULL};
	return dot && dot > name && is_one_of(dot, endings);
}

static bool is_policy_file(const char *name)
{
	const char *const names[] = {"policy.yaml", "gates.yaml", NULL};
	return is_one_of(name, names);
}

/* Takes ownership of path. */
static void add_file(struct policy_files *f, char *path)
{
	f->paths = mem_realloc_array(f->paths, f->n + 1, sizeof(*f->paths));
	f->paths[f->n++] = path;
}

static void push(struct walk *w, const struct folder *f)
{
	w->folders =
	    mem_realloc_array(w->folders, w->n + 1, sizeof(*w->folders));
	w->folders[w->n++] = *f;
}

/* Takes ownership of path. */
static void take_entry(
    struct walk *w, const struct folder *in, const char *name, char *path)
{
	struct stat st;
	if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		const struct folder below = {path, in->depth + 1,
		    in->of_policy || is_policy_folder(name)};
		if (below.depth < MAX_DEPTH)
			push(w, &below);
		else
			free(path);
	} else if (in->of_policy ? is_yaml(name) : is_policy_file(name)) {
		add_file(w->files, path);
	} else {
		free(path);
	}
}

static int is_shown(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static int read_folder(struct walk *w, const struct folder *f)
{
	struct dirent **names = NULL;
	int n = scandir(f->path, &names, is_shown, NULL);
	if (n < 0) {
		int err = errno;
		fprintf(
		    stderr, "%s: cannot be read: %s\n", f->path, strerror(err));
		return -err;
	}
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		char *path = strcmp(f->path, ".") == 0
		    ? mem_strdup(name)
		    : file_join(f->path, name);
		take_entry(w, f, name, path);
		free(names[i]);
	}
	free(names);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The last part of a path, for free(): "packs" of "policies/packs/". */
static char *last_name(const char *path)
{
	size_t end = strlen(path);
	while (end > 1 && path[end - 1] == '/')
		end--;
	size_t start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	return mem_strndup(path + start, end - start);
}

int policy_files_add(struct policy_files *files, const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
		add_file(files, mem_strdup(path));
		return 0;
	}
	char *name = last_name(path);
	const struct folder top = {mem_strdup(path), 0, is_policy_folder(name)};
	struct walk w = {.files = files};
	size_t before = files->n;
	int err = 0;
	free(name);
	push(&w, &top);
	while (w.n) {
		struct folder f = w.folders[--w.n];
		int rc = read_folder(&w, &f);
		err = err ? err : rc;
		free(f.path);
	}
	free(w.folders);
	if (files->n > before)
		qsort(files->paths + before, files->n - before,
		    sizeof(*files->paths), by_name);
	return err;
}

void policy_files_clear(struct policy_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->paths[i]);
	free(f->paths);
	*f = (struct policy_files){0};
}
