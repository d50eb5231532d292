/* A sorted array of names by score. */
#include "store/ranking.h"

#include <string.h>

#include "base/mem.h"

void ranking_release(struct ranking *r)
{
	mem_cleanup(&r->items);
	*r = (struct ranking){NULL, 0, 0};
}

static bool before(const struct ranked *a, int64_t score, struct str name)
{
	return a->score < score || (a->score == score && str_cmp(a->name, name) < 0);
}

size_t ranking_find(const struct ranking *r, int64_t score, struct str name)
{
	size_t low = 0, high = r->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (before(&r->items[middle], score, name))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void ranking_add(struct ranking *r, int64_t score, struct str name, void *item)
{
	size_t at = ranking_find(r, score, name);
	MEM_ROOM(r->items, r->count, r->capacity);
	memmove(r->items + at + 1, r->items + at, (r->count - at) * sizeof *r->items);
	r->items[at] = (struct ranked){score, name, item};
	r->count++;
}

void ranking_remove(struct ranking *r, int64_t score, struct str name)
{
	size_t at = ranking_find(r, score, name);
	if (at == r->count || r->items[at].score != score || !str_eq(r->items[at].name, name))
		return;
	r->count--;
	memmove(r->items + at, r->items + at + 1, (r->count - at) * sizeof *r->items);
}
