/* Whose words an incident shows, and who is named of more members than are sampled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "incident/decide.h"
#include "incident/merge.h"
#include "incident/message.h"
#include "incident/row.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define START (INT64_C(1700000000) * TIME_SECOND)
#define BERTHS 160

/* A harbour whose berths flood: berth i stands there as member i, and began i seconds after START. */
struct harbour {
	struct arena *arena;
	struct incident *inc;
	struct member members[BERTHS];
	struct arrival listed[BERTHS];
	size_t of[BERTHS], n;
	int64_t now;
};

static void harbour_init(struct harbour *h, struct arena *arena)
{
	memset(h, 0, sizeof *h);
	h->arena = arena;
	h->inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	h->now = START + TIME_HOUR;
	for (size_t i = 0; i < BERTHS; i++)
		h->members[i] = (struct member){.source = STR("am"), .fingerprint = str_c(arena_printf(arena, "f%03zu", i))};
}

static struct labels berth_label(struct arena *arena, const char *name, const char *text)
{
	struct labels out = {arena_alloc(arena, sizeof *out.v), 1};
	out.v[0] = (struct label){str_c(name), str_c(text)};
	return out;
}

static const struct plan *berth_plan(const struct harbour *h, size_t berth, int rank)
{
	struct plan *plan = arena_alloc(h->arena, sizeof *plan);
	memset(plan, 0, sizeof *plan);
	plan->alertname = STR("Flooded");
	plan->severity.rank = rank;
	plan->severity.name = STR("P1");
	plan->page = true;
	plan->repeat_interval.ms = 4 * TIME_HOUR;
	plan->summary.text = str_c(arena_printf(h->arena, "quay %zu is wet", berth));
	memcpy(plan->key, h->inc->key, sizeof plan->key);
	return plan;
}

static void list_ranked(struct harbour *h, size_t berth, bool resolved, int rank)
{
	struct alert *alert = arena_alloc(h->arena, sizeof *alert);
	memset(alert, 0, sizeof *alert);
	alert->labels = berth_label(h->arena, "berth", arena_printf(h->arena, "b%zu", berth));
	alert->annotations = berth_label(h->arena, "description", arena_printf(h->arena, "bail out %zu", berth));
	alert->fingerprint = h->members[berth].fingerprint;
	alert->resolved = resolved;
	alert->starts_at = START + (int64_t)berth * TIME_SECOND;
	alert->ends_at = resolved ? h->now : 0;
	h->of[h->n] = berth;
	h->listed[h->n++] = (struct arrival){alert, berth_plan(h, berth, rank), h->members[berth]};
}

static void list_berths(struct harbour *h, size_t from, size_t to, bool resolved)
{
	for (size_t i = from; i < to; i++)
		list_ranked(h, i, resolved, 1);
}

/* What was listed comes as one body of the group, a minute after the last one; the record goes through its stored form. True where
 * it changed more than counts. */
static bool post_to(struct harbour *h, const char *group)
{
	AUTOERR struct err err = ERR_INIT;
	const struct incident_policy policy = {
		.late_grace = TIME_SECOND, .fresh = 5 * TIME_HOUR, .retention = TIME_DAY, .expire_after = TIME_DAY};
	struct counts counts = {.arena = h->arena};
	struct body body = {.whole = false, .parts = true};
	struct decision out[BERTHS];
	struct str before = incident_write(h->arena, h->inc);
	row_group(STR("am"), STR("page"), str_c(group), body.group);
	h->now += TIME_MINUTE;
	incident_decide(h->inc, &body, h->listed, h->n, &policy, h->now, out, &counts);
	for (size_t i = 0; i < h->n; i++)
		if (out[i].member_changed)
			h->members[h->of[i]] = out[i].member;
	counts_release(&counts);
	h->n = 0;
	struct str after = incident_write(h->arena, h->inc);
	h->inc = incident_read(h->arena, after, &err);
	assert_non_null(h->inc);
	return !incident_only_counted(before, after);
}

static void post_said(struct harbour *h)
{
	post_to(h, "quays");
}

static void shows(const struct harbour *h, const char *summary, const char *description)
{
	struct message m;
	message_init(&m, h->arena, h->inc, EVENT_UPDATE, h->inc->generation, 1,
	             &(struct message_context){.external_url = STR("")});
	assert_true(str_eq_c(incident_summary(h->inc), summary));
	assert_true(str_eq_c(labels_get(incident_annotations(h->inc), STR("description")), description));
	assert_true(str_eq_c(m.description, description));
}

/* ---- words ---- */

static void a_member_that_fires_takes_the_word(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct harbour h;
	harbour_init(&h, arena);
	list_berths(&h, 0, 3, false);
	post_said(&h);
	shows(&h, "quay 0 is wet", "bail out 0");
	list_berths(&h, 0, 1, true);
	list_berths(&h, 1, 3, false);
	post_said(&h);
	shows(&h, "quay 1 is wet", "bail out 1");
	list_berths(&h, 2, 3, true);
	post_said(&h);
	shows(&h, "quay 1 is wet", "bail out 1"); /* it still fires */
}

static void the_gravest_takes_it(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct harbour h;
	harbour_init(&h, arena);
	list_ranked(&h, 0, false, 0);
	list_ranked(&h, 1, false, 3);
	list_ranked(&h, 2, false, 2);
	post_said(&h);
	list_ranked(&h, 0, true, 0);
	list_ranked(&h, 1, false, 3);
	list_ranked(&h, 2, false, 2);
	post_said(&h);
	shows(&h, "quay 2 is wet", "bail out 2");
}

