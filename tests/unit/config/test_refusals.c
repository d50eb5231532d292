/* What is wrong in runbookd.yml and the files it names: every mistake, each with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "loaded.h"

/* What each text is refused with, or NULL where it is fine. `also` of a second line that must be reported with it. */
static const struct {
	const char *text, *error, *also;
} cases[] = {
	{"", "there are no receivers, so a page could go nowhere", NULL},
	{"receivers: []\n", "config/runbookd.yml:1:12: error: there are no receivers", NULL},
	{"delivery: {mode: observe}\n", NULL, NULL},
	{"delivery: {mode: observe}\nreceivers: []\ndefaults: {receivers: []}\n", NULL, NULL},
	{RECEIVERS "defaults: {receivers: []}\n", ":4:23: error: defaults: \"receivers\" is empty", NULL},
	{"receivers: [{name: a, fallbak: b, webhook: {url: https://a, hedders: {}}}]\n", "unknown key \"fallbak\"",
     "webhook: unknown key \"hedders\"; did you mean \"headers\"?"},
	{RECEIVERS "defaults: {receivers: [nobody]}\n", "receiver \"nobody\" does not exist", NULL},
	{"receivers: [{name: oncall, webhook: {url: https://a}}]\ndefaults: {receivers: [onkall]}\n",
     "receiver \"onkall\" does not exist; did you mean \"oncall\"?", NULL},
	{RECEIVERS "defaults: {severity: P33}\n", "severity \"P33\" does not exist in the catalog; did you mean \"P3\"?",
     NULL},
	{RECEIVERS "defaults: {severity: criticl}\n",
     "severity \"criticl\" does not exist in the catalog; did you mean \"critical\"?", NULL},
	{RECEIVERS "defaults: {severity: P9x}\n", ":4:22: error: defaults: severity \"P9x\" does not exist", NULL},
	{RECEIVERS "defaults: {severity_order: [rule, rule, label]}\n", "severity_order", NULL},
	{RECEIVERS "defaults: {severity_order: [rule]}\n", "severity_order", NULL},
	{RECEIVERS "rulefiles: x\n", ":4:1: error: configuration: unknown key \"rulefiles\"; did you mean \"rule_files\"?",
     NULL},
	{RECEIVERS "time_zone: UTC\ntime_zone: UTC\n", ":5:1: error: ", NULL},
	{RECEIVERS "time_zone: Mars/Olympus\n", ":4:12: error: time_zone \"Mars/Olympus\" does not exist", NULL},
	{RECEIVERS "time_zone: ../../../etc/hostname\n", "does not exist", NULL},
	{RECEIVERS "external_url: runbookd.example.com\n", ":4:15: error: external_url", NULL},
	{RECEIVERS "dedup: {repeat_interval: soon, page_after: never}\n", ":4:26: error: dedup: \"repeat_interval\"",
     ":4:44: error: dedup: \"page_after\""},
	{RECEIVERS "dedup: {flap: {changes: 99}}\n", "must be between 0 and 32", NULL},
	{RECEIVERS "delivery: {mode: sned}\n", "did you mean \"send\"?", NULL},
	{RECEIVERS "delivery: {lease: 10s, timeout: 9s}\n",
     ":4:33: error: delivery: \"timeout\" must be at least 2s shorter", NULL},
	{RECEIVERS "delivery: {lease: 10s, timeout: 8s}\n", NULL, NULL},
	{RECEIVERS "heartbeat: {url: 'https://hc.example.com/x'}\n", NULL, NULL},
	{RECEIVERS "heartbeat: {url: 'http://127.0.0.1:1/x', every: 1s, method: POST, timeout: 1s}\n", NULL, NULL},
	{RECEIVERS "heartbeat: {}\n", ":4:12: error: heartbeat: \"url\" or \"url_file\" is required", NULL},
	{RECEIVERS "heartbeat: {url: ''}\n", "must not be empty", NULL},
	{RECEIVERS "heartbeat: {url: 'https://a', url_file: b}\n", ":4:41: error: heartbeat: give \"url\" or \"url_file\"",
     NULL},
	{RECEIVERS "heartbeat: {url: 'http://hc.example.com/x'}\n",
     ":4:18: error: heartbeat: \"url\" must be an https URL, or http to a loopback address", NULL},
	{RECEIVERS "heartbeat: {url: 'http://hc.example.com/x', allow_http: true}\n", NULL, NULL},
	{RECEIVERS "heartbeat: {url: hc.example.com}\n", ":4:18: error: heartbeat: \"url\" must be an https URL", NULL},
	{RECEIVERS "heartbeat: {url_file: missing}\n", ":4:23: error: \"url_file\": config/missing: No such file", NULL},
	{RECEIVERS "heartbeat: {url: 'https://a', every: 10ms}\n", ":4:38: error: heartbeat: \"every\"", NULL},
	{RECEIVERS "heartbeat: {url: 'https://a', method: get}\n", ":4:39: error: heartbeat: \"method\"", NULL},
	{RECEIVERS "heartbeat: {url: 'https://a', evry: 1m}\n", "did you mean \"every\"?", NULL},
	{RECEIVERS "heartbeat: 1m\n", ":4:12: error: heartbeat: must be a mapping", NULL},
	{RECEIVERS "webhook: {max_body: lots}\n", ":4:21: error: webhook: \"max_body\" must be a size", NULL},
	{RECEIVERS "webhook: {auth: {bearer_tokens_file: missing}}\n", ":4:38: error: \"bearer_tokens_file\":", NULL},
	{RECEIVERS "ack: {secret: 0123456789abcdef, valid: 1h}\n", NULL, NULL},
	{RECEIVERS "ack:\n", NULL, NULL},
	{RECEIVERS "ack: {secret: short}\n",
     ":4:15: error: ack: a secret of \"secret\" has 5 bytes and must have at least 16", NULL},
	{RECEIVERS "ack: {secret: a, secret_file: b}\n", ":4:31: error: ack: give \"secret\" or \"secret_file\", not both",
     NULL},
	{RECEIVERS "ack: {secret_file: missing}\n", ":4:20: error: \"secret_file\": config/missing: No such file", NULL},
	{RECEIVERS "ack: {valid: 1s}\n", ":4:14: error: ack: \"valid\"", NULL},
	{RECEIVERS "ack: {valid: soon, secret_fle: x}\n", ":4:14: error: ack: \"valid\"", "did you mean \"secret_file\"?"},
	{RECEIVERS "store: {redis: {sentinel: {master: m, addresses: ['a:1', '[::1]:2'], username: u, password: p}}}\n",
     NULL, NULL},
	{RECEIVERS "store: {redis: {address: 'a:1', sentinel: {master: m, addresses: ['a:1']}}}\n",
     ":4:26: error: store.redis: give \"address\" or \"sentinel\", not both", NULL},
	{RECEIVERS "store: {redis: {sentinel: {addresses: ['a:1']}}}\n", "\"master\" is required", NULL},
	{RECEIVERS "store: {redis: {sentinel: {master: m}}}\n", "\"addresses\" is required", NULL},
	{RECEIVERS "store: {redis: {sentinel: {master: '', addresses: []}}}\n", "\"master\" must not be empty",
     "\"addresses\" must be 1 to 20"},
	{RECEIVERS "store: {redis: {sentinel: {master: m, addresses: ['a:1', b]}}}\n",
     ":4:50: error: store.redis.sentinel: \"addresses\" must be host:port, not \"b\"", NULL},
	{RECEIVERS "store: {redis: {sentinel: {master: m, addresses: ['a:1'], password: a, password_file: b}}}\n",
     ": error: store.redis.sentinel: give \"password\" or", NULL},
	{RECEIVERS "store: {redis: {sentinel: {master: m, addresses: ['a:1'], password_file: missing}}}\n",
     "\"password_file\": config/missing: No such file", NULL},
#ifdef HAVE_HIREDIS_SSL
	{RECEIVERS "store: {redis: {tls: {}}}\n", NULL, NULL},
	{RECEIVERS "store: {redis: {tls: {insecure_skip_verify: true, server_name: redis.test}}}\n", NULL, NULL},
	{RECEIVERS "store: {redis: {tls: {ca_file: missing, cert_file: runbookd.yml}}}\n",
     ":4:32: error: store.redis.tls: \"ca_file\": config/missing: No such file",
     ":4:52: error: store.redis.tls: \"cert_file\" and \"key_file\" go together"},
	{RECEIVERS "store: {redis: {address: /run/redis.sock, tls: {}}}\n", "with a socket \"server_name\" is needed",
     NULL},
#else
	{RECEIVERS "store: {redis: {tls: {}}}\n", ":4:22: error: store.redis: \"tls\" is not possible", NULL},
#endif
	{RECEIVERS "store: {redis: {address: redis}}\n", "must be host:port", NULL},
	{RECEIVERS "store: {redis: {address: /run/redis.sock}}\n", NULL, NULL},
	{RECEIVERS "store: {redis: {address: ''}}\n", "must be host:port or the path of a socket", NULL},
	{RECEIVERS "store: {redis: {address: run/redis.sock}}\n", "must be host:port or the path of a socket", NULL},
	{RECEIVERS "store: {redis: {prefix: 'a{b'}}\n", "\"prefix\"", NULL},
	{RECEIVERS "store: {redis: {password: a, password_file: b}}\n", ":4:45: error: store.redis: give \"password\" or",
     NULL},
	{RECEIVERS "store: {redis: {}}\n", NULL, NULL},
	{RECEIVERS "sources: [{name: a}, {name: a}]\n", ":4:29: error: source \"a\" is there twice", NULL},
	{RECEIVERS "sources: [{name: a/b}]\n", "source: \"name\" must be", NULL},
	{RECEIVERS "sources: [{labels: {a: b}}]\n", "source: \"name\" is required", NULL},
	{RECEIVERS "sources: [{name: a, labels: {a: [b]}}]\n", "label \"a\" must have text", NULL},
	{RECEIVERS "sources: [{name: a, drop_labels: ['tmp_.*']}]\n", "looks like a regular expression", NULL},
	{RECEIVERS "sources: [{name: a, drop_labels: ['replica|pod']}]\n", "regex: 'replica|pod'", NULL},
	{RECEIVERS "sources: [{name: a, drop_labels: [replica, 'alert*']}]\n", "would take alertname away: \"alert*\"",
     NULL},
	{RECEIVERS "sources: [{name: a, rename: {alertname: x}}]\n", "\"rename\" would take alertname away", NULL},
	{RECEIVERS "sources: [{name: a, rename: [x]}]\n", "\"rename\" must be a mapping of names", NULL},
	{RECEIVERS "sources: [{name: a, rename: {x: [y]}}]\n", "wants the new name of \"x\"", NULL},
	{RECEIVERS "sources: [{name: a, relabel_configs: []}]\n", NULL, NULL},
	{RECEIVERS "sources: [{name: a, relabel_configs: [{action: drop, source_labels: [b]}]}]\n",
     ":4:39: error: relabel_configs: \"drop\" would lose alerts that have been received", NULL},
	{RECEIVERS "route: {receiver: a}\n", "\"route\" is of a configuration of Alertmanager", NULL},
	{RECEIVERS "sources: [{name: a, alertmanagers: ['am:9093']}]\n", "\"am:9093\" is not an http or https URL", NULL},
	{RECEIVERS "sources: [{name: a, alertmanagers: ['http://am:9093/api/v2']}]\n", "is to end before /api/", NULL},
	{"receivers: [{name: a, webhook: {url: https://a}, audience: everybody}]\n", "\"everybody\" is not stakeholders",
     NULL},
	{"receivers: [{name: a, webhook: {url: https://a}, audience: stakeholders, fallback: b}, {name: b, webhook: {url: "
     "https://b}}]\n",
     "\"fallback\" is for pages", NULL},
	{RECEIVERS "catalog: {runbooks: missing}\n", ":4:21: error: catalog: config/missing: No such file", NULL},
	{RECEIVERS "catalog: {files: [missing.yml]}\n", "catalog: config/missing.yml: No such file", NULL},
	{RECEIVERS "catalog: {url_map: {not-a-url: x/}}\n", "\"url_map\" maps an http or https URL", NULL},
	{RECEIVERS "catalog: {base_url: wiki}\n", "\"base_url\" must be an http or https URL", NULL},
	{RECEIVERS "catalog: {site: {url: wiki, generator: hugo}}\n", "catalog.site: \"wiki/\" is no http or https URL",
     NULL},
	{RECEIVERS "catalog: {site: {url: 'https://x/?a', generator: hugo}}\n", "is no http or https URL", NULL},
	{RECEIVERS "catalog: {site: {url: 'https://x/', root: y, generator: hugo}}\n",
     "catalog.site: \"y/\" is no http or https URL", NULL},
	{RECEIVERS "catalog: {site: {url: 'https://x/', generator: hugoo}}\n", "did you mean \"hugo\"?", NULL},
	{RECEIVERS "catalog: {site: {url: 'https://x/', generator: hugo}, base_url: 'https://y/'}\n",
     "\"base_url\" and \"site\" both say where pages are readable", NULL},
	{RECEIVERS "rule_files: ['missing/*.yml']\n", NULL, NULL},
	{RECEIVERS "rule_files: [missing.yml]\n", "config/missing.yml: error: No such file or directory", NULL},
	{RECEIVERS "rule_files: [a_test.yml]\n", ":4:14: error: rule_files: \"a_test.yml\" holds rule tests", NULL},
	{"receivers: [{name: a}]\n", ":1:13: error: receiver \"a\" says not what it is: one of pagerduty, opsgenie", NULL},
	{"receivers: [{name: a, webhook: {url: https://a}, pagerduty: {routing_key: k}}]\n", "it can be only one", NULL},
	{"receivers: [{webhook: {url: https://a}}]\n", "receiver: \"name\" is required", NULL},
	{"receivers: [{name: ' a', webhook: {url: https://a}}]\n", "receiver: \"name\" must be", NULL},
	{RECEIVERS "  - {name: oncall, webhook: {url: https://a}}\n", "\"oncall\" is there twice (first in line 2)", NULL},
	{"receivers: [{name: a, webhook: {url: http://example.com/}}]\n", ":1:38: error: receiver \"a\": plain http", NULL},
	{"receivers: [{name: a, webhook: {url: http://127.0.0.1.example.com/}}]\n", "plain http", NULL},
	{"receivers: [{name: a, webhook: {url: 'http://127.0.0.1@example.com/'}}]\n", "plain http", NULL},
	{"receivers: [{name: a, webhook: {url: http://example.com/}, allow_http: true}]\n", NULL, NULL},
	{"receivers: [{name: a, webhook: {url: http://localhost:1/}}]\n", NULL, NULL},
	{"receivers: [{name: a, webhook: {url: http://127.9.9.9/}}]\n", NULL, NULL},
	{"receivers: [{name: a, webhook: {url: ftp://a/}}]\n", "must be an http or https URL", NULL},
	{"receivers: [{name: a, webhook: {}}]\n", "webhook: \"url\" or \"url_file\" is required", NULL},
	{"receivers: [{name: a, webhook: {url: https://a, url_file: b}}]\n", "give \"url\" or \"url_file\", not both",
     NULL},
	{"receivers: [{name: a, webhook: {url: https://a, ulr: b}}]\n", "unknown key \"ulr\"; did you mean \"url\"?", NULL},
	{"receivers: [{name: a, pagerduty: {routing_key_file: missing}}]\n",
     ":1:53: error: \"routing_key_file\": config/missing: No such file", NULL},
	{"receivers: [{name: a, pagerduty: {routing_key: ''}}]\n", "must not be empty", NULL},
	{"receivers: [{name: a, pagerduty: {}}]\n", "\"routing_key\" or \"routing_key_file\" is required", NULL},
	{"receivers: [{name: a, webhook: {url: https://a}, fallback: b}]\n", "receiver \"b\" does not exist", NULL},
	{"receivers: [{name: a, webhook: {url: https://a}, fallback: a}]\n", "is its own fallback", NULL},
	{"receivers: [{name: a, webhook: {url: https://a}, kind: pager}]\n", "none of page, chat, ticket, archive", NULL},
	{"receivers: [{name: a, webhook: {url: https://a}, update_on: [membership]}]\n", "none of members, severity, never",
     NULL},
	{"receivers: [{name: a, webhook: {url: https://a}, update_on: [members, never]}]\n", "stands alone", NULL},
	{"receivers: [{name: a, webhook: {url: https://a}, retired: true}]\n", "all receivers are retired", NULL},
	{"receivers: [{name: a, webhook: {url: https://a}, rate_limit: {per_second: -1}}]\n", "must be between 0", NULL},
	{"receivers: [{name: a, webhook: {url: https://a, headers: {X: \"a\\r\\nb\"}}}]\n", "a line break", NULL},
	{"receivers: [{name: a, webhook: {url: https://a, body: '{{ .Labels.x }}'}}]\n", ":1:55: error: ", NULL},
	{"receivers: x\n", "\"receivers\" must be a list", NULL},
	{"- a\n", "must be a mapping, not a list", NULL},
	{"receivers: [\n", "error: ", NULL},
};

