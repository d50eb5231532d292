/* runbookd.yml and what it names, loaded completely or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "loaded.h"

static void must_load(const struct loaded *l)
{
	if (!l->config)
		fail_msg("%s", errors(l));
}

/* Every key, none with its default. */
static const char everything[] =
	"rule_files: ['../rules/*.yml']\n"
	"time_zone: UTC\n"
	"sources:\n"
	"  - {name: eu1, labels: {cluster: eu1, a: b}, alertmanagers: ['http://am-1:9093/', 'http://am-2:9093'], parts: "
	"true}\n"
	"external_url: https://runbookd.example.com/\n"
	"catalog:\n"
	"  runbooks: runbooks\n"
	"  files: [catalog.yml]\n"
	"  base_url: https://wiki.example.com/runbooks\n"
	"  url_map: {\"https://runbooks.example.com/\": upstream/}\n"
	"store:\n"
	"  sqlite: {path: x.db}\n"
	"  redis: {address: '127.0.0.1:6380', username: u, password_file: secret, db: 3, prefix: p, timeout: 250ms}\n"
	"  on_redis_failure: reject\n"
	"  retention: 10d\n"
	"dedup: {group_by: [cluster], repeat_interval: 2h, page_after: 1m, resolve_hold: 2m, expire_after: 9d,\n"
	"        ack_timeout: 12h, late_grace: 6m, flap: {changes: 5, window: 2h}}\n"
	"delivery: {mode: observe, expire: 12h, fallback_after: 3m, lease: 20s, timeout: 10s}\n"
	"defaults: {severity: P2, receivers: [chat], owner_labels: [squad], severity_order: [runbook, rule, label]}\n"
	"webhook: {max_body: 2MiB, max_connections: 7, auth: {bearer_tokens_file: secret, hmac_secret_file: secret}}\n"
	"journal: {path: j, retention: 5d}\n"
	"receivers:\n"
	"  - name: oncall\n"
	"    pagerduty: {routing_key_file: secret}\n"
	"    fallback: chat\n"
	"  - name: chat\n"
	"    webhook: {url: 'http://[::1]:1/x'}\n"
	"    rate_limit: {per_second: 2.5}\n"
	"    send_resolved: false\n"
	"    kind: archive\n"
	"    update_on: never\n"
	"    update_interval: 1m\n"
	"  - name: old\n"
	"    webhook: {url: 'http://example.com/x'}\n"
	"    retired: true\n"
	"    allow_http: true\n";

static void load_everything(const struct folder *f, struct loaded *l)
{
	folder_write(f, "config/secret", "s3cret\n");
	folder_write(f, "config/catalog.yml", "owners: [{name: payments, receivers: [chat]}]\n");
	folder_write(f, "config/runbooks/high-cpu.md", "# High CPU\n");
	folder_write(f, "rules/10-a.yml", "rules: [{name: a, matchers: ['alertname=\"A\"'], runbook: high-cpu.md}]\n");
	load_text(f, everything, l);
	must_load(l);
}

static void reads_places(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	AUTOLOADED struct loaded l;
	load_everything(&f, &l);
	const struct config *c = l.config;
	assert_string_equal(warnings(&l), "");
	assert_true(c->asked_sources.n == 1 && str_eq_c(c->asked_sources.v[0], "eu1"));
	assert_int_equal(c->rule_files.n, 1);
	assert_true(str_ends(c->rule_files.v[0], STR("/rules/10-a.yml")));
	assert_true(str_find(c->rule_files.v[0], STR("..")) < 0);
	assert_true(str_eq_c(c->time_zone, "UTC"));
	const struct config_source *source = config_source(c, STR("eu1"));
	assert_non_null(source);
	assert_true(str_eq_c(labels_get(&source->labels.add, STR("cluster")), "eu1"));
	assert_true(str_eq_c(source->alertmanagers.v[0], "http://am-1:9093"));
	assert_true(source->parts);
	assert_null(config_source(c, STR("eu2")));
	assert_true(str_eq_c(c->external_url, "https://runbookd.example.com"));
	assert_true(str_eq_c(c->defaults.runbook_base, "https://wiki.example.com/runbooks/"));
	assert_int_equal(c->defaults.url_map_count, 1);
	assert_true(str_eq_c(c->defaults.url_map[0].to, "upstream/"));
	assert_non_null(catalog_runbook(c->catalog, STR("high-cpu.md")));
	assert_int_equal(strlen(c->hash), 16);
	assert_true(c->hash_number > 0);
}

