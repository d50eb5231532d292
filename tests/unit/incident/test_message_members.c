/* What a page says of the members of its incident: who fires, since when, what else is known, where it leads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "incident/message.h"
#include "incident/row.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define GROUP "0123456789abcdef"
#define START INT64_C(1763712000000) /* 2025-11-21T08:00:00Z */

static struct incident *incident_with_row(struct arena *arena)
{
	struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	inc->generation = inc->notice = 1;
	row_make(inc, GROUP, START);
	inc->alertname = STR("HighCPU");
	inc->severity.name = STR("P1");
	inc->severity.response_ms = 15 * TIME_MINUTE;
	inc->started_at = START;
	return inc;
}

static void close_incident(struct incident *inc)
{
	inc->row_count = 0;
	inc->ended_generation = inc->generation;
}

/* ---- members ---- */

static struct labels labels_of_pairs(struct arena *arena, const char *const *pairs)
{
	size_t n = 0;
	while (pairs[n])
		n++;
	struct labels out = {arena_alloc(arena, (n + 1) * sizeof *out.v), 0};
	for (size_t i = 0; i + 1 < n; i += 2)
		out.v[out.n++] = (struct label){str_c(pairs[i]), str_c(pairs[i + 1])};
	labels_sort(&out);
	return out;
}
#define LABELS(arena, ...) labels_of_pairs(arena, (const char *const[]){__VA_ARGS__, NULL})

/* Pump-0 to pump-(n-1); those below `recovered` have. Pump-i fires since START - i minutes. */
static struct incident *pumps(struct arena *arena, size_t n, size_t recovered)
{
	struct incident *inc = incident_with_row(arena);
	inc->labels = LABELS(arena, "alertname", "HighCPU", "site", "dock");
	for (size_t i = 0; i < n && i < INCIDENT_SAMPLE_MAX; i++) {
		char *name = arena_printf(arena, "pump-%zu:80", i);
		struct incident_sample *s =
			INCIDENT_ADD(inc, inc->sample, inc->sample_count, inc->sample_capacity, INCIDENT_SAMPLE_MAX);
		*s = (struct incident_sample){.fingerprint = str_c(name),
		                              .labels = LABELS(arena, "alertname", "HighCPU", "site", "dock", "instance", name),
		                              .group = GROUP,
		                              .mark = i >= recovered ? inc->rows[0].mark : 0,
		                              .counted = true,
		                              .starts_at = START - (int64_t)i * TIME_MINUTE};
	}
	inc->count.total = n;
	inc->rows[0].n0 = n - recovered;
	return inc;
}

static void message_at(struct message *m, struct arena *arena, const struct incident *inc, enum message_event event)
{
	message_init(m, arena, inc, event, inc->generation, 1, &(struct message_context){.external_url = STR("")});
}

static void names_what_fires_apart_from_what_recovered(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct message m;
	message_at(&m, arena, pumps(arena, 42, 2), EVENT_TRIGGER);
	assert_int_equal(m.firing.total, 40);
	assert_int_equal(m.firing.shown, MESSAGE_MEMBERS_MAX);
	assert_true(str_eq_c(m.firing.v[0].name, "pump-2:80"));
	assert_int_equal(m.recovered.total, 2);
	assert_int_equal(m.recovered.shown, 2);
	assert_true(str_eq_c(m.recovered.v[1].name, "pump-1:80"));
	assert_string_equal(m.summary.p, "[P1] HighCPU (40 firing, 2 recovered)");
}

/* Of a closed incident nobody fires, whatever the sample says. */
static void a_closed_incident_has_recovered_as_a_whole(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct message m;
	struct incident *inc = pumps(arena, 3, 1);
	close_incident(inc);
	message_at(&m, arena, inc, EVENT_RESOLVE);
	assert_int_equal(m.firing.total, 0);
	assert_int_equal(m.recovered.total, 3);
}

static void says_several_labels_where_several_differ(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct message m;
	struct incident *inc = pumps(arena, 2, 0);
	inc->sample[0].labels =
		LABELS(arena, "alertname", "HighCPU", "site", "dock", "a", "1", "b", "2", "c", "3", "pod", "p\n1", "z", "9");
	inc->sample[1].labels = (struct labels){NULL, 0};
	message_at(&m, arena, inc, EVENT_TRIGGER);
	assert_string_equal(m.firing.v[0].name.p, "pod=p 1, a=1, b=2, c=3, …");
	assert_true(str_eq_c(m.firing.v[1].name, "pump-1:80")); /* the fingerprint: nothing else is known of it */
}

static void fires_since_the_oldest_that_still_does(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = pumps(arena, 4, 0);
	assert_int_equal(incident_firing_since(inc), START - 3 * TIME_MINUTE);
	inc->sample[3].mark = 0;
	assert_int_equal(incident_firing_since(inc), START - 2 * TIME_MINUTE);
	close_incident(inc);
	assert_int_equal(incident_firing_since(inc), START - 3 * TIME_MINUTE);
	inc->sample_count = 0;
	assert_int_equal(incident_firing_since(inc), START);
}