static void what_a_recovered_one_said_is_not_shown_while_others_fire(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct harbour h;
	harbour_init(&h, arena);
	list_berths(&h, 0, 2, false);
	post_said(&h);
	list_berths(&h, 0, 1, true);
	post_said(&h);
	shows(&h, "Flooded", "");
	list_berths(&h, 1, 2, false);
	assert_true(post_to(&h, "quays"));
	shows(&h, "quay 1 is wet", "bail out 1");
	list_berths(&h, 1, 2, false);
	assert_false(post_to(&h, "quays")); /* a repeat writes nothing */
	list_berths(&h, 1, 2, true);
	post_said(&h);
	assert_false(incident_is_open(h.inc));
	assert_true(str_eq_c(incident_summary(h.inc), "quay 1 is wet")); /* the end is the last one's */
}

static void the_view_shows_no_annotation_of_a_recovered_one(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct harbour h;
	harbour_init(&h, arena);
	list_berths(&h, 0, 2, false);
	post_said(&h);
	list_berths(&h, 0, 1, true);
	post_said(&h);
	json_t *view = incident_view(h.inc, false);
	assert_int_equal(json_object_size(json_object_get(view, "annotations")), 0);
	assert_string_equal(json_string_value(json_object_get(view, "summary")), "Flooded");
	json_decref(view);
}

/* Two stores that knew of one incident each: whose words are taken, he is the speaker. */
static void a_merge_keeps_the_words_with_who_said_them(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct harbour h, other;
	harbour_init(&h, arena);
	harbour_init(&other, arena);
	list_berths(&h, 0, 1, false);
	post_said(&h);
	list_berths(&other, 5, 6, false);
	post_to(&other, "piers");
	struct merge_member both[] = {{.trunk = h.members[0], .branch = other.members[0]},
	                              {.trunk = h.members[5], .branch = other.members[5]}};
	incident_merge(h.inc, other.inc, both, NULL, COUNT(both), h.now);
	const struct incident_sample *speaker = incident_speaker(h.inc);
	assert_non_null(speaker);
	struct str berth = labels_get(&speaker->labels, STR("berth"));
	assert_true(str_eq_c(h.inc->summary, str_eq_c(berth, "b0") ? "quay 0 is wet" : "quay 5 is wet"));
}

/* ---- names ---- */

static bool is_named_as(const struct harbour *h, size_t berth)
{
	for (size_t i = 0; i < h->inc->sample_count; i++)
		if (str_eq(h->inc->sample[i].fingerprint, h->members[berth].fingerprint))
			return true;
	return false;
}

static void the_recovered_give_way_to_who_fires(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct harbour h;
	harbour_init(&h, arena);
	list_berths(&h, 0, 101, false);
	post_said(&h);
	assert_false(is_named_as(&h, 100));
	list_berths(&h, 100, 101, false); /* before those that end in the same body */
	list_berths(&h, 0, 100, true);
	post_said(&h);
	assert_true(is_named_as(&h, 100));
	assert_int_equal(h.inc->sample_count, INCIDENT_SAMPLE_MAX);
	assert_int_equal(incident_firing_since(h.inc), START + 100 * TIME_SECOND);
	shows(&h, "quay 100 is wet", "bail out 100");
}

static void one_that_was_listed_before_is_named_by_its_repeat(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct harbour h;
	harbour_init(&h, arena);
	list_berths(&h, 0, 150, false);
	post_said(&h);
	list_berths(&h, 0, 100, true);
	post_said(&h);
	list_berths(&h, 100, 150, false);
	assert_true(post_to(&h, "quays"));
	for (size_t i = 100; i < 150; i++)
		assert_true(is_named_as(&h, i));
	list_berths(&h, 100, 150, false);
	assert_false(post_to(&h, "quays"));
}

static void nobody_gives_way_while_all_of_them_fire(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct harbour h;
	harbour_init(&h, arena);
	list_berths(&h, 0, 120, false);
	post_said(&h);
	list_berths(&h, 0, 120, false);
	assert_false(post_to(&h, "quays"));
	assert_true(is_named_as(&h, 0) && is_named_as(&h, 99) && !is_named_as(&h, 100));
	list_ranked(&h, 130, false, 0); /* raises the severity: it speaks, so it is named */
	post_said(&h);
	assert_true(is_named_as(&h, 130));
	shows(&h, "quay 130 is wet", "bail out 130");
	assert_int_equal(h.inc->sample_count, INCIDENT_SAMPLE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_that_fires_takes_the_word),
		cmocka_unit_test(the_gravest_takes_it),
		cmocka_unit_test(what_a_recovered_one_said_is_not_shown_while_others_fire),
		cmocka_unit_test(the_view_shows_no_annotation_of_a_recovered_one),
		cmocka_unit_test(a_merge_keeps_the_words_with_who_said_them),
		cmocka_unit_test(the_recovered_give_way_to_who_fires),
		cmocka_unit_test(one_that_was_listed_before_is_named_by_its_repeat),
		cmocka_unit_test(nobody_gives_way_while_all_of_them_fire),
	};
	return cmocka_run_group_tests_name("speaker", tests, NULL, NULL);
}
