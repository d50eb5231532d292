#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "alert/webhook.h"
#include "base/json_reader.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define L(n, v)                                                                                                        \
	{                                                                                                                  \
		STR(n), STR(v)                                                                                                 \
	}

static void assert_str(struct str got, const char *want)
{
	if (!str_eq_c(got, want))
		fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static struct webhook parse_ok(struct arena *arena, const char *body)
{
	AUTOERR struct err err = ERR_INIT;
	struct webhook w = {0};
	if (!webhook_parse(arena, str_c(body), NULL, &w, &err))
		fail_msg("%s: %s", body, err_first(&err));
	assert_false(err_any(&err));
	return w;
}

static void test_alertmanager_body(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct webhook w = parse_ok(
		arena,
		"{\"receiver\":\"team\\\\.full\",\"status\":\"resolved\",\"truncatedAlerts\":3,\"version\":\"4\","
		"\"groupKey\":\"{}:{alertname=\\\"Disk\\\"}\",\"notification_reason\":\"some alerts resolved\","
		"\"externalURL\":\"http://am\",\"groupLabels\":{\"alertname\":\"Disk\"},\"alerts\":["
		"{\"status\":\"firing\",\"labels\":{\"z\":\"1\",\"alertname\":\"Disk\",\"k8s.pod.name\":\"p\"},"
		"\"annotations\":{\"summary\":\"CPU \\u003e 90%\"},\"startsAt\":\"2026-11-21T06:54:06.121564386Z\","
		"\"endsAt\":\"0001-01-01T00:00:00Z\",\"generatorURL\":\"?orgId=1\",\"fingerprint\":\"00ff00ff00ff00ff\"},"
		"{\"status\":\"resolved\",\"labels\":{\"alertname\":\"Disk\"},\"startsAt\":\"2026-11-21T06:54:06Z\","
		"\"endsAt\":\"2026-11-21T07:54:06Z\"}]}\n");
	assert_int_equal(w.count, 2);
	assert_int_equal(w.truncated, 3);
	assert_str(w.receiver, "team\\.full");
	assert_str(w.external_url, "http://am");
	assert_str(w.group_key, "{}:{alertname=\"Disk\"}");
	assert_str(w.notification_reason, "some alerts resolved");
	assert_str(labels_get(&w.group_labels, STR("alertname")), "Disk");

	const struct alert *a = &w.alerts[0], *b = &w.alerts[1];
	assert_str(a->labels.v[0].name, "alertname");
	assert_str(labels_get(&a->labels, STR("k8s.pod.name")), "p");
	assert_str(labels_get(&a->annotations, STR("summary")), "CPU > 90%");
	assert_str(a->fingerprint, "00ff00ff00ff00ff");
	assert_str(a->generator_url, "?orgId=1");
	assert_false(a->resolved);
	assert_true(a->starts_at == 1795244046121);
	assert_true(a->ends_at == 0);
	assert_true(b->resolved);
	assert_true(b->ends_at - b->starts_at == 3600000);
	assert_int_equal(b->fingerprint.n, 16);
}

/* Each of these was seen, or follows from "null for any optional field". */
static const struct {
	const char *what, *body;
	size_t count;
	bool resolved; /* of the first alert */
} tolerated[] = {
	{"empty alerts", "{\"alerts\":[]}", 0, false},
	{"status only", "{\"alerts\":[{\"status\":\"firing\"}]}", 1, false},
	{"nothing at all in the alert", "{\"alerts\":[{}]}", 1, false},
	{"status of the body", "{\"status\":\"resolved\",\"alerts\":[{}]}", 1, true},
	{"null status takes the body's", "{\"status\":\"resolved\",\"alerts\":[{\"status\":null}]}", 1, true},
	{"own status wins", "{\"status\":\"firing\",\"alerts\":[{\"status\":\"resolved\"}]}", 1, true},
	{"odd status of the body that nobody needs", "{\"status\":\"x\",\"alerts\":[{\"status\":\"firing\"}]}", 1, false},
	{"groupKey beyond 64 bits", "{\"groupKey\":123456789012345678901234567890,\"alerts\":[{}]}", 1, false},
	{"groupKey as number", "{\"groupKey\":12,\"version\":0,\"alerts\":[{}]}", 1, false},
	{"nulls",
     "{\"groupLabels\":null,\"receiver\":null,\"externalURL\":null,\"truncatedAlerts\":null,\"routeLabels\":null,"
     "\"alerts\":[{\"labels\":null,\"annotations\":null,\"startsAt\":null,\"endsAt\":null,\"fingerprint\":null,"
     "\"generatorURL\":null}]}",
     1, false},
	{"Go's own time format", "{\"alerts\":[{\"startsAt\":\"2026-11-21 06:54:06.12 +0000 UTC m=+0.01\"}]}", 1, false},
	{"empty time", "{\"alerts\":[{\"startsAt\":\"\"}]}", 1, false},
	{"brackets in text do not nest", "{\"alerts\":[{\"labels\":{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\"}}]}",
     1, false},
};

static void test_tolerated_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tolerated); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct webhook w = parse_ok(arena, tolerated[i].body);
		if (w.count != tolerated[i].count)
			fail_msg("%s: %zu alerts", tolerated[i].what, w.count);
		if (w.count == 0)
			continue;
		if (w.alerts[0].resolved != tolerated[i].resolved || w.alerts[0].fingerprint.n == 0)
			fail_msg("%s: wrong state or no fingerprint", tolerated[i].what);
		if (w.alerts[0].flaw)
			fail_msg("%s: %s", tolerated[i].what, alert_flaw_name(w.alerts[0].flaw));
	}
}

