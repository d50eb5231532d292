/* Where receivers are, and when it is night there: what catalog.yml says of the people whose they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/reach.h"
#include "incident/escalation.h"
#include "loaded.h"

static void load_place(const struct loaded *l)
{
	if (!l->config)
		fail_msg("%s", errors(l));
}

/* Where a receiver is read: what it says itself, else where its person is, else the configuration's. */
static void places_receivers_where_their_people_are(void **state)
{
	(void)state;
	const int64_t noon = INT64_C(1782302400000); /* 2026-06-24T12:00:00Z */
	static const struct {
		const char *receiver;
		int hour;
	} rows[] = {{"ana-phone", 8}, {"ana-desk", 21}, {"shared", 8}, {"nobodys", 14}, {"of-ben", 14}};
	AUTOFOLDER struct folder f;
	folder_init(&f);
	folder_write(&f, "config/catalog.yml",
	             "people:\n- {name: ana, receivers: [ana-phone, ana-desk, shared], time_zone: America/New_York, night: "
	             "{from: 8, weekends: false}}\n"
	             "- {name: ben, receivers: [of-ben]}\n- {name: cleo, receivers: [shared], time_zone: Asia/Tokyo}\n");
	AUTOLOADED struct loaded l;
	load_text(&f,
	          "time_zone: Europe/Berlin\ncatalog: {files: [catalog.yml]}\nreceivers:\n"
	          "- {name: ana-phone, webhook: {url: 'http://127.0.0.1:1/'}}\n"
	          "- {name: ana-desk, webhook: {url: 'http://127.0.0.1:1/'}, time_zone: Asia/Tokyo}\n"
	          "- {name: shared, webhook: {url: 'http://127.0.0.1:1/'}}\n"
	          "- {name: nobodys, webhook: {url: 'http://127.0.0.1:1/'}}\n"
	          "- {name: of-ben, webhook: {url: 'http://127.0.0.1:1/'}}\n",
	          &l);
	load_place(&l);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct config_receiver *r = config_receiver(l.config, str_c(rows[i].receiver));
		assert_non_null(r);
		/* noon of a Wednesday: at eight ana's night begins */
		assert_int_equal(config_is_night(l.config, r, noon), !strncmp(rows[i].receiver, "ana", 3) || i == 2);
		if (zone_clock(r->zone, noon).hour != rows[i].hour)
			fail_msg("%s: %d o'clock, not %d", rows[i].receiver, zone_clock(r->zone, noon).hour, rows[i].hour);
	}
}

static void refuses_a_night_that_is_none(void **state)
{
	(void)state;
	static const struct {
		const char *night, *error;
	} rows[] = {{"{from: 24}", "from"}, {"{until: -1}", "until"}, {"22-7", "night"}, {"{form: 22}", "form"}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOFOLDER struct folder f;
		folder_init(&f);
		AUTOFREE char *people = mem_printf("people:\n- {name: ana, night: %s}\n", rows[i].night);
		folder_write(&f, "config/catalog.yml", people);
		AUTOLOADED struct loaded l;
		load_text(&f, RECEIVERS "catalog: {files: [catalog.yml]}\n", &l);
		if (l.config || !strstr(errors(&l), rows[i].error) || !strstr(errors(&l), "catalog.yml:2:"))
			fail_msg("%s: %s", rows[i].night, errors(&l));
	}
}

#define TWO_RECEIVERS                                                                                                  \
	RECEIVERS "  - {name: old, retired: true, webhook: {url: 'http://127.0.0.1:1/'}}\ncatalog: {files: "               \
			  "[catalog.yml]}\n"

static void people_name_receivers_that_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *people, *error; /* NULL: it is fine */
	} rows[] = {
		{"{name: ana, receivers: [oncall]}", NULL},
		{"{name: ana}", NULL},
		{"{name: ana, receivers: [onkall]}",
	     "catalog.yml:2:3: error: person \"ana\": receiver \"onkall\" does not exist; did you mean \"oncall\"?"},
		{"{name: ana, receivers: [oncall, zebra]}", ":2:3: error: person \"ana\": receiver \"zebra\" does not exist"},
		{"{name: ana, receivers: [old]}", ":2:3: error: person \"ana\": receiver \"old\" is retired"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOFOLDER struct folder f;
		folder_init(&f);
		AUTOFREE char *people = mem_printf("people:\n- %s\n", rows[i].people);
		folder_write(&f, "config/catalog.yml", people);
		AUTOLOADED struct loaded l;
		load_text(&f, TWO_RECEIVERS, &l);
		if ((rows[i].error == NULL) != (l.config != NULL) || (rows[i].error && !strstr(errors(&l), rows[i].error)))
			fail_msg("%s: %s", rows[i].people, errors(&l));
	}
}

