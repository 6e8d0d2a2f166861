/*
 * load_read - reporting, memory, and the plain values of a policy file. Comes
 * with load_parts.h.
 *
 * Readers answer with what they read or an empty value after reporting; NULL
 * nodes (absent keys) are allowed everywhere and give the empty value unsaid.
 */
#ifndef HANDRAIL_RULES_LOAD_READ_H
#define HANDRAIL_RULES_LOAD_READ_H

#include "rules/load.h"
#include "rules/load_words.h"

/* The diag_fn of a load: counts errors and passes on. arg: struct load. */
void load_see(const struct diag *, void *load);
void load_fault(struct load *, const struct yaml_node *, enum load_code,
    const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void load_out_of_memory(struct load *);
/* From the policy's arena, zeroed; NULL sets no_memory. */
void *load_alloc(struct load *, size_t n, size_t size);
char *load_printf(struct load *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A new zeroed item; NULL sets no_memory. Moves the others. */
void *load_push(struct load *, struct load_array *);

/* Is it a map with only these keys, in their shapes? */
bool load_check_map(struct load *, const struct yaml_node *,
    const struct load_key *keys, const char *where);
/* The text under key; a missing required one is reported. May be NULL. */
const char *load_text(
    struct load *, const struct yaml_node *map, const char *key, bool required);
/* One sentence of the policy's own (Y001, Y002, Y003), or NULL. */
const char *load_sentence(struct load *, const struct yaml_node *);
/* Index among the NULL-terminated words, or fallback. */
unsigned load_choice(struct load *, const struct yaml_node *,
    const char *const *words, unsigned fallback);
bool load_yes(struct load *, const struct yaml_node *, bool fallback);
/* A whole number from..to, or fallback. */
uint32_t load_whole(struct load *, const struct yaml_node *, uint32_t from,
    uint32_t to, uint32_t fallback);
/* "12.5" as hundredths; false after reporting. */
bool load_hundredths(struct load *, const struct yaml_node *, int64_t *out);
/* NULL-terminated; never NULL but when memory ran out. */
const char *const *load_words(
    struct load *, const struct yaml_node *, size_t *n);

/* ---- load_time.c ---- */

/* The pack's zone or the policy's; reports at the node when there is none. */
const struct zone_rules *load_zone(struct load *, const struct yaml_node *);
/* The zone named by a text node, or NULL (reported where it is wrong). */
const struct zone_rules *load_zone_named(
    struct load *, const struct yaml_node *);
/* Unix microseconds of the day's start, days later; 0 after reporting. */
int64_t load_date(struct load *, const struct yaml_node *, unsigned days);
int64_t load_time(struct load *, const struct yaml_node *);
struct hours load_hours(struct load *, const struct yaml_node *);
/* "08:00-20:00" to its end, in minutes of the day, not equal; or false. */
bool load_clocks(const char *, uint16_t *from, uint16_t *to);

#endif
