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

#include "parsed.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define L(n, v)                                                                                                        \
	{                                                                                                                  \
		STR(n), STR(v)                                                                                                 \
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
	{"[{\"labels\":{}}]", "as Prometheus posts to Alertmanager"},
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

static bool read_body_file(const char *path, struct buf *out)
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
	assert_true(read_body_file(path, &b));
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
		cmocka_unit_test(test_captured_bodies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
