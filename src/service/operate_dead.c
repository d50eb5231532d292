/*
 * Retrying all dead letters: the list is walked first, so that the gravest go first; then a few are changed at a time.
 */
#include <stdlib.h>

#include "base/log.h"
#include "service/operate.h"
#include "service/transaction.h"

#define PAGE 200
#define AT_ONCE 32

struct dead_letter {
	struct str key;
	int lane;
};

struct retrying {
	struct router *r;
	struct arena *arena;
	struct config *config;
	struct incident_query q;
	struct command_args args;
	struct dead_letter *letters;
	size_t count, capacity;
	bool more; /* than one call retries */
	size_t next, under_way, retried, failed;
	bool unavailable;
	operate_done *done;
	void *arg;
};

static void retry_end(struct retrying *t, const struct operate_reply *reply)
{
	t->done(t->arg, reply);
	config_unref(t->config);
	arena_free(t->arena);
}

static void retry_unavailable(struct retrying *t)
{
	retry_end(
		t, &(struct operate_reply){.result = OPERATE_UNAVAILABLE, .error = "the store cannot be reached, try again"});
}

static void retry_ended(struct retrying *t)
{
	if (t->unavailable && !t->retried) {
		retry_unavailable(t);
		return;
	}
	json_t *data = json_pack("{sI sI sb}", "retried", (json_int_t)t->retried, "failed",
	                         (json_int_t)(t->count - t->retried), "more", (int)t->more);
	LOG(LOG_INFO, "Done by hand", LOG_S("command", "retry all"), LOG_STR("by", t->args.by),
	    LOG_I("retried", (int64_t)t->retried));
	retry_end(t, &(struct operate_reply){.result = OPERATE_OK, .error = "", .data = data});
	json_decref(data);
}

/* ---- each of them ---- */

struct retry_one {
	struct retrying *t;
	const char *refusal;
};

static void retry_some(struct retrying *t);

static enum tx_apply retry_apply(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                 struct counts *counts)
{
	struct retry_one *one = arg;
	struct retrying *t = one->t;

	(void)members;
	one->refusal = incident_command(inc, COMMAND_RETRY, &t->args, &t->config->policy, now, counts);
	return one->refusal ? TX_NOTHING : TX_WRITE;
}

static void retry_done(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct retry_one *one = arg;
	struct retrying *t = one->t;

	(void)inc;
	(void)now;
	t->under_way--;
	t->retried += result == TX_DONE && !one->refusal;
	t->unavailable |= result == TX_UNAVAILABLE;
	retry_some(t);
}

/* What the store does not take ends it: the rest stays a dead letter, and the answer says how many. */
static void retry_some(struct retrying *t)
{
	while (!t->unavailable && t->under_way < AT_ONCE && t->next < t->count) {
		struct retry_one *one = arena_alloc(t->arena, sizeof *one);
		one->t = t;
		struct tx_change change = {
			.key = t->letters[t->next++].key, .apply = retry_apply, .done = retry_done, .arg = one};
		t->under_way++;
		transaction_run(t->r->transactions, &change);
	}
	if (!t->under_way)
		retry_ended(t);
}

/* ---- the list ---- */

static void take_dead_letter(struct retrying *t, const struct store_record *record)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct incident *inc = incident_read(arena, record->bytes, &err);

	if (!inc || !incident_query_fits(&t->q, inc))
		return;
	if (t->count == OPERATE_RETRY_MAX) {
		t->more = true;
		return;
	}
	t->letters = arena_room(t->arena, t->letters, t->count, &t->capacity, sizeof *t->letters);
	t->letters[t->count++] = (struct dead_letter){arena_str(t->arena, record->key), incident_lane(inc)};
}

static int gravest_first(const void *a, const void *b)
{
	const struct dead_letter *x = a, *y = b;
	return x->lane != y->lane ? x->lane - y->lane : str_cmp(x->key, y->key);
}

static void letters_listed(void *arg, const struct store_listed *reply)
{
	struct retrying *t = arg;

	if (reply->result != STORE_OK) {
		retry_unavailable(t);
		return;
	}
	for (size_t i = 0; i < reply->count; i++)
		take_dead_letter(t, &reply->records[i]);
	if (reply->cursor.n && !t->more) {
		store_list(t->r->store, STORE_LIST_DEAD, reply->cursor, PAGE, letters_listed, t);
		return;
	}
	if (t->count)
		qsort(t->letters, t->count, sizeof *t->letters, gravest_first);
	retry_some(t);
}

void operate_retry_all(struct router *r, const struct incident_query *q, const struct command_args *args,
                       operate_done *done, void *arg)
{
	struct arena *arena = arena_new();
	struct retrying *t = arena_alloc(arena, sizeof *t);

	t->r = r;
	t->arena = arena;
	t->config = config_ref(r->config);
	t->q = *q;
	t->args.by = arena_str(arena, args->by);
	t->args.note = arena_str(arena, args->note);
	t->done = done;
	t->arg = arg;
	store_list(r->store, STORE_LIST_DEAD, STR(""), PAGE, letters_listed, t);
}
