/* Loads a configuration beside the one in force, and swaps them when it is whole. */
#include "service/reload.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "service/ack_links.h"
#include "service/calendars.h"
#include "service/dispatcher.h"
#include "service/heartbeat.h"
#include "service/timers.h"

/* ---- where the snapshot is ---- */

static struct str folder_of_config(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return STR(".");
	return slash == file ? STR("/") : (struct str){file, (size_t)(slash - file)};
}

/* Beside the data of several configurations of one name, each keeps its own. */
static char *in_state_folder(const char *folder, const char *config_file, const char *name)
{
	AUTOFREE char *whole = realpath(config_file, NULL);
	char digest[HASH_HEX_MAX];

	hash_sha256(str_c(whole ? whole : config_file), digest);
	mkdir(folder, 0700); /* where it cannot be made, saving says so */
	return mem_printf("%s/%s-%.8s.last-good", folder, name, digest);
}

char *reload_snapshot_path(const char *config_file)
{
	struct str folder = folder_of_config(config_file);
	AUTOFREE char *beside = mem_str(folder);
	const char *slash = strrchr(config_file, '/');
	const char *name = slash ? slash + 1 : config_file;
	const char *state = getenv("STATE_DIRECTORY"), *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (access(beside, W_OK) == 0)
		return mem_printf("%s/.%s.last-good", beside, name);
	if (state && *state)
		return in_state_folder(state, config_file, name);
	AUTOFREE char *own = xdg && *xdg ? mem_printf("%s/runbookd", xdg)
	                     : home      ? mem_printf("%s/.local/state/runbookd", home)
	                                 : mem_strdup(beside);
	return in_state_folder(own, config_file, name);
}

/* ---- loading ---- */

static void log_error_lines(enum log_level level, const char *msg, const struct err *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		LOG(level, msg, LOG_S("line", lines->lines[i]));
}

static void save(const struct config_files *files, const char *config_file)
{
	AUTOFREE char *path = reload_snapshot_path(config_file);
	AUTOERR struct err err = ERR_INIT;

	if (!config_files_save(files, path, &err))
		LOG(LOG_WARN, "The configuration could not be kept as the last good one", LOG_S("snapshot", path),
		    LOG_S("error", err_first(&err)));
}

/* `running` is what rule_files_isolation falls back to; without one, at start, the last good set is. */
static struct config *load_from_disk(const struct config_options *options, const struct config *running, bool isolate,
                                     struct err *err)
{
	AUTOFREE char *path = reload_snapshot_path(options->file);
	struct config_files *files = config_files_disk();
	AUTOERR struct err warnings = ERR_INIT, no_snapshot = ERR_INIT;
	struct config_files *last_good = running || !isolate ? NULL : config_files_snapshot(path, &no_snapshot);
	struct config_options how = *options;
	how.isolate = isolate;
	how.running = running;
	how.last_good = last_good;
	struct config *c = config_load(&how, files, err, &warnings);

	log_error_lines(LOG_WARN, "Configuration warning", &warnings);
	if (c)
		save(files, options->file);
	config_files_free(last_good);
	config_files_free(files);
	return c;
}

static struct config *load_from_snapshot(const struct config_options *options, struct err *err)
{
	AUTOFREE char *path = reload_snapshot_path(options->file);
	struct config_files *files = config_files_snapshot(path, err);
	AUTOERR struct err warnings = ERR_INIT;
	struct config_options how = *options;

	if (!files)
		return NULL;
	how.isolate = true; /* it may lack a file that was left out */
	struct config *c = config_load(&how, files, err, &warnings);
	config_files_free(files);
	return c;
}

struct config *reload_first(const struct config_options *options, bool strict, struct err *err, bool *fell_back)
{
	AUTOERR struct err why = ERR_INIT, why_not_last = ERR_INIT;
	struct config *c = load_from_disk(options, NULL, !strict, &why);

	*fell_back = c && err_any(&c->isolated);
	if (c) {
		log_error_lines(LOG_ERROR, "Rule file error", &c->isolated);
		return c;
	}
	if (!strict)
		c = load_from_snapshot(options, &why_not_last);
	if (!c) {
		err_move(err, &why);
		return NULL;
	}
	*fell_back = true;
	log_error_lines(LOG_ERROR, "Configuration error", &why);
	LOG(LOG_ERROR, "The configuration is not valid: starting with the last good one", LOG_S("file", options->file),
	    LOG_S("config_hash", c->hash));
	return c;
}

