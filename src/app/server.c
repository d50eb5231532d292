/* Starts what a daemon is made of, in order, passes on what signals ask, and stops it in the opposite order. */
#include "app/server.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "app/server_confine.h"
#include "app/server_memory.h"
#include "app/server_store.h"
#include "base/log.h"
#include "io/confinement.h"
#include "io/passwords.h"
#include "replica/failover_store.h"
#include "service/ack_links.h"
#include "service/alertmanagers.h"
#include "service/background.h"
#include "service/board.h"
#include "service/budgets.h"
#include "service/calendars.h"
#include "service/callbacks.h"
#include "service/dispatcher.h"
#include "service/heartbeat.h"
#include "service/intake.h"
#include "service/journal.h"
#include "service/journal_lines.h"
#include "service/readers.h"
#include "service/reload.h"
#include "service/reloads.h"
#include "service/repeats.h"
#include "service/shadow_rules.h"
#include "service/silencing.h"
#include "service/timers.h"
#include "service/transaction.h"
#include "store/behind_store.h"
#include "version.h"
#include "web/api.h"
#include "web/external_url.h"
#include "web/findings.h"
#include "web/noise_curve.h"
#include "web/web.h"

#define DRAIN_LOOK_MS 20     /* how often a draining server looks whether it is done */
#define DRAIN_SETTLE_MS 2000 /* of the time for draining: to take down what became of requests that do not end */
/* After a reload by SIGHUP alerts have the loop for so long at least, and for so many times as long as the reload took. */
#define RELOAD_REST_MS 1000
#define RELOAD_REST_FACTOR 10

struct server {
	struct router router;
	struct api api;
	struct http_server *http;
	struct web *web;
	struct http_tls *tls; /* NULL: plain HTTP */
	struct passwords *passwords;
	struct config_options config;
	bool fell_back;            /* the last good configuration is in force, or of some rule file the last good version */
	struct loop_timer *reload; /* runs while a SIGHUP waits */
	int64_t reload_began, reload_rest_until;
	struct reloads *reloads;
	struct server_memory *memory;
	struct loop_timer *drain;
	int64_t drain_until;
	bool dispatcher_drained;
	bool store_up; /* as last logged */
};

/* ---- configuration ---- */

static void log_config_lines(enum log_level level, const char *msg, const struct err *err)
{
	for (size_t i = 0; i < err->count; i++)
		LOG(level, msg, LOG_S("error", err->lines[i]));
}

static void use_time_zone(const struct config *c)
{
	AUTOFREE char *zone = mem_str(c->time_zone);
	setenv("TZ", zone, 1);
	tzset();
}

static struct http_server_limits limits_of(const struct config *c)
{
	return (struct http_server_limits){.max_body = c->webhook.max_body,
	                                   .max_connections = (int)c->webhook.max_connections,
	                                   .max_connections_per_address = (int)c->webhook.max_connections_per_address};
}

static void release_policy(void *config)
{
	config_unref(config);
}

/* The file behind Redis works by it for a moment after the next one is there. */
static void hold_policy(struct server *s)
{
	struct config *c = config_ref(s->router.config);
	failover_store_set_policy(s->router.failover, &c->policy, (struct policy_owner){release_policy, c});
}

static void swapped(void *arg)
{
	struct server *s = arg;
	struct http_server_limits limits = limits_of(s->router.config);

	http_server_set_limits(s->http, &limits);
	if (s->router.failover)
		hold_policy(s);
}

static void hangup_done(void *arg, bool whole, const struct err *err)
{
	struct server *s = arg;
	int64_t now = loop_mono_ms(), rest = RELOAD_REST_FACTOR * (now - s->reload_began);

	(void)whole, (void)err; /* reload.c has logged it */
	s->reload_rest_until = now + (rest > RELOAD_REST_MS ? rest : RELOAD_REST_MS);
}

