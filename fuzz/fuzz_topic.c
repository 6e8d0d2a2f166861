/*
 * Property: any bytes as the file of a learned topic, as they are and with the
 * check they would need, give a model or a fault with its line; a model is
 * written as exactly these bytes.
 */
#include "rules/sha256.h"
#include "rules/topic_file.h"

#include <stdlib.h>
#include <string.h>

static void read_one(const char *bytes, size_t len)
{
	struct arena a;
	struct topic_fault fault;
	size_t again_len;
	arena_init(&a);
	const struct guard_topic_model *m =
	    topic_file_read(&a, bytes, len, &fault);
	if (!m && (!fault.line || !fault.col || !*fault.message))
		abort();
	char *again = m ? guard_topic_write(m, &again_len) : NULL;
	if (m && (again_len != len || memcmp(again, bytes, len) != 0))
		abort();
	free(again);
	arena_clear(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char check[] = "check: ";
	char hex[SHA256_HEX_LEN + 1];
	struct sha256 sum;
	char *sealed = malloc(size + sizeof(check) + SHA256_HEX_LEN);
	if (!sealed)
		abort();
	read_one((const char *)data, size);
	sha256_init(&sum);
	sha256_add(&sum, data, size);
	sha256_end(&sum, hex);
	memcpy(sealed, data, size);
	memcpy(sealed + size, check, sizeof(check) - 1);
	memcpy(sealed + size + sizeof(check) - 1, hex, SHA256_HEX_LEN);
	sealed[size + sizeof(check) - 1 + SHA256_HEX_LEN] = '\n';
	read_one(sealed, size + sizeof(check) + SHA256_HEX_LEN);
	free(sealed);
	return 0;
}
