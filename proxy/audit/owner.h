/*
 * owner - the file `lock` beside the log: which process writes it, since which
 * start of the machine, and what it could not record so far.
 *
 *   PID BOOT-ID LOST FROM-US      (and spaces: it never grows)
 *
 * It is overwritten in place, which takes no room on a full disk, so a process
 * that is killed leaves behind that records are missing.
 */
#ifndef HANDRAIL_PROXY_AUDIT_OWNER_H
#define HANDRAIL_PROXY_AUDIT_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OWNER_BOOT_BYTES 64

struct owner {
	int fd; /* -1: none */
	char *path;
	char boot[OWNER_BOOT_BYTES];
};

struct owner_last {           /* what the last one left */
	bool power_lost;      /* the machine has been started since */
	uint64_t lost;        /* records it could not write, ... */
	int64_t lost_from_us; /* ... from then on */
};

void owner_init(struct owner *);
/* Take the file in root, which has to be there. 0, or -1 and the reason in
 * why; last may be NULL. */
int owner_take(struct owner *, const char *root, struct owner_last *last,
    char *why, size_t why_size) __attribute__((warn_unused_result));
/* Is it still the file of that name? */
bool owner_is_in_place(const struct owner *);
/* Say what is not recorded; best effort, not synced. */
void owner_note(const struct owner *, uint64_t lost, int64_t from_us);
void owner_drop(struct owner *); /* the file stays */

#endif
