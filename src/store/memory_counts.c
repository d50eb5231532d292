#include "base/time.h"
#include "store/memory_tables.h"

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

static struct hour *current_hour(struct tables *t)
{
	int64_t start = t->now - t->now % TIME_HOUR;
	struct str name = {(const char *)&start, sizeof start};
	struct hour *h = map_get(t->hours, name);
	if (!h) {
		h = mem_zero(sizeof *h);
		h->start = start;
		h->fields = map_new();
		map_set(t->hours, name, h); /* in the order of time: the clock never goes back */
	}
	return h;
}

static void add(struct hour *h, struct str field, uint64_t n)
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

void tables_add_counts(struct tables *t, const struct store_commit *ask)
{
	for (size_t i = 0; i < ask->count_count; i++)
		add(current_hour(t), ask->counts[i].field, ask->counts[i].add);
}

void tables_counters(struct tables *t, struct request *r)
{
	const struct request_counters *ask = &r->ask.counters;
	struct str name, field;
	void *hour, *count;
	for (size_t i = 0; map_next(t->hours, &i, &name, &hour);) {
		const struct hour *h = hour;
		if (h->start < ask->since || h->start > ask->until)
			continue;
		for (size_t j = 0; map_next(h->fields, &j, &field, &count);)
			request_count_row(r, h->start, field, *(uint64_t *)count);
	}
}

bool tables_sweep_hours(struct tables *t, int64_t before, size_t most)
{
	struct str name;
	void *hour;
	for (size_t i = 0; map_next(t->hours, &i, &name, &hour);) {
		if (((struct hour *)hour)->start + TIME_HOUR > before)
			continue;
		if (most-- == 0)
			return true;
		tables_free_hour(map_remove(t->hours, name));
	}
	return false;
}