static void reads_store_and_webhook(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	AUTOLOADED struct loaded l;
	load_everything(&f, &l);
	const struct config *c = l.config;
	assert_true(str_ends(c->store.sqlite_path, STR("/config/x.db")));
	assert_true(c->store.redis.given);
	assert_true(str_eq_c(c->store.redis.address, "127.0.0.1:6380"));
	assert_true(str_ends(c->store.redis.password_file, STR("/config/secret")));
	assert_int_equal(c->store.redis.db, 3);
	assert_int_equal(c->store.redis.timeout_ms, 250);
	assert_true(c->store.reject_on_redis_failure);
	assert_int_equal(c->store.retention, 10 * TIME_DAY);
	assert_int_equal(c->policy.retention, 10 * TIME_DAY);
	assert_int_equal(c->webhook.max_body, 2 << 20);
	assert_int_equal(c->webhook.max_connections, 7);
	assert_true(str_ends(c->webhook.hmac_secret_file, STR("/config/secret")));
	assert_true(str_ends(c->journal.path, STR("/config/j")));
	assert_int_equal(c->journal.retention, 5 * TIME_DAY);
}

static void reads_incident_policy(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	AUTOLOADED struct loaded l;
	load_everything(&f, &l);
	const struct config *c = l.config;
	assert_int_equal(c->defaults.group_by.mode, GROUP_LABELS);
	assert_int_equal(c->defaults.repeat_interval, 2 * TIME_HOUR);
	assert_int_equal(c->defaults.page_after, TIME_MINUTE);
	assert_int_equal(c->defaults.resolve_hold, 2 * TIME_MINUTE);
	assert_int_equal(c->policy.expire_after, 9 * TIME_DAY);
	assert_int_equal(c->policy.ack_timeout, 12 * TIME_HOUR);
	assert_int_equal(c->policy.late_grace, 6 * TIME_MINUTE);
	assert_int_equal(c->policy.start_skew, INCIDENT_START_SKEW);
	assert_int_equal(c->policy.flap_changes, 5);
	assert_int_equal(c->policy.flap_window, 2 * TIME_HOUR);
	assert_int_equal(c->delivery.mode, DELIVERY_OBSERVE);
	assert_int_equal(c->policy.delivery_expire, 12 * TIME_HOUR);
	assert_int_equal(c->policy.fallback_after, 3 * TIME_MINUTE);
	assert_int_equal(c->policy.delivery_timeout, 10 * TIME_SECOND);
	assert_int_equal(c->delivery.lease, 20 * TIME_SECOND);
	assert_true(str_eq_c(c->defaults.severity, "P2"));
	assert_true(str_eq_c(c->defaults.owner_labels.v[0], "squad"));
	assert_int_equal(c->defaults.severity_order[0], SOURCE_CATALOG);
	assert_int_equal(c->defaults.severity_order[2], SOURCE_LABEL);
}

