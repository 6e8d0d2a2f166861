/*
 * json_keys - order of member names. Private to json.c.
 */
#ifndef HANDRAIL_WIRE_JSON_KEYS_H
#define HANDRAIL_WIRE_JSON_KEYS_H

#include "proxy/wire/json.h"

/* By decoded bytes: <0, 0, >0. */
int json_key_order(const struct json_doc *doc, uint32_t a, uint32_t b);

#endif
