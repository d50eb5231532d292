/* Where people reach this machine, when nobody has said it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "web/external_url.h"

static void is_this_machine_and_the_port_it_listens_on(void **state)
{
	(void)state;
	static const struct {
		const char *listen, *port;
	} cases[] = {
		{":9195", "9195"}, {"127.0.0.1:80", "80"}, {"[::1]:8080", "8080"}, {":0", NULL}, {"127.0.0.1", NULL},
		{"", NULL},        {":65536", NULL},       {":x", NULL},
	};
	char host[256] = "";
	assert_int_equal(gethostname(host, sizeof host - 1), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOFREE char *url = external_url_guess(cases[i].listen);
		AUTOFREE char *expected = cases[i].port ? mem_printf("http://%s:%s", host, cases[i].port) : NULL;
		if (expected)
			assert_string_equal(url, expected);
		else
			assert_null(url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(is_this_machine_and_the_port_it_listens_on)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
