/* Budgets of a configuration with the hours of their periods, and a timer that reads the counters. */
#include "service/budgets.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/time.h"
#include "base/zone.h"
#include "incident/counts.h"
#include "service/hours_walk.h"
#include "service/noise.h"

#define FIRST_LOOK_MS 1000
#define LOOK_MS 5000
#define WHOLE_EVERY_MS TIME_HOUR /* what a merge added to earlier hours is seen then */
#define AGAIN_HOURS 2            /* the current hour, and the one before as long as late commits count to it */
#define SAID_MAX ((size_t)1024)

struct budget_hour {
	int64_t hour; /* whose figures these are */
	uint32_t pages, nights;
};

struct budget {
	enum noise_by by; /* NOISE_OWNER, NOISE_RULE */
	struct str name;
	const struct page_budget *said;
	struct budget_hour *hours; /* by the hour's number, modulo their count */
	size_t hour_count;
	uint64_t pages, nights;
	int64_t added_at; /* of pages that are told one by one: the minute that `pages` is of */
};

/* Those of one configuration. */
struct budget_list {
	struct config *config;
	struct arena *arena;
	struct budget *v;
	size_t n, room;
	struct map *owners, *rules;
	int64_t longest;
};

struct budgets {
	struct router *r;
	struct loop_timer *timer;
	struct budget_list *list;    /* that is gone by; NULL: none was read yet */
	struct budget_list *reading; /* being filled; the same, where only the last hours are read again */
	int64_t read_at, whole_at;   /* monotonic */
	int64_t now;                 /* of the walk, store clock */
	bool closed;
	bool told; /* pages are told one by one: budgets_told() */
};

/* ---- the list ---- */

static void add_budget(struct budget_list *l, enum noise_by by, struct str name, const struct page_budget *said)
{
	MEM_ROOM(l->v, l->n, l->room);
	struct budget *b = &l->v[l->n++];
	size_t hours = (size_t)(said->per / TIME_HOUR) + 2;

	/* as counters write a name */
	name = str_slice(name, 0, name.n < COUNT_FIELD_MAX ? name.n : COUNT_FIELD_MAX);
	*b = (struct budget){.by = by, .name = name, .said = said, .hour_count = hours};
	b->hours = arena_alloc(l->arena, hours * sizeof *b->hours);
	if (said->per > l->longest)
		l->longest = said->per;
}

static void add_of_owners(struct budget_list *l)
{
	const struct owner *const *owners;
	size_t n = catalog_owners(l->config->catalog, &owners);

	for (size_t i = 0; i < n; i++)
		if (owners[i]->budget.per)
			add_budget(l, NOISE_OWNER, owners[i]->name, &owners[i]->budget);
}

static void add_of_rules(struct budget_list *l)
{
	const struct rule *const *rules;
	size_t n = ruleset_rules(l->config->ruleset, &rules);

	for (size_t i = 0; i < n; i++)
		if (rules[i]->budget.per)
			add_budget(l, NOISE_RULE, rules[i]->name, &rules[i]->budget);
}

static struct budget_list *list_new(struct config *c)
{
	struct budget_list *l = mem_zero(sizeof *l);

	l->config = config_ref(c);
	l->arena = arena_new();
	l->owners = map_new();
	l->rules = map_new();
	add_of_owners(l);
	add_of_rules(l);
	for (size_t i = 0; i < l->n; i++)
		map_set(l->v[i].by == NOISE_OWNER ? l->owners : l->rules, l->v[i].name, &l->v[i]);
	return l;
}

static void list_free(struct budget_list *l)
{
	if (!l)
		return;
	map_free(l->owners);
	map_free(l->rules);
	free(l->v);
	arena_free(l->arena);
	config_unref(l->config);
	free(l);
}

static struct budget *budget_of(const struct budgets *b, enum noise_by by, struct str name)
{
	if (!b->list || !name.n)
		return NULL;
	return map_get(by == NOISE_OWNER ? b->list->owners : b->list->rules, name);
}

/* ---- counting ---- */

static struct budget_hour *hour_of(struct budget *b, int64_t hour)
{
	return &b->hours[(size_t)(hour / TIME_HOUR) % b->hour_count];
}

