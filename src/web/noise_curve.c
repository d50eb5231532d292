/* Replays on a thread (page_noise.c asks): the configuration stays as long, and the daemon's own log hears nothing of it. */
#include "web/noise_curve.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/time.h"
#include "service/background.h"

#define VALUES "page_after=0s,1m,2m,5m,15m,30m"
#define NICE 10 /* it has time, the loop has none */

static const int64_t periods[] = {7 * TIME_DAY, TIME_DAY};
#define PERIODS (sizeof periods / sizeof *periods)

/* One curve: made on the thread, then kept by the loop. */
struct curve_made {
	struct noise_curves *of;
	struct config *config; /* a reference */
	struct config seen;    /* its copy: what counts references is the loop's */
	struct arena *arena;
	struct sweep sweep;
	struct noise_curve said;
	struct err err;
};

struct noise_curves {
	struct router *router;
	struct background *background;
	struct curve_made *kept; /* NULL: none */
	bool at_work;
	atomic_bool stop;
};

struct noise_curves *noise_curves_new(struct router *r)
{
	struct noise_curves *n = mem_zero(sizeof *n);

	n->router = r;
	n->background = background_new(r->loop);
	return n;
}

static void free_made(struct curve_made *m)
{
	if (!m)
		return;
	sweep_release(&m->sweep);
	err_release(&m->err);
	config_unref(m->config);
	arena_free(m->arena);
	mem_cleanup(&m);
}

void noise_curves_stop(struct noise_curves *n)
{
	if (!n)
		return;
	atomic_store(&n->stop, true);
	background_stop(n->background);
}

void noise_curves_free(struct noise_curves *n)
{
	if (!n)
		return;
	noise_curves_stop(n);
	background_free(n->background);
	free_made(n->kept);
	mem_cleanup(&n);
}

/* ---- on the thread ---- */

static bool go_on(void *arg, const struct history_figures *f)
{
	struct curve_made *m = arg;

	m->said.alerts = f->alerts;
	m->said.cut = f->alerts >= NOISE_CURVE_ALERTS_MAX;
	return !m->said.cut;
}

/* False: lines in the curve's `err`. */
static bool replay_since(struct curve_made *m, int64_t since)
{
	struct history *h = history_new(&m->seen);
	struct variant *now = variant_new(&m->seen, m->seen.ruleset, NULL);
	struct backtest b = {.config = &m->seen, .history = h, .variants = &now, .count = 1, .threads = 1};

	b.progress = go_on;
	b.arg = m;
	b.stop = &m->of->stop;
	history_since(h, since);
	sweep_release(&m->sweep);
	const char *folder = arena_cstr(m->arena, m->seen.journal.path);
	bool good = history_add(h, folder, &m->err) && sweep_run(&m->sweep, &b, &m->err);
	m->said.pages = variant_page_count(now);
	m->said.nights = variant_nights(now);
	m->said.since = b.since;
	m->said.until = b.until;
	variant_free(now);
	history_free(h);
	return good;
}

static void curve_run(void *arg)
{
	struct curve_made *m = arg;

	setpriority(PRIO_PROCESS, 0, NICE); /* of this thread; where that is not allowed it is as it was */
	log_hush(true);
	m->sweep.ruleset = m->seen.ruleset;
	bool good = sweep_parse(m->arena, &m->sweep, STR(VALUES), &m->err);
	for (size_t i = 0; good && i < PERIODS; i++) {
		good = replay_since(m, m->said.made_at - periods[i]);
		if (!m->said.cut || atomic_load(&m->of->stop))
			break;
	}
	log_hush(false);
}

/* ---- on the loop ---- */

/* Once for each reason: the page asks again and again. */
static void log_curve_error(const struct noise_curves *n, const struct noise_curve *now)
{
	const char *before = n->kept ? n->kept->said.error : "";

	if (*now->error && strcmp(before, now->error) != 0)
		LOG(LOG_WARN, "The journal cannot be replayed for the page of noise", LOG_S("error", now->error));
}

static void curve_done(void *arg, bool ran)
{
	struct curve_made *m = arg;
	struct noise_curves *n = m->of;

	n->at_work = false;
	if (!ran) {
		free_made(m);
		return;
	}
	m->said.error = err_first(&m->err);
	log_curve_error(n, &m->said);
	free_made(n->kept);
	n->kept = m;
}

static void make_curve(struct noise_curves *n, int64_t now)
{
	struct curve_made *m = mem_zero(sizeof *m);

	*m = (struct curve_made){.of = n, .config = config_ref(n->router->config), .arena = arena_new(), .err = ERR_INIT};
	m->seen = *m->config;
	m->said = (struct noise_curve){.sweep = &m->sweep, .made_at = now};
	n->at_work = true;
	if (!background_do(n->background, curve_run, curve_done, m))
		curve_done(m, false);
}

/* What told nothing is looked at again: the first lines may be on their way to the journal. */
static bool is_curve_old(const struct noise_curve *c, int64_t now)
{
	return !c->alerts || *c->error || now - c->made_at >= NOISE_CURVE_KEPT;
}

bool noise_curves_look(struct noise_curves *n, int64_t now, const struct noise_curve **out)
{
	const struct config *config = n->router->config;
	bool fits = n->kept && strcmp(n->kept->seen.hash, config->hash) == 0;

	*out = fits ? &n->kept->said : NULL;
	if (!n->router->journal)
		return false;
	if ((!fits || is_curve_old(*out, now)) && !n->at_work)
		make_curve(n, now);
	return true;
}
