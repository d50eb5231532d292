/* Splits a load into pieces, and joins their answers. */
#include "store/redis_pieces.h"

#include "base/map.h"

static size_t at_most(size_t n, size_t most)
{
	return n < most ? n : most;
}

static void choose_piece(struct redis_piece *p, const struct store_load *ask)
{
	p->members = at_most(ask->member_count - p->member, REDIS_PIECE_MEMBERS);
	p->keys = at_most(p->wanted_count - p->key, REDIS_PIECE_KEYS);
}

void redis_pieces_begin(struct request *r)
{
	const struct store_load *ask = &r->ask.load;
	struct redis_piece *p = arena_alloc(r->arena, sizeof *p);
	r->pieces = p;
	p->found = request_members(r);
	for (size_t i = 0; i < ask->key_count; i++)
		redis_pieces_want(r, ask->keys[i]);
	choose_piece(p, ask);
}

void redis_pieces_add_record(struct request *r, const struct store_record *record)
{
	struct redis_piece *p = r->pieces;
	p->records = arena_room(r->arena, p->records, p->record_count, &p->record_room, sizeof *p->records);
	p->records[p->record_count++] = *record;
}

void redis_pieces_want(struct request *r, struct str key)
{
	struct redis_piece *p = r->pieces;
	p->wanted = arena_room(r->arena, p->wanted, p->wanted_count, &p->wanted_room, sizeof *p->wanted);
	p->wanted[p->wanted_count++] = key;
}

void redis_pieces_name(struct request *r, struct str key)
{
	struct redis_piece *p = r->pieces;
	p->further = arena_room(r->arena, p->further, p->further_count, &p->further_room, sizeof *p->further);
	p->further[p->further_count++] = key;
}

/* A later piece may have brought some of them with its members or keys. */
static void answer_further(struct request *r, const struct map *places)
{
	struct redis_piece *p = r->pieces;
	size_t n = 0;
	for (size_t i = 0; i < p->further_count; i++)
		if (!map_get(places, p->further[i]))
			p->further[n++] = p->further[i];
	r->answer.load.further = p->further;
	r->answer.load.further_count = n;
}

/* Members of two pieces may belong to one incident. The later one counts: it is not older. */
static void answer_each_once(struct request *r)
{
	struct redis_piece *p = r->pieces;
	struct map *places = map_new();
	size_t n = 0;
	for (size_t i = 0; i < p->record_count; i++) {
		struct store_record *known = map_get(places, p->records[i].key);
		struct store_record *to = known ? known : &p->records[n++];
		*to = p->records[i];
		if (!known)
			map_set(places, to->key, to);
	}
	answer_further(r, places);
	map_free(places);
	r->answer.load.records = p->records;
	r->answer.load.record_count = n;
}

bool redis_pieces_next(struct request *r)
{
	struct redis_piece *p = r->pieces;
	p->member += p->members;
	p->key += p->keys;
	p->groups_asked = true;
	choose_piece(p, &r->ask.load);
	if (p->members || p->keys)
		return true;
	answer_each_once(r);
	return false;
}
