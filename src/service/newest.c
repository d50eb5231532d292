/* Kept by lane.c after each commit, and looked up there before a load. */
#include "service/newest.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"

/* Its texts follow it, but for the key, which is the entry's. */
struct known_member {
	struct known_member *next;
	struct member member;
	int64_t forget_at;
	size_t bytes;
};

struct entry {
	struct store_record record; /* the key is a view of what follows the entry */
	struct known_member *members;
	size_t member_count;
	struct entry *newer, *older;
	size_t bytes; /* of all of it */
};

struct newest {
	struct map *entries; /* by key */
	struct entry *first, *last;
	size_t bytes;
};

struct newest *newest_new(void)
{
	struct newest *n = mem_zero(sizeof *n);

	n->entries = map_new_of_views();
	return n;
}

static void unlink_entry(struct newest *n, struct entry *e)
{
	*(e->newer ? &e->newer->older : &n->first) = e->older;
	*(e->older ? &e->older->newer : &n->last) = e->newer;
}

static void put_first(struct newest *n, struct entry *e)
{
	e->newer = NULL;
	e->older = n->first;
	*(n->first ? &n->first->newer : &n->last) = e;
	n->first = e;
}

static void weigh_entry(struct newest *n, struct entry *e, size_t more, size_t less)
{
	e->bytes = e->bytes + more - less;
	n->bytes = n->bytes + more - less;
}

/* ---- members ---- */

static struct known_member **place_of_known(struct entry *e, const struct member *who)
{
	struct known_member **at = &e->members;

	while (*at && !(str_eq((*at)->member.fingerprint, who->fingerprint) && str_eq((*at)->member.source, who->source)))
		at = &(*at)->next;
	return at;
}

static void drop_member(struct newest *n, struct entry *e, struct known_member **at)
{
	struct known_member *m = *at;

	if (!m)
		return;
	*at = m->next;
	e->member_count--;
	weigh_entry(n, e, 0, m->bytes);
	mem_cleanup(&m);
}

static void drop_members(struct newest *n, struct entry *e)
{
	while (e->members)
		drop_member(n, e, &e->members);
}

static struct str copy_behind(char **at, struct str s)
{
	struct str copy = {*at, s.n};

	if (s.n)
		memcpy(*at, s.p, s.n);
	*at += s.n;
	return copy;
}

static void add_known_member(struct newest *n, struct entry *e, const struct store_member_change *change, int64_t now)
{
	const struct member *m = &change->after;
	size_t bytes = sizeof(struct known_member) + m->source.n + m->fingerprint.n;
	struct known_member *k = mem_alloc(bytes);
	char *at = (char *)(k + 1);

	*k = (struct known_member){.next = e->members, .member = *m, .forget_at = now + change->ttl_ms, .bytes = bytes};
	k->member.key = e->record.key;
	k->member.source = copy_behind(&at, m->source);
	k->member.fingerprint = copy_behind(&at, m->fingerprint);
	k->member.touched_at = now;
	e->members = k;
	e->member_count++;
	weigh_entry(n, e, bytes, 0);
}

static void leave_before(struct newest *n, const struct store_member_change *change)
{
	struct entry *e = change->before.found ? map_get(n->entries, change->before.key) : NULL;

	if (e)
		drop_member(n, e, place_of_known(e, &change->before));
}

/* ---- records ---- */

static void drop_entry(struct newest *n, struct entry *e)
{
	unlink_entry(n, e);
	drop_members(n, e);
	n->bytes -= e->bytes;
	mem_cleanup(&e->record.bytes.p);
	mem_cleanup(&e);
}

void newest_free(struct newest *n)
{
	while (n->last)
		drop_entry(n, n->last);
	map_free(n->entries);
	mem_cleanup(&n);
}

void newest_forget(struct newest *n, struct str key)
{
	struct entry *e = map_remove(n->entries, key);

	if (e)
		drop_entry(n, e);
}

static struct entry *entry_new(struct newest *n, struct str key)
{
	struct entry *e = mem_alloc(sizeof *e + key.n);
	char *at = (char *)(e + 1);

	memset(e, 0, sizeof *e);
	e->record.key = copy_behind(&at, key);
	put_first(n, e);
	weigh_entry(n, e, sizeof *e + key.n, 0);
	map_set(n->entries, e->record.key, e);
	return e;
}

static void stay_within(struct newest *n)
{
	while (n->bytes > NEWEST_BYTES_MAX || map_count(n->entries) > NEWEST_RECORDS_MAX)
		newest_forget(n, n->last->record.key);
}

static struct entry *used_now(struct newest *n, struct str key)
{
	struct entry *e = map_get(n->entries, key);

	if (e && e != n->first) {
		unlink_entry(n, e);
		put_first(n, e);
	}
	return e;
}

void newest_keep(struct newest *n, const struct store_record *record)
{
	struct entry *e = used_now(n, record->key);

	if (!e)
		e = entry_new(n, record->key);
	weigh_entry(n, e, record->bytes.n, e->record.bytes.n);
	mem_cleanup(&e->record.bytes.p);
	e->record.bytes = (struct str){mem_str(record->bytes), record->bytes.n};
	e->record.version = record->version;
	stay_within(n);
}

void newest_learn(struct newest *n, const struct store_commit *done, int64_t now)
{
	struct entry *e = map_get(n->entries, done->key);

	for (size_t i = 0; i < done->member_count; i++) {
		const struct store_member_change *change = &done->members[i];
		leave_before(n, change);
		if (!e || !change->after.found || !str_eq(change->after.key, done->key))
			continue;
		drop_member(n, e, place_of_known(e, &change->after));
		if (e->member_count < NEWEST_MEMBERS_MAX)
			add_known_member(n, e, change, now);
	}
	stay_within(n);
}

void newest_doubt(struct newest *n, const struct store_commit *c)
{
	newest_forget(n, c->key);
	for (size_t i = 0; i < c->member_count; i++)
		leave_before(n, &c->members[i]);
}

const struct store_record *newest_find(struct newest *n, struct str key)
{
	struct entry *e = used_now(n, key);

	return e ? &e->record : NULL;
}

const struct member *newest_member(struct newest *n, struct str key, const struct member *who, int64_t now)
{
	struct entry *e = map_get(n->entries, key);
	struct known_member *k = e ? *place_of_known(e, who) : NULL;

	return k && now < k->forget_at ? &k->member : NULL;
}
