/* Every member, page by page. */
#include "store/store_members.h"

#include "store/memory_tables.h"
#include "store/redis_scripts.h"
#include "store/redis_words.h"
#include "store/sqlite_db.h"

SCRIPT(members, BYTES("redis_member.lua") BYTES("redis_members.lua"));
static struct redis_script script = {"members", redis_script_members, ""};

static void say_page(struct words *w, const struct request *r)
{
	const struct members_ask *ask = r->query.ask;
	words_add(w, ask->cursor.n ? ask->cursor : STR("0"));
	words_add_int(w, (int64_t)ask->limit);
}

/* SOURCE:FINGERPRINT, as redis_words.c writes it: ':' and '%' of the source are %3A and %25. */
static bool split_member_name(struct request *r, struct str name, struct member *m)
{
	ptrdiff_t colon = str_index(name, ':');
	if (colon < 0)
		return false;
	char *source = arena_cstr(r->arena, str_slice(name, 0, (size_t)colon));
	size_t n = 0;
	for (size_t i = 0; i < (size_t)colon; i++) {
		bool escaped = source[i] == '%' && i + 2 < (size_t)colon;
		source[n++] = !escaped ? source[i] : source[i + 1] == '3' ? ':' : '%';
		i += escaped ? 2 : 0;
	}
	m->source = (struct str){source, n};
	m->fingerprint = arena_str(r->arena, str_slice(name, (size_t)colon + 1, name.n));
	return true;
}

static bool take_members(struct request *r, const struct redis_value *v)
{
	struct store_membered *answer = r->query.answer;
	if (!reply_is_array(v, 3) || !reply_is_array(&v->items[2], 0) || v->items[2].count % 3 != 0)
		return false;
	size_t n = v->items[2].count / 3;
	struct member *members = arena_alloc(r->arena, (n + 1) * sizeof *members);
	int64_t *ttls = arena_alloc(r->arena, (n + 1) * sizeof *ttls);
	for (size_t i = 0; i < n; i++) {
		const struct redis_value *of = &v->items[2].items[3 * i];
		if (!split_member_name(r, of[0].text, &members[i]) || !reply_member(r, of[1].text, &members[i]) ||
		    !reply_int(&of[2], &ttls[i]))
			return false;
	}
	answer->members = members;
	answer->ttls = ttls;
	answer->count = n;
	if (!str_eq_c(v->items[1].text, "0"))
		answer->cursor = arena_str(r->arena, v->items[1].text);
	return true;
}

QUERY_TELLS(tell_members, store_membered)

static const struct store_query query_members = {.ask_size = sizeof(struct members_ask),
                                                 .answer_size = sizeof(struct store_membered),
                                                 .in_memory = tables_members,
                                                 .in_sqlite = sqlite_members,
                                                 .script = &script,
                                                 .words = say_page,
                                                 .take = take_members,
                                                 .tell = tell_members};

void store_members(struct store *s, struct str cursor, size_t limit,
                   void (*done)(void *, const struct store_membered *), void *arg)
{
	struct request *r = query_new(&query_members, (void (*)(void))done, arg);
	struct members_ask *ask = r->query.ask;
	ask->cursor = arena_str(r->arena, cursor);
	ask->limit = limit < STORE_BATCH_MAX ? limit : STORE_BATCH_MAX;
	query_send(s, r);
}
