/* Sorted blocks of names by score. */
#include "store/ranking.h"

#include <string.h>

#include "base/mem.h"

void ranking_release(struct ranking *r)
{
	for (size_t i = 0; i < r->block_count; i++)
		mem_cleanup(&r->blocks[i].items);
	mem_cleanup(&r->blocks);
	memset(r, 0, sizeof *r);
}

static bool before(const struct ranked *a, int64_t score, struct str name)
{
	return a->score < score || (a->score == score && str_cmp(a->name, name) < 0);
}

/* The block whose entries reach up to (score, name) or beyond; the number of blocks where none does. */
static size_t find_block(const struct ranking *r, int64_t score, struct str name)
{
	size_t low = 0, high = r->block_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct ranking_block *b = &r->blocks[middle];
		if (before(&b->items[b->count - 1], score, name))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t find_in_block(const struct ranking_block *b, int64_t score, struct str name)
{
	size_t low = 0, high = b->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (before(&b->items[middle], score, name))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct ranking_place ranking_find(const struct ranking *r, int64_t score, struct str name)
{
	size_t block = find_block(r, score, name);
	return (struct ranking_place){block, block < r->block_count ? find_in_block(&r->blocks[block], score, name) : 0};
}

/* An empty block where the `at`-th one stood. */
static struct ranking_block *insert_block(struct ranking *r, size_t at)
{
	MEM_ROOM(r->blocks, r->block_count, r->capacity);
	memmove(r->blocks + at + 1, r->blocks + at, (r->block_count - at) * sizeof *r->blocks);
	r->block_count++;
	r->blocks[at] = (struct ranking_block){NULL, 0, 0};
	return &r->blocks[at];
}

static void remove_block(struct ranking *r, size_t at)
{
	mem_cleanup(&r->blocks[at].items);
	r->block_count--;
	memmove(r->blocks + at, r->blocks + at + 1, (r->block_count - at) * sizeof *r->blocks);
}

/* Its upper half becomes a block of its own behind it. */
static void split_block(struct ranking *r, size_t at)
{
	struct ranking_block *upper = insert_block(r, at + 1), *lower = &r->blocks[at];
	size_t stay = lower->count / 2;
	upper->count = lower->count - stay;
	upper->capacity = RANKING_BLOCK;
	upper->items = mem_grow_array(NULL, upper->capacity, sizeof *upper->items);
	memcpy(upper->items, lower->items + stay, upper->count * sizeof *upper->items);
	lower->count = stay;
	r->moved += upper->count;
}

/* Where the entry is to go: what is behind all others goes into the last block, and one behind a full last block begins a new one. */
static struct ranking_place room_for(struct ranking *r, int64_t score, struct str name)
{
	struct ranking_place p = ranking_find(r, score, name);
	if (p.block == r->block_count && (!p.block || r->blocks[p.block - 1].count == RANKING_BLOCK))
		insert_block(r, p.block);
	else if (p.block == r->block_count)
		p = (struct ranking_place){p.block - 1, r->blocks[p.block - 1].count};
	if (r->blocks[p.block].count < RANKING_BLOCK)
		return p;
	split_block(r, p.block);
	return ranking_find(r, score, name);
}

void ranking_add(struct ranking *r, int64_t score, struct str name, void *item)
{
	struct ranking_place p = room_for(r, score, name);
	struct ranking_block *b = &r->blocks[p.block];
	MEM_ROOM(b->items, b->count, b->capacity);
	memmove(b->items + p.index + 1, b->items + p.index, (b->count - p.index) * sizeof *b->items);
	r->moved += b->count - p.index;
	b->items[p.index] = (struct ranked){score, name, item};
	b->count++;
	r->count++;
}

void ranking_remove(struct ranking *r, int64_t score, struct str name)
{
	struct ranking_place p = ranking_find(r, score, name);
	if (p.block == r->block_count)
		return;
	struct ranking_block *b = &r->blocks[p.block];
	if (b->items[p.index].score != score || !str_eq(b->items[p.index].name, name))
		return;
	b->count--;
	r->count--;
	memmove(b->items + p.index, b->items + p.index + 1, (b->count - p.index) * sizeof *b->items);
	r->moved += b->count - p.index;
	if (!b->count)
		remove_block(r, p.block);
}

const struct ranked *ranking_first(const struct ranking *r)
{
	return r->count ? &r->blocks[0].items[0] : NULL;
}

struct ranking_place ranking_end(const struct ranking *r)
{
	return (struct ranking_place){r->block_count, 0};
}

const struct ranked *ranking_next(const struct ranking *r, struct ranking_place *place)
{
	if (place->block == r->block_count)
		return NULL;
	const struct ranking_block *b = &r->blocks[place->block];
	const struct ranked *entry = &b->items[place->index];
	if (++place->index == b->count)
		*place = (struct ranking_place){place->block + 1, 0};
	return entry;
}

const struct ranked *ranking_previous(const struct ranking *r, struct ranking_place *place)
{
	if (!place->index && !place->block)
		return NULL;
	if (!place->index) {
		place->block--;
		place->index = r->blocks[place->block].count;
	}
	return &r->blocks[place->block].items[--place->index];
}