static void what_the_defaults_lack_is_said_once(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	AUTOLOADED struct loaded l;
	load_text(&f, RECEIVERS "defaults: {severity: P9x, receivers: [nobody]}\n", &l);
	static const char *const lacks[] = {"severity \"P9x\"", "receiver \"nobody\""};
	for (size_t i = 0; i < sizeof lacks / sizeof *lacks; i++) {
		const char *said = strstr(errors(&l), lacks[i]);
		assert_non_null(said);
		assert_null(strstr(said + 1, lacks[i]));
	}
}

static void refuses_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOFOLDER struct folder f;
		folder_init(&f);
		AUTOLOADED struct loaded l;
		load_text(&f, cases[i].text, &l);
		bool ok = cases[i].error ? strstr(errors(&l), cases[i].error) != NULL : l.config != NULL;
		if (!ok || (cases[i].also && !strstr(errors(&l), cases[i].also)))
			fail_msg("\n%s\nexpected: %s\nactual: %s", cases[i].text, cases[i].error ? cases[i].error : "no error",
			         errors(&l));
	}
}

/* Read when the configuration is loaded, so that a mistake in it is said then, and again at each ping. */
static void checks_the_heartbeats_file(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOFOLDER struct folder f;
	struct str url;
	folder_init(&f);
	folder_write(&f, "config/plain", "http://hc.example.com/secret\n");
	folder_write(&f, "config/good", "https://hc.example.com/secret\n");
	AUTOLOADED struct loaded plain, good;
	load_text(&f, RECEIVERS "heartbeat: {url_file: plain}\n", &plain);
	assert_non_null(strstr(errors(&plain), ":4:23: error: heartbeat: the URL in "));
	assert_null(strstr(errors(&plain), "secret"));
	load_text(&f, RECEIVERS "heartbeat: {url_file: good}\n", &good);
	assert_non_null(good.config);
	assert_true(config_heartbeat_url(good.config, arena, &url, &err));
	assert_true(str_eq_c(url, "https://hc.example.com/secret"));
	folder_write(&f, "config/good", "http://hc.example.com/secret\n");
	assert_false(config_heartbeat_url(good.config, arena, &url, &err));
	assert_null(strstr(err_first(&err), "secret"));
}

