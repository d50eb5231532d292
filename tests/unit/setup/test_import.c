/* What an import reads of another program's routing, before anything is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "setup/import.h"

#define HOOKS                                                                                                          \
	"receivers:\n"                                                                                                     \
	"- {name: crew, webhook_configs: [{url: 'https://crew.example.com/'}]}\n"                                          \
	"- {name: chat, webhook_configs: [{url: 'https://chat.example.com/'}]}\n"                                          \
	"- {name: loud, webhook_configs: [{url: 'https://loud.example.com/'}]}\n- {name: nobody}\n"

static void read_text(struct import *i, const char *text)
{
	static const struct import_options options = {.file = "am.yml"};
	AUTOERR struct err err = ERR_INIT;

	if (!import_read(i, &options, str_c(text), &err))
		fail_msg("%s", err_first(&err));
}

/* The rules behind the one about severities: "crew=1,loud+", receivers and whether the rule continues. */
static char *rules_text(const struct import *i)
{
	AUTOBUF struct buf out;

	buf_init(&out, 4096);
	for (size_t k = 1; k < json_array_size(i->rules); k++) {
		const json_t *rule = json_array_get(i->rules, k), *told = json_object_get(rule, "receivers");
		buf_add_c(&out, k > 1 ? " | " : "");
		for (size_t n = 0; n < json_array_size(told); n++)
			buf_printf(&out, "%s%s", n ? "," : "", json_string_value(json_array_get(told, n)));
		buf_printf(&out, "%s%s", json_object_get(rule, "continue") ? "+" : "",
		           json_object_get(rule, "active") ? " in hours" : "");
	}
	buf_add_c(&out, "");
	return buf_take(&out);
}

static bool import_is_noted(const struct import *i, const char *words)
{
	for (size_t k = 0; k < i->note_count; k++)
		if (str_find(i->notes[k].text, str_c(words)) >= 0)
			return true;
	return false;
}

static void any_word_for_true_continues(void **state)
{
	static const struct {
		const char *word;
		bool goes_on;
	} cases[] = {{"true", true}, {"True", true}, {"yes", true}, {"On", true}, {"y", true},       {"false", false},
	             {"NO", false},  {"off", false}, {"N", false},  {"~", false}, {"\"yes\"", true}, {"maybe", false}};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct import i;
		AUTOFREE char *text = mem_printf("route: {receiver: crew, routes: [{receiver: chat, matchers: ['a=\"1\"'], "
		                                 "continue: %s}, {receiver: loud, matchers: ['b=\"1\"']}]}\n" HOOKS,
		                                 cases[k].word);
		read_text(&i, text);
		AUTOFREE char *rules = rules_text(&i);
		assert_string_equal(rules, cases[k].goes_on ? "chat+ | loud" : "chat | loud");
		assert_int_equal(import_is_noted(&i, "neither true nor false"), strcmp(cases[k].word, "maybe") == 0);
		import_release(&i);
	}
}

static void rules_that_never_match_are_not_written(void **state)
{
	struct import i;

	(void)state;
	read_text(
		&i, "route:\n"
			"  receiver: crew\n"
			"  routes:\n"
			"  - {matchers: ['env=\"prod\"'], continue: true, routes: [{matchers: ['team=\"a\"'], receiver: chat}]}\n"
			"  - {matchers: ['env=\"dev\"'], receiver: loud, routes: [{matchers: ['team=~\"a|b\"'], receiver: chat}]}\n"
			"  - {matchers: ['env=\"prod\"', 'x=\"1\"'], receiver: loud}\n" HOOKS);
	AUTOFREE char *rules = rules_text(&i);
	/* prod and a: alone or with x; prod: alone or with x; dev: with a or b, or alone. Never prod and dev. */
	assert_string_equal(rules, "chat,loud | chat | crew,loud | crew | chat | loud");
	import_release(&i);
}

static void many_continuing_routes_on_one_label_stay_few_rules(void **state)
{
	AUTOBUF struct buf text;
	struct import i;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_add_c(&text, "route:\n  receiver: crew\n  routes:\n");
	for (int k = 0; k < 100; k++)
		buf_printf(&text,
		           "  - {matchers: ['team=\"t%d\"'], receiver: chat, continue: true, routes: [{matchers: "
		           "['severity=\"critical\"'], receiver: loud}]}\n",
		           k);
	buf_add_c(&text, HOOKS);
	read_text(&i, buf_str(&text).p);
	assert_int_equal(json_array_size(i.rules), 201);
	import_release(&i);
}

#define HOURS                                                                                                          \
	"time_intervals: [{name: weekend, time_intervals: [{weekdays: ['saturday', 'sunday']}]}, {name: noon, "            \
	"time_intervals: [{times: [{start_time: '12:00', end_time: '13:00'}]}]}]\n" HOOKS

