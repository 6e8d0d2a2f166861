/*
 * config - see config.h.
 *
 * Codes of its own: C001 the file cannot be read, C007 an address, C008 a URL,
 * C010 plain text where others could read it, C011 a destination, C012 a
 * network, C013 a channel, C014 a name, C015 a classifier. Refuses a file with
 * any fault and says all of them, not the first.
 */
#include "proxy/config/config.h"

#include "proxy/base/file.h"
#include "proxy/base/mem.h"
#include "proxy/channel/channel.h"
#include "proxy/config/classifier.h"
#include "proxy/config/endpoint.h"
#include "proxy/config/private.h"
#include "proxy/config/reader.h"
#include "rules/yaml.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONFIG_MAX_FILE_BYTES (1u << 20)
#define CONFIG_MAX_WORKERS 256u

static const char config_plain_hint[] =
    "use TLS, or say allow_plain: yes if the network is safe";

static const struct yaml_node *config_items(
    struct reader *r, const struct yaml_node *node, size_t *n)
{
	*n = 0;
	if (node == NULL || !reader_expect(r, node, YAML_LIST, "a list"))
		return NULL;
	*n = node->n_children;
	return node->child;
}

static struct config_place config_place(const struct yaml_node *node)
{
	if (node == NULL)
		return (struct config_place){0};
	return (struct config_place){node->line, node->col, node->width};
}

static void config_read_tls(
    struct reader *r, const struct yaml_node *node, struct config_listen *l)
{
	const struct yaml_node *item = node;
	size_t n = 1;
	if (node->kind == YAML_LIST)
		item = config_items(r, node, &n);
	l->certificates = mem_array(n, sizeof(*l->certificates));
	for (size_t i = 0; i < n; i++, item = item->next) {
		struct config_tls tls = {0};
		reader_map(r, item, "listen[].tls", &tls);
		l->certificates[l->n_certificates++] =
		    (struct config_certificate){tls.certificate, tls.key};
		if (tls.client_ca == NULL)
			continue;
		if (l->client_ca != NULL && strcmp(l->client_ca, tls.client_ca))
			reader_fault(r, item, "C003",
			    "one listener asks all its clients alike",
			    "another client_ca was given before");
		free(l->client_ca);
		l->client_ca = tls.client_ca;
	}
}

static void config_read_listen(
    struct reader *r, const struct yaml_node *node, struct config_listen *l)
{
	const struct yaml_node *tls = yaml_get(node, "tls");
	reader_map(r, node, "listen[]", l);
	const struct yaml_node *at = yaml_get(node, "address");
	l->at = config_place(at);
	l->tls_at = config_place(tls == NULL ? NULL : tls->key);
	const char *wrong =
	    at == NULL ? NULL : endpoint_parse(l->text, &l->address);
	if (wrong != NULL)
		reader_fault(r, at, "C007", "write host:port: 127.0.0.1:8443",
		    "\"%s\" is no address: %s", l->text, wrong);
	if (tls != NULL)
		config_read_tls(r, tls, l);
	else if (l->address.host != NULL && !l->allow_plain &&
	    !config_is_loopback(l->address.host))
		reader_fault(r, at, "C010", config_plain_hint,
		    "%s would be served without TLS", l->text);
}

static struct channel *config_read_channel_file(
    struct reader *r, const struct yaml_node *node)
{
	char *path = reader_path(r, node);
	struct buf b = {0};
	struct yaml_doc *doc = NULL;
	struct channel *channel = NULL;
	int err = file_read(path, &b, CONFIG_MAX_FILE_BYTES);
	if (err < 0)
		reader_fault(r, node, "C009",
		    "paths are relative to the configuration file",
		    "cannot read %s: %s", path, strerror(-err));
	else
		doc = yaml_parse(path, b.data, b.len, r->diag, r->arg);
	if (doc != NULL)
		channel =
		    channel_load(doc, yaml_root(doc), NULL, r->diag, r->arg);
	r->faults += channel == NULL;
	yaml_doc_free(doc);
	buf_clear(&b);
	free(path);
	return channel;
}

static struct channel *config_read_channel(
    struct reader *r, const struct yaml_node *node, const char *route)
{
	bool file = node->kind == YAML_TEXT && node->len > 5 &&
	    strcmp(node->text + node->len - 5, ".yaml") == 0;
	if (file)
		return config_read_channel_file(r, node);
	const char *id = node->kind == YAML_TEXT ? node->text : route;
	struct channel *channel =
	    channel_load(r->doc, node, id, r->diag, r->arg);
	r->faults += channel == NULL;
	return channel;
}

