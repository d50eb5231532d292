/* Finds an incident by its key or the beginning of one. */
#include "service/lookup.h"

#include <stdlib.h>

#include "base/mem.h"

#define LOOKUP_PAGE 200

struct lookup {
	struct router *r;
	struct arena *arena;
	struct str key;
	struct str found; /* the one key that has the prefix so far */
	struct str bytes;
	struct str cursor;
	void (*done)(void *arg, const struct lookup_result *found);
	void *arg;
};

static void end_lookup(struct lookup *l, enum operate_result result, const char *error, const struct incident *inc)
{
	struct lookup_result found = {result, error, inc};

	l->done(l->arg, &found);
	arena_free(l->arena);
}

static void end_with(struct lookup *l, struct str json)
{
	AUTOERR struct err err = ERR_INIT;
	const struct incident *inc = incident_read(l->arena, json, &err);

	if (!inc)
		end_lookup(l, OPERATE_UNAVAILABLE, "the record of this incident is unreadable", NULL);
	else if (!inc->episode && !inc->heartbeat.every) /* tombstones only; a watch is something to look at */
		end_lookup(l, OPERATE_NOT_FOUND, "no such incident", NULL);
	else
		end_lookup(l, OPERATE_OK, "", inc);
}

static void search_open(struct lookup *l);

/* False: there are two. */
static bool take_looked_up(struct lookup *l, const struct store_record *record)
{
	if (!str_starts(record->key, l->key) || str_eq(record->key, l->found))
		return true;
	if (l->found.n)
		return false;
	l->found = arena_str(l->arena, record->key);
	l->bytes = arena_str(l->arena, record->bytes);
	return true;
}

static void take_lookup_page(void *arg, const struct store_listed *reply)
{
	struct lookup *l = arg;

	if (reply->result != STORE_OK) {
		end_lookup(l, OPERATE_UNAVAILABLE, "the store cannot be read, try again", NULL);
		return;
	}
	for (size_t i = 0; i < reply->count; i++) {
		if (!take_looked_up(l, &reply->records[i])) {
			end_lookup(l, OPERATE_BAD, "several open incidents begin like this", NULL);
			return;
		}
	}
	l->cursor = arena_str(l->arena, reply->cursor);
	if (l->cursor.n)
		search_open(l);
	else if (l->found.n)
		end_with(l, l->bytes);
	else
		end_lookup(l, OPERATE_NOT_FOUND, "no such incident", NULL);
}

static void search_open(struct lookup *l)
{
	struct store *s = l->r->store;
	store_list(s, STORE_LIST_OPEN, l->cursor, LOOKUP_PAGE, take_lookup_page, l);
}

static void take_looked_up_record(void *arg, const struct store_loaded *reply)
{
	struct lookup *l = arg;

	if (reply->result != STORE_OK)
		end_lookup(l, OPERATE_UNAVAILABLE, "the store cannot be read, try again", NULL);
	else if (reply->record_count && reply->records[0].bytes.n)
		end_with(l, reply->records[0].bytes);
	else if (l->key.n >= LOOKUP_PREFIX_LEAST && l->key.n < INCIDENT_KEY_SIZE - 1)
		search_open(l);
	else
		end_lookup(l, OPERATE_NOT_FOUND, "no such incident", NULL);
}

/* No key of ours: the store need not be asked. */
static void answer_absent(void *arg)
{
	end_lookup(arg, OPERATE_NOT_FOUND, "no such incident", NULL);
}

static bool is_key_beginning(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool hex = (s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f');
		if (!hex)
			return false;
	}
	return s.n && s.n < INCIDENT_KEY_SIZE;
}

void lookup_incident(struct router *r, struct str key, void (*done)(void *arg, const struct lookup_result *found),
                     void *arg)
{
	struct arena *arena = arena_new();
	struct lookup *l = arena_alloc(arena, sizeof *l);

	l->r = r;
	l->arena = arena;
	l->key = arena_str(arena, key);
	l->done = done;
	l->arg = arg;
	if (!is_key_beginning(key)) {
		loop_defer(r->loop, answer_absent, l);
		return;
	}
	struct store_load request = {.keys = &l->key, .key_count = 1};
	r->store->ops->load(r->store, &request, take_looked_up_record, l);
}