static void reload_asked(void *arg)
{
	struct server *s = arg;

	s->reload_began = loop_mono_ms();
	s->reload_rest_until = INT64_MAX;
	reloads_ask(s->reloads, hangup_done, s);
}

/* Signals that come while one is built, or the last one rests, are one reload afterwards, which reads what is there then. */
static void on_hangup(void *arg)
{
	struct server *s = arg;
	int64_t now = loop_mono_ms();

	if (!loop_timer_running(s->reload))
		loop_timer_set(s->reload, reloads_busy(s->reloads) ? RELOAD_REST_MS : s->reload_rest_until - now);
}

/* ---- the end ---- */

static bool idle(const struct server *s)
{
	return s->dispatcher_drained && http_server_pending(s->http) == 0 && intake_pending(s->router.intake) == 0 &&
	       transactions_pending(s->router.transactions) == 0 && behind_store_pending(s->router.behind) == 0;
}

static void note_dispatcher_drained(void *arg)
{
	struct server *s = arg;
	s->dispatcher_drained = true;
}

static void look_whether_drained(void *arg)
{
	struct server *s = arg;

	if (loop_mono_ms() >= s->drain_until - DRAIN_SETTLE_MS)
		dispatcher_cut(s->router.dispatcher);
	if (!idle(s) && loop_mono_ms() < s->drain_until) {
		behind_store_flush(s->router.behind);
		loop_timer_set(s->drain, DRAIN_LOOK_MS);
		return;
	}
	if (!idle(s))
		LOG(LOG_WARN, "Not everything in hand is finished; what is unfinished was never answered or is on record",
		    LOG_I("webhooks", (int64_t)intake_pending(s->router.intake)),
		    LOG_I("changes", (int64_t)transactions_pending(s->router.transactions)));
	loop_stop(s->router.loop);
}

static void on_terminate(void *arg)
{
	struct server *s = arg;

	if (s->router.draining) {
		loop_stop(s->router.loop);
		return;
	}
	LOG(LOG_INFO, "Stopping: finishing what is in hand");
	s->router.draining = true;
	s->drain_until = loop_mono_ms() + SERVER_DRAIN_MS;
	http_server_stop_accepting(s->http);
	timers_drain(s->router.timers);
	dispatcher_drain(s->router.dispatcher, note_dispatcher_drained, s);
	loop_timer_set(s->drain, 0);
}

/* ---- wiring ---- */

static bool load_first_config(struct server *s, bool strict)
{
	AUTOERR struct err err = ERR_INIT;

	s->router.config = reload_first(&s->config, strict, &err, &s->fell_back);
	if (!s->router.config) {
		log_config_lines(LOG_ERROR, "The configuration cannot be loaded", &err);
		return false;
	}
	use_time_zone(s->router.config);
	return true;
}

static void store_changed(void *arg)
{
	struct server *s = arg;
	struct store_health h = s->router.store->ops->health(s->router.store);

	if (h.up == s->store_up)
		return;
	s->store_up = h.up;
	LOG(h.up ? LOG_INFO : LOG_WARN, h.up ? "The store is up" : "The store is down", LOG_S("store", h.name),
	    LOG_S("why", h.why));
}

static bool open_store(struct server *s, bool strict)
{
	AUTOERR struct err err = ERR_INIT;

	s->router.store =
		server_store_open(s->router.loop, s->router.config, strict, &s->router.failover, s->router.node, &err);
	if (s->router.failover)
		hold_policy(s);
	if (s->router.store) {
		s->router.store = s->router.behind = behind_store_open(s->router.loop, s->router.store);
		s->store_up = s->router.store->ops->health(s->router.store).up;
		s->router.store->ops->on_change(s->router.store, store_changed, s);
	} else {
		log_config_lines(LOG_ERROR, "The store cannot be opened", &err);
	}
	return s->router.store != NULL;
}

