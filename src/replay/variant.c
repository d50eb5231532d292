/* One variant of a backtest: a router, and what it sent. */
#include "variant.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "config/config.h"
#include "incident/message.h"

static const char *const field_names[PAGE_FIELDS] = {"alertname", "rule", "owner", "severity", "receiver", "hour"};

const char *page_field_name(enum page_field f)
{
	return field_names[f];
}

/* ---- life ---- */

static void note_told(void *arg, const struct replay_told *told);

struct variant *variant_new(const struct config *c, struct ruleset *ruleset, const struct plan_override *override)
{
	struct variant *v = mem_zero(sizeof *v);

	v->config = c;
	v->ruleset = ruleset;
	v->override = override;
	v->arena = arena_new();
	v->texts = map_new();
	v->open = map_new();
	v->keys = map_new();
	for (int f = 0; f < PAGE_FIELDS; f++)
		v->by[f] = map_new();
	v->fidelity.examples = json_array();
	return v;
}

void variant_begin(struct variant *v, int64_t at)
{
	const struct replay_watch watch = {.told = note_told, .arg = v, .stop = v->stop};

	v->replay = replay_new(v->config, v->ruleset, at, &watch);
}

void variant_free(struct variant *v)
{
	if (!v)
		return;
	replay_free(v->replay);
	map_free(v->texts);
	map_free(v->open);
	map_free_with(v->keys, free);
	for (int f = 0; f < PAGE_FIELDS; f++)
		map_free_with(v->by[f], free);
	json_decref(v->fidelity.examples);
	free(v->pages);
	arena_free(v->arena);
	free(v);
}

/* ---- what was told ---- */

/* The same few names on many pages. */
static struct str intern_text(struct variant *v, struct str s)
{
	struct str *known = map_get(v->texts, s);

	if (known)
		return *known;
	known = arena_alloc(v->arena, sizeof *known);
	*known = arena_str(v->arena, s);
	map_set(v->texts, s, known);
	return *known;
}

/* Of one that is gone nobody knows what it was. */
static bool wakes(const struct config_receiver *r)
{
	return !r || r->use == RECEIVER_PAGE;
}

/* The member that began last is the one that it was sent for; of several the first by name. */
static const struct incident_sample *newest(const struct incident *inc)
{
	const struct incident_sample *found = NULL;

	for (size_t i = 0; i < inc->sample_count; i++) {
		const struct incident_sample *s = &inc->sample[i];
		if (!incident_sample_fires(inc, s))
			continue;
		if (!found || s->starts_at > found->starts_at ||
		    (s->starts_at == found->starts_at && str_cmp(s->fingerprint, found->fingerprint) < 0))
			found = s;
	}
	return found;
}

static void count_name(struct variant *v, enum page_field f, struct str name, bool night)
{
	struct page_count *n = map_get(v->by[f], name);

	if (!n) {
		n = mem_zero(sizeof *n);
		map_set(v->by[f], name, n);
	}
	n->pages++;
	n->nights += night;
}

static void fill_page(struct variant *v, struct backtest_page *p, const struct replay_told *told,
                      const struct config_receiver *receiver)
{
	const struct incident *inc = told->inc;
	const struct zone *zone = receiver ? receiver->zone : v->config->zone;
	const struct incident_sample *s = newest(inc);
	AUTOARENA struct arena *scratch = arena_new();
	char hour[16];

	snprintf(hour, sizeof hour, "%02d", zone_clock(zone, told->at).hour);
	const struct str by[PAGE_FIELDS] = {
		[BY_ALERTNAME] = inc->alertname,    [BY_RULE] = inc->rule,          [BY_OWNER] = inc->owner,
		[BY_SEVERITY] = inc->severity.name, [BY_RECEIVER] = told->receiver, [BY_HOUR] = str_c(hour),
	};
	*p = (struct backtest_page){.at = told->at,
	                            .night = config_is_night(v->config, receiver, told->at),
	                            .afterwards = v->afterwards,
	                            .lasted = -1};
	for (int f = 0; f < PAGE_FIELDS; f++)
		p->by[f] = intern_text(v, by[f]);
	p->labels = intern_text(v, labels_format(scratch, s ? &s->labels : &inc->labels));
	p->alert = str_fnv1a(s ? s->fingerprint : str_c(inc->key), str_fnv1a(inc->source, STR_FNV_SEED));
	p->who = str_fnv1a(told->target, str_fnv1a(told->receiver, p->alert));
}

static struct str open_name(struct arena *arena, const struct replay_told *told)
{
	return str_c(arena_printf(arena, "%s %llu %.*s %.*s", told->inc->key,
	                          (unsigned long long)told->attempt.want.generation, STR_ARG(told->receiver),
	                          STR_ARG(told->target)));
}

static void count_page(struct variant *v, const struct backtest_page *page)
{
	v->all.pages++;
	v->all.nights += page->night;
	for (int f = 0; f < PAGE_FIELDS; f++)
		count_name(v, (enum page_field)f, page->by[f], page->night);
}

static void add_variant_page(struct variant *v, const struct replay_told *told, const struct config_receiver *receiver)
{
	struct backtest_page page;
	AUTOARENA struct arena *scratch = arena_new();

	fill_page(v, &page, told, receiver);
	if (!page.afterwards)
		count_page(v, &page);
	if (v->kept == BACKTEST_PAGES_MAX)
		return;
	MEM_ROOM(v->pages, v->kept, v->room);
	v->pages[v->kept++] = page;
	map_set(v->open, open_name(scratch, told), (void *)(uintptr_t)v->kept); /* its place, and one */
}

