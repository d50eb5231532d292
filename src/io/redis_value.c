/* hiredis' replies as ours, and how large hiredis may make them. */
#include <hiredis/hiredis.h>

#include "base/mem.h"
#include "io/redis_impl.h"

static enum redis_type type_of(int type)
{
	switch (type) {
	case REDIS_REPLY_STRING: return REDIS_STRING;
	case REDIS_REPLY_ARRAY: return REDIS_ARRAY;
	case REDIS_REPLY_INTEGER: return REDIS_INTEGER;
	case REDIS_REPLY_STATUS: return REDIS_STATUS;
	case REDIS_REPLY_ERROR: return REDIS_ERROR;
	}
	return REDIS_NIL; /* REDIS_REPLY_NIL; RESP2 has no other */
}

/* ---- the ceiling ---- */

/* Of hiredis 0.14 an int, of later ones a size_t; the same in all readers of this process. */
#if HIREDIS_MAJOR >= 1
typedef size_t array_count;
#else
typedef int array_count;
#endif
static void *(*hiredis_array)(const redisReadTask *task, array_count count);

static void *bounded_array(const redisReadTask *task, array_count count)
{
	return (size_t)count > REDIS_ARRAY_MAX ? NULL : hiredis_array(task, count);
}

void redis_value_bound(struct redisReader *reader)
{
	static redisReplyObjectFunctions bounded;
	if (reader->fn == &bounded)
		return;
	bounded = *reader->fn;
	hiredis_array = bounded.createArray;
	bounded.createArray = bounded_array;
	reader->fn = &bounded;
}

/* ---- values ---- */

/* hiredis nests to depth 7 and no deeper. */
static struct redis_value convert(const struct redisReply *reply, struct arena *arena)
{
	struct redis_value v = {.type = type_of(reply->type)};
	if (v.type == REDIS_INTEGER)
		v.integer = reply->integer;
	if (v.type == REDIS_STRING || v.type == REDIS_STATUS || v.type == REDIS_ERROR)
		v.text = (struct str){reply->str, (size_t)reply->len};
	if (v.type != REDIS_ARRAY)
		return v;
	v.count = reply->elements;
	struct redis_value *items = arena_alloc(arena, (v.count ? v.count : 1) * sizeof *items);
	for (size_t i = 0; i < v.count; i++)
		items[i] = convert(reply->element[i], arena);
	v.items = items;
	return v;
}

void redis_value_give(const struct redisReply *reply, void (*done)(void *arg, const struct redis_value *reply),
                      void *arg)
{
	AUTOARENA struct arena *arena = reply->type == REDIS_REPLY_ARRAY ? arena_new() : NULL;
	struct redis_value v = convert(reply, arena);
	done(arg, &v);
}
