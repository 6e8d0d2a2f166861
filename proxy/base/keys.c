/*
 * keys - see keys.h.
 *
 * Refuses a directory or file that somebody else could read or replace, a key
 * of another shape, and to make one key where the other is already in use. A
 * new key is on disk, whole, before it is used: written under another name,
 * then linked, so that two first starts agree on one.
 */
#include "proxy/base/keys.h"

#include "proxy/base/file.h"
#include "proxy/base/hash.h"
#include "proxy/base/hex.h"
#include "proxy/base/id.h"
#include "proxy/base/mem.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYS_DIGITS (2 * KEYS_BYTES)

static int keys_check_mode(
    const char *path, bool directory, char *why, size_t size)
{
	struct stat st;
	if (stat(path, &st) < 0) {
		int err = -errno;
		snprintf(why, size, "cannot read %s: %s", path, strerror(-err));
		return err;
	}
	if (directory != S_ISDIR(st.st_mode)) {
		snprintf(why, size, "%s is not a %s", path,
		    directory ? "directory" : "file");
		return -ENOTDIR;
	}
	if (st.st_uid != geteuid() && st.st_uid != 0) {
		snprintf(why, size,
		    "%s belongs to user %u, who could replace the keys; make "
		    "it yours: chown %u %s",
		    path, (unsigned)st.st_uid, (unsigned)geteuid(), path);
		return -EPERM;
	}
	if ((st.st_mode & 077) != 0) {
		snprintf(why, size,
		    "others may use %s (mode %04o); take that away: chmod "
		    "%04o %s",
		    path, (unsigned)(st.st_mode & 07777),
		    directory ? 0700u : 0600u, path);
		return -EPERM;
	}
	return 0;
}

static int keys_decode(
    unsigned char out[KEYS_BYTES], const char *text, size_t len)
{
	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		len--;
	return len == KEYS_DIGITS ? hex_decode(out, text, len) : -1;
}

static int keys_read(
    unsigned char out[KEYS_BYTES], const char *path, char *why, size_t size)
{
	struct buf b = {0};
	int err = keys_check_mode(path, false, why, size);
	if (err < 0)
		return err;
	err = file_read(path, &b, 4096);
	if (err < 0) {
		snprintf(why, size, "cannot read %s: %s", path, strerror(-err));
	} else if (b.len == 0 || keys_decode(out, b.data, b.len) < 0) {
		snprintf(why, size,
		    "%s does not hold a key (%d hexadecimal digits); put back "
		    "the one that was there",
		    path, KEYS_DIGITS);
		err = -EINVAL;
	}
	if (b.data != NULL)
		OPENSSL_cleanse(b.data, b.len);
	buf_clear(&b);
	return err;
}

/* Make the key unless another start has just made it. */
static int keys_make(const char *path, char *why, size_t size)
{
	unsigned char key[KEYS_BYTES];
	char text[KEYS_DIGITS + 2], id[ID_BYTES];
	id_random(key, sizeof(key));
	hex_encode(text, key, sizeof(key));
	text[KEYS_DIGITS] = '\n';
	id_new(id);
	char *temp = mem_printf("%s.%.8s.new", path, id);
	int err = file_write_atomic(temp, text, KEYS_DIGITS + 1, 0600);
	if (err == 0 && link(temp, path) < 0 && errno != EEXIST)
		err = -errno;
	unlink(temp);
	if (err == 0) {
		char *dir = file_dir(path);
		err = file_sync_dir(dir);
		free(dir);
	}
	if (err < 0)
		snprintf(why, size, "cannot make %s: %s", path, strerror(-err));
	OPENSSL_cleanse(key, sizeof(key));
	OPENSSL_cleanse(text, sizeof(text));
	free(temp);
	return err;
}

struct keys_paths {
	char *master, *pseudonym;
	char *first; /* is there while they are made */
};

