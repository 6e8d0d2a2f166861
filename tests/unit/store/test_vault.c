/* vault: what is sealed opens in its place only, and nowhere when altered. */
#include "tests/unit/store/fixture.h"

static const struct vault_place here = {"web", "c-1", "message", 3};

static struct vault *vault_of(unsigned char byte)
{
	unsigned char master[VAULT_KEY_BYTES];

	memset(master, byte, sizeof(master));
	return vault_new(master);
}

static void test_round_trip(void **state)
{
	struct vault *vault = vault_of(1);
	static const char text[] = "my card is 4111 1111 1111 1111";
	struct vault_key key;
	unsigned char wrapped[VAULT_WRAPPED_BYTES];

	vault_key_make(vault, &here, &key, wrapped);
	for (size_t len = 0; len <= sizeof(text); len++) {
		struct buf sealed = {0}, plain = {0};

		buf_adds(&plain, "before");
		vault_seal(&key, &here, text, len, &sealed);
		assert_int_equal(sealed.len, len + VAULT_SEALED_EXTRA);
		assert_int_equal(
		    vault_open(&key, &here, sealed.data, sealed.len, &plain),
		    0);
		assert_int_equal(plain.len, 6 + len);
		assert_memory_equal(plain.data + 6, text, len);
		buf_clear(&sealed);
		buf_clear(&plain);
	}
	vault_key_wipe(&key);
	vault_free(vault);
}

static void test_nonces_differ(void **state)
{
	struct vault *vault = vault_of(1);
	struct vault_key key;
	unsigned char wrapped[VAULT_WRAPPED_BYTES];
	struct buf a = {0}, b = {0};

	vault_key_make(vault, &here, &key, wrapped);
	vault_seal(&key, &here, "same", 4, &a);
	vault_seal(&key, &here, "same", 4, &b);
	assert_memory_not_equal(a.data, b.data, VAULT_NONCE_BYTES);
	assert_memory_not_equal(a.data, b.data, a.len);
	buf_clear(&a);
	buf_clear(&b);
	vault_free(vault);
}

static void test_every_altered_byte(void **state)
{
	struct vault *vault = vault_of(1);
	struct vault_key key;
	unsigned char wrapped[VAULT_WRAPPED_BYTES];
	struct buf sealed = {0}, plain = {0};

	vault_key_make(vault, &here, &key, wrapped);
	vault_seal(&key, &here, "secret", 6, &sealed);
	for (size_t i = 0; i < sealed.len; i++) {
		sealed.data[i] ^= 1;
		if (vault_open(&key, &here, sealed.data, sealed.len, &plain) !=
		    -1)
			fail_msg("byte %zu may be altered", i);
		sealed.data[i] ^= 1;
	}
	for (size_t len = 0; len < sealed.len; len++)
		if (vault_open(&key, &here, sealed.data, len, &plain) != -1)
			fail_msg("%zu bytes are enough", len);
	assert_int_equal(plain.len, 0);
	buf_clear(&sealed);
	buf_clear(&plain);
	vault_free(vault);
}

static void test_other_places(void **state)
{
	static const struct vault_place others[] = {
	    {"web2", "c-1", "message", 3}, {"web", "c-2", "message", 3},
	    {"web", "c-1", "reply", 3}, {"web", "c-1", "message", 4},
	    {"we", "bc-1", "message", 3}, {"", "webc-1", "message", 3}};
	struct vault *vault = vault_of(1);
	struct vault_key key;
	unsigned char wrapped[VAULT_WRAPPED_BYTES];
	struct buf sealed = {0}, plain = {0};

	vault_key_make(vault, &here, &key, wrapped);
	vault_seal(&key, &here, "secret", 6, &sealed);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (vault_open(&key, &others[i], sealed.data, sealed.len,
			&plain) != -1)
			fail_msg("opens at place %zu", i);
	buf_clear(&sealed);
	buf_clear(&plain);
	vault_free(vault);
}

static void test_wrapped_keys(void **state)
{
	struct vault *vault = vault_of(1), *other = vault_of(2);
	static const struct vault_place place = {"web", "c-1", "key", 1};
	static const struct vault_place second = {"web", "c-1", "key", 2};
	struct vault_key key, again;
	unsigned char wrapped[VAULT_WRAPPED_BYTES];

	vault_key_make(vault, &place, &key, wrapped);
	assert_int_equal(
	    vault_key_unwrap(vault, &place, wrapped, sizeof(wrapped), &again),
	    0);
	assert_memory_equal(&key, &again, sizeof(key));
	assert_int_equal(
	    vault_key_unwrap(other, &place, wrapped, sizeof(wrapped), &again),
	    -1);
	assert_int_equal(
	    vault_key_unwrap(vault, &second, wrapped, sizeof(wrapped), &again),
	    -1);
	assert_int_equal(
	    vault_key_unwrap(vault, &place, wrapped, 10, &again), -1);
	vault_free(vault);
	vault_free(other);
	vault_free(NULL);
}

static void test_index(void **state)
{
	struct vault *vault = vault_of(1), *other = vault_of(2);
	char a[VAULT_INDEX_SIZE], b[VAULT_INDEX_SIZE];

	vault_index(vault, "customer", "ann", 3, a);
	vault_index(vault, "customer", "ann", 3, b);
	assert_string_equal(a, b);
	assert_int_equal(strlen(a), 32);
	vault_index(vault, "card", "ann", 3, b);
	assert_string_not_equal(a, b);
	vault_index(vault, "customer", "bob", 3, b);
	assert_string_not_equal(a, b);
	vault_index(other, "customer", "ann", 3, b);
	assert_string_not_equal(a, b);
	vault_free(vault);
	vault_free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_nonces_differ),
	    cmocka_unit_test(test_every_altered_byte),
	    cmocka_unit_test(test_other_places),
	    cmocka_unit_test(test_wrapped_keys),
	    cmocka_unit_test(test_index),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