/* ---- swapping ---- */

void reload_metrics(struct router *r, bool success)
{
	metrics_set(r->metrics, METRIC_CONFIG_SUCCESSFUL, NULL, success ? 1 : 0);
	if (success)
		metrics_set(r->metrics, METRIC_CONFIG_SUCCESS_TIME, NULL, (double)loop_wall_ms() / 1000.0);
	metrics_set(r->metrics, METRIC_CONFIG_HASH, NULL, r->config->hash_number);
}

/* What is built once, at start. */
static void warn_needs_restart(const struct config *a, const struct config *b)
{
	const struct {
		const char *what;
		bool same;
	} rows[] = {
		{"store.sqlite.path", str_eq(a->store.sqlite_path, b->store.sqlite_path)},
		{"store.redis",
	     a->store.redis.given == b->store.redis.given && str_eq(a->store.redis.address, b->store.redis.address) &&
	         str_eq(a->store.redis.username, b->store.redis.username) &&
	         str_eq(a->store.redis.password, b->store.redis.password) &&
	         str_eq(a->store.redis.password_file, b->store.redis.password_file) &&
	         str_eq(a->store.redis.prefix, b->store.redis.prefix) && a->store.redis.db == b->store.redis.db &&
	         a->store.redis.timeout_ms == b->store.redis.timeout_ms},
		{"store.on_redis_failure", a->store.reject_on_redis_failure == b->store.reject_on_redis_failure},
		{"journal", str_eq(a->journal.path, b->journal.path) && a->journal.retention == b->journal.retention},
		{"time_zone", str_eq(a->time_zone, b->time_zone)},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!rows[i].same)
			LOG(LOG_WARN, "A changed setting counts only after a restart", LOG_S("setting", rows[i].what));
	}
}

static void swap(struct router *r, struct config *fresh)
{
	struct config *old = r->config;

	r->config = fresh;
	r->configured_at = r->attentive_at;
	warn_needs_restart(old, fresh);
	if (r->timers)
		timers_reconfigure(r->timers);
	if (r->dispatcher)
		dispatcher_reconfigure(r->dispatcher);
	timers_reconfigure(r->timers);
	if (r->heartbeat)
		heartbeat_reconfigure(r->heartbeat);
	if (r->calendars)
		calendars_reconfigure(r->calendars);
	ack_links_reconfigure(r->ack_links);
	router_touch_metrics(r);
	config_unref(old);
}

/* Other files than those with errors are in force: that is no success either. */
static bool report_isolated(const struct config *c, const char *file, struct err *err)
{
	if (!err_any(&c->isolated))
		return true;
	LOG(LOG_ERROR, "Rule files with errors are not in force as they are written, all others are", LOG_S("file", file),
	    LOG_S("error", err_first(&c->isolated)), LOG_I("errors", (int64_t)(c->isolated.count + c->isolated.more)));
	for (size_t i = 0; i < c->isolated.count; i++)
		err_add(err, "%s", c->isolated.lines[i]);
	err_add(err, "%s: error: all other files are in force as they are written", file);
	return false;
}

struct config *reload_build(const struct config_options *options, const struct config *running, struct err *why)
{
	return load_from_disk(options, running, true, why);
}

bool reload_take(struct router *r, const struct config_options *options, struct config *fresh, struct err *why,
                 struct err *err)
{
	if (!fresh) {
		LOG(LOG_ERROR, "The configuration was not loaded, the old one stays in force", LOG_S("file", options->file),
		    LOG_S("error", err_first(why)), LOG_I("errors", (int64_t)(why->count + why->more)));
		err_move(err, why);
		reload_metrics(r, false);
		return false;
	}
	swap(r, fresh);
	bool whole = report_isolated(fresh, options->file, err);
	reload_metrics(r, whole);
	LOG(LOG_INFO, "Configuration loaded", LOG_S("file", options->file), LOG_S("config_hash", fresh->hash));
	return whole;
}

bool reload_now(struct router *r, const struct config_options *options, struct err *err)
{
	AUTOERR struct err why = ERR_INIT;
	struct config *fresh = reload_build(options, r->config, &why);

	return reload_take(r, options, fresh, &why, err);
}
