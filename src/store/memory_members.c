/* Members and what they belong to, in memory. */
#include "base/buf.h"
#include "store/memory_tables.h"
#include "store/store_members.h"

#define LENGTH_USUAL 4 /* bytes of a source's length and what stands behind it */

struct kept_member {
	struct member facts; /* its key is this entry's own; its identity is the map's */
	int64_t forget_at;
};

void tables_free_member(void *member)
{
	struct kept_member *m = member;
	if (!m)
		return;
	mem_cleanup(&m->facts.key.p);
	mem_cleanup(&m);
}

/* The length of the source keeps ("a", "bc") and ("ab", "c") apart. */
static struct str member_identity_key(struct buf *b, const struct member *m)
{
	buf_init(b, SIZE_MAX / 2);
	buf_expect(b, m->source.n + m->fingerprint.n + LENGTH_USUAL);
	buf_add_integer(b, (int64_t)m->source.n);
	buf_add_char(b, ':');
	buf_add(b, m->source);
	buf_add(b, m->fingerprint);
	return buf_str(b);
}

static void split_identity(struct str name, struct member *out)
{
	size_t digits = (size_t)str_index(name, ':');
	int64_t n = 0;
	str_to_i64(str_slice(name, 0, digits), &n);
	out->source = str_slice(name, digits + 1, digits + 1 + (size_t)n);
	out->fingerprint = str_slice(name, digits + 1 + (size_t)n, name.n);
}

void tables_find_member(struct tables *t, struct member *m)
{
	AUTOBUF struct buf b;
	const struct kept_member *known = map_get(t->members, member_identity_key(&b, m));
	if (!known || known->forget_at <= t->now)
		return;
	const struct member who = *m;
	*m = known->facts;
	m->source = who.source;
	m->fingerprint = who.fingerprint;
}

/* All on one page: what is in memory is small. */
void tables_members(struct tables *t, struct request *r)
{
	struct store_membered *answer = r->query.answer;
	struct member *members = arena_alloc(r->arena, (map_count(t->members) + 1) * sizeof *members);
	int64_t *ttls = arena_alloc(r->arena, (map_count(t->members) + 1) * sizeof *ttls);
	struct str name;
	void *kept;
	for (size_t i = 0; map_next(t->members, &i, &name, &kept);) {
		const struct kept_member *m = kept;
		struct member *out = &members[answer->count];
		split_identity(arena_str(r->arena, name), out);
		tables_find_member(t, out);
		out->key = arena_str(r->arena, out->key);
		ttls[answer->count] = m->forget_at - t->now;
		answer->count += out->found;
	}
	answer->members = members;
	answer->ttls = ttls;
}

bool tables_members_match(struct tables *t, const struct store_commit *ask)
{
	for (size_t i = 0; i < ask->member_count; i++) {
		const struct member *before = &ask->members[i].before;
		struct member known = {.source = before->source, .fingerprint = before->fingerprint};
		tables_find_member(t, &known);
		if (!member_same(&known, before))
			return false;
	}
	return true;
}

static struct kept_member *member_new(const struct member *m, int64_t now, int64_t ttl_ms)
{
	struct kept_member *to = mem_zero(sizeof *to);
	to->facts = *m;
	to->facts.key = (struct str){mem_str(m->key), m->key.n};
	to->facts.touched_at = now;
	to->forget_at = now + ttl_ms;
	return to;
}

void tables_set_members(struct tables *t, const struct store_commit *ask)
{
	for (size_t i = 0; i < ask->member_count; i++) {
		const struct store_member_change *change = &ask->members[i];
		AUTOBUF struct buf b;
		struct str name = member_identity_key(&b, &change->before);
		if (change->after.found)
			tables_free_member(map_set(t->members, name, member_new(&change->after, t->now, change->ttl_ms)));
		else
			tables_free_member(map_remove(t->members, name));
	}
}

bool tables_sweep_members(struct tables *t, size_t most)
{
	struct str name;
	void *member;
	for (size_t i = 0; map_next(t->members, &i, &name, &member);) {
		if (((struct kept_member *)member)->forget_at > t->now)
			continue;
		if (most-- == 0)
			return true;
		tables_free_member(map_remove(t->members, name));
	}
	return false;
}