static void config_read_upstream(
    struct reader *r, const struct yaml_node *node, struct config_upstream *u)
{
	reader_map(r, node, "routes[].upstream", u);
	const struct yaml_node *at = yaml_get(node, "url");
	u->at = config_place(at);
	u->ca_at = config_place(yaml_get(node, "ca"));
	if (at == NULL)
		return;
	const char *wrong = endpoint_parse_url(u->url, u);
	if (wrong != NULL)
		reader_fault(r, at, "C008",
		    "write https://bot.internal:9000 or the like",
		    "\"%s\" is no URL of an upstream: %s", u->url, wrong);
	else if (!u->tls && !u->allow_plain &&
	    !config_is_loopback(u->address.host))
		reader_fault(r, at, "C010", config_plain_hint,
		    "%s would be asked without TLS", u->url);
}

static void config_read_route(struct reader *r, const struct yaml_node *node,
    struct config_route *route, size_t number)
{
	reader_map(r, node, "routes[]", route);
	if (route->name == NULL)
		route->name = mem_printf("route-%zu", number);
	const struct yaml_node *match = yaml_get(node, "match");
	if (route->path[0] != '/')
		reader_fault(r, yaml_get(match, "path"), "C014",
		    "paths begin with a slash", "\"%s\" is no path",
		    route->path);
	const char *star = strchr(route->host, '*');
	bool good = star == NULL || strcmp(route->host, "*") == 0 ||
	    (strncmp(route->host, "*.", 2) == 0 &&
		strchr(route->host + 1, '*') == NULL);
	if (!good || strpbrk(route->host, ":/ ") != NULL ||
	    route->host[0] == '\0')
		reader_fault(r, yaml_get(match, "host"), "C014",
		    "write *, a name without port, or *.example.com",
		    "\"%s\" matches no host", route->host);
	const struct yaml_node *channel = yaml_get(node, "channel");
	if (channel != NULL)
		route->channel = config_read_channel(r, channel, route->name);
	const struct yaml_node *upstream = yaml_get(node, "upstream");
	if (upstream != NULL)
		config_read_upstream(r, upstream, &route->upstream);
}

/* A webhook's URL obeys the same rules as an upstream's, but may have a
 * query: only what stands before it is looked at. */
static void config_check_webhook(struct reader *r, const struct yaml_node *node,
    const struct config_destination *d)
{
	struct config_upstream u = {0};
	if (d->url == NULL || d->secret == NULL || d->secret[0] == '\0') {
		reader_fault(r, node, "C011",
		    "url: https://..., secret: \"${NAME}\"",
		    "the webhook %s needs a url and a secret", d->name);
		return;
	}
	char *plain = mem_strndup(d->url, strcspn(d->url, "?"));
	const char *wrong = endpoint_parse_url(plain, &u);
	if (wrong != NULL)
		reader_fault(r, yaml_get(node, "url"), "C008", NULL,
		    "\"%s\" is no URL of a webhook: %s", plain, wrong);
	else if (!u.tls && !config_is_loopback(u.address.host))
		reader_fault(r, yaml_get(node, "url"), "C010", "use https://",
		    "what %s is sent could be read on the way", d->name);
	free(plain);
	free(u.address.host);
	free(u.authority);
	free(u.path);
}

static void config_read_destination(struct reader *r,
    const struct yaml_node *node, struct config_destination *d)
{
	unsigned before = r->faults;
	d->name = mem_strdup(node->key->text);
	reader_map(r, node, "handoff.destinations.<name>", d);
	if (strcmp(d->name, "desk") == 0)
		reader_fault(r, node->key, "C011", "choose another name",
		    "desk is the built-in destination");
	if (d->success_from > d->success_to || d->base_ms > d->max_wait_ms)
		reader_fault(r, node, "C004", NULL,
		    "%s: the first of the two must not be the larger one",
		    d->name);
	const struct yaml_node *path = yaml_get(node, "path");
	if (path != NULL)
		d->path_at =
		    (struct config_place){path->line, path->col, path->width};
	if (r->faults > before) /* what follows from these is no news */
		return;
	if (d->preset == CONFIG_WEBHOOK)
		config_check_webhook(r, node, d);
	else if (d->path == NULL)
		reader_fault(r, node, "C011", "path: state/handoffs.jsonl",
		    "the file destination %s needs a path", d->name);
}

