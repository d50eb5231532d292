/* Hourly counters in memory. */
#include <string.h>

#include "base/time.h"
#include "store/memory_tables.h"
#include "store/store_counters.h"

struct hour {
	int64_t start;
	struct map *fields; /* to uint64_t on the heap */
};

static void free_count(void *count)
{
	mem_cleanup(&count);
}

void tables_free_hour(void *hour)
{
	struct hour *h = hour;
	map_free_with(h->fields, free_count);
	mem_cleanup(&h);
}

static struct hour *stored_hour(struct tables *t, int64_t start)
{
	struct ranking_place place = ranking_find(&t->hours, start, STR(""));
	const struct ranked *found = ranking_next(&t->hours, &place);
	if (found && found->score == start)
		return found->item;
	struct hour *h = mem_zero(sizeof *h);
	h->start = start;
	h->fields = map_new();
	ranking_add(&t->hours, start, STR(""), h);
	return h;
}

static void add_to_hour(struct hour *h, struct str field, uint64_t n)
{
	uint64_t *count = map_get(h->fields, field);
	if (!count && map_count(h->fields) >= STORE_COUNTS_PER_HOUR) {
		field = STR(STORE_COUNTS_OTHER);
		count = map_get(h->fields, field);
	}
	if (!count) {
		count = mem_zero(sizeof *count);
		map_set(h->fields, field, count);
	}
	*count += n;
}

void tables_add_counts(struct tables *t, const struct store_count *counts, size_t n)
{
	int64_t current = t->now - t->now % TIME_HOUR;
	for (size_t i = 0; i < n; i++)
		add_to_hour(stored_hour(t, counts[i].hour ? counts[i].hour : current), counts[i].field, counts[i].add);
}

void tables_tally(struct tables *t, struct request *r)
{
	const struct store_tally *ask = r->query.ask;
	if (!t->tally_ids)
		t->tally_ids = mem_zero(STORE_TALLIES * sizeof *t->tally_ids);
	char *id = t->tally_ids[t->tally_next];
	if (map_get(t->tallies, str_c(ask->id)))
		return;
	if (*id)
		map_remove(t->tallies, str_c(id));
	memcpy(id, ask->id, STORE_ID_MAX);
	map_set(t->tallies, str_c(id), id);
	t->tally_next = (t->tally_next + 1) % STORE_TALLIES;
	tables_add_counts(t, ask->counts, ask->count);
}

void tables_counters(struct tables *t, struct request *r)
{
	const struct counters_ask *ask = r->query.ask;
	struct str field;
	void *count;
	const struct ranked *entry;
	for (struct ranking_place at = {0, 0}; (entry = ranking_next(&t->hours, &at));) {
		const struct hour *h = entry->item;
		if (h->start < ask->since || h->start > ask->until)
			continue;
		for (size_t j = 0; map_next(h->fields, &j, &field, &count);)
			counters_add(r, h->start, field, *(uint64_t *)count);
	}
}

bool tables_sweep_hours(struct tables *t, int64_t before, size_t most)
{
	for (const struct ranked *first; (first = ranking_first(&t->hours)) && first->score + TIME_HOUR <= before;) {
		if (most-- == 0)
			return true;
		struct hour *h = first->item;
		ranking_remove(&t->hours, h->start, STR(""));
		tables_free_hour(h);
	}
	return false;
}
