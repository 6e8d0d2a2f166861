/*
 * link - links whose real host is not one of ours.
 *
 *   https://help.acme.example/x   www.acme.example   bit.ly/3xYz
 *   //host/x   user@host inside a URL   http://0x7f.1/   [text](//host)
 *   javascript: and data: (no host at all: outside any list)
 *   hxxp://evil[.]test   mailto:user@host
 *
 * Reads the plain view. The host compared is the one a browser would go to:
 * after the last @ before the path, percent-decoded, backslashes as slashes,
 * NFKC folded, with punycode labels decoded, without a final dot. A user in
 * front of the host of a link is outside whatever the host. A bare name counts
 * when it ends in a known top-level domain or is followed by a path.
 */
#ifndef HANDRAIL_RULES_LINK_H
#define HANDRAIL_RULES_LINK_H

#include "rules/match.h"
#include "rules/policy.h"
#include "rules/text.h"

#define LINK_MAX_BYTES 2048u /* of a link; what is longer is cut there */
#define LINK_MAX_HOST 256u   /* bytes of a host; longer is outside */

struct link_scan {
	size_t next; /* byte of the plain view not read yet */
	size_t calm; /* calm.h */
};

void link_scan_init(struct link_scan *);
/*
 * Add a match for every LINKS detector of the policy (of_kind) whose hosts do
 * not cover a link of the text; otherwise as match.h says. 0, or -1 when
 * memory runs out.
 */
int link_scan(struct link_scan *, const struct text *,
    const struct guard_policy *, struct matches *out, size_t *alive_from)
    __attribute__((warn_unused_result));

/* An entry of a list ("*." in front: all below it) as link_host_is_listed
 * compares it. False when it names no host. */
bool link_list_entry(const char *entry, char out[LINK_MAX_HOST + 2]);
/* Is a folded host covered by a NULL-terminated list of such entries? */
bool link_host_is_listed(const char *host, const char *const *hosts);

#endif
