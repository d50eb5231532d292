/*
 * What became of one variant's pages in another: the same page is one for the same alert and receiver at the same time; a
 * moved one is for the same episode of the same alert, to another receiver or at another time, sooner or later.
 */
#include <stdlib.h>

#include "base/map.h"
#include "base/time.h"
#include "replay/backtest.h"

#define SAME_MS (1 * TIME_SECOND) /* apart */

/* The pages of one alert in one variant, in the order of time. */
struct pages_of_alert {
	struct page_list {
		const struct backtest_page **v;
		bool *matched;
		size_t n, room;
	} before, after;
};

static struct pages_of_alert *pages_of_alert_at(struct arena *arena, struct map *alerts, const struct backtest_page *p)
{
	const struct str name = {(const char *)&p->alert, sizeof p->alert};
	struct pages_of_alert *found = map_get(alerts, name);

	if (!found) {
		found = arena_alloc(arena, sizeof *found);
		map_set(alerts, name, found);
	}
	return found;
}

static void list_page(struct page_list *list, const struct backtest_page *p)
{
	if (list->n == list->room) {
		list->room = list->room ? 2 * list->room : 8;
		list->v = mem_grow_array(list->v, list->room, sizeof *list->v);
		list->matched = mem_grow_array(list->matched, list->room, sizeof *list->matched);
	}
	list->matched[list->n] = false;
	list->v[list->n++] = p;
}

static struct map *by_alert(struct arena *arena, const struct variant *before, const struct variant *after)
{
	struct map *alerts = map_new();
	const struct backtest_page *pages;
	size_t n = variant_pages(before, &pages);

	for (size_t i = 0; i < n; i++)
		list_page(&pages_of_alert_at(arena, alerts, &pages[i])->before, &pages[i]);
	n = variant_pages(after, &pages);
	for (size_t i = 0; i < n; i++)
		list_page(&pages_of_alert_at(arena, alerts, &pages[i])->after, &pages[i]);
	return alerts;
}

/* ---- matching ---- */

static int64_t apart(const struct backtest_page *a, const struct backtest_page *b)
{
	return a->at > b->at ? a->at - b->at : b->at - a->at;
}

static bool same_page(const struct backtest_page *a, const struct backtest_page *b)
{
	return a->who == b->who && apart(a, b) < SAME_MS;
}

/* Both lists ascend, so what is behind this one is not far. */
static void match_same(struct pages_of_alert *p)
{
	size_t from = 0;

	for (size_t i = 0; i < p->before.n; i++) {
		while (from < p->after.n && p->after.v[from]->at + SAME_MS <= p->before.v[i]->at)
			from++;
		for (size_t k = from; k < p->after.n && p->after.v[k]->at < p->before.v[i]->at + SAME_MS; k++) {
			if (p->after.matched[k] || !same_page(p->before.v[i], p->after.v[k]))
				continue;
			p->before.matched[i] = p->after.matched[k] = true;
			break;
		}
	}
}

/* Either was told while the other was not over: 10:02 to 10:30 and 10:01 to 10:30 are of one episode, 12:01 is of the next. */
static bool one_episode(const struct backtest_page *a, const struct backtest_page *b)
{
	const struct backtest_page *first = a->at <= b->at ? a : b, *second = first == a ? b : a;

	return first->lasted < 0 || second->at <= first->at + first->lasted;
}

/* The next page of the same alert to the same receiver: what comes after it is about that one. */
static int64_t next_page_at(const struct page_list *list, size_t i)
{
	for (size_t k = i + 1; k < list->n; k++)
		if (list->v[k]->who == list->v[i]->who)
			return list->v[k]->at;
	return INT64_MAX;
}

