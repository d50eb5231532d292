/* Lists members in SQLite. */
#include <string.h>

#include "store/sqlite_db.h"
#include "store/store_members.h"

/* "LENGTH:SOURCE FINGERPRINT" of the last one, without the blank: both may hold any bytes. */
static void split_member_cursor(struct str cursor, struct str *source, struct str *fingerprint)
{
	ptrdiff_t colon = str_index(cursor, ':');
	int64_t n = 0;
	*source = *fingerprint = (struct str){NULL, 0};
	if (colon < 0 || !str_to_i64(str_slice(cursor, 0, (size_t)colon), &n))
		return;
	struct str rest = str_slice(cursor, (size_t)colon + 1, cursor.n);
	*source = str_slice(rest, 0, (size_t)n);
	*fingerprint = str_slice(rest, (size_t)n, rest.n);
}

static struct str cursor_at(struct request *r, const struct member *m)
{
	char *digits = arena_printf(r->arena, "%zu:", m->source.n);
	size_t n = str_c(digits).n, total = n + m->source.n + m->fingerprint.n;
	char *out = arena_alloc(r->arena, total + 1);
	memcpy(out, digits, n);
	if (m->source.n)
		memcpy(out + n, m->source.p, m->source.n);
	if (m->fingerprint.n)
		memcpy(out + n + m->source.n, m->fingerprint.p, m->fingerprint.n);
	return (struct str){out, total};
}

void sqlite_members(struct sqlite_db *db, struct request *r)
{
	const struct members_ask *ask = r->query.ask;
	struct store_membered *answer = r->query.answer;
	struct member *members = arena_alloc(r->arena, (ask->limit + 1) * sizeof *members);
	int64_t *ttls = arena_alloc(r->arena, (ask->limit + 1) * sizeof *ttls);
	struct str source, fingerprint;
	split_member_cursor(ask->cursor, &source, &fingerprint);
	sqlite3_stmt *s = sql(db, SQL_MEMBERS, "ssii", source, fingerprint, db->now, (int64_t)ask->limit);
	while (sql_row(db, s)) {
		struct member *m = &members[answer->count];
		sqlite_take_member(r, s, m);
		m->source = sql_str(r, s, SQLITE_FACT_COLUMNS);
		m->fingerprint = sql_str(r, s, SQLITE_FACT_COLUMNS + 1);
		ttls[answer->count++] = sqlite3_column_int64(s, SQLITE_FACT_COLUMNS + 2) - db->now;
	}
	answer->members = members;
	answer->ttls = ttls;
	if (answer->count && answer->count == ask->limit)
		answer->cursor = cursor_at(r, &members[answer->count - 1]);
}
