/*
 * Whether the primary still has what this router saw it take. A failover of Sentinel, a restart without appendonly, an
 * emptied Redis: all lose writes that were answered. What is lost becomes owned, and is merged like any other key. And what
 * other routers have changed is seen, so that the mirror stays true.
 */
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "incident/merge.h"
#include "replica/failover_impl.h"

#define PAGE 200
#define EVERY_MS (5 * TIME_MINUTE)
#define SINCE_MS (2 * TIME_HOUR)
#define AGAIN_MS TIME_SECOND

struct verify {
	struct failover *f;
	int64_t since;
	void (*done)(struct failover *f, bool ok, size_t lost);
	char *after;
	bool at_end;
	size_t lost;
	struct arena *arena; /* of the page under way */
	struct local_branch *branches;
	size_t count;
	struct member *members; /* of all branches, one behind the other */
	size_t member_count;
	struct str *keys; /* lost, then newer: each list is sent once */
	size_t lost_count, newer_count;
	struct str *newer;
};

static void ask_mirrored_page(struct verify *v);

static void verify_ends(struct verify *v, bool ok)
{
	struct failover *f = v->f;
	void (*done)(struct failover *, bool, size_t) = v->done;
	size_t lost = v->lost;
	arena_free(v->arena);
	mem_cleanup(&v->after);
	mem_cleanup(&v);
	f->verify = NULL;
	f->count.put_back += f->maintained ? 0 : lost;
	if (lost && f->maintained)
		LOG(LOG_INFO, "The primary store comes back with less than it had: it is put back",
		    LOG_I("keys", (int64_t)lost));
	else if (lost)
		LOG(LOG_WARN, "The primary store has lost what it had taken: it is put back", LOG_I("keys", (int64_t)lost));
	if (!f->closing)
		done(f, ok, lost);
}

static void verified_page(struct verify *v)
{
	if (v->at_end || v->f->closing)
		verify_ends(v, true);
	else
		ask_mirrored_page(v);
}

/* ---- what was found ---- */

static void lost_are_owned(void *arg, bool ok)
{
	struct verify *v = arg;
	if (!ok) {
		verify_ends(v, false);
		return;
	}
	v->lost += v->lost_count;
	verified_page(v);
}

static void own_lost(struct verify *v)
{
	if (v->lost_count)
		local_store_own(v->f->local, v->keys, v->lost_count, lost_are_owned, v);
	else
		verified_page(v);
}

static void newer_came(void *arg, const struct store_loaded *got)
{
	struct verify *v = arg;
	if (got->result != STORE_OK) {
		verify_ends(v, false);
		return;
	}
	if (!v->f->closing)
		local_store_saw(v->f->local, &(struct local_seen){.records = got->records, .record_count = got->record_count});
	own_lost(v);
}

static void see_newer(struct verify *v)
{
	struct store *s = v->f->primary;
	struct store_load ask = {.keys = v->newer, .key_count = v->newer_count};
	if (v->newer_count)
		s->ops->load(s, &ask, newer_came, v);
	else
		own_lost(v);
}

/* ---- comparing ---- */

enum found { FOUND, LOST, BEYOND_MEMORY };

/* Whether what we saw is part of what it has. It remembers so many ids; further back nobody can tell. */
static enum found find_version(const struct store_record *there, const struct store_record *mirrored)
{
	uint64_t number = there->version.number;
	if (number == 0 || number < mirrored->version.number)
		return LOST;
	if (failover_has_id(there->ids, mirrored->version.commit_id))
		return FOUND;
	return number - mirrored->version.number < STORE_HISTORY ? LOST : BEYOND_MEMORY;
}

static const struct store_record *find_there(const struct store_loaded *got, struct str key)
{
	for (size_t i = 0; i < got->record_count; i++)
		if (str_eq(got->records[i].key, key))
			return &got->records[i];
	return NULL;
}

static void compare_page(struct verify *v, const struct store_loaded *got)
{
	const struct store_record none = {.key = {NULL, 0}};
	size_t at = 0;
	for (size_t i = 0; i < v->count; i++) {
		const struct local_branch *b = &v->branches[i];
		const struct store_record *there = find_there(got, b->record.key);
		enum found found = find_version(there ? there : &none, &b->record);
		bool lost = found == LOST;
		for (size_t j = 0; found == BEYOND_MEMORY && j < b->member_count; j++)
			lost |= !member_covers(&got->members[at + j], &b->members[j]);
		at += b->member_count;
		if (lost)
			v->keys[v->lost_count++] = b->record.key;
		else if (there && there->version.number > b->record.version.number)
			v->newer[v->newer_count++] = b->record.key;
	}
}