static void count_hour(struct budget *b, const struct count *c, int64_t hour, bool night)
{
	struct budget_hour *h = hour_of(b, hour);

	if (h->hour != hour)
		*h = (struct budget_hour){.hour = hour};
	h->pages += (uint32_t)c->n;
	h->nights += night ? (uint32_t)c->n : 0;
}

static void count_row(struct budget_list *l, const struct store_hour *row)
{
	struct count c = {.n = row->count};
	bool page = count_parse(row->field, &c) && noise_is_page(l->config, &c);
	struct budget *owner = page ? map_get(l->owners, c.owner) : NULL, *rule = page ? map_get(l->rules, c.rule) : NULL;
	bool night = page && noise_is_night(l->config, &c, row->hour);

	if (owner)
		count_hour(owner, &c, row->hour, night);
	if (rule)
		count_hour(rule, &c, row->hour, night);
}

/* These hours are told anew. */
static void forget_hours(struct budget *b, int64_t from, int64_t until)
{
	for (size_t i = 0; i < b->hour_count; i++)
		if (b->hours[i].hour + TIME_HOUR > from && b->hours[i].hour <= until)
			b->hours[i] = (struct budget_hour){0};
}

static void take_piece(void *arg, const struct hours_piece *p)
{
	struct budgets *b = arg;

	if (b->closed)
		return;
	for (size_t i = 0; i < b->reading->n; i++)
		forget_hours(&b->reading->v[i], p->from, p->until);
	for (size_t i = 0; i < p->count; i++)
		count_row(b->reading, &p->rows[i]);
}

static void add_up(struct budget *b, int64_t now)
{
	b->pages = b->nights = 0;
	for (size_t i = 0; i < b->hour_count; i++) {
		if (b->hours[i].hour + TIME_HOUR <= now - b->said->per)
			continue;
		b->pages += b->hours[i].pages;
		b->nights += b->hours[i].nights;
	}
}

static void set_metric(struct router *r, const struct budget *b, const char *what, uint64_t used, int64_t allowed)
{
	const struct str names[] = {b->by == NOISE_OWNER ? STR("owner") : STR("rule"), b->name, str_c(what)};

	if (allowed == BUDGET_UNBOUNDED)
		return;
	metrics_set(r->metrics, METRIC_BUDGET_USED, names, (double)used);
	metrics_set(r->metrics, METRIC_BUDGET_LIMIT, names, (double)allowed);
}

static void set_metrics(const struct budgets *b)
{
	metrics_clear(b->r->metrics, METRIC_BUDGET_USED);
	metrics_clear(b->r->metrics, METRIC_BUDGET_LIMIT);
	for (size_t i = 0; i < b->list->n; i++) {
		const struct budget *one = &b->list->v[i];
		set_metric(b->r, one, "pages", one->pages, one->said->pages);
		set_metric(b->r, one, "nights", one->nights, one->said->nights);
	}
}

/* ---- reading ---- */

/* The store's clock, which the counters follow. */
static int64_t budgets_now(const struct budgets *b)
{
	int64_t now = b->r->store->ops->now(b->r->store);

	return now ? now : loop_wall_ms();
}

static void take_list(struct budgets *b)
{
	if (b->list != b->reading)
		list_free(b->list);
	b->list = b->reading;
	b->reading = NULL;
	for (size_t i = 0; i < b->list->n; i++)
		add_up(&b->list->v[i], b->now);
	set_metrics(b);
}

static void budgets_end(struct budgets *b)
{
	if (b->reading != b->list)
		list_free(b->reading);
	list_free(b->list);
	free(b);
}

static void hours_read(void *arg, bool whole)
{
	struct budgets *b = arg;

	if (b->closed) {
		budgets_end(b);
	} else if (whole) {
		take_list(b);
	} else {
		/* hours that were forgotten and not told again: all of it once more, with the next look */
		if (b->reading != b->list)
			list_free(b->reading);
		b->reading = NULL;
		b->whole_at = 0;
	}
}

static void read_hours(struct budgets *b, bool all)
{
	struct store *s = b->r->store;
	int64_t back = all ? b->reading->longest : AGAIN_HOURS * TIME_HOUR, from;

	b->now = budgets_now(b);
	from = b->now - back;
	from -= from % TIME_HOUR;
	hours_walk(s, from, b->now, take_piece, hours_read, b);
}

