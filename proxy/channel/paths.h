/*
 * paths - all pointers of a variant as one machine. Private to this folder.
 *
 * The state of a node follows from the state of its parent and its own key or
 * place, so a node costs one look instead of one for each pointer.
 *
 * Keys are compared as the most lenient clients read them: without regard to
 * case (Go's and .NET's JSON readers do so). Whoever needs the exact spelling
 * is told.
 */
#ifndef HANDRAIL_CHANNEL_PATHS_H
#define HANDRAIL_CHANNEL_PATHS_H

#include "proxy/channel/pointer.h"

#define PATHS_NOWHERE 0 /* no pointer leads here or below */
#define PATHS_ROOT 1

/* What a node is, by the pointers that lead to it. */
enum paths_role {
	PATHS_TEXT,   /* item: which text rule */
	PATHS_MIRROR, /* item: which mirror rule */
	PATHS_IGNORE, /* item: which ignore rule */
	PATHS_MEDIA,
	PATHS_ERROR,
	PATHS_MESSAGE,
	PATHS_END_IF,
	PATHS_HOLD,
	PATHS_OTHERWISE,
};

struct paths_roles {
	uint16_t text, mirror, ignore; /* the first rule's number + 1; or 0 */
	bool media, error, message, end_if, hold, otherwise;
};

struct paths_edge {
	const char *key; /* borrowed from the pointer */
	size_t len;
	uint16_t to;
};

struct paths_hit { /* an end that a condition may still refuse */
	const struct pointer *ptr;
	bool in_message; /* begins at a message */
	enum paths_role role;
	uint16_t item;
};

struct paths_state {
	struct paths_edge *edges;
	size_t n_edges;
	uint16_t member;  /* a member of any other name */
	uint16_t element; /* an element of an array */
	struct paths_roles roles;
	struct paths_hit *maybe;
	size_t n_maybe;
};

struct paths {
	struct paths_state *states;
	size_t n_states;
};

/* A pointer and what stands there. before: the pointer it is relative to, or
 * NULL. All outlive the paths. */
struct paths_entry {
	const struct pointer *before, *ptr;
	enum paths_role role;
	uint16_t item;
};

/* 0, or -1: too many states. */
int paths_build(struct paths *, const struct paths_entry *, size_t n)
    __attribute__((warn_unused_result));
void paths_clear(struct paths *);

/* The state of node, whose parent's is given; *exact: its key is spelt as in a
 * pointer. */
uint16_t paths_step(const struct paths *, uint16_t parent,
    const struct json_doc *, uint32_t node, bool *exact);
/* Is that where the members go whose names no pointer has? */
bool paths_is_any(const struct paths *, uint16_t parent, uint16_t state);
/* Does another member of node's object lead to the same state under another
 * spelling? A client may take either, or both. */
bool paths_is_double(const struct paths *, uint16_t parent,
    const struct json_doc *, uint32_t node);
/* The member of that name, or JSON_NONE. False: it is there under another
 * spelling. */
bool paths_find_member(
    const struct json_doc *, uint32_t object, const char *name, uint32_t *out);
/* base: the node that relative pointers begin at; JSON_NONE: there is none. */
void paths_roles(const struct paths *, uint16_t state, const struct json_doc *,
    uint32_t base, uint32_t node, struct paths_roles *out);

#endif
