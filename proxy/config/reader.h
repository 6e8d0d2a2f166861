/*
 * reader - one file's values into structs, by the table.
 */
#ifndef HANDRAIL_PROXY_CONFIG_READER_H
#define HANDRAIL_PROXY_CONFIG_READER_H

#include "rules/yaml.h"

#include <stdint.h>

struct reader {
	const struct yaml_doc *doc;
	const char *dir; /* what relative paths are relative to */
	diag_fn *diag;
	void *arg;
	unsigned faults; /* reported so far, yaml_check_keys' included */
};

/*
 * Read the map at node (NULL: absent) whose keys stand under prefix into the
 * struct at base: unknown keys and wrong values are reported, absent ones get
 * their defaults. Strings are malloc'ed.
 */
void reader_map(struct reader *, const struct yaml_node *node,
    const char *prefix, void *base);
/* The text at node with ${NAME} put in; malloc'ed, "" after a fault. */
char *reader_text(struct reader *, const struct yaml_node *node);
/* The same, resolved against the file. */
char *reader_path(struct reader *, const struct yaml_node *node);
/* A whole number of the given bounds; 0 after a fault. */
uint64_t reader_count(
    struct reader *, const struct yaml_node *node, uint64_t min, uint64_t max);
/* Report one fault at a node. */
void reader_fault(struct reader *, const struct yaml_node *node,
    const char *code, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* Whether node is of that kind; reports when it is not. what: "a list". */
bool reader_expect(struct reader *, const struct yaml_node *node,
    enum yaml_kind kind, const char *what);

#endif
