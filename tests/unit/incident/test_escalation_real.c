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

/* What the page says: each timed step, the first at once; a role that was told before is not told again. */
static const char *path_as_text(struct arena *arena, const struct escalation *path)
{
	char text[TIME_DURATION_MAX];
	AUTOBUF struct buf b;
	buf_init(&b, 4096);
	for (size_t i = 0; path && i < path->count; i++) {
		int64_t after = i == 0 && path->steps[i].after_ms < 0 ? 0 : path->steps[i].after_ms;
		for (size_t k = 0; after >= 0 && k < path->steps[i].notify.n; k++)
			buf_printf(&b, "%s %.*s;", time_duration_format(after, text), STR_ARG(path->steps[i].notify.v[k]));
	}
	return arena_cstr(arena, buf_str(&b));
}

static size_t walk_severity(struct arena *arena, const struct catalog *c, const char *name)
{
	const struct severity *s = catalog_severity(c, str_c(name));
	const struct escalation *path = s ? catalog_escalation(c, s->escalation) : NULL;
	assert_non_null(s);
	if (!path)
		return 0;
	assert_string_equal(walk_path(arena, s, path), path_as_text(arena, path));
	return path->count;
}

static void five_organisations_paths_are_walked_to_the_minute(void **state)
{
	(void)state;
	size_t steps = 0;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct str text = read_seed_page(arena, pages[i]);
		if (!text.n)
			skip();
		struct catalog *c = catalog_new();
		assert_true(catalog_add_index(c, "README.md", text, &err));
		assert_true(catalog_finish(c, &err));
		steps += walk_severity(arena, c, "P0") + walk_severity(arena, c, "P1");
		catalog_free(c);
	}
	assert_true(steps >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(five_organisations_paths_are_walked_to_the_minute)};
	return cmocka_run_group_tests_name("escalation_real", tests, NULL, NULL);
}
