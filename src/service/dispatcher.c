/* One outlet for each receiver, and what all of them report. */
#include "service/dispatcher.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "service/census.h"
#include "service/dispatch.h"

static void drained_now(void *arg)
{
	struct dispatcher *d = arg;

	if (d->refs == 1 && d->drained) {
		void (*done)(void *) = d->drained;
		d->drained = NULL;
		done(d->drained_arg);
	}
}

struct dispatcher *dispatcher_new(struct router *r)
{
	struct dispatcher *d = mem_zero(sizeof *d);

	d->r = r;
	d->refs = 1;
	d->outlets = map_new();
	d->drain_timer = loop_timer_new(r->loop, drained_now, d);
	dispatcher_reconfigure(d);
	return d;
}

void dispatcher_unref(struct dispatcher *d)
{
	if (--d->refs) {
		/* Perhaps that was the last one that somebody waits for. */
		if (d->drained)
			loop_timer_set(d->drain_timer, 0);
		return;
	}
	assert(!d->jobs);
	map_free_with(d->outlets, outlet_free);
	loop_timer_free(d->drain_timer);
	free(d->names);
	free(d);
}

void dispatcher_free(struct dispatcher *d)
{
	if (!d)
		return;
	d->closed = true;
	d->drained = NULL;
	jobs_abandon(d);
	size_t i = 0;
	struct str name;
	void *o;
	while (map_next(d->outlets, &i, &name, &o))
		outlet_abandon(o);
	dispatcher_unref(d);
}

void dispatcher_wake(struct dispatcher *d, struct str receiver, int64_t at, int64_t now)
{
	struct outlet *o = map_get(d->outlets, receiver);

	if (o && at)
		outlet_wake(o, at - now);
}

void dispatcher_drain(struct dispatcher *d, void (*done)(void *arg), void *arg)
{
	d->draining = true;
	d->drained = done;
	d->drained_arg = arg;
	loop_timer_set(d->drain_timer, 0);
}

void dispatcher_cut(struct dispatcher *d)
{
	size_t i = 0;
	struct str name;
	void *o;

	while (map_next(d->outlets, &i, &name, &o))
		digest_abandon(o);
	jobs_cut(d);
}

/* ---- configuration ---- */

static void list_names(struct dispatcher *d)
{
	size_t n = 0, i = 0;
	struct str name;
	void *o;

	free(d->names);
	d->names = mem_alloc((map_count(d->outlets) + 1) * sizeof *d->names);
	while (map_next(d->outlets, &i, &name, &o))
		d->names[n++] = ((struct outlet *)o)->name;
}

static void warn_removed(struct outlet *o)
{
	if (o->removed)
		return;
	o->removed = true;
	if (o->owed || o->figures.queue)
		LOG(LOG_WARN,
		    "A receiver was removed that open incidents still owe messages: it works on until they are told; to "
		    "survive a "
		    "restart, keep it with retired: true",
		    LOG_STR("receiver", o->name), LOG_I("queue", (int64_t)o->figures.queue));
}

void dispatcher_reconfigure(struct dispatcher *d)
{
	struct config *c = d->r->config;
	size_t i = 0;
	struct str name;
	void *value;

	d->definitions++;
	for (size_t n = 0; n < c->receiver_count; n++) {
		const struct config_receiver *receiver = &c->receivers[n];
		struct outlet *o = map_get(d->outlets, receiver->name);
		if (!o) {
			o = outlet_new(d, receiver->name);
			map_set(d->outlets, receiver->name, o);
		}
		o->removed = false;
		outlet_define(o, c, receiver);
		outlet_wake(o, 0);
	}
	while (map_next(d->outlets, &i, &name, &value)) {
		if (!config_receiver(c, name))
			warn_removed(value);
	}
	list_names(d);
	if (c->delivery.mode == DELIVERY_OBSERVE)
		LOG(LOG_WARN, "Nothing is sent: delivery.mode is observe", LOG_I("receivers", (int64_t)c->receiver_count));
}

size_t dispatcher_receivers(const struct dispatcher *d, const struct str **names)
{
	*names = d->names;
	return map_count(d->outlets);
}

bool dispatcher_knows(const struct dispatcher *d, struct str receiver)
{
	return map_get(d->outlets, receiver) != NULL;
}

bool dispatcher_redefined(const struct dispatcher *d, struct str receiver)
{
	const struct outlet *o = map_get(d->outlets, receiver);

	return o && o->redefined;
}

uint64_t dispatcher_definitions(const struct dispatcher *d)
{
	return d->definitions;
}

/* ---- figures ---- */

/* In backoff, behind the breaker or behind pacing: it waits since it was first due. */
static int64_t oldest_ms(const struct outlet *o, const struct store_queue *q, int64_t now)
{
	int64_t since = q->oldest_due_at;

	if (!q->due || outlet_observes(o))
		return 0;
	if (o->waits_since && (!since || o->waits_since < since))
		since = o->waits_since;
	return since && since < now ? now - since : 0;
}