static void config_read_destinations(
    struct reader *r, const struct yaml_node *handoff, struct config *c)
{
	const struct yaml_node *map = yaml_get(handoff, "destinations");
	bool known = strcmp(c->default_destination, "desk") == 0;
	if (map != NULL && reader_expect(r, map, YAML_MAP, "a map of names")) {
		c->destinations =
		    mem_array(map->n_children, sizeof(*c->destinations));
		for (const struct yaml_node *d = map->child; d != NULL;
		     d = d->next)
			config_read_destination(
			    r, d, &c->destinations[c->n_destinations++]);
	}
	for (size_t i = 0; i < c->n_destinations; i++)
		known = known ||
		    strcmp(c->destinations[i].name, c->default_destination) ==
			0;
	if (!known)
		reader_fault(r, yaml_get(handoff, "default"), "C011",
		    "name it under handoff.destinations, or write desk",
		    "there is no destination %s", c->default_destination);
}

static void config_read_console(
    struct reader *r, const struct yaml_node *root, struct config *c)
{
	const struct yaml_node *at =
	    yaml_get(yaml_get(root, "console"), "address");
	const char *wrong = endpoint_parse(c->console_text, &c->console);
	if (wrong != NULL)
		reader_fault(r, at, "C007", "write host:port: 127.0.0.1:8444",
		    "\"%s\" is no address: %s", c->console_text, wrong);
	else if (!config_is_loopback(c->console.host))
		reader_fault(r, at, "C010",
		    "write 127.0.0.1:8444 and reach it through a tunnel or a "
		    "proxy of your own",
		    "%s: the console speaks plain HTTP and listens on "
		    "loopback only",
		    c->console_text);
}

static bool config_same_address(
    const struct config_address *a, const struct config_address *b)
{
	return a->host != NULL && b->host != NULL && a->port != 0 &&
	    a->port == b->port && strcmp(a->host, b->host) == 0;
}

/* Whoever listens there, nobody else can. */
static void config_check_addresses(struct reader *r, const struct config *c,
    const struct yaml_node *listen, const struct yaml_node *console)
{
	static const char hint[] = "each needs an address of its own";
	const struct yaml_node *item = c->n_listen > 0 ? listen->child : NULL;
	for (size_t i = 0; i < c->n_listen; i++, item = item->next) {
		const struct config_listen *l = &c->listen[i];
		size_t k = 0;
		while (k < i &&
		    !config_same_address(&c->listen[k].address, &l->address))
			k++;
		if (k < i)
			reader_fault(r, yaml_get(item, "address"), "C003", hint,
			    "%s is under listen twice", l->text);
		if (config_same_address(&c->console, &l->address))
			reader_fault(r,
			    console != NULL ? console
					    : yaml_get(item, "address"),
			    "C003", hint,
			    "%s is the console's and under listen", l->text);
	}
}

static void config_read_workers(
    struct reader *r, const struct yaml_node *node, struct config *c)
{
	if (node == NULL || yaml_is(node, "auto")) {
		long cores = sysconf(_SC_NPROCESSORS_ONLN);
		c->workers = cores < 1 ? 1 : (uint64_t)cores;
		if (c->workers > CONFIG_MAX_WORKERS)
			c->workers = CONFIG_MAX_WORKERS;
	} else {
		c->workers = reader_count(r, node, 1, CONFIG_MAX_WORKERS);
	}
}

static void config_check_node(
    struct reader *r, const struct yaml_node *node, const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_";
	size_t len = strlen(name);
	if (len == 0 || len > 64 || strspn(name, letters) != len)
		reader_fault(r, node, "C014",
		    "up to 64 letters, digits, - and _",
		    "\"%s\" cannot be the name of a node", name);
}

static void config_read_proxies(
    struct reader *r, const struct yaml_node *node, struct config *c)
{
	size_t n;
	const struct yaml_node *item = config_items(r, node, &n);
	c->trusted_proxies = mem_array(n, sizeof(*c->trusted_proxies));
	for (; item != NULL; item = item->next) {
		char *text = reader_text(r, item);
		const char *wrong = endpoint_parse_network(
		    text, &c->trusted_proxies[c->n_trusted_proxies++]);
		if (wrong != NULL)
			reader_fault(r, item, "C012",
			    "write 10.0.0.0/8, 192.168.1.7 or ::1",
			    "\"%s\" is no network: %s", text, wrong);
		free(text);
	}
}

