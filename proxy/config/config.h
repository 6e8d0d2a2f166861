/*
 * config - handrail.yaml: what an operator says about this installation.
 *
 * Read whole, checked whole, then immutable: shared by threads and swapped by
 * pointer at a reload. Everything in it is borrowed from it. Relative paths
 * are already resolved against the file, ${NAME} against the environment,
 * absent keys against their defaults. The keys are one table (keys.c), from
 * which the reader, `handrail run --help` and docs/CONFIGURATION.md come.
 */
#ifndef HANDRAIL_PROXY_CONFIG_CONFIG_H
#define HANDRAIL_PROXY_CONFIG_CONFIG_H

#include "proxy/base/buf.h"
#include "proxy/config/limits.h"
#include "rules/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct channel;
struct config_classifier; /* classifier.h */
struct config_place {     /* in the file; line 0: not written there */
	unsigned line, col, width;
};
struct config_certificate {
	char *certificate, *key; /* PEM files; the first is the default one */
};

struct config_address {
	char *host; /* without brackets: "127.0.0.1", "::1", "chat.internal" */
	uint16_t port;
};

struct config_listen {
	char *text; /* as written: "127.0.0.1:8443" */
	struct config_place at, tls_at;
	struct config_address address;
	struct config_certificate *certificates;
	size_t n_certificates; /* 0: plain; loopback, or allow_plain */
	char *client_ca;       /* PEM; NULL: clients need no certificate */
	bool allow_plain;
};

struct config_upstream {
	char *url; /* as written */
	struct config_place at, ca_at;
	bool tls;
	struct config_address address;
	char *authority; /* for Host: "bot.internal:9000", "[::1]" */
	char *path; /* put before the request's path; "" when there is none */
	char *ca;   /* PEM; NULL: the system's */
	bool allow_plain;
};

struct config_route {
	char *name; /* for logs and metrics; "route-1" unless given */
	char *host; /* "*", "chat.example.com", "*.example.com" */
	char *path; /* prefix that ends at a slash or the end */
	struct channel *channel;
	struct config_upstream upstream;
};

enum config_durability { CONFIG_ENFORCED, CONFIG_EVERY };
enum config_preset { CONFIG_WEBHOOK, CONFIG_FILE };

struct config_destination {
	char *name;
	int preset;              /* enum config_preset */
	char *url, *secret, *ca; /* webhook */
	char *path;              /* file */
	struct config_place path_at;
	uint64_t timeout_ms, max_tries, base_ms, max_wait_ms;
	uint64_t success_from, success_to;
};

struct config_network { /* CIDR, host order of bytes as on the wire */
	unsigned char bytes[16];
	unsigned bits;
	bool v6;
};

struct config {
	struct config_listen *listen;
	size_t n_listen;
	struct config_route *routes;
	size_t n_routes;
	char *policy;  /* folder */
	char *shipped; /* folder of shipped packs; NULL: built in */
	char *sqlite;  /* store */
	char *audit_directory;
	int durability; /* enum config_durability */
	char *keys_directory;
	struct config_destination *destinations;
	size_t n_destinations;
	struct config_classifier *classifiers;
	size_t n_classifiers;
	char *default_destination; /* "desk" or one of the above */
	char *console_text;        /* as written */
	struct config_address console;
	char *console_users; /* NULL: none */
	char *environment;   /* of the policy; NULL: rules' own modes */
	char *node;
	uint64_t workers; /* "auto" is resolved: at least 1 */
	struct config_network *trusted_proxies;
	size_t n_trusted_proxies;
	struct config_limits limits;
	int log_level; /* enum log_level */
};

/*
 * Read and check the file. Every fault goes to diag; on 0 *out holds one
 * reference, otherwise -1 and *out is NULL. Certificates and CAs are checked
 * to be readable, not to be sound: the net layer does that.
 */
int config_load(struct config **out, const char *path, diag_fn *diag, void *arg)
    __attribute__((warn_unused_result));
/* Only what stands at the top of it, as tools beside the proxy need: policy,
 * store, keys, not the destinations with their secrets. */
int config_load_top(struct config **out, const char *path, diag_fn *diag,
    void *arg) __attribute__((warn_unused_result));
/* config_load from bytes; path names them and is what paths are relative to. */
int config_parse(struct config **out, const char *path, const struct buf *bytes,
    diag_fn *diag, void *arg) __attribute__((warn_unused_result));
struct config *config_ref(struct config *);
void config_unref(struct config *); /* accepts NULL */

/* Whether an address (4 or 16 bytes) is one of trusted_proxies. */
bool config_trusts(
    const struct config *, const unsigned char *address, size_t len);
/* The first route for host (no port, any case) and path; NULL: none. */
const struct config_route *config_route(
    const struct config *, const char *host, const char *path);
/* "127.0.0.0/8", "::1", "localhost". */
bool config_is_loopback(const char *host);

#endif
