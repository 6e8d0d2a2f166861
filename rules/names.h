/*
 * names - from a name to a number, for whatever a policy defines and refers
 * to. Open addressing; names are borrowed and must outlive the table.
 */
#ifndef HANDRAIL_RULES_NAMES_H
#define HANDRAIL_RULES_NAMES_H

#include <stddef.h>
#include <stdint.h>

#define NAMES_NONE UINT32_MAX

struct name_entry;
struct names {
	struct name_entry *slots;
	size_t n, cap;
};

void names_clear(struct names *);
/* 0, or -1 when memory runs out. A name that is there keeps its number. */
int names_add(struct names *, const char *name, uint32_t number)
    __attribute__((warn_unused_result));
uint32_t names_find(const struct names *, const char *name);
/* The name nearest to a misspelt one, or NULL. */
const char *names_nearest(const struct names *, const char *name);

#endif