static const struct {
	const char *body, *message; /* a part of it */
} refused[] = {
	{"", "not JSON"},
	{"{", "not JSON"},
	{"{\"alerts\":[]} x", "not JSON"},
	{"{\"alerts\":[{\"labels\":{\"a\":\"b\",}}]}", "line 1, column 31"},
	{"{\"alerts\":[{\"status\":\"firing\"},{]}", "not JSON"},
	{"[]", "no object"},
	{"7", "no object"},
	{"{}", "no list of alerts"},
	{"{\"alerts\":null}", "no list of alerts"},
	{"{\"alerts\":{}}", "no list of alerts"},
	{"{\"alerts\":[{}],\"alerts\":1}", "no list of alerts"},
};

static void test_refused_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct webhook w = {0};
		if (webhook_parse(arena, str_c(refused[i].body), NULL, &w, &err))
			fail_msg("%s: was taken", refused[i].body);
		if (err.count != 1 || !strstr(err_first(&err), refused[i].message) || strchr(err_first(&err), '\n'))
			fail_msg("%s: said \"%s\", want \"%s\"", refused[i].body, err_first(&err), refused[i].message);
	}
}

static void test_scalars_become_text(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct webhook w =
		parse_ok(arena, "{\"alerts\":[{\"labels\":{\"i\":-5,\"r\":0.10,\"big\":1e999,\"t\":true,\"f\":false,\"n\":null,"
	                    "\"nul\":\"a\\u0000b\",\"dup\":\"1\",\"dup\":\"2\"}}]}");
	const struct labels *l = &w.alerts[0].labels;
	assert_str(labels_get(l, STR("i")), "-5");
	assert_str(labels_get(l, STR("r")), "0.10");
	assert_str(labels_get(l, STR("big")), "1e999");
	assert_str(labels_get(l, STR("t")), "true");
	assert_str(labels_get(l, STR("f")), "false");
	assert_false(labels_has(l, STR("n")));
	assert_true(str_eq(labels_get(l, STR("nul")), STR("a\0b")));
	assert_str(labels_get(l, STR("dup")), "2");
}

