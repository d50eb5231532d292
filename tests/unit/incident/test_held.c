/* What holds a page that waits is what the rules and hours of now say (incident/held.h). A story begins at 22:13:20. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "catalog/hours.h"
#include "incident/deadline.h"
#include "incident/decide.h"
#include "incident/escalation.h"
#include "incident/held.h"
#include "incident/row.h"
#include "incident/tick.h"
#include "rules/ruleset.h"

#define T0 (INT64_C(1700000000) * TIME_SECOND)
#define AT(h, m) (T0 - 800 * TIME_SECOND + (int64_t)((h)-22) * TIME_HOUR + (m)*TIME_MINUTE)
#define WAITERS 3

/* One configuration: what its rules and hours are. */
struct setting {
	struct catalog *catalog;
	struct ruleset *rules;
};

struct stage {
	struct arena *arena;
	struct setting settings[3];
	size_t n;
	struct incident *inc;
	struct incident_policy policy;
	struct counts counts;
	struct member members[WAITERS];
};

static bool utc_only(void *arg, struct str name, const struct zone **out)
{
	(void)arg;
	*out = NULL;
	return str_eq_c(name, "UTC");
}

/* The night ends at `until`. The policy's rules are these from now on, as after a reload. */
static void configure(struct stage *s, const char *rules, const char *until)
{
	static struct str receivers[] = {STR_INIT("oncall")};
	static const struct plan_defaults defaults = {
		.severity = STR_INIT("P1"), .receivers = {receivers, 1}, .repeat_interval = 4 * TIME_HOUR};
	static const struct calendar_zones zones = {utc_only, NULL};
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	struct setting *set = &s->settings[s->n++];
	const char *night = arena_printf(
		s->arena, "[{name: night, time_intervals: [{times: [{start_time: '22:00', end_time: '%s'}]}]}]", until);
	set->catalog = catalog_new();
	if (!catalog_add_hours(set->catalog, yaml_parse(s->arena, "night", str_c(night), &err), NULL, &zones, &err) ||
	    !catalog_finish(set->catalog, &err))
		fail_msg("%s", err_first(&err));
	set->rules = ruleset_new(set->catalog, &defaults);
	if (!ruleset_add_file(set->rules, "r.yml", str_c(rules), &err) ||
	    !ruleset_finish(set->rules, NULL, NULL, &err, &warnings))
		fail_msg("%s", err_first(&err));
	s->policy.rules = set->rules;
}

#define MUTED "rules: [{name: r, matchers: ['alertname=\"Silo\"'], mute: [night]}]"
#define OPEN "rules: [{name: r, matchers: ['alertname=\"Silo\"']}]"
#define QUIET "rules: [{name: r, matchers: ['alertname=\"Silo\"'], page: false}]"
#define ONE_OPEN                                                                                                       \
	"rules: [{name: b, matchers: ['alertname=\"Silo\"', 'pod=\"1\"']}, {name: r, matchers: ['alertname=\"Silo\"'], "   \
	"mute: [night]}]"
#define NOTED                                                                                                          \
	"rules: [{name: r, matchers: ['alertname=\"Silo\"'], annotation_matchers: ['tier=\"gold\"'], mute: [night]}]"

static struct stage stage_of(const char *rules)
{
	struct stage s = {.arena = arena_new(),
	                  .policy = {.late_grace = TIME_MINUTE, .expire_after = 8 * TIME_DAY, .fresh = TIME_HOUR}};
	s.inc = incident_new(s.arena, STR("0123456789abcdef0123456789abcdef"));
	configure(&s, rules, "23:00");
	return s;
}

static void stage_free(struct stage *s)
{
	for (size_t i = 0; i < s->n; i++) {
		ruleset_free(s->settings[i].rules);
		catalog_free(s->settings[i].catalog);
	}
	counts_release(&s->counts);
	arena_free(s->arena);
}

