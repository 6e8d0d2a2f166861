/*
 * checksum - check digits, of numbers as people write them: what is neither a
 * digit nor a letter is passed over. Too short or too long is wrong.
 */
#ifndef HANDRAIL_RULES_CHECKSUM_H
#define HANDRAIL_RULES_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>

#define CHECKSUM_MAX 64u /* digits and letters */

enum checksum {
	CHECKSUM_NONE,
	CHECKSUM_LUHN,  /* ISO/IEC 7812-1: cards */
	CHECKSUM_MOD97, /* ISO 7064: IBANs with their first four at the end, or
			   as they stand; or the last two are 97 less the rest,
			   as in Belgium and France */
	CHECKSUM_MOD11, /* weights 1, 2, 3 ... from the end, X for ten: ISBN-10,
			   the NHS */
};

bool checksum_holds(enum checksum, const char *text, size_t n);

/* Of bare digits. */
bool checksum_luhn(const char *digits, size_t n);
/* Of digits and letters of either case, beginning with the one at first. */
unsigned checksum_mod97(const char *text, size_t n, size_t first);

#endif