static void the_first_of_several_secrets_signs(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOFOLDER struct folder f;
	struct strs secrets;
	folder_init(&f);
	folder_write(&f, "config/ack", "# this year's\n  0123456789abcdef-2 \r\n\n0123456789abcdef-1");
	folder_write(&f, "config/none", "# nothing\n");
	AUTOLOADED struct loaded good, bad;
	load_text(&f, RECEIVERS "ack: {secret_file: ack}\n", &good);
	assert_non_null(good.config);
	assert_true(config_ack_secrets(good.config, arena, &secrets, &err));
	assert_int_equal(secrets.n, 2);
	assert_true(str_eq_c(secrets.v[0], "0123456789abcdef-2") && str_eq_c(secrets.v[1], "0123456789abcdef-1"));
	load_text(&f, RECEIVERS "ack: {secret_file: none}\n", &bad);
	assert_non_null(strstr(errors(&bad), ":4:20: error: \"secret_file\": config/none: it holds no secret"));
	folder_write(&f, "config/ack", "");
	assert_false(config_ack_secrets(good.config, arena, &secrets, &err));
}

static void refuses_more_callback_secrets_than_can_be_tried(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	AUTOBUF struct buf text;
	folder_init(&f);
	buf_init(&text, 100000);
	buf_add_c(&text, "receivers:\n");
	AUTOLOADED struct loaded most, more;
	for (int i = 0; i < 64; i++)
		buf_printf(&text, "  - {name: r%d, pagerduty: {routing_key: k, webhook_secret: s}}\n", i);
	load_text(&f, text.p, &most);
	assert_non_null(most.config);
	buf_add_c(&text, "  - {name: last, pagerduty: {routing_key: k, webhook_secret: s}}\n");
	load_text(&f, text.p, &more);
	assert_non_null(
		strstr(errors(&more), ":66:5: error: receiver \"last\": more than 64 receivers of this kind have a"));
}