static void test_source_labels_come_after_identities(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct label v[] = {L("cluster", "eu1"), L("region", "eu")};
	const struct source_labels source = {.add = {v, COUNT(v)}};
	struct webhook w;
	const char *body =
		"{\"groupLabels\":{\"alertname\":\"A\"},\"alerts\":[{\"labels\":{\"alertname\":\"A\",\"region\":\"own\"}},"
		"{\"labels\":{\"alertname\":\"A\"},\"fingerprint\":\"abc\"}]}";
	assert_true(webhook_parse(arena, str_c(body), &source, &w, &err));
	assert_str(labels_format(arena, &w.alerts[0].labels), "{alertname=\"A\", cluster=\"eu1\", region=\"own\"}");
	assert_str(labels_format(arena, &w.group_labels), "{alertname=\"A\", cluster=\"eu1\", region=\"eu\"}");
	struct label sent[] = {L("alertname", "A"), L("region", "own")};
	char want[ALERT_FINGERPRINT_MAX];
	assert_str(w.alerts[0].fingerprint, labels_fingerprint(&(struct labels){sent, COUNT(sent)}, want));
	assert_string_equal(w.alerts[0].identity, want);
	assert_str(w.alerts[1].fingerprint, "abc");
}

/* Each row: two alerts, and whether they are the same one. */
static const struct {
	const char *one, *other;
	bool same;
} identities[] = {
	{"\"labels\":{\"a\":\"1\",\"b\":\"2\"}", "\"labels\":{\"b\":\"2\",\"a\":\"1\"}", true},
	{"\"labels\":{\"a\":\"1\"}", "\"labels\":{\"a\":\"1\"},\"annotations\":{\"x\":\"y\"},\"startsAt\":\"\"", true},
	{"\"labels\":{\"a\":\"1\"},\"fingerprint\":\"f\"", "\"labels\":{\"a\":\"2\"},\"fingerprint\":\"f\"", false},
	{"\"labels\":{\"a\":\"1\"},\"fingerprint\":\"f\"", "\"labels\":{\"a\":\"1\"},\"fingerprint\":\"g\"", false},
	{"\"labels\":{\"a\":\"1\"},\"fingerprint\":\"f\"", "\"labels\":{\"a\":\"1\"},\"fingerprint\":\"f\"", true},
	{"\"labels\":{\"a\":[1]}", "\"labels\":{\"a\":[2]}", false},
	{"\"labels\":{\"a\":[1]}", "\"labels\":{\"a\":[1]}", true},
	{"\"labels\":7", "\"labels\":8", false},
	{"\"labels\":7", "\"labels\":{}", false},
};

static void test_who_is_the_same_alert(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(identities); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct webhook one = parse_ok(arena, arena_printf(arena, "{\"alerts\":[{%s}]}", identities[i].one));
		struct webhook other = parse_ok(arena, arena_printf(arena, "{\"alerts\":[{},{%s}]}", identities[i].other));
		bool same = strcmp(one.alerts[0].identity, other.alerts[1].identity) == 0;
		if (same != identities[i].same)
			fail_msg("%s and %s: %s", identities[i].one, identities[i].other, same ? "the same" : "two");
	}
}

/* ---- what one alert breaks ---- */

static const struct {
	const char *alert, *flaw;
	const char *note;         /* a part of it; NULL: none */
	const char *name, *value; /* a label that it has */
	bool resolved;
} degraded[] = {
	{"1", "no_object", "no object", "alertname", "Disk", false},
	{"null", "no_object", "null", "alertname", "Disk", false},
	{"[[[[{\"a\":\"b\"}]]]]", "no_object", "[[[[{\"a\":\"b\"}]]]]", "alertname", "Disk", false},
	{"{\"labels\":[\"x\"],\"status\":\"resolved\"}", "labels", "[\"x\"]", "alertname", "Disk", true},
	{"{\"labels\":{\"a\":[1, {\"b\":2}],\"c\":\"d\"}}", "labels", "[1, {\"b\":2}]", "a", "[1, {\"b\":2}]", false},
	{"{\"labels\":{\"a\":{}}}", "labels", "{}", "a", "{}", false},
	{"{\"labels\":{\"a\":\"x\xffy\"}}", "text", "no text", "a", "x\uFFFDy", false},
	{"{\"labels\":{\"a\\u0000b\":\"x\"}}", "text", "no text", "a\uFFFDb", "x", false},
	{"{\"annotations\":\"x\"}", "annotations", "no text: x", NULL, NULL, false},
	{"{\"annotations\":{\"x\":[]}}", "annotations", "[]", NULL, NULL, false},
	{"{\"status\":\"suppressed\"}", "status", "suppressed", NULL, NULL, false},
	{"{\"status\":1}", "status", "1", NULL, NULL, false},
	{"{\"startsAt\":\"soon\"}", "time", "soon", NULL, NULL, false},
	{"{\"status\":\"resolved\",\"endsAt\":7}", "time", "7", NULL, NULL, true},
	{"{\"generatorURL\":{}}", "url", "{}", NULL, NULL, false},
	{"{\"startsAt\":\"soon\",\"status\":2,\"labels\":{\"a\":[]}}", "labels", "[]", "a", "[]", false},
};

