/* Labels beyond their ceiling: which of them stay, and who the alert is then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <stdlib.h>
#include <cmocka.h>

#include "parsed.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define BODY_MAX ((size_t)8 << 20)

/* `count` labels before what `more` says; their names begin with `prefix`, their values have `value` bytes. */
struct crowd {
	const char *prefix;
	int count, value;
};

static void write_crowded_alert(struct buf *b, const struct crowd *crowd, const char *more)
{
	buf_add_c(b, "{\"labels\":{");
	for (int i = 0; i < crowd->count; i++)
		buf_printf(b, "\"%s%04d\":\"%0*d\",", crowd->prefix, i, crowd->value, i);
	buf_printf(b, "%s}}", more);
}

static struct webhook parse_alerts(struct arena *arena, const struct crowd *crowd, const char *const *more, size_t n,
                                   const struct source_labels *source, const struct map *named)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf b;
	struct webhook w = {0};
	buf_init(&b, BODY_MAX);
	buf_add_c(&b, "{\"alerts\":[");
	for (size_t i = 0; i < n; i++) {
		buf_add_c(&b, i ? "," : "");
		write_crowded_alert(&b, crowd, more[i]);
	}
	buf_add_c(&b, "]}");
	assert_true(webhook_parse_known(arena, arena_str(arena, buf_str(&b)), source, named, NULL, &w, &err));
	assert_int_equal(w.count, n);
	return w;
}

static size_t label_bytes(const struct labels *l)
{
	size_t sum = 0;
	for (size_t i = 0; i < l->n; i++)
		sum += l->v[i].name.n + l->v[i].value.n;
	return sum;
}

#define ROUTES                                                                                                         \
	"\"alertname\":\"DiskFull\",\"instance\":\"node-7.example:9100\",\"severity\":\"critical\",\"team\":\"payments\""

static const struct {
	struct crowd crowd;
	const char *more;
} crowds[] = {
	{{"label_", 1000, 9}, ROUTES},
	{{"label_", 2040, 4}, ROUTES},
	{{"label_", 3000, 1}, ROUTES},
	{{"aaa_", 1500, 9}, ROUTES},
	{{"zzz_", 1500, 9}, ROUTES},
	{{"a", 6000, 1}, ROUTES},
	{{"a_rather_long_name_", 300, 100}, ROUTES},
	{{"label_", 40, 4000}, ROUTES},
	{{"a", 1200, 12}, ROUTES ",\"x\":\"\""},
};

static void test_what_routes_outlives_a_crowd(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(crowds); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct webhook w = parse_alerts(arena, &crowds[i].crowd, &crowds[i].more, 1, NULL, NULL);
		const struct alert *a = &w.alerts[0];
		assert_int_equal(a->flaw, ALERT_LARGE_LABELS);
		assert_true(labels_has(&a->annotations, STR(ALERT_FLAW_NOTE)));
		assert_str(labels_get(&a->labels, STR("alertname")), "DiskFull");
		assert_str(labels_get(&a->labels, STR("instance")), "node-7.example:9100");
		assert_str(labels_get(&a->labels, STR("severity")), "critical");
		assert_str(labels_get(&a->labels, STR("team")), "payments");
		size_t bytes = label_bytes(&a->labels);
		assert_true(bytes <= WEBHOOK_LABELS_MAX && bytes > WEBHOOK_LABELS_MAX / 2);
		for (size_t k = 1; k < a->labels.n; k++)
			assert_true(str_cmp(a->labels.v[k - 1].name, a->labels.v[k].name) < 0);
	}
}

/* Names that only this configuration gives a meaning, and one that a source renames. */
static void test_what_the_configuration_names_stays(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct label_rename rename = {STR("zone"), STR("region")};
	const struct source_labels source = {.rename = &rename, .rename_count = 1};
	const struct crowd crowd = {"label_", 3000, 2};
	const char *more = ROUTES ",\"tier_of_the_shop\":\"gold\",\"unnamed_by_anybody\":\"x\",\"zone\":\"north\"";
	struct map *named = map_new();
	map_set(named, STR("tier_of_the_shop"), named);
	struct webhook w = parse_alerts(arena, &crowd, &more, 1, &source, named);
	const struct labels *l = &w.alerts[0].labels;
	assert_str(labels_get(l, STR("tier_of_the_shop")), "gold");
	assert_str(labels_get(l, STR("region")), "north");
	assert_false(labels_has(l, STR("unnamed_by_anybody")));
	map_free(named);
}

/* The longest values give way first, that of a name that routes last. */
static void test_long_values_are_cut_before_labels_go(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	const struct crowd crowd = {"label_", 300, 100};
	char pod[301];
	for (size_t i = 0; i < 300; i++)
		pod[i] = 'p';
	pod[300] = '\0';
	const char *more = arena_printf(arena, ROUTES ",\"pod\":\"%s\",\"zz\":\"short\"", pod);
	struct webhook w = parse_alerts(arena, &crowd, &more, 1, NULL, NULL);
	const struct labels *l = &w.alerts[0].labels;
	assert_int_equal(l->n, 306);
	assert_str(labels_get(l, STR("pod")), pod);
	assert_str(labels_get(l, STR("zz")), "short");
	assert_true(str_ends(labels_get(l, STR("label_0000")), STR("…[cut]")));
}

static void assert_apart(const struct source_labels *source, const struct crowd *crowd, const char *const *more)
{
	AUTOARENA struct arena *arena = arena_new();
	struct webhook w = parse_alerts(arena, crowd, more, 3, source, NULL);
	assert_string_not_equal(w.alerts[0].identity, w.alerts[1].identity);
	assert_string_equal(w.alerts[0].identity, w.alerts[2].identity);
	assert_false(str_eq(w.alerts[0].fingerprint, w.alerts[1].fingerprint));
}

/* Also where the only difference was cut, and where the source rearranges what is left. */
static void test_different_alerts_stay_different(void **state)
{
	(void)state;
	struct str dropped[] = {STR("replica")};
	const struct source_labels drops = {.drop = {dropped, 1}};
	const struct crowd few = {"label_", 1500, 9}, many = {"label_", 5000, 1};
	const char *more[] = {ROUTES ",\"what_nobody_asks_for\":\"one\",\"replica\":\"1\"",
	                      ROUTES ",\"what_nobody_asks_for\":\"two\",\"replica\":\"1\"",
	                      ROUTES ",\"what_nobody_asks_for\":\"one\",\"replica\":\"1\""};
	assert_apart(NULL, &few, more);
	assert_apart(NULL, &many, more);
	assert_apart(&drops, &few, more);
	assert_apart(&drops, &many, more);
	more[2] = ROUTES ",\"what_nobody_asks_for\":\"one\",\"replica\":\"2\"";
	assert_apart(&drops, &few, more);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_routes_outlives_a_crowd),
		cmocka_unit_test(test_what_the_configuration_names_stays),
		cmocka_unit_test(test_long_values_are_cut_before_labels_go),
		cmocka_unit_test(test_different_alerts_stay_different),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
