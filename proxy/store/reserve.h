/*
 * reserve - disk space kept back for what must not be lost. A file beside the
 * database; when the disk is full it is given up, step by step, so that a lock
 * or a handoff still finds room. One thread at a time.
 */
#ifndef HANDRAIL_PROXY_STORE_RESERVE_H
#define HANDRAIL_PROXY_STORE_RESERVE_H

#include <stdbool.h>
#include <stddef.h>

struct reserve {
	char *path;    /* NULL: there is none */
	size_t bytes;  /* that are wanted */
	bool kept;     /* all of it */
	size_t held;   /* bytes that are there */
	size_t given;  /* bytes, since the disk is full */
	bool borrowed; /* another process keeps it */
};

/* The space is beside_path + "-reserve"; 0 bytes: none is kept. Takes at most a
 * quarter of what is free, so that small disks stay of use. */
void reserve_open(struct reserve *, const char *beside_path, size_t bytes);
/* For a program beside the one that keeps it: gives it up too, never takes it
 * again. */
void reserve_borrow(struct reserve *, const char *beside_path);
/* Gives a step of it up; false: there was none to give. */
bool reserve_release(struct reserve *);
/* Takes it again if there is room, for twice what was given up (here or by a
 * program beside): that is in use. Whether it is kept (or never was wanted).
 */
bool reserve_keep(struct reserve *);
void reserve_close(struct reserve *);

#endif
