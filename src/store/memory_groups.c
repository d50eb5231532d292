/* The index of groups: which records have rows of which, in both directions. */
#include "store/memory_tables.h"

void tables_free_group(void *group)
{
	map_free(group);
}

const struct map *tables_group(const struct tables *t, struct str group)
{
	return map_get(t->groups, group);
}

static void join_group_row(struct tables *t, struct row *row, struct str group)
{
	struct map *keys = map_get(t->groups, group);
	if (!keys) {
		keys = map_new();
		map_set(t->groups, group, keys);
	}
	if (map_count(keys) == STORE_GROUP_KEYS_MAX)
		return;
	map_set(keys, row->key, row);
	if (!row->groups)
		row->groups = map_new();
	map_set(row->groups, group, row);
}

static void leave_all(struct tables *t, struct row *row)
{
	struct str group;
	void *unused;
	for (size_t i = 0; row->groups && map_next(row->groups, &i, &group, &unused);) {
		struct map *keys = map_get(t->groups, group);
		map_remove(keys, row->key);
		if (!map_count(keys))
			tables_free_group(map_remove(t->groups, group));
	}
	map_free(row->groups);
	row->groups = NULL;
}

void tables_set_groups(struct tables *t, struct row *row, const struct str *groups, size_t count)
{
	leave_all(t, row);
	for (size_t i = 0; i < count; i++)
		join_group_row(t, row, groups[i]);
}
