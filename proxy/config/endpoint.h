/*
 * endpoint - host:port, URLs of upstreams, networks: from text.
 *
 * Pure functions; nothing is looked up. On failure they return what is wrong
 * as a few words ("the port is missing"), on success NULL.
 */
#ifndef HANDRAIL_PROXY_CONFIG_ENDPOINT_H
#define HANDRAIL_PROXY_CONFIG_ENDPOINT_H

#include "proxy/config/config.h"

/* "127.0.0.1:8443", "[::1]:8443", "*:8443" (0.0.0.0), "name:0". */
const char *endpoint_parse(const char *text, struct config_address *out)
    __attribute__((warn_unused_result));
/* "https://host[:port][/path]" into tls, address and path, which ends in no
 * slash. */
const char *endpoint_parse_url(const char *text, struct config_upstream *out)
    __attribute__((warn_unused_result));
/* The same, for what is asked as it stands, with a query perhaps. */
const char *endpoint_parse_target(const char *text, struct config_upstream *out)
    __attribute__((warn_unused_result));
/* "10.0.0.0/8", "::1", "192.168.1.7". */
const char *endpoint_parse_network(const char *text, struct config_network *out)
    __attribute__((warn_unused_result));

#endif
