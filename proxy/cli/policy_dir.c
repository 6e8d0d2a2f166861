/* policy_dir - see policy_dir.h. */
#include "proxy/cli/policy_dir.h"

#include "proxy/base/file.h"
#include "proxy/base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE_BYTES (16u << 20)
#define MAX_FILES 4096u
#define MAX_DEPTH 4u /* folders below packs and lists */
#define MAX_ZONE_BYTES (64u << 10)
#define ZONEINFO "/usr/share/zoneinfo"

struct files {
	struct guard_file *items;
	size_t n;
};

struct zone {
	struct zone *next;
	char *name;
	struct buf bytes;
};

struct policy_dir {
	char *path;
	char *shipped_path; /* NULL: nothing is shipped */
	struct files own, shipped;
	struct zone *zones;
	struct guard_source source;
};

static void report(diag_fn *diag, void *arg, const char *file, const char *why)
{
	diag(&(struct diag){.level = DIAG_ERROR,
		 .code = "P001",
		 .file = file,
		 .message = why},
	    arg);
}

static void add(struct files *f, const char *name, struct buf *bytes)
{
	f->items = mem_realloc_array(f->items, f->n + 1, sizeof(*f->items));
	size_t len = bytes->len;
	f->items[f->n++] =
	    (struct guard_file){mem_strdup(name), buf_steal(bytes), len};
}

static bool read_one(struct files *f, const char *dir, const char *name,
    diag_fn *diag, void *arg)
{
	struct buf bytes = {0};
	struct stat st;
	char *path = file_join(dir, name);
	/* A pipe would be waited for, a device might never end. */
	bool other = stat(path, &st) == 0 && !S_ISREG(st.st_mode);
	int err = other ? -EINVAL : file_read(path, &bytes, MAX_FILE_BYTES);
	if (other) {
		report(diag, arg, path, "is not an ordinary file");
	} else if (err == 0) {
		add(f, name, &bytes);
	} else {
		char *why = err == -EFBIG
		    ? mem_printf("is larger than %u bytes: split it into "
				 "several files",
			  MAX_FILE_BYTES)
		    : mem_printf("cannot be read: %s", strerror(-err));
		report(diag, arg, path, why);
		free(why);
		buf_clear(&bytes);
	}
	free(path);
	return err == 0;
}

static int is_shown(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static bool is_of_a_policy(const char *name)
{
	static const char *const endings[] = {".yaml", ".yml", ".topic"};
	size_t n = strlen(name);
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		size_t end = strlen(endings[i]);
		if (n > end && strcmp(name + n - end, endings[i]) == 0)
			return true;
	}
	return false;
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* How a folder is read. */
struct reading {
	struct files *into;
	const char *dir;
	diag_fn *diag;
	void *arg;
	unsigned depth; /* folders that may still be entered */
};

static bool read_folder(const struct reading *, const char *sub);

static bool read_entry(const struct reading *r, const char *name)
{
	char *path = file_join(r->dir, name);
	bool folder = is_folder(path);
	free(path);
	if (folder) {
		struct reading below = *r;
		below.depth--;
		return !r->depth || read_folder(&below, name);
	}
	if (!is_of_a_policy(name))
		return true;
	if (r->into->n >= MAX_FILES) {
		report(r->diag, r->arg, r->dir, "holds too many files");
		return false;
	}
	return read_one(r->into, r->dir, name, r->diag, r->arg);
}

/* Every YAML file and learned topic of a subfolder and of those in it, in byte
 * order of the names. One that is not there has none. */
static bool read_folder(const struct reading *r, const char *sub)
{
	char *path = file_join(r->dir, sub);
	struct dirent **names = NULL;
	int n = scandir(path, &names, is_shown, NULL);
	bool good = n >= 0 || errno == ENOENT;
	if (!good)
		report(r->diag, r->arg, path, strerror(errno));
	free(path);
	for (int i = 0; i < n; i++) {
		char *name = mem_printf("%s/%s", sub, names[i]->d_name);
		good = read_entry(r, name) && good;
		free(name);
		free(names[i]);
	}
	free(names);
	return good;
}

static int by_path(const void *a, const void *b)
{
	const struct guard_file *x = a;
	const struct guard_file *y = b;
	return strcmp(x->path, y->path);
}

/* Without "..", and from where we stand if it is below: a path a person reads.
 * Takes ownership of path. */
static char *shorten(char *path)
{
	char *whole = realpath(path, NULL);
	char *here = realpath(".", NULL);
	size_t n = here ? strlen(here) : 0;
	bool below =
	    whole && n > 1 && strncmp(whole, here, n) == 0 && whole[n] == '/';
	char *shorter = below ? mem_strdup(whole + n + 1)
	    : whole           ? mem_strdup(whole)
			      : mem_strdup(path);
	free(whole);
	free(here);
	free(path);
	return shorter;
}

/* Where the shipped packs are; NULL: nowhere. For free(). */
static char *find_shipped(const char *given)
{
	static const char *const beside[] = {
	    "../share/handrail/policies", "../../policies", "../policies"};
	const char *share = getenv("HANDRAIL_SHARE");
	char self[4096];
	if (given)
		return mem_strdup(given);
	if (share && *share)
		return mem_strdup(share);
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n > 0) {
		self[n] = '\0';
		char *dir = file_dir(self);
		for (size_t i = 0; i < 3; i++) {
			char *path = file_join(dir, beside[i]);
			if (is_folder(path)) {
				free(dir);
				return shorten(path);
			}
			free(path);
		}
		free(dir);
	}
	return is_folder(HANDRAIL_SOURCE "/policies")
	    ? shorten(mem_strdup(HANDRAIL_SOURCE "/policies"))
	    : NULL;
}

