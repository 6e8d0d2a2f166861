/*
 * link_host - the host a browser would go to, written one way. Private to
 * link.c.
 */
#ifndef HANDRAIL_RULES_LINK_HOST_H
#define HANDRAIL_RULES_LINK_HOST_H

#include "rules/link.h"

/*
 * The host in an authority ("user@Host:80", percent-encoded, internationalised
 * either way) as folded UTF-8 without port and final dot, NUL-terminated.
 * False when there is none or it is too long.
 */
bool link_host_fold(const char *authority, size_t len, char out[LINK_MAX_HOST]);

/* Is the last label of a host one that sites are under? with_path: something
 * follows that makes it a link, so that "done.it" is no link but "bit.ly/x"
 * is. */
bool link_host_has_tld(const char *host, size_t len, bool with_path);

#endif
