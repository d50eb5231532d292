/* The walk over all open incidents gives way to a store that is behind. */
#include "stage.h"

#include <stdlib.h>

#include <string.h>

#include "base/hash.h"
#include "base/time.h"
#include "incident/delivery.h"
#include "incident/row.h"
#include "replica/record_commit.h"
#include "service/census.h"
#include "service/dispatcher.h"
#include "service/transaction.h"

static struct stage stage;

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

struct walked {
	struct census *census;
	int count;
	size_t open;
};

static void keep_figures(void *arg, const struct census_figures *f)
{
	struct walked *w = arg;
	w->count++;
	w->open = f->open;
}

static struct walked census_begin(int behind)
{
	char key[64];
	stage_open(&stage, &(struct stage_settings){
						   .rules = "\n  - {name: all, matchers: ['alertname=\"HighCPU\"'], group_by: ['...']}"});
	for (int i = 0; i < 3; i++) {
		snprintf(key, sizeof key, "\"alertname\": \"HighCPU\", \"instance\": \"%d\"", i);
		stage_alert_is(&stage, key, "firing", 0, "page/new");
	}
	stage.store->behind = behind;
	stage.store->lists = 0;
	return (struct walked){.count = 0};
}

static bool has_listed(struct stage *s, const void *arg)
{
	(void)arg;
	return s->store->lists > 0;
}

static bool has_walked(struct stage *s, const void *arg)
{
	const struct walked *w = arg;
	(void)s;
	return w->count > 0;
}

static void it_waits_for_a_store_that_is_behind(void **state)
{
	(void)state;
	struct walked w = census_begin(5);
	w.census = census_new(&stage.r, keep_figures, &w);
	stage_until(&stage, has_listed, NULL);
	assert_int_equal(stage.store->behind, 0);
	stage_until(&stage, has_walked, &w);
	assert_int_equal(w.open, 3);
	census_free(w.census);
}

/* Its disk may hang, and what is open is still to be known. */
static void it_does_not_wait_for_ever(void **state)
{
	(void)state;
	struct walked w = census_begin(-1);
	w.census = census_new(&stage.r, keep_figures, &w);
	stage_until(&stage, has_walked, &w);
	assert_int_equal(stage.store->behind, -1);
	assert_int_equal(w.open, 3);
	census_free(w.census);
}

/* ---- what is owed to receivers that left the configuration, as a restart finds it ---- */

static struct incident *told_one(struct arena *arena, const char *key, bool closed)
{
	struct incident *inc = incident_new(arena, str_c(key));
	inc->alertname = STR("Left");
	inc->episode = inc->generation = 1;
	inc->started_at = inc->last_seen_at = inc->last.at = stage.now;
	if (closed) {
		inc->ended_generation = 1;
		inc->resolved_at = stage.now;
	} else {
		struct incident_row *row = row_make(inc, "group", stage.now);
		row->n0 = 1;
		row->left_at = stage.now + TIME_DAY;
	}
	assert_true(incident_add_receiver(inc, STR("gone"), stage.now));
	struct settlement told = {.receiver = STR("gone"),
	                          .attempt = {.want = {.verb = WANT_TRIGGER, .generation = 1}},
	                          .outcome = OUTCOME_DELIVERED};
	if (closed)
		incident_settle(inc, &told, &stage.r.config->policy, stage.now);
	incident_refresh(inc, stage.now);
	return inc;
}

static void kept(void *arg, const struct store_committed *got)
{
	assert_int_equal(got->result, STORE_OK);
	*(bool *)arg = true;
}

static bool is_flag_set(struct stage *s, const void *arg)
{
	(void)s;
	return *(const bool *)arg;
}

static void keep_incident(const char *key, bool closed)
{
	AUTOARENA struct arena *arena = arena_new();
	struct store_commit commit = {.key = str_c(key)};
	bool done_with = false;
	record_commit(arena, told_one(arena, key, closed), &stage.r.config->policy, &commit);
	hash_random_id(commit.id);
	stage.memory->ops->commit(stage.memory, &commit, kept, &done_with);
	stage_until(&stage, is_flag_set, &done_with);
}

static bool nothing_pending(struct stage *s, const void *arg)
{
	(void)arg;
	return transactions_pending(s->r.transactions) == 0;
}

static const char *told_detail(const char *key, const char *event)
{
	json_t *record = stage_show(&stage, key);
	json_t *timeline = json_object_get(record, "timeline"), *one;
	static char detail[500];
	size_t i;
	detail[0] = '\0';
	json_array_foreach(timeline, i, one) if (strcmp(json_string_value(json_object_get(one, "what")), event) == 0)
		snprintf(detail, sizeof detail, "%s", json_string_value(json_object_get(one, "detail")));
	json_decref(record);
	return detail;
}

static void what_a_receiver_that_left_is_owed_becomes_a_dead_letter(void **state)
{
	(void)state;
	struct walked w = {.count = 0};
	stage_open(&stage, &(struct stage_settings){.rules = NULL});
	stage.r.dispatcher = dispatcher_new(&stage.r);
	keep_incident("0123456789abcdef0123456789abcdef", false);
	keep_incident("fedcba9876543210fedcba9876543210", true);
	stage_pass(&stage, 6 * TIME_MINUTE);
	w.census = census_new(&stage.r, keep_figures, &w);
	stage_until(&stage, has_walked, &w);
	stage_until(&stage, nothing_pending, NULL);
	assert_non_null(strstr(told_detail("0123456789abcdef0123456789abcdef", "dead_letter"), "gone: trigger rejected"));
	assert_string_equal(told_detail("0123456789abcdef0123456789abcdef", "fallback"), "pager takes over from gone");
	assert_non_null(strstr(told_detail("fedcba9876543210fedcba9876543210", "dead_letter"), "gone: resolve rejected"));
	assert_string_equal(told_detail("fedcba9876543210fedcba9876543210", "fallback"), "");
	census_free(w.census);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(it_waits_for_a_store_that_is_behind, teardown),
		cmocka_unit_test_teardown(it_does_not_wait_for_ever, teardown),
		cmocka_unit_test_teardown(what_a_receiver_that_left_is_owed_becomes_a_dead_letter, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
