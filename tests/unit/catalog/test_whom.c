/* Whom the words of a contact and of a step reach (catalog/whom.h, catalog/reach.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "catalog/reach.h"
#include "catalog/whom.h"

#define PEOPLE                                                                                                         \
	"people:\n"                                                                                                        \
	"  - {name: Ana Lopez, calendar_names: [ana@example.org], receivers: [ana-phone], contact: '@alo'}\n"              \
	"  - {name: Ben Okri, receivers: [ben-phone]}\n"                                                                   \
	"  - {name: eve, calendar_names: [Eve Adamu], receivers: [eve-phone]}\n"                                           \
	"  - {name: Eve Stone, receivers: [stone-phone]}\n"                                                                \
	"  - {name: rota, receivers: [rota-phone]}\n"
#define ROTA(name) "  - {name: " name ", rotation: {people: [rota], start: '2020-01-06T09:00'}}\n"
#define ONE PEOPLE "schedules:\n" ROTA("platform")
#define TWO ONE ROTA("storage")
#define OPSGENIE                                                                                                       \
	PEOPLE                                                                                                             \
	"schedules:\n  - {name: ops, names: [Opsgenie team], rotation: {people: [rota], start: '2020-01-06T09:00'}}\n"

/* A contact `lead`, and what it says; without any, the step's own word. */
static const struct {
	const char *catalog, *contact, *role, *reached;
} rows[] = {
	/* a person: by name, handle, mail address, calendar name, a part of the name that nobody else has, with a note */
	{ONE, "primary: ana lopez", "lead", "ana-phone"},
	{ONE, "primary: 'Ana Lopez (PagerDuty)'", "lead", "ana-phone"},
	{ONE, "primary: Ana", "lead", "ana-phone"},
	{ONE, "primary: 'Okri, on call'", "lead", "ben-phone"},
	{ONE, "primary: '@alo'", "lead", "ana-phone"},
	{ONE, "primary: '@eve'", "lead", "eve-phone"},
	{ONE, "address: ana@example.org", "lead", "ana-phone"},
	{ONE, "primary: 'The duty desk (ana@example.org)'", "lead", "ana-phone"},
	{ONE, "primary: 'Ana L. <mailto:ana@example.org>'", "lead", "ana-phone"},
	{ONE, "primary: 'Slack: @alo'", "lead", "ana-phone"},
	{ONE, "primary: 'ana@example.org / Ben'", "lead", "ana-phone ben-phone"},
	{ONE, "primary: 'ana@example.org or @eve'", "lead", "ana-phone eve-phone"},
	{ONE, "primary: 'Ben or Ana'", "lead", "ben-phone ana-phone"},
	{ONE, "say: Ben Okri", "lead", "ben-phone"},
	{ONE, "primary: '-', backup: Ben", "lead", "ben-phone"},
	{ONE, "primary: 'Ana, Ben'", "lead", "ana-phone ben-phone"},
	{ONE, "primary: 'Ana Lopez (day) and Ben Okri (night)'", "lead", "ana-phone ben-phone"},
	/* an exact name goes before a part of others; what is nobody's, or could be two people's, is nobody */
	{ONE, "primary: eve", "lead", "eve-phone"},
	{ONE, "primary: Stone", "lead", "stone-phone"},
	{TWO, "primary: Ana Muster", "lead", ""},
	{TWO, "primary: Engineer", "lead", ""},
	{TWO, "primary: ana@example.com", "lead", ""},
	{TWO, "primary: 'Ana Lopez owns what is behind the gate and will be called on the radio'", "lead", ""},
	/* its own receivers go before whom it names */
	{ONE, "primary: Ana, receivers: [pager]", "lead", "pager"},
	{ONE, "primary: 'PagerDuty rotation', receivers: [pager]", "lead", "pager"},
	/* a schedule: by name, by what is left of the words, or the only one */
	{TWO, "primary: Storage on-call schedule", "lead", "rota-phone"},
	{ONE, "primary: PagerDuty rotation", "lead", "rota-phone"},
	{ONE, "say: The current on-call engineer", "lead", "rota-phone"},
	{TWO, "primary: PagerDuty rotation", "lead", ""},
	{OPSGENIE, "primary: PagerDuty rotation", "lead", ""},
	{OPSGENIE, "say: Opsgenie team", "lead", "rota-phone"},
	{ONE, "primary: Dana, method: PagerDuty rotation", "lead", ""},
	{ONE, "primary: PagerDuty", "lead", ""},
	/* a step's own word */
	{ONE, NULL, "Ana", "ana-phone"},
	{ONE, NULL, "@alo", "ana-phone"},
	{ONE, "role: On-call Engineer, primary: '-'", "On-call Engineer", "rota-phone"},
	{ONE, NULL, "On-call Engineer", ""},
	{ONE, NULL, "on-call", "on-call"},
	{ONE, NULL, "ben", "ben"},
};