static void check_degraded(size_t i, const struct alert *a)
{
	struct str note = labels_get(&a->annotations, STR(ALERT_FLAW_NOTE));
	if (strcmp(alert_flaw_name(a->flaw), degraded[i].flaw) != 0)
		fail_msg("%s: %s", degraded[i].alert, alert_flaw_name(a->flaw));
	if (str_find(note, str_c(degraded[i].note)) < 0)
		fail_msg("%s: note %.*s", degraded[i].alert, STR_ARG(note));
	if (degraded[i].name && !str_eq_c(labels_get(&a->labels, str_c(degraded[i].name)), degraded[i].value))
		fail_msg("%s: lacks %s", degraded[i].alert, degraded[i].name);
	if (a->resolved != degraded[i].resolved)
		fail_msg("%s: wrong status", degraded[i].alert);
}

static void test_one_bad_alert_suffers_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(degraded); i++) {
		AUTOARENA struct arena *arena = arena_new();
		const char *good = "{\"status\":\"resolved\",\"labels\":{\"g\":\"h\"}}";
		struct webhook w =
			parse_ok(arena, arena_printf(arena, "{\"alerts\":[%s,%s,%s],\"groupLabels\":{\"alertname\":\"Disk\"}}",
		                                 good, degraded[i].alert, good));
		assert_int_equal(w.count, 3);
		check_degraded(i, &w.alerts[1]);
		for (size_t k = 0; k < 3; k += 2) {
			assert_int_equal(w.alerts[k].flaw, ALERT_SOUND);
			assert_true(w.alerts[k].resolved && w.alerts[k].annotations.n == 0);
			assert_str(labels_get(&w.alerts[k].labels, STR("g")), "h");
		}
	}
}

static void test_an_odd_status_of_the_body_is_that_of_alerts_without_one(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct webhook w = parse_ok(arena, "{\"alerts\":[{},{\"status\":\"resolved\"}],\"status\":\"open\"}");
	assert_int_equal(w.alerts[0].flaw, ALERT_ODD_STATUS);
	assert_int_equal(w.alerts[1].flaw, ALERT_SOUND);
	assert_false(w.alerts[0].resolved);
	assert_true(w.alerts[1].resolved);
}

static void test_odd_group_labels_refuse_nothing(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct webhook w = parse_ok(arena, "{\"alerts\":[{}],\"groupLabels\":[1]}");
	assert_int_equal(w.group_flaw, ALERT_ODD_LABELS);
	assert_int_equal(w.group_labels.n, 0);
	w = parse_ok(arena, "{\"alerts\":[{}],\"groupLabels\":{\"a\":[1]}}");
	assert_int_equal(w.group_flaw, ALERT_ODD_LABELS);
	assert_str(labels_get(&w.group_labels, STR("a")), "[1]");
}

static char *body_with(const char *where, size_t bytes)
{
	char *filling = mem_alloc(bytes + 1);
	memset(filling, 'x', bytes);
	filling[bytes] = '\0';
	char *body = mem_printf("{\"alerts\":[{\"%s\":{\"description\":\"%s\\u00e9\",\"runbook_url\":\"https://r\"}}]}",
	                        where, filling);
	free(filling);
	return body;
}

