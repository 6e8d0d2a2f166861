/*
 * classifier - a service that scores texts, as the operator configures it.
 */
#ifndef HANDRAIL_PROXY_CONFIG_CLASSIFIER_H
#define HANDRAIL_PROXY_CONFIG_CLASSIFIER_H

#include "proxy/config/config.h"

enum config_classifier_kind {
	CONFIG_SCORES,     /* JSON of our own: text in, scores out */
	CONFIG_MODERATION, /* OpenAI's moderation endpoint */
	CONFIG_CHAT,       /* OpenAI's chat endpoint: answers with a label */
};

struct config_header {
	char *name, *value;
};

struct config_classifier {
	char *name; /* as the policy's rules call it */
	int kind;   /* enum config_classifier_kind */
	struct config_upstream service;
	struct config_header *headers; /* of the request, beside our own */
	size_t n_headers;
	char *model;       /* or NULL */
	char *instruction; /* CHAT */
	char **labels;     /* CHAT: what it may answer */
	size_t n_labels;
	uint64_t timeout_ms;   /* of one text, waiting in line included */
	uint64_t max_at_once;  /* requests of one worker */
	uint64_t max_waiting;  /* texts of one worker in line for them */
	uint64_t cached_texts; /* of one worker */
	uint64_t max_failures; /* in a row, then it is left alone for: */
	uint64_t pause_ms;
};

struct reader;
struct yaml_node;
void config_read_classifiers(
    struct reader *, const struct yaml_node *root, struct config *);
void config_classifiers_free(struct config_classifier *, size_t n);

#endif