static void page_loaded(void *arg, const struct store_loaded *got)
{
	struct verify *v = arg;
	if (got->result != STORE_OK || v->f->closing) {
		verify_ends(v, false);
		return;
	}
	compare_page(v, got);
	see_newer(v);
}

/* ---- a page ---- */

static void keep_mirrored_page(struct verify *v, const struct local_branches *got)
{
	size_t members = 0;
	for (size_t i = 0; i < got->count; i++)
		members += got->branches[i].member_count;
	v->branches = arena_alloc(v->arena, got->count * sizeof *v->branches);
	v->members = arena_alloc(v->arena, (members + 1) * sizeof *v->members);
	v->keys = arena_alloc(v->arena, got->count * sizeof *v->keys);
	v->newer = arena_alloc(v->arena, got->count * sizeof *v->newer);
	for (size_t i = 0; i < got->count; i++) {
		struct local_branch *b = &v->branches[i];
		*b = got->branches[i];
		b->record.key = arena_str(v->arena, b->record.key);
		b->members = v->members + v->member_count;
		for (size_t j = 0; j < b->member_count; j++) {
			struct member m = got->branches[i].members[j];
			m.source = arena_str(v->arena, m.source);
			m.fingerprint = arena_str(v->arena, m.fingerprint);
			m.key = b->record.key;
			v->members[v->member_count++] = m;
		}
	}
	v->count = got->count;
}

static void ask_primary(struct verify *v)
{
	struct store *s = v->f->primary;
	struct str *keys = arena_alloc(v->arena, v->count * sizeof *keys);
	for (size_t i = 0; i < v->count; i++)
		keys[i] = v->branches[i].record.key;
	struct store_load ask = {.members = v->members,
	                         .member_count = v->member_count,
	                         .keys = keys,
	                         .key_count = v->count,
	                         .versions_only = true};
	s->ops->load(s, &ask, page_loaded, v);
}

static void mirrored_page_came(void *arg, const struct local_branches *got)
{
	struct verify *v = arg;
	if (!got->ok || !got->count || v->f->closing) {
		verify_ends(v, got->ok);
		return;
	}
	v->at_end = got->count < PAGE;
	mem_cleanup(&v->after);
	v->after = mem_str(got->branches[got->count - 1].record.key);
	keep_mirrored_page(v, got);
	ask_primary(v);
}

static void ask_mirrored_page(struct verify *v)
{
	arena_free(v->arena);
	v->arena = arena_new();
	v->count = v->member_count = v->lost_count = v->newer_count = 0;
	local_store_mirrored(v->f->local, str_c(v->after), PAGE, v->since, mirrored_page_came, v);
}

bool failover_verify(struct failover *f, int64_t since, void (*done)(struct failover *f, bool ok, size_t lost))
{
	if (f->verify)
		return false;
	f->verify = mem_zero(sizeof *f->verify);
	f->verify->f = f;
	f->verify->since = since;
	f->verify->done = done;
	ask_mirrored_page(f->verify);
	return true;
}

/* ---- while the primary serves ---- */

static void put_back(struct failover *f, size_t left)
{
	loop_timer_set(f->verify_timer, left ? AGAIN_MS : EVERY_MS);
}

static void verified_while_serving(struct failover *f, bool ok, size_t lost)
{
	if (f->state == FAILOVER_PRIMARY && (lost || local_store_owned_count(f->local)))
		failover_pass_start(f, put_back);
	else
		loop_timer_set(f->verify_timer, ok ? EVERY_MS : AGAIN_MS);
}

void failover_verify_later(struct failover *f)
{
	int64_t now = failover_primary_now(f);
	if (f->state != FAILOVER_PRIMARY)
		return; /* whoever returns to it comes here again */
	if (!now || f->pass || !failover_verify(f, now - SINCE_MS, verified_while_serving))
		loop_timer_set(f->verify_timer, AGAIN_MS);
}
