#include "stage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/time.h"
#include "incident/decide.h"
#include "service/dispatcher.h"
#include "service/heartbeat.h"
#include "service/intake.h"
#include "service/operate.h"
#include "service/reload.h"
#include "service/timers.h"
#include "service/transaction.h"
#include "store/memory_store.h"

#define STAGE_START INT64_C(1800000000000)
/* Only what never comes takes so long, also on a busy machine; below that the runner ends the program. */
#define STAGE_OVERDUE_MS (8 * TIME_MINUTE)

/* ---- configuration ---- */

static void write_stage_file(const struct stage *s, const char *name, const char *text)
{
	AUTOFREE char *path = mem_printf("%s/%s", s->folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fputs(text, f) < 0, 0);
	assert_int_equal(fclose(f), 0);
}

static void write_stage_config(const struct stage *s, const struct stage_settings *say)
{
	AUTOFREE char *rules = mem_printf("rules:%s\n", say->rules ? say->rules : " []");
	AUTOFREE char *mail =
		mem_printf("  - name: mail\n    webhook: {url: \"http://127.0.0.1:%d/mail\"}\n", s->provider.port);
	AUTOFREE char *heartbeat = say->heartbeat ? mem_printf("heartbeat: {url: \"http://127.0.0.1:%d/alive\", %s}\n",
	                                                       s->provider.port, say->heartbeat)
	                                          : mem_strdup("");
	AUTOFREE char *config = mem_printf("rule_files: [rules.yml]\n"
	                                   "catalog: {}\n"
	                                   "defaults: {receivers: [pager]}\n"
	                                   "sources: [%s]\n"
	                                   "delivery: %s\n"
	                                   "dedup: %s\n"
	                                   "receivers:\n"
	                                   "  - name: pager\n"
	                                   "    webhook: {url: \"http://127.0.0.1:%d/pager\"}\n"
	                                   "%s%s%s",
	                                   say->sources ? say->sources : "", say->delivery ? say->delivery : "{}",
	                                   say->dedup ? say->dedup : "{}", s->provider.port, say->pager ? say->pager : "",
	                                   say->without_mail ? "" : mail, heartbeat);

	write_stage_file(s, "rules.yml", rules);
	write_stage_file(s, "runbookd.yml", config);
}

const char *stage_config_file(const struct stage *s, char out[512])
{
	snprintf(out, 512, "%s/runbookd.yml", s->folder);
	return out;
}

static void fail_with(const struct err *err)
{
	AUTOBUF struct buf all;

	buf_init(&all, 10000);
	err_print(err, &all);
	fail_msg("%s", buf_str(&all).p);
}

static struct config *load_stage_config(const struct stage *s)
{
	char file[512];
	AUTOERR struct err err = ERR_INIT;
	struct config_options options = {.file = stage_config_file(s, file)};
	bool fell_back;
	struct config *c = reload_first(&options, true, &err, &fell_back);

	if (!c)
		fail_with(&err);
	return c;
}

void stage_reload(struct stage *s, const struct stage_settings *say)
{
	char file[512];
	AUTOERR struct err err = ERR_INIT;
	struct config_options options = {.file = stage_config_file(s, file)};

	write_stage_config(s, say);
	if (!reload_now(&s->r, &options, &err))
		fail_with(&err);
}

static void remove_folder(char *path)
{
	DIR *dir = opendir(path);

	for (struct dirent *e; (e = readdir(dir));)
		unlinkat(dirfd(dir), e->d_name, 0);
	closedir(dir);
	rmdir(path);
	free(path);
}

/* ---- life ---- */

static void stage_overdue(void *arg)
{
	struct stage *s = arg;

	s->late = true;
	loop_stop(s->loop);
}