static void reads_receivers(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	AUTOLOADED struct loaded l;
	load_everything(&f, &l);
	const struct config *c = l.config;
	const struct config_receiver *oncall = config_receiver(c, STR("oncall")), *chat = config_receiver(c, STR("chat"));
	assert_string_equal(oncall->kind->name, "pagerduty");
	assert_true(oncall->rate_per_second >= 2 && oncall->rate_per_second <= 2);
	assert_int_equal(oncall->rate_burst, 20);
	assert_true(str_eq_c(oncall->fallback, "chat"));
	assert_true(oncall->send_resolved && !chat->send_resolved && !oncall->retired);
	assert_true(chat->rate_per_second > 2.4 && chat->rate_per_second < 2.6);
	assert_int_equal(chat->rate_burst, 3);
	assert_true(config_receiver(c, STR("old"))->retired);
	assert_int_equal(oncall->use, RECEIVER_PAGE);
	assert_int_equal(chat->use, RECEIVER_ARCHIVE);
	assert_true(oncall->updates && !chat->updates);
	assert_int_equal(chat->update_interval, TIME_MINUTE);
	/* what incidents know of them: `chat` is the default, which takes over from itself in vain */
	assert_true(str_eq_c(incident_terms(&c->policy, STR("oncall"))->fallback.v[0], "chat"));
	assert_true(str_eq_c(incident_terms(&c->policy, STR("nobody"))->fallback.v[0], "chat"));
	assert_true(c->policy.nothing_is_sent);
}

static void has_defaults(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	AUTOLOADED struct loaded l;
	load_text(&f, RECEIVERS, &l);
	must_load(&l);
	const struct config *c = l.config;
	assert_true(str_ends(c->store.sqlite_path, STR("/data/runbookd.db")));
	assert_false(c->store.redis.given);
	assert_int_equal(c->defaults.group_by.mode, GROUP_ALERTMANAGER);
	assert_int_equal(c->defaults.repeat_interval, 4 * TIME_HOUR);
	assert_int_equal(c->policy.expire_after, 8 * TIME_DAY);
	assert_int_equal(c->policy.late_grace, 330 * TIME_SECOND);
	assert_int_equal(c->policy.flap_changes, 4);
	assert_int_equal(c->delivery.mode, DELIVERY_SEND);
	assert_int_equal(c->delivery.lease, 30 * TIME_SECOND);
	assert_int_equal(c->policy.delivery_timeout, 15 * TIME_SECOND);
	assert_true(str_eq_c(c->defaults.severity, "P3"));
	assert_int_equal(c->defaults.owner_labels.n, 3);
	assert_int_equal(c->webhook.max_body, 16 << 20);
	assert_int_equal(c->webhook.max_connections, 4096);
	assert_int_equal(c->receivers[0].rate_burst, 1);
	assert_true(c->receivers[0].rate_per_second <= 0);
	/* nobody named: the first receiver stands in, and that is said */
	assert_int_equal(c->defaults.receivers.n, 1);
	assert_true(str_eq_c(c->defaults.receivers.v[0], "oncall"));
	assert_non_null(strstr(warnings(&l), "goes to \"oncall\""));
}

static void reads_sentinels(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	AUTOLOADED struct loaded l;
	folder_write(&f, "config/secret", "s3cret\n");
	load_text(&f,
	          RECEIVERS "store: {redis: {password_file: secret, sentinel: {master: m, addresses: ['a:1', 'b:2'],\n"
	                    "        username: u, password_file: secret}}}\n",
	          &l);
	must_load(&l);
	const struct config_redis *r = &l.config->store.redis;
	assert_int_equal(r->address.n, 0);
	assert_true(str_ends(r->password_file, STR("/config/secret")));
	assert_true(str_eq_c(r->sentinel.master, "m"));
	assert_int_equal(r->sentinel.addresses.n, 2);
	assert_true(str_eq_c(r->sentinel.addresses.v[1], "b:2"));
	assert_true(str_eq_c(r->sentinel.username, "u"));
	assert_true(str_ends(r->sentinel.password_file, STR("/config/secret")));
	assert_false(r->tls.given);
}

