/*
 * link_host - the host a browser would go to, written one way. Private to
 * link.c.
 */
#ifndef HANDRAIL_RULES_LINK_HOST_H
#define HANDRAIL_RULES_LINK_HOST_H

#include "rules/link.h"

/*
 * Length of a dot written so that nobody clicks on it, "[.]" "(.)" "{.}"
 * "[dot]" "(dot)", at the start of n bytes; 0: there is none, LINK_DOT_OPEN:
 * they end inside what may be one.
 */
#define LINK_DOT_OPEN SIZE_MAX
size_t link_host_bracketed_dot(const char *, size_t n);
static inline size_t link_host_dot(const char *s, size_t n)
{
	bool may = n > 0 && (s[0] == '[' || s[0] == '(' || s[0] == '{');
	return may ? link_host_bracketed_dot(s, n) : 0;
}
/* Such dots as dots; how many bytes were written, size at most. */
size_t link_host_refang(const char *, size_t n, char *out, size_t size);

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