static void look_at_budgets(void *arg)
{
	struct budgets *b = arg;
	int64_t mono = loop_mono_ms();
	bool other = !b->list || b->list->config != b->r->config, all = other || mono >= b->whole_at;

	loop_timer_set(b->timer, LOOK_MS);
	if (b->reading || (!all && mono < b->read_at))
		return;
	b->read_at = mono + BUDGETS_EVERY_MS;
	if (all)
		b->whole_at = mono + WHOLE_EVERY_MS;
	b->reading = all ? list_new(b->r->config) : b->list;
	if (b->reading->n)
		read_hours(b, all);
	else
		take_list(b);
}

struct budgets *budgets_new(struct router *r)
{
	struct budgets *b = mem_zero(sizeof *b);

	b->r = r;
	b->timer = loop_timer_new(r->loop, look_at_budgets, b);
	loop_timer_set(b->timer, FIRST_LOOK_MS);
	return b;
}

void budgets_free(struct budgets *b)
{
	if (!b)
		return;
	loop_timer_free(b->timer);
	b->closed = true;
	if (!b->reading)
		budgets_end(b); /* else with the walk */
}

/* ---- pages that are told one by one ---- */

static bool wakes_somebody(const struct config_receiver *r)
{
	return r && r->use == RECEIVER_PAGE;
}

struct budgets *budgets_new_told(struct router *r)
{
	struct budget_list *list = list_new(r->config);

	if (!list->n) {
		list_free(list);
		return NULL;
	}
	struct budgets *b = mem_zero(sizeof *b);
	b->r = r;
	b->list = list;
	b->told = true;
	return b;
}

static void count_told(struct budget *b, int64_t at, bool night)
{
	const struct count one = {.n = 1};

	if (!b)
		return;
	count_hour(b, &one, at - at % TIME_HOUR, night);
	b->added_at = 0;
}

void budgets_told(struct budgets *b, struct str owner, struct str rule, struct str receiver, int64_t at)
{
	const struct config *c = b->list->config;
	const struct config_receiver *r = config_receiver(c, receiver);

	if (!wakes_somebody(r))
		return;
	bool night = zone_is_night(r->zone ? r->zone : c->zone, at);
	count_told(map_get(b->list->owners, owner), at, night);
	count_told(map_get(b->list->rules, rule), at, night);
}

/* Hours leave the period as time passes. */
static void bring_up_to_date(const struct budgets *b, struct budget *one, int64_t now)
{
	if (!b->told || !one || one->added_at == now / TIME_MINUTE)
		return;
	add_up(one, now);
	one->added_at = now / TIME_MINUTE;
}

/* ---- what follows from it ---- */

static bool is_used_up(const struct budget *b, bool night)
{
	const struct page_budget *said = b->said;
	bool pages = said->pages != BUDGET_UNBOUNDED && b->pages >= (uint64_t)said->pages;
	bool nights = said->nights != BUDGET_UNBOUNDED && b->nights >= (uint64_t)said->nights;

	return pages || (night && nights);
}

static bool is_night_for(const struct config *c, const struct plan *plan, int64_t now)
{
	for (size_t i = 0; i < plan->receivers.names.n; i++) {
		const struct config_receiver *r = config_receiver(c, plan->receivers.names.v[i]);
		if (wakes_somebody(r) && zone_is_night(r->zone ? r->zone : c->zone, now))
			return true;
	}
	return false;
}

static void add_once(struct strs *list, struct str name)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i], name))
			return;
	list->v[list->n++] = name;
}

static size_t receivers_of_owner(const struct owner *owner)
{
	size_t n = 0;

	for (size_t i = 0; owner && i < owner->receivers_count; i++)
		n += owner->receivers[i].receivers.n;
	return n;
}

