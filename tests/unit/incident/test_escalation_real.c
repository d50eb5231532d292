/*
 * The paths that five organisations wrote down, walked: a P0 and a P1 alert of each, left alone. Each timed step of the path
 * that its severity names runs at that minute and reaches each of its roles; nobody else is told. Their index pages are in
 * RUNBOOKD_SHARED_DATA; skipped where there are none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/time.h"
#include "catalog/catalog.h"
#include "incident/decide.h"
#include "incident/delivery.h"
#include "incident/escalation.h"
#include "incident/tick.h"

#define START (INT64_C(1700000000) * TIME_SECOND)

static const char *const pages[] = {"000_59bab063fdcc7184.txt", "001_a05389726a56bafe.txt", "002_519df02a8dd808be.txt",
                                    "003_b81bd23f3b2bb8d8.txt", "004_1113f54a638125cc.txt"};

static struct str read_seed_page(struct arena *arena, const char *name)
{
	const char *shared = getenv("RUNBOOKD_SHARED_DATA");
	AUTOFREE char *path = mem_printf("%s/seeds/%s", shared ? shared : "../shared/data", name);
	FILE *f = fopen(path, "r");
	char *text = arena_alloc(arena, 1 << 20);
	struct str out = {text, f ? fread(text, 1, (1 << 20) - 1, f) : 0};
	if (f)
		fclose(f);
	return out;
}

/* Every role has a receiver of its own name. */
static void reach_by_role(const void *arg, struct str role, int64_t now, struct arena *arena,
                          struct escalation_reached *out)
{
	(void)arg;
	(void)now;
	*out = (struct escalation_reached){.receivers = {arena_alloc(arena, sizeof(struct str)), 1}};
	out->receivers.v[0] = arena_str(arena, role);
}

static struct incident *open_for_path(struct arena *arena, const struct severity *s, const struct escalation *path,
                                      const struct incident_policy *policy, struct counts *counts)
{
	struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	struct plan *plan = arena_alloc(arena, sizeof *plan);
	struct alert *alert = arena_alloc(arena, sizeof *alert);
	struct str page = STR("page");
	plan->page = true;
	plan->severity.name = s->name;
	plan->severity.rank = s->rank;
	plan->severity.entry = s;
	plan->escalation.entry = path;
	plan->receivers.names = (struct strs){&page, 1};
	memcpy(plan->key, inc->key, sizeof plan->key);
	alert->fingerprint = STR("f");
	const struct arrival a = {alert, plan, {.source = STR("am"), .fingerprint = alert->fingerprint}};
	const struct body body = {.group = "0123456789abcdef", .whole = true};
	struct decision d;
	incident_decide(inc, &body, &a, 1, policy, START, &d, counts);
	assert_int_equal(d.reason, REASON_NEW);
	return inc;
}

/* "0s: a; 15m: b, c": who was told when, by the deliveries there are. */
static void add_steps_told(struct buf *b, const struct incident *inc, size_t *before, int64_t now)
{
	char text[TIME_DURATION_MAX];
	for (; *before < inc->delivery_count; (*before)++)
		if (inc->deliveries[*before].target.n)
			buf_printf(b, "%s %.*s;", time_duration_format(now - START, text),
			           STR_ARG(inc->deliveries[*before].target));
}

static const char *walk_path(struct arena *arena, const struct severity *s, const struct escalation *path)
{
	const struct escalation_roster roster = {.reach = reach_by_role};
	const struct incident_policy policy = {
		.late_grace = 330 * TIME_SECOND, .expire_after = 8 * TIME_DAY, .fresh = 5 * TIME_HOUR, .roster = &roster};
	struct counts counts = {.arena = arena};
	enum tick_reason reasons[TICK_REASONS];
	AUTOBUF struct buf b;
	size_t before = 0;
	buf_init(&b, 4096);
	struct incident *inc = open_for_path(arena, s, path, &policy, &counts);
	add_steps_told(&b, inc, &before, START);
	for (int64_t now = START; now < START + TIME_DAY; now += TIME_MINUTE) {
		incident_tick(inc, &policy, now, reasons, &counts);
		add_steps_told(&b, inc, &before, now);
	}
	counts_release(&counts);
	return arena_cstr(arena, buf_str(&b));
}

/* As a person reads the five pages: who is to be told when, of a P0 and of a P1. What has no time is nobody's by itself. */
#define ROTATION "0s primary on-call engineer;15m secondary on-call engineer;"
static const char *const documented[][2] = {
	{ROTATION, ROTATION},
	{"0s on-call engineer;15m on-call lead;15m team lead;30m engineering manager;1h vp engineering;1h exec team;",
     "0s on-call engineer;30m on-call lead;1h team lead;2h engineering manager;"},
	{"0s on-call engineer;", "0s on-call engineer;"},
	{"0s on-call engineer;", "0s engineering lead;"},
	{"0s primary on-call;", "0s primary on-call;"},
};

static void assert_walked(const char *page, const char *severity, const char *walked, const char *wanted)
{
	if (strcasecmp(walked, wanted) != 0)
		fail_msg("%s, %s: walked \"%s\", documented \"%s\"", page, severity, walked, wanted);
}

static void walk_severity(struct arena *arena, const struct catalog *c, size_t page, size_t rank)
{
	static const char *const names[] = {"P0", "P1"};
	const struct severity *s = catalog_severity(c, str_c(names[rank]));
	assert_non_null(s);
	const struct escalation *path = catalog_escalation(c, s->escalation.n ? s->escalation : STR("default"));
	assert_non_null(path);
	assert_walked(pages[page], names[rank], walk_path(arena, s, path), documented[page][rank]);
}

static void five_organisations_paths_are_walked_to_the_minute(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct str text = read_seed_page(arena, pages[i]);
		if (!text.n)
			skip();
		struct catalog *c = catalog_new();
		assert_true(catalog_add_index(c, "README.md", text, &err));
		assert_true(catalog_finish(c, &err));
		walk_severity(arena, c, i, 0);
		walk_severity(arena, c, i, 1);
		catalog_free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(five_organisations_paths_are_walked_to_the_minute)};
	return cmocka_run_group_tests_name("escalation_real", tests, NULL, NULL);
}
