/*
 * Between requests and what goes over the wire: a script's arguments, and its reply. Pure.
 */
#ifndef STORE_REDIS_WORDS_H
#define STORE_REDIS_WORDS_H

#include "io/redis.h"
#include "store/request.h"

struct words {
	struct arena *arena;
	struct str *items;
	size_t count, capacity;
	size_t bytes; /* of all items */
};

/* KEYS[1], the prefix, "0" for the not-after, then the verb's own. In the request's arena. */
struct words redis_words(struct request *r, struct str prefix);

/* Words of a commit become words of several: what `commit` says is done behind it, in the same script. */
void redis_words_join(struct words *to, const struct words *commit);

/* Fills in the answer; false when the reply is not what the script says it is. Of several commits each has a reply of its own:
 * the clock, and its place in the common one. */
bool redis_take(struct request *r, const struct redis_value *reply);
/* Loads and counters come in pieces: true when the request is to be sent again (it knows from where). */
bool redis_more(struct request *r, const struct redis_value *reply);

/* What an error reply means: refused before anything was done, or unknown. */
enum store_result redis_judge(struct str error);

#endif
