/*
 * object - a configuration as others hold it: references and questions.
 *
 * Immutable once config_load has returned it; the last reference frees it.
 */
#include "proxy/base/mem.h"
#include "proxy/channel/channel.h"
#include "proxy/config/classifier.h"
#include "proxy/config/private.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct config_object {
	struct config config; /* first: the two are one address */
	atomic_uint refs;
};

static struct config_object *config_object(struct config *c)
{
	return (struct config_object *)(void *)c;
}

struct config *config_new(void)
{
	struct config_object *o = mem_zero(sizeof(*o));
	atomic_init(&o->refs, 1);
	return &o->config;
}

struct config *config_ref(struct config *c)
{
	atomic_fetch_add(&config_object(c)->refs, 1);
	return c;
}

static void config_listen_clear(struct config_listen *l)
{
	for (size_t i = 0; i < l->n_certificates; i++) {
		free(l->certificates[i].certificate);
		free(l->certificates[i].key);
	}
	free(l->certificates);
	free(l->client_ca);
	free(l->address.host);
	free(l->text);
}

static void config_route_clear(struct config_route *r)
{
	channel_free(r->channel);
	free(r->name);
	free(r->host);
	free(r->path);
	free(r->upstream.url);
	free(r->upstream.address.host);
	free(r->upstream.authority);
	free(r->upstream.path);
	free(r->upstream.ca);
}

static void config_destination_clear(struct config_destination *d)
{
	free(d->name);
	free(d->url);
	free(d->secret);
	free(d->ca);
	free(d->path);
}

static void config_free(struct config *c)
{
	for (size_t i = 0; i < c->n_listen; i++)
		config_listen_clear(&c->listen[i]);
	for (size_t i = 0; i < c->n_routes; i++)
		config_route_clear(&c->routes[i]);
	for (size_t i = 0; i < c->n_destinations; i++)
		config_destination_clear(&c->destinations[i]);
	free(c->listen);
	free(c->routes);
	free(c->destinations);
	config_classifiers_free(c->classifiers, c->n_classifiers);
	free(c->policy);
	free(c->shipped);
	free(c->sqlite);
	free(c->audit_directory);
	free(c->keys_directory);
	free(c->default_destination);
	free(c->console_text);
	free(c->console.host);
	free(c->console_users);
	free(c->environment);
	free(c->node);
	free(c->trusted_proxies);
	free(config_object(c));
}

void config_unref(struct config *c)
{
	if (c == NULL)
		return;
	unsigned before = atomic_fetch_sub(&config_object(c)->refs, 1);
	assert(before > 0);
	if (before == 1)
		config_free(c);
}

bool config_is_loopback(const char *host)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (strcasecmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static bool config_in(
    const struct config_network *n, const unsigned char *address)
{
	for (unsigned bit = 0; bit < n->bits; bit++) {
		unsigned shift = 7 - bit % 8;
		if (n->bytes[bit / 8] >> shift != address[bit / 8] >> shift)
			return false;
	}
	return true;
}

bool config_trusts(
    const struct config *c, const unsigned char *address, size_t len)
{
	static const unsigned char mapped[12] = {
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	/* ::ffff:10.0.0.1 is 10.0.0.1, as a socket for both says it. */
	if (len == 16 && memcmp(address, mapped, sizeof(mapped)) == 0) {
		address += sizeof(mapped);
		len = 4;
	}
	for (size_t i = 0; i < c->n_trusted_proxies; i++) {
		const struct config_network *n = &c->trusted_proxies[i];
		if (n->v6 == (len == 16) && config_in(n, address))
			return true;
	}
	return false;
}

static bool config_host_matches(const char *pattern, const char *host)
{
	if (strcmp(pattern, "*") == 0)
		return true;
	if (pattern[0] != '*')
		return strcasecmp(pattern, host) == 0;
	size_t tail = strlen(pattern + 1), len = strlen(host);
	return len > tail && strcasecmp(host + len - tail, pattern + 1) == 0;
}

static bool config_path_matches(const char *prefix, const char *path)
{
	size_t len = strlen(prefix);
	if (strncmp(prefix, path, len) != 0)
		return false;
	if (len > 0 && prefix[len - 1] == '/')
		return true;
	return path[len] == '\0' || path[len] == '/' || path[len] == '?';
}

const struct config_route *config_route(
    const struct config *c, const char *host, const char *path)
{
	for (size_t i = 0; i < c->n_routes; i++)
		if (config_host_matches(c->routes[i].host, host) &&
		    config_path_matches(c->routes[i].path, path))
			return &c->routes[i];
	return NULL;
}