/* Pods 0 to n - 1 fire, and Alertmanager lists them. */
static void fire_pods(struct stage *s, size_t n, int64_t now)
{
	static struct label gold = {STR_INIT("tier"), STR_INIT("gold")};
	struct arrival arrivals[WAITERS];
	struct decision out[WAITERS];
	struct body body = {.whole = true};
	row_group(STR("am"), STR("page"), STR("g"), body.group);
	for (size_t i = 0; i < n; i++) {
		struct alert *a = arena_alloc(s->arena, sizeof *a);
		struct plan *plan = arena_alloc(s->arena, sizeof *plan);
		struct label *v = arena_alloc(s->arena, 2 * sizeof *v);
		v[0] = (struct label){STR("alertname"), STR("Silo")};
		v[1] = (struct label){STR("pod"), str_c(arena_printf(s->arena, "%zu", i))};
		*a = (struct alert){
			.labels = {v, 2}, .annotations = {&gold, 1}, .fingerprint = v[1].value, .starts_at = T0 - TIME_MINUTE};
		ruleset_evaluate(s->policy.rules, a, NULL, s->arena, plan);
		memcpy(plan->key, s->inc->key, sizeof plan->key);
		s->members[i].source = STR("am");
		s->members[i].fingerprint = a->fingerprint;
		arrivals[i] = (struct arrival){a, plan, s->members[i]};
	}
	incident_decide(s->inc, &body, arrivals, n, &s->policy, now, out, &s->counts);
	for (size_t i = 0; i < n; i++)
		if (out[i].member_changed)
			s->members[i] = out[i].member;
}

static bool tick_pages(struct stage *s, int64_t now)
{
	enum tick_reason out[TICK_REASONS];
	uint64_t before = s->inc->generation;
	incident_tick(s->inc, &s->policy, now, out, &s->counts);
	return s->inc->generation > before;
}

/* Through its bytes, as after a restart. */
static void restart(struct stage *s)
{
	AUTOERR struct err err = ERR_INIT;
	s->inc = incident_read(s->arena, incident_write(s->arena, s->inc), &err);
	assert_non_null(s->inc);
}

static void hours_that_are_gone_hold_nothing(void **state)
{
	struct stage s = stage_of(MUTED);
	(void)state;
	fire_pods(&s, 2, T0);
	assert_int_equal(s.inc->due_at, AT(23, 0));
	assert_false(held_differs(s.inc, &s.policy, T0 + 1));
	configure(&s, OPEN, "23:00");
	restart(&s);
	assert_true(held_differs(s.inc, &s.policy, AT(22, 20)));
	assert_int_equal(incident_clock(s.inc, &s.policy), AT(22, 20));
	assert_true(tick_pages(&s, AT(22, 20)));
	assert_false(tick_pages(&s, AT(23, 0)));
	stage_free(&s);
}

static void who_comes_again_is_seen_by_the_hours_of_then(void **state)
{
	struct stage s = stage_of(MUTED);
	(void)state;
	fire_pods(&s, 2, T0);
	configure(&s, OPEN, "23:00");
	fire_pods(&s, 2, AT(22, 20));
	assert_int_equal(incident_clock(s.inc, &s.policy), AT(22, 20));
	assert_true(tick_pages(&s, AT(22, 20)));
	stage_free(&s);
}

static void a_night_that_ends_sooner_or_later_does_so(void **state)
{
	struct stage s = stage_of(MUTED);
	(void)state;
	fire_pods(&s, 1, T0);
	assert_int_equal(s.inc->escalation.from, AT(23, 0));
	configure(&s, MUTED, "22:30");
	assert_true(held_differs(s.inc, &s.policy, AT(22, 20)));
	assert_int_equal(s.inc->due_at, AT(22, 30));
	assert_int_equal(s.inc->escalation.from, AT(22, 30));
	configure(&s, MUTED, "23:30"); /* nobody looks before its clock rings */
	assert_false(tick_pages(&s, AT(22, 30)));
	assert_int_equal(s.inc->due_at, AT(23, 30));
	assert_int_equal(s.inc->escalation.from, AT(23, 30));
	assert_int_equal(incident_promises_from(s.inc), AT(23, 30));
	assert_true(tick_pages(&s, AT(23, 30)));
	stage_free(&s);
}