#ifdef HAVE_HIREDIS_SSL
static void reads_tls_of_redis(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	AUTOLOADED struct loaded l;
	folder_write(&f, "config/pem", "pem\n");
	load_text(
		&f, RECEIVERS "store: {redis: {tls: {ca_file: pem, cert_file: pem, key_file: pem, server_name: redis.test}}}\n",
		&l);
	must_load(&l);
	const struct config_redis *r = &l.config->store.redis;
	assert_true(str_eq_c(r->address, "127.0.0.1:6379"));
	assert_true(r->tls.given);
	assert_true(str_ends(r->tls.ca_file, STR("/config/pem")));
	assert_true(str_ends(r->tls.cert_file, STR("/config/pem")));
	assert_true(str_ends(r->tls.key_file, STR("/config/pem")));
	assert_true(str_eq_c(r->tls.server_name, "redis.test"));
	assert_false(r->tls.insecure_skip_verify);
}
#endif

static void sorts_rule_files_and_passes_over_tests(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	folder_write(&f, "rules/20-b.yml", "");
	folder_write(&f, "rules/10-a.yml", "");
	folder_write(&f, "rules/10-a_test.yml", "tests: nothing that a rule file could be\n");
	AUTOLOADED struct loaded l;
	load_text(&f, RECEIVERS "rule_files: ['../rules/2*.yml', ../rules/20-b.yml, '../rules/*.yml']\n", &l);
	must_load(&l);
	assert_int_equal(l.config->rule_files.n, 2);
	assert_true(str_ends(l.config->rule_files.v[0], STR("/rules/10-a.yml")));
	assert_true(str_ends(l.config->rule_files.v[1], STR("/rules/20-b.yml")));
}

static void walks_the_runbook_folder(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	folder_write(&f, "secret.md", "# Not for runbooks\n");
	folder_write(&f, "elsewhere/x.md", "# Elsewhere\n");
	folder_write(&f, "config/runbooks/a.md", "# A\n");
	folder_write(&f, "config/runbooks/sub/b.md", "# B\n");
	folder_write(&f, "config/runbooks/.git/c.md", "# C\n");
	folder_write(&f, "config/runbooks/d.txt", "D\n");
	folder_write(&f, "config/runbooks/1/2/3/4/5/6/7/8/deep.md", "# Deep\n");
	folder_write(&f, "config/runbooks/1/2/3/4/5/6/7/8/9/deeper.md", "# Too deep\n");
	folder_link(&f, "config/runbooks/inside.md", "sub/b.md");
	folder_link(&f, "config/runbooks/outside.md", "../../secret.md");
	folder_link(&f, "config/runbooks/folder", "../../elsewhere");
	folder_link(&f, "config/runbooks/loop", "..");
	folder_link(&f, "config/runbooks/dangling.md", "nothing");
	AUTOLOADED struct loaded l;
	load_text(&f, RECEIVERS "catalog: {runbooks: runbooks}\ndefaults: {receivers: [oncall]}\n", &l);
	must_load(&l);
	const struct runbook *const *list;
	assert_int_equal(catalog_runbooks(l.config->catalog, &list), 4);
	assert_non_null(catalog_runbook(l.config->catalog, STR("a.md")));
	assert_non_null(catalog_runbook(l.config->catalog, STR("sub/b.md")));
	assert_non_null(catalog_runbook(l.config->catalog, STR("inside.md")));
	assert_non_null(catalog_runbook(l.config->catalog, STR("1/2/3/4/5/6/7/8/deep.md")));
	assert_string_equal(warnings(&l),
	                    "config/runbooks/1/2/3/4/5/6/7/8/9: warning: lies too deep; not read\n"
	                    "config/runbooks/dangling.md: warning: is a link to nothing; not read\n"
	                    "config/runbooks/folder: warning: is a link that leaves the folder; not read\n"
	                    "config/runbooks/loop: warning: is a link that leaves the folder; not read\n"
	                    "config/runbooks/outside.md: warning: is a link that leaves the folder; not read");
}