static void test_huge_annotation_is_cut_and_the_rest_stays(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOFREE char *body = body_with("annotations", 262144);
	struct webhook w = parse_ok(arena, body);
	const struct labels *a = &w.alerts[0].annotations;
	struct str d = labels_get(a, STR("description"));
	assert_str(labels_get(a, STR("runbook_url")), "https://r");
	assert_true(d.n > WEBHOOK_ANNOTATIONS_MAX - 100 && d.n <= WEBHOOK_ANNOTATIONS_MAX);
	assert_true(str_ends(d, STR("…[cut]")));
	assert_true(str_is_utf8(d));
}

static void test_many_annotations_are_limited(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "{\"alerts\":[{\"annotations\":{");
	for (int i = 0; i < 4000; i++)
		buf_printf(&b, "%s\"name-number-%d\":\"some value that is a little longer\"", i ? "," : "", i);
	buf_add_c(&b, "}}]}");
	struct webhook w = parse_ok(arena, b.p);
	size_t sum = 0;
	for (size_t i = 0; i < w.alerts[0].annotations.n; i++)
		sum += w.alerts[0].annotations.v[i].name.n + w.alerts[0].annotations.v[i].value.n;
	assert_true(sum <= WEBHOOK_ANNOTATIONS_MAX && sum > WEBHOOK_ANNOTATIONS_MAX / 2);
}

static size_t written_bytes(const struct labels *l)
{
	size_t sum = 0, used;
	for (size_t i = 0; i < l->n; i++) {
		json_fitting(l->v[i].name, SIZE_MAX, &used);
		sum += used;
		json_fitting(l->v[i].value, SIZE_MAX, &used);
		sum += used;
	}
	return sum;
}

static void test_huge_labels_are_cut(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOFREE char *body = body_with("labels", WEBHOOK_LABELS_MAX), *longer = body_with("labels", 100000);
	struct webhook w = parse_ok(arena, body), v = parse_ok(arena, longer);
	const struct alert *a = &w.alerts[0];
	assert_int_equal(a->flaw, ALERT_LARGE_LABELS);
	assert_str(labels_get(&a->labels, STR("runbook_url")), "https://r");
	assert_true(str_ends(labels_get(&a->labels, STR("description")), STR("…[cut]")));
	assert_true(written_bytes(&a->labels) <= WEBHOOK_LABELS_MAX);
	assert_true(labels_has(&a->annotations, STR(ALERT_FLAW_NOTE)));
	assert_string_not_equal(a->identity, v.alerts[0].identity);
}

/* A byte that takes six in JSON counts as six: what is kept of an alert must fit into a record. */
static void test_ceilings_count_what_is_written(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "{\"alerts\":[{\"labels\":{\"x\":\"");
	for (int i = 0; i < 6000; i++)
		buf_add_c(&b, "\\u0001");
	buf_add_c(&b, "\"},\"generatorURL\":\"");
	for (int i = 0; i < 2000; i++)
		buf_add_c(&b, "\\u0001");
	buf_add_c(&b, "\"}]}");
	struct webhook w = parse_ok(arena, b.p);
	assert_int_equal(w.alerts[0].flaw, ALERT_LARGE_LABELS);
	size_t bytes = written_bytes(&w.alerts[0].labels);
	assert_true(bytes <= WEBHOOK_LABELS_MAX && bytes > WEBHOOK_LABELS_MAX - 20);
	assert_int_equal(w.alerts[0].generator_url.n, 0);
}

/* A step goes no further than it was told, but for a number or an escape that it does not stop in. */
static struct webhook parse_in_steps(struct arena *arena, struct str body, size_t step)
{
	AUTOERR struct err err = ERR_INIT;
	struct webhook w = {0};
	struct webhook_parser *p = webhook_parser_new(arena, body, NULL);
	size_t steps = 1;
	while (webhook_parser_step(p, step, &w, &err) == WEBHOOK_MORE)
		steps++;
	webhook_parser_free(p);
	assert_false(err_any(&err));
	assert_true(steps >= body.n / (step + 24));
	return w;
}

