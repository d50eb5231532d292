/* The index of groups: which records have rows of which. A commit comes here only when its record's groups change. */
#include "base/map.h"
#include "store/sqlite_db.h"

static struct map *wanted_groups(const struct str *groups, size_t count)
{
	struct map *wanted = map_new();
	for (size_t i = 0; i < count; i++)
		map_set(wanted, groups[i], wanted);
	return wanted;
}

/* Those in which the record stands already are taken out of `wanted`; those that it leaves are returned, as many. */
static const struct str *groups_left(struct sqlite_db *db, struct request *r, struct str key, struct map *wanted,
                                     size_t *count)
{
	struct str *left = NULL;
	size_t capacity = 0;
	*count = 0;
	sqlite3_stmt *s = sql(db, SQL_GROUPS_OF_KEY, "s", key);
	while (sql_row(db, s)) {
		struct str group = sql_str(r, s, 0);
		if (map_remove(wanted, group))
			continue;
		MEM_ROOM(left, *count, capacity);
		left[(*count)++] = group;
	}
	return left;
}

static void join_key_to_groups(struct sqlite_db *db, const struct store_commit *ask)
{
	for (size_t i = 0; i < ask->group_count; i++)
		sql_run(db, SQL_GROUP_JOIN, "ss", ask->groups[i], ask->key);
}

void sqlite_set_groups(struct sqlite_db *db, struct request *r, const struct store_commit *ask, bool is_new)
{
	if (is_new) { /* it stands in none */
		join_key_to_groups(db, ask);
		return;
	}
	struct map *wanted = wanted_groups(ask->groups, ask->group_count);
	size_t leaving;
	AUTOFREE const struct str *left = groups_left(db, r, ask->key, wanted, &leaving);
	struct str group;
	void *unused;
	for (size_t i = 0; i < leaving; i++)
		sql_run(db, SQL_GROUP_LEAVE, "ss", left[i], ask->key);
	for (size_t i = 0; map_next(wanted, &i, &group, &unused);)
		sql_run(db, SQL_GROUP_JOIN, "ss", group, ask->key);
	map_free(wanted);
}
