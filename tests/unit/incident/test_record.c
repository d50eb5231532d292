#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/delivery.h"
#include "incident/incident.h"
#include "incident/row.h"

#define KEY "0123456789abcdef0123456789abcdef"
#define NOW (INT64_C(1700000000) * TIME_SECOND)

static struct incident *full_incident(struct arena *arena, size_t label_bytes)
{
	struct incident *inc = incident_new(arena, STR(KEY));
	char *filler = arena_alloc(arena, label_bytes + 1);
	memset(filler, 'x', label_bytes);
	inc->episode = inc->generation = 1;
	struct incident_row *row = row_make(inc, "0123456789abcdef", NOW);
	row->n0 = INCIDENT_SAMPLE_MAX;
	inc->alertname = STR("HighCPU");
	inc->started_at = inc->last_seen_at = NOW;
	for (size_t i = 0; i < INCIDENT_SAMPLE_MAX; i++) {
		struct labels labels = {.v = arena_alloc(arena, sizeof(struct label)), .n = 1};
		labels.v[0] = (struct label){STR("filler"), str_c(filler)};
		struct incident_sample *s =
			INCIDENT_ADD(inc, inc->sample, inc->sample_count, inc->sample_capacity, INCIDENT_SAMPLE_MAX);
		*s = (struct incident_sample){.source = STR("am"),
		                              .fingerprint = str_c(arena_printf(arena, "%016zu", i)),
		                              .labels = labels,
		                              .group = "0123456789abcdef",
		                              .mark = row->mark,
		                              .counted = true,
		                              .starts_at = NOW};
	}
	inc->annotations.v = arena_alloc(arena, sizeof(struct label));
	inc->annotations.v[0] = (struct label){STR("summary"), str_c(filler)};
	inc->annotations.n = 1;
	for (size_t i = 0; i < 2 * INCIDENT_TIMELINE_MAX; i++)
		incident_note(inc, NOW + (int64_t)i, "told", "%zu", i);
	incident_add_receiver(inc, STR("oncall"), NOW);
	incident_refresh(inc, NOW);
	return inc;
}

static struct incident *written_and_read(struct arena *arena, const struct incident *inc)
{
	AUTOERR struct err err = ERR_INIT;
	struct incident *back = incident_read(arena, incident_write(arena, inc), &err);
	assert_non_null(back);
	return back;
}

static void a_record_comes_back_as_it_was(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = full_incident(arena, 10);
	inc->acknowledged = (struct incident_person){NOW, STR("ana"), STR("l\xc3\xb8oking \"here\"\n")};
	struct incident *back = written_and_read(arena, inc);
	assert_string_equal(back->key, KEY);
	assert_true(incident_is_open(back));
	assert_int_equal(incident_firing(back), INCIDENT_SAMPLE_MAX);
	assert_true(incident_sample_fires(back, &back->sample[99]));
	assert_int_equal(back->started_at, NOW);
	assert_int_equal(back->sample_count, INCIDENT_SAMPLE_MAX);
	assert_true(str_eq(back->acknowledged.note, inc->acknowledged.note));
	assert_true(str_eq_c(labels_get(&back->sample[99].labels, STR("filler")), "xxxxxxxxxx"));
	assert_int_equal(back->deliveries[0].want.verb, WANT_TRIGGER);
	assert_int_equal(back->deliveries[0].due_at, NOW);
	struct str first = incident_write(arena, inc), second = incident_write(arena, back);
	assert_true(str_eq(first, second));
}

/* What a change leaves of a full record, beside the record itself. */
static bool is_count_alone(void (*change)(struct incident *inc))
{
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = full_incident(arena, 10);
	struct str before = incident_write(arena, inc);
	change(inc);
	return incident_only_counted(before, incident_write(arena, inc));
}

static void change_nothing(struct incident *inc)
{
	(void)inc;
}

static void change_by_repeats(struct incident *inc)
{
	inc->count.received += 300;
	inc->count.deduplicated = 1;
	inc->last_seen_at += 5000;
	inc->longest_gap = 0;
	inc->last.verdict = STR("deduplicate");
	inc->last.at += 5000;
	inc->rows[0].heard_at += 5000;
	inc->rows[0].counted_at += 5000;
	inc->rows[0].former = 0;
}

