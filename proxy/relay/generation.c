/* generation - see generation.h. */
#include "proxy/relay/generation.h"

#include "proxy/base/mem.h"
#include "proxy/channel/channel.h"
#include "proxy/config/classifier.h"
#include "proxy/net/address.h"
#include "rules/yaml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where faults are told, and of which file. */
struct told_to {
	const char *path; /* of the configuration */
	diag_fn *diag;
	void *arg;
};

static void report(const struct told_to *to, const struct config_place *at,
    const char *why, const char *hint)
{
	to->diag(&(struct diag){.level = DIAG_ERROR,
		     .code = "C100",
		     .file = to->path,
		     .line = at->line,
		     .col = at->col,
		     .width = at->width,
		     .message = why,
		     .hint = hint},
	    to->arg);
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

static bool load_addresses(struct generation *g, const struct told_to *to)
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
		report(to, &c->listen[i].at, why, "write 127.0.0.1:8443");
		free(why);
		good = false;
	}
	return good;
}

static bool tls_failed(
    const struct told_to *to, const struct config_place *at, struct buf *why)
{
	report(to, at, why->len ? why->data : "TLS failed", NULL);
	buf_clear(why);
	return false;
}

static bool load_tls(struct generation *g, const struct told_to *to)
{
	const struct config *c = g->config;
	bool good = true;
	struct buf why = {0};
	g->listen_tls = mem_array(c->n_listen, sizeof(*g->listen_tls));
	for (size_t i = 0; i < c->n_listen; i++) {
		if (c->listen[i].n_certificates == 0)
			continue;
		g->listen_tls[i] = server_tls(&c->listen[i], &why);
		if (!g->listen_tls[i])
			good = tls_failed(to, &c->listen[i].tls_at, &why);
	}
	g->route_tls = mem_array(c->n_routes, sizeof(*g->route_tls));
	for (size_t i = 0; i < c->n_routes; i++) {
		const struct config_upstream *u = &c->routes[i].upstream;
		if (!u->tls)
			continue;
		g->route_tls[i] = tls_client_new(
		    &(struct tls_client_options){.ca = u->ca}, &why);
		if (!g->route_tls[i])
			good = tls_failed(
			    to, u->ca_at.line ? &u->ca_at : &u->at, &why);
	}
	buf_clear(&why);
	return good;
}

static bool load_classifier_tls(struct generation *g, const struct told_to *to)
{
	const struct config *c = g->config;
	struct buf why = {0};
	bool good = true;
	g->classifier_tls =
	    mem_array(c->n_classifiers, sizeof(*g->classifier_tls));
	for (size_t i = 0; i < c->n_classifiers; i++) {
		const struct config_upstream *u = &c->classifiers[i].service;
		if (!u->tls)
			continue;
		g->classifier_tls[i] = tls_client_new(
		    &(struct tls_client_options){.ca = u->ca}, &why);
		if (!g->classifier_tls[i])
			good = tls_failed(
			    to, u->ca_at.line ? &u->ca_at : &u->at, &why);
	}
	buf_clear(&why);
	return good;
}

/* "desk" and the operator's destinations, NULL-terminated; for free(). */
static const char **destination_names(const struct config *c)
{
	const char **names = mem_array(c->n_destinations + 2, sizeof(*names));
	names[0] = "desk";
	for (size_t i = 0; i < c->n_destinations; i++)
		names[i + 1] = c->destinations[i].name;
	return names;
}

static void report_destination(const struct generation *g, size_t queue,
    const char *const *names, const struct told_to *to)
{
	const struct guard_place at =
	    guard_policy_queue_place(g->policy, queue);
	const char *name = guard_policy_queue(g->policy, queue);
	const char *wrong = guard_policy_destination(g->policy, name);
	const char *near = yaml_nearest(wrong, names);
	const struct config_place place = {at.line, at.col, at.width};
	char *path =
	    mem_printf("%s/%s", g->config->policy, at.file ? at.file : "");
	struct told_to policy = {path, to->diag, to->arg};
	char *why = mem_printf("the policy sends queue \"%s\" to destination "
			       "\"%s\", which is not under "
			       "handoff.destinations in %s",
	    name, wrong, to->path);
	char *hint = near ? mem_printf("did you mean \"%s\"?", near) : NULL;
	report(&policy, &place, why, hint);
	free(hint);
	free(why);
	free(path);
}

/* A queue may name a destination only the operator can define. */
static bool check_destinations(
    const struct generation *g, const struct told_to *to)
{
	bool good = true;
	const char **names = destination_names(g->config);
	for (size_t i = 0; i < guard_policy_queues(g->policy); i++) {
		const char *name = guard_policy_destination(
		    g->policy, guard_policy_queue(g->policy, i));
		bool found = false;
		for (size_t k = 0; names[k]; k++)
			found = found || strcmp(names[k], name) == 0;
		if (!found)
			report_destination(g, i, names, to);
		good = good && found;
	}
	free(names);
	return good;
}

