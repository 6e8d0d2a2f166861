/*
 * bench_tls - TLS contexts made of the files of certs.h.
 */
#ifndef HANDRAIL_TESTS_UNIT_NET_BENCH_TLS_H
#define HANDRAIL_TESTS_UNIT_NET_BENCH_TLS_H

#include "bench.h"
#include "certs.h"
#include "proxy/net/tls.h"

static inline struct tls_server *bench_server(const char *stem)
{
	char pem[40], key[40];
	snprintf(pem, sizeof(pem), "%s.pem", stem);
	snprintf(key, sizeof(key), "%s.key", stem);
	struct tls_pair pair = {certs_path(pem), certs_path(key)};
	struct tls_server_options options = {.pairs = &pair, .n_pairs = 1};
	struct buf error = {0};
	struct tls_server *tls = tls_server_new(&options, &error);
	if (!tls)
		fail_msg("%s", error.data);
	return tls;
}

static inline struct tls_client *bench_client(const char *ca)
{
	struct tls_client_options options = {.ca = certs_path(ca)};
	struct buf error = {0};
	struct tls_client *tls = tls_client_new(&options, &error);
	if (!tls)
		fail_msg("%s", error.data);
	return tls;
}

#endif