static void the_summary_follows_what_still_fires(void **state)
{
	(void)state;
	static const struct {
		const char *summary;
		size_t recovered;
		const char *expected;
	} rows[] = {
		{"pump-0 leaks", 0, "pump-0 leaks"},         {"pump-0 leaks", 1, "HighCPU"},
		{"pump-0:80 leaks", 1, "HighCPU"},           {"pump-2 leaks", 1, "pump-2 leaks"},
		{"pump-0 or pump-2", 1, "pump-0 or pump-2"}, {"the dock leaks", 1, "the dock leaks"},
		{"pump-00 leaks", 1, "pump-00 leaks"},       {"pump-0 leaks", 3, "pump-0 leaks"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct incident *inc = pumps(arena, 3, rows[i].recovered);
		inc->summary = str_c(rows[i].summary);
		assert_true(str_eq_c(incident_summary(inc), rows[i].expected));
	}
}

/* ---- facts and links ---- */

static const char *fact_text(const struct message *m, const char *name)
{
	for (size_t i = 0; i < m->fact_count; i++) {
		if (!strcmp(m->facts[i].name, name))
			return m->facts[i].value.p;
	}
	return "none";
}

static void states_facts(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct message m;
	struct incident *inc = pumps(arena, 2, 0);
	inc->owner = STR("docks");
	inc->rule = STR("pumps");
	inc->previous[inc->previous_count++] =
		(struct incident_episode){.started_at = START - TIME_DAY,
	                              .resolved_at = START - TIME_DAY + 20 * TIME_MINUTE,
	                              .acknowledged = {.at = 1, .by = STR("ole"), .note = STR("new\nseal")}};
	const struct message_context context = {
		.contact = STR("#docks"), .rule_at = STR("r.yml:7"), .on_call = STR("ana (@ana)")};
	message_init(&m, arena, inc, EVENT_TRIGGER, 1, 1, &context);
	assert_string_equal(fact_text(&m, "Severity"), "P1, respond by 2025-11-21 08:15 UTC");
	assert_string_equal(fact_text(&m, "Firing since"), "2025-11-21 07:59 UTC");
	assert_string_equal(fact_text(&m, "Owner"), "docks (#docks)");
	assert_string_equal(fact_text(&m, "Rule"), "pumps (r.yml:7)");
	assert_string_equal(fact_text(&m, "Last time"), "2025-11-20 08:00 UTC for 20m, acknowledged by ole: new seal");
	assert_string_equal(fact_text(&m, "Labels"), "site=dock");
	assert_string_equal(fact_text(&m, "On call"), "ana (@ana)");
}

static void says_what_it_is_and_who_did_it(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct message m;
	struct incident *inc = pumps(arena, 1, 0);
	message_at(&m, arena, inc, EVENT_TRIGGER);
	assert_int_equal(m.headline.n, 0);
	inc->acknowledged = (struct incident_person){1, STR("ole"), STR("on it")};
	inc->ack_generation = inc->generation;
	message_at(&m, arena, inc, EVENT_ACKNOWLEDGE);
	assert_string_equal(m.headline.p, "Acknowledged by ole: on it");
	message_at(&m, arena, inc, EVENT_UPDATE);
	assert_string_equal(m.headline.p, "Still firing");
	close_incident(inc);
	inc->resolved_why = STR("closed_by_hand");
	inc->closed_by_hand = (struct incident_person){1, STR("ida"), STR("")};
	message_at(&m, arena, inc, EVENT_RESOLVE);
	assert_string_equal(m.headline.p, "Closed by hand by ida");
}

static void links_only_what_a_browser_may_follow(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct message m;
	struct incident *inc = pumps(arena, 2, 0);
	struct labels added = LABELS(arena, "site", "dock");
	inc->generator_url = STR("javascript:alert(1)");
	inc->runbook.url = STR("https://wiki.example.com/a b");
	inc->annotations = LABELS(arena, "dashboard", "https://graphs.example.com/d/1");
	const struct message_context context = {.acknowledge_url = STR("https://r.example.com/ack/x"),
	                                        .alertmanager_url = STR("http://am.example.com:9093/"),
	                                        .source_labels = &added};
	message_init(&m, arena, inc, EVENT_TRIGGER, 1, 1, &context);
	assert_null(message_link(&m, "Prometheus"));
	assert_null(message_link(&m, "Runbook"));
	assert_null(message_link(&m, "Incident"));
	assert_true(str_eq_c(message_link(&m, "Dashboard")->url, "https://graphs.example.com/d/1"));
	assert_true(str_eq_c(message_link(&m, "Acknowledge")->url, "https://r.example.com/ack/x"));
	assert_true(str_eq_c(message_link(&m, "Silence")->url,
	                     "http://am.example.com:9093/#/silences/new?filter=%7Balertname%3D%22HighCPU%22%7D"));
	inc->acknowledged.at = 1;
	inc->ack_generation = inc->generation;
	message_init(&m, arena, inc, EVENT_ACKNOWLEDGE, 1, 1, &context);
	assert_null(message_link(&m, "Acknowledge"));
}

static void the_title_names_the_alert_once(void **state)
{
	(void)state;
	static const struct {
		const char *alertname, *summary, *expected;
	} rows[] = {
		{"TankEmpty", "water is low", "TankEmpty: water is low"},
		{"TankEmpty", "TankEmpty on deck 2", "TankEmpty on deck 2"},
		{"TankEmpty", "", "TankEmpty"},
		{"", "water is low", "water is low"},
		{"", " ", "alert without a name"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct str title = incident_title(arena, str_c(rows[i].alertname), str_c(rows[i].summary));
		assert_true(str_eq_c(title, rows[i].expected));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_what_fires_apart_from_what_recovered),
		cmocka_unit_test(a_closed_incident_has_recovered_as_a_whole),
		cmocka_unit_test(says_several_labels_where_several_differ),
		cmocka_unit_test(fires_since_the_oldest_that_still_does),
		cmocka_unit_test(the_summary_follows_what_still_fires),
		cmocka_unit_test(the_title_names_the_alert_once),
		cmocka_unit_test(states_facts),
		cmocka_unit_test(says_what_it_is_and_who_did_it),
		cmocka_unit_test(links_only_what_a_browser_may_follow),
	};
	return cmocka_run_group_tests_name("message members", tests, NULL, NULL);
}
