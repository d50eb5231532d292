#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "web/api.h"

static void test_paths(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *path;
		bool matches;
		const char *segment;
	} rows[] = {
		{"/metrics", "/metrics", true, ""},
		{"/metrics", "/metrics/", false, ""},
		{"/metrics", "/metric", false, ""},
		{"/", "/", true, ""},
		{"/", "", false, ""},
		{"/", "/x", false, ""},
		{"/api/v1/incidents/*", "/api/v1/incidents/abc", true, "abc"},
		{"/api/v1/incidents/*", "/api/v1/incidents/", false, ""},
		{"/api/v1/incidents/*", "/api/v1/incidents", false, ""},
		{"/api/v1/incidents/*", "/api/v1/incidents/a/b", false, ""},
		{"/api/v1/incidents/*/ack", "/api/v1/incidents/abc/ack", true, "abc"},
		{"/api/v1/incidents/*/ack", "/api/v1/incidents//ack", false, ""},
		{"/api/v1/incidents/*/ack", "/api/v1/incidents/abc/nack", false, ""},
		{"/runbooks/**", "/runbooks/a.md", true, "a.md"},
		{"/runbooks/**", "/runbooks/a/b/c.md", true, "a/b/c.md"},
		{"/runbooks/**", "/runbooks/a/", true, "a/"},
		{"/runbooks/**", "/runbooks/", false, ""},
		{"/runbooks/**", "/runbooks", false, ""},
		{"/runbooks/**", "/runbook/a", false, ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str segment;
		assert_int_equal(api_path_matches(rows[i].pattern, str_c(rows[i].path), &segment), rows[i].matches);
		if (rows[i].matches)
			assert_true(str_eq_c(segment, rows[i].segment));
	}
}