/* Whoever names what is no receiver is reached by nobody, so that the default receivers are told whom to call. */
static void receivers_that_are_gone_reach_nobody(void **state)
{
	(void)state;
	static const struct {
		const char *role, *who, *contact, *receiver; /* NULL: none */
	} rows[] = {{"ana", "ana", "@ana", NULL},       {"crew", "ana", "@ana", NULL},      {"Lead", "", "room 7", NULL},
	            {"ben", "ben", "@ben", "oncall"},   {"Second", "", "room 8", "oncall"}, {"cleo", "cleo", "@cleo", NULL},
	            {"Keeper", "ana", "@ana", "oncall"}};
	AUTOFOLDER struct folder f;
	folder_init(&f);
	folder_write(
		&f, "config/catalog.yml",
		"people:\n- {name: ana, receivers: [gone], contact: '@ana'}\n"
		"- {name: ben, receivers: [gone, oncall], contact: '@ben'}\n"
		"- {name: cleo, receivers: [old], contact: '@cleo'}\n"
		"schedules: [{name: crew, rotation: {people: [ana], start: '2020-01-06T09:00'}}]\n"
		"contacts: [{role: Lead, receivers: [gone], say: room 7}, {role: Second, receivers: [gone, oncall], say: "
		"room 8}, {role: Keeper, schedule: crew, receivers: [oncall]}]\n");
	AUTOLOADED struct loaded l;
	folder_write(&f, "config/runbookd.yml", TWO_RECEIVERS);
	load_with(&f, &(struct config_options){.tolerant = true}, &l);
	assert_non_null(l.config);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct reached got;
		bool reaches = config_reach(l.config, str_c(rows[i].role), INT64_C(1782302400000), arena, &got);
		if (reaches != (rows[i].receiver != NULL) || !str_eq_c(got.who, rows[i].who) || !got.known ||
		    !str_eq_c(got.contact, rows[i].contact) || (reaches && !str_eq_c(got.receivers.v[0], rows[i].receiver)) ||
		    got.receivers.n != (reaches ? 1 : 0))
			fail_msg("%s: %zu receivers, \"%.*s\" (%.*s)", rows[i].role, got.receivers.n, STR_ARG(got.who),
			         STR_ARG(got.contact));
	}
	assert_false(config_reaches(l.config, STR("ana")));
	assert_false(config_reaches(l.config, STR("Lead")));
	assert_true(config_reaches(l.config, STR("ben")));
	assert_true(config_reaches(l.config, STR("Second")));
}

/* What a step tells then: the default receivers, with the name and how to reach it. */
static void a_step_to_receivers_that_are_gone_is_told_by_default(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOFOLDER struct folder f;
	folder_init(&f);
	folder_write(&f, "config/catalog.yml", "people:\n- {name: ana, receivers: [gone], contact: '@ana'}\n");
	folder_write(&f, "config/runbookd.yml", TWO_RECEIVERS);
	AUTOLOADED struct loaded l;
	load_with(&f, &(struct config_options){.tolerant = true}, &l);
	assert_non_null(l.config);
	const struct escalation_roster *roster = l.config->policy.roster;
	struct escalation_reached got;
	roster->reach(roster->arg, STR("ana"), 0, arena, &got);
	assert_true(got.by_default);
	assert_int_equal(got.receivers.n, 1);
	assert_true(str_eq_c(got.receivers.v[0], "oncall"));
	assert_true(str_eq_c(got.who, "ana") && str_eq_c(got.contact, "@ana"));
}

/* Nobody is asked to choose at night; whoever wrote it hears of it. */
static void one_or_the_other_is_said_by_check(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	folder_write(&f, "config/catalog.yml",
	             "people:\n- {name: ida, receivers: [oncall]}\n- {name: udo, receivers: [oncall]}\n"
	             "contacts: [{role: Lead, primary: ida or udo}]\n"
	             "escalations: [{name: weir, steps: [{after: 0s, notify: [ida/udo]}]}]\n");
	folder_write(&f, "config/runbookd.yml", TWO_RECEIVERS);
	AUTOLOADED struct loaded l;
	load_with(&f, &(struct config_options){0}, &l);
	assert_non_null(l.config);
	assert_non_null(strstr(warnings(&l), "contact \"Lead\": \"ida or udo\" leaves open whom: all of them are told"));
	assert_non_null(
		strstr(warnings(&l), "escalation \"weir\" notifies \"ida/udo\", which leaves open whom: all of them are told"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_receivers_where_their_people_are),
		cmocka_unit_test(refuses_a_night_that_is_none),
		cmocka_unit_test(people_name_receivers_that_are_told),
		cmocka_unit_test(receivers_that_are_gone_reach_nobody),
		cmocka_unit_test(a_step_to_receivers_that_are_gone_is_told_by_default),
		cmocka_unit_test(one_or_the_other_is_said_by_check),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
