/* Budgets of a configuration with the hours of their periods, and a timer that reads the counters. */
#include <stdlib.h>
#include <string.h>

#include "incident/counts.h"
#include "service/budgets_impl.h"
#include "service/hours_walk.h"

#define FIRST_LOOK_MS 1000
#define LOOK_MS 5000
#define WHOLE_EVERY_MS TIME_HOUR /* what a merge added to earlier hours is seen then */
#define AGAIN_HOURS 2            /* the current hour, and the one before as long as late commits count to it */

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

struct budget *budget_of(const struct budgets *b, enum noise_by by, struct str name)
{
	if (!b->list || !name.n)
		return NULL;
	return map_get(by == NOISE_OWNER ? b->list->owners : b->list->rules, name);
}

/* ---- counting ---- */

static struct budget_hour *budget_hour_of(struct budget *b, int64_t hour)
{
	return &b->hours[(size_t)(hour / TIME_HOUR) % b->hour_count];
}

static void count_hour(struct budget *b, const struct count *c, int64_t hour, bool night)
{
	struct budget_hour *h = budget_hour_of(b, hour);

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
	for (size_t i = 0; i < b->hour_count; i++) {
		struct budget_hour *h = &b->hours[i];
		if (h->hour + TIME_HOUR > from && h->hour <= until)
			*h = (struct budget_hour){.hour = h->hour, .known_pages = h->pages, .known_nights = h->nights};
	}
	b->added_at = 0;
}

/* A page that was told while they were read is in none of the figures, or in both: counters only grow, so the higher one holds. */
static void keep_what_was_known(struct budget *b, int64_t from, int64_t until)
{
	for (size_t i = 0; i < b->hour_count && b->told_meanwhile; i++) {
		struct budget_hour *h = &b->hours[i];
		if (h->hour + TIME_HOUR <= from || h->hour > until)
			continue;
		h->pages = h->pages > h->known_pages ? h->pages : h->known_pages;
		h->nights = h->nights > h->known_nights ? h->nights : h->known_nights;
	}
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
	for (size_t i = 0; i < b->reading->n; i++)
		keep_what_was_known(&b->reading->v[i], p->from, p->until);
}

static void add_up(struct budget *b, int64_t now)
{
	b->added_at = now / TIME_MINUTE;
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

static void set_metrics_of(struct router *r, const struct budget *one)
{
	set_metric(r, one, "pages", one->pages, one->said->pages);
	set_metric(r, one, "nights", one->nights, one->said->nights);
}

static void set_metrics(const struct budgets *b)
{
	metrics_clear(b->r->metrics, METRIC_BUDGET_USED);
	metrics_clear(b->r->metrics, METRIC_BUDGET_LIMIT);
	for (size_t i = 0; i < b->list->n; i++)
		set_metrics_of(b->r, &b->list->v[i]);
}

/* ---- reading ---- */

int64_t budgets_now(const struct budgets *b)
{
	int64_t now = b->r->store->ops->now(b->r->store);

	return now ? now : loop_wall_ms();
}

static void take_read_budgets(struct budgets *b)
{
	if (b->list != b->reading)
		list_free(b->list);
	b->list = b->reading;
	b->reading = NULL;
	for (size_t i = 0; i < b->list->n; i++) {
		add_up(&b->list->v[i], b->now);
		b->list->v[i].told_meanwhile = false;
	}
	set_metrics(b);
}

static void budgets_end(struct budgets *b)
{
	if (b->reading != b->list)
		list_free(b->reading);
	list_free(b->list);
	free(b);
}

static void take_all_hours(void *arg, bool whole)
{
	struct budgets *b = arg;

	if (b->closed) {
		budgets_end(b);
	} else if (whole) {
		take_read_budgets(b);
	} else {
		/* hours that were forgotten and not told again: all of it once more, with the next look */
		if (b->reading != b->list)
			list_free(b->reading);
		b->reading = NULL;
		b->whole_at = 0;
	}
}

static void ask_for_hours(struct budgets *b, bool all)
{
	struct store *s = b->r->store;
	int64_t back = all ? b->reading->longest : AGAIN_HOURS * TIME_HOUR, from;

	b->now = budgets_now(b);
	from = b->now - back;
	from -= from % TIME_HOUR;
	hours_walk(s, from, b->now, take_piece, take_all_hours, b);
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
		ask_for_hours(b, all);
	else
		take_read_budgets(b);
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

bool budget_counts(const struct config_receiver *r)
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
	return b;
}

static void count_page_told(struct budgets *b, struct budget *one, int64_t at, bool night)
{
	const struct count page = {.n = 1};

	if (!one)
		return;
	count_hour(one, &page, at - at % TIME_HOUR, night);
	one->told_meanwhile = b->reading != NULL;
	add_up(one, at);
	set_metrics_of(b->r, one);
}

static void count_told_in(struct budgets *b, const struct budget_list *l, const struct page_told *p, int64_t at)
{
	const struct config_receiver *r = config_receiver(l->config, p->receiver);

	if (!l->n || !budget_counts(r))
		return;
	bool night = config_is_night(l->config, r, at);
	count_page_told(b, map_get(l->owners, p->owner), at, night);
	count_page_told(b, map_get(l->rules, p->rule), at, night);
}

void budgets_told(struct budgets *b, const struct page_told *p, int64_t at)
{
	if (!b)
		return;
	if (b->list)
		count_told_in(b, b->list, p, at);
	if (!b->reading || b->reading == b->list)
		return;
	count_told_in(b, b->reading, p, at);
	b->read_at = 0; /* of a new configuration's hours it is not known which were read before this page */
}

/* Hours leave the period as time passes. */
void budget_bring_up_to_date(struct budget *one, int64_t now)
{
	if (one && one->added_at != now / TIME_MINUTE)
		add_up(one, now);
}
