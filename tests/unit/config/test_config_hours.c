/* Hours that never open hold nothing: loading warns of whoever says them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "loaded.h"

#define CONFIGURATION                                                                                                  \
	RECEIVERS                                                                                                          \
	"catalog: {files: [catalog.yml]}\nrule_files: [rules.yml]\ntime_intervals:\n"                                      \
	"- {name: past, time_intervals: [{years: ['1999']}]}\n- {name: always, time_intervals: [{}]}\n"                    \
	"- {name: soon, time_intervals: [{times: [{start_time: '09:00', end_time: '17:00'}]}]}\n"
#define NEVER(said) "its hours (" said ") do not open within a year: what they would hold is told at once"

static void load_hours_of(const struct folder *f, const char *catalog, const char *rules, struct loaded *l)
{
	folder_write(f, "config/catalog.yml", catalog);
	folder_write(f, "config/rules.yml", rules);
	load_text(f, CONFIGURATION, l);
	if (!l->config)
		fail_msg("%s", errors(l));
}

static void whoever_says_hours_that_never_open_is_warned(void **state)
{
	(void)state;
	static const struct {
		const char *catalog, *rules, *warning; /* NULL: none */
	} rows[] = {
		{"severities: [{name: P3, active: [past]}]\n", "",
	     "catalog.yml:1:14: warning: severity \"P3\": " NEVER("active: past")},
		{"owners:\n- {name: crew, mute: [soon, always]}\n", "",
	     "catalog.yml:2:3: warning: owner \"crew\": " NEVER("mute: soon, always")},
		{"escalations:\n- {name: p, steps: [{notify: oncall}, {after: 1m, notify: oncall, active: past}]}\n", "",
	     "catalog.yml:2:3: warning: a step of escalation \"p\": " NEVER("active: past")},
		{"", "rules:\n- {name: r, matchers: ['a=\"b\"'], active: [soon], mute: [soon]}\n",
	     "rules.yml:2:42: warning: rule \"r\": " NEVER("active: soon; mute: soon")},
		{"", "rules:\n- {name: r, matchers: ['a=\"b\"'], mute: [always]}\n",
	     "rules.yml:2:40: warning: rule \"r\": " NEVER("mute: always")},
		{"owners: [{name: crew, mute: [soon]}]\n", "rules: [{name: r, matchers: ['a=\"b\"'], active: [past, soon]}]\n",
	     NULL},
		{"severities: [{name: P3, mute: [past], active: [always]}]\n", "", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOFOLDER struct folder f;
		folder_init(&f);
		AUTOLOADED struct loaded l;
		load_hours_of(&f, rows[i].catalog[0] ? rows[i].catalog : "owners: []\n",
		              rows[i].rules[0] ? rows[i].rules : "rules: []\n", &l);
		if (rows[i].warning ? !strstr(warnings(&l), rows[i].warning) : strstr(warnings(&l), "do not open") != NULL)
			fail_msg("%s%s: %s", rows[i].catalog, rows[i].rules, warnings(&l));
	}
}

#define ONE(name, more) "- {name: " name ", webhook: {url: 'https://hook.test/'}" more "}\n"
#define INTERVALS                                                                                                      \
	"time_intervals:\n- {name: past, time_intervals: [{years: ['1999']}]}\n"                                           \
	"- {name: soon, time_intervals: [{times: [{start_time: '09:00', end_time: '17:00'}]}]}\n"

static void a_receiver_s_own_hours_are_warned_of_too(void **state)
{
	(void)state;
	static const struct {
		const char *text, *warning; /* NULL: none */
	} rows[] = {
		{"receivers:\n" ONE("a", "") ONE("b", ", active: past") "defaults: {receivers: [a]}\n",
	     "warning: receiver \"b\": " NEVER("active: past")},
		{"receivers:\n" ONE("a", "") ONE("b", ", active: soon") "defaults: {receivers: [a, b]}\n", NULL},
		{"receivers:\n" ONE("a", ", mute: soon") ONE("b", ", active: soon") "defaults: {receivers: [a, b]}\n",
	     "warning: defaults.receivers: all of them have hours"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOFOLDER struct folder f;
		folder_init(&f);
		AUTOLOADED struct loaded l;
		AUTOFREE char *text = mem_printf("%s%s", rows[i].text, INTERVALS);
		load_text(&f, text, &l);
		assert_non_null(l.config);
		if (rows[i].warning ? !strstr(warnings(&l), rows[i].warning) : strstr(warnings(&l), "hours") != NULL)
			fail_msg("%s: %s", rows[i].text, warnings(&l));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whoever_says_hours_that_never_open_is_warned),
		cmocka_unit_test(a_receiver_s_own_hours_are_warned_of_too),
	};
	return cmocka_run_group_tests_name("config_hours", tests, NULL, NULL);
}
