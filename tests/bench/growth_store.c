#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <hiredis/hiredis.h>
#include <sqlite3.h>

#include "base/hash.h"
#include "base/time.h"
#include "growth.h"
#include "incident/decide.h"
#include "incident/delivery.h"
#include "replica/record_commit.h"
#include "rules/ruleset.h"
#include "store/redis_store.h"
#include "store/sqlite_store.h"

#define IN_FLIGHT 400
#define LABELS 10
#define CLOSED_OVER (25 * TIME_DAY)
#define PREFIX "growth"

/* ---- alerts ---- */

static size_t set_labels(struct arena *arena, size_t i, struct label *out)
{
	const struct label all[LABELS] = {
		{STR("alertname"), str_c(arena_printf(arena, "KubeWorkloadCondition%03zu", i % 400))},
		{STR("cluster"), str_c(arena_printf(arena, "eu-central-%zu", i % 3))},
		{STR("container"), STR("application")},
		{STR("instance"), str_c(arena_printf(arena, "10.%zu.%zu.%zu:9100", i / 65536, i / 256 % 256, i % 256))},
		{STR("job"), STR("kube-state-metrics")},
		{STR("namespace"), str_c(arena_printf(arena, "team-%02zu-production", i % 40))},
		{STR("owner"), str_c(arena_printf(arena, "team-%02zu", i % 40))},
		{STR("pod"), str_c(arena_printf(arena, "checkout-backend-%08zx-x7k2p", i * 2654435761u % 0xffffffffu))},
		{STR("prometheus"), STR("monitoring/k8s")},
		{STR("severity"), i % 5 ? STR("warning") : STR("critical")},
	};
	memcpy(out, all, sizeof all);
	return LABELS;
}

static const struct label annotations[] = {
	{STR_INIT("description"),
     STR_INIT(
		 "Pod has been in a non-ready state for longer than fifteen minutes. The workload cannot reach its desired "
		 "number of replicas, and whoever depends on it may see errors or slow answers until it does.")},
	{STR_INIT("runbook_url"), STR_INIT("https://runbooks.example.com/runbooks/kubernetes/kubepodnotready")},
	{STR_INIT("summary"), STR_INIT("Pod has been in a non-ready state for more than 15 minutes.")},
};
#define ANNOTATIONS (sizeof annotations / sizeof *annotations)

/* One startsAt for all: a newer one would be a new page. */
static int64_t started(int64_t now)
{
	static int64_t at;
	if (!at)
		at = now - CLOSED_OVER - TIME_DAY;
	return at;
}

struct alert growth_alert(struct arena *arena, size_t i, bool resolved, int64_t now)
{
	struct alert a = {.starts_at = started(now),
	                  .ends_at = resolved ? now : 0,
	                  .resolved = resolved,
	                  .generator_url = STR("http://prometheus.example.com/graph?g0.expr=up")};
	char *fingerprint = arena_alloc(arena, ALERT_FINGERPRINT_MAX);
	a.labels.v = arena_alloc(arena, LABELS * sizeof *a.labels.v);
	a.labels.n = set_labels(arena, i, a.labels.v);
	a.annotations = (struct labels){(struct label *)(uintptr_t)annotations, ANNOTATIONS};
	a.fingerprint = str_c(labels_fingerprint(&a.labels, fingerprint));
	return a;
}

static void add_object(struct buf *out, const struct labels *l)
{
	for (size_t i = 0; i < l->n; i++)
		buf_printf(out, "%s\"%.*s\":\"%.*s\"", i ? "," : "{", STR_ARG(l->v[i].name), STR_ARG(l->v[i].value));
	buf_printf(out, "}");
}

void growth_body(struct buf *out, size_t i, bool resolved, int64_t now)
{
	const char *status = resolved ? "resolved" : "firing";
	AUTOARENA struct arena *arena = arena_new();
	struct alert a = growth_alert(arena, i, resolved, now);
	char from[TIME_FORMAT_MAX], to[TIME_FORMAT_MAX];
	buf_printf(out,
	           "{\"version\":\"4\",\"groupKey\":\"{}\",\"truncatedAlerts\":0,\"status\":\"%s\","
	           "\"receiver\":\"runbookd\",\"groupLabels\":{},\"commonLabels\":{},\"commonAnnotations\":{},"
	           "\"externalURL\":\"http://alertmanager.example.com\",\"alerts\":[{\"status\":\"%s\",\"labels\":",
	           status, status);
	add_object(out, &a.labels);
	buf_printf(out, ",\"annotations\":");
	add_object(out, &a.annotations);
	buf_printf(out, ",\"startsAt\":\"%s\",\"endsAt\":\"%s\",\"generatorURL\":\"%.*s\"}]}",
	           time_format(a.starts_at, from), resolved ? time_format(a.ends_at, to) : "0001-01-01T00:00:00Z",
	           STR_ARG(a.generator_url));
}