/* A folder that is a link keeps its "..": x/../rules is not rules there. */
static void keeps_dots_behind_links(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	folder_write(&f, "real/deep/config/runbookd.yml", RECEIVERS "rule_files: ['../rules/*.yml']\n");
	folder_write(&f, "real/deep/rules/right.yml", "");
	folder_write(&f, "rules/wrong.yml", "");
	folder_link(&f, "config", "real/deep/config");
	AUTOLOADED struct loaded l;
	load_folder(&f, &l);
	must_load(&l);
	assert_int_equal(l.config->rule_files.n, 1);
	assert_true(str_ends(l.config->rule_files.v[0], STR("/config/../rules/right.yml")));
}

static void reads_secrets_when_used(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct receiver_secret *secrets;
	size_t count;
	folder_write(&f, "config/key", "first\r\n");
	folder_write(&f, "config/url", "https://hooks.example.com/x\n");
	AUTOLOADED struct loaded l;
	load_text(&f,
	          "receivers:\n- {name: pd, pagerduty: {routing_key_file: key}}\n"
	          "- {name: wh, webhook: {url_file: url, hmac_secret: inline}}\n",
	          &l);
	must_load(&l);
	const struct config_receiver *pd = config_receiver(l.config, STR("pd")), *wh = config_receiver(l.config, STR("wh"));
	assert_true(config_receiver_secrets(pd, arena, &secrets, &count, &err));
	assert_int_equal(count, 1);
	assert_string_equal(secrets[0].option, "routing_key");
	assert_true(str_eq_c(secrets[0].value, "first"));
	folder_write(&f, "config/key", "second");
	assert_true(config_receiver_secrets(pd, arena, &secrets, &count, &err));
	assert_true(str_eq_c(secrets[0].value, "second"));
	assert_true(config_receiver_secrets(wh, arena, &secrets, &count, &err));
	assert_int_equal(count, 2);
	assert_true(str_eq_c(secrets[0].value, "https://hooks.example.com/x"));
	assert_true(str_eq_c(secrets[1].value, "inline"));
	folder_write(&f, "config/url", "http://hooks.example.com/s3cret");
	assert_false(config_receiver_secrets(wh, arena, &secrets, &count, &err));
	assert_non_null(strstr(err_first(&err), "is not an https URL"));
	assert_null(strstr(err_first(&err), "s3cret"));
	folder_write(&f, "config/key", "\n");
	err_release(&err);
	assert_false(config_receiver_secrets(pd, arena, &secrets, &count, &err));
	assert_non_null(strstr(err_first(&err), "empty"));
}

static void needs_no_secrets_in_ci(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f;
	folder_init(&f);
	folder_write(&f, "config/runbookd.yml",
	             "receivers: [{name: pd, pagerduty: {routing_key_file: missing}}]\n"
	             "webhook: {auth: {hmac_secret_file: missing}}\n"
	             "external_url: https://one.example.com\n");
	AUTOLOADED struct loaded strict, lenient;
	load_folder(&f, &strict);
	assert_non_null(strstr(errors(&strict), "routing_key_file"));
	assert_non_null(strstr(errors(&strict), "hmac_secret_file"));
	const struct config_options two = {.external_url = "https://two.example.com/x/", .no_secrets = true};
	load_with(&f, &two, &lenient);
	must_load(&lenient);
	assert_true(str_eq_c(lenient.config->external_url, "https://two.example.com/x"));
	assert_true(str_eq_c(lenient.config->defaults.runbook_base, "https://two.example.com/x/runbooks/"));
}