static void test_slices_read_the_same(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct str body = STR("{\"status\":\"resolved\",\"alerts\":[{\"labels\":{\"a\":\"\\u00e9\",\"b\":[1,[2]]}},{"
	                      "\"status\":\"firing\"},3],"
	                      "\"groupKey\":12345678901234567890123,\"x\":{\"alerts\":[]}}");
	for (size_t step = 1; step < 50; step += 4) {
		struct webhook w = parse_in_steps(arena, body, step);
		assert_int_equal(w.count, 3);
		assert_str(w.group_key, "12345678901234567890123");
		assert_str(labels_format(arena, &w.alerts[0].labels), "{a=\"\u00e9\", b=\"[1,[2]]\"}");
		assert_true(w.alerts[0].resolved && !w.alerts[1].resolved && w.alerts[2].resolved);
	}
}

static void test_alerts_beyond_the_ceiling_count_as_truncated(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "{\"alerts\":[");
	for (int i = 0; i < WEBHOOK_ALERTS_MAX; i++)
		buf_add_c(&b, "{},");
	buf_add_c(&b, "{\"labels\":{}},9],\"truncatedAlerts\":3}");
	struct webhook w = parse_ok(arena, b.p);
	assert_int_equal(w.count, WEBHOOK_ALERTS_MAX);
	assert_int_equal(w.truncated, 5);
}

static bool read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	char chunk[4096];
	size_t n;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_add(out, (struct str){chunk, n});
	fclose(f);
	return true;
}

/* An Alertmanager body tells its own fingerprints: ours must be the same. Grafana computes them otherwise. */
static void check_captured(const char *path, bool alertmanager)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	buf_init(&b, 1 << 20);
	assert_true(read_file(path, &b));
	struct webhook w = parse_ok(arena, b.p);
	assert_true(w.count > 0 && w.receiver.n > 0);
	for (size_t i = 0; i < w.count; i++) {
		char own[ALERT_FINGERPRINT_MAX];
		labels_fingerprint(&w.alerts[i].labels, own);
		if (alertmanager && !str_eq_c(w.alerts[i].fingerprint, own))
			fail_msg("%s: alert %zu: sent %.*s, computed %s", path, i, STR_ARG(w.alerts[i].fingerprint), own);
	}
}

static void test_captured_bodies(void **state)
{
	(void)state;
	const char *shared = getenv("RUNBOOKD_SHARED_DATA");
	AUTOFREE char *folder = mem_printf("%s/payloads/inbound", shared ? shared : "../shared/data");
	DIR *dir = opendir(folder);
	if (!dir)
		skip();
	size_t seen = 0;
	for (struct dirent *e; (e = readdir(dir));) {
		if (!str_ends(str_c(e->d_name), STR(".json")))
			continue;
		AUTOFREE char *path = mem_printf("%s/%s", folder, e->d_name);
		/* The 0.34 sample was edited by hand: its fingerprint is another alert's. */
		check_captured(path, str_starts(str_c(e->d_name), STR("am-0.25")));
		seen++;
	}
	closedir(dir);
	assert_true(seen > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alertmanager_body),
		cmocka_unit_test(test_tolerated_bodies),
		cmocka_unit_test(test_refused_bodies),
		cmocka_unit_test(test_scalars_become_text),
		cmocka_unit_test(test_source_labels_come_after_identities),
		cmocka_unit_test(test_who_is_the_same_alert),
		cmocka_unit_test(test_one_bad_alert_suffers_alone),
		cmocka_unit_test(test_an_odd_status_of_the_body_is_that_of_alerts_without_one),
		cmocka_unit_test(test_odd_group_labels_refuse_nothing),
		cmocka_unit_test(test_huge_annotation_is_cut_and_the_rest_stays),
		cmocka_unit_test(test_many_annotations_are_limited),
		cmocka_unit_test(test_huge_labels_are_cut),
		cmocka_unit_test(test_ceilings_count_what_is_written),
		cmocka_unit_test(test_slices_read_the_same),
		cmocka_unit_test(test_alerts_beyond_the_ceiling_count_as_truncated),
		cmocka_unit_test(test_captured_bodies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