void dispatcher_figures(struct dispatcher *d, const struct store_stats *s)
{
	struct metrics *m = d->r->metrics;

	for (size_t i = 0; i < s->queue_count; i++) {
		const struct store_queue *q = &s->queues[i];
		struct outlet *o = map_get(d->outlets, q->receiver);
		if (!o)
			continue;
		o->figures.queue = q->due;
		if (!q->due)
			o->waits_since = 0;
		o->figures.oldest_ms = oldest_ms(o, q, s->now);
		metrics_set(m, METRIC_DELIVERY_QUEUE, &o->name, (double)o->figures.queue);
		metrics_set(m, METRIC_DELIVERY_OLDEST, &o->name, (double)o->figures.oldest_ms / 1000.0);
	}
}

/* Nobody owes it anything any more: the old configuration can go. */
static bool finished(const struct outlet *o)
{
	return o->removed && !o->owed && !o->figures.queue && !o->figures.dead && !o->jobs && !o->claiming;
}

static void forget_outlet(struct outlet *o)
{
	struct metrics *m = o->d->r->metrics;

	metrics_set(m, METRIC_DELIVERY_QUEUE, &o->name, 0);
	metrics_set(m, METRIC_DELIVERY_OLDEST, &o->name, 0);
	map_remove(o->d->outlets, o->name);
	outlet_free(o);
}

/* Those of receivers that no configuration knows are counted too. */
static void count_dead_letters(struct metrics *m, const struct census_figures *f)
{
	size_t i = 0;
	struct str name;
	void *found;

	metrics_clear(m, METRIC_DEAD_LETTERS);
	while (map_next(f->receivers, &i, &name, &found))
		metrics_set(m, METRIC_DEAD_LETTERS, &name, (double)((struct census_receiver *)found)->dead);
}

void dispatcher_census(struct dispatcher *d, const struct census_figures *f)
{
	size_t i = 0;
	struct str name;
	void *value;

	count_dead_letters(d->r->metrics, f);
	while (map_next(d->outlets, &i, &name, &value)) {
		struct outlet *o = value;
		const struct census_receiver *found = map_get(f->receivers, name);
		o->owed = found && found->owed;
		o->figures.dead = found ? found->dead : 0;
		o->waits_since = found ? found->waits_since : 0;
		if (o->redefined <= f->definitions && !f->left_over)
			o->redefined = 0;
		metrics_set(d->r->metrics, METRIC_DEAD_LETTERS, &o->name, (double)o->figures.dead);
		if (finished(o))
			forget_outlet(o);
	}
	list_names(d);
}

static bool is_stuck(const struct outlet *o, int64_t patience_ms)
{
	bool owes = o->figures.queue || o->figures.dead;

	if (o->removed || o->receiver->retired || outlet_observes(o))
		return false;
	return o->figures.oldest_ms >= patience_ms ||
	       (owes && o->failing_since && loop_mono_ms() - o->failing_since >= patience_ms);
}

bool dispatcher_stuck(const struct dispatcher *d, int64_t patience_ms, struct str *name)
{
	size_t i = 0;
	void *o;

	while (map_next(d->outlets, &i, name, &o)) {
		if (is_stuck(o, patience_ms))
			return true;
	}
	return false;
}

bool dispatcher_next(const struct dispatcher *d, size_t *i, struct dispatcher_figure *out)
{
	struct str name;
	void *found;

	if (!map_next(d->outlets, i, &name, &found))
		return false;
	const struct outlet *o = found;
	*out = (struct dispatcher_figure){
		.name = o->name,
		.kind = o->receiver->kind->name,
		.counts_as = receiver_use_name(o->receiver->use),
		.breaker = breaker_state_name(o->breaker.state),
		.queue = o->figures.queue,
		.dead = o->figures.dead,
		.oldest_ms = o->figures.oldest_ms,
		.removed = o->removed,
		.observes = outlet_observes(o),
	};
	return true;
}

static json_t *status_of(const struct dispatcher_figure *f)
{
	json_t *s = json_object();

	json_object_set_new(s, "name", json_stringn(f->name.p, f->name.n));
	json_object_set_new(s, "kind", json_string(f->kind));
	json_object_set_new(s, "counts_as", json_string(f->counts_as));
	json_object_set_new(s, "queue", json_integer((json_int_t)f->queue));
	json_object_set_new(s, "oldest_seconds", json_real((double)f->oldest_ms / 1000.0));
	json_object_set_new(s, "dead", json_integer((json_int_t)f->dead));
	json_object_set_new(s, "breaker", json_string(f->breaker));
	json_object_set_new(s, "removed", json_boolean(f->removed));
	return s;
}

json_t *dispatcher_status(const struct dispatcher *d)
{
	json_t *list = json_array();
	struct dispatcher_figure figure;

	for (size_t i = 0; dispatcher_next(d, &i, &figure);)
		json_array_append_new(list, status_of(&figure));
	return list;
}
