/* Scripts' replies to answers. */
#include <string.h>

#include "store/query.h"
#include "store/redis_pieces.h"
#include "store/redis_words.h"

/*
 * Refused before a single write: scripts check everything first, and Redis refuses at the first write or not at all.
 * The last two are how Redis 7.0 and later ones say NOPERM inside a script. Only a permission that is taken away while we
 * are up can make that half a script; redis_probe.lua keeps us from coming up without one.
 */
static const char *const REFUSALS[] = {"NOTAFTER",
                                       "OOM ",
                                       "MISCONF",
                                       "READONLY",
                                       "LOADING",
                                       "NOAUTH",
                                       "NOPERM",
                                       "BUSY ",
                                       "MASTERDOWN",
                                       "CLUSTERDOWN",
                                       "TRYAGAIN",
                                       "MOVED ",
                                       "NOREPLICAS",
                                       "max number of clients",
                                       "The user executing the script can't",
                                       "ACL failure in script"};

/* Somewhere in the text: Redis 6.2 puts its own words before what a command in a script answered. */
enum store_result redis_judge(struct str error)
{
	for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++)
		if (str_find(error, str_c(REFUSALS[i])) >= 0)
			return STORE_UNAVAILABLE;
	return STORE_UNKNOWN;
}

bool reply_is_array(const struct redis_value *v, size_t at_least)
{
	return v->type == REDIS_ARRAY && v->count >= at_least;
}

bool reply_int(const struct redis_value *v, int64_t *out)
{
	if (v->type == REDIS_INTEGER) {
		*out = v->integer;
		return true;
	}
	return v->type == REDIS_STRING && str_to_i64(v->text, out);
}

bool reply_size(const struct redis_value *v, size_t *out)
{
	int64_t n;
	if (!reply_int(v, &n) || n < 0)
		return false;
	*out = (size_t)n;
	return true;
}

const struct store_record *reply_records(struct request *r, const struct redis_value *v, size_t *count)
{
	if (!reply_is_array(v, 0) || v->count % 4 != 0)
		return NULL;
	struct store_record *records = request_records(r, v->count / 4);
	for (size_t i = 0; i < v->count / 4; i++) {
		const struct redis_value *of = &v->items[4 * i];
		int64_t number;
		if (!reply_int(&of[1], &number))
			return NULL;
		ptrdiff_t blank = str_index(of[2].text, ' ');
		records[i].key = arena_str(r->arena, of[0].text);
		records[i].version.number = (uint64_t)number;
		request_set_id(records[i].version.commit_id, blank < 0 ? of[2].text : str_slice(of[2].text, 0, (size_t)blank));
		records[i].ids = arena_str(r->arena, of[2].text);
		records[i].bytes = arena_str(r->arena, of[3].text);
	}
	*count = v->count / 4;
	return records;
}

/* The next word of `s`, which goes on behind it, as a number. */
static bool next_int(struct str *s, int64_t *out)
{
	ptrdiff_t blank = str_index(*s, ' ');
	if (blank < 0 || !str_to_i64(str_slice(*s, 0, (size_t)blank), out))
		return false;
	*s = str_slice(*s, (size_t)blank + 1, s->n);
	return true;
}

bool reply_member(struct request *r, struct str s, struct member *m)
{
	int64_t counted, waits, episode, group;
	if (!next_int(&s, &m->touched_at) || !str_starts(s, STR("+ ")))
		return false;
	s = str_slice(s, 2, s.n);
	if (!next_int(&s, &m->mark) || !next_int(&s, &counted) || !next_int(&s, &waits) || !next_int(&s, &m->starts_at) ||
	    !next_int(&s, &m->ends_at) || !next_int(&s, &episode) || !next_int(&s, &group))
		return false;
	if (group < 0 || group >= MEMBER_GROUP_SIZE || (size_t)group > s.n)
		return false;
	m->found = true;
	m->counted = counted;
	m->waits = (uint64_t)waits;
	m->episode = (uint64_t)episode;
	memcpy(m->group, s.p, (size_t)group);
	m->key = arena_str(r->arena, str_slice(s, (size_t)group, s.n));
	return true;
}

static bool take_loaded_members(struct request *r, const struct redis_value *v)
{
	const struct redis_piece *p = r->pieces;
	if (!reply_is_array(v, p->members))
		return false;
	for (size_t i = 0; i < p->members; i++)
		if (v->items[i].type == REDIS_STRING && !reply_member(r, v->items[i].text, &p->found[p->member + i]))
			return false;
	return true;
}

static bool take_load(struct request *r, const struct redis_value *v)
{
	size_t count;
	if (!reply_is_array(v, 5) || !take_loaded_members(r, &v->items[1]) || !reply_is_array(&v->items[3], 0) ||
	    !reply_is_array(&v->items[4], 0))
		return false;
	const struct store_record *records = reply_records(r, &v->items[2], &count);
	for (size_t i = 0; records && i < count; i++)
		redis_pieces_add_record(r, &records[i]);
	for (size_t i = 0; i < v->items[3].count; i++)
		redis_pieces_want(r, arena_str(r->arena, v->items[3].items[i].text));
	for (size_t i = 0; i < v->items[4].count; i++)
		redis_pieces_name(r, arena_str(r->arena, v->items[4].items[i].text));
	return records;
}

static bool take_commit_reply(struct request *r, const struct redis_value *v)
{
	int64_t number = 0;
	if (!reply_is_array(v, 2) || !reply_int(&v->items[1], &number))
		return false;
	if (!number) {
		request_fail(r, STORE_CONFLICT);
		return true;
	}
	r->answer.commit.version.number = (uint64_t)number;
	memcpy(r->answer.commit.version.commit_id, r->ask.commit.id, STORE_ID_MAX);
	return true;
}

static bool take_claim(struct request *r, const struct redis_value *v)
{
	struct store_claimed *answer = &r->answer.claim;
	if (!reply_is_array(v, 4) || !reply_int(&v->items[1], &answer->lease_until) ||
	    !reply_int(&v->items[2], &answer->next_due_at))
		return false;
	answer->records = reply_records(r, &v->items[3], &answer->count);
	return answer->records;
}

bool redis_more(struct request *r, const struct redis_value *reply)
{
	if (r->verb == VERB_LOAD)
		return redis_pieces_next(r);
	return r->verb == VERB_QUERY && r->query.is->more && r->query.is->more(r, reply);
}

static bool take_nothing(struct request *r, const struct redis_value *v)
{
	(void)r;
	(void)v;
	return true;
}

static bool take_sweep(struct request *r, const struct redis_value *v)
{
	int64_t more;
	if (!reply_is_array(v, 2) || !reply_int(&v->items[1], &more))
		return false;
	r->answer.more = more;
	return true;
}

static bool take_query(struct request *r, const struct redis_value *v)
{
	return r->query.is->take(r, v);
}

bool redis_take(struct request *r, const struct redis_value *reply)
{
	static bool (*const take[VERBS])(struct request *, const struct redis_value *) = {
		[VERB_LOAD] = take_load,       [VERB_COMMIT] = take_commit_reply, [VERB_CLAIM] = take_claim,
		[VERB_RELEASE] = take_nothing, [VERB_QUERY] = take_query,         [VERB_SWEEP] = take_sweep,
	};
	r->result = STORE_OK;
	return reply_is_array(reply, 1) && reply_int(&reply->items[0], &r->now) && take[r->verb](r, reply);
}
