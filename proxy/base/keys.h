/*
 * keys - the secrets of this installation: the keys directory.
 *
 *   master.key     wraps the keys of conversations (the vault)
 *   pseudonym.key  names conversations in the audit log
 *
 * Each is 32 random bytes as 64 hexadecimal digits and a newline. The
 * directory is made on the first start, 0700, the files 0600; anything that
 * others could read or replace is refused. HANDRAIL_MASTER_KEY in the
 * environment (64 digits) stands for master.key, which is then not made. A
 * key that is gone while the other is there, or while what they protect is, is
 * not made anew: that would be lost without a word. While a first start makes
 * them there is a third file, first-start; where one was killed in the middle,
 * the next start finds it and makes what is missing, which protects nothing
 * yet.
 */
#ifndef HANDRAIL_PROXY_BASE_KEYS_H
#define HANDRAIL_PROXY_BASE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#define KEYS_BYTES 32
#define KEYS_MASTER_ENVIRONMENT "HANDRAIL_MASTER_KEY"

struct keys {
	unsigned char master[KEYS_BYTES];
	unsigned char pseudonym[KEYS_BYTES];
	bool created; /* at least one was made just now */
};

struct keys_options {
	const char *directory;
	bool must_exist;    /* do not make anything: for the command line */
	const char *master; /* HANDRAIL_MASTER_KEY's value, or NULL */
	const char *used;   /* path of what they protect and is there, or NULL:
			       this is a first start */
};

/* 0, or -1 and the reason, with what to do about it, in why. */
int keys_open(struct keys *out, const struct keys_options *, char *why,
    size_t why_size) __attribute__((warn_unused_result));
void keys_wipe(struct keys *);

#endif
