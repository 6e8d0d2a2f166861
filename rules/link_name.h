/*
 * link_name - bare names, "evil.com", in a text: how far they go, and whether a
 * site has such. Private to link.c.
 */
#ifndef HANDRAIL_RULES_LINK_NAME_H
#define HANDRAIL_RULES_LINK_NAME_H

#include "rules/beside.h"

struct link_in {
	const char *s; /* the plain view from its beginning */
	size_t n;
	bool final; /* no more will come */
};

/* LINK_MORE: the bytes so far do not tell. A settled answer stays. */
enum link_answer { LINK_NO, LINK_YES, LINK_MORE };

#define LINK_MAX_LABEL 63u

/* A byte of a scheme, a host or what follows it, or beyond ASCII. */
static inline bool link_is_name(char c)
{
	return chars_are(c, CHARS_WORD | CHARS_JOIN);
}

/* Three full stops are in no name. */
bool link_name_is_dots(const struct link_in *, size_t i);
/* How far on from i a name goes: a character of it, or a dot however written;
 * a sign beyond ASCII only at the end of a label. 0: it ends. LINK_DOT_OPEN
 * (link_host.h): the text so far does not tell. */
size_t link_name_step(const struct link_in *, size_t i);
/* The name at start, without final dots; MORE while it may go on. */
enum link_answer link_name_read(
    const struct link_in *, size_t start, size_t *end);
/* Is the name start..*end one of a site? with_path: a path follows. *end may
 * move in front of what is only written against it: evil.com--it. */
bool link_name_is_site(
    const struct link_in *, size_t start, size_t *end, bool with_path);
/* Behind the letters of a script that is written against the name behind them,
 * if such is there. */
size_t link_name_skip_apart(const struct link_in *, size_t start, size_t end);

#endif