static bool read_shipped(
    struct policy_dir *p, const char *given, diag_fn *diag, void *arg)
{
	p->shipped_path = find_shipped(given);
	const struct reading r = {
	    &p->shipped, p->shipped_path, diag, arg, MAX_DEPTH};
	return !r.dir || (read_folder(&r, "lists") && read_folder(&r, "packs"));
}

struct policy_dir *policy_dir_open(
    const char *dir, const char *shipped, diag_fn *diag, void *arg)
{
	struct policy_dir *p = mem_zero(sizeof(*p));
	p->path = mem_strdup(dir);
	const struct reading r = {&p->own, dir, diag, arg, MAX_DEPTH};
	bool good = is_folder(dir);
	if (!good)
		report(diag, arg, dir,
		    "is not a folder. A policy is a folder with policy.yaml");
	good = good && read_one(&p->own, dir, "policy.yaml", diag, arg) &&
	    read_folder(&r, "lists") && read_folder(&r, "packs") &&
	    read_folder(&r, "tests") && read_shipped(p, shipped, diag, arg);
	if (!good) {
		policy_dir_close(p);
		return NULL;
	}
	if (p->own.n)
		qsort(p->own.items, p->own.n, sizeof(*p->own.items), by_path);
	return p;
}

static void files_clear(struct files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free((char *)f->items[i].path);
		free((char *)f->items[i].bytes);
	}
	free(f->items);
}

void policy_dir_close(struct policy_dir *p)
{
	if (!p)
		return;
	files_clear(&p->own);
	files_clear(&p->shipped);
	while (p->zones) {
		struct zone *z = p->zones;
		p->zones = z->next;
		buf_clear(&z->bytes);
		free(z->name);
		free(z);
	}
	free(p->path);
	free(p->shipped_path);
	free(p);
}

/* "America/New_York", never a way out of the folder. */
static bool is_zone_name(const char *name)
{
	return *name && *name != '/' && !strstr(name, "..") &&
	    strspn(name,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789/_+-") == strlen(name);
}

static const unsigned char *find_zone(void *arg, const char *name, size_t *len)
{
	struct policy_dir *p = arg;
	struct zone *z = p->zones;
	while (z && strcmp(z->name, name) != 0)
		z = z->next;
	if (!z) {
		struct buf bytes = {0};
		char *path =
		    is_zone_name(name) ? file_join(ZONEINFO, name) : NULL;
		int err =
		    path ? file_read(path, &bytes, MAX_ZONE_BYTES) : -EINVAL;
		free(path);
		if (err != 0)
			return NULL;
		z = mem_zero(sizeof(*z));
		z->name = mem_strdup(name);
		z->bytes = bytes;
		z->next = p->zones;
		p->zones = z;
	}
	*len = z->bytes.len;
	return (const unsigned char *)z->bytes.data;
}

const struct guard_source *policy_dir_source(
    struct policy_dir *p, const char *environment)
{
	p->source = (struct guard_source){
	    .own = p->own.items,
	    .n_own = p->own.n,
	    .shipped = p->shipped.items,
	    .n_shipped = p->shipped.n,
	    .environment = environment,
	    .zone = find_zone,
	    .zone_arg = p,
	};
	return &p->source;
}

static const struct guard_file *find(const struct files *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->items[i].path, name) == 0)
			return &f->items[i];
	return NULL;
}

const struct guard_file *policy_dir_file(
    const struct policy_dir *p, const char *name)
{
	const struct guard_file *own = find(&p->own, name);
	return own ? own : find(&p->shipped, name);
}

char *policy_dir_place(const struct policy_dir *p, const char *name)
{
	if (find(&p->own, name))
		return file_join(p->path, name);
	if (find(&p->shipped, name))
		return file_join(p->shipped_path, name);
	return mem_strdup(name);
}

/* Diagnostics on their way to somebody who does not know the folder. */
struct placed {
	const struct policy_dir *dir;
	diag_fn *diag;
	void *arg;
};

static void place(const struct diag *d, void *arg)
{
	const struct placed *to = arg;
	char *path = d->file ? policy_dir_place(to->dir, d->file) : NULL;
	struct diag placed = *d;
	placed.file = path;
	to->diag(&placed, to->arg);
	free(path);
}

struct guard_policy *policy_dir_load(const char *dir, const char *shipped,
    const char *environment, const struct guard_limits *limits, diag_fn *diag,
    void *arg)
{
	struct policy_dir *p = policy_dir_open(dir, shipped, diag, arg);
	struct guard_policy *policy = NULL;
	if (!p)
		return NULL;
	struct placed to = {p, diag, arg};
	if (guard_policy_load(&policy, policy_dir_source(p, environment),
		limits, place, &to) != GUARD_OK)
		policy = NULL;
	policy_dir_close(p);
	return policy;
}
