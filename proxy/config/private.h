/*
 * private - the configuration's count of references, for config.c and
 * object.c only.
 */
#ifndef HANDRAIL_PROXY_CONFIG_PRIVATE_H
#define HANDRAIL_PROXY_CONFIG_PRIVATE_H

#include "proxy/config/config.h"

/* Empty, with one reference: config_unref. */
struct config *config_new(void);

#endif