/* It waits for page_after; the hours that a reload adds hold it then. */
static void hours_that_are_new_hold_what_waits(void **state)
{
	struct stage s = stage_of("rules: [{name: r, matchers: ['alertname=\"Silo\"'], page_after: 5m}]");
	(void)state;
	fire_pods(&s, 1, T0);
	configure(&s, MUTED, "23:00");
	assert_false(held_differs(s.inc, &s.policy, T0 + TIME_MINUTE));
	assert_int_equal(s.inc->due_at, T0 + 5 * TIME_MINUTE);
	assert_false(tick_pages(&s, T0 + 5 * TIME_MINUTE));
	assert_int_equal(s.inc->due_at, AT(23, 0));
	assert_true(tick_pages(&s, AT(23, 0)));
	stage_free(&s);
}

static void page_after_still_holds_what_no_hours_hold(void **state)
{
	struct stage s = stage_of("rules: [{name: r, matchers: ['alertname=\"Silo\"'], page_after: 10m, mute: [night]}]");
	(void)state;
	fire_pods(&s, 1, T0);
	assert_int_equal(s.inc->due_at, AT(23, 0));
	configure(&s, OPEN, "23:00");
	assert_true(held_differs(s.inc, &s.policy, T0 + TIME_MINUTE));
	assert_int_equal(s.inc->due_at, T0 + 10 * TIME_MINUTE);
	assert_false(held_differs(s.inc, &s.policy, T0 + 2 * TIME_MINUTE));
	assert_true(tick_pages(&s, T0 + 10 * TIME_MINUTE));
	stage_free(&s);
}

static void one_who_is_not_muted_any_more_is_enough(void **state)
{
	struct stage s = stage_of(MUTED);
	(void)state;
	fire_pods(&s, 3, T0);
	configure(&s, ONE_OPEN, "23:00");
	assert_true(held_differs(s.inc, &s.policy, AT(22, 20)));
	assert_true(tick_pages(&s, AT(22, 20)));
	stage_free(&s);
}

static void whose_rule_pages_no_more_is_not_told_until_he_is_listed(void **state)
{
	struct stage s = stage_of(MUTED);
	(void)state;
	fire_pods(&s, 1, T0);
	configure(&s, QUIET, "23:00");
	assert_false(held_differs(s.inc, &s.policy, AT(22, 20)));
	assert_false(tick_pages(&s, AT(23, 0)));
	assert_int_equal(s.inc->due_at, AT(24, 0));
	fire_pods(&s, 1, AT(23, 10));
	assert_false(incident_is_open(s.inc));
	stage_free(&s);
}

static void what_is_noted_of_the_speaker_is_of_all(void **state)
{
	struct stage s = stage_of(NOTED);
	(void)state;
	fire_pods(&s, 2, T0);
	assert_int_equal(s.inc->due_at, AT(23, 0));
	assert_false(tick_pages(&s, AT(22, 20)));
	assert_int_equal(s.inc->due_at, AT(23, 0));
	stage_free(&s);
}

static void of_those_that_are_not_sampled_nobody_knows_the_hours(void **state)
{
	struct stage s = stage_of(MUTED);
	(void)state;
	fire_pods(&s, 2, T0);
	s.inc->sample_count = 1; /* a record that was cut */
	configure(&s, MUTED, "23:30");
	assert_false(held_differs(s.inc, &s.policy, AT(22, 20)));
	assert_true(tick_pages(&s, AT(23, 0)));
	stage_free(&s);
}

static struct strs interval_names(struct arena *arena, struct str lines)
{
	struct strs out = {arena_alloc(arena, (lines.n + 1) * sizeof *out.v), 0};
	for (struct str name; escalation_take_name(&lines, &name);)
		out.v[out.n++] = name;
	return out;
}