static void each_route_keeps_its_hours(void **state)
{
	static const struct {
		const char *routes, *rules;
		bool noted;
	} cases[] = {
		{"{receiver: chat, active_time_intervals: [weekend], continue: true}, {receiver: loud, matchers: ['a=\"1\"']}",
	     "chat (active weekend),loud | chat in hours", true},
		{"{receiver: loud, continue: true, matchers: ['a=\"1\"']}, {receiver: chat, active_time_intervals: [weekend]}",
	     "loud,chat (active weekend) | chat in hours", true},
		{"{receiver: loud, continue: true, matchers: ['a=\"1\"']}, {receiver: chat, active_time_intervals: [weekend], "
	     "matchers: ['a=\"2\"']}",
	     "loud+ | chat in hours", false},
		{"{receiver: loud, continue: true, matchers: ['a=\"1\"'], active_time_intervals: [weekend]}, {receiver: chat, "
	     "active_time_intervals: [weekend]}",
	     "loud+ in hours | chat in hours", false},
		/* who is told at once by one route needs not wait for another */
		{"{receiver: chat, active_time_intervals: [weekend], continue: true}, {receiver: chat, matchers: ['a=\"1\"']}",
	     "chat | chat in hours", false},
		/* neither is told on a Monday at noon */
		{"{receiver: chat, active_time_intervals: [weekend], continue: true}, {receiver: loud, mute_time_intervals: "
	     "[noon]}",
	     "chat (active weekend),loud (mute noon)", true},
		{"{receiver: nobody, active_time_intervals: [noon], continue: true}, {receiver: chat, active_time_intervals: "
	     "[weekend], continue: true}, {receiver: loud, mute_time_intervals: [noon]}",
	     "chat (active weekend),loud (mute noon)", true},
	};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct import i;
		AUTOFREE char *text = mem_printf("route: {receiver: crew, routes: [%s]}\n" HOURS, cases[k].routes);
		read_text(&i, text);
		AUTOFREE char *rules = rules_text(&i);
		assert_string_equal(rules, cases[k].rules);
		assert_int_equal(import_is_noted(&i, "a receiver of its own"), cases[k].noted);
		import_release(&i);
	}
}

/* "": it has the configuration's. */
static const char *first_rules_repeat(const struct import *i)
{
	const char *text = json_string_value(json_object_get(json_array_get(i->rules, 1), "repeat_interval"));
	return text ? text : "";
}

/* An incident has one repeat_interval: that another route's is not kept is said, and the first one's holds. */
static void a_continuing_route_has_its_times_or_a_note(void **state)
{
	static const struct {
		const char *first, *second, *repeats; /* of the first one's rule */
		bool noted;
	} cases[] = {
		{"match: {t: y}, repeat_interval: 2h", "match: {t: y}, repeat_interval: 30m", "2h", true},
		{"match: {t: y}", "match: {t: y}, repeat_interval: 30m", "3h", true},
		{"match: {t: y}, group_by: [pod]", "match: {u: y}", "3h", true},
		{"match: {t: y}, group_by: [pod]", "match: {u: y}, group_by: [pod]", "", false},
		{"match: {t: y}, repeat_interval: 2h", "match: {t: x}, repeat_interval: 30m", "2h", false},
		{"match: {t: y}, repeat_interval: 2h", "match: {u: y}, repeat_interval: 2h", "2h", false},
		{"match: {t: y}, repeat_interval: 2h",
	     "match: {u: y}, repeat_interval: 2h, routes: [{match: {v: y}, repeat_interval: 1h}]", "2h", true},
	};

	(void)state;
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		struct import i;
		AUTOFREE char *text =
			mem_printf("route: {receiver: crew, group_by: [zone], repeat_interval: 3h, routes: [{receiver: "
		               "chat, continue: true, %s}, {receiver: loud, %s}]}\n" HOOKS,
		               cases[k].first, cases[k].second);
		read_text(&i, text);
		AUTOFREE char *rules = rules_text(&i);
		assert_memory_equal(rules, "chat+ | loud", 12);
		assert_int_equal(import_is_noted(&i, "takes before has that one's"), cases[k].noted);
		assert_string_equal(first_rules_repeat(&i), cases[k].repeats);
		import_release(&i);
	}
}

static void a_matcher_that_cannot_be_read_is_said_at_its_route(void **state)
{
	static const struct import_options options = {.file = "am.yml"};
	AUTOERR struct err err = ERR_INIT;
	struct import i;

	(void)state;
	assert_false(import_read(
		&i, &options, STR("route:\n  receiver: crew\n  routes:\n  - {receiver: chat, matchers: ['a=~\"(\"']}\n" HOOKS),
		&err));
	assert_memory_equal(err_first(&err), "am.yml:4:", 9);
	import_release(&i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_word_for_true_continues),
		cmocka_unit_test(rules_that_never_match_are_not_written),
		cmocka_unit_test(many_continuing_routes_on_one_label_stay_few_rules),
		cmocka_unit_test(each_route_keeps_its_hours),
		cmocka_unit_test(a_continuing_route_has_its_times_or_a_note),
		cmocka_unit_test(a_matcher_that_cannot_be_read_is_said_at_its_route),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
