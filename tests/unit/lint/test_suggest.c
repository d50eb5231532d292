/* Which runbook an alert without one may be for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lint/suggest.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void names_are_taken_apart(void **state)
{
	(void)state;
	static const struct {
		const char *text, *words;
	} cases[] = {
		{"KubeAPIDown", "kube api down"},
		{"etcdHighFsyncDurations", "etcd high fsync durations"},
		{"postgres-connections_full.v2", "postgres connections full v2"},
		{"Http5xxRate", "http 5xx rate"},
		{"The runbook for the disk", "disk"},
		{"Disk of {{ $labels.instance }} is full", "disk full"},
		{"CPU cpu Disk disks", "cpu disk"},
		{"Größe", "größe"},
		{"{{", ""},
		{"", ""},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct strs words = suggest_words(arena, str_c(cases[i].text));
		AUTOBUF struct buf out;
		buf_init(&out, 4096);
		buf_add_c(&out, "");
		for (size_t k = 0; k < words.n; k++)
			buf_printf(&out, "%s%.*s", k ? " " : "", STR_ARG(words.v[k]));
		if (!str_eq_c(buf_str(&out), cases[i].words))
			fail_msg("\"%s\": \"%.*s\"", cases[i].text, STR_ARG(buf_str(&out)));
	}
}

static const struct {
	const char *path, *text;
} pages[] = {
	{"database/postgres-connections.md", "# Connection pool exhausted\n"},
	{"database/postgres-replication-lag.md", "# Replica falls behind\n"},
	{"queue/rabbit.md", "---\ndescription: Consumers of the billing queue stopped reading\n---\n# RabbitMQ\n"},
	{"node/DaemonSetStuck.md", "# Daemon set stuck\n"},
	{"node/NodeRAIDDegraded.md", "# RAID degraded\n"},
	{"node/NodeClockSkew.md", "# Clock skew\n"},
	{"node/FilesystemFull.md", "# File system full\n"},
	{"web/ApiLatencyWest.md", "# API latency west\n"},
	{"web/ApiLatencyEast.md", "# API latency east\n"},
	{"web/HighErrorRate.md", "# High error rate\n"},
	{"release/production-deployment.md", "# Production deployment\n"},
	{"mail.md", "# Mail\n\n## Bounces pile up\n\n- **Alert**: `SmtpFiveHundreds`\n\n## Greylisting stalls\n\n- "
                "**Alert**: `SmtpDeferred`\n"},
};

static struct catalog *shop_of_pages(void)
{
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	for (size_t i = 0; i < COUNT(pages); i++)
		assert_true(catalog_add_runbook(c, pages[i].path, str_c(pages[i].text), &err));
	assert_true(catalog_finish(c, &err));
	return c;
}

static void what_is_near_is_found_and_nothing_else(void **state)
{
	(void)state;
	static const struct {
		const char *alert, *summary, *path, *words;
	} cases[] = {
		{"PgConnectionsExhausted", "", "database/postgres-connections.md", "pg connections"},
		{"PostgreSQLReplicationLagHigh", "", "database/postgres-replication-lag.md", "postgre replication lag"},
		{"KubeDaemonsetStuck", "", "node/DaemonSetStuck.md", "daemonset stuck"},
		{"ClockSkewDetected", "", "node/NodeClockSkew.md", "clock skew"},
		{"BillingQueueConsumersStopped", "", "queue/rabbit.md", "billing queue consumers stopped"},
		{"Fs95", "The filesystem is full", "node/FilesystemFull.md", "filesystem full"},
		/* Each names a thing of its own. */
		{"NodeBondingDegraded", "", "", ""},
		{"NodeFanStuck", "", "", ""},
		{"DeploymentFailed", "", "", ""},
		/* Half of all alerts are high error rates. */
		{"CheckoutHighErrorRate", "", "", ""},
		{"NodeDown", "", "", ""},
		{"Watchdog", "", "", ""},
		{"", "", "", ""},
	};
	struct catalog *catalog = shop_of_pages();
	struct suggester *s = suggester_new(catalog);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct label summary = {STR("summary"), str_c(cases[i].summary)};
		const struct labels annotations = {&summary, 1};
		struct suggestion found = {0};
		bool any = suggest_runbook(s, arena, str_c(cases[i].alert), &annotations, &found);
		AUTOBUF struct buf words;
		buf_init(&words, 4096);
		buf_add_c(&words, "");
		for (size_t k = 0; any && k < found.words.n; k++)
			buf_printf(&words, "%s%.*s", k ? " " : "", STR_ARG(found.words.v[k]));
		if (!str_eq_c(any ? found.runbook->path : STR(""), cases[i].path) ||
		    !str_eq_c(buf_str(&words), cases[i].words) || found.rival)
			fail_msg("%s: %.*s by \"%.*s\", %.2f%s", cases[i].alert, STR_ARG(any ? found.runbook->path : STR("none")),
			         STR_ARG(buf_str(&words)), found.score, found.rival ? ", with a rival" : "");
	}
	suggester_free(s);
	catalog_free(catalog);
}

static void two_as_near_as_each_other_are_left_to_a_person(void **state)
{
	(void)state;
	static const struct labels none = {0};
	AUTOARENA struct arena *arena = arena_new();
	struct catalog *catalog = shop_of_pages();
	struct suggester *s = suggester_new(catalog);
	struct suggestion found;
	assert_true(suggest_runbook(s, arena, STR("HighApiLatency"), &none, &found));
	assert_non_null(found.rival);
	assert_ptr_not_equal(found.rival, found.runbook);
	suggester_free(s);
	catalog_free(catalog);
}

static void a_section_that_is_a_runbook_is_found_by_its_heading(void **state)
{
	(void)state;
	static const struct labels none = {0};
	AUTOARENA struct arena *arena = arena_new();
	struct catalog *catalog = shop_of_pages();
	struct suggester *s = suggester_new(catalog);
	struct suggestion found;
	assert_true(suggest_runbook(s, arena, STR("BouncesPiling"), &none, &found));
	assert_true(str_eq_c(found.runbook->path, "mail.md"));
	assert_true(str_eq_c(found.runbook->anchor, "bounces-pile-up"));
	assert_string_equal(found.runbook_side, "title");
	suggester_free(s);
	catalog_free(catalog);
}

static void a_catalog_without_pages_suggests_nothing(void **state)
{
	(void)state;
	static const struct labels none = {0};
	AUTOERR struct err err = ERR_INIT;
	AUTOARENA struct arena *arena = arena_new();
	struct catalog *catalog = catalog_new();
	assert_true(catalog_add_yaml(catalog, "c.yml", STR("runbooks: [{path: disk-full.md}]\n"), &err));
	assert_true(catalog_finish(catalog, &err));
	struct suggester *s = suggester_new(catalog);
	struct suggestion found;
	assert_false(suggest_runbook(s, arena, STR("DiskFull"), &none, &found));
	suggester_free(s);
	suggester_free(NULL);
	catalog_free(catalog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_taken_apart),
		cmocka_unit_test(what_is_near_is_found_and_nothing_else),
		cmocka_unit_test(two_as_near_as_each_other_are_left_to_a_person),
		cmocka_unit_test(a_section_that_is_a_runbook_is_found_by_its_heading),
		cmocka_unit_test(a_catalog_without_pages_suggests_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