static void config_read_top(
    struct reader *r, const struct yaml_node *root, struct config *c)
{
	reader_map(r, root, "", c);
	if (root->kind == YAML_MAP)
		config_check_node(r, yaml_get(root, "node"), c->node);
}

static void config_read(
    struct reader *r, const struct yaml_node *root, struct config *c)
{
	config_read_top(r, root, c);
	if (root->kind != YAML_MAP)
		return;
	size_t n;
	const struct yaml_node *item =
	    config_items(r, yaml_get(root, "listen"), &n);
	c->listen = mem_array(n, sizeof(*c->listen));
	if (n == 0)
		reader_fault(r, root, "C002",
		    "listen: [{address: \"127.0.0.1:8443\", tls: {...}}]",
		    "there is nothing under listen");
	for (; item != NULL; item = item->next)
		config_read_listen(r, item, &c->listen[c->n_listen++]);
	item = config_items(r, yaml_get(root, "routes"), &n);
	if (n == 0)
		reader_fault(r, root, "C002",
		    "routes: [{channel: openai-chat, upstream: {url: ...}}]",
		    "there is nothing under routes");
	c->routes = mem_array(n, sizeof(*c->routes));
	for (; item != NULL; item = item->next, c->n_routes++)
		config_read_route(
		    r, item, &c->routes[c->n_routes], c->n_routes + 1);
	config_read_destinations(r, yaml_get(root, "handoff"), c);
	config_read_classifiers(r, root, c);
	config_read_console(r, root, c);
	config_check_addresses(r, c, yaml_get(root, "listen"),
	    yaml_get(yaml_get(root, "console"), "address"));
	config_read_workers(r, yaml_get(root, "workers"), c);
	config_read_proxies(r, yaml_get(root, "trusted_proxies"), c);
}

static struct config *config_make(struct reader *r, const char *path,
    const struct buf *bytes,
    void (*how)(struct reader *, const struct yaml_node *, struct config *))
{
	char *dir = file_dir(path);
	struct config *c = NULL;
	struct yaml_doc *doc =
	    yaml_parse(path, bytes->data == NULL ? "" : bytes->data, bytes->len,
		r->diag, r->arg);
	if (doc != NULL) {
		c = config_new();
		r->doc = doc;
		r->dir = dir;
		how(r, yaml_root(doc), c);
	}
	if (r->faults > 0) {
		config_unref(c);
		c = NULL;
	}
	yaml_doc_free(doc);
	free(dir);
	return c;
}

int config_parse(struct config **out, const char *path, const struct buf *bytes,
    diag_fn *diag, void *arg)
{
	struct reader r = {.diag = diag, .arg = arg};
	*out = config_make(&r, path, bytes, config_read);
	return *out == NULL ? -1 : 0;
}

static struct config *config_from_file(const char *path, struct reader *r,
    void (*how)(struct reader *, const struct yaml_node *, struct config *))
{
	struct config *c = NULL;
	struct buf b = {0};
	int err = file_read(path, &b, CONFIG_MAX_FILE_BYTES);
	if (err < 0) {
		char *message =
		    mem_printf("cannot read %s: %s", path, strerror(-err));
		struct diag d = {.level = DIAG_ERROR,
		    .code = "C001",
		    .file = path,
		    .width = 1,
		    .message = message,
		    .hint = "-c FILE names another one"};
		r->diag(&d, r->arg);
		free(message);
	} else {
		c = config_make(r, path, &b, how);
	}
	buf_clear(&b);
	return c;
}

int config_load(struct config **out, const char *path, diag_fn *diag, void *arg)
{
	struct reader r = {.diag = diag, .arg = arg};
	*out = config_from_file(path, &r, config_read);
	return *out == NULL ? -1 : 0;
}

int config_load_top(
    struct config **out, const char *path, diag_fn *diag, void *arg)
{
	struct reader r = {.diag = diag, .arg = arg};
	*out = config_from_file(path, &r, config_read_top);
	return *out == NULL ? -1 : 0;
}
