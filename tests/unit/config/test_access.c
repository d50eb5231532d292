#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "loaded.h"

static bool is_proxy(const struct config *c, const char *text)
{
	struct in6_addr address;
	assert_int_equal(inet_pton(AF_INET6, text, &address), 1);
	return access_is_proxy(&c->access, &address);
}

static void rights_are_what_is_written(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	AUTOLOADED struct loaded l;

	folder_init(&f);
	folder_write(&f, "config/ci", "token\n");
	load_text(&f,
	          RECEIVERS "access:\n  users: {ana: [read, respond], ben: operate, nil: []}\n"
	                    "  certificates: {am.test: [webhook], ops.test: [read, operate]}\n"
	                    "  tokens: [{name: ci, token_file: ci, rights: [read]}]\n  loopback: [read]\n"
	                    "  hosts: [pages.test, Other.test]\n  trusted_proxies: [10.1.0.0/16, 192.0.2.7, "
	                    "'2001:db8::/32']\n  user_header: X-User\n",
	          &l);
	assert_string_equal(errors(&l), "");
	const struct config_access *a = &l.config->access;
	assert_int_equal(access_of_user(a, STR("ana")), RIGHT_READ | RIGHT_RESPOND);
	assert_int_equal(access_of_user(a, STR("ben")), RIGHT_OPERATE);
	assert_int_equal(access_of_user(a, STR("nil")), 0);
	assert_int_equal(access_of_user(a, STR("eve")), 0);
	assert_int_equal(access_of_certificate(a, STR("x\nam.test\nops.test")), RIGHT_WEBHOOK | RIGHT_READ | RIGHT_OPERATE);
	assert_int_equal(access_of_certificate(a, STR("am.test.evil")), 0);
	assert_int_equal(a->tokens[0].rights, RIGHT_READ);
	assert_int_equal(a->loopback, RIGHT_READ);
	assert_int_equal(a->hosts.n, 2);
	assert_true(str_eq_c(a->hosts.v[1], "Other.test"));
	assert_true(is_proxy(l.config, "::ffff:10.1.255.1"));
	assert_false(is_proxy(l.config, "::ffff:10.2.0.1"));
	assert_true(is_proxy(l.config, "::ffff:192.0.2.7"));
	assert_false(is_proxy(l.config, "::ffff:192.0.2.8"));
	assert_true(is_proxy(l.config, "2001:db8:1::1"));
	assert_false(is_proxy(l.config, "2001:db9::1"));
}

static void accounts_are_known_by_their_number(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	AUTOLOADED struct loaded l;

	folder_init(&f);
	load_text(&f, RECEIVERS "access:\n  accounts: {root: [read], 54321: respond, no-such-account: operate}\n", &l);
	assert_string_equal(errors(&l), "");
	const struct config_access *a = &l.config->access;
	assert_int_equal(access_account_of(a, 0)->rights, RIGHT_READ);
	assert_int_equal(access_account_of(a, 54321)->rights, RIGHT_RESPOND);
	assert_null(access_account_of(a, 54322));
	assert_true(a->accounts_given);
	assert_int_equal(a->account_count, 2);
}

static void root_and_we_may_everything_by_default(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	AUTOLOADED struct loaded l;

	folder_init(&f);
	load_text(&f, RECEIVERS, &l);
	const struct config_access *a = &l.config->access;
	assert_int_equal(access_account_of(a, 0)->rights, RIGHTS_ALL);
	assert_int_equal(access_account_of(a, geteuid())->rights, RIGHTS_ALL);
	assert_null(access_account_of(a, geteuid() + 1));
	assert_false(a->accounts_given);
}

static void who_is_not_restricted_may_everything(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	AUTOLOADED struct loaded l;

	folder_init(&f);
	load_text(&f, RECEIVERS, &l);
	assert_int_equal(access_of_user(&l.config->access, STR("anybody")), RIGHTS_ALL);
	assert_false(l.config->access.loopback_given);
}

static void mistakes_in_access(void **state)
{
	(void)state;
	static const struct {
		const char *text, *said;
	} rows[] = {
		{"access: {users: {ana: [reed]}}\n", "a right is one of"},
		{"access: {users: {ana: {}}}\n", "rights are a list"},
		{"access: {users: [ana]}\n", "must be a mapping"},
		{"access: {tokens: [{name: x, token_file: none, rights: [read]}]}\n", "token_file"},
		{"access: {trusted_proxies: [10.0.0.0/33], user_header: X}\n", "no address or network"},
		{"access: {trusted_proxies: [proxy.test], user_header: X}\n", "no address or network"},
		{"access: {trusted_proxies: [10.0.0.1]}\n", "user_header must say"},
		{"access: {user_header: X}\n", "trusted_proxies must say"},
		{"access: {hosts: ['https://pages.test/']}\n", "no name such as"},
		{"access: {hosts: ['pages.test:80']}\n", "no name such as"},
		{"access: {loopbak: []}\n", "loopback"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOFOLDER struct folder f;
		AUTOLOADED struct loaded l;
		AUTOFREE char *text = mem_printf("%s%s", RECEIVERS, rows[i].text);
		folder_init(&f);
		load_text(&f, text, &l);
		assert_null(l.config);
		if (!strstr(errors(&l), rows[i].said))
			fail_msg("%s: %s", rows[i].text, errors(&l));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rights_are_what_is_written),
		cmocka_unit_test(accounts_are_known_by_their_number),
		cmocka_unit_test(root_and_we_may_everything_by_default),
		cmocka_unit_test(who_is_not_restricted_may_everything),
		cmocka_unit_test(mistakes_in_access),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