static void reminds(struct incident *inc)
{
	change_by_repeats(inc);
	inc->notice++;
}

static void loses_a_member(struct incident *inc)
{
	change_by_repeats(inc);
	inc->rows[0].n0--;
}

static void loses_a_row(struct incident *inc)
{
	inc->row_count--;
}

static void is_told(struct incident *inc)
{
	inc->deliveries[0].told_at++;
}

static void is_noted(struct incident *inc)
{
	incident_note(inc, inc->last_seen_at, "reminded", "%s", "again");
}

static void only_a_repeat_only_counts(void **state)
{
	(void)state;
	assert_true(is_count_alone(change_nothing));
	assert_true(is_count_alone(change_by_repeats));
	assert_false(is_count_alone(reminds));
	assert_false(is_count_alone(loses_a_member));
	assert_false(is_count_alone(loses_a_row));
	assert_false(is_count_alone(is_told));
	assert_false(is_count_alone(is_noted));
	assert_false(incident_only_counted(STR(""), STR("")));
}

static void half_a_record_is_none(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct str whole = incident_write(arena, full_incident(arena, 10));
	for (size_t n = 0; n < whole.n; n++) {
		AUTOARENA struct arena *own = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOFREE char *half = mem_alloc(n ? n : 1); /* the sanitizer watches its end */
		memcpy(half, whole.p, n);
		assert_null(incident_read(own, (struct str){half, n}, &err));
	}
}

/* Whatever bytes a broken disk makes of it: it is read as something, or refused, within its bounds. */
static void a_damaged_record_is_read_within_its_bounds(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct str whole = incident_write(arena, full_incident(arena, 3));
	size_t refused = 0;
	for (size_t i = 5; i < whole.n; i += 7) {
		AUTOARENA struct arena *own = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOFREE char *copy = mem_alloc(whole.n);
		memcpy(copy, whole.p, whole.n);
		copy[i] = (char)(copy[i] ^ 0xff);
		refused += !incident_read(own, (struct str){copy, whole.n}, &err);
	}
	assert_true(refused > 0);
}

/* The two bytes of a varint in front of a field that no table knows, and its value. */
static void fields_of_a_later_minor_version_are_skipped(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct str was = incident_write(arena, full_incident(arena, 3));
	char *bytes = arena_alloc(arena, was.n + 9);
	static const char extra[9] = {(char)0x80, 0x7d, 0x2a, (char)0x81, 0x7d, 3, 'n', 'e', 'w'};
	memcpy(bytes, was.p, was.n);
	memcpy(bytes + was.n, extra, sizeof extra);
	size_t n = was.n - 5 + sizeof extra;
	bytes[2] = (char)(n >> 16);
	bytes[3] = (char)(n >> 8);
	bytes[4] = (char)n;
	struct incident *back = incident_read(arena, (struct str){bytes, was.n + sizeof extra}, &err);
	assert_non_null(back);
	assert_true(str_eq(incident_write(arena, back), was));
}

static void a_full_timeline_keeps_its_beginning_and_its_end(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = full_incident(arena, 10);
	assert_int_equal(inc->timeline_count, INCIDENT_TIMELINE_MAX);
	assert_int_equal(inc->timeline_dropped, INCIDENT_TIMELINE_MAX);
	assert_true(str_eq_c(inc->timeline[0].detail, "0"));
	assert_true(str_eq_c(inc->timeline[INCIDENT_TIMELINE_MAX - 1].detail, "399"));
}

static void a_record_never_passes_its_ceiling(void **state)
{
	(void)state;
	static const size_t sizes[] = {100, 600, 5000, 60000};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct incident *inc = full_incident(arena, sizes[i]);
		struct str json = incident_write(arena, inc);
		assert_true(json.n <= INCIDENT_RECORD_MAX);
		struct incident *back = written_and_read(arena, inc);
		assert_int_equal(back->deliveries[0].want.verb, WANT_TRIGGER);
		assert_true(back->sample_count < INCIDENT_SAMPLE_MAX || sizes[i] == 100);
	}
}

static void a_timeline_that_is_cut_keeps_how_it_began(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *back = written_and_read(arena, full_incident(arena, 60000));
	assert_true(back->timeline_count < INCIDENT_TIMELINE_MAX);
	assert_true(str_eq_c(back->timeline[0].detail, "0"));
	assert_true(str_eq_c(back->timeline[back->timeline_count - 1].detail, "399"));
}

