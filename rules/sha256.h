/*
 * sha256 - FIPS 180-4. For naming a policy by its bytes; the engine uses no
 * cryptography library.
 */
#ifndef HANDRAIL_RULES_SHA256_H
#define HANDRAIL_RULES_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_HEX_LEN 64

struct sha256 {
	uint32_t state[8];
	uint64_t n_bytes;
	unsigned char block[64];
};

void sha256_init(struct sha256 *);
void sha256_add(struct sha256 *, const void *bytes, size_t len);
/* Writes 64 lower-case hexadecimal digits and a NUL. */
void sha256_end(struct sha256 *, char out[SHA256_HEX_LEN + 1]);

#endif