static void reports_all_files_at_once(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	folder_write(&f, "config/catalog.yml", "owners: [{nmae: x}]\n");
	folder_write(&f, "config/a.yml", "rules: [{name: a, matchers: ['alertname=~\"(\"']}]\n");
	folder_write(&f, "config/b.yml", "ruels: []\n");
	AUTOLOADED struct loaded l;
	load_text(&f, RECEIVERS "dedup: {x: 1}\nrule_files: [a.yml, b.yml]\ncatalog: {files: [catalog.yml]}\n", &l);
	assert_non_null(strstr(errors(&l), "config/runbookd.yml:4:9: error: "));
	assert_non_null(strstr(errors(&l), "config/catalog.yml:1:11: error: "));
	assert_non_null(strstr(errors(&l), "config/a.yml:1:"));
	assert_non_null(strstr(errors(&l), "config/b.yml:1:1: error: "));
	struct strs names = config_files_names(l.files);
	assert_int_equal(names.n, 4);
	assert_true(str_ends(names.v[0], STR("/config/runbookd.yml")));
	assert_true(str_ends(names.v[3], STR("/config/b.yml")));
}

static void looks_up_what_others_name(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	folder_write(&f, "config/catalog.yml",
	             "severities: [{name: P0, receivers: [no-1]}, {name: P3}]\n"
	             "owners: [{name: x, receivers: {P0: [no-2], default: [old]}}]\n"
	             "contacts: [{role: Lead, receivers: [no-3]}]\n"
	             "escalations: [{name: e, steps: [{after: 1m, notify: [Lead, oncall, Nobody]}]}]\n");
	folder_write(&f, "config/a.yml", "rules: [{name: a, matchers: ['alertname=\"A\"'], receivers: [no-4, old]}]\n");
	AUTOLOADED struct loaded l;
	load_text(&f,
	          RECEIVERS "  - {name: old, retired: true, webhook: {url: https://a}}\n"
	                    "rule_files: a.yml\ncatalog: {files: catalog.yml}\n",
	          &l);
	assert_non_null(strstr(errors(&l), "severity \"P0\": receiver \"no-1\" does not exist"));
	assert_non_null(strstr(errors(&l), "owner \"x\": receiver \"no-2\" does not exist"));
	assert_non_null(strstr(errors(&l), "owner \"x\": receiver \"old\" is retired"));
	assert_non_null(strstr(errors(&l), "contact \"Lead\": receiver \"no-3\" does not exist"));
	assert_non_null(strstr(errors(&l), "no-4"));
	assert_non_null(strstr(warnings(&l), "notifies \"Nobody\", who is neither"));
	assert_null(strstr(warnings(&l), "\"Lead\""));
	assert_null(strstr(warnings(&l), "\"oncall\","));
}