/* ---- opening ---- */

static const char RULES[] = "rules:\n"
							"  - name: everything\n"
							"    matchers: ['alertname=~\"Kube.+\"']\n"
							"    runbook: kubernetes/{{labels.alertname}}.md\n"
							"    severity: P2\n"
							"    group_by: ['...']\n";

static void write_growth_file(const char *folder, const char *name, const char *text)
{
	AUTOFREE char *path = mem_printf("%s/%s", folder, name);
	FILE *f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		growth_die("%s: cannot be written", path);
}

static void write_growth_config(const char *folder, const char *redis)
{
	AUTOFREE char *primary =
		redis ? mem_printf(", redis: {address: \"%s\", prefix: " PREFIX ", timeout: 20s}", redis) : mem_strdup("");
	AUTOFREE char *config =
		mem_printf("rule_files: [rules.yml]\ncatalog: {base_url: \"https://wiki.example.com/runbooks/\"}\n"
	               "store: {sqlite: {path: runbookd.db}%s}\ndedup: {flap: {changes: 0}}\ndelivery: {mode: observe}\n"
	               "defaults: {receivers: [oncall]}\n"
	               "receivers:\n  - name: oncall\n    webhook: {url: \"http://127.0.0.1:9/\"}\n",
	               primary);
	write_growth_file(folder, "rules.yml", RULES);
	write_growth_file(folder, "runbookd.yml", config);
}

static struct config *load_growth_config(const char *folder)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	AUTOFREE char *file = mem_printf("%s/runbookd.yml", folder);
	struct config_files *files = config_files_disk();
	struct config_options options = {.file = file};
	struct config *c = config_load(&options, files, &err, &warnings);
	if (!c)
		growth_die("%s", err_first(&err));
	config_files_free(files);
	return c;
}

static bool is_store_up(const struct growth_store *s)
{
	return s->store->ops->health(s->store).up;
}

static void stop_when_up(void *arg)
{
	struct growth_store *s = arg;
	if (is_store_up(s))
		loop_stop(s->loop);
}

void growth_open(struct growth_store *s, char *folder, const char *redis)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *path = mem_printf("%s/runbookd.db", folder);
	struct redis_store_options options = {.prefix = STR(PREFIX)};
	write_growth_config(folder, redis);
	*s = (struct growth_store){
		.loop = loop_new(), .config = load_growth_config(folder), .folder = folder, .redis = redis};
	if (redis) {
		options.connection = (struct redis_options){.address = str_c(redis), .timeout_ms = 20000, .max_in_flight = 500};
		s->store = redis_store_open(s->loop, &options);
	} else {
		s->store = sqlite_store_open(s->loop, path, &err);
	}
	if (!s->store)
		growth_die("%s", err_first(&err));
	s->store->ops->on_change(s->store, stop_when_up, s);
	if (!is_store_up(s))
		loop_run(s->loop);
}

void growth_close(struct growth_store *s)
{
	s->store->ops->close(s->store);
	loop_free(s->loop);
	config_unref(s->config);
}

void growth_wait(struct growth_store *s, size_t most)
{
	while (s->pending > most)
		loop_run(s->loop);
}

/* ---- filling ---- */

static void count_committed(void *arg, const struct store_committed *c)
{
	struct growth_store *s = arg;
	s->pending--;
	s->now = c->now;
	s->failed += c->result != STORE_OK;
	if (c->result == STORE_UNAVAILABLE || c->result == STORE_UNKNOWN)
		growth_die("a commit was not taken");
	loop_stop(s->loop);
}

struct story { /* one incident being told */
	struct growth_store *s;
	struct arena *arena;
	struct alert alert;
	struct plan plan;
	struct incident *inc;
	struct decision decision;
	struct member before;
	struct counts counts;
};

static void decide_story(struct story *t, int64_t now)
{
	struct arrival arrival = {&t->alert, &t->plan, t->decision.member.fingerprint.n ? t->decision.member : t->before};
	incident_decide(t->inc, &arrival, 1, &t->s->config->policy, now, &t->decision, &t->counts);
}

static void deliver_story(struct story *t, int64_t now)
{
	struct delivery *d = incident_delivery(t->inc, STR("oncall"));
	struct settlement done = {.receiver = STR("oncall"), .outcome = OUTCOME_DELIVERED};
	if (!d)
		growth_die("nobody is paged");
	done.attempt = delivery_begin(t->inc, d, now, now + TIME_MINUTE);
	incident_settle(t->inc, &done, &t->s->config->policy, now);
}