void stage_open(struct stage *s, const struct stage_settings *say)
{
	const char *tmp = getenv("TMPDIR");

	*s = (struct stage){.loop = loop_new(), .now = STAGE_START};
	s->folder = mem_printf("%s/stage-XXXXXX", tmp ? tmp : P_tmpdir);
	assert_non_null(mkdtemp(s->folder));
	provider_init(&s->provider, s->loop);
	write_stage_config(s, say);
	s->memory = memory_store_open(s->loop);
	memory_store_set_now(s->memory, s->now);
	s->store = crooked_open(s->memory, s->loop);
	s->overdue = loop_timer_new(s->loop, stage_overdue, s);
	s->r = (struct router){
		.loop = s->loop,
		.store = &s->store->store,
		.metrics = metrics_new("runbookd_", router_metrics, ROUTER_METRICS),
		.client = http_client_new(s->loop, "test"),
		.config = load_stage_config(s),
	};
	router_touch_metrics(&s->r);
	reload_metrics(&s->r, true);
	s->r.transactions = transactions_new(&s->r);
	s->r.intake = intake_new(&s->r);
	if (say->services) {
		s->r.dispatcher = dispatcher_new(&s->r);
		s->r.timers = timers_new(&s->r);
	}
}

static void stop_stage(void *arg)
{
	loop_stop(arg);
}

/* What was put off to the next turn runs. */
static void turn_loop(struct stage *s)
{
	for (int i = 0; i < 3; i++) {
		loop_defer(s->loop, stop_stage, s->loop);
		loop_run(s->loop);
	}
}

void stage_close(struct stage *s)
{
	heartbeat_free(s->r.heartbeat);
	dispatcher_free(s->r.dispatcher);
	timers_free(s->r.timers);
	intake_free(s->r.intake);
	transactions_free(s->r.transactions);
	turn_loop(s);
	http_client_free(s->r.client);
	crooked_close(s->store);
	turn_loop(s);
	provider_release(&s->provider);
	config_unref(s->r.config);
	metrics_free(s->r.metrics);
	loop_timer_free(s->overdue);
	loop_free(s->loop);
	remove_folder(s->folder);
}

void stage_pass(struct stage *s, int64_t ms)
{
	const struct str *names;

	s->now += ms;
	memory_store_set_now(s->memory, s->now);
	if (s->r.dispatcher) {
		size_t n = dispatcher_receivers(s->r.dispatcher, &names);
		for (size_t i = 0; i < n; i++)
			dispatcher_wake(s->r.dispatcher, names[i], s->now, s->now);
	}
	if (s->r.timers)
		timers_wake(s->r.timers, s->now, s->now);
}

/* ---- waiting ---- */

struct until {
	struct stage *s;
	bool (*holds)(struct stage *s, const void *arg);
	const void *arg;
};

static void look_until(void *arg)
{
	struct until *u = arg;

	if (u->holds(u->s, u->arg))
		loop_stop(u->s->loop);
	else
		loop_timer_set(u->s->poll, 1);
}

void stage_until(struct stage *s, bool (*holds)(struct stage *s, const void *arg), const void *arg)
{
	struct until u = {s, holds, arg};

	s->poll = loop_timer_new(s->loop, look_until, &u);
	s->late = false;
	loop_timer_set(s->overdue, STAGE_OVERDUE_MS);
	loop_timer_set(s->poll, 0);
	loop_run(s->loop);
	loop_timer_stop(s->overdue);
	loop_timer_free(s->poll);
	if (s->late)
		fail_msg("what the test waits for did not come");
}

/* ---- webhooks ---- */

char *stage_alert(const struct stage *s, const char *labels, const char *status, int64_t age_ms)
{
	char starts[TIME_FORMAT_MAX], ends[TIME_FORMAT_MAX];
	bool resolved = strcmp(status, "resolved") == 0;

	return mem_printf("{\"status\": \"%s\", \"labels\": {%s}, \"annotations\": {\"summary\": \"it broke\"}, "
	                  "\"startsAt\": \"%s\", \"endsAt\": \"%s\"}",
	                  status, labels, time_format(s->now - age_ms, starts),
	                  resolved ? time_format(s->now, ends) : "0001-01-01T00:00:00Z");
}

