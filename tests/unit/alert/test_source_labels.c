/* What a source does to labels before anything looks at them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "alert/source_labels.h"
#include "alert/webhook.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct str dropped[] = {STR_INIT("replica"), STR_INIT("prometheus_*"), STR_INIT("zone")};
static struct label_rename renames[] = {
	{STR_INIT("k8s_cluster"), STR_INIT("cluster")}, {STR_INIT("a"), STR_INIT("b")}, {STR_INIT("b"), STR_INIT("a")}};
static struct label added[] = {{STR_INIT("cluster"), STR_INIT("eu")}, {STR_INIT("zone"), STR_INIT("z")}};
static const struct source_labels source = {
	.add = {added, 2}, .drop = {dropped, 3}, .rename = renames, .rename_count = 3};

static struct labels labels_of_json(struct arena *arena, const char *json)
{
	char *body = arena_printf(arena, "{\"alerts\": [{\"labels\": %s}]}", json); /* the labels are views of it */
	AUTOERR struct err err = ERR_INIT;
	struct webhook w;
	if (!webhook_parse(arena, str_c(body), NULL, &w, &err))
		fail_msg("%s", err_first(&err));
	return w.alerts[0].labels;
}

static const struct {
	const char *sent, *arranged;
} cases[] = {
	{"{\"alertname\": \"A\"}", "{alertname=\"A\", cluster=\"eu\", zone=\"z\"}"},
	{"{\"alertname\": \"A\", \"replica\": \"1\", \"prometheus_replica\": \"2\", \"replicas\": \"3\"}",
     "{alertname=\"A\", cluster=\"eu\", replicas=\"3\", zone=\"z\"}"},
	{"{\"cluster\": \"us\"}", "{cluster=\"us\", zone=\"z\"}"},
	{"{\"k8s_cluster\": \"us\", \"cluster\": \"old\"}", "{cluster=\"us\", zone=\"z\"}"},
	{"{\"zone\": \"mine\"}", "{cluster=\"eu\", zone=\"z\"}"},
	{"{\"a\": \"1\", \"b\": \"2\"}", "{a=\"2\", b=\"1\", cluster=\"eu\", zone=\"z\"}"},
};

static void renames_drops_and_adds_in_this_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct labels sent = labels_of_json(arena, cases[i].sent), out = source_labels_of(&source, arena, &sent);
		assert_string_equal(labels_format(arena, &out).p, cases[i].arranged);
	}
}

static const char twins[] =
	"{\"groupLabels\": {\"replica\": \"1\"}, \"alerts\": ["
	"{\"status\": \"firing\", \"fingerprint\": \"0000000000000001\", \"labels\": {\"x\": \"y\", \"replica\": \"1\"}},"
	"{\"status\": \"resolved\", \"fingerprint\": \"0000000000000002\", \"labels\": {\"x\": \"y\", \"replica\": \"2\"}},"
	"{\"status\": \"firing\", \"labels\": {\"x\": \"z\"}}]}";

/* Two replicas' alert is one: who it is follows from what is left of its labels. */
static void alerts_that_become_one_are_one(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct webhook w;
	assert_true(webhook_parse(arena, STR(twins), &source, &w, &err));
	assert_int_equal(w.count, 3);
	assert_true(str_eq(w.alerts[0].fingerprint, w.alerts[1].fingerprint));
	assert_false(str_eq_c(w.alerts[0].fingerprint, "0000000000000001"));
	assert_string_equal(w.alerts[0].identity, w.alerts[1].identity);
	assert_false(str_eq(w.alerts[0].fingerprint, w.alerts[2].fingerprint));
	assert_string_equal(labels_format(arena, &w.group_labels).p, "{cluster=\"eu\", zone=\"z\"}");
}

static void a_source_that_only_adds_keeps_fingerprints(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct source_labels only_adds = {.add = {added, 2}};
	struct webhook w;
	assert_true(webhook_parse(arena, STR(twins), &only_adds, &w, &err));
	assert_true(str_eq_c(w.alerts[0].fingerprint, "0000000000000001"));
	assert_true(labels_has(&w.alerts[0].labels, STR("cluster")) && labels_has(&w.alerts[0].labels, STR("replica")));
	assert_true(webhook_parse(arena, STR(twins), NULL, &w, &err));
	assert_int_equal(w.alerts[0].labels.n, 2);
	assert_false(webhook_parse(arena, STR("[]"), &source, &w, &err));
	assert_int_equal(err.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(renames_drops_and_adds_in_this_order),
		cmocka_unit_test(alerts_that_become_one_are_one),
		cmocka_unit_test(a_source_that_only_adds_keeps_fingerprints),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