static void fill_story_counts(struct story *t, struct store_commit *c)
{
	struct store_count *counts = arena_alloc(t->arena, (t->counts.n + 1) * sizeof *counts);
	for (size_t i = 0; i < t->counts.n; i++)
		counts[i] = (struct store_count){.field = count_field(t->arena, &t->counts.v[i]), .add = t->counts.v[i].n};
	c->counts = counts;
	c->count_count = t->counts.n;
}

static void commit_story(struct story *t, const struct store_version *expect)
{
	struct store_member_change change = {t->before, t->decision.member, t->decision.member_ttl};
	struct store_commit c = {.key = str_c(t->plan.key), .expect = *expect};
	record_commit(t->arena, t->inc, &t->s->config->policy, &c);
	hash_random_id(c.id);
	if (t->decision.member_changed)
		c.members = &change, c.member_count = 1;
	fill_story_counts(t, &c);
	t->s->pending++;
	t->s->store->ops->commit(t->s->store, &c, count_committed, t->s);
}

static void begin_story(struct story *t, struct growth_store *s, size_t i, bool resolved, int64_t now)
{
	*t = (struct story){.s = s, .arena = arena_new()};
	t->counts.arena = t->arena;
	t->alert = growth_alert(t->arena, i, resolved, now);
	ruleset_evaluate(s->config->ruleset, &t->alert, NULL, t->arena, &t->plan);
	t->before = (struct member){.source = STR(""), .fingerprint = t->alert.fingerprint};
	t->inc = incident_new(t->arena, str_c(t->plan.key));
}

static void end(struct story *t)
{
	counts_release(&t->counts);
	arena_free(t->arena);
}

static void fill_one(struct growth_store *s, size_t i, int64_t at, bool open)
{
	static const struct store_version none;
	struct story t;
	begin_story(&t, s, i, false, at);
	decide_story(&t, at);
	deliver_story(&t, at + TIME_SECOND);
	if (!open) {
		t.alert.resolved = true;
		t.alert.ends_at = at + 30 * TIME_MINUTE;
		decide_story(&t, at + 31 * TIME_MINUTE);
		deliver_story(&t, at + 31 * TIME_MINUTE + TIME_SECOND);
		t.decision.member_changed = true;
	}
	commit_story(&t, &none);
	end(&t);
}

void growth_fill(struct growth_store *s, size_t first, size_t count, bool open)
{
	/* open ones were told within repeat_interval: none is to be reminded of */
	int64_t now = loop_wall_ms(), span = open ? TIME_HOUR : CLOSED_OVER;
	for (size_t i = 0; i < count; i++) {
		int64_t ago = TIME_HOUR + (int64_t)((double)span * (double)(count - i) / (double)count);
		fill_one(s, first + i, now - ago, open);
		growth_wait(s, IN_FLIGHT);
	}
	growth_wait(s, 0);
	if (s->failed)
		growth_die("%zu of %zu commits conflicted", s->failed, count);
}

void growth_fill_due(struct growth_store *s, size_t first, size_t count, struct str receiver)
{
	static const struct store_version none;
	for (size_t i = first; i < first + count; i++) {
		struct story t;
		int64_t now = loop_wall_ms();
		begin_story(&t, s, i, false, now);
		t.plan.receivers.names = (struct strs){&receiver, 1};
		decide_story(&t, now - TIME_SECOND);
		commit_story(&t, &none);
		end(&t);
		growth_wait(s, IN_FLIGHT);
	}
	growth_wait(s, 0);
}

/* ---- admission ---- */

struct admission {
	struct growth_store *s;
	size_t i;
	bool resolved;
};

static void begin_admission(void *arg, const struct store_loaded *got)
{
	struct admission *a = arg;
	struct growth_store *s = a->s;
	AUTOERR struct err err = ERR_INIT;
	static const struct store_version none;
	struct story t;
	if (got->result != STORE_OK)
		growth_die("a load was not answered");
	s->pending--;
	begin_story(&t, s, a->i, a->resolved, got->now);
	free(a);
	const struct store_record *r = got->record_count ? &got->records[0] : NULL;
	if (got->members[0].found)
		t.before = got->members[0];
	if (r && r->bytes.n && !(t.inc = incident_read(t.arena, r->bytes, &err)))
		growth_die("%s", err_first(&err));
	decide_story(&t, got->now);
	commit_story(&t, r ? &r->version : &none);
	end(&t);
}

void growth_admit(struct growth_store *s, size_t i, bool resolved)
{
	AUTOARENA struct arena *arena = arena_new();
	struct alert alert = growth_alert(arena, i, resolved, s->now);
	struct plan plan;
	ruleset_evaluate(s->config->ruleset, &alert, NULL, arena, &plan);
	struct member m = {.source = STR(""), .fingerprint = alert.fingerprint};
	struct str key = str_c(plan.key);
	struct store_load ask = {.members = &m, .member_count = 1, .keys = &key, .key_count = 1};
	struct admission *a = mem_alloc(sizeof *a);
	*a = (struct admission){s, i, resolved};
	s->pending++;
	s->store->ops->load(s->store, &ask, begin_admission, a);
}

