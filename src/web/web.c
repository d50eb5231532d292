/* The web configuration in force: read when it has changed, as Prometheus does. */
#include "web/web.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/loop.h"

#define LOOK_EVERY_MS 1000

struct web {
	char *file; /* NULL: no such file was given */
	struct web_config *config;
	struct web_config *former; /* kept until the next one: its headers may be in use by replies of this turn */
	struct timespec changed;
	off_t size;
	ino_t ino;
	int64_t looked_at;
	struct http_tls *tls; /* follows the file; NULL: plain HTTP */
	bool refused;         /* the file was read and not taken; it is said once, though it is tried again */
};

static bool file_changed(struct web *w)
{
	struct stat st;

	if (stat(w->file, &st) != 0)
		return false; /* between two renames; what is in force stays */
	bool changed = st.st_ino != w->ino || st.st_size != w->size || st.st_ctim.tv_sec != w->changed.tv_sec ||
	               st.st_ctim.tv_nsec != w->changed.tv_nsec;
	w->ino = st.st_ino;
	w->size = st.st_size;
	w->changed = st.st_ctim;
	return changed;
}

static void log_web_lines(enum log_level level, const char *msg, const struct err *err)
{
	for (size_t i = 0; i < err->count; i++)
		LOG(level, msg, LOG_S("line", err->lines[i]));
}

struct web *web_new(const char *file, struct err *err)
{
	AUTOERR struct err warnings = ERR_INIT;
	struct web *w = mem_zero(sizeof *w);

	if (!file)
		return w;
	w->file = mem_strdup(file);
	file_changed(w);
	w->config = web_config_load(file, err, &warnings);
	log_web_lines(LOG_WARN, "Web configuration warning", &warnings);
	if (w->config)
		return w;
	web_free(w);
	return NULL;
}

void web_free(struct web *w)
{
	if (!w)
		return;
	web_config_free(w->config);
	web_config_free(w->former);
	free(w->file);
	free(w);
}

static bool take_tls(struct web *w, const struct web_config *fresh, struct err *err)
{
	if (!w->tls || !fresh->tls || http_tls_change(w->tls, &fresh->tls_options, err))
		return true;
	w->ino = 0; /* looked at again: the certificates that it names may be on their way */
	return false;
}

/* NULL: what is wrong has been logged, once. */
static struct web_config *read_fresh(struct web *w)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	struct web_config *fresh = web_config_load(w->file, &err, &warnings);

	if (fresh && !take_tls(w, fresh, &err)) {
		web_config_free(fresh);
		fresh = NULL;
	}
	if (!w->refused)
		log_web_lines(LOG_ERROR, "The web configuration was not loaded, the old one stays in force", &err);
	w->refused = !fresh;
	return fresh;
}

static void read_web_anew(struct web *w)
{
	struct web_config *fresh = read_fresh(w);

	if (!fresh)
		return;
	if (fresh->tls != (w->tls != NULL))
		LOG(LOG_WARN, "A changed setting counts only after a restart", LOG_S("setting", "tls_server_config"));
	web_config_free(w->former);
	w->former = w->config;
	w->config = fresh;
	LOG(LOG_INFO, "Web configuration loaded", LOG_S("file", w->file), LOG_I("users", (int64_t)fresh->user_count));
}

const struct web_config *web_current(struct web *w)
{
	static const struct web_config none = {0};
	int64_t now = loop_mono_ms();

	if (!w->file)
		return &none;
	if (now - w->looked_at >= LOOK_EVERY_MS) {
		w->looked_at = now;
		if (file_changed(w))
			read_web_anew(w);
	}
	return w->config;
}

static void look_at_file(void *arg)
{
	(void)web_current(arg);
}

void web_set_tls(struct web *w, struct http_tls *tls)
{
	w->tls = tls;
	http_tls_before_connection(tls, look_at_file, w);
}