static bool open_journal(struct server *s, bool strict)
{
	const struct config *c = s->router.config;
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *path = mem_str(c->journal.path);

	if (!c->journal.path.n)
		return true;
	bool fit = journal_prepare(path, &err);
	if (!fit && !strict)
		log_config_lines(LOG_WARN,
		                 "The decision journal cannot be written: lines are lost until it can, and no page is", &err);
	if (fit || !strict)
		s->router.journal = journal_open(path, c->journal.retention, &err);
	if (!s->router.journal)
		log_config_lines(LOG_ERROR, "The journal cannot be opened", &err);
	return s->router.journal != NULL;
}

static void start_services(struct server *s)
{
	struct router *r = &s->router;
	struct str build[] = {STR(RUNBOOKD_VERSION), STR(RUNBOOKD_REVISION)};

	router_touch_metrics(r);
	reload_metrics(r, !s->fell_back);
	metrics_set(r->metrics, METRIC_BUILD_INFO, build, 1);
	r->ack_links = ack_links_new(r);
	r->callbacks = callbacks_new(r);
	r->transactions = transactions_new(r);
	repeats_listen(r);
	r->dispatcher = dispatcher_new(r);
	r->alertmanagers = alertmanagers_new(r);
	r->silencings = silencings_new();
	r->timers = timers_new(r);
	r->intake = intake_new(r);
	r->heartbeat = heartbeat_new(r);
	r->calendars = calendars_new(r);
	r->shadow = shadow_rules_new(r);
	r->budgets = budgets_new(r);
	r->board = board_new(r);
}

/* What stands in --web.config.file; false when it cannot be used, which has been logged. */
static bool load_web(struct server *s, const char *file)
{
	AUTOERR struct err err = ERR_INIT;

	s->web = web_new(file, &err);
	if (s->web && web_current(s->web)->tls)
		s->tls = http_tls_new(&web_current(s->web)->tls_options, &err);
	if (s->tls)
		web_set_tls(s->web, s->tls);
	log_config_lines(LOG_ERROR, "The web configuration cannot be loaded", &err);
	return !err_any(&err);
}

static bool listen_on(struct server *s, const struct server_options *options)
{
	AUTOERR struct err err = ERR_INIT;
	const struct http_server_hooks hooks = {
		.handle = api_handle, .arg = &s->api, .admit = api_admit, .words = api_refusal_words, .refused = api_refused};
	const struct http_server_limits limits = limits_of(s->router.config);

	s->http = http_server_new(s->router.loop, &limits, &hooks);
	s->api = (struct api){.web = s->web,
	                      .passwords = s->passwords,
	                      .router = &s->router,
	                      .http = s->http,
	                      .readers = readers_new(s->router.loop),
	                      .background = background_new(s->router.loop),
	                      .started_mono = loop_mono_ms(),
	                      .reloads = s->reloads};
	s->api.events = api_events_new(&s->api);
	s->api.findings = findings_new(s->api.background);
	s->api.curves = noise_curves_new(&s->router);
	http_server_set_tls(s->http, s->tls);
	api_touch_refusals(&s->api);
	api_touch_ack_links(&s->api);
	for (size_t i = 0; i < options->listen_count; i++) {
		char bound[HTTP_BOUND_MAX];
		if (http_server_listen(s->http, options->listen[i], bound, &err))
			LOG(LOG_INFO, "Listening on", LOG_S("address", bound));
	}
	log_config_lines(LOG_ERROR, "Cannot listen", &err);
	return !err_any(&err);
}