void growth_repeat(struct growth_store *s, size_t count)
{
	s->now = loop_wall_ms();
	for (size_t i = 0; i < count; i++) {
		growth_admit(s, i, false);
		growth_wait(s, IN_FLIGHT);
	}
	growth_wait(s, 0);
}

/* ---- counters ---- */

static struct str hour_field(struct arena *arena, size_t i)
{
	static const char *const reasons[] = {"new", "repeat", "last_member_resolved", "member_joined", "flapping"};
	static const char *const verdicts[] = {"page", "deduplicate", "resolve", "deduplicate", "deduplicate"};
	struct count c = {.alertname = str_c(arena_printf(arena, "KubeWorkloadCondition%03zu", i / 5 % 400)),
	                  .rule = STR("everything"),
	                  .owner = str_c(arena_printf(arena, "team-%02zu", i / 2000)),
	                  .severity = STR("P2"),
	                  .what = str_c(verdicts[i % 5]),
	                  .detail = str_c(reasons[i % 5])};
	return count_field(arena, &c);
}

static void run_growth_sql(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		growth_die("%s: %s", text, sqlite3_errmsg(db));
}

static void fill_sqlite(const char *folder, int64_t first, size_t hours, const struct str *fields)
{
	AUTOFREE char *path = mem_printf("%s/runbookd.db", folder);
	sqlite3 *db;
	sqlite3_stmt *insert;
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "INSERT INTO count (hour, field, n) VALUES (?1, ?2, 7)", -1, &insert, NULL) != SQLITE_OK)
		growth_die("%s: %s", path, sqlite3_errmsg(db));
	run_growth_sql(db, "BEGIN");
	for (size_t h = 0; h < hours; h++) {
		for (size_t i = 0; i < STORE_COUNTS_PER_HOUR; i++) {
			sqlite3_bind_int64(insert, 1, first + (int64_t)h * TIME_HOUR);
			sqlite3_bind_blob64(insert, 2, fields[i].p, fields[i].n, SQLITE_STATIC);
			if (sqlite3_step(insert) != SQLITE_DONE)
				growth_die("%s", sqlite3_errmsg(db));
			sqlite3_reset(insert);
		}
	}
	run_growth_sql(db, "COMMIT");
	sqlite3_finalize(insert);
	sqlite3_close(db);
}

#define SET_AT_ONCE 500

static void set_fields(redisContext *c, const char *hash, const struct str *fields)
{
	const char *words[2 + 2 * SET_AT_ONCE] = {"HSET", hash};
	size_t lengths[2 + 2 * SET_AT_ONCE] = {4, strlen(hash)};
	for (size_t i = 0; i < SET_AT_ONCE; i++) {
		words[2 + 2 * i] = fields[i].p, lengths[2 + 2 * i] = fields[i].n;
		words[3 + 2 * i] = "7", lengths[3 + 2 * i] = 1;
	}
	redisReply *reply = redisCommandArgv(c, 2 + 2 * SET_AT_ONCE, words, lengths);
	if (!reply || reply->type == REDIS_REPLY_ERROR)
		growth_die("HSET %s", hash);
	freeReplyObject(reply);
}

static void fill_redis(const char *address, int64_t first, size_t hours, const struct str *fields)
{
	redisContext *c = redisConnect("127.0.0.1", (int)strtol(strchr(address, ':') + 1, NULL, 10));
	if (!c || c->err)
		growth_die("%s: cannot connect", address);
	for (size_t h = 0; h < hours; h++) {
		int64_t hour = first + (int64_t)h * TIME_HOUR;
		AUTOFREE char *hash = mem_printf("{" PREFIX "}:n:%" PRId64, hour);
		for (size_t i = 0; i < STORE_COUNTS_PER_HOUR; i += SET_AT_ONCE)
			set_fields(c, hash, fields + i);
		freeReplyObject(redisCommand(c, "ZADD {" PREFIX "}:hours %lld %lld", (long long)hour, (long long)hour));
	}
	redisFree(c);
}

void growth_fill_counters(const char *folder, const char *redis, size_t hours)
{
	AUTOARENA struct arena *arena = arena_new();
	struct str *fields = arena_alloc(arena, STORE_COUNTS_PER_HOUR * sizeof *fields);
	int64_t now = loop_wall_ms(), first = now - now % TIME_HOUR - (int64_t)hours * TIME_HOUR;
	for (size_t i = 0; i < STORE_COUNTS_PER_HOUR; i++)
		fields[i] = hour_field(arena, i);
	if (redis)
		fill_redis(redis, first, hours, fields);
	else
		fill_sqlite(folder, first, hours, fields);
}
