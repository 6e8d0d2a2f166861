/*
 * zone - local time of a place, from the bytes of its TZif file (RFC 9636).
 *
 * Reads version 2 and later: the transitions, and the footer rule for the
 * time after the last one. Refuses version 1 (32-bit times only), leap-second
 * files and anything inconsistent. Immutable once read; lives in the arena.
 */
#ifndef HANDRAIL_RULES_ZONE_H
#define HANDRAIL_RULES_ZONE_H

#include "rules/arena.h"

#include <stdbool.h>
#include <stdint.h>

#define ZONE_MAX_BYTES 65536u
#define ZONE_MAX_TRANSITIONS 4096u

struct zone_rules;

enum zone_err {
	ZONE_OK = 0,
	ZONE_ERR_MEMORY = -1,
	ZONE_ERR_FORMAT = -2,
};

/* A time as a wall clock shows it; proleptic Gregorian. */
struct zone_civil {
	int year;
	unsigned month, day; /* from 1 */
	unsigned minute;     /* of the day, 0..1439 */
};

enum zone_err zone_read(const struct zone_rules **out, struct arena *,
    const unsigned char *bytes, size_t len) __attribute__((warn_unused_result));
const struct zone_rules *zone_utc(void);
/* Seconds east of UTC at a unix time in seconds. */
int32_t zone_offset(const struct zone_rules *, int64_t unix_s);
/* Unix microseconds as the wall clock there shows them. */
struct zone_civil zone_local(const struct zone_rules *, int64_t unix_us);
/*
 * And back. Of two equal wall times the earlier; one that the clock skips is
 * taken as if it had not been put forward.
 */
int64_t zone_unix_us(const struct zone_rules *, const struct zone_civil *);
/* Does the day exist? */
bool zone_is_day(int year, unsigned month, unsigned day);

#endif
