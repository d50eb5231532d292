/* Where receivers are, and when it is night there: what catalog.yml says of the people whose they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

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
	folder_write(
		&f, "config/catalog.yml",
		"people:\n- {name: ana, receivers: [ana-phone, ana-desk, shared, none], time_zone: America/New_York, night: "
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_receivers_where_their_people_are),
		cmocka_unit_test(refuses_a_night_that_is_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