static void a_guessed_url_is_the_last_word(void **state)
{
	(void)state;
	static const struct {
		const char *written, *flag, *guess, *url, *base;
	} cases[] = {
		{"", NULL, "http://here:9195", "http://here:9195", "http://here:9195/runbooks/"},
		{"external_url: http://file", NULL, "http://here:9195", "http://file", "http://file/runbooks/"},
		{"external_url: http://file", "http://flag", "http://here:9195", "http://flag", "http://flag/runbooks/"},
		{"catalog: {base_url: http://wiki/}", NULL, "http://here:9195", "http://here:9195", "http://wiki/"},
		{"", NULL, "here", "", ""},
		{"", NULL, NULL, "", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOFOLDER struct folder f;
		AUTOLOADED struct loaded l;
		folder_init(&f);
		char *text = mem_printf("receivers: [{name: a, webhook: {url: http://127.0.0.1:1/}}]\n%s\n", cases[i].written);
		folder_write(&f, "config/runbookd.yml", text);
		free(text);
		const struct config_options options = {.external_url = cases[i].flag, .external_url_default = cases[i].guess};
		load_with(&f, &options, &l);
		must_load(&l);
		assert_true(str_eq_c(l.config->external_url, cases[i].url));
		assert_true(str_eq_c(l.config->defaults.runbook_base, cases[i].base));
	}
}

static void hash_of(const struct folder *f, char out[17])
{
	AUTOLOADED struct loaded l;
	load_folder(f, &l);
	must_load(&l);
	memcpy(out, l.config->hash, 17);
}

static void hashes_every_byte(void **state)
{
	(void)state;
	AUTOFOLDER struct folder f, g;
	folder_init(&f);
	folder_init(&g);
	char hashes[6][17];
	const char *text = RECEIVERS "rule_files: a*.yml\ncatalog: {runbooks: runbooks}\n";
	const struct folder *both[] = {&f, &g};
	for (int i = 0; i < 2; i++) {
		folder_write(both[i], "config/runbookd.yml", text);
		folder_write(both[i], "config/a.yml", "");
		folder_write(both[i], "config/runbooks/x.md", "# X\n");
		hash_of(both[i], hashes[i]);
	}
	assert_string_equal(hashes[0], hashes[1]); /* wherever it lies */
	folder_write(&f, "config/a.yml", "# a comment\n");
	hash_of(&f, hashes[2]);
	folder_write(&f, "config/runbooks/x.md", "# Y\n");
	hash_of(&f, hashes[3]);
	folder_write(&f, "config/a2.yml", "");
	hash_of(&f, hashes[4]);
	for (int i = 1; i < 4; i++)
		assert_string_not_equal(hashes[i], hashes[i + 1]);
}

static void fingerprints_definitions(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"receivers:\n- {name: a, webhook: {url: https://a}}\n",
		"# moved\nreceivers:\n\n- {name: a, allow_http: true, webhook: {url: 'https://a'}}\n",
		"receivers:\n- {name: a, webhook: {url: https://a/other}}\n",
	};
	char prints[3][HASH_HEX_MAX];
	for (int i = 0; i < 3; i++) {
		AUTOFOLDER struct folder f;
		folder_init(&f);
		AUTOLOADED struct loaded l;
		load_text(&f, texts[i], &l);
		must_load(&l);
		memcpy(prints[i], config_receiver(l.config, STR("a"))->fingerprint, HASH_HEX_MAX);
	}
	assert_string_equal(prints[0], prints[1]);
	assert_string_not_equal(prints[0], prints[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_places),
		cmocka_unit_test(reads_store_and_webhook),
		cmocka_unit_test(reads_incident_policy),
		cmocka_unit_test(reads_receivers),
		cmocka_unit_test(has_defaults),
		cmocka_unit_test(reads_sentinels),
#ifdef HAVE_HIREDIS_SSL
		cmocka_unit_test(reads_tls_of_redis),
#endif
		cmocka_unit_test(sorts_rule_files_and_passes_over_tests),
		cmocka_unit_test(walks_the_runbook_folder),
		cmocka_unit_test(keeps_dots_behind_links),
		cmocka_unit_test(reads_secrets_when_used),
		cmocka_unit_test(needs_no_secrets_in_ci),
		cmocka_unit_test(a_guessed_url_is_the_last_word),
		cmocka_unit_test(hashes_every_byte),
		cmocka_unit_test(fingerprints_definitions),
	};
	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