/* Of the episode the page to the same receiver, else to another one, and of these the nearest in time. */
static size_t moved_to(const struct pages_of_alert *p, size_t i)
{
	const struct backtest_page *from = p->before.v[i];
	int64_t until = next_page_at(&p->before, i);
	size_t best = SIZE_MAX;

	for (size_t k = 0; k < p->after.n && p->after.v[k]->at < until; k++) {
		const struct backtest_page *to = p->after.v[k];
		if (p->after.matched[k] || !one_episode(from, to))
			continue;
		bool own = to->who == from->who, best_own = best != SIZE_MAX && p->after.v[best]->who == from->who;
		if (best == SIZE_MAX || own > best_own || (own == best_own && apart(to, from) < apart(p->after.v[best], from)))
			best = k;
	}
	return best;
}

static struct alert_changes *alertname_changes(struct page_changes *c, const struct backtest_page *p)
{
	struct alert_changes *found = map_get(c->by_alertname, p->by[BY_ALERTNAME]);

	if (!found) {
		found = arena_alloc(c->arena, sizeof *found);
		found->alertname = arena_str(c->arena, p->by[BY_ALERTNAME]);
		map_set(c->by_alertname, found->alertname, found);
	}
	return found;
}

static void note_moved(struct page_changes *c, const struct backtest_page *from, const struct backtest_page *to)
{
	c->moved++;
	if (to->at >= from->at + SAME_MS) {
		struct alert_changes *of = alertname_changes(c, from);
		c->delayed++;
		c->delayed_acknowledged += from->acknowledged;
		of->delayed++;
		of->delayed_acknowledged += from->acknowledged;
	}
	if (c->moved_kept < BACKTEST_EXAMPLES)
		c->moved_examples[c->moved_kept++] = (struct moved_page){from, to};
}

static void note_removed(struct page_changes *c, const struct backtest_page *p)
{
	struct alert_changes *of = alertname_changes(c, p);

	of->hidden++;
	of->hidden_acknowledged += p->acknowledged;
	c->removed++;
	c->hidden++;
	c->hidden_acknowledged += p->acknowledged;
	c->hidden_lasting += p->lasted >= BACKTEST_LASTING || p->lasted < 0;
	if (c->removed_kept < BACKTEST_EXAMPLES)
		c->removed_examples[c->removed_kept++] = p;
}

static void note_added(struct page_changes *c, const struct backtest_page *p)
{
	c->added++;
	alertname_changes(c, p)->added++;
	if (c->added_kept < BACKTEST_EXAMPLES)
		c->added_examples[c->added_kept++] = p;
}

static void find_changes(struct page_changes *c, struct pages_of_alert *p)
{
	match_same(p);
	for (size_t i = 0; i < p->before.n; i++) {
		alertname_changes(c, p->before.v[i])->pages++;
		if (p->before.matched[i])
			continue;
		size_t k = moved_to(p, i);
		if (k == SIZE_MAX) {
			note_removed(c, p->before.v[i]);
			continue;
		}
		p->after.matched[k] = true;
		note_moved(c, p->before.v[i], p->after.v[k]);
	}
	for (size_t k = 0; k < p->after.n; k++)
		if (!p->after.matched[k])
			note_added(c, p->after.v[k]);
}

static void free_list(struct page_list *list)
{
	free(list->v);
	free(list->matched);
}

void page_changes_find(struct page_changes *out, const struct variant *before, const struct variant *after)
{
	*out = (struct page_changes){.arena = arena_new(), .by_alertname = map_new()};
	out->added_examples = arena_alloc(out->arena, BACKTEST_EXAMPLES * sizeof *out->added_examples);
	out->removed_examples = arena_alloc(out->arena, BACKTEST_EXAMPLES * sizeof *out->removed_examples);
	out->moved_examples = arena_alloc(out->arena, BACKTEST_EXAMPLES * sizeof *out->moved_examples);
	struct map *alerts = by_alert(out->arena, before, after);
	size_t i = 0;
	struct str name;
	void *pages;
	while (map_next(alerts, &i, &name, &pages)) {
		struct pages_of_alert *p = pages;
		find_changes(out, p);
		free_list(&p->before);
		free_list(&p->after);
	}
	map_free(alerts);
}

void page_changes_release(struct page_changes *c)
{
	map_free(c->by_alertname);
	arena_free(c->arena);
	c->by_alertname = NULL;
	c->arena = NULL;
}
