/*
 * address - see address.h. Numbers only: a name is looked up by resolve.c.
 */
#include "proxy/net/address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* "host" "port" of text into the two; -1 when it is not of that shape. */
static int split(const char *text, char host[64], const char **port)
{
	bool bracket = *text == '[';
	const char *start = text + bracket;
	const char *end = strchr(start, bracket ? ']' : ':');
	if (!end || end == start || (size_t)(end - start) >= 64)
		return -1;
	if (bracket != (memchr(start, ':', (size_t)(end - start)) != NULL))
		return -1;
	*port = end + bracket + 1;
	if (end[bracket] != ':')
		return -1;
	memcpy(host, start, (size_t)(end - start));
	host[end - start] = '\0';
	return 0;
}

static int read_port(const char *text)
{
	size_t n = strlen(text);
	int port = 0;
	if (n == 0 || n > 5 || strspn(text, "0123456789") != n)
		return -1;
	for (const char *p = text; *p; p++)
		port = port * 10 + (*p - '0');
	return port <= 65535 ? port : -1;
}

int address_parse(struct address *out, const char *text)
{
	char host[64];
	const char *port;
	if (split(text, host, &port) || read_port(port) < 0)
		return -1;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
	struct addrinfo *found;
	if (getaddrinfo(host, port, &hints, &found))
		return -1;
	*out = (struct address){.len = found->ai_addrlen};
	memcpy(&out->sa, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return 0;
}

void address_format_host(const struct address *a, char out[ADDRESS_TEXT_BYTES])
{
	if (a->len == 0 ||
	    getnameinfo((const struct sockaddr *)&a->sa, a->len, out,
		ADDRESS_TEXT_BYTES, NULL, 0, NI_NUMERICHOST))
		snprintf(out, ADDRESS_TEXT_BYTES, "?");
}

void address_format(const struct address *a, char out[ADDRESS_TEXT_BYTES])
{
	char host[ADDRESS_TEXT_BYTES];
	address_format_host(a, host);
	if (strcmp(host, "?") == 0)
		snprintf(out, ADDRESS_TEXT_BYTES, "?");
	else if (strchr(host, ':'))
		snprintf(out, ADDRESS_TEXT_BYTES, "[%.60s]:%u", host,
		    (unsigned)address_port(a));
	else
		snprintf(out, ADDRESS_TEXT_BYTES, "%.60s:%u", host,
		    (unsigned)address_port(a));
}

uint16_t address_port(const struct address *a)
{
	if (a->sa.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&a->sa)->sin_port);
	if (a->sa.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&a->sa)->sin6_port);
	return 0;
}

bool address_is_loopback(const struct address *a)
{
	if (a->sa.ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)&a->sa;
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	}
	if (a->sa.ss_family != AF_INET6)
		return false;
	const struct sockaddr_in6 *in6 = (const void *)&a->sa;
	return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}