static void test_paths_are_left_out(void **state)
{
	(void)state;
	static const struct {
		const char *text, *said;
	} rows[] = {
		{"", ""},
		{"/srv/a b/r.db: is damaged", "(path) (path): is damaged"},
		{"what was there is now ./data/r.db.lost-1.", "what was there is now (path)."},
		{"held by another process (it locks /srv/r.db)", "held by another process (it locks (path))"},
		{"no path at all,  two blanks", "no path at all,  two blanks"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOBUF struct buf out;
		buf_init(&out, 1000);
		api_add_without_paths(&out, str_c(rows[i].text));
		assert_true(str_eq_c(buf_str(&out), rows[i].said));
	}
}

static void test_only_this_machine_operates(void **state)
{
	(void)state;
	static const struct {
		bool loopback, forwarded;
		const char *origin, *host;
		bool local;
	} rows[] = {
		{true, false, "", "localhost:9195", true},
		{true, false, "", "127.0.0.1:9195", true},
		{true, false, "", "[::1]:9195", true},
		{true, false, "", "", true}, /* HTTP/1.0 */
		{true, false, "http://localhost:9195", "localhost:9195", true},
		{false, false, "", "localhost:9195", false},
		{false, false, "", "10.0.0.1:9195", false},
		/* a proxy on this machine asks for somebody else */
		{true, true, "", "localhost:9195", false},
		/* a browser asks for the page it shows, or for a name that was made to resolve here */
		{true, false, "http://evil.test", "localhost:9195", false},
		{true, false, "null", "localhost:9195", false},
		{true, false, "", "evil.test", false},
		{true, false, "http://evil.test:9195", "evil.test:9195", false},
		{true, false, "http://localhost:3000", "localhost:9195", false},
		/* names that only begin like an address of this machine */
		{true, false, "", "127.evil.test:9195", false},
		{true, false, "http://127.evil.test:9195", "127.evil.test:9195", false},
		{true, false, "", "127.0.0.1.evil.test", false},
		{true, false, "", "localhost.evil.test", false},
		{true, false, "", "127.1", false},
		{true, false, "", "10.0.0.1:9195", false},
		{true, false, "", "[::2]:9195", false},
		{true, false, "", "127.0.0.2", true},
		{true, false, "", "LOCALHOST", true},
		{true, false, "", "[::1]", true},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct api_peer peer = {rows[i].loopback, rows[i].forwarded, str_c(rows[i].origin), str_c(rows[i].host),
		                              STR("")};
		assert_int_equal(api_is_local(&peer), rows[i].local);
	}
}

static void test_a_browser_says_whose_page_asks(void **state)
{
	(void)state;
	static const struct {
		const char *site, *origin, *host;
		bool local, foreign;
	} rows[] = {
		{"", "", "localhost:1", true, false},
		{"none", "", "localhost:1", true, false},
		{"same-origin", "http://localhost:1", "localhost:1", true, false},
		{"same-site", "http://localhost:1", "localhost:1", false, true},
		{"cross-site", "", "localhost:1", false, true},
		{"", "null", "localhost:1", false, true},
		{"", "http://evil.test", "localhost:1", false, true},
		/* a name that was made to resolve here has the right origin, but is no address */
		{"same-origin", "http://evil.test:1", "evil.test:1", false, true},
		{"", "http://127.evil.test:1", "127.evil.test:1", false, true},
		{"", "http://10.0.0.1:1", "10.0.0.1:1", false, false},
		{"", "https://pager.test", "inner:1", false, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct api_peer peer = {true, false, str_c(rows[i].origin), str_c(rows[i].host), str_c(rows[i].site)};
		assert_int_equal(api_is_local(&peer), rows[i].local);
		assert_int_equal(api_is_foreign_page(&peer, STR("https://pager.test/x")), rows[i].foreign);
	}
}

static void test_a_name_that_may_have_been_made_to_lead_here_is_foreign(void **state)
{
	(void)state;
	static const struct {
		bool loopback;
		const char *host;
		bool foreign;
	} rows[] = {
		{true, "", false}, /* HTTP/1.0 */
		{true, "localhost:9195", false},
		{true, "127.0.0.1:9195", false},
		{true, "[::1]:9195", false},
		{true, "10.0.0.7", false},
		{true, "routerbox:9195", false},
		{true, "pager.test", false},
		{true, "PAGER.test:9195", false},
		{true, "side.test:1", false},
		{true, "evil.test", true},
		{true, "127.evil.test:9195", true},
		{true, "pager.test.evil.test", true},
		{true, "localhost.", true},
		{false, "evil.test", false},
	};
	struct str listed[] = {STR("other.test"), STR("Side.test")};
	const struct strs hosts = {listed, 2};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct api_peer peer = {.from_loopback = rows[i].loopback, .host = str_c(rows[i].host)};
		assert_int_equal(api_is_asked_by_foreign_name(&peer, STR("https://pager.test:8443/x"), &hosts),
		                 rows[i].foreign);
	}
	const struct api_peer evil = {.from_loopback = true, .host = STR("evil.test")};
	assert_true(api_is_asked_by_foreign_name(&evil, STR(""), &(struct strs){NULL, 0}));
}

static bool proves_itself(const char *path)
{
	return strcmp(path, "/ack/**") == 0 || strcmp(path, "/api/v1/callbacks/*") == 0;
}

/* Whatever changes an incident or the configuration is for this machine, or signed; whatever reads is a GET. */
static void test_the_table_of_routes(void **state)
{
	(void)state;
	const struct api_route *routes;
	size_t n = api_routes(&routes);

	assert_true(n > 15);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(routes[i].handle);
		assert_true(strlen(routes[i].doc) > 0);
		if (routes[i].method == HTTP_GET)
			assert_int_equal(routes[i].who,
			                 strstr(routes[i].path, "/-/") || proves_itself(routes[i].path) ? API_ANYONE : API_READER);
		else if (strstr(routes[i].path, "webhook"))
			assert_int_equal(routes[i].who, API_SENDER);
		else if (!strstr(routes[i].path, "explain"))
			assert_true(proves_itself(routes[i].path)
			                ? routes[i].who == API_PROVEN
			                : routes[i].who == API_RESPONDER || routes[i].who == API_OPERATOR);
		for (size_t j = 0; j < i; j++)
			assert_false(routes[i].method == routes[j].method && strcmp(routes[i].path, routes[j].path) == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_only_this_machine_operates),
		cmocka_unit_test(test_a_browser_says_whose_page_asks),
		cmocka_unit_test(test_a_name_that_may_have_been_made_to_lead_here_is_foreign),
		cmocka_unit_test(test_paths_are_left_out),
		cmocka_unit_test(test_the_table_of_routes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
