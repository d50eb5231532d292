#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "store/redis_identity.h"

#define GCC "gcc_version:12.2.0\r\n"
#define MORE "\r\n# Clients\r\nother_version:9\r\n"

static void each_is_introduced_by_its_own_name(void **state)
{
	(void)state;
	static const struct {
		const char *info, *name, *version;
		bool old;
	} cases[] = {
		{"# Server\r\nredis_version:7.0.15\r\n" GCC MORE, "redis", "7.0.15", false},
		{"# Server\r\nredis_version:6.0.16\r\n" GCC MORE, "redis", "6.0.16", true},
		{"# Server\r\nredis_version:5.9\r\n", "redis", "5.9", true},
		{"# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.1.2\r\n" GCC MORE, "valkey",
	     "9.1.2", false},
		{"# Server\r\nredis_version:7.2.4\r\nredict_version:7.3.6\r\nredict_mode:standalone\r\n" GCC MORE, "redict",
	     "7.3.6", false},
		{"# Server\r\n" GCC "redis_version:7.2.4\r\nsomebody_version:df-1\r\n", "somebody", "df-1", false},
		{"redis_version:8.0.6\nredis_mode:standalone\n", "redis", "8.0.6", false},
		{"# Memory\r\nused_memory:1\r\n", "", "", false},
		{"", "", "", false},
		{"_version:1\r\nredis_version:\r\nx", "", "", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct redis_identity who;
		redis_identify(str_c(cases[i].info), &who);
		assert_string_equal(who.name, cases[i].name);
		assert_string_equal(who.version, cases[i].version);
		assert_int_equal(redis_is_too_old(&who), cases[i].old);
	}
}

static void a_long_name_is_cut(void **state)
{
	(void)state;
	struct redis_identity who;
	redis_identify(STR("redis_version:1234567890123456789012345678901234567890\r\n"
	                   "anamethatislongerthananybodywouldcallaserver_version:1\r\n"),
	               &who);
	assert_int_equal(strlen(who.redis_version), sizeof who.redis_version - 1);
	assert_int_equal(strlen(who.name), sizeof who.name - 1);
}

static void values_of_info(void **state)
{
	(void)state;
	const struct str info = STR("# Persistence\r\naof_enabled:1\r\nno_aof_enabled:0\r\nlast:end");
	char out[8] = "before";
	redis_info_value(info, "enabled", out, sizeof out);
	assert_string_equal(out, "before");
	redis_info_value(info, "aof_enabled", out, sizeof out);
	assert_string_equal(out, "1");
	redis_info_value(info, "last", out, sizeof out);
	assert_string_equal(out, "end");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_introduced_by_its_own_name),
		cmocka_unit_test(a_long_name_is_cut),
		cmocka_unit_test(values_of_info),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
