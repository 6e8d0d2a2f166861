/* generation - see generation.h. */
#include "proxy/relay/generation.h"

#include "proxy/base/mem.h"
#include "proxy/net/address.h"

#include <stdlib.h>
#include <string.h>

static void report(diag_fn *diag, void *arg, const char *file, const char *why)
{
	diag(&(struct diag){.level = DIAG_ERROR,
		 .code = "C100",
		 .file = file,
		 .message = why},
	    arg);
}

static struct tls_server *server_tls(
    const struct config_listen *l, struct buf *why)
{
	struct tls_pair *pairs = mem_array(l->n_certificates, sizeof(*pairs));
	for (size_t i = 0; i < l->n_certificates; i++)
		pairs[i] = (struct tls_pair){
		    l->certificates[i].certificate, l->certificates[i].key};
	struct tls_server_options options = {
	    .pairs = pairs,
	    .n_pairs = l->n_certificates,
	    .client_ca = l->client_ca,
	    .client_auth = l->client_ca ? TLS_CLIENT_REQUIRED : TLS_CLIENT_NONE,
	};
	struct tls_server *tls = tls_server_new(&options, why);
	free(pairs);
	return tls;
}

static bool load_addresses(
    struct generation *g, const char *path, diag_fn *diag, void *arg)
{
	const struct config *c = g->config;
	bool good = true;
	g->listen_address = mem_array(c->n_listen, sizeof(*g->listen_address));
	for (size_t i = 0; i < c->n_listen; i++) {
		const struct config_address *a = &c->listen[i].address;
		bool v6 = strchr(a->host, ':') != NULL;
		char *text = mem_printf(v6 ? "[%s]:%u" : "%s:%u",
		    strcmp(a->host, "localhost") == 0 ? "127.0.0.1" : a->host,
		    a->port);
		bool parsed = address_parse(&g->listen_address[i], text) == 0;
		free(text);
		if (parsed)
			continue;
		char *why =
		    mem_printf("listen: \"%s\" is not an IP address and "
			       "port",
			c->listen[i].text);
		report(diag, arg, path, why);
		free(why);
		good = false;
	}
	return good;
}

static bool load_tls(
    struct generation *g, const char *path, diag_fn *diag, void *arg)
{
	const struct config *c = g->config;
	bool good = true;
	struct buf why = {0};
	g->listen_tls = mem_array(c->n_listen, sizeof(*g->listen_tls));
	for (size_t i = 0; i < c->n_listen; i++) {
		if (c->listen[i].n_certificates == 0)
			continue;
		g->listen_tls[i] = server_tls(&c->listen[i], &why);
		good = good && g->listen_tls[i];
	}
	g->route_tls = mem_array(c->n_routes, sizeof(*g->route_tls));
	for (size_t i = 0; i < c->n_routes; i++) {
		if (!c->routes[i].upstream.tls)
			continue;
		g->route_tls[i] = tls_client_new(
		    &(struct tls_client_options){
			.ca = c->routes[i].upstream.ca},
		    &why);
		good = good && g->route_tls[i];
	}
	if (!good)
		report(diag, arg, path, why.len ? why.data : "TLS failed");
	buf_clear(&why);
	return good;
}

/* A queue may name a destination only the operator can define. */
static bool check_destinations(
    const struct generation *g, const char *path, diag_fn *diag, void *arg)
{
	bool good = true;
	for (size_t i = 0; i < guard_policy_queues(g->policy); i++) {
		const char *name = guard_policy_destination(
		    g->policy, guard_policy_queue(g->policy, i));
		bool found = strcmp(name, "desk") == 0;
		for (size_t k = 0; k < g->config->n_destinations; k++)
			found |=
			    strcmp(g->config->destinations[k].name, name) == 0;
		if (found)
			continue;
		char *why = mem_printf("the policy sends queue \"%s\" to "
				       "destination \"%s\", which is not under "
				       "handoff.destinations",
		    guard_policy_queue(g->policy, i), name);
		report(diag, arg, path, why);
		free(why);
		good = false;
	}
	return good;
}

struct generation *generation_load(const char *config_path,
    generation_policy_fn *load_policy, diag_fn *diag, void *arg)
{
	struct generation *g = mem_zero(sizeof(*g));
	atomic_init(&g->refs, 1);
	if (config_load(&g->config, config_path, diag, arg) != 0)
		goto fail;
	const struct config_limits *l = &g->config->limits;
	struct guard_limits limits = {
	    .max_text_bytes = l->max_text_bytes,
	    .max_hits = l->max_hits,
	    .max_pattern_steps = (uint32_t)l->max_pattern_steps,
	};
	g->policy = load_policy(g->config, &limits, diag, arg);
	if (!g->policy)
		goto fail;
	if (!check_destinations(g, config_path, diag, arg))
		goto fail;
	if (!load_addresses(g, config_path, diag, arg) ||
	    !load_tls(g, config_path, diag, arg))
		goto fail;
	return g;
fail:
	generation_unref(g);
	return NULL;
}

struct generation *generation_ref(struct generation *g)
{
	atomic_fetch_add(&g->refs, 1);
	return g;
}

void generation_unref(struct generation *g)
{
	if (!g || atomic_fetch_sub(&g->refs, 1) != 1)
		return;
	for (size_t i = 0; g->listen_tls && i < g->config->n_listen; i++)
		tls_server_unref(g->listen_tls[i]);
	for (size_t i = 0; g->route_tls && i < g->config->n_routes; i++)
		tls_client_unref(g->route_tls[i]);
	free(g->listen_address);
	free(g->listen_tls);
	free(g->route_tls);
	guard_policy_unref(g->policy);
	config_unref(g->config);
	free(g);
}