static void end_page(struct variant *v, const struct replay_told *told)
{
	AUTOARENA struct arena *scratch = arena_new();
	uintptr_t place = (uintptr_t)map_remove(v->open, open_name(scratch, told));

	if (place && !v->afterwards)
		v->pages[place - 1].lasted = told->at - v->pages[place - 1].at;
}

static void acknowledge_page(struct variant *v, const struct replay_told *told)
{
	AUTOARENA struct arena *scratch = arena_new();
	uintptr_t place = (uintptr_t)map_get(v->open, open_name(scratch, told));

	if (place)
		v->pages[place - 1].acknowledged = true;
}

static void note_told(void *arg, const struct replay_told *told)
{
	struct variant *v = arg;
	const struct config_receiver *receiver = config_receiver(v->config, told->receiver);

	if (!wakes(receiver))
		return;
	switch (told->attempt.want.verb) {
	case WANT_NOTHING:
	case WANT_UPDATE: return; /* wakes nobody */
	case WANT_TRIGGER:
		if (!told->attempt.update)
			add_variant_page(v, told, receiver);
		else
			v->reminders += !v->afterwards;
		return;
	case WANT_ACKNOWLEDGE: acknowledge_page(v, told); return;
	case WANT_RESOLVE:
	case WANT_ECHO: end_page(v, told); return;
	}
}

/* ---- what happened ---- */

static void note_different(struct variant *v, const struct history_event *e, size_t i, const struct intake_decided *now)
{
	AUTOARENA struct arena *scratch = arena_new();
	const struct alert *a = &e->hook.alerts[i];

	if (json_array_size(v->fidelity.examples) >= BACKTEST_EXAMPLES)
		return;
	json_array_append_new(v->fidelity.examples,
	                      json_pack("{s:o, s:o, s:s, s:s, s:s, s:s}", "at", view_time(e->at), "labels",
	                                view_text(labels_format(scratch, &a->labels)), "verdict",
	                                verdict_name(e->said[i].verdict), "reason", reason_name(e->said[i].reason),
	                                "now_verdict", verdict_name(now->verdict), "now_reason", reason_name(now->reason)));
}

/* What people did is recorded by the key that the incident had then: which one it is here is known by its alerts. */
static void learn_key(struct variant *v, struct str then, struct str now)
{
	char *known = map_get(v->keys, then);

	if (!then.n || (known && str_eq_c(now, known)))
		return;
	free(map_set(v->keys, then, mem_str(now)));
}

/* The alerts of a body are of one incident, most often. */
static bool keys_as_before(const struct history_event *e, const struct intake_decided *now, size_t i)
{
	return i && str_eq(e->said[i].key, e->said[i - 1].key) && str_eq(now[i].key, now[i - 1].key);
}

static void compare_decisions(struct variant *v, const struct history_event *e, const struct intake_decided *now)
{
	for (size_t i = 0; i < e->hook.count; i++) {
		const struct intake_decided *said = &e->said[i];
		if (!keys_as_before(e, now, i))
			learn_key(v, said->key, now[i].key);
		if (said->verdict == VERDICTS || said->reason == REASONS)
			continue;
		bool same = said->verdict == now[i].verdict && said->reason == now[i].reason;
		v->fidelity.same += same;
		v->fidelity.different += !same;
		if (!same)
			note_different(v, e, i, &now[i]);
	}
}

static bool decide_body(struct variant *v, const struct history_event *e, struct plan *const *plans, struct err *err)
{
	const size_t n = e->hook.count;
	AUTOARENA struct arena *scratch = arena_new();
	struct plan *own = v->override ? arena_alloc(scratch, (n + 1) * sizeof *own) : NULL;
	struct plan **list = own ? arena_alloc(scratch, (n + 1) * sizeof *list) : NULL;

	for (size_t i = 0; own && i < n; i++) {
		plan_overridden(plans[i], v->override, &e->hook.alerts[i], &e->hook.group_labels, scratch, &own[i]);
		list[i] = &own[i];
	}
	const struct intake_decided *now = replay_body(v->replay, e->source, &e->hook, own ? list : plans, err);
	if (now && e->said)
		compare_decisions(v, e, now);
	return now != NULL;
}

bool variant_take(struct variant *v, const struct history_event *e, struct plan *const *plans, struct err *err)
{
	const char *key;

	replay_advance(v->replay, e->at);
	switch (e->kind) {
	case HISTORY_BODY: return decide_body(v, e, plans, err);
	case HISTORY_LISTENS: replay_listens(v->replay); return true;
	case HISTORY_COMMAND:
		key = map_get(v->keys, e->key);
		replay_command(v->replay, key ? str_c(key) : e->key, e->command, &e->args);
		return true;
	}
	return true;
}

void variant_end(struct variant *v, int64_t until, int64_t at)
{
	replay_advance(v->replay, until);
	v->afterwards = true;
	replay_advance(v->replay, at);
}

/* ---- figures ---- */

size_t variant_pages(const struct variant *v, const struct backtest_page **out)
{
	*out = v->pages;
	return v->kept;
}

uint64_t variant_page_count(const struct variant *v)
{
	return v->all.pages;
}

uint64_t variant_nights(const struct variant *v)
{
	return v->all.nights;
}

uint64_t variant_reminders(const struct variant *v)
{
	return v->reminders;
}

struct page_count variant_count(const struct variant *v, enum page_field by, struct str name)
{
	const struct page_count *n = map_get(v->by[by], name);
	return n ? *n : (struct page_count){0};
}

const struct backtest_fidelity *variant_fidelity(const struct variant *v)
{
	return &v->fidelity;
}

void variant_names(const struct variant *v, enum page_field by, void (*each)(void *arg, struct str name), void *arg)
{
	size_t i = 0;
	struct str name;
	void *n;

	while (map_next(v->by[by], &i, &name, &n))
		each(arg, name);
}
