/* A query on its way: made, sent, asked once more of another store, told. What each is made of is in store_NAME.c. */
#include "store/query.h"

#include <string.h>

struct request *query_new(const struct store_query *is, void (*done)(void), void *arg)
{
	struct request *r = request_new(VERB_QUERY, arg);
	r->query.is = is;
	r->query.ask = arena_alloc(r->arena, is->ask_size);
	r->query.answer = arena_alloc(r->arena, is->answer_size);
	r->query.done = done;
	return r;
}

void query_send(struct store *s, struct request *r)
{
	s->ops->query(s, r);
}

struct request *query_again(const struct request *r, void (*heard)(void *arg, const struct request *), void *arg)
{
	struct request *again = query_new(r->query.is, NULL, arg);
	memcpy(again->query.ask, r->query.ask, r->query.is->ask_size);
	again->query.heard = heard;
	return again;
}

void query_pass_on(struct request *r, const struct request *answered)
{
	r->result = answered->result;
	r->now = answered->now;
	r->query.answer = answered->query.answer;
	query_tell(r);
}

void query_tell(const struct request *r)
{
	if (r->query.heard)
		r->query.heard(r->arg, r);
	else
		r->query.is->tell(r);
}