/* What is appended there would be given up, try by try. */
static bool check_files(const struct generation *g, const struct told_to *to)
{
	const struct config *c = g->config;
	bool good = true;
	for (size_t i = 0; i < c->n_destinations; i++) {
		const struct config_destination *d = &c->destinations[i];
		if (d->preset != CONFIG_FILE)
			continue;
		const char *slash = strrchr(d->path, '/');
		char *folder = slash && slash > d->path
		    ? mem_strndup(d->path, (size_t)(slash - d->path))
		    : mem_strdup(slash ? "/" : ".");
		bool there = access(folder, W_OK | X_OK) == 0;
		char *why = mem_printf("destination %s: nothing can be written "
				       "in %s: %s",
		    d->name, folder, strerror(errno));
		if (!there)
			report(to, &d->path_at, why,
			    "make the folder, and let Handrail write there");
		good = good && there;
		free(why);
		free(folder);
	}
	return good;
}

static void report_classifier(
    const struct generation *g, size_t index, const struct told_to *to)
{
	const struct config *c = g->config;
	const struct guard_place at =
	    guard_policy_classifier_place(g->policy, index);
	const struct config_place place = {at.line, at.col, at.width};
	const char *wrong = guard_policy_classifier(g->policy, index);
	const char **names = mem_array(c->n_classifiers + 1, sizeof(*names));
	for (size_t i = 0; i < c->n_classifiers; i++)
		names[i] = c->classifiers[i].name;
	const char *near = yaml_nearest(wrong, names);
	char *path = mem_printf("%s/%s", c->policy, at.file);
	struct told_to policy = {path, to->diag, to->arg};
	char *why =
	    mem_printf("the policy asks the classifier \"%s\", which is "
		       "not under classifiers in %s",
		wrong, to->path);
	char *hint = near
	    ? mem_printf("did you mean \"%s\"?", near)
	    : mem_printf(
		  "classifiers: {%s: {kind: scores, url: https://...}}", wrong);
	report(&policy, &place, why, hint);
	free(hint);
	free(why);
	free(path);
	free(names);
}

/* Which of the operator's each of the policy's is. */
static bool find_classifiers(struct generation *g, const struct told_to *to)
{
	const struct config *c = g->config;
	size_t n = guard_policy_classifiers(g->policy);
	bool good = true;
	g->classifiers = mem_array(n + 1, sizeof(*g->classifiers));
	for (size_t i = 0; i < n; i++) {
		const char *name = guard_policy_classifier(g->policy, i);
		size_t k = 0;
		while (k < c->n_classifiers &&
		    strcmp(c->classifiers[k].name, name) != 0)
			k++;
		g->classifiers[i] = k;
		if (k == c->n_classifiers)
			report_classifier(g, i, to);
		good = good && k < c->n_classifiers;
	}
	return good;
}

static void report_channel(const struct generation *g,
    const struct guard_rule_info *rule, const char *wrong,
    const char *const *channels, const struct told_to *to)
{
	const char *near = yaml_nearest(wrong, channels);
	char *file = mem_printf("%s/%s", g->config->policy, rule->file);
	char *why = mem_printf("%s can never apply: no route has the channel "
			       "\"%s\" that it asks for",
	    rule->id, wrong);
	char *hint = mem_printf("the channel of a route is its id: \"%s\"",
	    near ? near : channels[0]);
	to->diag(&(struct diag){.level = DIAG_WARNING,
		     .code = "C101",
		     .file = file,
		     .line = rule->line,
		     .col = 1,
		     .width = 1,
		     .message = why,
		     .hint = hint},
	    to->arg);
	free(hint);
	free(why);
	free(file);
}

/* Only here is it known which channels there are. */
static void check_channels(const struct generation *g, const struct told_to *to)
{
	const struct config *c = g->config;
	const char **ids = mem_array(c->n_routes + 1, sizeof(*ids));
	for (size_t i = 0; i < c->n_routes; i++)
		ids[i] = channel_id(c->routes[i].channel);
	for (size_t i = 0; i < guard_policy_rules(g->policy); i++) {
		struct guard_rule_info rule;
		const char *wrong =
		    guard_policy_unknown_channel(g->policy, i, ids);
		guard_policy_rule(g->policy, i, &rule);
		if (wrong)
			report_channel(g, &rule, wrong, ids, to);
	}
	free(ids);
}

struct generation *generation_load(const char *config_path,
    generation_policy_fn *load_policy, diag_fn *diag, void *arg)
{
	const struct told_to to = {config_path, diag, arg};
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
	if (!check_destinations(g, &to) || !check_files(g, &to) ||
	    !find_classifiers(g, &to) || !load_addresses(g, &to) ||
	    !load_tls(g, &to) || !load_classifier_tls(g, &to))
		goto fail;
	check_channels(g, &to);
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
	for (size_t i = 0; g->classifier_tls && i < g->config->n_classifiers;
	     i++)
		tls_client_unref(g->classifier_tls[i]);
	free(g->classifier_tls);
	free(g->classifiers);
	guard_policy_unref(g->policy);
	config_unref(g->config);
	free(g);
}