/* As many descriptors as we may have: connections are bounded by webhook.max_connections. */
static void raise_descriptors(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

/* It would hold passwords and keys. The hard limit stays: `prlimit --core=unlimited` on the running program asks for one. */
static void forgo_core_dump(void)
{
	struct rlimit core;

	if (getrlimit(RLIMIT_CORE, &core) == 0) {
		core.rlim_cur = 0;
		setrlimit(RLIMIT_CORE, &core);
	}
}

static void on_signals(struct server *s)
{
	loop_on_signal(s->router.loop, SIGHUP, on_hangup, s);
	loop_on_signal(s->router.loop, SIGTERM, on_terminate, s);
	loop_on_signal(s->router.loop, SIGINT, on_terminate, s);
}

static bool start_server(struct server *s, const struct server_options *options)
{
	struct router *r = &s->router;

	if (options->landlock)
		confinement_prepare();

	umask(077);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file that may not grow any more (ulimit -f): the write says so */
	raise_descriptors();
	forgo_core_dump();
	r->loop = loop_new();
	s->drain = loop_timer_new(r->loop, look_whether_drained, s);
	s->reload = loop_timer_new(r->loop, reload_asked, s);
	r->metrics = metrics_new("runbookd_", router_metrics, ROUTER_METRICS);
	if (!load_web(s, options->web_config_file) || !load_first_config(s, options->strict))
		return false;
	if (options->landlock)
		server_confine(r->config, s->config.file, options);
	s->passwords = passwords_new(r->loop);
	if (!open_journal(s, options->strict) || !open_store(s, options->strict))
		return false;
	r->client = http_client_new(r->loop, "runbookd/" RUNBOOKD_VERSION);
	start_services(s);
	s->reloads = reloads_new(r, &s->config, swapped, s);
	s->memory = server_memory_new(r->loop);
	on_signals(s);
	journal_life(r, "started");
	return listen_on(s, options);
}

static void stop_loop(void *loop)
{
	loop_stop(loop);
}

/* What the store has put off to the loop's next turn as it went, its own end among it. */
static void turn_loop_once(struct loop *l)
{
	loop_defer(l, stop_loop, l);
	loop_run(l);
}

/* What still uses the store goes before it. */
static void free_store_users(struct router *r)
{
	heartbeat_free(r->heartbeat);
	intake_free(r->intake);
	shadow_rules_free(r->shadow);
	budgets_free(r->budgets);
	r->budgets = NULL; /* what settles yet spends none */
	timers_free(r->timers);
	dispatcher_free(r->dispatcher);
	transactions_free(r->transactions);
	board_free(r->board);
}

/* Those who wait go before what they wait for; the store calls back what is pending when it goes. */
static void finish_server(struct server *s)
{
	struct router *r = &s->router;

	api_events_free(s->api.events);
	http_server_free(s->http);
	calendars_free(r->calendars);
	silencings_stop(r->silencings);
	alertmanagers_free(r->alertmanagers);
	r->alertmanagers = NULL;
	reloads_stop(s->reloads);
	passwords_stop(s->passwords);
	background_stop(s->api.background);
	noise_curves_stop(s->api.curves);
	ack_links_free(r->ack_links);
	readers_stop(s->api.readers);
	http_tls_free(s->tls);
	web_free(s->web);
	free_store_users(r);
	if (r->store) {
		r->store->ops->close(r->store);
		turn_loop_once(r->loop);
	}
	passwords_free(s->passwords);
	background_free(s->api.background);
	findings_free(s->api.findings);
	noise_curves_free(s->api.curves);
	readers_free(s->api.readers);
	reloads_free(s->reloads);
	callbacks_free(r->callbacks);
	silencings_free(r->silencings);
	http_client_free(r->client);
	journal_life(r, "stopped");
	journal_close(r->journal);
	metrics_free(r->metrics);
	config_unref(r->config);
	server_memory_free(s->memory);
	loop_timer_free(s->drain);
	loop_timer_free(s->reload);
	loop_free(r->loop);
}

int server_run(const struct server_options *options)
{
	AUTOFREE char *own_url = external_url_guess(options->listen_count ? options->listen[0] : "");
	struct server s = {.config = {.file = options->config_file,
	                              .external_url = options->external_url,
	                              .external_url_default = own_url}};
	bool started = start_server(&s, options);

	if (started)
		loop_run(s.router.loop);
	finish_server(&s);
	if (started)
		LOG(LOG_INFO, "Stopped");
	return started ? 0 : 1;
}
