#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/time.h"
#include "web/webhook_auth.h"

static void test_bearer_tokens(void **state)
{
	(void)state;
	static const struct {
		const char *header, *tokens;
		bool ok;
	} rows[] = {
		{"Bearer one", "one\n", true},
		{"bearer one", "one", true},
		{"Bearer  one ", " one \r\n", true},
		{"Bearer two", "one\n\ntwo\n", true},
		{"Bearer three", "one\ntwo\n", false},
		{"Bearer on", "one\n", false},
		{"Bearer ", "one\n\n", false},
		{"Bearer", "one\n", false},
		{"", "one\n", false},
		{"Basic one", "one\n", false},
		{"Bearer #one", "#one\n", false},
		{"Bearer one", "", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(webhook_auth_bearer(str_c(rows[i].header), str_c(rows[i].tokens)), rows[i].ok);
}

#define NOW (INT64_C(1700000000) * TIME_SECOND)

static void test_signature(void **state)
{
	(void)state;
	char hex[HASH_HEX_MAX], text[200];

	hash_hmac_sha256(STR("s3cret"), STR("1700000000:{}"), hex);
	snprintf(text, sizeof text, "v1=%s", hex);
	struct str good = str_c(text), body = STR("{}"), at = STR("1700000000"), secret = STR("s3cret");
	assert_true(webhook_auth_signature(secret, at, good, body, NOW));
	assert_true(webhook_auth_signature(secret, at, good, body, NOW + WEBHOOK_SIGNATURE_AGE));
	assert_false(webhook_auth_signature(secret, at, good, body, NOW + WEBHOOK_SIGNATURE_AGE + 1));
	assert_false(webhook_auth_signature(secret, at, good, body, NOW - WEBHOOK_SIGNATURE_AGE - 1));
	assert_true(webhook_auth_signature(STR("new one\n\n s3cret\r\n"), at, good, body, NOW));
	assert_false(webhook_auth_signature(STR("other\nnew one"), at, good, body, NOW));
	assert_false(webhook_auth_signature(STR("other"), at, good, body, NOW));
	assert_false(webhook_auth_signature((struct str){NULL, 0}, at, good, body, NOW));
	assert_false(webhook_auth_signature(secret, at, good, STR("{} "), NOW));
	assert_false(webhook_auth_signature(secret, STR("1700000001"), good, body, NOW));
	assert_false(webhook_auth_signature(secret, at, str_c(hex), body, NOW));
	assert_false(webhook_auth_signature(secret, at, STR("v1="), body, NOW));
}

static void test_odd_timestamps(void **state)
{
	(void)state;
	static const char *const odd[] = {"", "x", "-1", "1e9", "9223372036854775807", "-9223372036854775808"};

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		assert_false(webhook_auth_signature(STR("s"), str_c(odd[i]), STR("v1=00"), STR("{}"), NOW));
}

/* A secret is rotated by sending two signatures for a while. */
static void test_one_of_several_signatures_is_enough(void **state)
{
	(void)state;
	char hex[HASH_HEX_MAX], text[200];

	hash_hmac_sha256(STR("s3cret"), STR("1700000000:{}"), hex);
	snprintf(text, sizeof text, "v1=%064d, v2=x,v1=%s", 0, hex);
	assert_true(webhook_auth_signature(STR("s3cret"), STR("1700000000"), str_c(text), STR("{}"), NOW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bearer_tokens),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_odd_timestamps),
		cmocka_unit_test(test_one_of_several_signatures_is_enough),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