static void a_step_says_one_way_when_it_is_due(void **state)
{
	static const struct {
		const char *step, *says;
	} rows[] = {
		{"{when: tomorrow, notify: [oncall]}", "\"tomorrow\" is neither response_missed nor resolution_missed"},
		{"{when: response_missed, after: 1m, notify: [oncall]}", "\"when\" stands instead of \"after\""},
		{"{after: 1m, notify: [oncall], mute: [night]}", "escalation \"e\": time interval \"night\" does not exist"},
		{"{when: resolution_missed, notify: [oncall]}", NULL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOFOLDER struct folder f;
		AUTOFREE char *catalog =
			mem_printf("escalations: [{name: e, steps: [{notify: [oncall]}, %s]}]\n", rows[i].step);
		folder_init(&f);
		folder_write(&f, "config/catalog.yml", catalog);
		AUTOLOADED struct loaded l;
		load_text(&f, RECEIVERS "catalog: {files: catalog.yml}\n", &l);
		if (rows[i].says)
			assert_non_null(strstr(errors(&l), rows[i].says));
		else
			assert_string_equal(errors(&l), "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_is_wrong),
		cmocka_unit_test(what_the_defaults_lack_is_said_once),
		cmocka_unit_test(checks_the_heartbeats_file),
		cmocka_unit_test(the_first_of_several_secrets_signs),
		cmocka_unit_test(refuses_more_callback_secrets_than_can_be_tried),
		cmocka_unit_test(reports_all_files_at_once),
		cmocka_unit_test(looks_up_what_others_name),
		cmocka_unit_test(a_step_says_one_way_when_it_is_due),
	};
	return cmocka_run_group_tests_name("refusals", tests, NULL, NULL);
}
