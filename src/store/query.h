/*
 * A query: a verb that only reads, unless it says that it writes. All that it is made of is one row, in src/store/store_NAME.c, beside the function of
 * store/store.h that asks it: a new one is that file, its script, its statements and its test.
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "store/request.h"

struct tables;
struct sqlite_db;
struct words;
struct redis_script;
struct redis_value;

/* A store finds what is asked in r->query.ask and fills in r->query.answer, which is all zero. */
struct store_query {
	size_t ask_size, answer_size;
	bool writes; /* it is on disk before it is answered, and can be repeated */
	void (*in_memory)(struct tables *, struct request *);
	void (*in_sqlite)(struct sqlite_db *, struct request *); /* inside a transaction */
	struct redis_script *script;
	void (*words)(struct words *, const struct request *);           /* the script's own arguments */
	bool (*take)(struct request *, const struct redis_value *reply); /* false: it is not what the script says it is */
	bool (*more)(struct request *,
	             const struct redis_value *reply); /* true: asked again, it knows from where; or NULL */
	void (*tell)(const struct request *);          /* QUERY_TELLS */
};
extern const struct store_query query_tally; /* that may be done and not answered (failover_doubt.c) */
/* Of these two, what the primary store answered is kept in the local one as well (failover_route.c). */
extern const struct store_query query_list, query_keep;

/* One that asks nothing yet: fill in r->query.ask, then query_send(). `done` is what the query's tell() calls. */
struct request *query_new(const struct store_query *is, void (*done)(void), void *arg);
void query_send(struct store *s, struct request *r);
/* The same question once more, for another store; `heard` gets the answer. `r` must outlive it. */
struct request *query_again(const struct request *r, void (*heard)(void *arg, const struct request *), void *arg);
/* Tells whoever asked `r` what came of `answered`, the same question. */
void query_pass_on(struct request *r, const struct request *answered);
void query_tell(const struct request *r);

/* Defines the function `name` that calls back with a struct `type`, which begins with the result and the store's clock. */
#define QUERY_TELLS(name, type)                                                                                        \
	static void name(const struct request *r)                                                                          \
	{                                                                                                                  \
		struct type *answer = r->query.answer;                                                                         \
		answer->result = r->result;                                                                                    \
		answer->now = r->now;                                                                                          \
		((void (*)(void *, const struct type *))r->query.done)(r->arg, answer);                                        \
	}

#endif
