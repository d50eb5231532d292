/* Hashes with published values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/hash.h"

/* FIPS 180-2, appendix B; the empty message is from NIST's test vectors. */
static void sha256(void **state)
{
	(void)state;
	char out[HASH_HEX_MAX];
	assert_string_equal(hash_sha256(STR("abc"), out),
	                    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(hash_sha256((struct str){NULL, 0}, out),
	                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_string_equal(hash_sha256(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), out),
	                    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* RFC 4231, test cases 1, 2 and 6. */
static void hmac_sha256(void **state)
{
	(void)state;
	char out[HASH_HEX_MAX], key[131];
	memset(key, 0x0b, 20);
	assert_string_equal(hash_hmac_sha256((struct str){key, 20}, STR("Hi There"), out),
	                    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	assert_string_equal(hash_hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), out),
	                    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof key);
	assert_string_equal(hash_hmac_sha256((struct str){key, sizeof key},
	                                     STR("Test Using Larger Than Block-Size Key - Hash Key First"), out),
	                    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	assert_string_equal(hash_hmac_sha256((struct str){NULL, 0}, (struct str){NULL, 0}, out),
	                    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void compares_in_even_time(void **state)
{
	(void)state;
	assert_true(hash_equal(STR("abc"), STR("abc")));
	assert_true(hash_equal((struct str){NULL, 0}, STR("")));
	assert_false(hash_equal(STR("abc"), STR("abd")));
	assert_false(hash_equal(STR("abc"), STR("ab")));
}

static void compares_secrets(void **state)
{
	(void)state;
	assert_true(hash_equal_secret(STR("an open door"), STR("an open door")));
	assert_true(hash_equal_secret((struct str){NULL, 0}, STR("")));
	assert_false(hash_equal_secret(STR("an open doof"), STR("an open door")));
	assert_false(hash_equal_secret(STR("an open doo"), STR("an open door")));
	assert_false(hash_equal_secret(STR("an open door\0"), STR("an open door")));
	assert_false(hash_equal_secret(STR(""), STR("an open door")));
}

static void identifiers_differ(void **state)
{
	(void)state;
	char a[HASH_ID_MAX], b[HASH_ID_MAX];
	hash_random_id(a);
	hash_random_id(b);
	assert_int_equal(strlen(a), 32);
	assert_int_equal(strspn(a, "0123456789abcdef"), 32);
	assert_string_not_equal(a, b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256),
		cmocka_unit_test(hmac_sha256),
		cmocka_unit_test(compares_in_even_time),
		cmocka_unit_test(compares_secrets),
		cmocka_unit_test(identifiers_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
