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

void words_add(struct words *w, struct str s);
void words_add_c(struct words *w, const char *s);
void words_add_int(struct words *w, int64_t n);
void words_add_bool(struct words *w, bool b);
/* Three words each: field, add, hour. */
void words_add_counts(struct words *w, const struct store_count *counts, size_t n);

/* KEYS[1], the prefix, "0" for the not-after, then the verb's own. In the request's arena. */
struct words redis_words(struct request *r, struct str prefix);

/* Words of a commit become words of several: what `commit` says is done behind it, in the same script. */
void redis_words_join(struct words *to, const struct words *commit);

/* Fills in the answer; false when the reply is not what the script says it is. Of several commits each has a reply of its own:
 * the clock, and its place in the common one. */
bool redis_take(struct request *r, const struct redis_value *reply);
/* Loads, counters and tallies go in pieces: true when the request is to be sent again (it knows from where). */
bool redis_more(struct request *r, const struct redis_value *reply);

/* Parts of replies: false, or NULL, where they are not what the script says. Integers come as such or as text. */
bool reply_is_array(const struct redis_value *v, size_t at_least);
bool reply_int(const struct redis_value *v, int64_t *out);
bool reply_size(const struct redis_value *v, size_t *out);
/* Four values each: key, number, commit ids, JSON. */
const struct store_record *reply_records(struct request *r, const struct redis_value *v, size_t *count);
/* As redis_member.lua has it. */
bool reply_member(struct request *r, struct str text, struct member *m);

/* What an error reply means: refused before anything was done, or unknown. */
enum store_result redis_judge(struct str error);

#endif
