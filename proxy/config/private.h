/*
 * private - what the files of the configuration share: its count of
 * references, what is only there while it is read.
 */
#ifndef HANDRAIL_PROXY_CONFIG_PRIVATE_H
#define HANDRAIL_PROXY_CONFIG_PRIVATE_H

#include "proxy/config/config.h"

struct config_tls { /* one item under tls, while reading */
	char *certificate, *key, *client_ca;
};

/* Empty, with one reference: config_unref. */
struct config *config_new(void);

#endif