/* The plan's receivers that wake nobody, and the owner's chat. False where that has none. */
static bool chat_instead(const struct config *c, const struct plan *plan, struct arena *arena, struct strs *out)
{
	const struct owner *owner = plan->owner.entry;
	bool found = false;

	out->v = arena_alloc(arena, (plan->receivers.names.n + receivers_of_owner(owner) + 1) * sizeof *out->v);
	for (size_t i = 0; i < plan->receivers.names.n; i++)
		if (!wakes_somebody(config_receiver(c, plan->receivers.names.v[i])))
			add_once(out, plan->receivers.names.v[i]);
	for (size_t i = 0; owner && i < owner->receivers_count; i++) {
		const struct strs *names = &owner->receivers[i].receivers;
		for (size_t k = 0; k < names->n; k++) {
			const struct config_receiver *r = config_receiver(c, names->v[k]);
			if (!r || r->use != RECEIVER_CHAT)
				continue;
			add_once(out, names->v[k]);
			found = true;
		}
	}
	return found;
}

static bool sends_to_chat(const struct budget *b, bool night)
{
	return b && b->said->when_exceeded == BUDGET_CHAT && is_used_up(b, night);
}

bool budgets_apply(struct budgets *b, const struct config *c, struct plan *plan, struct arena *arena)
{
	struct strs chat = {NULL, 0};
	int64_t now = budgets_now(b);

	if (!b->list || !b->list->n || !plan->page || plan->severity.rank == 0 || plan_watches(plan))
		return false;
	bool night = is_night_for(c, plan, now);
	struct budget *owner = budget_of(b, NOISE_OWNER, plan->owner.name),
				  *rule = budget_of(b, NOISE_RULE, plan->rule ? plan->rule->name : (struct str){NULL, 0});
	bring_up_to_date(b, owner, now);
	bring_up_to_date(b, rule, now);
	if ((!sends_to_chat(owner, night) && !sends_to_chat(rule, night)) || !chat_instead(c, plan, arena, &chat))
		return false;
	plan->receivers.names = chat;
	plan->escalation.name = (struct str){NULL, 0};
	plan->escalation.entry = NULL;
	return true;
}

static void add_used(struct buf *out, const struct budget *b, const char *what, uint64_t used, int64_t allowed)
{
	char per[TIME_DURATION_MAX];

	if (allowed != BUDGET_UNBOUNDED && used >= (uint64_t)allowed)
		buf_printf(out, "%s%.*s: %llu %s in %s, %lld allowed", out->n ? "; " : "", STR_ARG(b->name),
		           (unsigned long long)used, what, time_duration_format(b->said->per, per), (long long)allowed);
}

static void add_words(struct buf *out, const struct budget *b, bool night)
{
	if (!b || b->said->when_exceeded == BUDGET_COUNT || !is_used_up(b, night))
		return;
	add_used(out, b, "pages", b->pages, b->said->pages);
	add_used(out, b, "pages at night", b->nights, b->said->nights);
}

struct str budgets_words(const struct budgets *b, struct str rule, struct str owner, bool night, struct arena *arena)
{
	AUTOBUF struct buf out;

	buf_init(&out, SAID_MAX);
	add_words(&out, budget_of(b, NOISE_OWNER, owner), night);
	add_words(&out, budget_of(b, NOISE_RULE, rule), night);
	return arena_str(arena, buf_str(&out));
}

/* ---- the report ---- */

static json_t *allowed_view(int64_t n)
{
	return n == BUDGET_UNBOUNDED ? json_null() : json_integer((json_int_t)n);
}

static json_t *budget_view(const struct budget *b)
{
	char per[TIME_DURATION_MAX];

	if (!b)
		return json_null();
	return json_pack("{s:s, s:o, s:o, s:I, s:I, s:s, s:b}", "per", time_duration_format(b->said->per, per), "pages",
	                 allowed_view(b->said->pages), "nights", allowed_view(b->said->nights), "used_pages",
	                 (json_int_t)b->pages, "used_nights", (json_int_t)b->nights, "when_exceeded",
	                 page_budget_action((enum budget_action)b->said->when_exceeded), "used_up", is_used_up(b, true));
}

void budgets_add_to_noise(const struct budgets *b, enum noise_by by, json_t *report)
{
	json_t *row;
	size_t i;

	if (by != NOISE_OWNER && by != NOISE_RULE)
		return;
	json_array_foreach(json_object_get(report, "rows"), i, row)
	{
		const char *name = json_string_value(json_object_get(row, "name"));
		json_object_set_new(row, "budget", budget_view(budget_of(b, by, str_c(name))));
	}
}