/* From here to keys_made a start that is killed was the first. */
static int keys_begin(const struct keys_paths *paths, char *why, size_t size)
{
	int err = file_write_atomic(paths->first, "", 0, 0600);
	if (err < 0)
		snprintf(why, size, "cannot make %s: %s", paths->first,
		    strerror(-err));
	return err;
}

static int keys_made(const struct keys_paths *paths, char *why, size_t size)
{
	/* Where it is not, the directory may well be read-only. */
	if (access(paths->first, F_OK) != 0 || unlink(paths->first) == 0)
		return 0;
	snprintf(
	    why, size, "cannot remove %s: %s", paths->first, strerror(errno));
	return -1;
}

/* Which of the two are to be made; -1 when that would lose something. */
static int keys_plan(const struct keys_options *o,
    const struct keys_paths *paths, char *why, size_t size)
{
	bool master = o->master != NULL || access(paths->master, F_OK) == 0;
	bool pseudonym = access(paths->pseudonym, F_OK) == 0;
	if (master && pseudonym)
		return 0;
	const char *gone = master ? paths->pseudonym : paths->master;
	const char *there = o->used ? o->used
	    : master                ? paths->master
				    : paths->pseudonym;
	if (o->must_exist) {
		snprintf(why, size,
		    "%s is not there; the first `handrail run` makes it", gone);
		return -1;
	}
	if (access(paths->first, F_OK) == 0)
		return 1; /* it was killed between the two */
	/* With the master key from outside, a first start has neither. */
	bool one = master != pseudonym && !(o->master != NULL && !pseudonym);
	if (one || o->used != NULL) {
		snprintf(why, size,
		    "%s is gone while %s is there; put it back from your "
		    "copy: a new one would not fit what the old one closed or "
		    "named",
		    gone, there);
		return -1;
	}
	return 1;
}

static int keys_make_all(const struct keys_options *o,
    const struct keys_paths *paths, char *why, size_t size)
{
	int err = keys_begin(paths, why, size);
	if (err == 0 && o->master == NULL)
		err = keys_make(paths->master, why, size);
	return err < 0 ? err : keys_make(paths->pseudonym, why, size);
}

static int keys_fill(struct keys *out, const struct keys_options *o,
    const struct keys_paths *paths, char *why, size_t size)
{
	int plan = keys_plan(o, paths, why, size);
	if (plan < 0)
		return -1;
	out->created = plan > 0;
	if (plan > 0 && keys_make_all(o, paths, why, size) < 0)
		return -1;
	if (!o->must_exist && keys_made(paths, why, size) < 0)
		return -1;
	if (keys_read(out->pseudonym, paths->pseudonym, why, size) < 0)
		return -1;
	if (o->master == NULL)
		return keys_read(out->master, paths->master, why, size);
	if (keys_decode(out->master, o->master, strlen(o->master)) == 0)
		return 0;
	snprintf(why, size, "%s must be %d hexadecimal digits",
	    KEYS_MASTER_ENVIRONMENT, KEYS_DIGITS);
	return -1;
}

int keys_open(
    struct keys *out, const struct keys_options *o, char *why, size_t size)
{
	*out = (struct keys){.created = false};
	int err = o->must_exist ? 0 : file_mkdirs(o->directory, 0700);
	if (err < 0) {
		snprintf(why, size, "cannot make %s: %s", o->directory,
		    strerror(-err));
		return -1;
	}
	if (keys_check_mode(o->directory, true, why, size) < 0)
		return -1;
	struct keys_paths paths = {
	    .master = file_join(o->directory, "master.key"),
	    .pseudonym = file_join(o->directory, "pseudonym.key"),
	    .first = file_join(o->directory, "first-start")};
	err = keys_fill(out, o, &paths, why, size);
	free(paths.master);
	free(paths.pseudonym);
	free(paths.first);
	if (err < 0)
		keys_wipe(out);
	return err < 0 ? -1 : 0;
}

void keys_wipe(struct keys *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}
