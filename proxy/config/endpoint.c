/*
 * endpoint - see endpoint.h. Refuses what another reader could take otherwise:
 * user names in URLs, ports over 65535, bits outside a network's mask.
 */
#include "proxy/config/endpoint.h"

#include "proxy/base/mem.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ENDPOINT_MAX_HOST_BYTES 253

/* All of text is a port: its number, or -1. */
static int endpoint_port(const char *text)
{
	int port = 0;
	if (text[0] == '\0' || strlen(text) > 5)
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		port = port * 10 + (*text - '0');
	}
	return port <= 65535 ? port : -1;
}

static bool endpoint_is_host(const char *host, size_t len, bool v6)
{
	static const char v6_letters[] = "0123456789abcdefABCDEF:.";
	static const char letters[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
	const char *allowed = v6 ? v6_letters : letters;
	return len > 0 && len <= ENDPOINT_MAX_HOST_BYTES &&
	    strspn(host, allowed) >= len;
}

/* Host and, after a colon, port. fallback -1: the port must be there. */
static const char *endpoint_split(
    const char *text, size_t len, int fallback, struct config_address *out)
{
	const char *host = text, *after;
	size_t host_len;
	bool v6 = len > 0 && text[0] == '[';
	if (v6) {
		const char *close = memchr(text, ']', len);
		if (close == NULL)
			return "the ] is missing";
		host = text + 1;
		host_len = (size_t)(close - host);
		after = close + 1;
	} else {
		const char *colon = memchr(text, ':', len);
		after = colon != NULL ? colon : text + len;
		host_len = (size_t)(after - text);
	}
	bool any = host_len == 1 && host[0] == '*';
	if (!any && !endpoint_is_host(host, host_len, v6))
		return "the host is missing or no host name";
	int port = fallback;
	if (after < text + len) {
		char *digits =
		    mem_strndup(after + 1, (size_t)(text + len - after) - 1);
		port = *after == ':' ? endpoint_port(digits) : -1;
		free(digits);
		if (port < 0)
			return "the port must be a number from 0 to 65535";
	}
	if (port < 0)
		return "the port is missing";
	out->host = any ? mem_strdup("0.0.0.0") : mem_strndup(host, host_len);
	out->port = (uint16_t)port;
	return NULL;
}

const char *endpoint_parse(const char *text, struct config_address *out)
{
	return endpoint_split(text, strlen(text), -1, out);
}

static char *endpoint_authority(const struct config_address *a, bool usual)
{
	bool v6 = strchr(a->host, ':') != NULL;
	if (usual)
		return mem_printf(v6 ? "[%s]" : "%s", a->host);
	return mem_printf(v6 ? "[%s]:%u" : "%s:%u", a->host, (unsigned)a->port);
}

/* Bytes that end a target, or a line, for other readers. */
static bool endpoint_has_odd(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f)
			return true;
	return false;
}

static const char *endpoint_read(
    const char *text, bool query, struct config_upstream *out)
{
	bool tls = strncasecmp(text, "https://", 8) == 0;
	if (!tls && strncasecmp(text, "http://", 7) != 0)
		return "it must begin with https:// or http://";
	const char *host = text + (tls ? 8 : 7);
	size_t len = strcspn(host, "/?#");
	const char *path = host + len;
	if (memchr(host, '@', len) != NULL)
		return "a user name does not belong here";
	if (endpoint_has_odd(text) || strchr(path, '#') != NULL)
		return "white space or a fragment does not belong here";
	if (!query && strchr(path, '?') != NULL)
		return "a query does not belong here";
	int usual = tls ? 443 : 80;
	const char *wrong = endpoint_split(host, len, usual, &out->address);
	if (wrong != NULL)
		return wrong;
	out->tls = tls;
	out->authority =
	    endpoint_authority(&out->address, out->address.port == usual);
	out->path = mem_printf("%s%s", path[0] == '?' ? "/" : "", path);
	return NULL;
}

const char *endpoint_parse_url(const char *text, struct config_upstream *out)
{
	const char *wrong = endpoint_read(text, false, out);
	size_t len = wrong ? 0 : strlen(out->path);
	while (len > 0 && out->path[len - 1] == '/')
		out->path[--len] = '\0';
	return wrong;
}

const char *endpoint_parse_target(const char *text, struct config_upstream *out)
{
	return endpoint_read(text, true, out);
}

static bool endpoint_host_bits(const struct config_network *n, unsigned width)
{
	for (unsigned bit = n->bits; bit < width; bit++)
		if (n->bytes[bit / 8] >> (7 - bit % 8) & 1)
			return true;
	return false;
}

const char *endpoint_parse_network(const char *text, struct config_network *out)
{
	char host[64];
	size_t len = strcspn(text, "/");
	*out = (struct config_network){0};
	if (len >= sizeof(host))
		return "it is too long";
	memcpy(host, text, len);
	host[len] = '\0';
	out->v6 = strchr(host, ':') != NULL;
	if (inet_pton(out->v6 ? AF_INET6 : AF_INET, host, out->bytes) != 1)
		return "it is no IP address";
	unsigned width = out->v6 ? 128 : 32;
	out->bits = width;
	if (text[len] == '/') {
		int bits = endpoint_port(text + len + 1);
		if (bits < 0 || (unsigned)bits > width)
			return "the number of bits after / is not possible";
		out->bits = (unsigned)bits;
	}
	if (endpoint_host_bits(out, width))
		return "bits after the network's part are set";
	return NULL;
}
