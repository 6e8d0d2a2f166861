/*
 * address - an IP address and port, as numbers and as text.
 */
#ifndef HANDRAIL_PROXY_NET_ADDRESS_H
#define HANDRAIL_PROXY_NET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_BYTES 72 /* "[" IPv6 with scope "]:65535" and a NUL */

struct address {
	struct sockaddr_storage sa;
	socklen_t len; /* 0: no address */
};

/* "127.0.0.1:8443", "[::1]:0". No names. 0, or -1 when it is nothing such. */
int address_parse(struct address *, const char *text)
    __attribute__((warn_unused_result));
/* As address_parse reads it; "?" when there is no address. */
void address_format(const struct address *, char out[ADDRESS_TEXT_BYTES]);
/* Without the port and without brackets: "127.0.0.1", "::1". */
void address_format_host(const struct address *, char out[ADDRESS_TEXT_BYTES]);
uint16_t address_port(const struct address *);
bool address_is_loopback(const struct address *);

#endif
