#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/web.h"
#include "folder.h"

#define HASH "$2y$10$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG"
#define TLS "tls_server_config:\n  cert_file: own.pem\n  key_file: /keys/own.key\n"

static struct web_config *load_web_text(const struct folder *f, const char *text, struct err *err)
{
	AUTOERR struct err warnings = ERR_INIT;
	AUTOFREE char *path = folder_path(f, "web.yml");

	folder_write(f, "web.yml", text);
	return web_config_load(path, err, &warnings);
}

static void what_is_written_is_taken(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	AUTOERR struct err err = ERR_INIT;

	folder_init(&f);
	struct web_config *w = load_web_text(
		&f,
		TLS
		"  client_ca_file: ca.pem\n  client_auth_type: VerifyClientCertIfGiven\n  client_allowed_sans: [am.test, b]\n"
		"  min_version: TLS13\n  cipher_suites: [TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]\n"
		"  curve_preferences: [CurveP384, X25519]\n  prefer_server_cipher_suites: false\n"
		"http_server_config: {http2: false, headers: {X-Frame-Options: deny, X-XSS-Protection: ''}}\n"
		"basic_auth_users: {ana: " HASH ", ben: '" HASH "'}\n",
		&err);
	assert_non_null(w);
	AUTOFREE char *certificate = folder_path(&f, "own.pem");
	assert_true(w->tls);
	assert_string_equal(w->tls_options.cert_file, certificate); /* beside the file */
	assert_string_equal(w->tls_options.key_file, "/keys/own.key");
	assert_int_equal(w->tls_options.client_auth, HTTP_CLIENT_VERIFY_GIVEN);
	assert_int_equal(w->tls_options.allowed_san_count, 2);
	assert_int_equal(w->tls_options.min_version, HTTP_TLS13);
	assert_int_equal(w->tls_options.max_version, HTTP_TLS13);
	assert_string_equal(w->tls_options.suites, "ECDHE-RSA-AES128-GCM-SHA256");
	assert_string_equal(w->tls_options.curves, "P-384:X25519");
	assert_true(w->tls_options.prefer_client_suites);
	assert_int_equal(w->header_count, 1);
	assert_string_equal(w->headers[0].value, "deny");
	assert_int_equal(w->user_count, 2);
	assert_true(str_eq_c(w->users[1].name, "ben"));
	assert_string_equal(w->users[1].hash, HASH);
	web_config_free(w);
}

static void an_empty_file_asks_for_nothing(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	AUTOERR struct err err = ERR_INIT;

	folder_init(&f);
	struct web_config *w = load_web_text(&f, "", &err);
	assert_non_null(w);
	assert_false(w->tls);
	assert_int_equal(w->user_count + w->header_count, 0);
	web_config_free(w);
}

static void mistakes_have_their_place(void **state)
{
	(void)state;
	static const struct {
		const char *text, *said;
	} rows[] = {
		{"tls_server_config: {cert_file: a}\n", "1:20: error: "},
		{TLS "  client_auth_type: RequireAndVerifyClientCert\n", "needs client_ca_file"},
		{TLS "  client_ca_file: ca\n", "no effect without client_auth_type"},
		{TLS "  client_allowed_sans: [a]\n", "where certificates are not verified"},
		{TLS "  min_version: TLS13\n  max_version: TLS12\n", "min_version is above max_version"},
		{TLS "  cipher_suites: [TLS_NO]\n", "\"TLS_NO\" is no suite"},
		{TLS "  curve_preferences: [P-256]\n", "\"P-256\" is none of CurveP256"},
		{TLS "  cert: inline\n", "give cert_file"},
		{"http_server_config: {headers: {Server: x}}\n", "\"Server\" is none of"},
		{"http_server_config: {headers: {X-Frame-Options: \"a\\r\\nb\"}}\n", "must be one line"},
		{"basic_auth_users:\n  ana: secret\n", "2:8: error: basic_auth_users: of \"ana\" must be a bcrypt hash"},
		{"basic_auth_users: {ana: $2x$10$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG}\n",
	     "must be a bcrypt hash"},
		{"basic_auth_users: {ana: $2y$31$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG}\n", "the cost 31"},
		{"basic_auth_users: {'a:b': " HASH "}\n", "has no colon"},
		{"basic_auth_users: [a]\n", "must be a mapping"},
		{"basic_auth_user: {}\n", "basic_auth_users"},
		{"a: [\n", "error: "},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOFOLDER struct folder f;
		AUTOERR struct err err = ERR_INIT;
		folder_init(&f);
		assert_null(load_web_text(&f, rows[i].text, &err));
		assert_true(err_any(&err));
		if (!strstr(err_first(&err), rows[i].said) || !strstr(err_first(&err), "web.yml:"))
			fail_msg("%s: %s", rows[i].text, err_first(&err));
		assert_null(strstr(err_first(&err), "secret"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_taken),
		cmocka_unit_test(an_empty_file_asks_for_nothing),
		cmocka_unit_test(mistakes_have_their_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
