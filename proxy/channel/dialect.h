/*
 * dialect - YAML values of a channel into its model, with a diagnostic for each
 * fault. Private to this folder.
 *
 * Every reader replaces what stood there (a preset's value) and leaves it
 * alone when the key is absent.
 */
#ifndef HANDRAIL_CHANNEL_DIALECT_H
#define HANDRAIL_CHANNEL_DIALECT_H

#include "proxy/channel/model.h"
#include "rules/yaml.h"

struct loader {
	const struct yaml_doc *doc;
	diag_fn *diag;
	void *arg;
	unsigned faults;
};

/* code: "C001" an unknown key or name, "C002" a value of the wrong kind or
 * out of range, "C003" a pointer, "C004" a template, "C005" a source of ids or
 * facts, "C006" something is missing. */
void dialect_fault(struct loader *, const struct yaml_node *, const char *code,
    const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* False (and a fault): node is no map, or holds unknown keys. */
bool dialect_keys(struct loader *, const struct yaml_node *,
    const char *const *allowed, const char *where);

void dialect_text(
    struct loader *, const struct yaml_node *map, const char *key, char **out);
/* One of the NULL-terminated words; *out is its index. */
void dialect_choice(struct loader *, const struct yaml_node *map,
    const char *key, const char *const *words, int *out);
void dialect_bool(
    struct loader *, const struct yaml_node *map, const char *key, bool *out);
void dialect_words(
    struct loader *, const struct yaml_node *map, const char *key, char ***out);
void dialect_duration_ms(struct loader *, const struct yaml_node *map,
    const char *key, uint32_t *out);
/* "4MiB", "512KiB", "2000"; a plain count when !bytes. */
void dialect_size(struct loader *, const struct yaml_node *map, const char *key,
    bool bytes, size_t *out);
bool dialect_pointer_at(
    struct loader *, const struct yaml_node *, struct pointer *out);
void dialect_pointer(struct loader *, const struct yaml_node *map,
    const char *key, struct pointer *out, bool *has);
void dialect_pointers(struct loader *, const struct yaml_node *map,
    const char *key, struct pointers *out);
void dialect_sources(struct loader *, const struct yaml_node *map,
    const char *key, struct sources *out);
void dialect_template_at(
    struct loader *, const struct yaml_node *, struct template *out);
void dialect_variants(
    struct loader *, const struct yaml_node *map, struct channel *);
/* Once all of the variant is read: its pointers as one machine. */
void dialect_compile(
    struct loader *, const struct yaml_node *block, struct variant *);

void dialect_free_words(char **words); /* NULL-terminated; accepts NULL */
void dialect_clear_pointers(struct pointers *);
void dialect_clear_sources(struct sources *);
void dialect_clear_variant(struct variant *);

#endif
