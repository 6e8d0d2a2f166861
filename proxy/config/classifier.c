/* classifier - see classifier.h. */
#include "proxy/config/classifier.h"

#include "proxy/base/mem.h"
#include "proxy/config/endpoint.h"
#include "proxy/config/reader.h"
#include "rules/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_LABELS 64u
#define MAX_NAME_BYTES 64u
#define MAX_HEADERS 16u

/* RFC 9110 5.6.2 */
static bool is_field_name(const char *s)
{
	static const char letters[] = "!#$%&'*+-.^_`|~0123456789"
				      "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t len = strlen(s);
	return len > 0 && len <= MAX_NAME_BYTES && strspn(s, letters) == len;
}

static bool is_field_value(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f)
			return false;
	return true;
}

/* What frames the request, says what it is, or asks for another answer. */
static bool is_ours(const char *name)
{
	static const char *const ours[] = {"host", "content-length",
	    "content-type", "content-encoding", "transfer-encoding", "te",
	    "trailer", "connection", "keep-alive", "proxy-connection",
	    "upgrade", "expect", "accept", "accept-encoding", "range",
	    "user-agent"};
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcasecmp(name, ours[i]) == 0)
			return true;
	return false;
}

static bool is_twice(
    const struct config_classifier *c, const struct config_header *h)
{
	for (const struct config_header *o = c->headers; o < h; o++)
		if (strcasecmp(o->name, h->name) == 0)
			return true;
	return false;
}

static void check_header(struct reader *r, const struct yaml_node *n,
    const struct config_classifier *c, const struct config_header *h)
{
	if (!is_field_name(h->name))
		reader_fault(r, n, "C015", "such as: Authorization, api-key",
		    "\"%s\" is no name of a header field", h->name);
	else if (is_ours(h->name))
		reader_fault(r, n, "C015", NULL,
		    "the field %s is Handrail's to write", h->name);
	else if (is_twice(c, h))
		reader_fault(r, n, "C015", NULL,
		    "the field %s is there already", h->name);
	else if (!is_field_value(h->value))
		reader_fault(r, n, "C015", NULL,
		    "%s: this cannot stand in a header field", h->name);
}

static void read_headers(
    struct reader *r, const struct yaml_node *n, struct config_classifier *c)
{
	if (!n || !reader_expect(r, n, YAML_MAP, "a map of header fields"))
		return;
	if (n->n_children > MAX_HEADERS) {
		reader_fault(
		    r, n, "C015", NULL, "there may be %u headers", MAX_HEADERS);
		return;
	}
	c->headers = mem_array(n->n_children + 1, sizeof(*c->headers));
	for (const struct yaml_node *h = n->child; h; h = h->next) {
		struct config_header *to = &c->headers[c->n_headers++];
		to->name = mem_strdup(h->key->text);
		to->value = reader_text(r, h);
		check_header(r, h, c, to);
	}
}

static void read_labels(
    struct reader *r, const struct yaml_node *n, struct config_classifier *c)
{
	if (!n || !reader_expect(r, n, YAML_LIST, "a list of labels"))
		return;
	if (n->n_children > MAX_LABELS) {
		reader_fault(
		    r, n, "C015", NULL, "there may be %u labels", MAX_LABELS);
		return;
	}
	c->labels = mem_array(n->n_children + 1, sizeof(*c->labels));
	for (const struct yaml_node *l = n->child; l; l = l->next) {
		char *label = reader_text(r, l);
		c->labels[c->n_labels++] = label;
		if (!*label || strlen(label) > MAX_NAME_BYTES)
			reader_fault(r, l, "C015", "such as: insult",
			    "a label has 1 to %u bytes", MAX_NAME_BYTES);
	}
}

static void check_kind(struct reader *r, const struct yaml_node *n,
    const struct config_classifier *c)
{
	bool chat = c->kind == CONFIG_CHAT;
	if (chat && (!c->model || !c->instruction || c->n_labels < 2))
		reader_fault(r, n, "C015",
		    "model: ..., instruction: \"Answer with one word ...\", "
		    "labels: [ok, insult]",
		    "the chat classifier %s needs a model, an instruction and "
		    "at least two labels",
		    c->name);
	if (!chat && (c->instruction || c->labels))
		reader_fault(r, n, "C015", "or write kind: chat",
		    "%s: instruction and labels are for chat classifiers",
		    c->name);
}

static void read_classifier(
    struct reader *r, const struct yaml_node *n, struct config_classifier *c)
{
	struct config_upstream *u = &c->service;
	c->name = mem_strdup(n->key->text);
	reader_map(r, n, "classifiers.<name>", c);
	if (n->kind != YAML_MAP)
		return;
	const struct yaml_node *at = yaml_get(n, "url");
	const struct yaml_node *ca = yaml_get(n, "ca");
	u->at = (struct config_place){n->line, n->col, n->width};
	if (ca)
		u->ca_at = (struct config_place){ca->line, ca->col, ca->width};
	const char *wrong = at ? endpoint_parse_target(u->url, u) : NULL;
	if (wrong)
		reader_fault(r, at, "C008",
		    "write https://moderation.internal/v1/moderations or the "
		    "like",
		    "\"%s\" is no URL of a classifier: %s", u->url, wrong);
	else if (at && !u->tls && !u->allow_plain &&
	    !config_is_loopback(u->address.host))
		reader_fault(r, at, "C010",
		    "use TLS, or say allow_plain: yes if the network is safe",
		    "what %s is sent could be read on the way", c->name);
	read_headers(r, yaml_get(n, "headers"), c);
	read_labels(r, yaml_get(n, "labels"), c);
	check_kind(r, n, c);
}

void config_read_classifiers(
    struct reader *r, const struct yaml_node *root, struct config *c)
{
	const struct yaml_node *map = yaml_get(root, "classifiers");
	if (!map || !reader_expect(r, map, YAML_MAP, "a map of names"))
		return;
	c->classifiers = mem_array(map->n_children, sizeof(*c->classifiers));
	for (const struct yaml_node *n = map->child; n; n = n->next)
		read_classifier(r, n, &c->classifiers[c->n_classifiers++]);
}

void config_classifiers_free(struct config_classifier *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct config_classifier *c = &all[i];
		for (size_t k = 0; k < c->n_labels; k++)
			free(c->labels[k]);
		free(c->labels);
		for (size_t k = 0; k < c->n_headers; k++) {
			free(c->headers[k].name);
			free(c->headers[k].value);
		}
		free(c->headers);
		free(c->name);
		free(c->model);
		free(c->instruction);
		free(c->service.url);
		free(c->service.address.host);
		free(c->service.authority);
		free(c->service.path);
		free(c->service.ca);
	}
	free(all);
}