static void a_nul_in_a_label_value_survives(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = full_incident(arena, 10);
	inc->annotations.v[0].value = STR("a\0b");
	struct incident *back = written_and_read(arena, inc);
	assert_true(str_eq(labels_get(&back->annotations, STR("summary")), STR("a\0b")));
}

static void what_is_no_record_is_refused(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{"", "not an incident record"},
		{"\x02", "are cut"},
		{"\x03\x01\x01\x01\x01", "newer version (format 3)"},
		{"hello", "not an incident record"},
		{"[]", "not an incident record"},
		{"{}", "no key"},
		{"{\"key\":\"k\",\"format\":99}", "not an incident record"},
		{"{\"key\":\"k\"", "not an incident record"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		assert_null(incident_read(arena, str_c(cases[i][0]), &err));
		if (!strstr(err_first(&err), cases[i][1]))
			fail_msg("%s: %s", cases[i][0], err_first(&err));
	}
}

/* Numbers of one byte to ten, amid the record and at its end. */
static void numbers_of_every_length_come_back(void **state)
{
	(void)state;
	for (int bits = 0; bits <= 64; bits++) {
		AUTOARENA struct arena *arena = arena_new();
		struct incident *inc = incident_new(arena, STR(KEY));
		uint64_t most = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
		int64_t time = (int64_t)(most >> 24);
		inc->count.received = most;
		inc->count.deduplicated = most ^ (most >> 1);
		inc->last_seen_at = inc->approved.at = time;
		const struct incident *back = written_and_read(arena, inc);
		assert_true(back->count.received == inc->count.received);
		assert_true(back->count.deduplicated == inc->count.deduplicated);
		assert_true(back->last_seen_at == time && back->approved.at == time);
	}
}

static void provider_keys_name_their_generation(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_new(arena, STR(KEY));
	char key[INCIDENT_PROVIDER_KEY_MAX];
	assert_string_equal(incident_provider_key(inc, 1, key), KEY);
	assert_string_equal(incident_provider_key(inc, 2, key), KEY "-2");
	assert_string_equal(incident_provider_key(inc, UINT64_MAX, key), KEY "-18446744073709551615");
}

static void a_receiver_beyond_the_ceiling_is_noted_not_forgotten_silently(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_new(arena, STR(KEY));
	char name[16];
	for (int i = 0; i < INCIDENT_RECEIVERS_MAX; i++) {
		snprintf(name, sizeof name, "r%d", i);
		assert_true(incident_add_receiver(inc, str_c(name), NOW));
	}
	assert_true(incident_add_receiver(inc, STR("r0"), NOW));
	assert_false(incident_add_receiver(inc, STR("one-more"), NOW));
	assert_true(str_eq_c(inc->timeline[0].what, "too_many_receivers"));
}

static void lanes_follow_the_rank(void **state)
{
	(void)state;
	static const int lanes[][2] = {{0, 0}, {1, 1}, {3, 3}, {4, 3}, {1000, 3}};
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_new(arena, STR(KEY));
	for (size_t i = 0; i < sizeof lanes / sizeof *lanes; i++) {
		inc->severity.rank = lanes[i][0];
		assert_int_equal(incident_lane(inc), lanes[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_comes_back_as_it_was),
		cmocka_unit_test(only_a_repeat_only_counts),
		cmocka_unit_test(half_a_record_is_none),
		cmocka_unit_test(a_damaged_record_is_read_within_its_bounds),
		cmocka_unit_test(fields_of_a_later_minor_version_are_skipped),
		cmocka_unit_test(a_full_timeline_keeps_its_beginning_and_its_end),
		cmocka_unit_test(a_record_never_passes_its_ceiling),
		cmocka_unit_test(a_timeline_that_is_cut_keeps_how_it_began),
		cmocka_unit_test(a_nul_in_a_label_value_survives),
		cmocka_unit_test(what_is_no_record_is_refused),
		cmocka_unit_test(numbers_of_every_length_come_back),
		cmocka_unit_test(provider_keys_name_their_generation),
		cmocka_unit_test(a_receiver_beyond_the_ceiling_is_noted_not_forgotten_silently),
		cmocka_unit_test(lanes_follow_the_rank),
	};
	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