static bool is_receiver(void *arg, struct str name)
{
	(void)arg;
	return str_eq_c(name, "pager") || str_eq_c(name, "on-call") || str_eq_c(name, "ben") ||
	       str_find(name, STR("-phone")) > 0;
}

static struct catalog *catalog_of_row(struct arena *arena, size_t i)
{
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	const char *text = rows[i].contact
	                       ? arena_printf(arena, "%scontacts:\n  - {%s%s}\n", rows[i].catalog,
	                                      strncmp(rows[i].contact, "role:", 5) ? "role: lead, " : "", rows[i].contact)
	                       : rows[i].catalog;
	if (!catalog_add_yaml(c, "catalog.yml", str_c(text), &err) || !catalog_finish(c, &err))
		fail_msg("row %zu: %s", i, err_first(&err));
	return c;
}

static const char *reached_text(struct arena *arena, const struct reached *reached)
{
	const char *text = "";
	for (size_t i = 0; i < reached->receivers.n; i++)
		text = arena_printf(arena, "%s%s%.*s", text, i ? " " : "", STR_ARG(reached->receivers.v[i]));
	return text;
}

static void words_reach_whom_they_mean(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct catalog *c = catalog_of_row(arena, i);
		struct reached reached;
		catalog_reach(c, str_c(rows[i].role), INT64_C(1700000000000), is_receiver, NULL, arena, &reached);
		const char *text = reached_text(arena, &reached);
		if (strcmp(text, rows[i].reached) != 0)
			fail_msg("row %zu (%s): reaches \"%s\", not \"%s\"", i, rows[i].contact ? rows[i].contact : rows[i].role,
			         text, rows[i].reached);
		assert_int_equal(catalog_reaches(c, str_c(rows[i].role), is_receiver, NULL), *rows[i].reached != '\0');
		catalog_free(c);
	}
}

static void what_could_be_several_is_doubtful(void **state)
{
	static const struct {
		const char *catalog, *contact, *doubt;
	} doubts[] = {
		{TWO, "primary: 'Eve (pager)'", NULL}, /* she is called just so */
		{PEOPLE "  - {name: Ana Muster, receivers: [muster-phone]}\n", "primary: 'Ana (pager)'", "Ana"},
		{PEOPLE "  - {name: Ana Muster, receivers: [muster-phone]}\n", "primary: 'Ana, Ben'", "Ana"},
		{PEOPLE "  - {name: Ana Muster, receivers: [muster-phone]}\n", "primary: Ana, receivers: [pager]", NULL},
		{TWO, "primary: PagerDuty rotation", "PagerDuty rotation"},
		{TWO, "primary: Dana", NULL},
		{ONE, "primary: PagerDuty rotation", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof doubts / sizeof *doubts; i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct catalog *c = catalog_new();
		struct str doubt;
		const char *text =
			arena_printf(arena, "%scontacts:\n  - {role: lead, %s}\n", doubts[i].catalog, doubts[i].contact);
		assert_true(catalog_add_yaml(c, "catalog.yml", str_c(text), &err) && catalog_finish(c, &err));
		assert_int_equal(contact_is_doubtful(c, catalog_contact(c, STR("lead")), &doubt), doubts[i].doubt != NULL);
		assert_true(!doubts[i].doubt || str_find(doubt, str_c(doubts[i].doubt)) >= 0);
		catalog_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_reach_whom_they_mean),
		cmocka_unit_test(what_could_be_several_is_doubtful),
	};
	return cmocka_run_group_tests_name("whom", tests, NULL, NULL);
}