char *stage_body(char *first, ...)
{
	struct buf b;
	va_list ap;

	buf_init(&b, 100 << 20);
	buf_add_c(&b, "{\"version\": \"4\", \"status\": \"firing\", \"groupLabels\": {}, \"alerts\": [");
	va_start(ap, first);
	for (char *alert = first; alert; alert = va_arg(ap, char *)) {
		buf_add_c(&b, alert == first ? "" : ",");
		buf_add_c(&b, alert);
		free(alert);
	}
	va_end(ap);
	buf_add_c(&b, "]}");
	return buf_take(&b);
}

static void stage_answered(void *arg, const struct intake_result *result)
{
	struct stage_answer *a = arg;

	a->count++;
	a->code = result->code;
	snprintf(a->error, sizeof a->error, "%s", result->error);
	a->data = result->data.n ? json_loadb(result->data.p, result->data.n, JSON_ALLOW_NUL, NULL) : NULL;
}

void stage_send(struct stage *s, const char *source, const char *body, struct stage_answer *answer)
{
	*answer = (struct stage_answer){.count = 0};
	intake_webhook(s->r.intake, str_c(source), str_c(body), stage_answered, answer);
}

static bool has_answer(struct stage *s, const void *arg)
{
	const struct stage_answer *a = arg;

	(void)s;
	return a->count > 0;
}

struct stage_answer stage_post(struct stage *s, char *body)
{
	struct stage_answer answer;

	stage_send(s, "", body, &answer);
	free(body);
	stage_until(s, has_answer, &answer);
	return answer;
}

void stage_answer_release(struct stage_answer *a)
{
	json_decref(a->data);
	a->data = NULL;
}

static const json_t *nth_decision(const struct stage_answer *a, size_t nth)
{
	return json_array_get(json_object_get(a->data, "decisions"), nth);
}

const char *stage_decision(const struct stage_answer *a, size_t nth, char out[100])
{
	const char *verdict = json_string_value(json_object_get(nth_decision(a, nth), "verdict"));
	const char *reason = json_string_value(json_object_get(nth_decision(a, nth), "reason"));

	snprintf(out, 100, "%s/%s", verdict ? verdict : "", reason ? reason : "");
	return out;
}

const char *stage_key(const struct stage_answer *a, size_t nth)
{
	const char *key = json_string_value(json_object_get(nth_decision(a, nth), "key"));
	return key ? key : "";
}

const char *stage_alert_is(struct stage *s, const char *labels, const char *status, int64_t age_ms,
                           const char *decision)
{
	static char key[64];
	char text[100];
	struct stage_answer a = stage_post(s, stage_body(stage_alert(s, labels, status, age_ms), NULL));

	assert_int_equal(a.code, 200);
	assert_string_equal(stage_decision(&a, 0, text), decision);
	snprintf(key, sizeof key, "%s", stage_key(&a, 0));
	stage_answer_release(&a);
	return key;
}

/* ---- looking ---- */

struct shown {
	bool answered;
	json_t *data;
};

static void keep_shown(void *arg, const struct operate_reply *reply)
{
	struct shown *to = arg;

	to->answered = true;
	to->data = json_incref(reply->data);
}

static bool is_answer_shown(struct stage *s, const void *arg)
{
	const struct shown *to = arg;

	(void)s;
	return to->answered;
}

json_t *stage_show(struct stage *s, const char *key)
{
	struct shown to = {.answered = false};

	operate_show(&s->r, str_c(key), keep_shown, &to);
	stage_until(s, is_answer_shown, &to);
	return to.data;
}

double stage_metric(const struct stage *s, enum router_metric m, const char *a, const char *b)
{
	struct str labels[] = {str_c(a), str_c(b)};
	return metrics_value(s->r.metrics, m, a ? labels : NULL);
}

double stage_decided(const struct stage *s)
{
	double sum = 0;

	for (int i = 0; i < REASONS; i++) {
		enum reason reason = (enum reason)i;
		sum += stage_metric(s, METRIC_ALERTS_DECIDED, verdict_name(reason_verdict(reason)), reason_name(reason));
	}
	return sum;
}