static int64_t open_by_name(const void *arg, struct str active, struct str mute, int64_t at, struct arena *arena)
{
	const struct stage *s = arg;
	const struct hours_said said = {interval_names(arena, active), interval_names(arena, mute)};
	return hours_open_from(s->settings[s->n - 1].catalog, &said, at);
}

/* Of those beyond the sample is known which intervals they named: these may end later now, sooner, or be gone. */
static void those_that_are_not_sampled_go_by_the_intervals_they_named(void **state)
{
	struct stage s = stage_of(MUTED);
	const struct escalation_roster roster = {.arg = &s, .open_from = open_by_name};
	(void)state;
	s.policy.roster = &roster;
	fire_pods(&s, 3, T0);
	s.inc->sample_count = 1;
	configure(&s, MUTED, "23:30");
	restart(&s);
	assert_true(held_differs(s.inc, &s.policy, AT(22, 20)));
	assert_int_equal(s.inc->due_at, AT(23, 30));
	assert_false(tick_pages(&s, AT(23, 0)));
	configure(&s, MUTED, "22:40");
	s.inc->sample_count = 0;
	assert_true(held_differs(s.inc, &s.policy, AT(22, 30)));
	assert_int_equal(s.inc->due_at, AT(22, 40));
	assert_true(tick_pages(&s, AT(22, 40)));
	assert_int_equal(s.inc->held_by.n, 0);
	stage_free(&s);
}

#define ONE_SOON                                                                                                       \
	"rules: [{name: b, matchers: ['alertname=\"Silo\"', 'pod=\"1\"'], page_after: 5m}, {name: r, matchers: "           \
	"['alertname=\"Silo\"'], mute: [night]}]"

/* One of them has no hours: he is not held by those of the others, be he sampled or not. */
static void one_beyond_the_sample_without_hours_is_enough(void **state)
{
	struct stage s = stage_of(ONE_SOON);
	const struct escalation_roster roster = {.arg = &s, .open_from = open_by_name};
	(void)state;
	s.policy.roster = &roster;
	fire_pods(&s, 3, T0);
	assert_int_equal(s.inc->due_at, T0 + 5 * TIME_MINUTE);
	s.inc->sample_count = 1;
	configure(&s, ONE_SOON, "23:30");
	assert_true(tick_pages(&s, T0 + 5 * TIME_MINUTE));
	stage_free(&s);
}

static void what_a_person_opened_keeps_its_time(void **state)
{
	struct stage s = stage_of(MUTED);
	struct label v[] = {{STR_INIT("alertname"), STR_INIT("Silo")}, {STR_INIT("opened_at"), STR_INIT("22:13")}};
	(void)state;
	fire_pods(&s, 1, T0);
	s.inc->labels = (struct labels){v, 2};
	configure(&s, OPEN, "23:00");
	assert_false(held_differs(s.inc, &s.policy, AT(22, 20)));
	stage_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hours_that_are_gone_hold_nothing),
		cmocka_unit_test(who_comes_again_is_seen_by_the_hours_of_then),
		cmocka_unit_test(a_night_that_ends_sooner_or_later_does_so),
		cmocka_unit_test(hours_that_are_new_hold_what_waits),
		cmocka_unit_test(page_after_still_holds_what_no_hours_hold),
		cmocka_unit_test(one_who_is_not_muted_any_more_is_enough),
		cmocka_unit_test(whose_rule_pages_no_more_is_not_told_until_he_is_listed),
		cmocka_unit_test(what_is_noted_of_the_speaker_is_of_all),
		cmocka_unit_test(of_those_that_are_not_sampled_nobody_knows_the_hours),
		cmocka_unit_test(those_that_are_not_sampled_go_by_the_intervals_they_named),
		cmocka_unit_test(one_beyond_the_sample_without_hours_is_enough),
		cmocka_unit_test(what_a_person_opened_keeps_its_time),
	};
	return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
